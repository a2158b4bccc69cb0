/**
 * A router between Ethernets (RFC 1812): it forwards datagrams, sends ICMP errors about those that it can't forward,
 * filters, and translates addresses (`router-nat.ts`). On each network it is a host too, with one `StackCore` per interface and the ARP and ICMP of any stack.
 */

import { copyBytes, getU16be, putU16be } from "@pushback/bytes";
import {
  type BroadcastFilter,
  type FrameReceiver,
  type Ipv4Address,
  type NetworkCard,
  type Personality,
  type RandomSource,
  rfcBaseline,
  type Scheduler,
  valuesOf,
} from "@pushback/host";
import {
  checkEthernet,
  checkIpv4,
  ETHERNET_HEADER_LEN,
  ETHERTYPE_ARP,
  ETHERTYPE_IPV4,
  getEthernetPayloadAt,
  getEthernetPayloadLen,
  getEtherType,
  getIpv4Destination,
  getIpv4DontFragment,
  getIpv4HeaderLen,
  getIpv4Protocol,
  getIpv4Source,
  getIpv4TotalLen,
  getIpv4Ttl,
  ICMP_TIME_EXCEEDED,
  ICMP_UNREACHABLE,
  IP_PROTOCOL_TCP,
  IP_PROTOCOL_UDP,
  isEthernetGroup,
  MAC_BROADCAST,
  UNREACHABLE_FRAGMENTATION_NEEDED,
  UNREACHABLE_HOST,
  UNREACHABLE_NET,
} from "@pushback/wire";
import { arpInput, startArp, stopArp, transmitTo, transmitToMac } from "./arp.ts";
import { StackCore, TX_IP } from "./core.ts";
import type { StackCounters } from "./counters.ts";
import type { StackEvent } from "./events.ts";
import { sendIcmpErrorAbout } from "./icmp-output.ts";
import { ipInput } from "./ip-input.ts";
import { isUnicastSource } from "./ip-output.ts";
import { stopReassembly } from "./reassembly.ts";
import { type FilterRule, findRule } from "./router-filter.ts";
import { fragmentDatagram } from "./router-fragment.ts";
import { AddressTranslator, type NatDrop, type NatEvent, type NatSettings } from "./router-nat.ts";
import { StackMemory } from "./stack-memory.ts";
import type { Core, TcpPort } from "./tcb.ts";

/** One interface of a router: its card, and its address and mask on that network. */
export interface RouterInterface {
  readonly card: NetworkCard;
  readonly address: Ipv4Address;
  readonly netmask: Ipv4Address;
  /** Largest datagram that this network carries, in bytes; the MTU of the card where left out. */
  readonly mtu?: number;
}

/** A network that is reached through another router, which is a neighbour on one of the interfaces. */
interface StaticRoute {
  readonly address: Ipv4Address;
  readonly netmask: Ipv4Address;
  readonly gateway: Ipv4Address;
}

/** Events that a router reports to its owner, besides those of its interfaces as hosts. `rule` counts from 0. */
export type RouterEvent =
  | StackEvent
  | NatEvent
  | { readonly type: "datagram-filtered"; readonly from: Ipv4Address; readonly to: Ipv4Address; readonly rule: number };

/** Settings of a router: interfaces, static routes, filter rules and address translation. */
export interface RouterSettings {
  readonly name?: string;
  readonly interfaces: readonly RouterInterface[];
  readonly routes?: readonly StaticRoute[];
  /** Packet filter. The addresses in its rules are the inside ones, before translation. */
  readonly filter?: readonly FilterRule[];
  /** Networks whose addresses and ports are translated, each of another interface. */
  readonly nat?: readonly NatSettings[];
  readonly scheduler: Scheduler;
  /** Memory shared with the machines of a simulation. A router without this option creates its own. */
  readonly memory?: StackMemory | undefined;
  readonly random: RandomSource;
  /** Overrides values of a router that follows the host requirements: TTL, ARP times, how many bytes its errors quote. */
  readonly personality?: Partial<Personality>;
  readonly onEvent?: ((event: RouterEvent) => void) | null;
}

/** A router. It forwards between its interfaces while it is running. */
export interface Router {
  readonly isRunning: boolean;
  /** Datagrams forwarded since creation; the fragments of one datagram count once. */
  readonly forwarded: number;
  /** Counters of one interface, in the order of the settings. */
  counters(index: number): StackCounters;
  start(): void;
  /** Stops the router at once and silently: it neither receives nor sends a frame any more. */
  stop(): void;
}

/** Datagrams that wait for the hardware address of one neighbour. No source gives a limit; this one is ours. */
const ARP_QUEUE = 16;

/** Communication administratively prohibited (RFC 1812 section 5.2.7.1). */
const UNREACHABLE_PROHIBITED = 13;

/** Creates a router that is not started yet. */
export function createRouter(settings: RouterSettings): Router {
  return new RouterInstance(settings);
}

class RouterInstance implements Router {
  readonly #cores: readonly Core[];
  readonly #routes: readonly StaticRoute[];
  readonly #filter: readonly FilterRule[];
  /** `null`: no network is translated. */
  readonly #translator: AddressTranslator | null;
  readonly #scheduler: Scheduler;
  readonly #onEvent: ((event: RouterEvent) => void) | null;
  forwarded = 0;

  constructor(settings: RouterSettings) {
    const { name = "router", scheduler, random, onEvent = null } = settings;
    const personality = { ...valuesOf(rfcBaseline), arpQueue: ARP_QUEUE, ...settings.personality };
    this.#routes = settings.routes ?? [];
    this.#filter = settings.filter ?? [];
    this.#onEvent = onEvent;
    this.#scheduler = scheduler;
    const { nat = [] } = settings;
    this.#translator = nat.length === 0 ? null : new AddressTranslator(nat, (event) => onEvent?.(event));
    const memory = settings.memory ?? new StackMemory();
    this.#cores = settings.interfaces.map(({ card, address, netmask, mtu }, index) => {
      const core = new StackCore<TcpPort>({
        name,
        address,
        netmask,
        gateway: null,
        personality,
        card: mtu === undefined ? card : new NarrowCard(card, mtu),
        scheduler,
        memory,
        random: random.fork(`interface-${index}`),
        onEvent,
      });
      core.onUnresolved = (frame) => this.#onUnresolved(frame);
      core.detour = (destination) => this.#cores[this.#route(destination)?.index ?? -1] ?? null;
      return core;
    });
  }

  get isRunning(): boolean {
    return this.#cores.some((core) => core.running);
  }

  counters(index: number): StackCounters {
    return this.#cores[index].counters;
  }

  start(): void {
    this.#cores.forEach((core, index) => {
      if (core.running) return;
      core.running = true;
      core.card.setReceiver({ receiveFrame: (b, at, len) => this.#frame(index, b, at, len) });
      startArp(core);
    });
  }

  stop(): void {
    for (const core of this.#cores) {
      core.running = false;
      core.card.setReceiver(null);
      stopArp(core);
      stopReassembly(core);
    }
  }

  #frame(index: number, b: Uint8Array, at: number, len: number): void {
    const core = this.#cores[index];
    if (!core.running || checkEthernet(b, at, len) !== null) return;
    const payloadAt = getEthernetPayloadAt(b, at);
    const payloadLen = getEthernetPayloadLen(b, at, len);
    const etherType = getEtherType(b, at);
    // An interface that lost its address to another machine stops; the others go on.
    if (etherType === ETHERTYPE_ARP && !arpInput(core, b, payloadAt, payloadLen)) core.running = false;
    else if (etherType === ETHERTYPE_IPV4) this.#datagram(index, b, payloadAt, payloadLen, isEthernetGroup(b, at));
  }

  #datagram(index: number, b: Uint8Array, ipAt: number, len: number, group: boolean): void {
    const core = this.#cores[index];
    if (checkIpv4(b, ipAt, len) !== null) {
      core.ipInReceives++;
      core.rare.ipInHdrErrors++;
      return;
    }
    const destination = getIpv4Destination(b, ipAt);
    const owner = this.#cores.find((c) => c.address === destination);
    if (owner !== undefined && this.#translator !== null && this.#comesIn(this.#translator, index, b, ipAt, owner, group)) return;
    if (owner !== undefined || destination === core.broadcast || destination === 0xffffffff) {
      if (owner?.running !== false) ipInput(owner ?? core, b, ipAt, len, group);
      return;
    }
    core.ipInReceives++;
    const source = getIpv4Source(b, ipAt);
    // Never forwarded (RFC 1812 sections 5.3.4, 5.3.7): link-layer broadcasts, multicasts, loopback, and datagrams whose source can't be a host.
    if (group || destination >>> 28 >= 14 || destination >>> 24 === 127 || destination >>> 24 === 0 || !isUnicastSource(core, source)) {
      core.rare.ipInAddrErrors++;
      return;
    }
    this.#forward(index, b, ipAt, null);
  }

  /**
   * Takes a datagram for one of the router's own addresses that translation decides about: it goes inside, or is dropped. False: it is for the router,
   * such as a ping. The router has no program, and so TCP and UDP without a binding are dropped silently: an assumption.
   */
  #comesIn(translator: AddressTranslator, index: number, b: Uint8Array, ipAt: number, owner: Core, group: boolean): boolean {
    if (group || translator.isInside(index) || translator.isInside(this.#cores.indexOf(owner))) return false;
    const drop = translator.inbound(b, ipAt, owner.address, this.#scheduler.nowUs());
    const protocol = getIpv4Protocol(b, ipAt);
    if (drop !== null && protocol !== IP_PROTOCOL_TCP && protocol !== IP_PROTOCOL_UDP) return false;
    this.#cores[index].ipInReceives++;
    if (drop === null) this.#forward(index, b, ipAt, translator);
    else this.#drop(b, ipAt, drop);
    return true;
  }

  #drop(b: Uint8Array, ipAt: number, reason: NatDrop): void {
    this.#onEvent?.({ type: "nat-dropped", from: getIpv4Source(b, ipAt), to: getIpv4Destination(b, ipAt), reason });
  }

  /** Forwards the datagram at `ipAt`. `inbound`: the translator that has it as it goes inside; errors quote it as it came. */
  #forward(index: number, b: Uint8Array, ipAt: number, inbound: AddressTranslator | null): void {
    const core = this.#cores[index];
    let sent = inbound === null ? b : inbound.bytes;
    let sentAt = inbound === null ? ipAt : 0;
    const destination = getIpv4Destination(sent, sentAt);
    const totalLen = getIpv4TotalLen(b, ipAt);
    const ttl = getIpv4Ttl(b, ipAt);
    if (ttl <= 1) {
      this.#error(ICMP_TIME_EXCEEDED, 0, 0, b, ipAt);
      return;
    }
    const route = this.#route(destination);
    if (route === null) {
      core.rare.ipOutNoRoutes++;
      this.#error(ICMP_UNREACHABLE, UNREACHABLE_NET, 0, b, ipAt);
      return;
    }
    // Addresses inside have no route from outside (RFC 3022 section 2).
    if (inbound === null && route.index !== index && this.#translator?.isInside(route.index)) {
      this.#drop(b, ipAt, "inside-address");
      core.rare.ipOutNoRoutes++;
      this.#error(ICMP_UNREACHABLE, UNREACHABLE_NET, 0, b, ipAt);
      return;
    }
    const rule = findRule(this.#filter, sent, sentAt, index, route.index);
    if (rule !== null && rule.action !== "allow") {
      const from = getIpv4Source(b, ipAt);
      this.#onEvent?.({ type: "datagram-filtered", from, to: destination, rule: this.#filter.indexOf(rule) });
      if (rule.action === "reject") this.#error(ICMP_UNREACHABLE, UNREACHABLE_PROHIBITED, 0, b, ipAt);
      return;
    }
    const out = this.#cores[route.index];
    if (!out.running) return;
    if (totalLen > out.mtu && getIpv4DontFragment(b, ipAt)) {
      out.rare.ipFragFails++;
      // RFC 1191 section 4: the next hop's MTU in the low half of the unused word.
      this.#error(ICMP_UNREACHABLE, UNREACHABLE_FRAGMENTATION_NEEDED, out.mtu, b, ipAt);
      return;
    }
    const outbound = route.index !== index && this.#translator?.isInside(index) ? this.#translator : null;
    if (outbound !== null) {
      const drop = outbound.outbound(index, b, ipAt, out.address, this.#scheduler.nowUs());
      if (drop !== null) {
        this.#drop(b, ipAt, drop);
        return;
      }
      sent = outbound.bytes;
      sentAt = 0;
    }
    this.forwarded++;
    const { tx } = out;
    if (totalLen <= out.mtu) {
      copyBytes(sent, sentAt, tx, TX_IP, totalLen);
      decrementTtl(tx, TX_IP);
      this.#transmit(out, route.nextHop, totalLen, false);
      return;
    }
    out.rare.ipFragOKs++;
    fragmentDatagram(sent, sentAt, out.mtu, tx, TX_IP, (len, isLater) => {
      decrementTtl(tx, TX_IP);
      out.rare.ipFragCreates++;
      this.#transmit(out, route.nextHop, len, isLater);
    });
  }

  #transmit(out: Core, nextHop: number, len: number, isLater: boolean): void {
    // A directed broadcast leaves on its network as a link-layer broadcast (RFC 1812 section 5.3.5.2).
    if (nextHop === out.broadcast) transmitToMac(out, MAC_BROADCAST, TX_IP, len);
    else transmitTo(out, nextHop, TX_IP, len, isLater);
  }

  /** Interface and next hop for a destination; `null` if there is no route. */
  #route(destination: number): { readonly index: number; readonly nextHop: Ipv4Address } | null {
    const index = this.#cores.findIndex((core) => ((core.address ^ destination) & core.netmask) === 0);
    if (index >= 0) return { index, nextHop: destination };
    const static_ = this.#routes.find((route) => ((route.address ^ destination) & route.netmask) === 0);
    if (static_ === undefined) return null;
    const gatewayIndex = this.#cores.findIndex((core) => ((core.address ^ static_.gateway) & core.netmask) === 0);
    return gatewayIndex < 0 ? null : { index: gatewayIndex, nextHop: static_.gateway };
  }

  /** Sends an ICMP error to the datagram's source, from the address of the interface towards it (RFC 1812 section 4.3.2.4). */
  #error(type: number, code: number, word: number, b: Uint8Array, ipAt: number): void {
    const route = this.#route(getIpv4Source(b, ipAt));
    if (route === null || this.#cores.some((core) => core.broadcast === getIpv4Destination(b, ipAt))) return;
    const towards = this.#cores[route.index];
    if (!towards.running) return;
    sendIcmpErrorAbout(towards, type, code, word, b, ipAt, getIpv4TotalLen(b, ipAt) - getIpv4HeaderLen(b, ipAt));
  }

  /**
   * The next hop did not answer ARP: sends "host unreachable" to the datagram's source (RFC 1812 section 5.2.7.1), unless the source is this
   * router.
   */
  #onUnresolved(frame: Uint8Array): void {
    const isReverted = this.#translator?.revert(frame, ETHERNET_HEADER_LEN, this.#scheduler.nowUs()) === true;
    const [b, ipAt] = isReverted && this.#translator !== null ? [this.#translator.bytes, 0] : [frame, ETHERNET_HEADER_LEN];
    const source = getIpv4Source(b, ipAt);
    if (this.#cores.some((core) => core.address === source)) return;
    this.#error(ICMP_UNREACHABLE, UNREACHABLE_HOST, 0, b, ipAt);
  }
}

/** Decrements TTL and updates the header checksum (RFC 1624 equation 3). */
function decrementTtl(b: Uint8Array, at: number): void {
  const before = getU16be(b, at + 8);
  const after = before - 0x100;
  let sum = (~getU16be(b, at + 10) & 0xffff) + (~before & 0xffff) + after;
  sum = (sum & 0xffff) + (sum >>> 16);
  sum = (sum & 0xffff) + (sum >>> 16);
  putU16be(b, at + 8, after);
  putU16be(b, at + 10, ~sum & 0xffff);
}

/** Wraps a card for a network whose MTU is smaller than the card's. */
class NarrowCard implements NetworkCard {
  readonly #card: NetworkCard;
  readonly mtu: number;

  constructor(card: NetworkCard, mtu: number) {
    this.#card = card;
    this.mtu = Math.min(mtu, card.mtu);
  }

  get mac(): Uint8Array {
    return this.#card.mac;
  }

  get broadcasts(): BroadcastFilter | undefined {
    return this.#card.broadcasts;
  }

  transmit(b: Uint8Array, at: number, len: number): void {
    this.#card.transmit(b, at, len);
  }

  setReceiver(receiver: FrameReceiver | null): void {
    this.#card.setReceiver(receiver);
  }
}

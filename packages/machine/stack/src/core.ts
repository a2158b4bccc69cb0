/**
 * What all layers of one stack share. The layers are functions over a `StackCore`, each file one protocol or one idea, and
 * each calls downward only: tcp-*, udp and icmp-* → ip-output → arp → card; upward it is ip-input that hands out datagrams.
 */

import type {
  EventHandle,
  Ipv4Address,
  KeepAlive,
  NetworkCard,
  Personality,
  RandomSource,
  Scheduler,
  UdpHandlers,
  Wire,
} from "@pushback/host";
import { getMac } from "@pushback/wire";
import type { ArpTable } from "./arp-table.ts";
import { BusyCounters, RareCounters, type StackCounters } from "./counters.ts";
import type { DatagramObserver, StackEvent } from "./events.ts";
import type { HeldFrame } from "./held-frame.ts";
import { StackMemory } from "./stack-memory.ts";

/** Offsets in the transmit buffer: every datagram is built with a 20-byte IP header, its payload behind it. */
export const TX_IP = 14;
export const TX_PAYLOAD = 34;

/** With at least this many ARP entries the expired ones are dropped, from time to time. */
export const ARP_SWEEP_AT = 512;

export interface StackSettings {
  readonly name: string;
  readonly address: Ipv4Address;
  readonly netmask: Ipv4Address;
  readonly gateway: Ipv4Address | null;
  readonly personality: Personality;
  readonly card: NetworkCard;
  readonly scheduler: Scheduler;
  readonly random: RandomSource;
  /** Shared with the other stacks of a simulation; a stack without gets its own. */
  readonly memory?: StackMemory | undefined;
  /** Where the clocks of ISNs and ports start; the time of creation where left out. */
  readonly bootedAtUs?: number;
  /** One function may serve many stacks: `source` is the `eventSource` of each. */
  readonly onEvent?: ((event: StackEvent, source: number) => void) | null | undefined;
  readonly eventSource?: number | undefined;
  /** Who is told of datagrams and errors in place of `onEvent`. */
  readonly datagrams?: DatagramObserver | null | undefined;
  /** Called with the number of sockets, listeners and connections that programs hold, whenever it changes. */
  readonly onEndpoints?: ((count: number) => void) | null;
}

/** `TcpPort` is tcb.ts's; left open here so that imports go one way. */
export class StackCore<TcpPort> extends BusyCounters {
  // What every datagram needs comes first, in a line of a cache or two: in a fleet each machine's are cold when its turn comes.
  /** False before `start` and after the stack stopped: nothing is sent, nothing calls back. */
  running = false;
  readonly address: Ipv4Address;
  readonly netmask: Ipv4Address;
  /** The directed broadcast address of the own network. */
  readonly broadcast: Ipv4Address;
  readonly personality: Personality;
  readonly scheduler: Scheduler;
  readonly #wire: Wire;
  readonly #port: number;
  /** The largest datagram that fits into a frame of the card. */
  readonly mtu: number;
  readonly #onEvent: StackSettings["onEvent"];
  readonly #eventSource: number;
  readonly #datagrams: DatagramObserver | null;
  /** Made at the first socket: most machines of a fleet never open one again. */
  udp: Map<number, UdpEntry> | null = null;
  /** The own hardware address: its first two bytes, and the last four as a signed integer. */
  readonly macHigh: number;
  readonly macLow: number;
  ipIdCounter = 0;
  readonly memory: StackMemory;
  /** Whose entries in the ARP table are this stack's; -1 while it does not run. */
  arpOwner = -1;
  /** Where the entry of the neighbour that was sent to last was. */
  arpHint = 0;
  /** Paths that are narrower than the own link (RFC 1191), by destination. */
  pathMtus: Map<Ipv4Address, PathMtu> | null = null;
  /** While such a frame is delivered: then the own address is a legal source. */
  loopingBack = false;

  readonly card: NetworkCard;
  readonly name: string;
  readonly gateway: Ipv4Address | null;
  readonly random: RandomSource;
  readonly bootedAtUs: number;
  /** The own hardware address as one integer of 48 bits. */
  readonly mac: number;

  /** The machine died: not even a failure is called back. */
  dead = false;
  /** Takes the first frame of a datagram that waited for an address that nobody answers for; a router has somebody to tell. */
  onUnresolved: ((frame: Uint8Array) => void) | null = null;
  /** Another card of the same machine that has a way to `destination` where this one has none. */
  detour: ((destination: Ipv4Address) => StackCore<TcpPort> | null) | null = null;

  /** Whom the ARP table has an entry for. */
  arpAddresses: Ipv4Address[] = [];
  arpRequests: Map<Ipv4Address, ArpRequest<TcpPort>> | null = null;
  arpSweepAt = ARP_SWEEP_AT;
  announcementsLeft = 0;
  announcementEvent: EventHandle = 0;
  /** Until then another's answer for the own address is a conflict that we lose. */
  probingUntilUs = -1;
  /** Host routes from ICMP redirects, by destination. */
  redirects: Map<Ipv4Address, Ipv4Address> | null = null;
  reassemblies: Map<number, Reassembly> | null = null;

  /** Made at the first port. */
  tcp: Map<number, TcpPort> | null = null;
  /** The ports to try next; -1 before the first was chosen. */
  nextUdpPort = -1;
  nextTcpPort = -1;
  isnCounter = 0;
  /** The acknowledgment number sent last: what an RST with a leftover field carries. */
  leftoverAck = 0;
  keepAlive: KeepAlive;

  readonly #onEndpoints: ((count: number) => void) | null;
  #endpoints = 0;
  #rare: RareCounters | null = null;

  constructor(settings: StackSettings) {
    super();
    this.memory = settings.memory ?? new StackMemory();
    this.name = settings.name;
    this.address = settings.address;
    // Signed: it is only ever masked with, and small integers need no box.
    this.netmask = settings.netmask | 0;
    this.gateway = settings.gateway;
    this.broadcast = (settings.address | ~settings.netmask) >>> 0;
    this.personality = settings.personality;
    this.card = settings.card;
    this.mtu = settings.card.mtu;
    this.#wire = settings.card.wire ?? new OwnWire(settings.card);
    this.#port = settings.card.port ?? 0;
    this.scheduler = settings.scheduler;
    this.random = settings.random;
    this.bootedAtUs = settings.bootedAtUs ?? settings.scheduler.nowUs();
    this.#onEvent = settings.onEvent;
    this.#eventSource = settings.eventSource ?? 0;
    this.#datagrams = settings.datagrams ?? null;
    this.#onEndpoints = settings.onEndpoints ?? null;
    this.mac = getMac(settings.card.mac, 0);
    this.macHigh = Math.floor(this.mac / 2 ** 32);
    this.macLow = this.mac | 0;
    this.keepAlive = settings.personality.keepAlive;
  }

  /** As of now. */
  get counters(): StackCounters {
    const { ipInReceives, ipInDelivers, udpNoPorts, icmpOutMsgs, icmpOutDestUnreachs, ipOutRequests } = this;
    return { ...this.rare, ipInReceives, ipInDelivers, udpNoPorts, icmpOutMsgs, icmpOutDestUnreachs, ipOutRequests };
  }

  get rare(): RareCounters {
    this.#rare ??= new RareCounters();
    return this.#rare;
  }

  get arp(): ArpTable {
    return this.memory.arp;
  }

  /** Where datagrams are built, from TX_IP on. */
  get tx(): Uint8Array {
    return this.memory.transmit;
  }

  /** Puts a frame on the wire. */
  transmit(b: Uint8Array, at: number, len: number): void {
    this.#wire.transmitFrom(this.#port, b, at, len);
  }

  tell(event: StackEvent): void {
    this.#onEvent?.(event, this.#eventSource);
  }

  tellUdpDelivered(localPort: number, from: Ipv4Address, fromPort: number): void {
    if (this.#datagrams !== null) this.#datagrams.udpDelivered(this.#eventSource, localPort, from, fromPort);
    else this.tell({ type: "udp-delivered", localPort, from, fromPort });
  }

  tellUdpNoPort(localPort: number, from: Ipv4Address, fromPort: number): void {
    if (this.#datagrams !== null) this.#datagrams.udpNoPort(this.#eventSource, localPort, from, fromPort);
    else this.tell({ type: "udp-no-port", localPort, from, fromPort });
  }

  tellIcmpErrorSent(to: Ipv4Address, icmpType: number, code: number, srcPort: number, dstPort: number): void {
    if (this.#datagrams !== null) this.#datagrams.icmpErrorSent(this.#eventSource, to, icmpType, code, srcPort, dstPort);
    else this.tell({ type: "icmp-error-sent", to, icmpType, code, srcPort, dstPort });
  }

  tellIcmpErrorReceived(
    from: Ipv4Address,
    icmpType: number,
    code: number,
    protocol: number,
    srcPort: number,
    remoteAddress: Ipv4Address,
    dstPort: number,
  ): void {
    if (this.#datagrams !== null)
      this.#datagrams.icmpErrorReceived(this.#eventSource, from, icmpType, code, protocol, srcPort, remoteAddress, dstPort);
    else this.tell({ type: "icmp-error-received", from, icmpType, code, protocol, srcPort, remoteAddress, dstPort });
  }

  /** Takes a frame for the own address. An interface of a router has nobody who would listen. */
  loopback(_frame: Uint8Array): void {}

  /** Since the machine was powered on. */
  uptimeUs(): number {
    return this.scheduler.nowUs() - this.bootedAtUs;
  }

  changeEndpoints(by: number): void {
    this.#endpoints += by;
    this.#onEndpoints?.(this.#endpoints);
  }
}

/** The wire of a card that shares none. */
class OwnWire implements Wire {
  readonly #card: NetworkCard;

  constructor(card: NetworkCard) {
    this.#card = card;
  }

  transmitFrom(_port: number, b: Uint8Array, at: number, len: number): void {
    this.#card.transmit(b, at, len);
  }
}

/** A hardware address that was asked for. */
export interface ArpRequest<TcpPort> {
  readonly core: StackCore<TcpPort>;
  readonly address: Ipv4Address;
  /** The datagrams that wait, each its first frame; the frames are whole but for the destination address. */
  readonly waiting: HeldFrame[];
  /** Datagrams given up because a later one took their place. */
  replaced: number;
  tries: number;
  event: EventHandle;
}

/** The largest datagram that has a chance on a path, and when that was learned. */
export interface PathMtu {
  readonly mtu: number;
  readonly sinceUs: number;
}

/** An open UDP port. */
export interface UdpEntry {
  readonly handlers: UdpHandlers;
  open: boolean;
}

/** A datagram of which fragments have arrived. */
export interface Reassembly {
  readonly key: number;
  readonly protocol: number;
  /** The header of the fragment with offset zero, or of the first that came until that one does. */
  header: Uint8Array;
  hasFirst: boolean;
  /** Whether any fragment came in a link-layer broadcast. */
  group: boolean;
  payload: Uint8Array;
  /** Start and end offsets, alternating, ascending, not touching. */
  ranges: number[];
  /** -1 until the last fragment came. */
  totalLen: number;
  event: EventHandle;
}

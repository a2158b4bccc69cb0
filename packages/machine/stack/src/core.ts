/**
 * What the layers of one stack share. The layers are functions over a `StackCore`, each file one protocol or one idea. Calls go
 * downward only: tcp-*, udp and icmp-* → ip-output → arp → card. Upward, ip-input hands each datagram to its protocol.
 */

import type {
  EventHandle,
  Ipv4Address,
  KeepAlive,
  NetworkCard,
  Personality,
  RandomSource,
  Scheduler,
  SystemServices,
  UdpHandlers,
  Wire,
} from "@pushback/host";
import { getMac } from "@pushback/wire";
import type { ArpTable } from "./arp-table.ts";
import { BusyCounters, RareCounters, type StackCounters } from "./counters.ts";
import type { DatagramObserver, StackEvent } from "./events.ts";
import type { HeldFrame } from "./held-frame.ts";
import { StackMemory } from "./stack-memory.ts";

/** Offsets in the transmit buffer. Every datagram is built with a 20-byte IP header and the payload behind it. */
export const TX_IP = 14;
/** Offset in the transmit buffer of the IP payload, behind an IP header of 20 bytes. */
export const TX_PAYLOAD = 34;

/** Ports below are those of the system (RFC 1700, well-known ports): a service that the stack opens when it is asked has one of them. */
export const FIRST_DYNAMIC_PORT = 1024;

/** Expired ARP entries are dropped from time to time once there are at least this many entries. */
export const ARP_SWEEP_AT = 512;

/** Settings of one TCP/IP stack: addresses, network card, personality, clock and randomness. */
export interface StackSettings {
  readonly name: string;
  readonly address: Ipv4Address;
  readonly netmask: Ipv4Address;
  readonly gateway: Ipv4Address | null;
  readonly personality: Personality;
  readonly card: NetworkCard;
  readonly scheduler: Scheduler;
  readonly random: RandomSource;
  /** Memory shared with the other stacks of a simulation. A stack without this option creates its own. */
  readonly memory?: StackMemory | undefined;
  /** Start of the clocks that ISNs and ports follow, in microseconds of the scheduler; time of creation where left out. */
  readonly bootedAtUs?: number;
  /** One function may serve many stacks: `source` is the `eventSource` of the stack that calls. */
  readonly onEvent?: ((event: StackEvent, source: number) => void) | null | undefined;
  readonly eventSource?: number | undefined;
  /** Receives datagram and error events instead of `onEvent`. */
  readonly datagrams?: DatagramObserver | null | undefined;
  /** Called with the number of sockets, listeners and connections that programs hold, whenever that number changes. */
  readonly onEndpoints?: ((count: number) => void) | null;
  /** Services of the operating system; `null` or left out: none. */
  readonly services?: SystemServices | null | undefined;
}

/** `TcpPort` is defined in tcb.ts; a type parameter here avoids an import cycle. */
export class StackCore<TcpPort> extends BusyCounters {
  // Fields that every datagram needs come first, so that they share one or two cache lines: in a fleet each stack is cold when its turn comes
  // (docs/FLEET-PROFILE.md).
  /** False before `start` and after the stack has stopped. A stack that is not running sends nothing and calls no program. */
  running = false;
  readonly address: Ipv4Address;
  readonly netmask: Ipv4Address;
  /** Directed broadcast address of the stack's own network. */
  readonly broadcast: Ipv4Address;
  readonly personality: Personality;
  readonly scheduler: Scheduler;
  readonly #wire: Wire;
  readonly #port: number;
  /** Largest IP datagram that fits into a frame of the card, in bytes. */
  readonly mtu: number;
  readonly #onEvent: StackSettings["onEvent"];
  readonly #eventSource: number;
  readonly #datagrams: DatagramObserver | null;
  /** Open UDP sockets by port. Created with the first socket: after a reboot most machines of a fleet open none. */
  udp: Map<number, UdpEntry> | null = null;
  /** The stack's hardware address: its first two bytes, and the last four as a signed integer. */
  readonly macHigh: number;
  readonly macLow: number;
  ipIdCounter = 0;
  readonly memory: StackMemory;
  /** Owner number of this stack's entries in the ARP table; -1 while the stack does not run. */
  arpOwner = -1;
  /** Place in the ARP table of the neighbour that was sent to last: a hint for the next look-up. */
  arpHint = 0;
  /** Path MTUs below the MTU of the link (RFC 1191), by destination. */
  pathMtus: Map<Ipv4Address, PathMtu> | null = null;
  /** True while a looped-back frame is delivered: only then may the source be the stack's own address. */
  loopingBack = false;

  readonly card: NetworkCard;
  readonly name: string;
  readonly gateway: Ipv4Address | null;
  readonly random: RandomSource;
  readonly bootedAtUs: number;
  /** The stack's hardware address as one 48-bit integer. */
  readonly mac: number;

  /** The machine died: programs get no callback any more, not even about failures. */
  dead = false;
  /** Takes the first frame of a datagram whose next hop did not answer ARP. A router uses this to send an ICMP error to the datagram's source. */
  onUnresolved: ((frame: Uint8Array) => void) | null = null;
  /** Finds another interface of the same machine with a route to `destination` when this one has none. */
  detour: ((destination: Ipv4Address) => StackCore<TcpPort> | null) | null = null;

  /** Addresses of the neighbours that the ARP table has an entry for. */
  arpAddresses: Ipv4Address[] = [];
  arpRequests: Map<Ipv4Address, ArpRequest<TcpPort>> | null = null;
  arpSweepAt = ARP_SWEEP_AT;
  announcementsLeft = 0;
  announcementEvent: EventHandle = 0;
  /** End of the ARP probes for this stack's address, in microseconds: an ARP reply from that address before then means that another host has it. */
  probingUntilUs = -1;
  /** Host routes from ICMP redirects, by destination. */
  redirects: Map<Ipv4Address, Ipv4Address> | null = null;
  reassemblies: Map<number, Reassembly> | null = null;

  /** TCP ports in use. Created with the first port. */
  tcp: Map<number, TcpPort> | null = null;
  /** Ports to try next; -1 before the first was chosen. */
  nextUdpPort = -1;
  nextTcpPort = -1;
  isnCounter = 0;
  /** Acknowledgment number sent last: the value of an RST whose field is `leftover`. */
  leftoverAck = 0;
  keepAlive: KeepAlive;
  /** Retransmissions of data before a connection is given up. */
  maxDataRetries: number;

  readonly services: SystemServices | null;

  readonly #onEndpoints: ((count: number) => void) | null;
  #endpoints = 0;
  #rare: RareCounters | null = null;

  constructor(settings: StackSettings) {
    super();
    this.memory = settings.memory ?? new StackMemory();
    this.name = settings.name;
    this.address = settings.address;
    // Kept signed: the value is only masked with, and V8 stores a small signed integer without a heap number (docs/FLEET-PROFILE.md,
    // "representation").
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
    this.services = settings.services ?? null;
    this.mac = getMac(settings.card.mac, 0);
    this.macHigh = Math.floor(this.mac / 2 ** 32);
    this.macLow = this.mac | 0;
    this.keepAlive = settings.personality.keepAlive;
    this.maxDataRetries = settings.personality.maxDataRetries;
  }

  /** Copy of the counters as they are now. */
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

  /** Transmit buffer, shared by the stacks of one memory. Datagrams are built at TX_IP. */
  get tx(): Uint8Array {
    return this.memory.transmit;
  }

  /** Puts a frame on the wire. */
  transmit(b: Uint8Array, at: number, len: number): void {
    this.#wire.transmitFrom(this.#port, b, at, len);
  }

  /** Reports an event to the stack's owner, if it listens. */
  tell(event: StackEvent): void {
    this.#onEvent?.(event, this.#eventSource);
  }

  /** Reports `udp-delivered`: to the datagram observer if there is one, otherwise as an event. */
  tellUdpDelivered(localPort: number, from: Ipv4Address, fromPort: number): void {
    if (this.#datagrams !== null) this.#datagrams.udpDelivered(this.#eventSource, localPort, from, fromPort);
    else this.tell({ type: "udp-delivered", localPort, from, fromPort });
  }

  /** Reports `udp-no-port`: to the datagram observer if there is one, otherwise as an event. */
  tellUdpNoPort(localPort: number, from: Ipv4Address, fromPort: number): void {
    if (this.#datagrams !== null) this.#datagrams.udpNoPort(this.#eventSource, localPort, from, fromPort);
    else this.tell({ type: "udp-no-port", localPort, from, fromPort });
  }

  /** Reports `icmp-error-sent`: to the datagram observer if there is one, otherwise as an event. */
  tellIcmpErrorSent(to: Ipv4Address, icmpType: number, code: number, srcPort: number, dstPort: number): void {
    if (this.#datagrams !== null) this.#datagrams.icmpErrorSent(this.#eventSource, to, icmpType, code, srcPort, dstPort);
    else this.tell({ type: "icmp-error-sent", to, icmpType, code, srcPort, dstPort });
  }

  /** Reports `icmp-error-received`: to the datagram observer if there is one, otherwise as an event. */
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

  /** Takes a frame addressed to this stack's own address. A router's interface has no programs, so there is no loopback. */
  loopback(_frame: Uint8Array): void {}

  /** Opens a well-known port of the system, if it holds this one. A router's interface has no services. */
  openService(_protocol: "tcp" | "udp", _port: number): boolean {
    return false;
  }

  /** Microseconds since the machine was powered on. */
  uptimeUs(): number {
    return this.scheduler.nowUs() - this.bootedAtUs;
  }

  /** Adds `by` to the number of endpoints (listeners, connections, sockets) that programs have open, and reports the new number. */
  changeEndpoints(by: number): void {
    this.#endpoints += by;
    this.#onEndpoints?.(this.#endpoints);
  }
}

/** `Wire` of a card that is not attached to a shared one. */
class OwnWire implements Wire {
  readonly #card: NetworkCard;

  constructor(card: NetworkCard) {
    this.#card = card;
  }

  transmitFrom(_port: number, b: Uint8Array, at: number, len: number): void {
    this.#card.transmit(b, at, len);
  }
}

/** ARP resolution under way for one address. */
export interface ArpRequest<TcpPort> {
  readonly core: StackCore<TcpPort>;
  readonly address: Ipv4Address;
  /** Datagrams that wait, each given by its first frame. The frames are complete except for the destination hardware address. */
  readonly waiting: HeldFrame[];
  /** Datagrams that were dropped because a later one took their place. */
  replaced: number;
  tries: number;
  event: EventHandle;
}

/** Path MTU of one destination in bytes, and when it was learned. */
export interface PathMtu {
  readonly mtu: number;
  readonly sinceUs: number;
}

/** An open UDP port. */
export interface UdpEntry {
  readonly handlers: UdpHandlers;
  open: boolean;
}

/** Datagram under reassembly. */
export interface Reassembly {
  readonly key: number;
  readonly protocol: number;
  /** Header of the fragment with offset zero; until that arrives, header of the fragment that came first. */
  header: Uint8Array;
  hasFirst: boolean;
  /** Whether any fragment arrived in a link-layer broadcast. */
  group: boolean;
  payload: Uint8Array;
  /** Ranges received so far: start and end offsets alternating, ascending, with gaps between them. */
  ranges: number[];
  /** Length of the whole payload in bytes; -1 until the last fragment has arrived. */
  totalLen: number;
  event: EventHandle;
}

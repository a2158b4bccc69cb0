/**
 * The bindings of a network address translator: which port of the router's outside address stands for which port of an inside machine, and for how long
 * (RFC 3022 section 2.2). Mappings are endpoint-independent (RFC 4787 REQ-1, RFC 5382 REQ-1); a TCP binding admits only the remote ends that the inside
 * machine connected to. Bindings that have ended are removed when they are next looked at: the table needs no timer.
 */

import { TCP_ACK, TCP_FIN, TCP_RST, TCP_SYN } from "@pushback/wire";

/** How long a binding lasts without a datagram. Microseconds. */
export interface NatTimeouts {
  /**
   * Idle time limit of UDP, counted from the latest outbound datagram (RFC 4787 REQ-6): five minutes or more are recommended, two are the minimum (RFC 4787
   * REQ-5).
   */
  readonly udpUs: number;
  /** Idle time limit of an established connection: at least 2 h 4 min (RFC 5382 REQ-5). */
  readonly tcpUs: number;
  /** Idle time limit of a connection that is opening, closing or was reset: at least 4 min (RFC 5382 REQ-5). */
  readonly tcpTransitoryUs: number;
  /** Idle time limit of an ICMP query: at least 60 s (RFC 5508 REQ-1). */
  readonly icmpUs: number;
}

/** The least values of the RFCs, and for UDP the recommended one. */
export const NAT_TIMEOUTS: NatTimeouts = {
  udpUs: 300_000_000,
  tcpUs: 7_440_000_000,
  tcpTransitoryUs: 240_000_000,
  icmpUs: 60_000_000,
};

/** One port of an inside machine, and the outside port that stands for it. */
export interface NatBinding {
  readonly address: number;
  readonly port: number;
  readonly outsidePort: number;
  readonly timeouts: NatTimeouts;
  /** Time at which the binding ends unless a datagram extends it, in microseconds. */
  untilUs: number;
  /** The binding's TCP connections, by remote address and port; `null` for other protocols. */
  readonly connections: Map<number, NatConnection> | null;
}

interface NatConnection {
  /** Which SYN and FIN passed, and whether a reset did. */
  seen: number;
  untilUs: number;
}

const SYN_OUT = 1;
const SYN_IN = 2;
const FIN_OUT = 4;
const FIN_IN = 8;
const RESET = 16;

/** Bindings and connections of one table, so that inside machines cannot make it grow without end. A limit of the lab's own. */
const MOST_CONNECTIONS = 65_536;

/** The first port above the well-known ones. */
const LOW_END = 1024;

/** An address and a port in one number. */
function endOf(address: number, port: number): number {
  return address * 65_536 + port;
}

/** The bindings of one protocol on one outside address. */
export class NatBindings {
  readonly #protocol: "icmp" | "tcp" | "udp";
  readonly #byInside = new Map<number, NatBinding>();
  readonly #byPort = new Map<number, NatBinding>();
  readonly #low = { first: 1, last: LOW_END - 1, next: 1, fullUntilUs: 0 };
  readonly #high = { first: LOW_END, last: 65_535, next: LOW_END, fullUntilUs: 0 };
  #connections = 0;

  constructor(protocol: "icmp" | "tcp" | "udp") {
    this.#protocol = protocol;
  }

  /** Number of bindings. It includes expired ones that no search has come across yet. */
  get size(): number {
    return this.#byInside.size;
  }

  /** The live binding of an inside port; `null`: there is none. */
  findInside(address: number, port: number, nowUs: number): NatBinding | null {
    return this.#live(this.#byInside.get(endOf(address, port)), nowUs);
  }

  /** The live binding of an outside port; `null`: there is none. */
  findOutside(port: number, nowUs: number): NatBinding | null {
    return this.#live(this.#byPort.get(port), nowUs);
  }

  /** A binding for an inside port that has none; `null`: every port is taken. */
  bind(address: number, port: number, timeouts: NatTimeouts, nowUs: number): NatBinding | null {
    const outsidePort = this.#freePort(port, nowUs);
    if (outsidePort === null) return null;
    const connections = this.#protocol === "tcp" ? new Map() : null;
    const binding: NatBinding = { address, port, outsidePort, timeouts, untilUs: nowUs, connections };
    this.refresh(binding, nowUs);
    this.#byInside.set(endOf(address, port), binding);
    this.#byPort.set(outsidePort, binding);
    return binding;
  }

  /** Notes a datagram that left by a binding of UDP or ICMP. */
  refresh(binding: NatBinding, nowUs: number): void {
    const { icmpUs, udpUs, tcpTransitoryUs } = binding.timeouts;
    binding.untilUs = nowUs + (this.#protocol === "icmp" ? icmpUs : this.#protocol === "udp" ? udpUs : tcpTransitoryUs);
  }

  /**
   * Notes a TCP segment of a binding; false: it belongs to no connection, and must not pass. Only a SYN from inside begins one, also on the ports of an
   * older one.
   */
  segment(binding: NatBinding, isOut: boolean, address: number, port: number, flags: number, nowUs: number): boolean {
    const { connections, timeouts } = binding;
    if (connections === null) return false;
    const end = endOf(address, port);
    let connection = connections.get(end);
    if (connection !== undefined && connection.untilUs <= nowUs) {
      connections.delete(end);
      this.#connections--;
      connection = undefined;
    }
    const isSyn = (flags & (TCP_SYN | TCP_ACK)) === TCP_SYN;
    if (connection === undefined) {
      if (!isOut || !isSyn || !this.#hasRoom(nowUs)) return false;
      connection = { seen: 0, untilUs: nowUs };
      connections.set(end, connection);
      this.#connections++;
    } else if (isOut && isSyn) connection.seen = 0;
    if ((flags & TCP_SYN) !== 0) connection.seen |= isOut ? SYN_OUT : SYN_IN;
    if ((flags & TCP_FIN) !== 0) connection.seen |= isOut ? FIN_OUT : FIN_IN;
    if ((flags & TCP_RST) !== 0) connection.seen |= RESET;
    connection.untilUs = nowUs + (isEstablished(connection.seen) ? timeouts.tcpUs : timeouts.tcpTransitoryUs);
    binding.untilUs = Math.max(binding.untilUs, connection.untilUs);
    return true;
  }

  #hasRoom(nowUs: number): boolean {
    if (this.#connections < MOST_CONNECTIONS) return true;
    for (const { connections } of this.#byInside.values())
      for (const [end, { untilUs }] of connections ?? []) if (untilUs <= nowUs && connections?.delete(end)) this.#connections--;
    return this.#connections < MOST_CONNECTIONS;
  }

  /**
   * The next free port of the range of `inside`: ports below 1024 stay there (RFC 4787 REQ-3). Ports are assigned in turn, so that one is not used again
   * while the server may still hold a connection to it.
   */
  #freePort(inside: number, nowUs: number): number | null {
    const range = inside < LOW_END ? this.#low : this.#high;
    if (nowUs < range.fullUntilUs) return null;
    // No binding ends before the first of them would, and datagrams only extend it: until then a full range need not be searched again.
    let firstEndUs = Number.POSITIVE_INFINITY;
    for (let tried = 0; tried <= range.last - range.first; tried++) {
      const port = range.next;
      range.next = port === range.last ? range.first : port + 1;
      const binding = this.#live(this.#byPort.get(port), nowUs);
      if (binding === null) return port;
      firstEndUs = Math.min(firstEndUs, binding.untilUs);
    }
    range.fullUntilUs = firstEndUs;
    return null;
  }

  #live(binding: NatBinding | undefined, nowUs: number): NatBinding | null {
    if (binding === undefined) return null;
    if (binding.untilUs > nowUs) return binding;
    this.#byInside.delete(endOf(binding.address, binding.port));
    this.#byPort.delete(binding.outsidePort);
    this.#connections -= binding.connections?.size ?? 0;
    return null;
  }
}

function isEstablished(seen: number): boolean {
  const isOpen = (seen & (SYN_OUT | SYN_IN)) === (SYN_OUT | SYN_IN);
  const isClosed = (seen & (FIN_OUT | FIN_IN)) === (FIN_OUT | FIN_IN) || (seen & RESET) !== 0;
  return isOpen && !isClosed;
}

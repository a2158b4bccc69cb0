/**
 * Network address translation of a router (RFC 3022): datagrams from a translated network leave with the address of the outgoing interface and a port of
 * their own; answers come back the same way. Headers and quoted headers are translated and nothing else: an address inside a message, as in the
 * registration for push notifications, stays as it is (RFC 3022 section 4: such a protocol needs a gateway of its own). Inside addresses have no route from outside
 * (RFC 3022 section 2). Not modelled: hairpinning (RFC 4787 REQ-9), and fragments that come before the first one of their datagram.
 */

import { copyBytes, getU16be, putU16be, putU32be } from "@pushback/bytes";
import type { Ipv4Address } from "@pushback/host";
import {
  checkIcmp,
  checkIpv4Header,
  getIcmpType,
  getIpv4Destination,
  getIpv4FragmentOffset,
  getIpv4HeaderLen,
  getIpv4Id,
  getIpv4MoreFragments,
  getIpv4Protocol,
  getIpv4Source,
  getIpv4TotalLen,
  getTcpFlags,
  ICMP_ADDRESS_MASK_REPLY,
  ICMP_ADDRESS_MASK_REQUEST,
  ICMP_ECHO_REPLY,
  ICMP_ECHO_REQUEST,
  ICMP_HEADER_LEN,
  ICMP_TIMESTAMP_REPLY,
  ICMP_TIMESTAMP_REQUEST,
  IP_PROTOCOL_ICMP,
  IP_PROTOCOL_TCP,
  IP_PROTOCOL_UDP,
  isIcmpError,
  putIcmpChecksum,
  TCP_HEADER_LEN,
  UDP_HEADER_LEN,
} from "@pushback/wire";
import { NAT_TIMEOUTS, NatBindings, type NatTimeouts } from "./nat-bindings.ts";

/** Translation of one interface's network. */
export interface NatSettings {
  /** Interface whose network is inside, in the order of the router's settings. */
  readonly inside: number;
  readonly timeouts: NatTimeouts;
}

/** Why a datagram was dropped: no binding stands for it, every port is taken, its header or protocol cannot be translated, or it came for an inside address. */
export type NatDrop = "no-binding" | "no-port" | "not-translated" | "inside-address";

/** Events of address translation: a new binding of an inside address and port, or a datagram that was dropped. */
export type NatEvent =
  | {
      readonly type: "nat-bound";
      readonly protocol: "icmp" | "tcp" | "udp";
      readonly address: Ipv4Address;
      readonly port: number;
      readonly outsideAddress: Ipv4Address;
      readonly outsidePort: number;
    }
  | { readonly type: "nat-dropped"; readonly from: Ipv4Address; readonly to: Ipv4Address; readonly reason: NatDrop };

const NAMES = { [IP_PROTOCOL_ICMP]: "icmp", [IP_PROTOCOL_TCP]: "tcp", [IP_PROTOCOL_UDP]: "udp" } as const;
type Protocol = keyof typeof NAMES;

/** First fragments whose followers may come, and for how long. Limits of the lab's own. */
const MOST_FRAGMENTED = 64;
const FRAGMENTS_US = 30_000_000;

/** Translation of a fragmented datagram, kept for its later fragments, which have no ports. */
interface Fragmented {
  readonly address: number;
  readonly untilUs: number;
}

/** Translates between inside networks and the others. Translated datagrams are in `bytes` from 0 on, until the next call. */
export class AddressTranslator {
  readonly bytes = new Uint8Array(65_536);
  /** Timeouts, by index of the inside interface. */
  readonly #timeouts: ReadonlyMap<number, NatTimeouts>;
  readonly #onEvent: (event: NatEvent) => void;
  /** Bindings, by outside address. */
  readonly #tables = new Map<number, Record<Protocol, NatBindings>>();
  readonly #fragmented = new Map<string, Fragmented>();

  constructor(settings: readonly NatSettings[], onEvent: (event: NatEvent) => void) {
    this.#timeouts = new Map(settings.map(({ inside, timeouts }) => [inside, timeouts]));
    this.#onEvent = onEvent;
  }

  /** Whether the network of an interface is inside. */
  isInside(index: number): boolean {
    return this.#timeouts.has(index);
  }

  /** Number of bindings on an outside address, over all protocols. */
  bindingsOn(outside: Ipv4Address): number {
    const tables = this.#tables.get(outside);
    return tables === undefined ? 0 : Object.values(tables).reduce((sum, { size }) => sum + size, 0);
  }

  /**
   * Translates the checked datagram at `ipAt` that came by the interface `inside` and leaves by one with the address `outside`; returns why it must not
   * leave, or `null`.
   */
  outbound(inside: number, b: Uint8Array, ipAt: number, outside: Ipv4Address, nowUs: number): NatDrop | null {
    const tables = this.#tablesOf(outside);
    this.#copy(b, ipAt);
    const key = fragmentKey(b, ipAt);
    if (getIpv4FragmentOffset(b, ipAt) !== 0) return this.#laterFragment(key, true, nowUs);
    const protocol = protocolOf(b, ipAt);
    if (protocol === null) return "not-translated";
    const at = getIpv4HeaderLen(b, ipAt);
    const isError = protocol === IP_PROTOCOL_ICMP && isIcmpError(getIcmpType(this.bytes, at));
    if (isError) return this.#error(tables, true, outside, nowUs);
    if (protocol === IP_PROTOCOL_ICMP && !isQuery(getIcmpType(this.bytes, at))) return "not-translated";
    const address = getIpv4Source(b, ipAt);
    const port = getU16be(this.bytes, at + sourceAt(protocol));
    const table = tables[protocol];
    let binding = table.findInside(address, port, nowUs);
    const isTcp = protocol === IP_PROTOCOL_TCP;
    const flags = isTcp ? getTcpFlags(this.bytes, at) : 0;
    // Only a SYN creates a binding. A segment of a connection whose binding has expired is dropped (assumption: other translators create one or reset).
    const isNew = binding === null;
    if (binding === null) {
      if (isTcp && (flags & 0x12) !== 0x02) return "no-binding";
      binding = table.bind(address, port, this.#timeouts.get(inside) ?? NAT_TIMEOUTS, nowUs);
      if (binding === null) return "no-port";
    }
    if (!isTcp) table.refresh(binding, nowUs);
    else if (!table.segment(binding, true, getIpv4Destination(b, ipAt), getU16be(this.bytes, at + 2), flags, nowUs)) return "no-binding";
    if (isNew) {
      const { outsidePort } = binding;
      this.#onEvent({ type: "nat-bound", protocol: NAMES[protocol], address, port, outsideAddress: outside, outsidePort });
    }
    replaceAddress(this.bytes, 0, true, outside);
    replaceEnd(this.bytes, 0, at, protocol, true, address, outside, binding.outsidePort);
    this.#noteFragment(b, ipAt, key, outside, nowUs);
    return null;
  }

  /**
   * Translates the checked datagram at `ipAt` that came for the router's address `outside`; returns why it must not go inside, or `null`.
   */
  inbound(b: Uint8Array, ipAt: number, outside: Ipv4Address, nowUs: number): NatDrop | null {
    const tables = this.#tables.get(outside);
    if (tables === undefined) return "no-binding";
    const key = fragmentKey(b, ipAt);
    this.#copy(b, ipAt);
    if (getIpv4FragmentOffset(b, ipAt) !== 0) return this.#laterFragment(key, false, nowUs);
    const protocol = protocolOf(b, ipAt);
    if (protocol === null) return "not-translated";
    const at = getIpv4HeaderLen(b, ipAt);
    if (protocol === IP_PROTOCOL_ICMP && isIcmpError(getIcmpType(this.bytes, at))) return this.#error(tables, false, outside, nowUs);
    if (protocol === IP_PROTOCOL_ICMP && !isReply(getIcmpType(this.bytes, at))) return "no-binding";
    const table = tables[protocol];
    const binding = table.findOutside(getU16be(this.bytes, at + destinationAt(protocol)), nowUs);
    if (binding === null) return "no-binding";
    if (
      protocol === IP_PROTOCOL_TCP &&
      !table.segment(binding, false, getIpv4Source(b, ipAt), getU16be(this.bytes, at), getTcpFlags(this.bytes, at), nowUs)
    )
      return "no-binding";
    replaceAddress(this.bytes, 0, false, binding.address);
    replaceEnd(this.bytes, 0, at, protocol, false, outside, binding.address, binding.port);
    this.#noteFragment(b, ipAt, key, binding.address, nowUs);
    return null;
  }

  /**
   * The datagram at `ipAt`, which was translated on its way, as its sender knows it: for the quote of an ICMP error. Returns false, and `bytes` then has no
   * meaning, if no binding stands for it.
   */
  revert(b: Uint8Array, ipAt: number, nowUs: number): boolean {
    const protocol = protocolOf(b, ipAt);
    const at = getIpv4HeaderLen(b, ipAt);
    if (protocol === null || (protocol === IP_PROTOCOL_ICMP && isIcmpError(getIcmpType(b, ipAt + at)))) return false;
    this.#copy(b, ipAt);
    const source = getIpv4Source(b, ipAt);
    const isLeaving = this.#tables.has(source);
    const candidates = isLeaving ? [[source, this.#tables.get(source) as Record<Protocol, NatBindings>] as const] : [...this.#tables];
    for (const [outside, tables] of candidates) {
      const binding = isLeaving
        ? tables[protocol].findOutside(getU16be(b, ipAt + at + sourceAt(protocol)), nowUs)
        : tables[protocol].findInside(getIpv4Destination(b, ipAt), getU16be(b, ipAt + at + destinationAt(protocol)), nowUs);
      if (binding === null) continue;
      const [from, to, port] = isLeaving ? [outside, binding.address, binding.port] : [binding.address, outside, binding.outsidePort];
      replaceAddress(this.bytes, 0, isLeaving, to);
      replaceEnd(this.bytes, 0, at, protocol, isLeaving, from, to, port);
      return true;
    }
    return false;
  }

  #tablesOf(outside: Ipv4Address): Record<Protocol, NatBindings> {
    let tables = this.#tables.get(outside);
    if (tables === undefined) {
      const create = (protocol: "icmp" | "tcp" | "udp") => new NatBindings(protocol);
      tables = { [IP_PROTOCOL_ICMP]: create("icmp"), [IP_PROTOCOL_TCP]: create("tcp"), [IP_PROTOCOL_UDP]: create("udp") };
      this.#tables.set(outside, tables);
    }
    return tables;
  }

  #copy(b: Uint8Array, ipAt: number): void {
    copyBytes(b, ipAt, this.bytes, 0, getIpv4TotalLen(b, ipAt));
  }

  /** An ICMP error is about a datagram that went the other way: it and its quote are translated (RFC 3022 section 4.3, RFC 5508 section 4.2). */
  #error(tables: Record<Protocol, NatBindings>, isOut: boolean, outside: Ipv4Address, nowUs: number): NatDrop | null {
    const { bytes } = this;
    const at = getIpv4HeaderLen(bytes, 0);
    const quoteAt = at + ICMP_HEADER_LEN;
    const end = getIpv4TotalLen(bytes, 0);
    if (getIpv4MoreFragments(bytes, 0)) return "not-translated";
    if (checkIpv4Header(bytes, quoteAt, end - quoteAt) !== null || getIpv4FragmentOffset(bytes, quoteAt) !== 0) return "not-translated";
    const protocol = getIpv4Protocol(bytes, quoteAt);
    if (!isTranslated(protocol)) return "not-translated";
    const innerAt = quoteAt + getIpv4HeaderLen(bytes, quoteAt);
    if (innerAt + 8 > end) return "not-translated";
    // Outbound, the quoted datagram had come to the inside machine; inbound, it had left it.
    const quoted = isOut ? getIpv4Destination(bytes, quoteAt) : getIpv4Source(bytes, quoteAt);
    const portAt = innerAt + (isOut ? destinationAt(protocol) : sourceAt(protocol));
    const binding = isOut
      ? tables[protocol].findInside(quoted, getU16be(bytes, portAt), nowUs)
      : quoted === outside
        ? tables[protocol].findOutside(getU16be(bytes, portAt), nowUs)
        : null;
    if (binding === null) return "no-binding";
    const to = isOut ? outside : binding.address;
    replaceAddress(bytes, 0, isOut, to);
    replaceAddress(bytes, quoteAt, !isOut, to);
    replaceEnd(bytes, quoteAt, innerAt, protocol, !isOut, quoted, to, isOut ? binding.outsidePort : binding.port, end);
    putIcmpChecksum(bytes, at, end - at);
    return null;
  }

  #noteFragment(b: Uint8Array, ipAt: number, key: string, address: number, nowUs: number): void {
    if (!getIpv4MoreFragments(b, ipAt)) return;
    const oldest = this.#fragmented.keys().next();
    if (this.#fragmented.size >= MOST_FRAGMENTED && !oldest.done) this.#fragmented.delete(oldest.value);
    this.#fragmented.set(key, { address, untilUs: nowUs + FRAGMENTS_US });
  }

  /** A fragment without ports goes where the first one of its datagram went (RFC 4787 REQ-14: fragments in order). */
  #laterFragment(key: string, isOut: boolean, nowUs: number): NatDrop | null {
    const first = this.#fragmented.get(key);
    if (first === undefined || first.untilUs <= nowUs) return "no-binding";
    replaceAddress(this.bytes, 0, isOut, first.address);
    return null;
  }
}

function fragmentKey(b: Uint8Array, ipAt: number): string {
  if (getIpv4FragmentOffset(b, ipAt) === 0 && !getIpv4MoreFragments(b, ipAt)) return "";
  return `${getIpv4Source(b, ipAt)}>${getIpv4Destination(b, ipAt)}#${getIpv4Id(b, ipAt)}/${getIpv4Protocol(b, ipAt)}`;
}

function isTranslated(protocol: number): protocol is Protocol {
  return protocol in NAMES;
}

const HEADER_LEN: Readonly<Record<Protocol, number>> = {
  [IP_PROTOCOL_ICMP]: ICMP_HEADER_LEN,
  [IP_PROTOCOL_TCP]: TCP_HEADER_LEN,
  [IP_PROTOCOL_UDP]: UDP_HEADER_LEN,
};

/** The protocol of a datagram, or first fragment, that has a whole transport header; `null` if it cannot be translated. */
function protocolOf(b: Uint8Array, ipAt: number): Protocol | null {
  const protocol = getIpv4Protocol(b, ipAt);
  const headerLen = getIpv4HeaderLen(b, ipAt);
  const len = getIpv4TotalLen(b, ipAt) - headerLen;
  if (!isTranslated(protocol) || getIpv4FragmentOffset(b, ipAt) !== 0 || len < HEADER_LEN[protocol]) return null;
  if (protocol === IP_PROTOCOL_ICMP && !getIpv4MoreFragments(b, ipAt) && checkIcmp(b, ipAt + headerLen, len) !== null) return null;
  return protocol;
}

/** Offset of the source port in the transport header; for an ICMP query, offset of the identifier. */
function sourceAt(protocol: Protocol): number {
  return protocol === IP_PROTOCOL_ICMP ? 4 : 0;
}

function destinationAt(protocol: Protocol): number {
  return protocol === IP_PROTOCOL_ICMP ? 4 : 2;
}

function isQuery(type: number): boolean {
  return type === ICMP_ECHO_REQUEST || type === ICMP_TIMESTAMP_REQUEST || type === ICMP_ADDRESS_MASK_REQUEST;
}

function isReply(type: number): boolean {
  return type === ICMP_ECHO_REPLY || type === ICMP_TIMESTAMP_REPLY || type === ICMP_ADDRESS_MASK_REPLY;
}

/** The checksum after one word of its data changed (RFC 1624 equation 3). */
function adjusted(checksum: number, before: number, after: number): number {
  let sum = (~checksum & 0xffff) + (~before & 0xffff) + after;
  sum = (sum & 0xffff) + (sum >>> 16);
  sum = (sum & 0xffff) + (sum >>> 16);
  return ~sum & 0xffff;
}

function adjustedByAddress(checksum: number, before: number, after: number): number {
  return adjusted(adjusted(checksum, before >>> 16, after >>> 16), before & 0xffff, after & 0xffff);
}

/** Replaces the source or the destination in the IP header at `at`, and its checksum. */
function replaceAddress(b: Uint8Array, at: number, isSource: boolean, to: number): void {
  const before = isSource ? getIpv4Source(b, at) : getIpv4Destination(b, at);
  putU32be(b, at + (isSource ? 12 : 16), to);
  putU16be(b, at + 10, adjustedByAddress(getU16be(b, at + 10), before, to));
}

/**
 * Replaces the source or destination port in the transport header at `at`, and adjusts its checksum for the port and for the address `before` that became
 * `after` (RFC 3022 section 4.2). `end`: where the bytes end; a quote may end before the checksum.
 */
function replaceEnd(
  b: Uint8Array,
  ipAt: number,
  at: number,
  protocol: Protocol,
  isSource: boolean,
  before: number,
  after: number,
  port: number,
  end: number = ipAt + getIpv4TotalLen(b, ipAt),
): void {
  const portAt = at + (isSource ? sourceAt(protocol) : destinationAt(protocol));
  const old = getU16be(b, portAt);
  putU16be(b, portAt, port);
  const sumAt = at + (protocol === IP_PROTOCOL_TCP ? 16 : protocol === IP_PROTOCOL_UDP ? 6 : 2);
  if (sumAt + 2 > end) return;
  const checksum = getU16be(b, sumAt);
  // A datagram of UDP may have no checksum.
  if (protocol === IP_PROTOCOL_UDP && checksum === 0) return;
  let sum = adjusted(checksum, old, port);
  // ICMP's checksum does not cover the addresses.
  if (protocol !== IP_PROTOCOL_ICMP) sum = adjustedByAddress(sum, before, after);
  putU16be(b, sumAt, protocol === IP_PROTOCOL_UDP && sum === 0 ? 0xffff : sum);
}

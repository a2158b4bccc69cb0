/**
 * Reads ICMP errors and finds the datagram or connection that each one quotes. A port unreachable from a flow's destination refuses the flow; other errors
 * are collected in series.
 */

import { foldChecksum, getU16be, getU32be, IPV6_ADDRESS_LEN, sumWords } from "@pushback/bytes";
import type { CapturedPacket } from "@pushback/capture";
import {
  checkIcmp,
  checkIpv4Header,
  checkIpv6Header,
  findIpv6Payload,
  getEthernetSource,
  getIcmpChecksum,
  getIcmpCode,
  getIcmpType,
  getIpv4Checksum,
  getIpv4Destination,
  getIpv4DontFragment,
  getIpv4FragmentOffset,
  getIpv4HeaderLen,
  getIpv4Id,
  getIpv4Protocol,
  getIpv4Source,
  getIpv4Tos,
  getIpv4TotalLen,
  getIpv4Ttl,
  getIpv6PayloadLen,
  getUdpDstPort,
  getUdpSrcPort,
  ICMP_REDIRECT,
  ICMP_UNREACHABLE,
  IP_PROTOCOL_ICMPV6,
  IP_PROTOCOL_TCP,
  IP_PROTOCOL_UDP,
  IPV6_DESTINATION_AT,
  IPV6_HEADER_LEN,
  IPV6_SOURCE_AT,
  isIcmpError,
  sumIpv6PseudoHeader,
  UDP_HEADER_LEN,
  UNREACHABLE_FRAGMENTATION_NEEDED,
  UNREACHABLE_PORT,
} from "@pushback/wire";
import type { Connections } from "./connections.ts";
import type { DatagramFlow, ErrorTraits } from "./datagram-flow.ts";
import type { DatagramFlows } from "./datagram-flows.ts";
import { errorKindOf, ICMPV6_ERROR } from "./error-kind.ts";
import { ErrorSeriesTable, type QuotedError } from "./error-series.ts";
import type { Hosts } from "./host-traces.ts";
import { LINKTYPE_ETHERNET, PacketWalk } from "./packet-walk.ts";
import type { Refusals } from "./refusals.ts";

const MAX_SERIES = 4_096;
const ICMPV6_REDIRECT = 137;
const PORT_UNREACHABLE = ICMP_UNREACHABLE * 256 + UNREACHABLE_PORT;
/** Destination unreachable, port unreachable (RFC 4443 section 3.1). */
const PORT_UNREACHABLE_6 = ICMPV6_ERROR + 256 + 4;

export abstract class IcmpObserver extends PacketWalk {
  abstract readonly flows: DatagramFlows;
  abstract readonly connections: Connections;
  abstract readonly hosts: Hosts;
  abstract readonly refusals: Refusals;
  readonly series = new ErrorSeriesTable(MAX_SERIES);
  icmpErrors = 0;
  portUnreachables = 0;
  /** ICMP errors that quote something else than UDP. */
  otherErrors = 0;
  readonly #quotedPayload = { protocol: 0, at: 0, fragmentOffset: 0, moreFragments: false, fragmentAt: -1 };

  protected override icmp(p: CapturedPacket, at: number, len: number, wholeLen: number): void {
    const b = p.bytes;
    if (len < 8) {
      this.unread.add("transport");
      return;
    }
    const type = getIcmpType(b, at);
    const isV6 = this.isV6;
    // ICMPv6 messages below 128 are errors, known or not (RFC 4443 section 2.1).
    if (isV6 ? type >= 128 && type !== ICMPV6_REDIRECT : !isIcmpError(type)) return;
    // A capture that is cut off fails the checksum, and its quote may still be read; only a whole one that is wrong is skipped.
    if (wholeLen === len && !this.#isIntact(b, at, len)) {
      this.unread.add("icmp-checksum");
      return;
    }
    this.icmpErrors++;
    this.traffic.error();
    const code = getIcmpCode(b, at);
    const typeAndCode = type * 256 + code + (isV6 ? ICMPV6_ERROR : 0);
    const kind = typeAndCode === PORT_UNREACHABLE ? "port" : errorKindOf(typeAndCode);
    if (kind === null) {
      this.unread.add("icmp-type");
      return;
    }
    if (kind === "port") this.portUnreachables++;
    // An ICMPv6 redirect has its quote in an option, so the destination address field is used instead.
    if (isV6 && type === ICMPV6_REDIRECT) this.#redirect6(p, at, len, typeAndCode);
    else if (isV6) this.#quote6(p, at, len, typeAndCode);
    else this.#quote4(p, at, len, typeAndCode);
  }

  #isIntact(b: Uint8Array, at: number, len: number): boolean {
    if (!this.isV6) return checkIcmp(b, at, len) === null;
    return foldChecksum(sumWords(b, at, len, sumIpv6PseudoHeader(b, this.ip, IP_PROTOCOL_ICMPV6, len))) === 0;
  }

  #redirect6(p: CapturedPacket, at: number, len: number, typeAndCode: number): void {
    const target = len >= 40 ? this.addresses.ofIpv6(p.bytes, at + 24) : -1;
    if (target < 0) {
      this.unread.add("icmp-quote");
      return;
    }
    const quoted = this.#quotedError(p.bytes, typeAndCode, this.destination6, target, -1);
    this.series.note(quoted, this.#errorId(p.bytes, at), { frame: p.number, timeUs: p.timeUs }, () => null);
  }

  #quotedError(b: Uint8Array, typeAndCode: number, source: number, destination: number, protocol: number): QuotedError {
    return {
      from: this.sourceOf(b),
      source,
      destination,
      protocol,
      srcPort: -1,
      dstPort: -1,
      typeAndCode,
      quotedLen: 0,
      mtu: 0,
      seen: false,
    };
  }

  #errorId(b: Uint8Array, at: number): number {
    return this.ipId * 0x10000 + getIcmpChecksum(b, at);
  }

  #quote4(p: CapturedPacket, at: number, len: number, typeAndCode: number): void {
    const b = p.bytes;
    const quote = at + 8;
    const quoteLen = len - 8;
    if (checkIpv4Header(b, quote, quoteLen) !== null) {
      this.#cutQuote4(p, at, quoteLen, typeAndCode);
      return;
    }
    const headerLen = getIpv4HeaderLen(b, quote);
    if (typeAndCode === PORT_UNREACHABLE && this.#refused4(p, at, quote, headerLen, quoteLen - headerLen)) return;
    const code = typeAndCode & 255;
    const quoted = this.#quotedError(b, typeAndCode, getIpv4Source(b, quote), getIpv4Destination(b, quote), getIpv4Protocol(b, quote));
    quoted.quotedLen = getIpv4TotalLen(b, quote);
    if (typeAndCode >> 8 === ICMP_UNREACHABLE && code === UNREACHABLE_FRAGMENTATION_NEEDED) quoted.mtu = getU16be(b, at + 6);
    else if (typeAndCode >> 8 === ICMP_REDIRECT) quoted.mtu = 0;
    // A later fragment has no ports.
    const quotedBytes = getIpv4FragmentOffset(b, quote) === 0 ? quoteLen - headerLen : 0;
    this.#quoted(p, at, quote, quote + headerLen, quotedBytes, getIpv4Id(b, quote), quoted);
  }

  /** Whether the error is the commonest by far: a port unreachable of the target itself about a datagram that is known. It needs no record. */
  #refused4(p: CapturedPacket, at: number, quote: number, headerLen: number, quotedBytes: number): boolean {
    const b = p.bytes;
    if (quotedBytes < 4 || getIpv4Protocol(b, quote) !== IP_PROTOCOL_UDP || getIpv4FragmentOffset(b, quote) !== 0) return false;
    const destination = getIpv4Destination(b, quote);
    if (getIpv4Source(b, this.ip) !== destination) return false;
    return this.#refusedUdp(p, at, quote, quote + headerLen, quotedBytes, getIpv4Id(b, quote), getIpv4Source(b, quote), destination);
  }

  /** As for ICMPv4. `quotedBytes`: number of captured bytes of the quoted UDP datagram, which starts at `udp`. */
  #refused6(p: CapturedPacket, at: number, udp: number, quotedBytes: number, source: number, destination: number): boolean {
    return quotedBytes >= 4 && this.source6 === destination && this.#refusedUdp(p, at, 0, udp, quotedBytes, 0, source, destination);
  }

  /** `quote` is the offset of the quoted IPv4 header, from which traits of the refusing stack are read; 0 for ICMPv6 and for quotes without them. */
  #refusedUdp(
    p: CapturedPacket,
    at: number,
    quote: number,
    udp: number,
    quotedBytes: number,
    ipId: number,
    source: number,
    destination: number,
  ): boolean {
    const b = p.bytes;
    const srcPort = getUdpSrcPort(b, udp);
    const sum = quotedBytes >= UDP_HEADER_LEN ? (getU16be(b, udp + 6) << 16) | srcPort : -1;
    const flow = this.flows.quoted(source, destination, getUdpDstPort(b, udp), ipId, sum, p.timeUs);
    if (!flow) return false;
    this.#refuse(p, at, flow, srcPort, ipId, sum, quote, quote === 0 ? 0 : quotedBytes);
    return true;
  }

  /** Handles a quote that the snap length cut off within its IP header: its flow is found by identification and by the error's two addresses. */
  #cutQuote4(p: CapturedPacket, at: number, quoteLen: number, typeAndCode: number): void {
    const b = p.bytes;
    const quote = at + 8;
    const isPort = typeAndCode === PORT_UNREACHABLE;
    if (!isPort || quoteLen < 10 || b[quote] >>> 4 !== 4 || getIpv4Protocol(b, quote) !== IP_PROTOCOL_UDP) {
      this.unread.add("icmp-quote");
      return;
    }
    const flow = this.flows.quotedWithoutPorts(this.destinationOf(b), this.sourceOf(b), getIpv4Id(b, quote));
    if (flow === null) {
      this.unread.add("icmp-quote");
      return;
    }
    this.#refuse(p, at, flow, flow.srcPort, getIpv4Id(b, quote), -1, 0, 0);
  }

  #quote6(p: CapturedPacket, at: number, len: number, typeAndCode: number): void {
    const b = p.bytes;
    const quote = at + 8;
    const payload = this.#quotedPayload;
    if (checkIpv6Header(b, quote, len - 8) !== null || !findIpv6Payload(b, quote, len - 8, payload)) {
      this.unread.add("icmp-quote");
      return;
    }
    // Most errors come from the target and go to the sender: no search then.
    const source = this.#address6(b, quote + IPV6_SOURCE_AT, IPV6_DESTINATION_AT, this.destination6);
    const destination = this.#address6(b, quote + IPV6_DESTINATION_AT, IPV6_SOURCE_AT, this.source6);
    if (source < 0 || destination < 0) return;
    const quotedBytes = payload.fragmentOffset === 0 ? at + len - payload.at : 0;
    const isUdp = payload.protocol === IP_PROTOCOL_UDP;
    if (typeAndCode === PORT_UNREACHABLE_6 && isUdp && this.#refused6(p, at, payload.at, quotedBytes, source, destination)) return;
    const quoted = this.#quotedError(b, typeAndCode, source, destination, payload.protocol);
    quoted.quotedLen = IPV6_HEADER_LEN + getIpv6PayloadLen(b, quote);
    if (((typeAndCode >> 8) & 255) === 2) quoted.mtu = getU32be(b, at + 4);
    this.#quoted(p, at, quote, payload.at, quotedBytes, 0, quoted);
  }

  /** Number of the IPv6 address at `at`, which mostly is the one at `own` of the packet's header, whose number is known. */
  #address6(b: Uint8Array, at: number, own: number, number: number): number {
    const other = this.ip + own;
    for (let i = IPV6_ADDRESS_LEN - 1; i >= 0; i--) if (b[at + i] !== b[other + i]) return this.addresses.ofIpv6(b, at);
    return number;
  }

  /** `quotedBytes`: number of captured bytes of the quoted packet's payload, which starts at `transport`. */
  #quoted(p: CapturedPacket, at: number, quote: number, transport: number, quotedBytes: number, ipId: number, quoted: QuotedError): void {
    const b = p.bytes;
    const { protocol, source, destination, typeAndCode } = quoted;
    const hasPorts = (protocol === IP_PROTOCOL_UDP || protocol === IP_PROTOCOL_TCP) && quotedBytes >= 4;
    if (hasPorts) {
      quoted.srcPort = getU16be(b, transport);
      quoted.dstPort = getU16be(b, transport + 2);
    }
    if (protocol !== IP_PROTOCOL_UDP) this.otherErrors++;
    const kind = errorKindOf(typeAndCode);
    const { srcPort, dstPort } = quoted;
    if (protocol === IP_PROTOCOL_UDP && hasPorts) {
      const sum = quotedBytes >= UDP_HEADER_LEN ? (getU16be(b, transport + 6) << 16) | srcPort : -1;
      const flow = this.flows.quoted(source, destination, dstPort, ipId, sum, p.timeUs);
      if (flow && kind === "port" && quoted.from === destination) {
        this.#refuse(p, at, flow, srcPort, ipId, sum, quote, this.isV6 ? 0 : quotedBytes);
        return;
      }
      if (flow) {
        quoted.seen = true;
        flow.otherErrors++;
        flow.firstOtherError ??= { frame: p.number, timeUs: p.timeUs, from: quoted.from, typeAndCode };
        // Errors about the datagrams of a session belong to the findings about that session.
        if (flow.connection) return;
      }
    } else if (protocol === IP_PROTOCOL_TCP && hasPorts) {
      quoted.seen = this.connections.has(source, srcPort, destination, dstPort);
    } else if (protocol === IP_PROTOCOL_UDP) {
      const flow = this.flows.quotedWithoutPorts(source, destination, ipId);
      if (flow && kind === "port" && quoted.from === destination) {
        this.#refuse(p, at, flow, flow.srcPort, ipId, -1, quote, 0);
        return;
      }
      quoted.seen = flow !== null;
    }
    const isPlain = !this.isV6 && hasPorts && kind === "port";
    const ip = this.ip;
    this.series.note(quoted, this.#errorId(b, at), { frame: p.number, timeUs: p.timeUs }, () =>
      isPlain ? traitsOf(b, ip, quote, quotedBytes) : null,
    );
  }

  /** Counts a port unreachable from a flow's destination. `quotedBytes` is 0 if the quote shows no traits of the refusing stack. */
  #refuse(
    p: CapturedPacket,
    at: number,
    flow: DatagramFlow,
    srcPort: number,
    ipId: number,
    sum: number,
    quote: number,
    quotedBytes: number,
  ): void {
    const errorSum = getIcmpChecksum(p.bytes, at);
    if (flow.isSameError(this.ipId, errorSum, p.timeUs)) return;
    const card = p.linkType === LINKTYPE_ETHERNET ? getEthernetSource(p.bytes, p.at) : -1;
    if (card >= 0 && card !== flow.errorCard && this.hosts.isForeign(flow.destination, card)) {
      flow.doubtCard(p.number, p.timeUs);
      return;
    }
    flow.errorCard = card;
    if (!flow.refuse(p.number, p.timeUs, ipId, sum, this.ipId, errorSum)) return;
    if (flow.errorTraits === null && quotedBytes > 0) flow.errorTraits = traitsOf(p.bytes, this.ip, quote, quotedBytes);
    this.refusals.note(flow, srcPort, p.timeUs);
  }
}

/** Traits of the stack that sent the error at `ip`; `quote` is the offset of the quoted IP header. */
function traitsOf(b: Uint8Array, ip: number, quote: number, quotedBytes: number): ErrorTraits {
  return {
    ttl: getIpv4Ttl(b, ip),
    quotedBytes,
    quotedWhole: quotedBytes >= getIpv4TotalLen(b, quote) - getIpv4HeaderLen(b, quote),
    quotedChecksumZero: getIpv4Checksum(b, quote) === 0,
    dontFragment: getIpv4DontFragment(b, ip),
    tos: getIpv4Tos(b, ip),
  };
}

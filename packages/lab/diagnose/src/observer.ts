/**
 * Reads a capture packet by packet and collects the facts for a diagnosis: flows of datagrams, ICMP errors, mail connections, and traces of machines in
 * ARP. Memory is bounded for every capture; packets that had no room or could not be read are counted.
 */

import { AddressNumbers, foldChecksum, getU16be, getU32be, IPV6_ADDRESS_LEN, sumWords } from "@pushback/bytes";
import { type CapturedPacket, FIRST_NETMON_NOTE } from "@pushback/capture";
import {
  checkIcmp,
  checkIpv4Header,
  checkIpv6Header,
  checkTcpHeader,
  ETHERTYPE_ARP,
  ETHERTYPE_IPV4,
  ETHERTYPE_IPV6,
  ETHERTYPE_MACSEC,
  findGrePayload,
  findIpv6Payload,
  findNetworkLayer,
  findUdpTunnelPayload,
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
  getIpv6HopLimit,
  getIpv6PayloadLen,
  getTcpDstPort,
  getTcpFlags,
  getTcpHeaderLen,
  getTcpSeq,
  getTcpSrcPort,
  getUdpDstPort,
  getUdpLen,
  getUdpSrcPort,
  ICMP_REDIRECT,
  ICMP_UNREACHABLE,
  IP_PROTOCOL_ICMP,
  IP_PROTOCOL_ICMPV6,
  IP_PROTOCOL_TCP,
  IP_PROTOCOL_UDP,
  IPV4_HEADER_LEN,
  IPV6_DESTINATION_AT,
  IPV6_HEADER_LEN,
  IPV6_SOURCE_AT,
  isIcmpError,
  isReadLinkType,
  isUdpTunnelPort,
  sumIpv6PseudoHeader,
  UDP_HEADER_LEN,
  UNREACHABLE_FRAGMENTATION_NEEDED,
  UNREACHABLE_PORT,
  unreadUdpTunnel,
} from "@pushback/wire";
import { Connections } from "./connections.ts";
import type { DatagramFlow, ErrorTraits } from "./datagram-flow.ts";
import { DatagramFlows } from "./datagram-flows.ts";
import { errorKindOf, ICMPV6_ERROR } from "./error-kind.ts";
import { ErrorSeriesTable, type QuotedError } from "./error-series.ts";
import { type FrameRef, NEVER_US } from "./frame-ref.ts";
import { Hosts } from "./host-traces.ts";
import type { Connection, Registration } from "./mail-sessions.ts";
import { MAX_PROBE_TTL, ProbeTtls } from "./probe-ttls.ts";
import { HEARD_WITHIN_US } from "./push-times.ts";
import { Queries } from "./queries.ts";
import { TrafficCounter } from "./traffic-graph.ts";
import { UnreadCounts } from "./unread.ts";

const MAX_FLOWS = 131_072;
const MAX_MAIL_CONNECTIONS = 65_536;
const MAX_CONNECTIONS = MAX_MAIL_CONNECTIONS + 8_192;
const MAX_HOSTS = 32_768;
const MAX_SERIES = 4_096;
const MAX_TARGETS = 131_072;
const MAX_IPV6_ADDRESSES = 131_072;
/** Registrations remembered for one address and port. */
const MAX_REGISTRATIONS = 16;
/** Most senders whose refused datagrams are counted, and most refused datagrams of one sender that keep a flow each. */
const MAX_SENDERS = 16_384;
const MAX_TRIES = 1_000;
/** An answer that comes this soon after its query is not late: programs wait a second or more. */
const PLAUSIBLE_TIMEOUT_US = 950_000;
const LINKTYPE_ETHERNET = 1;
/** IP headers one inside the other that are followed. */
const MAX_TUNNELS = 4;
const IP_PROTOCOL_IPV4 = 4;
const IP_PROTOCOL_IPV6 = 41;
const IP_PROTOCOL_GRE = 47;
/** IP protocols that carry other packets, which are not examined, with the names used in messages. */
const TUNNEL_PROTOCOLS = new Map([
  [50, "ESP (encrypted)"],
  [51, "AH"],
  [94, "IPIP encapsulation"],
  [97, "EtherIP"],
  [98, "an encapsulation header"],
  [115, "L2TP"],
  [137, "MPLS in IP"],
]);

/** EtherTypes of headers in front of IP: one of these remains as a frame's EtherType only if its header is cut off. */
const UNFINISHED_SHIMS = new Set([0x8100, 0x88a8, 0x9100, 0x8847, 0x8848, 0x8864]);
const ICMPV6_REDIRECT = 137;
const PORT_UNREACHABLE = ICMP_UNREACHABLE * 256 + UNREACHABLE_PORT;
/** Destination unreachable, port unreachable (RFC 4443 section 3.1). */
const PORT_UNREACHABLE_6 = ICMPV6_ERROR + 256 + 4;

/** Registrations of one address and port, in order. */
type Registered = { readonly connection: Connection; readonly registration: Registration }[];

export class Observer {
  readonly flows = new DatagramFlows(MAX_FLOWS);
  readonly connections = new Connections(MAX_CONNECTIONS, MAX_MAIL_CONNECTIONS);
  readonly hosts = new Hosts(MAX_HOSTS);
  readonly series = new ErrorSeriesTable(MAX_SERIES);
  readonly addresses = new AddressNumbers(MAX_IPV6_ADDRESSES);
  readonly probes = new ProbeTtls();
  readonly unread = new UnreadCounts();
  readonly registrations = new Map<number, Registered>();
  /** By sender: number of refused flows of a single datagram that have separate entries, and number of further ones, which were only counted. */
  readonly tries = new Map<number, { kept: number; more: number }>();
  packets = 0;
  icmpErrors = 0;
  portUnreachables = 0;
  /** ICMP errors that quote something else than UDP. */
  otherErrors = 0;
  readonly traffic = new TrafficCounter();
  droppedRegistrations = 0;
  /** Negative before there is a packet with a time. */
  firstUs = NEVER_US;
  lastUs = NEVER_US;
  readonly #queries = new Queries();
  readonly #layer = { etherType: 0, at: 0 };
  readonly #payload = { protocol: 0, at: 0, fragmentOffset: 0, moreFragments: false, fragmentAt: -1 };
  readonly #quotedPayload = { protocol: 0, at: 0, fragmentOffset: 0, moreFragments: false, fragmentAt: -1 };
  /**
   * The packet whose headers are being read: IP identification (0 in IPv6), time to live, header offset. The addresses' numbers are kept for
   * IPv6 only: IPv4 addresses are read where they are used, because a field of doubles costs an allocation for each read (docs/FLEET-PROFILE.md, "Representation of numbers").
   */
  #source6 = NEVER_US;
  #destination6 = NEVER_US;
  #ipId = 0;
  #ttl = 0;
  #ip = 0;
  #isV6 = false;
  #tunnels = 0;

  packet(p: CapturedPacket): void {
    this.packets++;
    if (p.timed) {
      if (this.firstUs < 0) this.firstUs = p.timeUs;
      if (p.timeUs > this.lastUs) this.lastUs = p.timeUs;
      this.traffic.packet(p.timeUs);
    }
    const { bytes, at } = p;
    this.#tunnels = 0;
    // Fast path for most packets: IP directly behind an Ethernet header.
    if (p.linkType === LINKTYPE_ETHERNET && p.len >= 34 && bytes[at + 12] === 8 && bytes[at + 13] === 0) {
      this.#ipv4(p, at + 14, p.len - 14);
      return;
    }
    if (p.linkType === LINKTYPE_ETHERNET && p.len >= 54 && bytes[at + 12] === 0x86 && bytes[at + 13] === 0xdd) {
      this.#ipv6(p, at + 14, p.len - 14);
      return;
    }
    const layer = this.#layer;
    if (!findNetworkLayer(p.linkType, p.bytes, p.at, p.len, layer)) {
      // Notes of Network Monitor are no traffic.
      if (p.linkType >= FIRST_NETMON_NOTE) return;
      if (isReadLinkType(p.linkType)) this.unread.add("link-header");
      else this.unread.add("link-type", String(p.linkType));
      return;
    }
    this.#network(p, layer.etherType, layer.at, p.at + p.len);
  }

  #network(p: CapturedPacket, etherType: number, at: number, end: number): void {
    if (etherType === ETHERTYPE_IPV4) this.#ipv4(p, at, end - at);
    else if (etherType === ETHERTYPE_IPV6) this.#ipv6(p, at, end - at);
    else if (etherType === ETHERTYPE_ARP) {
      if (this.#tunnels === 0) this.hosts.arp(p.bytes, at, end - at, p.number, p.timeUs);
    } else if (etherType === ETHERTYPE_MACSEC) this.unread.add("tunnel", "MACsec (encrypted)");
    else if (UNFINISHED_SHIMS.has(etherType) && (at + 1 >= end || p.bytes[at + 1] === 0)) this.unread.add("link-header");
    else if (this.#tunnels > 0 && etherType !== -1) this.unread.add("tunnel", `GRE, type 0x${etherType.toString(16).padStart(4, "0")}`);
  }

  #ipv4(p: CapturedPacket, at: number, available: number): void {
    const b = p.bytes;
    // The checksum is not verified: in a capture taken on the sending machine, the network card has yet to compute it.
    // For the same reason the length is zero in a packet that the card has yet to cut into segments.
    const isUncut = available >= IPV4_HEADER_LEN && b[at] >>> 4 === 4 && (b[at] & 15) === 5 && getIpv4TotalLen(b, at) === 0;
    if (!isUncut && checkIpv4Header(b, at, available) !== null) {
      this.unread.add("ip-header");
      return;
    }
    if (getIpv4FragmentOffset(b, at) !== 0) return;
    const headerLen = getIpv4HeaderLen(b, at);
    const payloadAt = at + headerLen;
    const totalLen = isUncut ? available : getIpv4TotalLen(b, at);
    this.#ipId = getIpv4Id(b, at);
    this.#ttl = getIpv4Ttl(b, at);
    this.#ip = at;
    this.#isV6 = false;
    this.#transport(p, getIpv4Protocol(b, at), payloadAt, Math.min(totalLen, available) - headerLen, totalLen - headerLen);
  }

  #ipv6(p: CapturedPacket, at: number, available: number): void {
    const b = p.bytes;
    const payload = this.#payload;
    if (checkIpv6Header(b, at, available) !== null || !findIpv6Payload(b, at, available, payload)) {
      this.unread.add("ip-header");
      return;
    }
    if (payload.fragmentOffset !== 0) return;
    // The length field is 0 in a jumbogram, and in a segment that the network card is yet to split.
    const said = getIpv6PayloadLen(b, at);
    const whole = said === 0 ? available : IPV6_HEADER_LEN + said;
    const payloadAt = payload.at;
    const source = this.addresses.ofIpv6(b, at + IPV6_SOURCE_AT);
    const destination = this.addresses.ofIpv6(b, at + IPV6_DESTINATION_AT);
    if (source < 0 || destination < 0) return;
    this.#source6 = source;
    this.#destination6 = destination;
    this.#ipId = 0;
    this.#ttl = getIpv6HopLimit(b, at);
    this.#ip = at;
    this.#isV6 = true;
    const { protocol } = payload;
    this.#transport(p, protocol, payloadAt, Math.min(whole, available) - (payloadAt - at), whole - (payloadAt - at));
  }

  #sourceOf(b: Uint8Array): number {
    return this.#isV6 ? this.#source6 : getIpv4Source(b, this.#ip);
  }

  #destinationOf(b: Uint8Array): number {
    return this.#isV6 ? this.#destination6 : getIpv4Destination(b, this.#ip);
  }

  /** `len` bytes were captured of `wholeLen` that the packet carries. */
  #transport(p: CapturedPacket, protocol: number, at: number, len: number, wholeLen: number): void {
    if (this.#ttl <= MAX_PROBE_TTL) this.probes.note(this.#sourceOf(p.bytes), this.#destinationOf(p.bytes), this.#ttl);
    if (protocol === IP_PROTOCOL_UDP) this.#udp(p, at, len);
    else if (protocol === IP_PROTOCOL_TCP) this.#tcp(p, at, len, wholeLen);
    else if (protocol === (this.#isV6 ? IP_PROTOCOL_ICMPV6 : IP_PROTOCOL_ICMP)) this.#icmp(p, at, len, wholeLen);
    else if (protocol === IP_PROTOCOL_IPV4 || protocol === IP_PROTOCOL_IPV6 || protocol === IP_PROTOCOL_GRE)
      this.#tunnel(p, protocol, at, len);
    else {
      const tunnel = TUNNEL_PROTOCOLS.get(protocol);
      if (tunnel) this.unread.add("tunnel", tunnel);
    }
  }

  #tunnel(p: CapturedPacket, protocol: number, at: number, len: number): void {
    if (++this.#tunnels > MAX_TUNNELS) {
      this.unread.add("tunnel", "too many tunnels");
      return;
    }
    if (protocol === IP_PROTOCOL_IPV4) this.#ipv4(p, at, len);
    else if (protocol === IP_PROTOCOL_IPV6) this.#ipv6(p, at, len);
    else if (findGrePayload(p.bytes, at, at + len, this.#layer)) this.#network(p, this.#layer.etherType, this.#layer.at, at + len);
    else this.unread.add("tunnel", "GRE");
  }

  #udp(p: CapturedPacket, at: number, len: number): void {
    const b = p.bytes;
    if (len < UDP_HEADER_LEN) {
      this.unread.add("transport");
      return;
    }
    const udpLen = getUdpLen(b, at);
    // The capture may have cut the payload off, and a first fragment carries only the beginning of it.
    const captured = Math.min(udpLen, len) - UDP_HEADER_LEN;
    if (captured < 0) {
      this.unread.add("transport");
      return;
    }
    this.traffic.datagram();
    const source = this.#isV6 ? this.#source6 : getIpv4Source(b, this.#ip);
    const destination = this.#isV6 ? this.#destination6 : getIpv4Destination(b, this.#ip);
    const srcPort = getUdpSrcPort(b, at);
    const dstPort = getUdpDstPort(b, at);
    const flow = this.flows.find(
      source,
      destination,
      srcPort,
      dstPort,
      b,
      at + UDP_HEADER_LEN,
      captured,
      udpLen - UDP_HEADER_LEN,
      p.number,
      p.timeUs,
    );
    // Push datagrams of a registered session are no queries.
    if (!flow?.connection) this.#queries.note(source, destination, srcPort, dstPort, p.number, p.timeUs);
    if (!flow) return;
    if (flow.count === 0) {
      if (flow.isConstant) this.#join(flow);
    } else if (flow.isOneOfMany) this.#comesAgain(flow);
    const { count } = flow;
    flow.add(p.number, p.timeUs, this.#ipId, (getU16be(b, at + 6) << 16) | srcPort, this.#ttl);
    if (flow.count === count) return;
    if (isUdpTunnelPort(dstPort)) this.#udpTunnel(p, srcPort, dstPort, at + UDP_HEADER_LEN, captured);
  }

  #udpTunnel(p: CapturedPacket, srcPort: number, dstPort: number, at: number, len: number): void {
    if (findUdpTunnelPayload(dstPort, p.bytes, at, at + len, this.#layer)) {
      if (++this.#tunnels > MAX_TUNNELS) this.unread.add("tunnel", "too many tunnels");
      else this.#network(p, this.#layer.etherType, this.#layer.at, at + len);
    } else {
      const name = unreadUdpTunnel(srcPort, dstPort, p.bytes, at, len);
      if (name !== null) this.unread.add("tunnel", name);
    }
  }

  /** Joins the flow with the latest registration of its destination, port and payload. */
  #join(flow: DatagramFlow): void {
    const all = this.registrations.get(flow.destination * 65536 + flow.dstPort);
    if (!all) return;
    const { payloadHex } = flow;
    const found = all.findLast(({ registration }) => registration.contextHex === payloadHex);
    if (!found) return;
    flow.connection = found.connection;
    flow.registration = found.registration;
    found.connection.flows = [...found.connection.flows, flow];
  }

  #tcp(p: CapturedPacket, at: number, len: number, wholeLen: number): void {
    const b = p.bytes;
    if (checkTcpHeader(b, at, len) !== null) {
      this.unread.add("transport");
      return;
    }
    const headerLen = getTcpHeaderLen(b, at);
    const connection = this.connections.segment(
      p.number,
      p.timeUs,
      this.#isV6 ? this.#source6 : getIpv4Source(b, this.#ip),
      this.#isV6 ? this.#destination6 : getIpv4Destination(b, this.#ip),
      getTcpSrcPort(b, at),
      getTcpDstPort(b, at),
      getTcpFlags(b, at),
      getTcpSeq(b, at),
      b,
      at + headerLen,
      len - headerLen,
      wholeLen - headerLen,
    );
    if (!connection?.isMail) return;
    const registration = connection.registrations.at(-1);
    if (registration?.frame === p.number) this.#register(connection, registration);
    // A client that sends a request right after a datagram has received the datagram.
    if (connection.requestFrame !== p.number) return;
    for (const flow of connection.flows) {
      if (p.timeUs - flow.lastUs <= HEARD_WITHIN_US) flow.hear(p.number, p.timeUs);
    }
  }

  #register(connection: Connection, registration: Registration): void {
    const { address, port, contextHex } = registration;
    const key = address * 65536 + port;
    const all = this.registrations.get(key);
    if (all) {
      if (all.length === MAX_REGISTRATIONS) all.shift();
      all.push({ connection, registration });
    } else if (this.registrations.size < MAX_TARGETS) this.registrations.set(key, [{ connection, registration }]);
    else this.droppedRegistrations++;
    this.flows.closeConstant(connection.serverAddress, address, port, contextHex);
  }

  #icmp(p: CapturedPacket, at: number, len: number, wholeLen: number): void {
    const b = p.bytes;
    if (len < 8) {
      this.unread.add("transport");
      return;
    }
    const type = getIcmpType(b, at);
    const isV6 = this.#isV6;
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
    if (!this.#isV6) return checkIcmp(b, at, len) === null;
    return foldChecksum(sumWords(b, at, len, sumIpv6PseudoHeader(b, this.#ip, IP_PROTOCOL_ICMPV6, len))) === 0;
  }

  #redirect6(p: CapturedPacket, at: number, len: number, typeAndCode: number): void {
    const target = len >= 40 ? this.addresses.ofIpv6(p.bytes, at + 24) : -1;
    if (target < 0) {
      this.unread.add("icmp-quote");
      return;
    }
    const quoted = this.#quotedError(p.bytes, typeAndCode, this.#destination6, target, -1);
    this.series.note(quoted, this.#errorId(p.bytes, at), { frame: p.number, timeUs: p.timeUs }, () => null);
  }

  #quotedError(b: Uint8Array, typeAndCode: number, source: number, destination: number, protocol: number): QuotedError {
    return {
      from: this.#sourceOf(b),
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
    return this.#ipId * 0x10000 + getIcmpChecksum(b, at);
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
    if (getIpv4Source(b, this.#ip) !== destination) return false;
    return this.#refusedUdp(p, at, quote, quote + headerLen, quotedBytes, getIpv4Id(b, quote), getIpv4Source(b, quote), destination);
  }

  /** As for ICMPv4. `quotedBytes`: number of captured bytes of the quoted UDP datagram, which starts at `udp`. */
  #refused6(p: CapturedPacket, at: number, udp: number, quotedBytes: number, source: number, destination: number): boolean {
    return quotedBytes >= 4 && this.#source6 === destination && this.#refusedUdp(p, at, 0, udp, quotedBytes, 0, source, destination);
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
    const flow = this.flows.quotedWithoutPorts(this.#destinationOf(b), this.#sourceOf(b), getIpv4Id(b, quote));
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
    const source = this.#address6(b, quote + IPV6_SOURCE_AT, IPV6_DESTINATION_AT, this.#destination6);
    const destination = this.#address6(b, quote + IPV6_DESTINATION_AT, IPV6_SOURCE_AT, this.#source6);
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
    const other = this.#ip + own;
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
        this.#refuse(p, at, flow, srcPort, ipId, sum, quote, this.#isV6 ? 0 : quotedBytes);
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
    const isPlain = !this.#isV6 && hasPorts && kind === "port";
    const ip = this.#ip;
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
    if (flow.isSameError(this.#ipId, errorSum, p.timeUs)) return;
    const card = p.linkType === LINKTYPE_ETHERNET ? getEthernetSource(p.bytes, p.at) : -1;
    if (card >= 0 && card !== flow.errorCard && this.hosts.isForeign(flow.destination, card)) {
      flow.doubtCard(p.number, p.timeUs);
      return;
    }
    flow.errorCard = card;
    if (!flow.refuse(p.number, p.timeUs, ipId, sum, this.#ipId, errorSum)) return;
    if (flow.errorTraits === null && quotedBytes > 0) flow.errorTraits = traitsOf(p.bytes, this.#ip, quote, quotedBytes);
    this.#refused(flow, srcPort, p.timeUs);
  }

  /** Looks whether the datagram came as an answer, and whether its sender tries one port after another. */
  #refused(flow: DatagramFlow, srcPort: number, timeUs: number): void {
    if (flow.connection) return;
    this.#noteAnswer(flow, srcPort, timeUs);
    if (flow.errors > 1 || flow.count > 1 || flow.answers) return;
    const tries = this.tries.get(flow.source);
    if (!tries) {
      if (this.tries.size < MAX_SENDERS) this.tries.set(flow.source, { kept: 1, more: 0 });
    } else if (tries.kept < MAX_TRIES) tries.kept++;
    else {
      tries.more++;
      flow.isOneOfMany = true;
    }
  }

  #noteAnswer(flow: DatagramFlow, srcPort: number, timeUs: number): void {
    const query = this.#queries.answeredBy(flow.source, flow.destination, srcPort, flow.dstPort, timeUs);
    const latest = query ? null : this.#queries.latestOf(flow.destination, flow.dstPort, timeUs);
    const isGroup = latest !== null && this.addresses.isGroup(latest.destination);
    // A datagram from the queried port, but from another address, is an answer too.
    const isStray = latest !== null && !isGroup && latest.dstPort === srcPort && latest.destination !== flow.source;
    if (!query && !isGroup && !isStray) return;
    const asked = (query ?? latest) as FrameRef;
    const afterUs = Math.max(0, flow.lastUs - asked.timeUs);
    flow.answers ??= {
      late: 0,
      early: 0,
      groupLate: 0,
      groupEarly: 0,
      stray: 0,
      minUs: afterUs,
      maxUs: afterUs,
      query: asked,
      queriedAddress: latest?.destination ?? flow.source,
    };
    const { answers } = flow;
    const isLate = afterUs >= PLAUSIBLE_TIMEOUT_US;
    if (query) answers[isLate ? "late" : "early"]++;
    else if (isGroup) answers[isLate ? "groupLate" : "groupEarly"]++;
    else answers.stray++;
    answers.minUs = Math.min(answers.minUs, afterUs);
    answers.maxUs = Math.max(answers.maxUs, afterUs);
    answers.query = { frame: asked.frame, timeUs: asked.timeUs };
  }

  /** The sender repeats the datagram, so the flow is no longer one of many single tries and is kept. */
  #comesAgain(flow: DatagramFlow): void {
    flow.isOneOfMany = false;
    const tries = this.tries.get(flow.source);
    if (tries) tries.more--;
  }

  /**
   * Ends the capture. A datagram that still waits counts as unanswered, unless the capture ended less than HEARD_WITHIN_US after it: an answer may
   * have come later.
   */
  finish(): void {
    for (const flow of this.flows.all()) {
      if (flow.openSinceUs >= 0 && this.lastUs - flow.openSinceUs > HEARD_WITHIN_US) flow.settle();
    }
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

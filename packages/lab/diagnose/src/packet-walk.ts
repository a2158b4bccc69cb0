/**
 * Walks the headers of each packet, through tunnels, to its UDP, TCP or ICMP header or to its ARP packet. Counts packets, and records what it could not
 * read. Classes that extend `PacketWalk` say what these headers mean.
 */

import { AddressNumbers } from "@pushback/bytes";
import { type CapturedPacket, FIRST_NETMON_NOTE } from "@pushback/capture";
import {
  checkIpv4Header,
  checkIpv6Header,
  ETHERTYPE_ARP,
  ETHERTYPE_IPV4,
  ETHERTYPE_IPV6,
  ETHERTYPE_MACSEC,
  findGrePayload,
  findIpv6Payload,
  findNetworkLayer,
  findUdpTunnelPayload,
  getIpv4Destination,
  getIpv4FragmentOffset,
  getIpv4HeaderLen,
  getIpv4Id,
  getIpv4Protocol,
  getIpv4Source,
  getIpv4TotalLen,
  getIpv4Ttl,
  getIpv6HopLimit,
  getIpv6PayloadLen,
  IP_PROTOCOL_ICMP,
  IP_PROTOCOL_ICMPV6,
  IP_PROTOCOL_TCP,
  IP_PROTOCOL_UDP,
  IPV4_HEADER_LEN,
  IPV6_DESTINATION_AT,
  IPV6_HEADER_LEN,
  IPV6_SOURCE_AT,
  isReadLinkType,
  unreadUdpTunnel,
} from "@pushback/wire";
import { NEVER_US } from "./frame-ref.ts";
import { MAX_PROBE_TTL } from "./probe-ttls.ts";
import { TrafficCounter } from "./traffic-graph.ts";
import { UnreadCounts } from "./unread.ts";

const MAX_IPV6_ADDRESSES = 131_072;
export const LINKTYPE_ETHERNET = 1;
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

/**
 * A base class, so that the header fields of the current packet are fields of the same object as the facts found in it: this costs no memory load and no
 * call for each packet.
 */
export abstract class PacketWalk {
  readonly addresses = new AddressNumbers(MAX_IPV6_ADDRESSES);
  readonly unread = new UnreadCounts();
  readonly traffic = new TrafficCounter();
  packets = 0;
  /** Negative before there is a packet with a time. */
  firstUs = NEVER_US;
  lastUs = NEVER_US;
  readonly #layer = { etherType: 0, at: 0 };
  readonly #payload = { protocol: 0, at: 0, fragmentOffset: 0, moreFragments: false, fragmentAt: -1 };
  #tunnels = 0;
  /**
   * The packet whose headers are being read: IP identification (0 in IPv6), time to live, header offset. The addresses' numbers are kept for
   * IPv6 only: IPv4 addresses are read where they are used, because a field of doubles costs an allocation for each read (docs/FLEET-PROFILE.md, "Representation of numbers").
   */
  protected source6 = NEVER_US;
  protected destination6 = NEVER_US;
  protected ipId = 0;
  protected ttl = 0;
  protected ip = 0;
  protected isV6 = false;

  /** An ARP packet of `len` bytes that is in no tunnel. */
  protected abstract arp(p: CapturedPacket, at: number, len: number): void;
  /** A packet whose time to live is as short as that of a traceroute's probes. */
  protected abstract probe(p: CapturedPacket): void;
  /** A UDP header at `at`; `len` bytes of the datagram were captured. */
  protected abstract udp(p: CapturedPacket, at: number, len: number): void;
  /** A TCP header at `at`; `len` bytes were captured of `wholeLen` that the packet carries. */
  protected abstract tcp(p: CapturedPacket, at: number, len: number, wholeLen: number): void;
  /** An ICMP or ICMPv6 message at `at`; `len` bytes were captured of `wholeLen` that the packet carries. */
  protected abstract icmp(p: CapturedPacket, at: number, len: number, wholeLen: number): void;

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
      if (this.#tunnels === 0) this.arp(p, at, end - at);
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
    this.ipId = getIpv4Id(b, at);
    this.ttl = getIpv4Ttl(b, at);
    this.ip = at;
    this.isV6 = false;
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
    this.source6 = source;
    this.destination6 = destination;
    this.ipId = 0;
    this.ttl = getIpv6HopLimit(b, at);
    this.ip = at;
    this.isV6 = true;
    const { protocol } = payload;
    this.#transport(p, protocol, payloadAt, Math.min(whole, available) - (payloadAt - at), whole - (payloadAt - at));
  }

  protected sourceOf(b: Uint8Array): number {
    return this.isV6 ? this.source6 : getIpv4Source(b, this.ip);
  }

  protected destinationOf(b: Uint8Array): number {
    return this.isV6 ? this.destination6 : getIpv4Destination(b, this.ip);
  }

  #transport(p: CapturedPacket, protocol: number, at: number, len: number, wholeLen: number): void {
    if (this.ttl <= MAX_PROBE_TTL) this.probe(p);
    if (protocol === IP_PROTOCOL_UDP) this.udp(p, at, len);
    else if (protocol === IP_PROTOCOL_TCP) this.tcp(p, at, len, wholeLen);
    else if (protocol === (this.isV6 ? IP_PROTOCOL_ICMPV6 : IP_PROTOCOL_ICMP)) this.icmp(p, at, len, wholeLen);
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

  /** Walks into the packet that a UDP datagram carries, if its port is one of a tunnel. `at` is the offset of the payload. */
  protected walkUdpTunnel(p: CapturedPacket, srcPort: number, dstPort: number, at: number, len: number): void {
    if (findUdpTunnelPayload(dstPort, p.bytes, at, at + len, this.#layer)) {
      if (++this.#tunnels > MAX_TUNNELS) this.unread.add("tunnel", "too many tunnels");
      else this.#network(p, this.#layer.etherType, this.#layer.at, at + len);
    } else {
      const name = unreadUdpTunnel(srcPort, dstPort, p.bytes, at, len);
      if (name !== null) this.unread.add("tunnel", name);
    }
  }
}

/** The same traffic as other networks carry it and as other places capture it: links, tunnels, IPv6, fragments, copies, short snap lengths. */

import { foldChecksum, internetChecksum, putU16be, putU32be, sumWords } from "@pushback/bytes";
import {
  getIpv4DontFragment,
  getIpv4HeaderLen,
  getIpv4Protocol,
  getIpv4TotalLen,
  ICMP_REDIRECT,
  ICMP_TIME_EXCEEDED,
  ICMP_UNREACHABLE,
  IP_PROTOCOL_ICMP,
  IP_PROTOCOL_ICMPV6,
  IP_PROTOCOL_TCP,
  IP_PROTOCOL_UDP,
  LINKTYPE_LINUX_SLL,
  LINKTYPE_LINUX_SLL2,
  LINKTYPE_PPP,
  putIcmpChecksum,
  putIpv4Header,
  sumIpv6PseudoHeader,
} from "@pushback/wire";
import { linuxCooked, linuxCooked2 } from "./capture-edits.ts";
import type { TimedFrame } from "./capture-mix.ts";

type Pick = (below: number) => number;

/** Rewrites Ethernet frames with IPv4 as another link layer or encapsulation has them. `linkType`: link type of the result, if it isn't Ethernet. */
export interface CaptureForm {
  readonly name: string;
  readonly linkType?: number;
  readonly make: (frames: readonly TimedFrame[], pick: Pick) => TimedFrame[];
  /** Draws the snap length to which the frames are cut. */
  readonly snapLen?: (pick: Pick) => number;
}

const ETHERNET = 14;
const IP = 20;
const IPV6 = 40;
const LINKTYPE_RAW = 101;
/** Ends of tunnels: TEST-NET-1 (RFC 5737). */
const TUNNEL = [0xc0000201, 0xc0000202] as const;

/** Replaces the Ethernet header of each frame by the bytes that `header` returns. */
function behind(frames: readonly TimedFrame[], header: (ethernet: Uint8Array, packet: Uint8Array) => readonly number[]): TimedFrame[] {
  return frames.map(({ timeUs, bytes }) => {
    const packet = bytes.subarray(ETHERNET);
    return { timeUs, bytes: Uint8Array.from([...header(bytes.subarray(0, ETHERNET), packet), ...packet]) };
  });
}

/** The Ethernet header with `type` as its EtherType, followed by `rest`. */
function shim(ethernet: Uint8Array, type: number, ...rest: readonly number[]): number[] {
  return [...ethernet.subarray(0, 12), type >> 8, type & 255, ...rest];
}

/** Ethernet and an IPv4 header of a tunnel in front of `len` bytes. */
function tunnelHeader(ethernet: Uint8Array, protocol: number, len: number, ...rest: readonly number[]): number[] {
  const ip = new Uint8Array(IP);
  putIpv4Header(ip, 0, IP + rest.length + len, 77, 0, 255, protocol, TUNNEL[0], TUNNEL[1]);
  return [...ethernet, ...ip, ...rest];
}

/** Links and tunnels, and the other version of IP. */
export const LINKS: readonly (CaptureForm & { readonly isIpv6?: true })[] = [
  { name: "Ethernet", make: (frames) => [...frames] },
  { name: "VLAN", make: (frames, pick) => behind(frames, (e) => shim(e, 0x8100, 0, 1 + pick(250), 8, 0)) },
  { name: "QinQ", make: (frames, pick) => behind(frames, (e) => shim(e, 0x88a8, 0, 1 + pick(250), 0x81, 0, 0, 2, 8, 0)) },
  { name: "MPLS", make: (frames) => behind(frames, (e) => shim(e, 0x8847, 0, 1, 0, 64, 0, 1, 1, 64)) },
  {
    name: "PPPoE",
    make: (frames) => behind(frames, (e, { length }) => shim(e, 0x8864, 0x11, 0, 0, 1, (length + 2) >> 8, (length + 2) & 255, 0, 0x21)),
  },
  { name: "PPP", linkType: LINKTYPE_PPP, make: (frames, pick) => behind(frames, () => (pick(2) ? [0xff, 3, 0, 0x21] : [0x21])) },
  { name: "GRE", make: (frames) => behind(frames, (e, { length }) => tunnelHeader(e, 47, length + 4, 0, 0, 8, 0)) },
  {
    name: "GRE with a key",
    make: (frames) => behind(frames, (e, { length }) => tunnelHeader(e, 47, length + 8, 0x20, 0, 8, 0, 0, 0, 0, 9)),
  },
  { name: "IP in IP", make: (frames) => behind(frames, (e, { length }) => tunnelHeader(e, 4, length)) },
  { name: "cooked", linkType: LINKTYPE_LINUX_SLL, make: (frames) => behind(frames, (e) => [...linuxCooked(e)]) },
  { name: "cooked, version 2", linkType: LINKTYPE_LINUX_SLL2, make: (frames) => behind(frames, (e) => [...linuxCooked2(e)]) },
  { name: "raw", linkType: LINKTYPE_RAW, make: (frames) => behind(frames, () => []) },
  { name: "IPv6", isIpv6: true, make: (frames) => frames.map(inIpv6) },
  { name: "IPv6 behind a VLAN tag", isIpv6: true, make: (frames) => behind(frames.map(inIpv6), (e) => shim(e, 0x8100, 0, 7, 0x86, 0xdd)) },
];

/** Ways to capture frames (whole, cut, twice), and changes that networks make to IPv4 packets. */
export const MANNERS: readonly (CaptureForm & { readonly onlyIpv4?: true })[] = [
  { name: "whole", make: (frames) => [...frames] },
  { name: "cut", make: (frames) => [...frames], snapLen: (pick) => 60 + pick(41) },
  { name: "seen twice", make: (frames, pick) => frames.flatMap((f) => [f, { timeUs: f.timeUs + 1 + pick(40), bytes: f.bytes }]) },
  { name: "without identifications", onlyIpv4: true, make: (frames) => frames.map(withoutId) },
  { name: "in fragments", onlyIpv4: true, make: (frames) => inFragments(frames) },
];

/** The packet changed, and its header's checksum right again. */
function sealed({ timeUs, bytes }: TimedFrame, change: (bytes: Uint8Array) => void, length = bytes.length): TimedFrame {
  const out = bytes.slice(0, length);
  change(out);
  sealHeader(out, ETHERNET);
  if (getIpv4Protocol(out, ETHERNET) === IP_PROTOCOL_ICMP) putIcmpChecksum(out, ETHERNET + IP, out.length - ETHERNET - IP);
  return { timeUs, bytes: out };
}

function sealHeader(b: Uint8Array, at: number): void {
  putU16be(b, at + 10, 0);
  putU16be(b, at + 10, internetChecksum(b, at, getIpv4HeaderLen(b, at)));
}

/** Where the packet is an ICMP error, the header that it quotes; else -1. */
function quoteAt(b: Uint8Array): number {
  const isError = getIpv4Protocol(b, ETHERNET) === IP_PROTOCOL_ICMP && ![0, 8].includes(b[ETHERNET + IP]);
  return isError ? ETHERNET + IP + 8 : -1;
}

/** Identification 0 in packets and in quotes, as with atomic datagrams (RFC 6864). */
function withoutId(frame: TimedFrame): TimedFrame {
  return sealed(frame, (b) => {
    putU16be(b, ETHERNET + 4, 0);
    const quote = quoteAt(b);
    if (quote < 0) return;
    putU16be(b, quote + 4, 0);
    sealHeader(b, quote);
  });
}

/** Payload bytes of a first fragment; longer datagrams are cut in two. */
const FRAGMENT = 128;

/** Long datagrams in two fragments; errors about them quote the first. */
function inFragments(frames: readonly TimedFrame[]): TimedFrame[] {
  const isLong = (b: Uint8Array, at: number): boolean =>
    getIpv4Protocol(b, at) === IP_PROTOCOL_UDP && getIpv4TotalLen(b, at) > IP + FRAGMENT && !getIpv4DontFragment(b, at);
  return frames.flatMap((frame) => {
    const { timeUs, bytes } = frame;
    const quote = quoteAt(bytes);
    // The packet that a "fragmentation needed" error quotes was not a fragment.
    const isTooBig = quote >= 0 && bytes[ETHERNET + IP] === ICMP_UNREACHABLE && bytes[ETHERNET + IP + 1] === 4;
    if (quote >= 0 && !isTooBig && isLong(bytes, quote)) {
      return sealed(frame, (b) => {
        putU16be(b, quote + 2, IP + FRAGMENT);
        putU16be(b, quote + 6, 0x2000);
        sealHeader(b, quote);
      });
    }
    if (quote >= 0 || !isLong(bytes, ETHERNET) || bytes.length - ETHERNET - IP >= 1400) return [frame];
    const first = sealed(frame, (b) => putFragment(b, FRAGMENT, 0x2000), ETHERNET + IP + FRAGMENT);
    const rest = Uint8Array.from([...bytes.subarray(0, ETHERNET + IP), ...bytes.subarray(ETHERNET + IP + FRAGMENT)]);
    const second = sealed({ timeUs: timeUs + 20, bytes: rest }, (b) => putFragment(b, b.length - ETHERNET - IP, FRAGMENT / 8));
    return [first, second];
  });
}

function putFragment(b: Uint8Array, payloadLen: number, flagsAndOffset: number): void {
  putU16be(b, ETHERNET + 2, IP + payloadLen);
  putU16be(b, ETHERNET + 6, flagsAndOffset);
}

/** Writes an IPv6 address within 2001:db8::/32 (RFC 3849) that contains the IPv4 address; multicast and broadcast become link-local multicast. */
function putAddress6(b: Uint8Array, at: number, ipv4: Uint8Array, from: number): void {
  b.fill(0, at, at + 16);
  if (ipv4[from] >= 224) {
    putU32be(b, at, 0xff020000);
    b[at + 15] = ipv4[from] === 255 ? 1 : 0x0c;
    return;
  }
  putU32be(b, at, 0x20010db8);
  b.set(ipv4.subarray(from, from + 2), at + 6);
  b.set(ipv4.subarray(from + 2, from + 4), at + 14);
}

function putHeader6(b: Uint8Array, at: number, ipv4: Uint8Array, from: number, payloadLen: number, protocol: number): void {
  b[at] = 0x60;
  putU16be(b, at + 4, payloadLen);
  b[at + 6] = protocol;
  b[at + 7] = ipv4[from + 8];
  putAddress6(b, at + 8, ipv4, from + 12);
  putAddress6(b, at + 24, ipv4, from + 16);
}

/**
 * The type and code that ICMPv6 has for an ICMP error, as RFC 7915 section 4.2 translates them; two of the three codes of packet filters become the
 * policy and reject route codes that ICMPv6 has besides (RFC 4443 section 3.1).
 */
function errorType6(type: number, code: number): readonly [number, number] {
  if (type === ICMP_UNREACHABLE && code === 3) return [1, 4];
  if (type === ICMP_UNREACHABLE && code === 4) return [2, 0];
  if (type === ICMP_UNREACHABLE && code === 2) return [4, 1];
  if (type === ICMP_UNREACHABLE && [9, 10, 13].includes(code)) return [1, code === 13 ? 1 : code - 4];
  if (type === ICMP_UNREACHABLE) return [1, code === 1 ? 3 : 0];
  if (type === ICMP_TIME_EXCEEDED) return [3, code];
  return type === ICMP_REDIRECT ? [137, 0] : [4, code];
}

/** No link of IPv6 has a smaller MTU than 1280 bytes (RFC 8200 section 5): one that IPv4 allows becomes that. */
function mtu6(mtu: number): number {
  return mtu < 576 ? mtu : Math.max(1280, mtu);
}

/** The packet translated to IPv6, checksums right. */
function inIpv6({ timeUs, bytes }: TimedFrame): TimedFrame {
  const protocol = getIpv4Protocol(bytes, ETHERNET);
  const body = bytes.subarray(ETHERNET + IP);
  const message = protocol === IP_PROTOCOL_ICMP ? icmp6(bytes) : body;
  const next = protocol === IP_PROTOCOL_ICMP ? IP_PROTOCOL_ICMPV6 : protocol;
  const out = new Uint8Array(ETHERNET + IPV6 + message.length);
  out.set(bytes.subarray(0, 12));
  putU16be(out, 12, 0x86dd);
  putHeader6(out, ETHERNET, bytes, ETHERNET, message.length, next);
  const at = ETHERNET + IPV6;
  out.set(message, at);
  const sumAt = at + (next === IP_PROTOCOL_UDP ? 6 : next === IP_PROTOCOL_TCP ? 16 : 2);
  putU16be(out, sumAt, 0);
  const sum = foldChecksum(sumWords(out, at, message.length, sumIpv6PseudoHeader(out, ETHERNET, next, message.length)));
  putU16be(out, sumAt, sum);
  return { timeUs, bytes: out };
}

/** UDP checksum of the quoted datagram as IPv6 has it, computed from the difference of the pseudo headers. */
function quotedSum6(sum: number, bytes: Uint8Array, quote: number, out: Uint8Array, header: number): number {
  const words = (b: Uint8Array, at: number, len: number): number => sumWords(b, at, len, 0);
  let total = (sum ^ 0xffff) + words(out, header + 8, 32) + 2 * 0xffff - (words(bytes, quote + 12, 8) % 0xffff);
  while (total > 0xffff) total = (total & 0xffff) + (total >>> 16);
  return (total ^ 0xffff) & 0xffff;
}

/** An ICMP message as ICMPv6; its checksum is left to the caller. */
function icmp6(bytes: Uint8Array): Uint8Array {
  const at = ETHERNET + IP;
  const quote = quoteAt(bytes);
  if (quote < 0) return Uint8Array.from([bytes[at] === 8 ? 128 : 129, 0, ...bytes.subarray(at + 2)]);
  const [type, code] = errorType6(bytes[at], bytes[at + 1]);
  if (type === 137) {
    const out = new Uint8Array(40);
    out[0] = type;
    putAddress6(out, 8, bytes, at + 4);
    putAddress6(out, 24, bytes, quote + 16);
    return out;
  }
  const rest = bytes.subarray(quote + IP);
  const out = new Uint8Array(8 + IPV6 + rest.length);
  out[0] = type;
  out[1] = code;
  if (type === 2) putU32be(out, 4, mtu6((bytes[at + 6] << 8) | bytes[at + 7]));
  const protocol = getIpv4Protocol(bytes, quote);
  putHeader6(out, 8, bytes, quote, getIpv4TotalLen(bytes, quote) - IP, protocol === IP_PROTOCOL_ICMP ? IP_PROTOCOL_ICMPV6 : protocol);
  out.set(rest, 8 + IPV6);
  if (protocol === IP_PROTOCOL_UDP && rest.length >= 8)
    putU16be(out, 8 + IPV6 + 6, quotedSum6((rest[6] << 8) | rest[7], bytes, quote, out, 8));
  return out;
}

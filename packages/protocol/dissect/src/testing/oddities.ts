/** Frames that no scenario makes: every branch of the dissectors, written byte by byte, with checksums that are right unless they are meant to be wrong. */

import { PcapngWriter } from "@pushback/capture";
import { uuidBytes } from "@pushback/dcerpc";
import { directoryStubs } from "./directory-stubs.ts";
import { dhcpOptionMessages, dnsNameMessages, dnsRecordMessages, nbnsNameMessages } from "./name-service-frames.ts";
import {
  AARP_PACKETS,
  DDP_PACKETS,
  DHCP_MESSAGES,
  DNS_MESSAGES,
  IPX_PACKETS,
  NBDS_MESSAGES,
  NBNS_MESSAGES,
  NBSS_MESSAGES,
} from "./segment-frames.ts";

const CLIENT = [10, 1, 9, 101];
const SERVER = [10, 1, 9, 10];
const CLIENT_MAC = [2, 0, 10, 1, 9, 101];
const SERVER_MAC = [2, 0, 10, 1, 9, 10];
const LINKTYPE_ETHERNET = 1;
const LINKTYPE_RAW = 101;
const LINKTYPE_LINUX_SLL = 113;
const LINKTYPE_LINUX_SLL2 = 276;
const LINKTYPE_NULL = 0;

export interface Oddity {
  readonly what: string;
  readonly bytes: readonly number[];
  readonly linkType?: number;
  /** Captured bytes, where the capture cut the frame off. */
  readonly captured?: number;
}

const u16 = (value: number) => [value >>> 8, value & 255];
const u32 = (value: number) => [(value >>> 24) & 255, (value >>> 16) & 255, (value >>> 8) & 255, value & 255];
const fill = (length: number, value = 0x61) => new Array<number>(length).fill(value);
const ascii = (text: string) => [...text].map((character) => character.charCodeAt(0));

function sum(bytes: readonly number[]): number {
  let total = 0;
  for (let i = 0; i < bytes.length; i += 2) total += ((bytes[i] ?? 0) << 8) + (bytes[i + 1] ?? 0);
  while (total > 0xffff) total = (total & 0xffff) + (total >>> 16);
  return ~total & 0xffff;
}

function withChecksum(bytes: readonly number[], at: number, pseudo: readonly number[] = []): number[] {
  const copy = [...bytes];
  const checksum = sum([...pseudo, ...bytes]);
  copy[at] = checksum >>> 8;
  copy[at + 1] = checksum & 255;
  return copy;
}

interface IpOptions {
  readonly ttl?: number;
  readonly tos?: number;
  readonly id?: number;
  readonly flags?: number;
  readonly options?: readonly number[];
  readonly totalLen?: number;
  readonly badChecksum?: boolean;
  readonly version?: number;
  readonly source?: readonly number[];
  readonly destination?: readonly number[];
}

function ip(protocol: number, payload: readonly number[], o: IpOptions = {}): number[] {
  const options = o.options ?? [];
  const header = [
    ((o.version ?? 4) << 4) | (5 + options.length / 4),
    o.tos ?? 0,
    ...u16(o.totalLen ?? 20 + options.length + payload.length),
    ...u16(o.id ?? 0x1234),
    ...u16(o.flags ?? 0),
    o.ttl ?? 64,
    protocol,
    0,
    0,
    ...(o.source ?? SERVER),
    ...(o.destination ?? CLIENT),
    ...options,
  ];
  const summed = withChecksum(header, 10);
  if (o.badChecksum) summed[10] ^= 0xff;
  return [...summed, ...payload];
}

const pseudo = (protocol: number, length: number) => [...SERVER, ...CLIENT, 0, protocol, ...u16(length)];

function udp(
  payload: readonly number[],
  o: { length?: number; checksum?: "none" | "bad"; ports?: readonly [number, number] } = {},
): number[] {
  const [source, destination] = o.ports ?? [1030, 1071];
  const length = o.length ?? 8 + payload.length;
  const bytes = [...u16(source), ...u16(destination), ...u16(length), 0, 0, ...payload];
  if (o.checksum === "none") return bytes;
  const summed = withChecksum(bytes, 6, pseudo(17, bytes.length));
  if (o.checksum === "bad") summed[7] ^= 1;
  return summed;
}

interface TcpOptions {
  readonly flags?: number;
  readonly options?: readonly number[];
  readonly offset?: number;
  readonly seq?: number;
  readonly ack?: number;
  readonly bad?: boolean;
  readonly ports?: readonly [number, number];
  readonly urgent?: number;
}

function tcp(payload: readonly number[], o: TcpOptions = {}): number[] {
  const options = o.options ?? [];
  const [source, destination] = o.ports ?? [40_101, 40_100];
  const bytes = [
    ...u16(source),
    ...u16(destination),
    ...u32(o.seq ?? 1000),
    ...u32(o.ack ?? 2000),
    ((o.offset ?? 5 + options.length / 4) << 4) | ((o.flags ?? 0x10) >>> 8),
    (o.flags ?? 0x10) & 255,
    ...u16(8760),
    0,
    0,
    ...u16(o.urgent ?? 0),
    ...options,
    ...payload,
  ];
  const summed = withChecksum(bytes, 16, pseudo(6, bytes.length));
  if (o.bad) summed[16] ^= 1;
  return summed;
}

const icmp = (type: number, code: number, rest: readonly number[]) => withChecksum([type, code, 0, 0, ...rest], 2);
const ether = (type: number, payload: readonly number[], pad = 0) => [
  ...CLIENT_MAC,
  ...SERVER_MAC,
  ...u16(type),
  ...payload,
  ...fill(pad, 0),
];
const ipv4 = (payload: readonly number[], pad = 0) => ether(0x0800, payload, pad);
const llc = (payload: readonly number[], pad = 0, length = payload.length) => [
  ...CLIENT_MAC,
  ...SERVER_MAC,
  ...u16(length),
  ...payload,
  ...fill(pad, 0),
];

function arp(operation: number, o: { sender?: readonly number[]; target?: readonly number[]; hwSize?: number } = {}): number[] {
  const head = [...u16(1), ...u16(0x0800), o.hwSize ?? 6, 4, ...u16(operation)];
  return [...head, ...SERVER_MAC, ...(o.sender ?? SERVER), ...fill(6, 0), ...(o.target ?? CLIENT)];
}

/** A DCE/RPC PDU, little-endian unless `big` is set. */
function pdu(
  type: number,
  body: readonly number[],
  o: { flags?: number; big?: boolean; fragLen?: number; minor?: number; callId?: number } = {},
): number[] {
  const length = o.fragLen ?? 16 + body.length;
  const order = (bytes: readonly number[]) => (o.big ? bytes : [...bytes].reverse());
  return [
    5,
    o.minor ?? 0,
    type,
    o.flags ?? 3,
    o.big ? 0 : 0x10,
    0,
    0,
    0,
    ...order(u16(length)),
    0,
    0,
    ...order(u32(o.callId ?? 7)),
    ...body,
  ];
}

/** Datagrams that errors quote. */
const QUOTED = ip(17, udp(fill(16)), { source: SERVER, destination: CLIENT });
const QUOTED_TCP = ip(6, tcp(fill(8)));
const QUOTED_TCP_WITH_OPTIONS = ip(6, tcp(fill(8), { flags: 0x18, ports: [47_002, 47_003], options: [1, 1, 1, 1] }));

/** Options of IP: record route with room for one address, end of list. */
const RECORD_ROUTE = [7, 7, 4, 0, 0, 0, 0, 0];

let nextPort = 47_000;
/** Ports of a new stream, so that no earlier segment affects the analysis. */
const newPorts = (): [number, number] => [nextPort++, 40_100];

const APPLE_SNAP = [0xaa, 0xaa, 3, 8, 0, 7, 0x80, 0x9b];
const AARP_SNAP = [0xaa, 0xaa, 3, 0, 0, 0, 0x80, 0xf3];
/** Captured lengths to which the first frame of each kind is cut. */
const CUTS = [1, 5, 11, 17, 25, 33, 44, 61, 240];

/** Frames of other protocols on the segment, whole and cut off. */
function segmentFrames(): Oddity[] {
  nextPort = 49_000;
  const all: [string, Oddity[]][] = [];
  const add = (what: string, frames: readonly (readonly [string, readonly number[]])[], wrap: (payload: readonly number[]) => number[]) => {
    all.push([what, frames.map(([how, payload]) => ({ what: `${what}: ${how}`, bytes: wrap(payload) }))]);
  };
  const over = (ports: readonly [number, number]) => (payload: readonly number[]) => ipv4(ip(17, udp(payload, { ports })));
  add("DNS", DNS_MESSAGES, over([1055, 53]));
  add("DNS, from the server", DNS_MESSAGES.slice(1, 4), over([53, 1055]));
  add("NBNS", NBNS_MESSAGES, over([137, 137]));
  add("NBDS", NBDS_MESSAGES, over([138, 138]));
  for (const fromServer of [false, true]) {
    const messages = DHCP_MESSAGES.filter(([, , from]) => from === fromServer).map(([how, bytes]) => [how, bytes] as const);
    add("DHCP", messages, over(fromServer ? [67, 68] : [68, 67]));
  }
  add("NBSS", NBSS_MESSAGES, (payload) => ipv4(ip(6, tcp(payload, { ports: [nextPort++, 139], flags: 0x18 }))));
  add("IPX", IPX_PACKETS, (payload) => ether(0x8137, payload));
  add("IPX in LLC", IPX_PACKETS.slice(0, 3), (payload) => llc([0xe0, 0xe0, 3, ...payload]));
  add("DDP", DDP_PACKETS, (payload) => llc([...APPLE_SNAP, ...payload]));
  add("AARP", AARP_PACKETS, (payload) => llc([...AARP_SNAP, ...payload]));
  return all.flatMap(([what, frames]) => {
    const [{ bytes }] = frames;
    const start = bytes[12] === 8 ? 42 : bytes[12] < 6 ? 17 : 14;
    // A capture that is cut off leaves tshark to guess at TCP's bytes.
    const cuts = what === "NBSS" ? [] : CUTS.filter((cut) => start + cut < bytes.length);
    return [...frames, ...cuts.map((cut) => ({ what: `${what}, cut off after ${cut} bytes`, bytes, captured: start + cut }))];
  });
}

/** Conversations whose later segments TCP's analysis marks: a gap, a keep-alive with its answer, ports used again. */
function markedSegments(): Oddity[] {
  const segment = (what: string, payload: readonly number[], o: TcpOptions) => ({ what, bytes: ipv4(ip(6, tcp(payload, o))) });
  const answer = (what: string, o: TcpOptions) => ({
    what,
    bytes: ipv4(ip(6, tcp([], o), { source: CLIENT, destination: SERVER })),
  });
  const gap = newPorts();
  const [near, far] = newPorts();
  const again = newPorts();
  return [
    segment("the segment before a gap", fill(4), { ports: gap, seq: 1000 }),
    segment("the segment behind a gap", fill(4), { ports: gap, seq: 1100 }),
    segment("data", fill(4), { ports: [near, far], seq: 1000, ack: 2000 }),
    answer("its acknowledgment", { ports: [far, near], seq: 2000, ack: 1004 }),
    segment("a keep-alive", [], { ports: [near, far], seq: 1003, ack: 2000 }),
    answer("the answer to a keep-alive", { ports: [far, near], seq: 2000, ack: 1004 }),
    segment("a SYN", [], { ports: again, seq: 1000, ack: 0, flags: 2 }),
    segment("a SYN of a new conversation between the same ports", [], { ports: again, seq: 9000, ack: 0, flags: 2 }),
  ];
}

/** A conversation with each interface of the directory: a bind, every call with its answer, and a request that is cut off. */
function directoryFrames(): Oddity[] {
  const NDR_SYNTAX = uuidBytes("8a885d04-1ceb-11c9-9fe8-08002b104860");
  return directoryStubs().flatMap(({ syntax, calls }) => {
    const [near, far] = newPorts();
    const seq = [1000, 2000];
    const frames: Oddity[] = [];
    const send = (what: string, payload: readonly number[], side: 0 | 1) => {
      const ports: [number, number] = side === 0 ? [near, far] : [far, near];
      const addresses = side === 0 ? { source: CLIENT, destination: SERVER } : { source: SERVER, destination: CLIENT };
      const segment = tcp(payload, { ports, flags: 0x18, seq: seq[side], ack: seq[1 - side] });
      frames.push({ what, bytes: ipv4(ip(6, segment, addresses)) });
      seq[side] += payload.length;
    };
    const le16 = (value: number) => [value & 255, value >>> 8];
    const le32 = (value: number) => [...le16(value & 0xffff), ...le16(value >>> 16)];
    const context = [...le16(3), 1, 0, ...uuidBytes(syntax.uuid), ...le16(syntax.versionMajor), ...le16(0), ...NDR_SYNTAX, ...le32(2)];
    send("a bind to the directory", pdu(11, [...le16(5840), ...le16(5840), ...le32(0), 1, 0, 0, 0, ...context]), 0);
    for (const [i, { name, opnum, request, response }] of calls.entries()) {
      const head = (length: number) => [...le32(length), ...le16(3)];
      const callId = 10 + i;
      send(`${name}, request`, pdu(0, [...head(request.length), ...le16(opnum), ...request], { callId }), 0);
      send(`${name}, response`, pdu(2, [...head(response.length), 0, 0, ...response], { callId }), 1);
    }
    const [{ opnum, request }] = calls;
    send("a call that is cut off", pdu(0, [...le32(8), ...le16(3), ...le16(opnum), ...request.slice(0, 10)], { callId: 99 }), 0);
    return frames;
  });
}

export function oddities(): Oddity[] {
  nextPort = 47_000;
  const datagram = ipv4(ip(17, udp(fill(16))));
  const cutOffs = [5, 13, 14, 20, 33, 34, 36, 41, 42, 50];
  return [
    ...cutOffs.map((captured) => ({ what: `a datagram cut off after ${captured} bytes`, bytes: datagram, captured })),
    ...[34, 40, 46, 53].map((captured) => ({
      what: `a segment cut off after ${captured} bytes`,
      bytes: ipv4(ip(6, tcp(fill(20), { ports: newPorts() }))),
      captured,
    })),
    ...[34, 38, 41].map((captured) => ({
      what: `an echo cut off after ${captured} bytes`,
      bytes: ipv4(ip(1, icmp(8, 0, [0, 1, 0, 2]))),
      captured,
    })),
    { what: "IP options", bytes: ipv4(ip(17, udp(fill(4)), { options: RECORD_ROUTE })) },
    { what: "a bad IP checksum", bytes: ipv4(ip(17, udp(fill(4)), { badChecksum: true }), 8) },
    { what: "TTL 0, all flags, a type of service", bytes: ipv4(ip(17, udp(fill(20)), { ttl: 0, flags: 0xc000, tos: 0xb9 })) },
    { what: "IP version 5", bytes: ipv4(ip(17, udp(fill(20)), { version: 5 })) },
    { what: "an IP length beyond the frame", bytes: ipv4(ip(17, udp(fill(20)), { totalLen: 400 })) },
    { what: "an IP length below its header", bytes: ipv4(ip(17, udp(fill(20)), { totalLen: 12 })) },
    { what: "a short datagram with padding", bytes: ipv4(ip(17, udp([1, 2])), 16) },
    { what: "a long datagram with a trailer", bytes: ipv4(ip(17, udp(fill(64))), 7) },
    { what: "a long datagram with a check sequence", bytes: ipv4(ip(17, udp(fill(64))), 4) },
    { what: "protocol 253", bytes: ipv4(ip(253, fill(20))) },
    { what: "an empty protocol", bytes: ipv4(ip(17, []), 26) },
    { what: "a first fragment", bytes: ipv4(ip(17, udp(fill(24), { length: 100 }), { flags: 0x2000, id: 77 })) },
    { what: "a last fragment", bytes: ipv4(ip(17, fill(68), { flags: 4, id: 78 })) },
    { what: "UDP without a checksum", bytes: ipv4(ip(17, udp(fill(20), { checksum: "none" }))) },
    { what: "UDP with a bad checksum", bytes: ipv4(ip(17, udp(fill(20), { checksum: "bad" }))) },
    { what: "UDP shorter than its datagram", bytes: ipv4(ip(17, udp(fill(20), { length: 18, checksum: "none" }))) },
    { what: "an empty datagram", bytes: ipv4(ip(17, udp([])), 18) },
    ...[0, 1, 2, 3, 4, 5, 6, 9, 10, 13].map((code) => ({
      what: `unreachable, code ${code}`,
      bytes: ipv4(ip(1, icmp(3, code, [0, 0, ...u16(code === 4 ? 576 : 0), ...QUOTED.slice(0, 28)]))),
    })),
    { what: "unreachable that quotes all", bytes: ipv4(ip(1, icmp(3, 3, [0, 0, 0, 0, ...QUOTED]))) },
    { what: "unreachable that quotes a TCP segment's ports", bytes: ipv4(ip(1, icmp(3, 1, [0, 0, 0, 0, ...QUOTED_TCP.slice(0, 28)]))) },
    ...[20, 24, 28, 32].map((length) => ({
      what: `${length} bytes quoted of a TCP segment`,
      bytes: ipv4(ip(1, icmp(3, 4, [0, 0, 2, 64, ...QUOTED_TCP_WITH_OPTIONS.slice(0, 20 + length)]))),
    })),
    ...[1, 2].map((time) => ({
      what: `a TCP segment of unknown content, time ${time}`,
      bytes: ipv4(ip(6, tcp(fill(20), { ports: [47_000, 47_001], flags: 0x18 }))),
    })),
    { what: "unreachable that quotes an IP header alone", bytes: ipv4(ip(1, icmp(3, 3, [0, 0, 0, 0, ...QUOTED.slice(0, 20)]))) },
    { what: "an error about an echo", bytes: ipv4(ip(1, icmp(11, 0, [0, 0, 0, 0, ...ip(1, icmp(8, 0, [0, 1, 0, 2])).slice(0, 28)]))) },
    { what: "reassembly took too long", bytes: ipv4(ip(1, icmp(11, 1, [0, 0, 0, 0, ...QUOTED.slice(0, 28)]))) },
    { what: "source quench", bytes: ipv4(ip(1, icmp(4, 0, [0, 0, 0, 0, ...QUOTED.slice(0, 28)]))) },
    { what: "a redirect", bytes: ipv4(ip(1, icmp(5, 1, [10, 1, 9, 1, ...QUOTED.slice(0, 28)]))) },
    { what: "a parameter problem", bytes: ipv4(ip(1, icmp(12, 0, [20, 0, 0, 0, ...QUOTED.slice(0, 28)]))) },
    { what: "an echo", bytes: ipv4(ip(1, icmp(8, 0, [0, 1, 0, 2, ...fill(32)]))) },
    { what: "an echo's answer", bytes: ipv4(ip(1, icmp(0, 0, [0, 1, 0, 2, ...fill(32)]))) },
    { what: "a bad ICMP checksum", bytes: ipv4(ip(1, [8, 0, 1, 2, 0, 9, 0, 9, ...fill(32)])) },
    { what: "an ARP request", bytes: ether(0x0806, arp(1), 18) },
    { what: "an ARP announcement", bytes: ether(0x0806, arp(1, { target: SERVER }), 18) },
    { what: "an ARP answer", bytes: ether(0x0806, arp(2)) },
    { what: "ARP that is cut off", bytes: ether(0x0806, arp(1).slice(0, 20)) },
    {
      what: "a SYN with every option",
      bytes: ipv4(
        ip(6, tcp([], { flags: 2, ack: 0, ports: newPorts(), options: [2, 4, 5, 180, 4, 2, 8, 10, ...u32(99), ...u32(0), 1, 3, 3, 2] })),
      ),
    },
    { what: "an option of length 0", bytes: ipv4(ip(6, tcp([], { flags: 2, ack: 0, ports: newPorts(), options: [30, 0, 1, 1] }))) },
    { what: "an option that ends the list", bytes: ipv4(ip(6, tcp([], { flags: 2, ack: 0, ports: newPorts(), options: [1, 0, 9, 9] }))) },
    { what: "an MSS of the wrong length", bytes: ipv4(ip(6, tcp([], { flags: 2, ack: 0, ports: newPorts(), options: [2, 3, 5, 0] }))) },
    { what: "all flags at once", bytes: ipv4(ip(6, tcp([], { flags: 0xfff, ports: newPorts(), urgent: 9 }))) },
    { what: "a reset that gives its reason", bytes: ipv4(ip(6, tcp(ascii("No listener"), { flags: 4, ports: newPorts() }))) },
    { what: "a bad TCP checksum", bytes: ipv4(ip(6, tcp(fill(10), { ports: newPorts(), bad: true }))) },
    { what: "a TCP header beyond the datagram", bytes: ipv4(ip(6, tcp([], { offset: 8, ports: newPorts() }))) },
    { what: "a TCP header that is too short", bytes: ipv4(ip(6, tcp(fill(8), { offset: 4, ports: newPorts() }))) },
    {
      what: "two PDUs in a segment",
      bytes: ipv4(
        ip(6, tcp([...pdu(0, [...fill(8, 0), ...fill(12)]), ...pdu(0, [...fill(8, 0), ...fill(4)])], { ports: newPorts(), flags: 0x18 })),
      ),
    },
    {
      what: "a PDU in the other byte order",
      bytes: ipv4(ip(6, tcp(pdu(0, [...u32(4), ...u16(1), ...u16(9), ...fill(4)], { big: true }), { ports: newPorts(), flags: 0x18 }))),
    },
    { what: "a fault", bytes: ipv4(ip(6, tcp(pdu(3, [...fill(8, 0), 5, 0, 0, 0, ...fill(4, 0)]), { ports: newPorts(), flags: 0x18 }))) },
    {
      what: "a first fragment of a call",
      bytes: ipv4(ip(6, tcp(pdu(0, [...fill(8, 0), ...fill(40)], { flags: 1 }), { ports: newPorts(), flags: 0x18 }))),
    },
    { what: "HTTP", bytes: ipv4(ip(6, tcp(ascii("GET / HTTP/1.0\r\n\r\n"), { ports: [48_000, 80], flags: 0x18 }))) },
    { what: "a tagged frame", bytes: ether(0x8100, [...u16(0xa064), ...u16(0x0800), ...ip(17, udp(fill(30)))]) },
    { what: "a tag within a tag", bytes: ether(0x8100, [...u16(5), ...u16(0x8100), ...u16(6), ...u16(0x0800), ...ip(17, udp(fill(30)))]) },
    { what: "an unknown type", bytes: ether(0x88b5, fill(46)) },
    { what: "IPv6", bytes: ether(0x86dd, [0x60, 0, 0, 0, ...u16(0), 59, 64, ...fill(15, 0), 1, ...fill(15, 0), 2]) },
    { what: "NetBIOS frames", bytes: llc([0xf0, 0xf0, 0x03, 44, 0, 0xff, 0xef, 0x0a, ...fill(39, 0)]) },
    { what: "SNAP with IP", bytes: llc([0xaa, 0xaa, 3, 0, 0, 0, 8, 0, ...ip(17, udp(fill(20)))]) },
    { what: "an unknown SAP", bytes: llc([0x44, 0x44, 3, ...fill(43)]) },
    { what: "LLC with padding", bytes: llc([0xaa, 0xaa, 3, 0, 0, 0, 8, 0, ...ip(17, udp([1]))], 9) },
    { what: "raw IP", bytes: ip(17, udp(fill(9))), linkType: LINKTYPE_RAW },
    {
      what: "a Linux cooked frame",
      bytes: [0, 0, 0, 1, 0, 6, ...SERVER_MAC, 0, 0, 8, 0, ...ip(17, udp(fill(9)))],
      linkType: LINKTYPE_LINUX_SLL,
    },
    {
      what: "a Linux cooked frame, version 2",
      bytes: [8, 0, 0, 0, 0, 0, 0, 2, 0, 1, 0, 6, ...SERVER_MAC, 0, 0, ...ip(17, udp(fill(9)))],
      linkType: LINKTYPE_LINUX_SLL2,
    },
    { what: "loopback", bytes: [2, 0, 0, 0, ...ip(17, udp(fill(9)))], linkType: LINKTYPE_NULL },
    ...markedSegments(),
    ...segmentFrames(),
    ...directoryFrames(),
  ];
}

/** Every option of DHCP and every record of DNS, and names at the limits of DNS and of the NetBIOS name service. */
export function optionsAndRecords(): Oddity[] {
  const over = (ports: readonly [number, number]) => (payload: readonly number[]) => ipv4(ip(17, udp(payload, { ports })));
  return [
    ...dhcpOptionMessages().map(([what, payload]) => ({ what, bytes: over([67, 68])(payload) })),
    ...dnsRecordMessages().map(([what, payload]) => ({ what, bytes: over([53, 1030])(payload) })),
    ...dnsNameMessages().map(([what, payload]) => ({ what, bytes: over([53, 1030])(payload) })),
    ...nbnsNameMessages().map(([what, payload]) => ({ what, bytes: over([137, 137])(payload) })),
  ];
}

/** Frames as one pcapng file, a second apart; each link type is an interface. */
export function odditiesFile(frames: readonly Oddity[] = oddities()): Uint8Array {
  const chunks: Uint8Array[] = [];
  const writer = new PcapngWriter((chunk) => chunks.push(chunk.slice()), { application: "oddities" });
  const interfaces = new Map<number, number>();
  for (const [i, { bytes, linkType = LINKTYPE_ETHERNET, captured }] of frames.entries()) {
    let index = interfaces.get(linkType);
    if (index === undefined) {
      index = writer.addInterface({ linkType });
      interfaces.set(linkType, index);
    }
    const b = Uint8Array.from(bytes);
    writer.writePacket(index, (i + 1) * 1e6, b, 0, captured ?? b.length, b.length);
  }
  writer.end();
  const file = new Uint8Array(chunks.reduce((length, chunk) => length + chunk.length, 0));
  let at = 0;
  for (const chunk of chunks) {
    file.set(chunk, at);
    at += chunk.length;
  }
  return file;
}

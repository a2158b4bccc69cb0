/** Frames that a test writes and reads. The machine under test is 10.1.9.101, its peer 10.1.9.10. */

import { formatHex, parseHex } from "@pushback/bytes";
import {
  ARP_REPLY,
  type ArpRepr,
  checkArp,
  checkIcmp,
  checkIpv4,
  checkTcp,
  checkTcpChecksum,
  checkUdp,
  checkUdpChecksum,
  ETHERTYPE_ARP,
  ETHERTYPE_IPV4,
  emitArp,
  emitEthernet,
  emitIcmp,
  emitIpv4Header,
  emitTcp,
  emitUdp,
  getEtherType,
  type IcmpRepr,
  IP_PROTOCOL_ICMP,
  IP_PROTOCOL_TCP,
  IP_PROTOCOL_UDP,
  type Ipv4Repr,
  parseArp,
  parseIcmp,
  parseIpv4Header,
  parseTcp,
  parseUdp,
  type TcpRepr,
  type UdpRepr,
} from "@pushback/wire";

export const MACHINE_ADDRESS = 0x0a010965;
export const MACHINE_MAC = 0x02000a010965;
export const PEER_ADDRESS = 0x0a01090a;
export const PEER_MAC = 0x02000a01090a;

const NO_BYTES = new Uint8Array(0);

/** A datagram from the peer to the machine; `over` changes its IP header. */
export function ipFrame(protocol: number, payload: Uint8Array, over: Partial<Ipv4Repr> = {}, toMac = MACHINE_MAC): Uint8Array {
  const header: Ipv4Repr = {
    tos: 0,
    id: 0x1234,
    dontFragment: false,
    moreFragments: false,
    fragmentOffset: 0,
    ttl: 128,
    protocol,
    source: PEER_ADDRESS,
    destination: MACHINE_ADDRESS,
    options: NO_BYTES,
    payloadLen: payload.length,
    ...over,
  };
  const b = new Uint8Array(34 + header.options.length + payload.length);
  emitEthernet({ destination: toMac, source: PEER_MAC, etherType: ETHERTYPE_IPV4, encapsulation: "ethernet-2", payloadLen: 0 }, b, 0);
  b.set(payload, emitIpv4Header(header, b, 14));
  return b;
}

export function udpFrame(
  srcPort: number,
  dstPort: number,
  payload: Uint8Array,
  over: Partial<Ipv4Repr> = {},
  toMac = MACHINE_MAC,
): Uint8Array {
  const b = new Uint8Array(8 + payload.length);
  b.set(payload, 8);
  const repr: UdpRepr = { srcPort, dstPort, payloadLen: payload.length, checksummed: true };
  emitUdp(repr, b, 0, over.source ?? PEER_ADDRESS, over.destination ?? MACHINE_ADDRESS);
  return ipFrame(IP_PROTOCOL_UDP, b, over, toMac);
}

/** Defaults: sequence and acknowledgment number 0, window 8192, no options. */
export function tcpFrame(
  repr: Pick<TcpRepr, "srcPort" | "dstPort" | "flags"> & Partial<TcpRepr>,
  over: Partial<Ipv4Repr> = {},
  payload: Uint8Array = NO_BYTES,
  toMac = MACHINE_MAC,
): Uint8Array {
  const full: TcpRepr = { seq: 0, ack: 0, window: 8192, urgent: 0, options: [], ...repr, payloadLen: payload.length };
  const b = new Uint8Array(60 + payload.length);
  const optionsLen = emitTcp({ ...full, payloadLen: 0 }, b, 0, PEER_ADDRESS, MACHINE_ADDRESS) - 20;
  b.set(payload, 20 + optionsLen);
  emitTcp(full, b, 0, over.source ?? PEER_ADDRESS, over.destination ?? MACHINE_ADDRESS);
  return ipFrame(IP_PROTOCOL_TCP, b.slice(0, 20 + optionsLen + payload.length), over, toMac);
}

export function icmpFrame(repr: IcmpRepr, over: Partial<Ipv4Repr> = {}, toMac = MACHINE_MAC): Uint8Array {
  const b = new Uint8Array(1500);
  return ipFrame(IP_PROTOCOL_ICMP, b.slice(0, emitIcmp(repr, b, 0)), over, toMac);
}

export function arpFrame(repr: ArpRepr, toMac: number): Uint8Array {
  const b = new Uint8Array(60);
  emitArp(
    repr,
    b,
    emitEthernet({ destination: toMac, source: PEER_MAC, etherType: ETHERTYPE_ARP, encapsulation: "ethernet-2", payloadLen: 0 }, b, 0),
  );
  return b;
}

/** The peer's answer to an ARP request of the machine. */
export function arpReplyFrame(): Uint8Array {
  const repr = { senderMac: PEER_MAC, senderAddress: PEER_ADDRESS, targetMac: MACHINE_MAC, targetAddress: MACHINE_ADDRESS };
  return arpFrame({ operation: ARP_REPLY, ...repr }, MACHINE_MAC);
}

/** A frame as it was on the wire, with padding. */
export interface SeenFrame {
  readonly atUs: number;
  /** Name of the sending card. */
  readonly from: string;
  readonly bytes: Uint8Array;
}

/** Contents of a frame. Its checksums were correct; otherwise `readFrame` throws. */
export interface ReadFrame extends SeenFrame {
  readonly arp: ArpRepr | null;
  readonly ip: Ipv4Repr | null;
  readonly icmp: IcmpRepr | null;
  readonly tcp: TcpRepr | null;
  readonly udp: UdpRepr | null;
  /** Options of the TCP header, in hexadecimal. */
  readonly tcpOptionsHex: string;
  /** Bytes behind the TCP or UDP header. */
  readonly payload: Uint8Array;
}

/** Decodes a frame. Throws if a header or checksum is wrong, since no machine may send such a frame. */
export function readFrame(frame: SeenFrame): ReadFrame {
  const { bytes } = frame;
  const nothing = { ...frame, arp: null, ip: null, icmp: null, tcp: null, udp: null, tcpOptionsHex: "", payload: NO_BYTES };
  if (getEtherType(bytes, 0) === ETHERTYPE_ARP) {
    demand(checkArp(bytes, 14, bytes.length - 14), "ARP");
    return { ...nothing, arp: parseArp(bytes, 14) };
  }
  demand(checkIpv4(bytes, 14, bytes.length - 14), "IP");
  const ip = parseIpv4Header(bytes, 14);
  const at = 34 + ip.options.length;
  const len = ip.payloadLen;
  switch (ip.protocol) {
    case IP_PROTOCOL_ICMP:
      demand(checkIcmp(bytes, at, len), "ICMP");
      return { ...nothing, ip, icmp: parseIcmp(bytes, at, len) };
    case IP_PROTOCOL_TCP: {
      demand(checkTcp(bytes, at, len) ?? checkTcpChecksum(bytes, at, len, ip.source, ip.destination), "TCP");
      const tcp = parseTcp(bytes, at, len);
      const headerLen = len - tcp.payloadLen;
      const tcpOptionsHex = formatHex(bytes, at + 20, headerLen - 20);
      return { ...nothing, ip, tcp, tcpOptionsHex, payload: bytes.slice(at + headerLen, at + len) };
    }
    case IP_PROTOCOL_UDP:
      demand(checkUdp(bytes, at, len) ?? checkUdpChecksum(bytes, at, ip.source, ip.destination), "UDP");
      return { ...nothing, ip, udp: parseUdp(bytes, at), payload: bytes.slice(at + 8, at + len) };
  }
  return { ...nothing, ip };
}

function demand(fault: string | null, layer: string): void {
  if (fault !== null) throw new Error(`the machine sent a bad ${layer} packet: ${fault}`);
}

/** A frame from hexadecimal text, padded with zeros to Ethernet's 60 bytes; white space is ignored. */
export function frameOfHex(hex: string): Uint8Array {
  const bytes = parseHex(hex.replace(/\s+/g, ""));
  const b = new Uint8Array(Math.max(60, bytes.length));
  b.set(bytes);
  return b;
}

/** Same frame as plain hexadecimal, in the form that `askHex` returns. */
export function hexOfFrame(hex: string): string {
  return formatHex(frameOfHex(hex));
}

/** The Transmission Control Protocol's header (RFC 793 section 3.1); its options are in `tcp-options.ts`. */

import { foldChecksum, getU16be, getU32be, putU16be, putU32be, sumPseudoHeader, sumWords } from "@pushback/bytes";
import type { WireFault } from "./fault.ts";
import { IP_PROTOCOL_TCP } from "./ipv4.ts";
import { checkTcpOptions, emitTcpOptions, parseTcpOptions, type TcpOptionRepr } from "./tcp-options.ts";

/** Length in bytes of a header without options. */
export const TCP_HEADER_LEN = 20;
/** Flag bit FIN: the sender has no more data. */
export const TCP_FIN = 0x01;
/** Flag bit SYN: the sequence number is the sender's initial one. */
export const TCP_SYN = 0x02;
/** Flag bit RST: the connection is reset. */
export const TCP_RST = 0x04;
/** Flag bit PSH: the data is to be delivered to the program at once. */
export const TCP_PSH = 0x08;
/** Flag bit ACK: the acknowledgment field is valid. */
export const TCP_ACK = 0x10;
/** Flag bit URG: the urgent pointer is valid. */
export const TCP_URG = 0x20;

/** A TCP header (RFC 793). `seq`, `ack` and `window` are the unsigned values on the wire; the window is not scaled. */
export interface TcpRepr {
  readonly srcPort: number;
  readonly dstPort: number;
  readonly seq: number;
  /** The acknowledgment field, also if the ACK flag is not set. */
  readonly ack: number;
  /** The low six bits of byte 13; the others are reserved. */
  readonly flags: number;
  readonly window: number;
  readonly urgent: number;
  readonly options: readonly TcpOptionRepr[];
  readonly payloadLen: number;
}

/** A header whose data offset fits into `len` bytes and whose options are well formed; `checkTcpChecksum` checks the checksum. */
export function checkTcp(b: Uint8Array, at: number, len: number): WireFault | null {
  const fault = checkTcpHeader(b, at, len);
  return fault !== null ? fault : checkTcpOptions(b, at + TCP_HEADER_LEN, at + getTcpHeaderLen(b, at));
}

/** As `checkTcp`, but without checking the options: a receiver skips malformed ones (RFC 1122 section 4.2.2.5). */
export function checkTcpHeader(b: Uint8Array, at: number, len: number): WireFault | null {
  if (len < TCP_HEADER_LEN) return "truncated";
  const headerLen = (b[at + 12] >>> 4) * 4;
  if (headerLen < TCP_HEADER_LEN) return "bad-length";
  return headerLen > len ? "truncated" : null;
}

/** Checks the checksum over the `len` bytes of header and payload, with the pseudo header. */
export function checkTcpChecksum(b: Uint8Array, at: number, len: number, source: number, destination: number): WireFault | null {
  return foldChecksum(sumWords(b, at, len, sumPseudoHeader(source, destination, IP_PROTOCOL_TCP, len))) === 0 ? null : "bad-checksum";
}

/** Field Source Port (RFC 793 section 3.1). */
export function getTcpSrcPort(b: Uint8Array, at: number): number {
  return getU16be(b, at);
}

/** Field Destination Port (RFC 793 section 3.1). */
export function getTcpDstPort(b: Uint8Array, at: number): number {
  return getU16be(b, at + 2);
}

/** Field Sequence Number, unsigned (RFC 793 section 3.1). */
export function getTcpSeq(b: Uint8Array, at: number): number {
  return getU32be(b, at + 4);
}

/** Field Acknowledgment Number, unsigned (RFC 793 section 3.1). */
export function getTcpAck(b: Uint8Array, at: number): number {
  return getU32be(b, at + 8);
}

/** Octets of the header: four times the field Data Offset (RFC 793 section 3.1). */
export function getTcpHeaderLen(b: Uint8Array, at: number): number {
  return (b[at + 12] >>> 4) * 4;
}

/** The control bits (RFC 793 section 3.1). */
export function getTcpFlags(b: Uint8Array, at: number): number {
  return b[at + 13] & 0x3f;
}

/** Field Window, unscaled (RFC 793 section 3.1). */
export function getTcpWindow(b: Uint8Array, at: number): number {
  return getU16be(b, at + 14);
}

/** Field Checksum (RFC 793 section 3.1), as it was sent. */
export function getTcpChecksum(b: Uint8Array, at: number): number {
  return getU16be(b, at + 16);
}

/** Field Urgent Pointer (RFC 793 section 3.1). */
export function getTcpUrgent(b: Uint8Array, at: number): number {
  return getU16be(b, at + 18);
}

/** Assumes that `checkTcp` returned `null` for the same range. */
export function parseTcp(b: Uint8Array, at: number, len: number): TcpRepr {
  const headerLen = getTcpHeaderLen(b, at);
  return {
    srcPort: getTcpSrcPort(b, at),
    dstPort: getTcpDstPort(b, at),
    seq: getTcpSeq(b, at),
    ack: getTcpAck(b, at),
    flags: getTcpFlags(b, at),
    window: getTcpWindow(b, at),
    urgent: getTcpUrgent(b, at),
    options: parseTcpOptions(b, at + TCP_HEADER_LEN, at + headerLen),
    payloadLen: len - headerLen,
  };
}

/** Offset of the payload that belongs to a segment with these options: write it there, then emit. */
export function getTcpPayloadAt(at: number, optionsLen: number): number {
  return at + TCP_HEADER_LEN + ((optionsLen + 3) & ~3);
}

/** Writes header and options around a payload that is in place already, with the checksum; returns the offset of the payload. */
export function emitTcp(repr: TcpRepr, b: Uint8Array, at: number, source: number, destination: number): number {
  const payloadAt = emitTcpOptions(repr.options, b, at + TCP_HEADER_LEN);
  putTcpHeader(b, at, repr.srcPort, repr.dstPort, repr.seq, repr.ack, payloadAt - at, repr.flags, repr.window, repr.urgent);
  putTcpChecksum(b, at, payloadAt - at + repr.payloadLen, source, destination);
  return payloadAt;
}

/** Writes the 20 fixed bytes, checksum zero; `headerLen` counts the options. */
export function putTcpHeader(
  b: Uint8Array,
  at: number,
  srcPort: number,
  dstPort: number,
  seq: number,
  ack: number,
  headerLen: number,
  flags: number,
  window: number,
  urgent: number,
): void {
  putU16be(b, at, srcPort);
  putU16be(b, at + 2, dstPort);
  putU32be(b, at + 4, seq);
  putU32be(b, at + 8, ack);
  b[at + 12] = headerLen << 2;
  b[at + 13] = flags;
  putU16be(b, at + 14, window);
  putU16be(b, at + 16, 0);
  putU16be(b, at + 18, urgent);
}

/** Writes the checksum of a segment of `len` bytes whose other bytes are in place. */
export function putTcpChecksum(b: Uint8Array, at: number, len: number, source: number, destination: number): void {
  putU16be(b, at + 16, 0);
  putU16be(b, at + 16, foldChecksum(sumWords(b, at, len, sumPseudoHeader(source, destination, IP_PROTOCOL_TCP, len))));
}

/** ARP for IPv4 on Ethernet (RFC 826). */

import { getU16be, getU32be, putU16be, putU32be } from "@pushback/bytes";
import { getMac, putMac } from "./ethernet.ts";
import type { WireFault } from "./fault.ts";

/** Length in bytes of an ARP message for Ethernet and IPv4, without the Ethernet header. */
export const ARP_LEN = 28;
/** Operation of a request: asks for the hardware address of the target. */
export const ARP_REQUEST = 1;
/** Operation of a reply: tells the sender's hardware address. */
export const ARP_REPLY = 2;
/** Offsets of fields; the hardware type is at 0. */
const PROTOCOL_TYPE_AT = 2;
const HARDWARE_SIZE_AT = 4;
const PROTOCOL_SIZE_AT = 5;
const OPERATION_AT = 6;
const SENDER_MAC_AT = 8;
const SENDER_ADDRESS_AT = 14;
const TARGET_MAC_AT = 18;
const TARGET_ADDRESS_AT = 24;

/** An ARP message for Ethernet and IPv4 (RFC 826). Addresses are unsigned 32-bit integers in host order. */
export interface ArpRepr {
  /** ARP_REQUEST or ARP_REPLY. */
  readonly operation: number;
  /** MACs are 48-bit integers. */
  readonly senderMac: number;
  readonly senderAddress: number;
  readonly targetMac: number;
  readonly targetAddress: number;
}

/** Hardware type 1 (Ethernet) or 6 (IEEE 802, RFC 1042), protocol 0x0800, lengths 6 and 4; any operation is accepted. */
export function checkArp(b: Uint8Array, at: number, len: number): WireFault | null {
  if (len < 8) return "truncated";
  const hardware = getU16be(b, at);
  if ((hardware !== 1 && hardware !== 6) || getU16be(b, at + PROTOCOL_TYPE_AT) !== 0x0800) return "unsupported";
  if (b[at + HARDWARE_SIZE_AT] !== 6 || b[at + PROTOCOL_SIZE_AT] !== 4) return "bad-length";
  return len < ARP_LEN ? "truncated" : null;
}

/** Field ar$op (RFC 826): 1 is a request, 2 a reply. */
export function getArpOperation(b: Uint8Array, at: number): number {
  return getU16be(b, at + OPERATION_AT);
}

/** Field ar$sha (RFC 826), as a number of 48 bits. */
export function getArpSenderMac(b: Uint8Array, at: number): number {
  return getMac(b, at + SENDER_MAC_AT);
}

/** Field ar$spa (RFC 826), as a number of 32 bits. */
export function getArpSenderAddress(b: Uint8Array, at: number): number {
  return getU32be(b, at + SENDER_ADDRESS_AT);
}

/** Field ar$tha (RFC 826), as a number of 48 bits. */
export function getArpTargetMac(b: Uint8Array, at: number): number {
  return getMac(b, at + TARGET_MAC_AT);
}

/** Field ar$tpa (RFC 826), as a number of 32 bits. */
export function getArpTargetAddress(b: Uint8Array, at: number): number {
  return getU32be(b, at + TARGET_ADDRESS_AT);
}

/** The packet at `at` as a record; its 28 octets must be there, as `checkArp` shows. */
export function parseArp(b: Uint8Array, at: number): ArpRepr {
  return {
    operation: getArpOperation(b, at),
    senderMac: getArpSenderMac(b, at),
    senderAddress: getArpSenderAddress(b, at),
    targetMac: getArpTargetMac(b, at),
    targetAddress: getArpTargetAddress(b, at),
  };
}

/** Writes 28 bytes with hardware type 1 and returns the offset after them. */
export function emitArp(repr: ArpRepr, b: Uint8Array, at: number): number {
  putU16be(b, at, 1);
  putU16be(b, at + PROTOCOL_TYPE_AT, 0x0800);
  b[at + HARDWARE_SIZE_AT] = 6;
  b[at + PROTOCOL_SIZE_AT] = 4;
  putU16be(b, at + OPERATION_AT, repr.operation);
  putMac(b, at + SENDER_MAC_AT, repr.senderMac);
  putU32be(b, at + SENDER_ADDRESS_AT, repr.senderAddress);
  putMac(b, at + TARGET_MAC_AT, repr.targetMac);
  putU32be(b, at + TARGET_ADDRESS_AT, repr.targetAddress);
  return at + ARP_LEN;
}

/**
 * The common header of connection-oriented DCE/RPC PDUs (C706 section 12.6) and the authentication trailer at their end.
 * After `checkPdu` returned `null` no accessor of this file can fail or read outside the PDU.
 */

import { getU16be, getU16le, getU32be, getU32le, putU16le, putU32le } from "@pushback/bytes";

/** Types of connection-oriented PDUs (C706 section 12.6). */
export const PTYPE = {
  REQUEST: 0x00,
  RESPONSE: 0x02,
  FAULT: 0x03,
  BIND: 0x0b,
  BIND_ACK: 0x0c,
  BIND_NAK: 0x0d,
  ALTER_CONTEXT: 0x0e,
  ALTER_CONTEXT_RESP: 0x0f,
  AUTH3: 0x10,
  SHUTDOWN: 0x11,
  CO_CANCEL: 0x12,
  ORPHANED: 0x13,
} as const;

/** Flag of the first fragment of a call; a PDU that is not fragmented has both flags. */
export const PFC_FIRST_FRAG = 0x01;
/** Flag of the last fragment of a call. */
export const PFC_LAST_FRAG = 0x02;
/** Flag of a fault: the call was not executed. */
export const PFC_DID_NOT_EXECUTE = 0x20;
/** Flag of a request: an object UUID stands before the stub. */
export const PFC_OBJECT_UUID = 0x80;

/** Length of the common header of all PDUs. */
export const PDU_HEADER_BYTES = 16;
/** The security trailer before the verifier: type, level, pad length, reserved, context id. */
export const SEC_TRAILER_BYTES = 8;

/** The smallest fragment that every implementation must be able to receive (C706 section 12.6.3.1). */
export const MUST_RECV_FRAG_BYTES = 1432;

/** Faults of a PDU. */
export type PduFault = "truncated" | "bad-version" | "bad-drep" | "unknown-type" | "bad-frag-length" | "bad-auth-length";

/** Fixed bytes after the common header, by packet type; a type that is not here is unknown. */
const BODY_BYTES: Readonly<Record<number, number>> = {
  [PTYPE.REQUEST]: 8,
  [PTYPE.RESPONSE]: 8,
  [PTYPE.FAULT]: 12,
  [PTYPE.BIND]: 12,
  [PTYPE.BIND_ACK]: 10,
  [PTYPE.BIND_NAK]: 2,
  [PTYPE.ALTER_CONTEXT]: 12,
  [PTYPE.ALTER_CONTEXT_RESP]: 10,
  [PTYPE.AUTH3]: 0,
  [PTYPE.SHUTDOWN]: 0,
  [PTYPE.CO_CANCEL]: 0,
  [PTYPE.ORPHANED]: 0,
};

/** Checks the common header alone, of which 16 bytes must be there; `frag_length` may be more than what has arrived. */
export function checkPduHeader(b: Uint8Array, at: number): PduFault | null {
  if (b[at] !== 5 || b[at + 1] > 1) return "bad-version";
  if (b[at + 4] >> 4 > 1) return "bad-drep";
  let body = BODY_BYTES[b[at + 2]];
  if (body === undefined) return "unknown-type";
  if (b[at + 2] === PTYPE.REQUEST && b[at + 3] & PFC_OBJECT_UUID) body += 16;
  const fragLength = pduFragLength(b, at);
  if (fragLength < PDU_HEADER_BYTES + body) return "bad-frag-length";
  const authLength = pduAuthLength(b, at);
  if (authLength && PDU_HEADER_BYTES + body + SEC_TRAILER_BYTES + authLength > fragLength) return "bad-auth-length";
  return null;
}

/** Checks a PDU of which `len` bytes are there: header, lengths, and the pad length of its security trailer. */
export function checkPdu(b: Uint8Array, at: number, len: number): PduFault | null {
  if (len < PDU_HEADER_BYTES) return "truncated";
  const fault = checkPduHeader(b, at);
  if (fault) return fault;
  const fragLength = pduFragLength(b, at);
  if (fragLength > len) return "truncated";
  const authLength = pduAuthLength(b, at);
  if (authLength) {
    const trailer = fragLength - authLength - SEC_TRAILER_BYTES;
    if (trailer - b[at + trailer + 2] < PDU_HEADER_BYTES + bodyBytes(b, at)) return "bad-auth-length";
  }
  return null;
}

function bodyBytes(b: Uint8Array, at: number): number {
  return BODY_BYTES[b[at + 2]] + (b[at + 2] === PTYPE.REQUEST && b[at + 3] & PFC_OBJECT_UUID ? 16 : 0);
}

/** Field PTYPE of the PDU at `at`. The octets must be there, as `checkPdu` shows. */
export function pduType(b: Uint8Array, at: number): number {
  return b[at + 2];
}

/** Field pfc_flags of the PDU at `at`. */
export function pduFlags(b: Uint8Array, at: number): number {
  return b[at + 3];
}

/** Whether the sender's integers are little-endian (data representation label, first octet). */
export function isLittleEndian(b: Uint8Array, at: number): boolean {
  return b[at + 4] >> 4 === 1;
}

/** Field frag_length of the PDU at `at`: octets of the whole PDU. */
export function pduFragLength(b: Uint8Array, at: number): number {
  return isLittleEndian(b, at) ? getU16le(b, at + 8) : getU16be(b, at + 8);
}

/** Field auth_length of the PDU at `at`: octets of the credentials. */
export function pduAuthLength(b: Uint8Array, at: number): number {
  return isLittleEndian(b, at) ? getU16le(b, at + 10) : getU16be(b, at + 10);
}

/** Field call_id of the PDU at `at`. */
export function pduCallId(b: Uint8Array, at: number): number {
  return isLittleEndian(b, at) ? getU32le(b, at + 12) : getU32be(b, at + 12);
}

/** Field alloc_hint of the request, response or fault PDU at `at`: the sender's hint of the stub's size; in a fragment, the stub bytes still to come. */
export function callAllocHint(b: Uint8Array, at: number): number {
  return isLittleEndian(b, at) ? getU32le(b, at + 16) : getU32be(b, at + 16);
}

/** Field p_cont_id of the request, response or fault PDU at `at`: the presentation context. */
export function callContextId(b: Uint8Array, at: number): number {
  return isLittleEndian(b, at) ? getU16le(b, at + 20) : getU16be(b, at + 20);
}

/** Field opnum of the request PDU at `at`. */
export function requestOpnum(b: Uint8Array, at: number): number {
  return isLittleEndian(b, at) ? getU16le(b, at + 22) : getU16be(b, at + 22);
}

/** Field status of the fault PDU at `at`. */
export function faultStatus(b: Uint8Array, at: number): number {
  return isLittleEndian(b, at) ? getU32le(b, at + 24) : getU32be(b, at + 24);
}

/** Offset of the stub from the start of the request or response PDU at `at`, in bytes. */
export function stubOffset(b: Uint8Array, at: number): number {
  return PDU_HEADER_BYTES + bodyBytes(b, at);
}

/** Number of stub bytes in the request or response PDU at `at`, without authentication padding. */
export function stubLength(b: Uint8Array, at: number): number {
  return bodyEnd(b, at) - stubOffset(b, at);
}

/** Offset from the start of the PDU at `at` to the end of its body, which is where authentication padding and trailer begin. */
export function bodyEnd(b: Uint8Array, at: number): number {
  const authLength = pduAuthLength(b, at);
  const fragLength = pduFragLength(b, at);
  if (!authLength) return fragLength;
  const trailer = fragLength - authLength - SEC_TRAILER_BYTES;
  return trailer - b[at + trailer + 2];
}

/** Writes the 16 bytes of a little-endian common header. */
export function emitPduHeader(
  b: Uint8Array,
  at: number,
  ptype: number,
  flags: number,
  fragLength: number,
  authLength: number,
  callId: number,
): void {
  b[at] = 5;
  b[at + 1] = 0;
  b[at + 2] = ptype;
  b[at + 3] = flags;
  b[at + 4] = 0x10;
  b[at + 5] = 0;
  b[at + 6] = 0;
  b[at + 7] = 0;
  putU16le(b, at + 8, fragLength);
  putU16le(b, at + 10, authLength);
  putU32le(b, at + 12, callId);
}

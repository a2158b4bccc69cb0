/**
 * Answers of a NetBIOS name server, WINS, for the names of the lab (RFC 1002 section 4.2): queries are answered, registrations and releases
 * accepted. Input from the network is bounded and never throws.
 */

import { getU16be, putU16be, putU32be } from "@pushback/bytes";
import type { NameAnswer } from "./dns-answer.ts";
import { addressOfName, type NameTable } from "./name-table.ts";

const HEADER_BYTES = 12;
/** A name of 16 octets in its encoded form: a length, 32 letters, and no scope (RFC 1001 section 14.1). */
const NAME_BYTES = 34;
const QUESTION_END = HEADER_BYTES + NAME_BYTES + 4;
const TYPE_NB = 0x0020;
const TYPE_NULL = 0x000a;
const CLASS_IN = 1;
/** OPCODE (RFC 1002 section 4.2.1.1). */
const OP = { QUERY: 0, REGISTRATION: 5, RELEASE: 6, REFRESH: 8, REFRESH_OTHER: 9 } as const;
const NAME_ERROR = 3;
/** Seconds. */
const TTL_SECONDS = 300_000;
/** NB_FLAGS and NB_ADDRESS. */
const RDATA_BYTES = 6;

/** The first 15 octets of a NetBIOS name without trailing blanks; `null` if there is no first-level encoded name, or if it has a scope. */
function nameAt(b: Uint8Array, at: number): string | null {
  if (b[at] !== 32 || b[at + 33] !== 0) return null;
  let name = "";
  for (let i = 0; i < 15; i++) {
    const [high, low] = [b[at + 1 + 2 * i] - 0x41, b[at + 2 + 2 * i] - 0x41];
    if (high < 0 || high > 15 || low < 0 || low > 15) return null;
    name += String.fromCharCode(high * 16 + low);
  }
  return name.trimEnd();
}

/** A response of one resource record: the question's name, then type, class, time to live and data. */
function response(request: Uint8Array, flags: number, type: number, data: Uint8Array): Uint8Array {
  const b = new Uint8Array(HEADER_BYTES + NAME_BYTES + 10 + data.length);
  b.set(request.subarray(0, 2));
  putU16be(b, 2, flags);
  putU16be(b, 6, type === TYPE_NULL ? 0 : 1);
  b.set(request.subarray(HEADER_BYTES, HEADER_BYTES + NAME_BYTES), HEADER_BYTES);
  const at = HEADER_BYTES + NAME_BYTES;
  putU16be(b, at, type);
  putU16be(b, at + 2, CLASS_IN);
  putU32be(b, at + 4, type === TYPE_NULL ? 0 : TTL_SECONDS);
  putU16be(b, at + 8, data.length);
  b.set(data, at + 10);
  return b;
}

/** NB_FLAGS and NB_ADDRESS of a registration or release: its additional record names the question by a pointer, or again. */
function registered(b: Uint8Array): Uint8Array | null {
  const name = b[QUESTION_END] === 32 ? NAME_BYTES : 2;
  const at = QUESTION_END + name + 10;
  return at + RDATA_BYTES <= b.length && getU16be(b, at - 2) === RDATA_BYTES ? b.subarray(at, at + RDATA_BYTES) : null;
}

/**
 * The response to a name service request; `null` if none is sent: the bytes are no request, or it is a broadcast other than a query for a known name,
 * which a name server leaves to the nodes (RFC 1002 section 5.1.4).
 */
export function answerNetbios(request: Uint8Array, names: NameTable, isBroadcast: boolean): NameAnswer | null {
  if (request.length < QUESTION_END || request[2] & 0x80 || getU16be(request, 4) !== 1) return null;
  const name = nameAt(request, HEADER_BYTES);
  if (name === null || getU16be(request, QUESTION_END - 4) !== TYPE_NB) return null;
  const opcode = (request[2] >> 3) & 0x0f;
  if (opcode === OP.QUERY) {
    const address = addressOfName(names, name);
    if (address === null) {
      if (isBroadcast) return null;
      // Negative: R, AA, RD, RA, NAM_ERR (RFC 1002 section 4.2.14).
      return { name, known: false, bytes: response(request, 0x8580 | NAME_ERROR, TYPE_NULL, new Uint8Array(0)) };
    }
    const data = new Uint8Array(RDATA_BYTES);
    putU32be(data, 2, address);
    // R, AA, RD, RA (RFC 1002 section 4.2.13).
    return { name, known: true, bytes: response(request, 0x8580, TYPE_NB, data) };
  }
  const data = isBroadcast ? null : registered(request);
  if (data === null) return null;
  if (opcode === OP.RELEASE) return { name, known: true, bytes: response(request, 0xb400, TYPE_NB, data) };
  const registers: readonly number[] = [OP.REGISTRATION, OP.REFRESH, OP.REFRESH_OTHER];
  return registers.includes(opcode) ? { name, known: true, bytes: response(request, 0xad80, TYPE_NB, data) } : null;
}

/** Answers of a DNS server for the names of the lab (RFC 1035): addresses alone. Input from the network is bounded and never throws. */

import { getU16be, putU16be, putU32be } from "@pushback/bytes";
import { addressOfName, type NameTable } from "./name-table.ts";

const HEADER_BYTES = 12;
const TYPE_A = 1;
const TYPE_ANY = 255;
const CLASS_IN = 1;
const NAME_ERROR = 3;
const NOT_IMPLEMENTED = 4;
/** Seconds: short, so that a change is seen soon. */
const TTL_SECONDS = 60;

/** The queried name, whether the lab knows it, and the response. */
export interface NameAnswer {
  readonly name: string;
  readonly known: boolean;
  readonly bytes: Uint8Array;
}

/** The labels of the question and where it ends; `null` if it is cut off or compressed. */
function questionName(b: Uint8Array): { readonly name: string; readonly end: number } | null {
  const labels: string[] = [];
  let at = HEADER_BYTES;
  for (;;) {
    const len = b[at];
    if (len === undefined || len > 63 || at + 1 + len > b.length) return null;
    if (len === 0) return { name: labels.join("."), end: at + 1 };
    labels.push(String.fromCharCode(...b.subarray(at + 1, at + 1 + len)));
    at += 1 + len;
  }
}

/** The response to a query; `null` if the bytes are no query with exactly one question. */
export function answerDns(query: Uint8Array, names: NameTable): NameAnswer | null {
  if (query.length < HEADER_BYTES || query[2] & 0x80 || getU16be(query, 4) !== 1) return null;
  const question = questionName(query);
  if (!question || question.end + 4 > query.length) return null;
  const { name, end } = question;
  const [type, qclass] = [getU16be(query, end), getU16be(query, end + 2)];
  const isQuery = (query[2] & 0x78) === 0;
  const address = isQuery && qclass === CLASS_IN ? addressOfName(names, name) : null;
  const hasAnswer = address !== null && (type === TYPE_A || type === TYPE_ANY);
  const bytes = new Uint8Array(end + 4 + (hasAnswer ? 16 : 0));
  bytes.set(query.subarray(0, end + 4));
  // QR and AA; recursion is desired as in the query, and available.
  bytes[2] = 0x84 | (query[2] & 0x79);
  bytes[3] = 0x80 | (isQuery ? (address === null ? NAME_ERROR : 0) : NOT_IMPLEMENTED);
  putU16be(bytes, 6, hasAnswer ? 1 : 0);
  putU32be(bytes, 8, 0);
  if (hasAnswer) {
    // The name is the question's (RFC 1035 section 4.1.4).
    putU16be(bytes, end + 4, 0xc000 | HEADER_BYTES);
    putU16be(bytes, end + 6, TYPE_A);
    putU16be(bytes, end + 8, CLASS_IN);
    putU32be(bytes, end + 10, TTL_SECONDS);
    putU16be(bytes, end + 14, 4);
    putU32be(bytes, end + 16, address);
  }
  return { name, known: address !== null, bytes };
}

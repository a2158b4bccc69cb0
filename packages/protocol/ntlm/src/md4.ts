/** MD4 (RFC 1320): insecure, but NTLM hashes passwords with it. No maintained library provides it without Node. */

import { getU32le, putU32le } from "@pushback/bytes";

const BLOCK_BYTES = 64;

/** Word order and shifts of the three rounds (RFC 1320 section 3.4). */
const ROUNDS = [
  { add: 0, order: [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15], shifts: [3, 7, 11, 19] },
  { add: 0x5a827999, order: [0, 4, 8, 12, 1, 5, 9, 13, 2, 6, 10, 14, 3, 7, 11, 15], shifts: [3, 5, 9, 13] },
  { add: 0x6ed9eba1, order: [0, 8, 4, 12, 2, 10, 6, 14, 1, 9, 5, 13, 3, 11, 7, 15], shifts: [3, 9, 11, 15] },
] as const;

function mix(round: number, x: number, y: number, z: number): number {
  if (round === 0) return (x & y) | (~x & z);
  return round === 1 ? (x & y) | (x & z) | (y & z) : x ^ y ^ z;
}

function rotateLeft(x: number, by: number): number {
  return (x << by) | (x >>> (32 - by));
}

/** The message with a one bit, zeros, and its length in bits. */
function padded(message: Uint8Array): Uint8Array {
  const b = new Uint8Array(Math.ceil((message.length + 9) / BLOCK_BYTES) * BLOCK_BYTES);
  b.set(message);
  b[message.length] = 0x80;
  putU32le(b, b.length - 8, message.length << 3);
  putU32le(b, b.length - 4, Math.floor(message.length / 0x20000000));
  return b;
}

/** Sixteen bytes. */
export function md4(message: Uint8Array): Uint8Array {
  const b = padded(message);
  let state = [0x67452301, 0xefcdab89, 0x98badcfe, 0x10325476];
  for (let at = 0; at < b.length; at += BLOCK_BYTES) {
    const before = state;
    for (const [round, { add, order, shifts }] of ROUNDS.entries()) {
      for (const [i, word] of order.entries()) {
        const [p, q, r, s] = state;
        const sum = (p + mix(round, q, r, s) + getU32le(b, at + 4 * word) + add) | 0;
        state = [s, rotateLeft(sum, shifts[i % 4]), q, r];
      }
    }
    state = state.map((word, i) => (word + before[i]) | 0);
  }
  const digest = new Uint8Array(16);
  for (const [i, word] of state.entries()) putU32le(digest, 4 * i, word);
  return digest;
}

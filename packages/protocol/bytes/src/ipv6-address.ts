/** IPv6 addresses: 16 bytes as text (RFC 5952), and a numbering that lets code keep one integer per address. */

import { formatIpv4 } from "./address.ts";
import { getU16be, getU32be } from "./load-store.ts";

/** Length of an IPv6 address in bytes. */
export const IPV6_ADDRESS_LEN = 16;

/** RFC 5952 text of the 16 bytes at `at`: lower case, the longest run of zero groups as `::`. */
export function formatIpv6(b: Uint8Array, at = 0): string {
  const groups = Array.from({ length: 8 }, (_, i) => getU16be(b, at + 2 * i));
  let bestAt = -1;
  let bestLen = 1;
  for (let i = 0; i < 8; i++) {
    let len = 0;
    while (i + len < 8 && groups[i + len] === 0) len++;
    if (len > bestLen) {
      bestAt = i;
      bestLen = len;
    }
    if (len > 0) i += len - 1;
  }
  const text = (from: number, to: number) =>
    groups
      .slice(from, to)
      .map((group) => group.toString(16))
      .join(":");
  if (bestAt === 0 && bestLen === 5 && groups[5] === 0xffff) return `::ffff:${formatIpv4(getU32be(b, at + 12))}`;
  return bestAt < 0 ? text(0, 8) : `${text(0, bestAt)}::${text(bestAt + bestLen, 8)}`;
}

/** The 16 bytes of an IPv6 address in any form of RFC 4291 section 2.2, without a zone; `null` for anything else. */
export function parseIpv6(text: string): Uint8Array | null {
  let plain = text;
  const dotted = /^(.*:)(\d+)\.(\d+)\.(\d+)\.(\d+)$/.exec(text);
  if (dotted) {
    const octets = dotted.slice(2).map(Number);
    if (octets.some((octet) => octet > 255)) return null;
    plain = `${dotted[1]}${((octets[0] << 8) | octets[1]).toString(16)}:${((octets[2] << 8) | octets[3]).toString(16)}`;
  }
  const halves = plain.split("::");
  if (halves.length > 2) return null;
  const groupsOf = (half: string) => (half === "" ? [] : half.split(":"));
  const head = groupsOf(halves[0]);
  const tail = halves.length === 2 ? groupsOf(halves[1]) : [];
  const missing = 8 - head.length - tail.length;
  if (halves.length === 2 ? missing < 1 : missing !== 0) return null;
  const groups = [...head, ...Array.from({ length: missing }, () => "0"), ...tail];
  if (!groups.every((group) => /^[0-9a-f]{1,4}$/i.test(group))) return null;
  return Uint8Array.from(groups.flatMap((group) => [Number.parseInt(group, 16) >> 8, Number.parseInt(group, 16) & 255]));
}

/** Numbers of IPv6 addresses begin here; an IPv4 address is its own number, below this. */
export const FIRST_IPV6_NUMBER = 2 ** 32;

/**
 * Numbers for addresses of both versions: an IPv4 address stays the unsigned 32-bit integer that it is, and each IPv6 address gets the
 * next integer from 2^32 on. At most `max` IPv6 addresses are kept.
 */
export class AddressNumbers {
  readonly #max: number;
  readonly #mask: number;
  /** Index + 1 by hash, open addressing; 0 is empty. */
  readonly #slots: Int32Array;
  /** Four 32-bit words per address. */
  #words = new Uint32Array(4 * 64);
  #count = 0;
  /** Index of the address that was looked up before: packets of one machine follow each other. */
  #latest = 0;
  /** Look-ups of addresses for which there was no room. */
  dropped = 0;

  constructor(max: number) {
    this.#max = max;
    const slots = 2 ** Math.ceil(Math.log2(max * 2));
    this.#mask = slots - 1;
    this.#slots = new Int32Array(slots);
  }

  /** The number of the IPv6 address at `at`; -1 if there is no room for a new one. */
  ofIpv6(b: Uint8Array, at: number): number {
    const w0 = getU32be(b, at);
    const w1 = getU32be(b, at + 4);
    const w2 = getU32be(b, at + 8);
    const w3 = getU32be(b, at + 12);
    const words = this.#words;
    const before = this.#latest * 4;
    if (words[before + 3] === w3 && words[before + 2] === w2 && words[before + 1] === w1 && words[before] === w0 && this.#count > 0)
      return FIRST_IPV6_NUMBER + this.#latest;
    let hash = Math.imul(w0 ^ Math.imul(w1, 0x9e3779b1), 0x85ebca6b) ^ Math.imul(w2 ^ Math.imul(w3, 0xc2b2ae35), 0x27d4eb2f);
    hash = Math.imul(hash ^ (hash >>> 15), 0x2c1b3c6d);
    const slots = this.#slots;
    for (let slot = (hash ^ (hash >>> 13)) & this.#mask; ; slot = (slot + 1) & this.#mask) {
      const index = slots[slot] - 1;
      if (index < 0) return this.#add(slot, w0, w1, w2, w3);
      const i = index * 4;
      if (words[i + 3] === w3 && words[i + 2] === w2 && words[i + 1] === w1 && words[i] === w0) {
        this.#latest = index;
        return FIRST_IPV6_NUMBER + index;
      }
    }
  }

  #add(slot: number, w0: number, w1: number, w2: number, w3: number): number {
    if (this.#count === this.#max) {
      this.dropped++;
      return -1;
    }
    const index = this.#count++;
    if (index * 4 === this.#words.length) {
      const grown = new Uint32Array(this.#words.length * 2);
      grown.set(this.#words);
      this.#words = grown;
    }
    this.#words.set([w0, w1, w2, w3], index * 4);
    this.#slots[slot] = index + 1;
    return FIRST_IPV6_NUMBER + index;
  }

  /** The address as text; "" for a number that was never given. */
  format(number: number): string {
    if (number < FIRST_IPV6_NUMBER) return number < 0 ? "" : formatIpv4(number);
    const index = number - FIRST_IPV6_NUMBER;
    if (index >= this.#count) return "";
    const bytes = new Uint8Array(IPV6_ADDRESS_LEN);
    const view = new DataView(bytes.buffer);
    for (let i = 0; i < 4; i++) view.setUint32(4 * i, this.#words[4 * index + i]);
    return formatIpv6(bytes);
  }

  /** Whether the number stands for a multicast or broadcast address, or an IPv4 address that ends in .255 as subnet broadcasts mostly do. */
  isGroup(number: number): boolean {
    if (number < FIRST_IPV6_NUMBER) return number >>> 28 === 14 || (number & 255) === 255;
    return this.#words[4 * (number - FIRST_IPV6_NUMBER)] >>> 24 === 255;
  }
}

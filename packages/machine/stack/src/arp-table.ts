/**
 * ARP entries of all stacks that share one memory, in one flat table: each entry is a few adjacent numbers. A map of objects per stack
 * would cost four dependent loads for every datagram sent, and in a fleet each load is a cache miss (docs/FLEET-PROFILE.md).
 *
 * The key of an entry is its owner (a number that a stack holds while it runs) and the neighbour's IPv4 address. A "place" is the index of an
 * entry in the table; it is valid until the next entry is added or removed.
 */

import { putU16be, putU32be } from "@pushback/bytes";

/** An entry is 32 bytes: four integers (owner, address, the hardware address's first two bytes and its last four), two times (heard, used). */
const WORDS = 8;
const TIMES = 4;
const EMPTY = -1;
const FIRST_CAPACITY = 256;

/** Stands in place of a hardware address: a request was sent and is unanswered. */
export const MAC_ASKED = -1;
/** Stands in place of a hardware address: the mapping was dropped, but its place in the table stays reserved for the next one. */
export const MAC_FORGOTTEN = -2;

function makeWords(entries: number): Int32Array<ArrayBuffer> {
  return new Int32Array(entries * WORDS).fill(EMPTY);
}

/** The ARP entries of all stacks that share one memory. See the head of this file for keys and places. */
export class ArpTable {
  #capacity = FIRST_CAPACITY;
  #size = 0;
  #words = makeWords(FIRST_CAPACITY);
  #times = new Float64Array(this.#words.buffer);
  #ownersMade = 0;
  readonly #freeOwners: number[] = [];

  /** Number of entries, all owners together. */
  get size(): number {
    return this.#size;
  }

  /** Allocates an owner number for a stack that starts. */
  takeOwner(): number {
    return this.#freeOwners.pop() ?? this.#ownersMade++;
  }

  /** Frees an owner number for reuse by another stack. The owner's entries must have been removed. */
  freeOwner(owner: number): void {
    this.#freeOwners.push(owner);
  }

  /**
   * Place of the entry, or the empty place where it belongs. The hash covers owner and address: stacks share neighbours, and one stack has many.
   */
  #placeOf(owner: number, address: number): number {
    const words = this.#words;
    const hash = Math.imul(address ^ Math.imul(owner, 0x9e3779b1), 0x85ebca6b);
    const mask = this.#capacity - 1;
    let i = (hash ^ (hash >>> 15)) & mask;
    while (words[i * WORDS] !== EMPTY && !(words[i * WORDS + 1] === (address | 0) && words[i * WORDS] === owner)) i = (i + 1) & mask;
    return i;
  }

  /**
   * Place of the entry; -1 if there is none, or if `owner` is negative. `hint` may be any place; if it is the entry's place, no search is needed.
   */
  find(owner: number, address: number, hint: number): number {
    if (owner < 0) return -1;
    const words = this.#words;
    if (words[hint * WORDS + 1] === (address | 0) && words[hint * WORDS] === owner) return hint;
    const place = this.#placeOf(owner, address);
    return words[place * WORDS] === EMPTY ? -1 : place;
  }

  /** Adds an entry, marked heard and used at `nowUs` (microseconds), and returns its place. The key must be new. `mac` is 48 bits, or MAC_ASKED. */
  add(owner: number, address: number, mac: number, nowUs: number): number {
    if (this.#size * 2 >= this.#capacity) this.#grow();
    this.#size++;
    const place = this.#placeOf(owner, address);
    this.#words[place * WORDS] = owner;
    this.#words[place * WORDS + 1] = address;
    this.set(place, mac, nowUs, nowUs);
    return place;
  }

  /** Sets all values of the entry at `place`. */
  set(place: number, mac: number, heardAtUs: number, usedAtUs: number): void {
    this.setMac(place, mac);
    this.#times[place * TIMES + 2] = heardAtUs;
    this.#times[place * TIMES + 3] = usedAtUs;
  }

  /** MAC_ASKED, MAC_FORGOTTEN, or a value of 0 or more if the entry holds a hardware address. */
  state(place: number): number {
    return this.#words[place * WORDS + 2];
  }

  /** Hardware address of the entry, 48 bits; `state` must be 0 or more. */
  mac(place: number): number {
    return this.#words[place * WORDS + 2] * 2 ** 32 + (this.#words[place * WORDS + 3] >>> 0);
  }

  /** Writes the six bytes of the entry's hardware address; `state` must be 0 or more. */
  putMac(place: number, b: Uint8Array, at: number): void {
    putU16be(b, at, this.#words[place * WORDS + 2]);
    putU32be(b, at + 2, this.#words[place * WORDS + 3]);
  }

  /** Sets the entry's hardware address (48 bits), or MAC_ASKED or MAC_FORGOTTEN in its place. */
  setMac(place: number, mac: number): void {
    this.#words[place * WORDS + 2] = mac < 0 ? mac : Math.floor(mac / 2 ** 32);
    this.#words[place * WORDS + 3] = mac;
  }

  /** Time at which the mapping was last heard, in microseconds. */
  heardAtUs(place: number): number {
    return this.#times[place * TIMES + 2];
  }

  /** Sets the time at which the mapping was last heard, in microseconds. */
  setHeardAtUs(place: number, us: number): void {
    this.#times[place * TIMES + 2] = us;
  }

  /** Time at which the mapping was last used to send, in microseconds. */
  usedAtUs(place: number): number {
    return this.#times[place * TIMES + 3];
  }

  /** Sets the time at which the mapping was last used to send, in microseconds. */
  setUsedAtUs(place: number, us: number): void {
    this.#times[place * TIMES + 3] = us;
  }

  /** Removes an entry; it must exist. */
  remove(owner: number, address: number): void {
    const words = this.#words;
    const mask = this.#capacity - 1;
    const hole = this.#placeOf(owner, address);
    this.#size--;
    words[hole * WORDS] = EMPTY;
    // Open addressing: the entries that this one displaced move up, so that a search may end at the first empty place.
    for (let next = (hole + 1) & mask; words[next * WORDS] !== EMPTY; next = (next + 1) & mask) {
      const nextOwner = words[next * WORDS];
      words[next * WORDS] = EMPTY;
      const wanted = this.#placeOf(nextOwner, words[next * WORDS + 1]);
      words[next * WORDS] = nextOwner;
      if (wanted === next) continue;
      words.copyWithin(wanted * WORDS, next * WORDS, (next + 1) * WORDS);
      words[next * WORDS] = EMPTY;
    }
  }

  #grow(): void {
    const old = this.#words;
    this.#capacity *= 2;
    this.#words = makeWords(this.#capacity);
    this.#times = new Float64Array(this.#words.buffer);
    for (let at = 0; at < old.length; at += WORDS) {
      if (old[at] !== EMPTY) this.#words.set(old.subarray(at, at + WORDS), this.#placeOf(old[at], old[at + 1]) * WORDS);
    }
  }
}

/**
 * What all stacks of this thread know of their neighbours: one flat table, in which an entry is four numbers side by side. A map of objects for
 * each stack would be four places in memory for every datagram sent, and in a fleet each of them is a cache miss.
 *
 * An entry is found by its owner (a number that a stack has while it runs) and the neighbour's address. Places are valid until the next
 * entry is added or removed.
 */

import { putU16be, putU32be } from "@pushback/bytes";

/** An entry is 32 bytes: four integers (owner, address, the hardware address's first two bytes and its last four), two times (heard, used). */
const WORDS = 8;
const TIMES = 4;
const EMPTY = -1;

/** In place of a hardware address: it was asked for, and no answer came yet. */
export const MAC_ASKED = -1;
/** The mapping was dropped; the place is kept for the next one. */
export const MAC_FORGOTTEN = -2;

let capacity = 256;
let size = 0;
let words = makeWords(capacity);
let times = new Float64Array(words.buffer);

let ownersMade = 0;
const freeOwners: number[] = [];

function makeWords(entries: number): Int32Array<ArrayBuffer> {
  return new Int32Array(entries * WORDS).fill(EMPTY);
}

/** A number for a stack that starts. */
export function takeArpOwner(): number {
  return freeOwners.pop() ?? ownersMade++;
}

/** Gives it back; the owner's entries must be gone. */
export function freeArpOwner(owner: number): void {
  freeOwners.push(owner);
}

/** Where the entry is, or where it would go; both ends of the key count, since stacks have neighbours in common and one stack has many. */
function placeOf(owner: number, address: number): number {
  const hash = Math.imul(address ^ Math.imul(owner, 0x9e3779b1), 0x85ebca6b);
  const mask = capacity - 1;
  let i = (hash ^ (hash >>> 15)) & mask;
  while (words[i * WORDS] !== EMPTY && !isAt(i, owner, address)) i = (i + 1) & mask;
  return i;
}

function isAt(place: number, owner: number, address: number): boolean {
  return words[place * WORDS + 1] === (address | 0) && words[place * WORDS] === owner;
}

/** The place of the entry; -1 if there is none, or no owner. `hint` is any place: the right one saves the search. */
export function findArp(owner: number, address: number, hint: number): number {
  if (owner < 0) return -1;
  if (isAt(hint, owner, address)) return hint;
  const place = placeOf(owner, address);
  return words[place * WORDS] === EMPTY ? -1 : place;
}

/** Adds an entry that must be new, heard and used `nowUs`. */
export function addArp(owner: number, address: number, mac: number, nowUs: number): number {
  if (size * 2 >= capacity) grow();
  size++;
  const place = placeOf(owner, address);
  words[place * WORDS] = owner;
  words[place * WORDS + 1] = address;
  setArp(place, mac, nowUs, nowUs);
  return place;
}

export function setArp(place: number, mac: number, heardAtUs: number, usedAtUs: number): void {
  setArpMac(place, mac);
  times[place * TIMES + 2] = heardAtUs;
  times[place * TIMES + 3] = usedAtUs;
}

/** MAC_ASKED, MAC_FORGOTTEN, or 0 or more where there is a hardware address. */
export function arpState(place: number): number {
  return words[place * WORDS + 2];
}

/** The hardware address that is there. */
export function arpMac(place: number): number {
  return words[place * WORDS + 2] * 2 ** 32 + (words[place * WORDS + 3] >>> 0);
}

/** Writes the hardware address that is there. */
export function putArpMac(place: number, b: Uint8Array, at: number): void {
  putU16be(b, at, words[place * WORDS + 2]);
  putU32be(b, at + 2, words[place * WORDS + 3]);
}

export function setArpMac(place: number, mac: number): void {
  words[place * WORDS + 2] = mac < 0 ? mac : Math.floor(mac / 2 ** 32);
  words[place * WORDS + 3] = mac;
}

/** When the mapping was last heard. */
export function arpHeardAtUs(place: number): number {
  return times[place * TIMES + 2];
}

export function setArpHeardAtUs(place: number, us: number): void {
  times[place * TIMES + 2] = us;
}

/** When it was last used to send. */
export function arpUsedAtUs(place: number): number {
  return times[place * TIMES + 3];
}

export function setArpUsedAtUs(place: number, us: number): void {
  times[place * TIMES + 3] = us;
}

/** Removes an entry that is there. */
export function removeArp(owner: number, address: number): void {
  const mask = capacity - 1;
  const hole = placeOf(owner, address);
  size--;
  words[hole * WORDS] = EMPTY;
  // Whatever could not have its own place because of this one moves up, so that searches may end at the first empty place.
  for (let next = (hole + 1) & mask; words[next * WORDS] !== EMPTY; next = (next + 1) & mask) {
    const nextOwner = words[next * WORDS];
    words[next * WORDS] = EMPTY;
    const wanted = placeOf(nextOwner, words[next * WORDS + 1]);
    words[next * WORDS] = nextOwner;
    if (wanted === next) continue;
    words.copyWithin(wanted * WORDS, next * WORDS, (next + 1) * WORDS);
    words[next * WORDS] = EMPTY;
  }
}

function grow(): void {
  const old = words;
  capacity *= 2;
  words = makeWords(capacity);
  times = new Float64Array(words.buffer);
  for (let at = 0; at < old.length; at += WORDS) {
    if (old[at] !== EMPTY) words.set(old.subarray(at, at + WORDS), placeOf(old[at], old[at + 1]) * WORDS);
  }
}

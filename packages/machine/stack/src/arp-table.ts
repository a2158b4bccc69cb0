/**
 * What all stacks of this thread know of their neighbours: one flat table, in which an entry is four numbers side by side. A map of objects for
 * each stack would be four places in memory for every datagram sent, and in a fleet each of them is a cache miss.
 *
 * An entry is found by its owner (a number that a stack has while it runs) and the neighbour's address. Places are valid until the next
 * entry is added or removed.
 */

/** Key, hardware address, when heard, when used. */
const STRIDE = 4;
const EMPTY = -1;
/** A power of two above every address: key = owner × this + address. */
const ADDRESSES = 2 ** 32;

/** In place of a hardware address: it was asked for, and no answer came yet. */
export const MAC_ASKED = -1;
/** The mapping was dropped; the place is kept for the next one. */
export const MAC_FORGOTTEN = -2;

let capacity = 256;
let slots = new Float64Array(capacity * STRIDE).fill(EMPTY);
let size = 0;

let ownersMade = 0;
const freeOwners: number[] = [];

/** A number for a stack that starts. */
export function takeArpOwner(): number {
  return freeOwners.pop() ?? ownersMade++;
}

/** Gives it back; the owner's entries must be gone. */
export function freeArpOwner(owner: number): void {
  freeOwners.push(owner);
}

/** Where the entry is, or where it would go; both ends of the key count, since stacks have neighbours in common and one stack has many. */
function placeOf(key: number): number {
  const address = key % ADDRESSES;
  const owner = (key - address) / ADDRESSES;
  const hash = Math.imul(address ^ Math.imul(owner, 0x9e3779b1), 0x85ebca6b);
  const mask = capacity - 1;
  let i = (hash ^ (hash >>> 15)) & mask;
  while (slots[i * STRIDE] !== key && slots[i * STRIDE] !== EMPTY) i = (i + 1) & mask;
  return i * STRIDE;
}

/** The place of the entry; -1 if there is none. `hint` is any place: the right one saves the search. */
export function findArp(owner: number, address: number, hint: number): number {
  const key = owner * ADDRESSES + address;
  if (slots[hint] === key) return hint;
  const place = placeOf(key);
  return slots[place] === key ? place : -1;
}

/** Adds an entry that must be new, heard and used `nowUs`. */
export function addArp(owner: number, address: number, mac: number, nowUs: number): number {
  if (size * 2 >= capacity) grow();
  size++;
  const key = owner * ADDRESSES + address;
  const place = placeOf(key);
  slots[place] = key;
  setArp(place, mac, nowUs, nowUs);
  return place;
}

export function setArp(place: number, mac: number, heardAtUs: number, usedAtUs: number): void {
  slots[place + 1] = mac;
  slots[place + 2] = heardAtUs;
  slots[place + 3] = usedAtUs;
}

/** A hardware address, MAC_ASKED or MAC_FORGOTTEN. */
export function arpMac(place: number): number {
  return slots[place + 1];
}

export function setArpMac(place: number, mac: number): void {
  slots[place + 1] = mac;
}

/** When the mapping was last heard. */
export function arpHeardAtUs(place: number): number {
  return slots[place + 2];
}

export function setArpHeardAtUs(place: number, us: number): void {
  slots[place + 2] = us;
}

/** When it was last used to send. */
export function arpUsedAtUs(place: number): number {
  return slots[place + 3];
}

export function setArpUsedAtUs(place: number, us: number): void {
  slots[place + 3] = us;
}

/** Removes an entry that is there. */
export function removeArp(owner: number, address: number): void {
  const removed = placeOf(owner * ADDRESSES + address);
  size--;
  const length = slots.length;
  // Whatever could not have its own place because of this one moves up, so that searches may end at the first empty place.
  let next = (removed + STRIDE) % length;
  slots[removed] = EMPTY;
  while (slots[next] !== EMPTY) {
    const key = slots[next];
    slots[next] = EMPTY;
    const wanted = placeOf(key);
    slots[wanted] = key;
    if (wanted !== next) slots.copyWithin(wanted + 1, next + 1, next + STRIDE);
    next = (next + STRIDE) % length;
  }
}

function grow(): void {
  const old = slots;
  capacity *= 2;
  slots = new Float64Array(capacity * STRIDE).fill(EMPTY);
  for (let at = 0; at < old.length; at += STRIDE) {
    if (old[at] === EMPTY) continue;
    const place = placeOf(old[at]);
    for (let i = 0; i < STRIDE; i++) slots[place + i] = old[at + i];
  }
}

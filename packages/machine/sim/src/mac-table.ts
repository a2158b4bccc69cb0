/** Maps hardware addresses to numbers, in one flat hash table: a look-up touches one place in memory, however many cards there are. */

const EMPTY = -1;
/** Words of an entry: first two bytes of the address, last four, number. */
const STRIDE = 3;

/** A map from hardware addresses to numbers of 0 or more. Addresses are read from six bytes of a frame. */
export class MacTable {
  #slots = new Int32Array(64 * STRIDE).fill(EMPTY);
  #capacity = 64;
  #size = 0;

  /** Number of the hardware address at `at`; -1 if the address is unknown. */
  find(b: Uint8Array, at: number): number {
    const high = (b[at] << 8) | b[at + 1];
    const low = (b[at + 2] << 24) | (b[at + 3] << 16) | (b[at + 4] << 8) | b[at + 5];
    return this.#slots[this.#slotOf(high, low) + 2];
  }

  /** Adds an address, which must be new; `number` is 0 or more. */
  add(b: Uint8Array, at: number, number: number): void {
    if (this.#size * 2 >= this.#capacity) this.#grow();
    this.#size++;
    this.#put((b[at] << 8) | b[at + 1], (b[at + 2] << 24) | (b[at + 3] << 16) | (b[at + 4] << 8) | b[at + 5], number);
  }

  #put(high: number, low: number, number: number): void {
    const slot = this.#slotOf(high, low);
    this.#slots[slot] = high;
    this.#slots[slot + 1] = low;
    this.#slots[slot + 2] = number;
  }

  /** Place of the address, or the empty place where it belongs. */
  #slotOf(high: number, low: number): number {
    const slots = this.#slots;
    const mask = this.#capacity - 1;
    // Consecutive addresses hash to consecutive places: a fleet's addresses are consecutive.
    let i = (low ^ Math.imul(high, 0x9e3779b1)) & mask;
    for (;;) {
      const slot = i * STRIDE;
      if (slots[slot + 2] === EMPTY || (slots[slot + 1] === low && slots[slot] === high)) return slot;
      i = (i + 1) & mask;
    }
  }

  #grow(): void {
    const old = this.#slots;
    this.#capacity *= 2;
    this.#slots = new Int32Array(this.#capacity * STRIDE).fill(EMPTY);
    for (let slot = 0; slot < old.length; slot += STRIDE) if (old[slot + 2] !== EMPTY) this.#put(old[slot], old[slot + 1], old[slot + 2]);
  }
}

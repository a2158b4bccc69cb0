/** Numbers by hardware address, in one flat table: a look-up touches one place in memory, however many cards there are. */

const EMPTY = -1;
/** First two bytes, last four, number. */
const STRIDE = 3;

export class MacTable {
  #slots = new Int32Array(64 * STRIDE).fill(EMPTY);
  #capacity = 64;
  #size = 0;

  /** The number of the address at `at`; -1 if there is none. */
  find(b: Uint8Array, at: number): number {
    const high = (b[at] << 8) | b[at + 1];
    const low = (b[at + 2] << 24) | (b[at + 3] << 16) | (b[at + 4] << 8) | b[at + 5];
    return this.#slots[this.#slotOf(high, low) + 2];
  }

  /** `number` is 0 or more; the address must be new. */
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

  /** Where the address is, or where it would go. */
  #slotOf(high: number, low: number): number {
    const slots = this.#slots;
    const mask = this.#capacity - 1;
    // Neighbouring addresses go to neighbouring places: those of a fleet are consecutive.
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

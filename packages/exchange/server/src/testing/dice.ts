/** Test support: random numbers that a seed determines. */

/** Draws numbers from a seed. */
export class Dice {
  #state: number;

  constructor(seed: number) {
    this.#state = seed >>> 0;
  }

  /** Returns a pseudo-random integer from 0 to `below` - 1. */
  pick(below: number): number {
    this.#state = (Math.imul(this.#state, 1103515245) + 12345) >>> 0;
    return (this.#state >>> 8) % below;
  }

  of<T>(list: readonly T[]): T {
    return list[this.pick(list.length)];
  }

  list<T>(most: number, item: () => T): T[] {
    return Array.from({ length: this.pick(most + 1) }, item);
  }

  bytes(most: number): Uint8Array {
    return Uint8Array.from(this.list(most, () => this.pick(256)));
  }

  text(most: number): Uint8Array {
    return Uint8Array.from(this.list(most, () => 1 + this.pick(255)));
  }
}

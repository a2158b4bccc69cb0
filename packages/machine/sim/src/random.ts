import type { RandomSource } from "@pushback/host";

/** A 32-bit hash of text and a starting value (FNV-1a with a final avalanche), to turn labels into seeds. */
function hashText(text: string, start: number): number {
  let h = (start ^ 0x811c9dc5) >>> 0;
  for (let i = 0; i < text.length; i++) h = Math.imul(h ^ text.charCodeAt(i), 0x01000193) >>> 0;
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b);
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
  return (h ^ (h >>> 16)) >>> 0;
}

/** The sfc32 generator (Chris Doty-Humphrey, PractRand): 128 bits of state, seeded from text. */
class SeededRandom implements RandomSource {
  readonly #seed: string;
  #a: number;
  #b: number;
  #c: number;
  #counter = 1;

  constructor(seed: string) {
    this.#seed = seed;
    // Signed, as the state stays: an engine keeps small integers in place, others in boxes.
    this.#a = hashText(seed, 1) | 0;
    this.#b = hashText(seed, 2) | 0;
    this.#c = hashText(seed, 3) | 0;
    for (let i = 0; i < 12; i++) this.u32();
  }

  u32(): number {
    const t = (this.#a + this.#b + this.#counter) | 0;
    this.#counter = (this.#counter + 1) | 0;
    this.#a = this.#b ^ (this.#b >>> 9);
    this.#b = (this.#c + (this.#c << 3)) | 0;
    this.#c = (((this.#c << 21) | (this.#c >>> 11)) + t) | 0;
    return t >>> 0;
  }

  fork(label: string): RandomSource {
    return new SeededRandom(`${this.#seed}/${label}`);
  }
}

export function createRandom(seed: string | number): RandomSource {
  return new SeededRandom(String(seed));
}

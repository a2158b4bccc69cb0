import type { RandomSource } from "@pushback/host";

/** Continues an FNV-1a hash over `text`. `hash` is a running hash, or the result of `firstHash`. */
function continueHash(hash: number, text: string): number {
  let h = hash;
  for (let i = 0; i < text.length; i++) h = Math.imul(h ^ text.charCodeAt(i), 0x01000193);
  return h;
}

function firstHash(start: number): number {
  return start ^ 0x811c9dc5;
}

/** Final mixing step of a 32-bit hash: every bit of the text affects every bit of the result. */
function finishHash(hash: number): number {
  let h = hash;
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b);
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
  return h ^ (h >>> 16);
}

/**
 * The sfc32 generator (Chris Doty-Humphrey, PractRand): 128 bits of state, seeded from text. It keeps the three unfinished hashes of the text instead
 * of the text, and a fork continues them: a fleet has as many sources as machines, and each would hold a seed string. All state is signed 32-bit: V8
 * stores small integers in place and boxes others (docs/FLEET-PROFILE.md).
 */
class SeededRandom implements RandomSource {
  readonly #seedA: number;
  readonly #seedB: number;
  readonly #seedC: number;
  #a: number;
  #b: number;
  #c: number;
  #counter = 1;

  constructor(seedA: number, seedB: number, seedC: number) {
    this.#seedA = seedA;
    this.#seedB = seedB;
    this.#seedC = seedC;
    this.#a = finishHash(seedA);
    this.#b = finishHash(seedB);
    this.#c = finishHash(seedC);
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
    const more = (hash: number) => continueHash(continueHash(hash, "/"), label);
    return new SeededRandom(more(this.#seedA), more(this.#seedB), more(this.#seedC));
  }
}

/** Creates a generator whose numbers depend on `seed` alone; a number and its decimal text are the same seed. */
export function createRandom(seed: string | number): RandomSource {
  const text = String(seed);
  return new SeededRandom(continueHash(firstHash(1), text), continueHash(firstHash(2), text), continueHash(firstHash(3), text));
}

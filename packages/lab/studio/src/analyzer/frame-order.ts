/** The order of frames by a column of the packet list. */

import { FRAMES_PER_LOOK, TimeSlices } from "./time-slices.ts";

/** Distinct texts up to this number are put in order as people expect it, 10.1.9.2 before 10.1.9.10; more by their characters alone. */
const MAX_NATURAL = 50_000;

/** Numbers for texts: `idOf` gives them in order of appearance, and `ranks` gives each one's place among the sorted texts. */
export class TextKeys {
  readonly #ids = new Map<string, number>();

  /** Number of a text: equal texts have equal numbers. */
  idOf(text: string): number {
    const known = this.#ids.get(text);
    if (known !== undefined) return known;
    const id = this.#ids.size;
    this.#ids.set(text, id);
    return id;
  }

  /** Rank of each text in the sorted order, by its id. */
  ranks(): Float64Array {
    const texts = [...this.#ids.keys()];
    const collator = texts.length <= MAX_NATURAL ? new Intl.Collator("en", { numeric: true }) : null;
    const ids = Uint32Array.from(texts, (_, id) => id);
    ids.sort(collator === null ? (a, b) => (texts[a] < texts[b] ? -1 : 1) : (a, b) => collator.compare(texts[a], texts[b]) || a - b);
    const ranks = new Float64Array(texts.length);
    ids.forEach((id, rank) => {
      ranks[id] = rank;
    });
    return ranks;
  }
}

/** Indices of `keys`, sorted by key. Equal keys keep their order, in a descending sort too. */
export function orderOf(keys: Float64Array, descending: boolean): Uint32Array {
  const order = Uint32Array.from(keys, (_, i) => i);
  return order.sort(descending ? (a, b) => keys[b] - keys[a] || a - b : (a, b) => keys[a] - keys[b] || a - b);
}

/**
 * The order of `count` frames by their keys. Calls `onPart` with the number of keys that have been taken; stops and returns `null` if `isWanted` returns
 * false.
 */
export async function sortFrames(
  count: number,
  keyAt: (i: number) => number | string,
  descending: boolean,
  isWanted: () => boolean,
  onPart: (done: number, total: number) => void,
): Promise<Uint32Array | null> {
  const keys = new Float64Array(count);
  const texts = new TextKeys();
  const slices = new TimeSlices();
  for (let i = 0; i < count; i++) {
    const key = keyAt(i);
    keys[i] = typeof key === "number" ? key : texts.idOf(key);
    if (i % FRAMES_PER_LOOK === 0 && slices.isOver) {
      onPart(i, count);
      await slices.pause();
      if (!isWanted()) return null;
    }
  }
  const ranks = texts.ranks();
  if (ranks.length > 0)
    keys.forEach((id, i) => {
      keys[i] = ranks[id];
    });
  return orderOf(keys, descending);
}

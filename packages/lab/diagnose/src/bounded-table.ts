/**
 * A hash table of at most so many entries, for tables that a capture's sender could otherwise grow without end. When there are many, an entry that may go
 * makes room for a new one; which one, a clock hand decides (second chance: an entry that was touched since the hand passed is passed once more).
 */

/** Entries that may share one chain of the index; a capture made to collide gets no more. */
const MAX_CHAIN = 64;
/** Entries that the hand looks at to make room for one. */
const LOOKED_AT = 256;

export interface TableEntry {
  /** The entry's place in the table, as `placeFor` gave it. */
  readonly place: number;
  /** Set whenever the entry is used; the table clears it. */
  touched: boolean;
}

export interface BoundedTableOptions<Entry> {
  /** Most entries. */
  readonly max: number;
  /** Below so many entries nothing is given up. */
  readonly few: number;
  /** Whether the entry may be given up for another. */
  readonly mayGo: (entry: Entry) => boolean;
  /** Called with each entry that was given up. */
  readonly onGone?: (entry: Entry) => void;
}

export class BoundedTable<Entry extends TableEntry> {
  /** Heads of chains and the next place in each chain, as place + 1; 0 ends a chain. */
  readonly #heads: Int32Array;
  readonly #next: Int32Array;
  readonly #hashes: Int32Array;
  readonly #mask: number;
  readonly #options: BoundedTableOptions<Entry>;
  readonly #entries: Entry[] = [];
  #hand = 0;

  constructor(options: BoundedTableOptions<Entry>) {
    this.#options = options;
    const slots = 2 ** Math.ceil(Math.log2(options.max * 2));
    this.#heads = new Int32Array(slots);
    this.#next = new Int32Array(options.max);
    this.#hashes = new Int32Array(options.max);
    this.#mask = slots - 1;
  }

  /** Every entry, in the order of places. */
  entries(): readonly Entry[] {
    return this.#entries;
  }

  /** The newest entry whose hash falls into the chain of `hash`; other hashes may be in it too. */
  first(hash: number): Entry | null {
    const i = this.#heads[hash & this.#mask];
    return i === 0 ? null : this.#entries[i - 1];
  }

  /** The entry behind `entry` in its chain. */
  after(entry: Entry): Entry | null {
    const i = this.#next[entry.place];
    return i === 0 ? null : this.#entries[i - 1];
  }

  /** The place for a new entry; -1 where the chain is full or no entry may go. Follow it with `add`. */
  placeFor(hash: number): number {
    let steps = 0;
    for (let i = this.#heads[hash & this.#mask]; i !== 0; i = this.#next[i - 1]) if (++steps === MAX_CHAIN) return -1;
    const { length } = this.#entries;
    const { few, max } = this.#options;
    if (length < Math.min(few, max)) return length;
    const place = this.#makeRoom();
    return place < 0 && length < max ? length : place;
  }

  /** Adds an entry whose place came from `placeFor(hash)`. */
  add(hash: number, entry: Entry): void {
    const { place } = entry;
    this.#entries[place] = entry;
    this.#hashes[place] = hash;
    this.#next[place] = this.#heads[hash & this.#mask];
    this.#heads[hash & this.#mask] = place + 1;
  }

  /** Puts an entry of the same hash in the place of another. */
  replace(entry: Entry): void {
    this.#entries[entry.place] = entry;
  }

  /** Takes an entry out of its chain and leaves `keeper` in its place, which no search finds, until the place is needed. */
  retire(entry: Entry, keeper: Entry): void {
    this.#unlink(entry.place);
    this.#entries[entry.place] = keeper;
  }

  /** The place of an entry that is given up: an untouched one if the hand finds one, else the first that may go; -1 where none may. */
  #makeRoom(): number {
    const { mayGo, onGone } = this.#options;
    let chosen = -1;
    for (let n = 0; n < LOOKED_AT; n++) {
      const place = this.#hand;
      this.#hand = (this.#hand + 1) % this.#entries.length;
      const entry = this.#entries[place];
      if (!mayGo(entry)) continue;
      if (chosen < 0) chosen = place;
      if (!entry.touched) {
        chosen = place;
        break;
      }
      entry.touched = false;
    }
    if (chosen < 0) return -1;
    onGone?.(this.#entries[chosen]);
    this.#unlink(chosen);
    return chosen;
  }

  /** Removes a place from its hash chain; does nothing if the place is in no chain. */
  #unlink(place: number): void {
    const head = this.#hashes[place] & this.#mask;
    if (this.#heads[head] === place + 1) {
      this.#heads[head] = this.#next[place];
      return;
    }
    for (let i = this.#heads[head]; i !== 0; i = this.#next[i - 1]) {
      if (this.#next[i - 1] !== place + 1) continue;
      this.#next[i - 1] = this.#next[place];
      return;
    }
  }
}

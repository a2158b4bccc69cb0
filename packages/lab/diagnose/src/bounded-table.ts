/**
 * A hash table of bounded size: a capture could otherwise make it grow without limit. Once it has `few` entries, a new entry evicts an old one for which
 * `mayGo` holds. The entry is chosen by the clock algorithm (second chance): an entry used since the hand's last pass is spared once.
 */

/** Longest hash chain: it limits the cost of a capture that was crafted to cause collisions. */
const MAX_CHAIN = 64;
/** Most entries that the hand examines for one eviction. */
const LOOKED_AT = 256;

/** What the table requires of its entries. */
export interface TableEntry {
  /** The entry's place in the table, as `placeFor` gave it. */
  readonly place: number;
  /** Set whenever the entry is used; the table clears it. */
  touched: boolean;
}

/** Limits of a table, and which entries it may evict. */
export interface BoundedTableOptions<Entry> {
  /** Most entries. */
  readonly max: number;
  /** Number of entries below which none is evicted. */
  readonly few: number;
  /** Whether the entry may be evicted. */
  readonly mayGo: (entry: Entry) => boolean;
  /** Called with each evicted entry. */
  readonly onGone?: (entry: Entry) => void;
}

/** A hash table that evicts old entries. The caller computes hashes and compares keys. */
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

  /** The newest entry in the chain of `hash`. A chain also has entries with other hashes. */
  first(hash: number): Entry | null {
    const i = this.#heads[hash & this.#mask];
    return i === 0 ? null : this.#entries[i - 1];
  }

  /** The next older entry in the chain of `entry`. */
  after(entry: Entry): Entry | null {
    const i = this.#next[entry.place];
    return i === 0 ? null : this.#entries[i - 1];
  }

  /** The place for a new entry, to be passed to `add`; -1 if the chain is full or no entry may be evicted. */
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

  /** Replaces the entry at the same place; both must have the same hash. */
  replace(entry: Entry): void {
    this.#entries[entry.place] = entry;
  }

  /** Removes an entry from its chain. `keeper` occupies its place, and is found by no search, until the place is reused. */
  retire(entry: Entry, keeper: Entry): void {
    this.#unlink(entry.place);
    this.#entries[entry.place] = keeper;
  }

  /** Evicts an entry and returns its place: the first untouched one that the hand finds, otherwise the first that may go; -1 if none may. */
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

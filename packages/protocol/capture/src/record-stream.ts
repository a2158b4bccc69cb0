/**
 * Splits chunks into records. A format says how far it can read at an offset; this class passes it the caller's chunk directly
 * and copies only a record that straddles two chunks, so memory stays at one record.
 */

/**
 * Looks at `b` from `at` to `end`. Returns n > 0: a record of n bytes (which may reach past `end`: the rest is skipped) was
 * taken; n < 0: -n bytes from `at` are needed first, more than there are; 0: fault, reading is over.
 * `offset` is the file offset of `at`.
 */
export type TakeRecord = (b: Uint8Array, at: number, end: number, offset: number) => number;

/** Passes a file, fed in chunks of any size, to a format's reader record by record. */
export class RecordStream {
  readonly #take: TakeRecord;
  #pending = new Uint8Array(4096);
  #pendingLen = 0;
  #need = 1;
  #skip = 0;
  #skippedRecordOffset = 0;
  #offset = 0;
  #stopped = false;

  constructor(take: TakeRecord) {
    this.#take = take;
  }

  /** File offset in bytes of the record that has begun but isn't complete, else of the next one. */
  get recordOffset(): number {
    return this.#skip > 0 ? this.#skippedRecordOffset : this.#offset;
  }

  /** True when the file may end here: no record has begun that isn't complete. */
  get isBetweenRecords(): boolean {
    return this.#pendingLen === 0 && this.#skip === 0;
  }

  /** The bytes of the record that has begun but isn't complete; a view, valid until the next `feed`. */
  get unfinished(): Uint8Array {
    return this.#pending.subarray(0, this.#pendingLen);
  }

  /** Takes all records that are complete with `chunk`; keeps no reference to it. */
  feed(chunk: Uint8Array): void {
    const end = chunk.length;
    let at = 0;
    while (at < end && !this.#stopped) {
      if (this.#skip > 0) {
        const skipped = Math.min(this.#skip, end - at);
        this.#skip -= skipped;
        this.#offset += skipped;
        at += skipped;
      } else if (this.#pendingLen > 0) {
        at += this.#complete(chunk, at);
      } else {
        at = this.#takeFrom(chunk, at);
      }
    }
  }

  #takeFrom(chunk: Uint8Array, from: number): number {
    const end = chunk.length;
    let at = from;
    while (at < end) {
      const taken = this.#take(chunk, at, end, this.#offset);
      if (taken > 0) {
        const here = Math.min(taken, end - at);
        at += here;
        this.#skippedRecordOffset = this.#offset;
        this.#offset += here;
        this.#skip = taken - here;
      } else if (taken < 0) {
        this.#need = -taken;
        this.#reserve(end - at);
        this.#pending.set(chunk.subarray(at, end), 0);
        this.#pendingLen = end - at;
        return end;
      } else {
        this.#stopped = true;
        return end;
      }
    }
    return end;
  }

  /** Adds from `chunk` what the begun record still needs; returns how many bytes that was. */
  #complete(chunk: Uint8Array, at: number): number {
    const added = Math.min(this.#need - this.#pendingLen, chunk.length - at);
    this.#reserve(this.#pendingLen + added);
    this.#pending.set(chunk.subarray(at, at + added), this.#pendingLen);
    this.#pendingLen += added;
    if (this.#pendingLen < this.#need) return added;
    const taken = this.#take(this.#pending, 0, this.#pendingLen, this.#offset);
    if (taken < 0) {
      this.#need = -taken;
    } else if (taken === 0) {
      this.#stopped = true;
    } else {
      // A format asks for no more than it takes, so nothing is left over.
      this.#skippedRecordOffset = this.#offset;
      this.#offset += this.#pendingLen;
      this.#skip = taken - this.#pendingLen;
      this.#pendingLen = 0;
    }
    return added;
  }

  #reserve(len: number): void {
    if (len <= this.#pending.length) return;
    const grown = new Uint8Array(Math.max(len, this.#pending.length * 2));
    grown.set(this.#pending.subarray(0, this.#pendingLen));
    this.#pending = grown;
  }
}

/**
 * Limits the bytes that clients can make the server hold: budgets per session, per association, per account, and in all. Bytes of a
 * session count in each of the four, and are returned when the session ends.
 */
export class MemoryBudget {
  readonly #limit: number;
  readonly #parent: MemoryBudget | null;
  #used = 0;

  constructor(limit: number, parent: MemoryBudget | null = null) {
    this.#limit = limit;
    this.#parent = parent;
  }

  /** Bytes taken from this budget. */
  get used(): number {
    return this.#used;
  }

  /** Takes `bytes` from this budget and its parents if all have room; returns whether they had. */
  take(bytes: number): boolean {
    if (this.#used + bytes > this.#limit || this.#parent?.take(bytes) === false) return false;
    this.#used += bytes;
    return true;
  }

  /** Takes bytes; throws a BudgetExceeded where there is no room. */
  mustTake(bytes: number): void {
    if (!this.take(bytes)) throw new BudgetExceeded();
  }

  /** Gives back bytes that were taken. */
  give(bytes: number): void {
    this.#used -= bytes;
    this.#parent?.give(bytes);
  }

  /** Gives back everything. */
  close(): void {
    this.give(this.#used);
  }
}

/** A ROP would hold more than the session may: it fails with ecMemory. */
export class BudgetExceeded extends Error {
  constructor() {
    super("the session holds as much as it may");
    this.name = "BudgetExceeded";
  }
}

/**
 * How many bytes clients may make the server hold: one budget for a session, one for its association, one for the account, one for all.
 * What a session takes counts in each of them, and all of it is given back when the session ends.
 */
export class MemoryBudget {
  readonly #limit: number;
  readonly #parent: MemoryBudget | null;
  #used = 0;

  constructor(limit: number, parent: MemoryBudget | null = null) {
    this.#limit = limit;
    this.#parent = parent;
  }

  get used(): number {
    return this.#used;
  }

  /** Whether there is room for `bytes` more in this budget and in all above it; only then they are taken. */
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

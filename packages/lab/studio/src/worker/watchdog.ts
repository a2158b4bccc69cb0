/** Notices that the worker no longer answers. It ends nothing itself: a long computation answers late, and the message goes away. */

/** Seconds without an answer until the person is told. */
export const SILENT_TICKS = 10;

export class Watchdog {
  readonly #ping: () => Promise<unknown>;
  readonly #tell: (isSilent: boolean) => void;
  /** Ticks since the question that has no answer yet; `null` when every question was answered. */
  #waited: number | null = null;
  #asked = 0;

  constructor(ping: () => Promise<unknown>, tell: (isSilent: boolean) => void) {
    this.#ping = ping;
    this.#tell = tell;
  }

  /** Call once a second. Counts calls and not the clock's time, which leaps when the computer was asleep. */
  tick(): void {
    if (this.#waited !== null) {
      if (++this.#waited === SILENT_TICKS) this.#tell(true);
      return;
    }
    this.#waited = 0;
    const mine = ++this.#asked;
    const answered = () => {
      if (mine !== this.#asked) return;
      if ((this.#waited ?? 0) >= SILENT_TICKS) this.#tell(false);
      this.#waited = null;
    };
    this.#ping().then(answered, answered);
  }
}

/** Tokens for dropped files: the window names a path once and gets a token, which opens that file once and soon. */

import { randomUUID } from "node:crypto";

/** Validity of a token in milliseconds. The window uses a token in the call that follows at once. */
const VALID_MS = 10_000;
const MAX_TOKENS = 8;

export class DropTokens {
  readonly #offered = new Map<string, { readonly path: string; readonly untilMs: number }>();
  readonly #nowMs: () => number;

  constructor(nowMs: () => number = () => performance.now()) {
    this.#nowMs = nowMs;
  }

  offer(path: string): string {
    const [oldest] = this.#offered.keys();
    if (oldest !== undefined && this.#offered.size >= MAX_TOKENS) this.#offered.delete(oldest);
    const token = randomUUID();
    this.#offered.set(token, { path, untilMs: this.#nowMs() + VALID_MS });
    return token;
  }

  /** The token's path; `null` if it was never handed out, was used before, or is too old. */
  take(token: string): string | null {
    const offered = this.#offered.get(token);
    this.#offered.delete(token);
    return offered !== undefined && this.#nowMs() <= offered.untilMs ? offered.path : null;
  }
}

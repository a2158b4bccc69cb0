/**
 * Parses foreign mail in a separate thread, with limits on time and memory: the thread that answers calls and sends datagrams never waits for it.
 * A message that exceeds a limit ends its thread, and the next message gets a new one.
 */

import { fileURLToPath } from "node:url";
import { Piscina } from "piscina";
import type { IncomingMail } from "./incoming-mail.ts";
import { MAX_BYTES_IN_PARSING, PARSE_TIMEOUT_MS } from "./limits.ts";

/** File of the worker, in this file's folder: `.ts` in the sources, `.js` in a build. */
const WORKER = fileURLToPath(new URL(`./mail-worker${import.meta.url.endsWith(".ts") ? ".ts" : ".js"}`, import.meta.url));

const MAX_WORKER_HEAP_MB = 256;

/** Result of parsing. `malformed`: the message can't be stored completely. `too-costly`: it exceeded a limit of time or memory. `busy`: try again later. */
export type ParseResult =
  | { readonly ok: true; readonly mail: IncomingMail }
  | { readonly ok: false; readonly why: "malformed" | "too-costly" | "busy" };

/** Reads foreign mail outside the caller's thread. */
export interface MailParser {
  /** The bytes must not change before the answer. Never rejects. */
  parse(bytes: Uint8Array): Promise<ParseResult>;
  /** Ends the thread; what is in parsing becomes `too-costly`. */
  close(): void;
}

/** `PARSE_TIMEOUT_MS` and `MAX_BYTES_IN_PARSING` where they are left out. */
export interface MailParserLimits {
  readonly timeoutMs: number;
  readonly maxBytes: number;
}

/** The thread starts with the first message and ends after a minute without one. */
export function createMailParser({ timeoutMs, maxBytes }: Partial<MailParserLimits> = {}): MailParser {
  const pool = new Piscina<Uint8Array, IncomingMail | null>({
    filename: WORKER,
    minThreads: 0,
    maxThreads: 1,
    idleTimeout: 60_000,
    recordTiming: false,
    resourceLimits: { maxOldGenerationSizeMb: MAX_WORKER_HEAP_MB, maxYoungGenerationSizeMb: 16 },
  });
  // A thread that runs out of memory rejects its task; the pool's own report of it needs no other answer.
  pool.on("error", () => {});
  let bytesInParsing = 0;
  /** One message at a time, so that the time limit of a message does not include its wait. */
  let last: Promise<unknown> = Promise.resolve();

  async function run(bytes: Uint8Array): Promise<ParseResult> {
    try {
      const mail = await pool.run(bytes, { signal: AbortSignal.timeout(timeoutMs ?? PARSE_TIMEOUT_MS) });
      return mail ? { ok: true, mail } : { ok: false, why: "malformed" };
    } catch {
      return { ok: false, why: "too-costly" };
    }
  }

  return {
    parse(bytes) {
      if (bytesInParsing + bytes.length > (maxBytes ?? MAX_BYTES_IN_PARSING)) return Promise.resolve({ ok: false, why: "busy" });
      bytesInParsing += bytes.length;
      const parsed = last.then(() => run(bytes));
      last = parsed.then(() => {
        bytesInParsing -= bytes.length;
      });
      return parsed;
    },
    close() {
      void pool.destroy().catch(() => {});
    },
  };
}

/** The packages for sweeps through Redis are optional at install, so the module that needs them loads only where a queue is asked for. */

import { UsageError } from "@pushback/usage-error";

/** Throws a UsageError if the packages are not installed. */
export async function loadQueueModule(): Promise<typeof import("@pushback/sweep/queue")> {
  try {
    return await import("@pushback/sweep/queue");
  } catch (error) {
    const missing = /'(bullmq|ioredis)'/.exec(error instanceof Error ? error.message : "");
    if ((error as NodeJS.ErrnoException).code !== "ERR_MODULE_NOT_FOUND" || missing === null) throw error;
    throw new UsageError(
      `--queue needs the package ${missing[1]}: install bullmq and ioredis beside pushback (npm install bullmq ioredis)`,
    );
  }
}

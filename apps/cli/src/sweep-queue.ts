/**
 * Sweeps over many machines: jobs wait in Redis (BullMQ), workers take them, results go into a hash of Redis by the jobs' keys. Whatever
 * is done twice has the same key and the same result; what a worker leaves undone is handed to another when its lock has run out.
 */

import { setTimeout } from "node:timers/promises";
import { type Job, Queue, Worker } from "bullmq";
import { Redis } from "ioredis";
import { CliError } from "./cli-error.ts";
import type { SweepJob, SweepRow } from "./sweep-job.ts";
import type { PlannedRun } from "./sweep-plan.ts";
import { SweepThreads } from "./sweep-threads.ts";

const QUEUE = "pushback-sweep";
/** By key: rows as JSON. */
const RESULTS = "pushback-sweep-results";
/** By key: why a run failed. */
const FAILURES = "pushback-sweep-failures";
/** Results that nobody fetched are forgotten after a week. */
const KEPT_SECONDS = 7 * 86_400;

const CONNECT_MS = 5_000;
const POLL_MS = 100;
/** A worker that is alive renews its lock; the jobs of one that is not are given to others after this. */
const LOCK_MS = 5_000;
/** How often a job may lose its worker before it counts as one that kills workers. */
const MAX_LOST_WORKERS = 20;
const JOBS_AT_A_TIME = 500;

/** Checks the address and that somebody answers there. Throws a CliError otherwise. */
async function connect(url: string): Promise<Redis> {
  if (!/^rediss?:\/\//.test(url)) throw new CliError(`--queue ${url}: takes an address such as redis://127.0.0.1:6379`);
  const redis = new Redis(url, { lazyConnect: true, maxRetriesPerRequest: null, retryStrategy: (times) => Math.min(times * 100, 2_000) });
  let lastError = "no answer";
  redis.on("error", (error: Error) => {
    lastError = error.message;
  });
  const patience = new AbortController();
  const answered = await Promise.race([
    redis.connect().then(
      () => true,
      () => false,
    ),
    setTimeout(CONNECT_MS, false, { signal: patience.signal }).catch(() => false),
  ]);
  patience.abort();
  if (!answered) {
    redis.disconnect();
    throw new CliError(`--queue ${url}: no Redis answers there (${lastError}); start one with redis-server`);
  }
  return redis;
}

/** Puts the runs into the queue and waits for what workers make of them; `done` is told in order of arrival. */
export async function runOnQueue(
  url: string,
  runs: readonly PlannedRun[],
  done: (run: PlannedRun, rows: SweepRow[]) => void,
): Promise<void> {
  const redis = await connect(url);
  const queue = new Queue<SweepJob>(QUEUE, { connection: redis });
  try {
    const missing = new Map(runs.map((run) => [run.key, run]));
    // A failure of an earlier try is not one of this.
    if (missing.size > 0) await redis.hdel(FAILURES, ...missing.keys());
    const fetchDone = async () => {
      const keys = [...missing.keys()];
      for (let first = 0; first < keys.length; first += JOBS_AT_A_TIME) {
        const part = keys.slice(first, first + JOBS_AT_A_TIME);
        const [results, failures] = await Promise.all([redis.hmget(RESULTS, ...part), redis.hmget(FAILURES, ...part)]);
        for (const [i, key] of part.entries()) {
          const run = missing.get(key) as PlannedRun;
          const failure = failures[i];
          if (failure) throw new CliError(`a run failed (seed ${run.job.seed}): ${failure}`);
          const result = results[i];
          if (!result) continue;
          missing.delete(key);
          done(run, JSON.parse(result) as SweepRow[]);
        }
      }
    };
    await fetchDone();
    const jobs = [...missing.values()].map((run) => ({
      name: "run",
      data: run.job,
      opts: { jobId: run.key, removeOnComplete: true, removeOnFail: true, attempts: 3 },
    }));
    for (let first = 0; first < jobs.length; first += JOBS_AT_A_TIME) await queue.addBulk(jobs.slice(first, first + JOBS_AT_A_TIME));
    while (missing.size > 0) {
      await setTimeout(POLL_MS);
      await fetchDone();
    }
  } finally {
    await queue.close();
    redis.disconnect();
  }
}

/** Takes jobs until told to stop; resolves when the last one is done. */
export async function workOnQueue(url: string, threads: number, signal: AbortSignal, onDone: (key: string) => void): Promise<void> {
  const redis = await connect(url);
  const taking = redis.duplicate();
  // Jobs run on threads of their own, so this one can renew the locks.
  const pool = new SweepThreads(threads);
  const worker = new Worker<SweepJob>(
    QUEUE,
    async (job: Job<SweepJob>) => {
      const key = job.id as string;
      const rows = await pool.run(job.data);
      await redis.hset(RESULTS, key, JSON.stringify(rows));
      await redis.expire(RESULTS, KEPT_SECONDS);
      onDone(key);
    },
    {
      connection: taking,
      concurrency: 2 * threads,
      lockDuration: LOCK_MS,
      stalledInterval: LOCK_MS / 2,
      maxStalledCount: MAX_LOST_WORKERS,
      removeOnComplete: { count: 0 },
    },
  );
  worker.on("failed", (job, error) => {
    if (job?.id !== undefined && job.attemptsMade >= (job.opts.attempts ?? 1)) void redis.hset(FAILURES, job.id, error.message);
  });
  // Redis may go and come back: the connection tries again by itself.
  worker.on("error", () => {});
  await new Promise<void>((stop) => {
    if (signal.aborted) stop();
    else signal.addEventListener("abort", () => stop(), { once: true });
  });
  await worker.close();
  await pool.close();
  taking.disconnect();
  redis.disconnect();
}

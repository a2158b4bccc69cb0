/**
 * Sweeps over many machines. Jobs wait in Redis (BullMQ), workers take them, and results go into a Redis hash under the key of the job. A job
 * that is done twice has the same key and result. A job whose worker dies goes to another worker when its lock expires.
 */

import { setTimeout } from "node:timers/promises";
import { UsageError } from "@pushback/usage-error";
import { type Job, Queue, UnrecoverableError, Worker } from "bullmq";
import { Redis } from "ioredis";
import { engineIdentity } from "./engine.ts";
import type { SweepJob, SweepRow } from "./job.ts";
import type { PlannedRun } from "./plan.ts";
import { SweepThreads } from "./threads.ts";

/** Queue name; it holds the engine, so that a worker of another build, whose results may differ, does not take these jobs. */
const queueOf = (engine: string) => `pushback-sweep-${engine}`;
/** Sorted set of the engines of waiting sweeps, and of connected workers; the score is the time in milliseconds at which each was last alive. */
const WAITING_ENGINES = "pushback-sweep-waiting";
const WORKER_ENGINES = "pushback-sweep-workers";
/** Time without a heartbeat after which a sweep or worker counts as ended, in milliseconds. */
const ALIVE_MS = 10_000;
const HEARTBEAT_MS = 2_000;
/** Redis hash from job key to rows as JSON. */
const RESULTS = "pushback-sweep-results";
/** Redis hash from job key to the reason why a run failed. */
const FAILURES = "pushback-sweep-failures";
/** Lifetime of results that no sweep has fetched: a week. */
const KEPT_SECONDS = 7 * 86_400;

const CONNECT_MS = 5_000;
const POLL_MS = 100;
/** A worker that is alive renews its locks; when one expires, the job goes to another worker. */
const LOCK_MS = 5_000;
/** Number of workers that a job may lose before it counts as one that kills workers. */
const MAX_LOST_WORKERS = 20;
/** Number of times that a job may vanish without result or failure, because it ended every worker that took it. */
const MAX_LOST = 3;
/** Keys and jobs per Redis command. */
const AT_A_TIME = 500;
/** Polling takes at most a tenth of the time. */
const POLL_SHARE = 10;
/** Time without a worker after which the sweep reports it, in milliseconds. */
const NO_WORKER_MS = 3_000;

/** A job in the queue: the run, and the engine that it was planned for. */
interface QueuedJob {
  readonly engine: string;
  readonly job: SweepJob;
}

/** Registers periodically that `engine` is alive, then calls `look`. End it with `clearInterval`. */
function announce(redis: Redis, set: string, engine: string, look: () => Promise<void> = async () => {}): NodeJS.Timeout {
  // A failed heartbeat while Redis is away is ignored; the next one follows.
  const beat = () =>
    redis
      .zadd(set, Date.now(), engine)
      .then(look)
      .catch(() => {});
  void beat();
  return setInterval(beat, HEARTBEAT_MS);
}

async function aliveEngines(redis: Redis, set: string): Promise<string[]> {
  return redis.zrangebyscore(set, Date.now() - ALIVE_MS, "+inf");
}

/** Redis's password, where its address has none: process lists and shell histories show addresses, but not the environment. */
const PASSWORD_VARIABLE = "PUSHBACK_REDIS_PASSWORD";

/** The address as messages may show it: without a password. */
export function shownQueue(url: string): string {
  return url.replace(/^(\w+:\/\/[^/@:]*):.*@/, "$1:…@");
}

/** Checks the address and that a Redis server answers. Throws a UsageError otherwise. */
async function connect(url: string): Promise<Redis> {
  const shown = shownQueue(url);
  if (!/^rediss?:\/\//.test(url) || !URL.canParse(url))
    throw new UsageError(`--queue ${shown}: takes an address such as redis://127.0.0.1:6379, or rediss:// for TLS`);
  const password = process.env[PASSWORD_VARIABLE];
  const redis = new Redis(url, {
    lazyConnect: true,
    maxRetriesPerRequest: null,
    retryStrategy: (times) => Math.min(times * 100, 2_000),
    ...(password !== undefined && password !== "" && new URL(url).password === "" && { password }),
  });
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
    const advice = /NOAUTH|WRONGPASS/.test(lastError) ? `set ${PASSWORD_VARIABLE} to its password` : "start one with redis-server";
    throw new UsageError(`--queue ${shown}: no Redis answers there (${lastError}); ${advice}`);
  }
  return redis;
}

/**
 * Puts the runs into the queue and waits for the results of the workers. Calls `done` in order of arrival, and `say` with the reason when nothing
 * progresses. If Redis comes back with data lost, the missing jobs are queued again.
 */
export async function runOnQueue(
  url: string,
  runs: readonly PlannedRun[],
  done: (run: PlannedRun, rows: SweepRow[]) => void,
  say: (line: string) => void,
): Promise<void> {
  const redis = await connect(url);
  const engine = engineIdentity();
  const queue = new Queue<QueuedJob>(queueOf(engine), { connection: redis });
  // Commands that fail because the connection is lost are retried.
  queue.on("error", () => {});
  const heartbeat = announce(redis, WAITING_ENGINES, engine);
  try {
    await new QueuedRuns(redis, queue, runs, done, say).finish();
  } finally {
    clearInterval(heartbeat);
    await queue.close();
    redis.disconnect();
  }
}

class QueuedRuns {
  readonly #redis: Redis;
  readonly #queue: Queue<QueuedJob>;
  readonly #missing: Map<string, PlannedRun>;
  readonly #done: (run: PlannedRun, rows: SweepRow[]) => void;
  readonly #say: (line: string) => void;
  readonly #lost = new Map<string, number>();
  #cameBack = false;

  constructor(
    redis: Redis,
    queue: Queue<QueuedJob>,
    runs: readonly PlannedRun[],
    done: (run: PlannedRun, rows: SweepRow[]) => void,
    say: (line: string) => void,
  ) {
    this.#redis = redis;
    this.#queue = queue;
    this.#missing = new Map(runs.map((run) => [run.key, run]));
    this.#done = done;
    this.#say = say;
    redis.on("ready", () => {
      this.#cameBack = true;
    });
  }

  async finish(): Promise<void> {
    // Failures of an earlier attempt are removed.
    for (const part of this.#missingInParts()) await this.#redis.hdel(FAILURES, ...part);
    await this.#fetchDone();
    await this.#addMissing();
    let pauseMs = POLL_MS;
    let waitedMs: number | null = 0;
    while (this.#missing.size > 0) {
      await setTimeout(pauseMs);
      const startedMs = performance.now();
      await this.#poll();
      if (waitedMs !== null) {
        waitedMs += pauseMs;
        if (waitedMs >= NO_WORKER_MS) {
          if ((await this.#queue.getWorkersCount()) === 0) await this.#sayNoWorker();
          waitedMs = null;
        }
      }
      pauseMs = Math.max(POLL_MS, POLL_SHARE * (performance.now() - startedMs));
    }
  }

  async #sayNoWorker(): Promise<void> {
    const others = (await aliveEngines(this.#redis, WORKER_ENGINES)).filter((engine) => engine !== engineIdentity());
    const refusing = others.length === 0 ? "" : `; connected workers of ${others.join(", ")} refuse these runs`;
    this.#say(`no worker of build ${engineIdentity()} is connected yet: start some with pushback worker --queue${refusing}`);
  }

  async #poll(): Promise<void> {
    // The jobs are counted before the results are read: a job that has left the queue by then has stored its result.
    const { waiting = 0, active = 0, ...others } = await this.#queue.getJobCounts();
    const queued = waiting + active + Object.values(others).reduce((a, b) => a + b, 0);
    const cameBack = this.#cameBack;
    this.#cameBack = false;
    await this.#fetchDone();
    if (cameBack) await this.#addMissing();
    else if (this.#missing.size > queued) await this.#addLost();
  }

  async #fetchDone(): Promise<void> {
    for (const part of this.#missingInParts()) {
      const [results, failures] = await Promise.all([this.#redis.hmget(RESULTS, ...part), this.#redis.hmget(FAILURES, ...part)]);
      for (const [i, key] of part.entries()) {
        const run = this.#missing.get(key) as PlannedRun;
        const result = results[i];
        if (result) {
          this.#missing.delete(key);
          this.#done(run, JSON.parse(result) as SweepRow[]);
        } else if (failures[i]) throw new UsageError(`a run failed (seed ${run.job.seed}): ${failures[i]}`);
      }
    }
  }

  /** A job that is in the queue already is left unchanged. */
  async #addMissing(): Promise<void> {
    const opts = { removeOnComplete: true, removeOnFail: true, attempts: 3 };
    for (const part of this.#missingInParts()) {
      const jobs = part.map((key) => ({
        name: "run",
        data: { engine: engineIdentity(), job: (this.#missing.get(key) as PlannedRun).job },
        opts: { ...opts, jobId: key },
      }));
      await this.#queue.addBulk(jobs);
    }
  }

  #missingInParts(): string[][] {
    const keys = [...this.#missing.keys()];
    return Array.from({ length: Math.ceil(keys.length / AT_A_TIME) }, (_, i) => keys.slice(i * AT_A_TIME, (i + 1) * AT_A_TIME));
  }

  async #addLost(): Promise<void> {
    for (const [key, run] of this.#missing) {
      if ((await this.#queue.getJob(key)) !== undefined) continue;
      const times = (this.#lost.get(key) ?? 0) + 1;
      if (times > MAX_LOST) throw new UsageError(`a run was lost ${times} times (seed ${run.job.seed}): its workers end over it`);
      this.#lost.set(key, times);
    }
    await this.#addMissing();
  }
}

/**
 * Takes jobs until told to stop; resolves when the last one is done. Calls `say` once for each other engine with a waiting sweep: this worker refuses
 * those runs, because another build may give other results.
 */
export async function workOnQueue(
  url: string,
  threads: number,
  signal: AbortSignal,
  onDone: (key: string) => void,
  say: (line: string) => void,
): Promise<void> {
  const redis = await connect(url);
  const engine = engineIdentity();
  const refused = new Set([engine]);
  const heartbeat = announce(redis, WORKER_ENGINES, engine, async () => {
    for (const other of await aliveEngines(redis, WAITING_ENGINES)) {
      if (refused.has(other)) continue;
      refused.add(other);
      say(`refuses the runs of a sweep of build ${other}: this worker is build ${engine}; start a worker of the sweep's build`);
    }
  });
  const taking = redis.duplicate();
  // Jobs run on other threads, so this thread can renew the locks.
  const pool = new SweepThreads(threads);
  const worker = new Worker<QueuedJob>(
    queueOf(engine),
    async (job: Job<QueuedJob>) => {
      const key = job.id as string;
      if (job.data.engine !== engine)
        throw new UnrecoverableError(`the run is for build ${job.data.engine}, this worker is build ${engine}`);
      const rows = await pool.run(job.data.job);
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
  // Redis may go away and come back: the connection retries.
  worker.on("error", () => {});
  await new Promise<void>((stop) => {
    if (signal.aborted) stop();
    else signal.addEventListener("abort", () => stop(), { once: true });
  });
  clearInterval(heartbeat);
  await worker.close();
  await pool.close();
  taking.disconnect();
  redis.disconnect();
}

/** Runs a program and measures its use of processor and memory on Linux; elsewhere only its time. */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { readdirSync, readFileSync } from "node:fs";
import { availableParallelism } from "node:os";

const SAMPLE_MS = 10;
const WINDOW_SECONDS = 0.1;

export interface Watched {
  readonly code: number | null;
  readonly stderr: string;
  readonly wallSeconds: number;
  /** Processor seconds of all threads. */
  readonly cpuSeconds: number;
  /** Peak resident memory. */
  readonly peakMb: number;
  /**
   * Share of all processors that the program demanded: time of threads that ran, and of threads that waited for a processor that another program
   * used. On an otherwise idle machine this is the share that it got.
   */
  readonly wanted: number;
}

/** Seconds that each thread ran and waited to run since its start; threads that have ended keep their last values. */
class Threads {
  readonly #seconds = new Map<string, readonly [ran: number, waited: number]>();

  sample(pid: number): void {
    for (const thread of readdirSync(`/proc/${pid}/task`)) {
      const [ran, waited] = readFileSync(`/proc/${pid}/task/${thread}/schedstat`, "utf8").split(" ").map(Number);
      this.#seconds.set(thread, [ran / 1e9, waited / 1e9]);
    }
  }

  sum(): [ran: number, waited: number] {
    let [ran, waited] = [0, 0];
    for (const seconds of this.#seconds.values()) [ran, waited] = [ran + seconds[0], waited + seconds[1]];
    return [ran, waited];
  }
}

class Watch {
  readonly #processors = availableParallelism();
  readonly #threads = new Threads();
  readonly #startedMs = performance.now();
  #windowMs = this.#startedMs;
  #before = 0;
  /** Processor seconds demanded, in each interval at most as many as there are processors. */
  #wantedSeconds = 0;
  peakMb = 0;

  sample(pid: number): void {
    try {
      this.#threads.sample(pid);
      this.peakMb = Math.max(this.peakMb, Number(/^VmHWM:\s*(\d+)/m.exec(readFileSync(`/proc/${pid}/status`, "utf8"))?.[1] ?? 0) / 1024);
    } catch {
      // The program has just ended, or this is not Linux.
    }
    if (performance.now() - this.#windowMs >= WINDOW_SECONDS * 1000) this.#closeWindow();
  }

  #closeWindow(): void {
    const seconds = (performance.now() - this.#windowMs) / 1000;
    const [ran, waited] = this.#threads.sum();
    this.#wantedSeconds += Math.min(ran + waited - this.#before, seconds * this.#processors);
    this.#before = ran + waited;
    this.#windowMs = performance.now();
  }

  end(): Pick<Watched, "wallSeconds" | "cpuSeconds" | "wanted" | "peakMb"> {
    this.#closeWindow();
    const wallSeconds = (performance.now() - this.#startedMs) / 1000;
    const wanted = this.#wantedSeconds / (wallSeconds * this.#processors);
    return { wallSeconds, cpuSeconds: this.#threads.sum()[0], wanted, peakMb: this.peakMb };
  }
}

/** Resolves when the program has ended, whatever the exit code. Its standard output is discarded. */
export async function runWatched(command: string, args: readonly string[]): Promise<Watched> {
  const watch = new Watch();
  const child = spawn(command, args, { stdio: ["ignore", "ignore", "pipe"] });
  let stderr = "";
  child.stderr.setEncoding("utf8").on("data", (text: string) => {
    stderr += text;
  });
  const timer = setInterval(() => child.pid !== undefined && watch.sample(child.pid), SAMPLE_MS);
  try {
    const [code] = (await once(child, "close")) as [number | null];
    return { code, stderr, ...watch.end() };
  } finally {
    clearInterval(timer);
  }
}

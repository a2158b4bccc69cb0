/** `diagnose -i`: what dumpcap hears on an interface, diagnosed while it comes. */

import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { type CaptureListener, CaptureReader, describeCaptureFault } from "@pushback/capture";
import { type Diagnosis, type Diagnostician, type Finding, VERDICTS } from "@pushback/diagnose";
import { formatClock, parseDuration } from "@pushback/host";
import { systemReason, UsageError } from "@pushback/usage-error";
import type { ReadProblem } from "../capture/capture-input.ts";
import { printable } from "../shared/printable.ts";
import { style } from "../shared/terminal.ts";

/** Pause between two diagnoses as a multiple of the duration of one, so that most of the time goes into reading packets. */
const PAUSE_FACTOR = 10;
const MIN_PAUSE_MS = 100;
/** Longest delay that a Node timer accepts. */
const MAX_TIMER_MS = 2 ** 31 - 1;

interface Until {
  readonly verdict: string | null;
  readonly durationMs: number | null;
}

/** Throws a UsageError when the text is neither a verdict nor a duration. */
function untilOption(text: string | undefined): Until {
  if (text === undefined) return { verdict: null, durationMs: null };
  if (VERDICTS.some((verdict) => verdict === text)) return { verdict: text, durationMs: null };
  const us = parseDuration(text);
  if (us === null || us <= 0) throw new UsageError(`--until ${text}: takes a duration (90s, 5m, 2h) or a verdict: ${VERDICTS.join(", ")}`);
  if (us / 1000 > MAX_TIMER_MS) throw new UsageError(`--until ${text}: takes at most 24 days`);
  return { verdict: null, durationMs: us / 1000 };
}

/**
 * Feeds `diagnostician` with the packets of an interface until Ctrl-C, `until`, or the end of the interface, and prints each verdict
 * when it is reached first (to standard error if `aside`). dumpcap has ended when this returns. Throws a UsageError when it can't capture.
 */
export async function watchInterface(
  name: string,
  until: string | undefined,
  diagnostician: Diagnostician,
  listener: CaptureListener,
  aside: boolean,
): Promise<ReadProblem> {
  const { verdict, durationMs } = untilOption(until);
  const child = spawn("dumpcap", ["-q", "-i", name, "-w", "-"], { stdio: ["ignore", "pipe", "pipe"] });
  const reader = new CaptureReader(listener);
  const verdicts = new VerdictLines(diagnostician, aside ? process.stderr : process.stdout);
  let said = "";
  child.stderr.setEncoding("utf8").on("data", (text: string) => {
    said = `${said}${text}`.slice(-2000);
  });
  let isStopped = false;
  const stop = (): void => {
    isStopped = true;
    child.kill("SIGTERM");
  };
  const look = (): void => {
    if (verdicts.look().some((finding) => finding.verdict === verdict)) stop();
  };
  process.once("SIGINT", stop);
  process.once("SIGTERM", stop);
  const timer = durationMs === null ? null : setTimeout(stop, durationMs);
  let pause: NodeJS.Timeout | null = null;
  child.stdout.on("data", (chunk: Uint8Array) => {
    const isWhole = reader.feed(chunk);
    // Packets that dumpcap delivers after it was told to stop are still diagnosed.
    if (isStopped) return;
    if (!isWhole) stop();
    // Judges the findings at the end of a burst of packets, and at intervals during a long burst.
    pause ??= setTimeout(() => {
      pause = null;
      look();
    }, verdicts.pauseMs);
  });
  try {
    await ended(child, name);
  } finally {
    process.off("SIGINT", stop);
    process.off("SIGTERM", stop);
    if (timer) clearTimeout(timer);
    if (pause) clearTimeout(pause);
  }
  if (reader.counts.packets === 0 && !isStopped) throw new UsageError(`-i ${name}: dumpcap can't capture: ${reasonOf(said)}`);
  look();
  // A capture that is stopped may end inside a record.
  const fault = reader.fault ?? (isStopped ? null : reader.end());
  return fault === null ? null : describeCaptureFault(fault);
}

async function ended(child: ChildProcess, name: string): Promise<void> {
  try {
    await once(child, "close");
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === "EACCES")
      throw new UsageError(`-i ${name}: dumpcap can't be started: permission denied; join the group wireshark, or run as root`);
    if (code !== "ENOENT") throw new UsageError(`-i ${name}: dumpcap can't be started: ${systemReason(error)}`);
    throw new UsageError(
      `-i ${name}: dumpcap is not there; install Wireshark's dumpcap (Debian: wireshark-common), or pipe: tcpdump -w - | pushback diagnose -`,
    );
  }
}

/** The line of dumpcap's messages that says what is wrong. */
function reasonOf(said: string): string {
  const lines = said.split("\n").map((line) => line.trim());
  return lines.find((line) => line !== "" && !/^(Capturing on|File:|Running as|dumpcap:$)/.test(line)) ?? "it ended without a packet";
}

/** Prints each finding once, and again when it is judged otherwise. */
class VerdictLines {
  readonly #diagnostician: Diagnostician;
  readonly #to: NodeJS.WriteStream;
  readonly #known = new Set<string>();
  pauseMs = MIN_PAUSE_MS;

  constructor(diagnostician: Diagnostician, to: NodeJS.WriteStream) {
    this.#diagnostician = diagnostician;
    this.#to = to;
  }

  /** The findings so far. */
  look(): readonly Finding[] {
    const from = performance.now();
    const diagnosis = this.#diagnostician.finish();
    for (const finding of diagnosis.findings) this.#tell(diagnosis, finding);
    this.pauseMs = Math.max(MIN_PAUSE_MS, (performance.now() - from) * PAUSE_FACTOR);
    return diagnosis.findings;
  }

  #tell({ firstUs, lastUs, packets }: Diagnosis, finding: Finding): void {
    const { verdict, from, to, port, benign, confidence, summary } = finding;
    const key = [verdict, from, to, port, benign].join(" ");
    if (this.#known.has(key)) return;
    this.#known.add(key);
    const mark = benign ? style("green", "✓") : style("red", "✗");
    this.#to.write(`${formatClock(lastUs - firstUs)}  frame ${packets}  ${mark} ${verdict} (${confidence}): ${printable(summary)}\n`);
  }
}

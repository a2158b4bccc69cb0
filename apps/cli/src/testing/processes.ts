/** Processes that a test starts and that do not outlive it. */

import type { ChildProcess } from "node:child_process";
import { afterAll } from "vitest";

/** Kills the remaining processes after the tests of a file. */
export function reaped(): <T extends ChildProcess>(child: T) => T {
  const started: ChildProcess[] = [];
  afterAll(() => {
    for (const child of started) child.kill("SIGKILL");
  });
  return (child) => {
    started.push(child);
    return child;
  };
}

/** Exit code; `null` after a signal. */
export function exitOf(child: ChildProcess): Promise<number | null> {
  if (child.exitCode !== null || child.signalCode !== null) return Promise.resolve(child.exitCode);
  return new Promise((done) => child.once("exit", done));
}

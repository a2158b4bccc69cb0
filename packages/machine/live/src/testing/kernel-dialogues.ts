/** Plays dialogues with the kernel's TCP in an unnamed network namespace, which disappears with the process in it. */

import { spawn } from "node:child_process";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import type { TcpDialogue } from "./dialogue-player.ts";

/** Time limit for all dialogues in milliseconds; they take about five seconds on an idle computer. */
const PATIENCE_MS = 170_000;

/** Returns the result of `playDialogue` by dialogue name. Call `requireTap` first. */
export async function playWithKernel(dialogues: readonly TcpDialogue[]): Promise<Map<string, readonly string[]>> {
  const script = fileURLToPath(new URL("./kernel-dialogue-process.ts", import.meta.url));
  const child = spawn("unshare", ["--net", process.execPath, "--conditions=pushback-source", script], {
    stdio: "pipe",
    env: { ...process.env, NODE_OPTIONS: "" },
  });
  let errors = "";
  child.stderr.setEncoding("utf8").on("data", (text) => {
    errors += text;
  });
  // Kills a process that hangs, so that it can't outlive its test.
  const timer = setTimeout(() => child.kill("SIGKILL"), PATIENCE_MS);
  const ended = new Promise((resolve) => child.once("close", resolve));
  const heard = new Map<string, readonly string[]>();
  try {
    child.stdin.on("error", () => {});
    child.stdin.write(`${JSON.stringify(dialogues)}\n`);
    for await (const line of createInterface({ input: child.stdout })) {
      const { name, steps } = JSON.parse(line) as { name: string; steps: string[] };
      if (name === "") return heard;
      heard.set(name, steps);
    }
    throw new Error(`the kernel's side ended after ${heard.size} dialogues: ${errors}`);
  } finally {
    clearTimeout(timer);
    child.kill("SIGKILL");
    await ended;
  }
}

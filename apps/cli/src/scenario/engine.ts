/** V8 flags for simulations: less optimization for short runs, a larger inlining budget for long ones. */

import { setFlagsFromString } from "node:v8";
import type { Scenario } from "@pushback/scenario";

/** Calls after which V8 compiles a function with Maglev and with TurboFan; its defaults are 400 and 3,000 (`node --v8-options`, Node 24). */
const LATE = ["--invocation-count-for-maglev=5000", "--invocation-count-for-turbofan=40000"];

/**
 * Lets V8 optimize fewer functions, for a scenario without a fleet. Such a run is over within a second, and with the defaults a third of its processor
 * time goes into code that is hardly run again (docs/FLEET-PROFILE.md, "a short run"). A large fleet needs that code, so a scenario with a fleet
 * keeps the defaults.
 */
export function compileLate({ clients }: Scenario): void {
  if (clients.some(({ count }) => count !== undefined)) return;
  for (const flag of LATE) setFlagsFromString(flag);
}

/** Bytes of bytecode that V8 inlines into one function: its default (`node --v8-options`, Node 24), and the value for a fleet. */
const USUAL = 920;
const WIDE = 1400;

/**
 * Runs a simulation with a larger inlining budget. The path of a datagram, from the server's timer to the client's error, is thirty small functions
 * over six layers, and V8's default budget ends in the middle of it: a larger one saves a tenth of the processor time of a stale fleet
 * (docs/FLEET-PROFILE.md). A command that runs for less than a second, such as the diagnosis of a capture, would only compile for longer, and V8
 * rejects the compile cache of the last start if the flags differ. So the budget is raised for the run only.
 */
export function inlineWidely<T>(run: () => T): T {
  setFlagsFromString(`--max-inlined-bytecode-size-cumulative=${WIDE}`);
  try {
    return run();
  } finally {
    setFlagsFromString(`--max-inlined-bytecode-size-cumulative=${USUAL}`);
  }
}

/** How V8 compiles what is hot. */

import { setFlagsFromString } from "node:v8";

/** V8's own measure (`node --v8-options`, Node 24), and the one for a fleet: bytes of bytecode that it puts into one piece of machine code. */
const USUAL = 920;
const WIDE = 1400;

/**
 * Runs a simulation. What a datagram passes through, from the server's timer to the client's error, is thirty small functions over six layers, and
 * V8's usual measure ends in the middle of each: with a wider one a stale fleet takes a tenth less of the processor (docs/FLEET-PROFILE.md). A
 * program that runs for less than a second, such as the diagnosis of a capture, would only compile for longer; and the compiled code that is kept
 * for the next start belongs to the usual flags. So it is wide for the run alone.
 */
export function inlineWidely<T>(run: () => T): T {
  setFlagsFromString(`--max-inlined-bytecode-size-cumulative=${WIDE}`);
  try {
    return run();
  } finally {
    setFlagsFromString(`--max-inlined-bytecode-size-cumulative=${USUAL}`);
  }
}

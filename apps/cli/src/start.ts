/** Entry point of the program. It stores V8's compile cache beside the program, so that the next start loads compiled code. */

import * as nodeModule from "node:module";
import { join } from "node:path";

const OLDEST_NODE = "22.13";

const [major, minor] = process.versions.node.split(".").map(Number);
const [oldestMajor, oldestMinor] = OLDEST_NODE.split(".").map(Number);

if (major < oldestMajor || (major === oldestMajor && minor < oldestMinor)) {
  process.stderr.write(
    `pushback: Node.js ${OLDEST_NODE} or newer is needed, and this is ${process.versions.node}: see https://nodejs.org\n`,
  );
  process.exitCode = 2;
} else {
  // If the cache can't be written, nothing is stored and the next start takes longer.
  nodeModule.enableCompileCache(join(import.meta.dirname, ".compiled"));
  await import("./main.ts");
}

/** Entry point of the program. It stores V8's compile cache beside the program, so that the next start loads compiled code. */

import { enableCompileCache } from "node:module";
import { join } from "node:path";

// If the cache can't be written, nothing is stored and the next start takes longer.
enableCompileCache(join(import.meta.dirname, ".compiled"));
await import("./main.ts");

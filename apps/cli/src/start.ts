/** The program's first file: V8's compiled code is kept beside it, so that the next start reads it instead of compiling everything again. */

import { enableCompileCache } from "node:module";
import { join } from "node:path";

// Where nothing can be written there, nothing is kept; only the start takes longer.
enableCompileCache(join(import.meta.dirname, ".compiled"));
await import("./main.ts");

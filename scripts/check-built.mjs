/** Every built package must load in plain Node, without TypeScript and without the source condition. */
import { existsSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { IMPORT_TABLE } from "./import-table.mjs";
import { root } from "./workspace.mjs";

let failed = 0;
for (const folder of Object.keys(IMPORT_TABLE)) {
  const index = join(root, folder, "dist", "index.js");
  try {
    if (!existsSync(index)) throw new Error("not built");
    await import(pathToFileURL(index).href);
  } catch (error) {
    failed++;
    console.error(`${folder}: ${error.message}`);
  }
}
if (failed) process.exitCode = 1;
else console.log(`${Object.keys(IMPORT_TABLE).length} built packages load`);

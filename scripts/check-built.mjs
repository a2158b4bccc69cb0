/** Every built package must load in plain Node, without TypeScript and without the source condition. */
import { existsSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { BROWSER_ONLY, IMPORT_TABLE } from "./import-table.mjs";
import { root } from "./workspace.mjs";

const folders = Object.keys(IMPORT_TABLE).filter((folder) => !BROWSER_ONLY.includes(folder));
let failed = 0;
for (const folder of BROWSER_ONLY) {
  if (existsSync(join(root, folder, "dist", "index.html"))) continue;
  failed++;
  console.error(`${folder}: not built`);
}
for (const folder of folders) {
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
else console.log(`${folders.length} built packages load`);

/**
 * Loads every built package in a plain Node process: no TypeScript loader, no source condition, no NODE_PATH. Each module that a
 * package imports must resolve from the folder of that package.
 */
import { spawnSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { BROWSER_ONLY, IMPORT_TABLE } from "./import-table.mjs";
import { root } from "./workspace.mjs";

const { NODE_PATH, NODE_OPTIONS, ...environment } = process.env;
const modules = Object.keys(IMPORT_TABLE)
  .filter((folder) => !BROWSER_ONLY.includes(folder))
  .flatMap((folder) => {
    const { exports } = JSON.parse(readFileSync(join(root, folder, "package.json"), "utf8"));
    return Object.values(exports).map((entry) => join(root, folder, entry.default));
  });
const program = `
  let failed = 0;
  for (const url of ${JSON.stringify(modules.map((path) => pathToFileURL(path).href))}) {
    try {
      if (Object.keys(await import(url)).length === 0) throw new Error("exports nothing");
    } catch (error) {
      failed++;
      console.error(\`\${url}: \${error.message}\`);
    }
  }
  process.exit(failed ? 1 : 0);`;
const { status, stderr } = spawnSync(process.execPath, ["--input-type=module", "--eval", program], {
  encoding: "utf8",
  env: environment,
  cwd: "/",
});
process.stderr.write(stderr);

const pages = BROWSER_ONLY.filter((folder) => !existsSync(join(root, folder, "dist", "index.html")));
for (const folder of pages) console.error(`${folder}: not built`);
if (status !== 0 || pages.length) process.exitCode = 1;
else console.log(`${modules.length} built modules load`);

import { execFile } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { BROWSER_ONLY, IMPORT_TABLE, NODE_ALLOWED } from "./import-table.mjs";
import { root } from "./workspace.mjs";

const FORBIDDEN = [
  "Buffer",
  "process",
  "setTimeout",
  "setInterval",
  "queueMicrotask",
  "fetch",
  "document",
  "window",
  "console",
  "require",
  "performance",
];
const ALLOWED = ["TextEncoder", "TextDecoder", "Uint8Array", "BigInt", "Promise"];

test("a pure package is checked against types that know no program's environment", async ({ onTestFinished }) => {
  const folder = mkdtempSync(join(tmpdir(), "pushback-"));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  writeFileSync(
    join(folder, "planted.ts"),
    [...FORBIDDEN, ...ALLOWED].map((name) => `export const use_${name}: unknown = ${name};\n`).join(""),
  );
  // Uses the options of a pure package, and the sources of all pure packages: the types of a dependency must not bring Node's types in.
  const pure = Object.keys(IMPORT_TABLE).filter((path) => !NODE_ALLOWED.includes(path) && !BROWSER_ONLY.includes(path));
  const include = ["planted.ts", join(root, "packages/environment.d.ts"), ...pure.map((path) => join(root, path, "src/index.ts"))];
  const compilerOptions = { composite: false, noEmit: true, emitDeclarationOnly: false, declarationMap: false };
  const config = { extends: join(root, "tsconfig.package.json"), compilerOptions, include };
  writeFileSync(join(folder, "tsconfig.json"), JSON.stringify(config));
  expect(JSON.parse(readFileSync(join(root, pure[0], "tsconfig.json"), "utf8")).extends).toBe("../../../tsconfig.package.json");
  const tsc = join(root, "node_modules/typescript/bin/tsc");
  const output = await new Promise((resolve) => {
    execFile(process.execPath, [tsc, "--noEmit", "-p", folder], (_error, stdout) => resolve(stdout));
  });
  const unknown = [...output.matchAll(/^\S*planted\.ts.*Cannot find name '(\w+)'/gm)].map((match) => match[1]);
  expect([...new Set(unknown)].sort()).toEqual([...FORBIDDEN].sort());
});

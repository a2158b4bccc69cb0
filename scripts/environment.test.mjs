import { execFile } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
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

test("the types that packages are checked with know no program's environment", async ({ onTestFinished }) => {
  const folder = mkdtempSync(join(tmpdir(), "pushback-"));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  writeFileSync(
    join(folder, "planted.ts"),
    [...FORBIDDEN, ...ALLOWED].map((name) => `export const use_${name}: unknown = ${name};\n`).join(""),
  );
  // With every package's source in the program: a dependency's types must not bring Node's along.
  const include = ["planted.ts", join(root, "packages/environment.d.ts"), join(root, "packages/*/*/src/**/*.ts")];
  const config = { extends: join(root, "tsconfig.pure.json"), include };
  writeFileSync(join(folder, "tsconfig.json"), JSON.stringify(config));
  const tsc = join(root, "node_modules/typescript/bin/tsc");
  const output = await new Promise((resolve) => {
    execFile(process.execPath, [tsc, "--noEmit", "-p", folder], (_error, stdout) => resolve(stdout));
  });
  const unknown = [...output.matchAll(/^\S*planted\.ts.*Cannot find name '(\w+)'/gm)].map((match) => match[1]);
  expect([...new Set(unknown)].sort()).toEqual([...FORBIDDEN].sort());
});

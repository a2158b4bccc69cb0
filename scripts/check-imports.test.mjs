import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { checkImports } from "./check-imports.mjs";

const TABLE = {
  IMPORT_TABLE: { "packages/low/base": [], "packages/low/side": [], "packages/high/top": ["base"] },
  TESTS_ONLY_TABLE: { "packages/low/judges": [] },
  APPS: ["apps/cli"],
  NODE_ALLOWED: ["packages/low/judges"],
  ELECTRON_ALLOWED: ["apps/desktop"],
};

const MANIFEST = { type: "module", exports: { ".": { "pushback-source": "./src/index.ts", default: "./dist/index.js" } } };

let baseDir;

function plant(path, text) {
  const full = join(baseDir, path);
  mkdirSync(dirname(full), { recursive: true });
  writeFileSync(full, text);
}

/** Installs a package of the workspace for another one (or for the root) as pnpm does. */
function link(from, to) {
  const modules = join(baseDir, from, "node_modules", "@pushback");
  mkdirSync(modules, { recursive: true });
  symlinkSync(join(baseDir, to), join(modules, to.split("/").at(-1)), "junction");
}

beforeEach(() => {
  baseDir = mkdtempSync(join(tmpdir(), "pushback-"));
  plant("package.json", JSON.stringify({ devDependencies: { "@pushback/judges": "workspace:*", vitest: "*" } }));
  for (const folder of [...Object.keys(TABLE.IMPORT_TABLE), ...Object.keys(TABLE.TESTS_ONLY_TABLE), "apps/cli"]) {
    plant(`${folder}/package.json`, JSON.stringify({ name: `@pushback/${folder.split("/").at(-1)}`, ...MANIFEST }));
  }
  plant("packages/low/base/src/index.ts", 'export * from "./inner.ts";\n');
  plant("packages/low/base/src/inner.ts", "export const inner = 1;\nexport type Inner = number;\n");
  plant("packages/low/side/src/index.ts", "export {};\n");
  plant("packages/low/judges/src/index.ts", 'export { spawnSync } from "node:child_process";\n');
  plant("packages/high/top/src/index.ts", 'import { inner } from "@pushback/base";\nexport const top = inner;\n');
  plant("packages/high/top/src/top.test.ts", 'import "node:fs";\nimport "@pushback/judges";\n');
  plant("apps/cli/src/main.ts", 'import "node:fs";\nimport "@pushback/base";\n');
  link(".", "packages/low/judges");
  link("packages/high/top", "packages/low/base");
  link("packages/high/top", "packages/low/side");
  link("apps/cli", "packages/low/base");
});

afterEach(() => rmSync(baseDir, { recursive: true, force: true }));

async function violations(table = TABLE) {
  return (await checkImports(baseDir, table)).violations;
}

test("a workspace that keeps to its table passes, and all of it is seen", async () => {
  expect(await checkImports(baseDir, TABLE)).toEqual({ violations: [], modules: 7, edges: 2 });
});

const TOP = "packages/high/top/src/planted.ts";
const INNER = "packages/low/base/src/inner.ts";

test.each([
  ["an unlisted edge", TOP, 'import "@pushback/side";', "this edge is not in the table"],
  ["an unlisted edge of types alone", TOP, 'import type { X } from "@pushback/side";\nexport type Y = X;', "this edge is not in the table"],
  ["a Node module", TOP, 'import "node:fs";', "only apps and tests may import Node's modules"],
  ["a Node module without its prefix", TOP, 'import "fs";', "only apps and tests may import Node's modules"],
  ["electron", TOP, 'import "electron";', "may import electron"],
  ["a tests-only package in what ships", TOP, 'import "@pushback/judges";', "this edge is not in the table"],
  ["a deep import by path", TOP, 'import "../../../low/base/src/inner.ts";', "not exported: a path past the index of the package"],
  ["a deep import by name", TOP, 'import "@pushback/base/src/inner.ts";', "not found"],
  ["a file that doesn't exist", TOP, 'import "./nowhere.ts";', "not found"],
  ["a circle", INNER, 'import { y } from "./y.ts";\nexport const inner = y;', "circular"],
])("%s is reported", async (_, path, text, reason) => {
  plant("packages/low/base/src/y.ts", 'import { inner } from "./inner.ts";\nexport const y = inner;\n');
  plant(path, text);
  expect(await violations()).toContainEqual(expect.stringContaining(reason));
});

test("a listed edge that nothing uses is reported, even if a test uses it", async () => {
  plant("packages/high/top/src/index.ts", "export const top = 1;\n");
  plant("packages/high/top/src/top.test.ts", 'import "@pushback/base";\n');
  expect(await violations()).toEqual(["packages/high/top → base is in the table but nothing uses it"]);
});

test("a package that is still empty needs no edges yet", async () => {
  plant("packages/high/top/src/index.ts", "export {};\n");
  expect(await violations()).toEqual([]);
});

test("a package that the table doesn't know, and one that only the table knows, are reported", async () => {
  const { "packages/low/side": _, ...fewer } = TABLE.IMPORT_TABLE;
  expect(await violations({ ...TABLE, IMPORT_TABLE: { ...fewer, "packages/low/gone": [] } })).toEqual([
    "packages/low/side is not in the table",
    "packages/low/gone is in the table but doesn't exist",
  ]);
});

test("a run that sees no modules is reported", async () => {
  rmSync(join(baseDir, "packages"), { recursive: true });
  rmSync(join(baseDir, "apps"), { recursive: true });
  expect(await violations({ ...TABLE, IMPORT_TABLE: {}, TESTS_ONLY_TABLE: {}, APPS: [] })).toEqual(["saw 0 modules of 0 source files"]);
});

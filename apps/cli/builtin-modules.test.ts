import { expect, it } from "vitest";
import { loadBuiltins } from "./builtin-modules.ts";

const ASKED = "globalThis.process.getBuiltinModule";

it("binds what imports of Node's own modules bind", () => {
  const code = `import{a,b as c,"d-e" as f}from"node:fs";import g from"node:os";import*as h from"node:util";import i,{default as j,k}from"node:url";l();`;
  expect(loadBuiltins(code)).toBe(
    `const {a,b:c,"d-e":f}=${ASKED}("node:fs");const g=${ASKED}("node:os");const h=${ASKED}("node:util");` +
      `const i=${ASKED}("node:url"),j=${ASKED}("node:url"),{k}=${ASKED}("node:url");l();`,
  );
});

it("leaves other imports as they are", () => {
  const code = 'import "node:fs";import{a}from"./node:fs.js";import"b";const c=await import("node:os");export{a};';
  expect(loadBuiltins(code)).toBe(code.replace('import "node:fs";', ""));
});

it("gives a module `require` only if it calls it, after the line that names the interpreter", () => {
  const made = `const require=${ASKED}("node:module").createRequire(import.meta.url);`;
  expect(loadBuiltins("#!/usr/bin/env node\nrequire('a');")).toBe(`#!/usr/bin/env node\n${made}require('a');`);
  expect(loadBuiltins("require('a');")).toBe(`${made}require('a');`);
  expect(loadBuiltins("#!/usr/bin/env node\nrequired();")).toBe("#!/usr/bin/env node\nrequired();");
});

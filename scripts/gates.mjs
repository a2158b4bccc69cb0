/** The gates that every change must pass, quick ones first. */
export const GATES = [
  { name: "types", command: ["tsc", "-b"] },
  { name: "references", command: ["node", "scripts/project-references.mjs", "--check"] },
  { name: "style", command: ["biome", "check", "--error-on-warnings", "."] },
  { name: "imports", command: ["node", "scripts/check-imports.mjs"] },
  { name: "unused", command: ["knip", "--no-config-hints"] },
  { name: "build", command: ["turbo", "run", "build", "--continue", "--output-logs=errors-only"] },
  { name: "built", command: ["node", "scripts/check-built.mjs"] },
];

/**
 * Additional gates where `CI` is set: the packages are packed and tested as libraries, the API reference is generated, and each benchmark runs with
 * little work, so that one that no longer runs fails. The web site is built, and its links and accessibility are checked. `out/bench-history.ndjson` keeps the numbers.
 */
export const CI_GATES = [
  ...GATES,
  { name: "packed", command: ["node", "scripts/check-packed.mjs"] },
  { name: "installed", command: ["node", "scripts/check-installed.mjs"] },
  { name: "site", command: ["node", "--conditions=pushback-source", "apps/site/src/check.ts"] },
  { name: "api", command: ["typedoc", "--options", "typedoc.config.mjs", "--out", "out/api"] },
  { name: "bench", command: ["node", "--conditions=pushback-source", "bench/main.ts", "--quick"] },
];

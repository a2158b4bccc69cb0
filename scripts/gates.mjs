/** The gates that every change must pass, in the order in which a developer wants to hear of them: quick ones first. */
export const GATES = [
  { name: "types", command: ["tsc", "--noEmit", "-p", "tsconfig.json"] },
  { name: "types-studio", command: ["tsc", "--noEmit", "-p", "packages/lab/studio/tsconfig.json"] },
  { name: "types-studio-tests", command: ["tsc", "--noEmit", "-p", "packages/lab/studio/tsconfig.test.json"] },
  { name: "types-desktop", command: ["tsc", "--noEmit", "-p", "apps/desktop/tsconfig.json"] },
  { name: "environment", command: ["tsc", "--noEmit", "-p", "tsconfig.pure.json"] },
  { name: "style", command: ["biome", "check", "--error-on-warnings", "."] },
  { name: "imports", command: ["node", "scripts/check-imports.mjs"] },
  { name: "unused", command: ["knip", "--no-config-hints"] },
  { name: "build", command: ["turbo", "run", "build", "--continue", "--output-logs=errors-only"] },
  { name: "built", command: ["node", "scripts/check-built.mjs"] },
];

/** Besides, where `CI` is set: benchmarks with little work, so that one that no longer runs is noticed; `out/bench-history.ndjson` keeps their numbers. */
export const CI_GATES = [...GATES, { name: "bench", command: ["node", "--conditions=pushback-source", "bench/main.ts", "--quick"] }];

/**
 * The gates that every change must pass, quick ones first. They run side by side, one for each core; a gate begins when those that it `needs` have
 * ended.
 */
export const GATES = [
  { name: "types", command: ["tsc", "-b"] },
  { name: "references", command: ["node", "scripts/project-references.mjs", "--check"] },
  { name: "style", command: ["biome", "check", "--error-on-warnings", "."] },
  { name: "imports", command: ["node", "scripts/check-imports.mjs"] },
  { name: "unused", command: ["knip", "--no-config-hints"] },
  { name: "build", command: ["turbo", "run", "build", "--continue", "--output-logs=errors-only"], needs: ["types"] },
  { name: "built", command: ["node", "scripts/check-built.mjs"], needs: ["build"] },
];

/**
 * Additional gates where `CI` is set: the packages are packed and tested as libraries, the API reference is generated, and each benchmark runs with
 * little work, so that one that no longer runs fails. The web site is built, and its links and accessibility are checked. `out/bench-history.ndjson` keeps the numbers.
 */
const LIBRARY_GATES = [
  { name: "packed", command: ["node", "scripts/check-packed.mjs"], needs: ["build"] },
  { name: "site", command: ["node", "--conditions=pushback-source", "apps/site/src/testing/check.ts"], needs: ["build"] },
  { name: "installed", command: ["node", "scripts/check-installed.mjs"], needs: ["build"] },
  { name: "api", command: ["typedoc", "--options", "typedoc.config.mjs", "--out", "out/api"], needs: ["build"] },
];

/** The benchmarks. They measure times, so they run alone, after all other gates. */
const BENCH = {
  name: "bench",
  command: ["node", "--conditions=pushback-source", "bench/main.ts", "--quick"],
  needs: [...GATES, ...LIBRARY_GATES].map(({ name }) => name),
};

export const CI_GATES = [...GATES, ...LIBRARY_GATES, BENCH];

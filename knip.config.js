import { globSync, readFileSync } from "node:fs";
import { dirname } from "node:path";

/** A package that is still an empty index has not been written yet; what its manifest announces is not unused. */
const unwritten = globSync("packages/*/*/src/index.ts")
  .filter((index) => readFileSync(index, "utf8").trim() === "export {};")
  .map((index) => dirname(dirname(index)).replaceAll("\\", "/"));

export default {
  workspaces: {
    ".": {
      entry: [
        "scripts/{start,site,output-schemas,desktop,test,pushback,check,check-imports,check-built,check-packed,check-installed,package,project-references,bench,long-run,mutate}.mjs",
        "scripts/**/*.test.mjs",
      ],
      project: ["scripts/**/*.mjs"],
    },
    examples: { entry: ["*.ts"], project: ["*.ts"] },
    // tsup bundles bench/tsup.config.ts with the command line's, whose imports it then resolves from bench/.
    bench: { entry: ["*.ts", "peers/*.mjs"], project: ["**/*.{ts,mjs}"], ignoreDependencies: ["acorn", "acorn-walk"] },
    "apps/cli": {
      entry: ["src/start.ts", "src/shared/json-outputs.ts", "src/testing/*-main.ts", "tsup.config.ts"],
      project: ["src/**/*.ts", "*.ts"],
    },
    "apps/desktop": {
      entry: ["src/main/main.ts", "src/preload/preload.ts", "src/renderer/main.ts", "src/testing/chromium/{electron,register}.ts"],
      project: ["src/**/*.{ts,tsx}"],
    },
    "apps/site": {
      entry: [
        "src/build.ts",
        "src/testing/check.ts",
        "scripts/recording.mjs",
        "scripts/pictures.mjs",
        ".vitepress/config.js",
        ".vitepress/theme/index.js",
      ],
      project: ["src/**/*.ts", "scripts/*.mjs", ".vitepress/**/*.js"],
    },
    "packages/lab/studio": {
      entry: ["src/testing/monitor-page.tsx", "src/testing/monitor-worker.ts", "src/main.tsx", "src/worker/entry.ts", "src/index.ts"],
      project: ["src/**/*.{ts,tsx}"],
    },
    "packages/machine/guest-network": { entry: ["src/index.ts", "src/testing/*-main.ts"], project: ["src/**/*.ts"] },
    "packages/exchange/mail-intake": { entry: ["src/index.ts", "src/limits.ts", "src/mail-worker.ts"], project: ["src/**/*.ts"] },
    "packages/lab/sweep": { entry: ["src/index.ts", "src/queue.ts", "src/sweep-worker.ts"], project: ["src/**/*.ts"] },
    "packages/*/*": { entry: ["src/index.ts", "src/**/*.bench.ts"], project: ["src/**/*.ts"] },
  },
  ignoreWorkspaces: unwritten,
  // The gates run biome and turbo by their names, and turbo runs pnpm; the built command line loads koffi, bullmq, ioredis and piscina, which its packages use, when it needs them. A test starts yaml-language-server by its path.
  // `npm run mutate` starts Stryker in a copy of the checkout.
  ignoreDependencies: [
    "@stryker-mutator/core",
    "@stryker-mutator/vitest-runner",
    "@biomejs/biome",
    "turbo",
    "pnpm",
    "koffi",
    "bullmq",
    "ioredis",
    "piscina",
    "yaml-language-server",
  ],
  // Found on the machine by the tests that ask for a second opinion.
  ignoreBinaries: ["dpkg", "dumpcap", "gcc", "iconv", "ip", "mkfifo", "mount", "nsenter", "redis-server", "umount", "unshare"],
};

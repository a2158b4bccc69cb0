import { availableParallelism } from "node:os";
import { join } from "node:path";
import { defineConfig } from "vitest/config";
import { freshCli, freshStudio } from "./scripts/workspace.mjs";

/** Packages resolve to their source, so that a test run needs no build. */
const conditions = ["pushback-source"];

/** Their tests change nothing outside themselves, so that the files of a worker share the loaded modules. */
const SHARED = ["protocol", "exchange", "platforms", "machine/stack", "machine/sim", "machine/services", "lab/diagnose", "lab/scenario"];
const SHARED_TESTS = SHARED.flatMap((folder) => [`packages/${folder}/**/src/**/*.test.ts`, `packages/${folder}/**/test/**/*.test.ts`]);
const ALL_TESTS = ["packages/**/src/**/*.test.ts", "packages/*/*/test/**/*.test.ts", "apps/**/*.test.ts", "scripts/**/*.test.mjs"];

export default defineConfig({
  resolve: { conditions },
  ssr: { resolve: { conditions } },
  test: {
    projects: [
      { extends: true, test: { name: "shared", include: SHARED_TESTS, isolate: false } },
      { extends: true, test: { name: "isolated", include: ALL_TESTS, exclude: ["**/node_modules/**", ...SHARED_TESTS] } },
    ],
    // Limits are for what hangs: a busy machine may be ten times slower than an idle one.
    testTimeout: 300_000,
    hookTimeout: 300_000,
    teardownTimeout: 60_000,
    expect: { poll: { timeout: 60_000 } },
    // One worker for each core: Vitest leaves one core free, but half of the tests wait for programs, timers and browsers.
    maxWorkers: availableParallelism(),
    // Tests that are marked as concurrent wait for timers of a server, so that many cost no more than one.
    maxConcurrency: 40,
    env: {
      // Hundreds of programs are started from their source: what Node made of it the first time is kept.
      NODE_COMPILE_CACHE: join(import.meta.dirname, "node_modules", ".cache", "compiled"),
      PUSHBACK_TESTED: freshCli() ?? "",
      PUSHBACK_STUDIO: freshStudio() ?? "",
    },
  },
});

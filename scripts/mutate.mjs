/**
 * `npm run mutate [FILE...]`: mutation tests of the files that judge and of those that they judge first. Stryker changes one expression at a time, and a
 * test must fail for it. It works on a copy of the checkout in a temporary folder. Prints the score and the mutants that no test noticed; the
 * whole report is written to reports/mutation/.
 */
import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { install, root, run, say } from "./workspace.mjs";

const FILES = [
  "packages/lab/scenario/src/{claims,counterparts,compare,expectations,keep-alive-claim,push-chain,push-series}.ts",
  "packages/exchange/server/src/push/{notifier,push-registrations,push-round}.ts",
  "packages/machine/stack/src/{icmp-input,icmp-output,tcp-timers}.ts",
];

/** Tests that must detect the mutants. Other tests check the same code and take longer. */
const TESTS = [
  "packages/lab/scenario/src/{claims,compare,counterparts,expectations,fault-catalogue,push-series,server-station}.test.ts",
  "packages/exchange/server/src/**/*.test.ts",
  "packages/exchange/client/src/{dialogue,mail-storm}.test.ts",
  "packages/machine/stack/src/**/*.test.ts",
];

await install();
const folder = mkdtempSync(join(tmpdir(), "pushback-mutants-"));
try {
  const listed = await run(["git", "ls-files", "--cached", "--others", "--exclude-standard"]);
  for (const file of listed.output.split("\n").filter((name) => name !== "")) {
    // A file that was deleted and not committed is listed too.
    if (!existsSync(join(root, file))) continue;
    mkdirSync(dirname(join(folder, file)), { recursive: true });
    cpSync(join(root, file), join(folder, file), { verbatimSymlinks: true });
  }
  const config = readFileSync(join(folder, "vitest.config.ts"), "utf8");
  const narrowed = config.replace(/projects: \[[\s\S]*?\n {4}\],/, `include: ${JSON.stringify(TESTS)},`);
  if (narrowed === config) throw new Error("vitest.config.ts has no `projects: [...]` that these tests could replace");
  writeFileSync(join(folder, "vitest.config.ts"), narrowed);
  const chosen = process.argv.slice(2);
  writeFileSync(
    join(folder, "stryker.config.json"),
    JSON.stringify({
      testRunner: "vitest",
      plugins: ["@stryker-mutator/vitest-runner"],
      inPlace: true,
      mutate: chosen.length > 0 ? chosen : FILES,
      // A mutated text that is only displayed changes no behaviour.
      mutator: { excludedMutations: ["StringLiteral"] },
      coverageAnalysis: "perTest",
      concurrency: 1,
      reporters: ["clear-text", "html", "json"],
      clearTextReporter: { allowColor: false, logTests: false, reportTests: false },
      htmlReporter: { fileName: "report/mutation.html" },
      jsonReporter: { fileName: "report/mutation.json" },
    }),
  );
  say("Installing a copy of the checkout …");
  const installed = await run(["pnpm", "install", "--frozen-lockfile", "--prefer-offline"], { cwd: folder });
  if (installed.code !== 0) throw new Error(installed.output);
  const { code } = await run([join(folder, "node_modules", ".bin", "stryker"), "run"], { cwd: folder, show: true });
  if (code === 0) {
    cpSync(join(folder, "report"), join(root, "reports", "mutation"), { recursive: true });
    say("The report is in reports/mutation/mutation.html.");
  }
  process.exitCode = code;
} finally {
  rmSync(folder, { recursive: true, force: true });
}

/**
 * `npm test`: installs if necessary, then runs all gates and all tests. A failure does not stop the rest, so that one run shows everything
 * that must be fixed. The last line counts gates and tests together.
 */
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { runGates } from "./check.mjs";
import { CI_GATES, GATES } from "./gates.mjs";
import { install, run, say } from "./workspace.mjs";

/** Runs Vitest on the caller's terminal and reads the counts from its JSON report. */
async function runTests(args) {
  const folder = mkdtempSync(join(tmpdir(), "pushback-"));
  const report = join(folder, "report.json");
  try {
    const { code } = await run(["vitest", "run", "--reporter=default", "--reporter=json", `--outputFile.json=${report}`, ...args], {
      show: true,
    });
    const { numPassedTests, numFailedTests, numPendingTests, testResults } = JSON.parse(readFileSync(report, "utf8"));
    // A test file that can't be loaded counts as one failure, because it has no tests that could fail.
    const brokenFiles = testResults.filter((file) => file.status === "failed" && file.assertionResults.length === 0).length;
    const failed = numFailedTests + brokenFiles;
    const reasons = testResults.flatMap((file) => file.assertionResults.map((assertion) => assertion.meta?.skippedBecause)).filter(Boolean);
    return { passed: numPassedTests, failed: failed === 0 && code !== 0 ? 1 : failed, skipped: numPendingTests, reasons };
  } catch (error) {
    say(`no report from Vitest: ${error.message}`);
    return { passed: 0, failed: 1, skipped: 0, reasons: [] };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

// Printed on exit, even if this process ends early, so that other programs can rely on the last line.
let closingLine = "0 passed, 1 failed";
process.on("exit", () => process.stdout.write(`${closingLine}\n`));

await install();
const gates = await runGates(process.env.CI ? CI_GATES : GATES);
const tests = await runTests(process.argv.slice(2));
const failed = gates.failed + tests.failed;
say(
  `\nGates: ${gates.passed} passed, ${gates.failed} failed. Tests: ${tests.passed} passed, ${tests.failed} failed, ${tests.skipped} skipped.`,
);
for (const reason of new Set(tests.reasons)) say(`Skipped: ${reason}`);
// A run without a single test counts as a failure.
process.exitCode = failed > 0 || tests.passed === 0 ? 1 : 0;
closingLine = `${gates.passed + tests.passed} passed, ${failed} failed`;

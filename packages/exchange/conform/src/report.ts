/** Results of the conformance suite as TAP (version 13) and as JUnit's XML. */

import type { CaseResult } from "./suite.ts";

export interface PlatformResults {
  readonly platform: string;
  readonly results: readonly CaseResult[];
}

/** One line, and for a failure what was found. */
export function tapLine(number: number, platform: string, result: CaseResult): string {
  const head = `${result.outcome === "failed" ? "not ok" : "ok"} ${number} - ${platform} ${result.id}: ${result.title}`;
  if (result.outcome === "skipped") return `${head} # SKIP ${result.why}\n`;
  if (result.outcome === "passed") return `${head}\n`;
  return `${head}\n  ---\n  message: ${JSON.stringify(result.why)}\n  seconds: ${result.seconds}\n  ...\n`;
}

function escaped(text: string): string {
  return text
    .replaceAll("&", "&amp;")
    .replaceAll("<", "&lt;")
    .replaceAll('"', "&quot;")
    .replace(/\p{Cc}/gu, " ");
}

function junitCase(platform: string, { id, title, outcome, why, seconds }: CaseResult): string {
  const inner =
    outcome === "failed" ? `<failure message="${escaped(why)}"/>` : outcome === "skipped" ? `<skipped message="${escaped(why)}"/>` : "";
  return `    <testcase classname="pushback.conform.${escaped(platform)}" name="${escaped(`${id}: ${title}`)}" time="${seconds}">${inner}</testcase>\n`;
}

export function junitXml(all: readonly PlatformResults[]): string {
  const suites = all.map(({ platform, results }) => {
    const count = (outcome: CaseResult["outcome"]) => results.filter((r) => r.outcome === outcome).length;
    const seconds = results.reduce((sum, r) => sum + r.seconds, 0).toFixed(3);
    const cases = results.map((result) => junitCase(platform, result)).join("");
    return `  <testsuite name="${escaped(platform)}" tests="${results.length}" failures="${count("failed")}" skipped="${count("skipped")}" time="${seconds}">\n${cases}  </testsuite>\n`;
  });
  return `<?xml version="1.0" encoding="UTF-8"?>\n<testsuites>\n${suites.join("")}</testsuites>\n`;
}

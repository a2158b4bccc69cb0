/** Results of the conformance suite as TAP (version 13) and as JUnit's XML. */

import type { CaseResult } from "./suite.ts";

/** Results of the suite with the client of one platform. */
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

/** A test case in JUnit's XML. */
export interface JUnitCase {
  readonly name: string;
  readonly outcome: CaseResult["outcome"];
  /** Reason of a failure or a skip; "" for a passed case. */
  readonly why: string;
  readonly seconds: number;
}

/** A test suite in JUnit's XML. */
export interface JUnitSuite {
  readonly name: string;
  /** Groups the suite's cases in the views of build servers. */
  readonly className: string;
  readonly cases: readonly JUnitCase[];
}

function caseXml(className: string, { name, outcome, why, seconds }: JUnitCase): string {
  const inner =
    outcome === "failed" ? `<failure message="${escaped(why)}"/>` : outcome === "skipped" ? `<skipped message="${escaped(why)}"/>` : "";
  return `    <testcase classname="${escaped(className)}" name="${escaped(name)}" time="${seconds}">${inner}</testcase>\n`;
}

/** Suites as JUnit's XML. */
export function junitDocument(suites: readonly JUnitSuite[]): string {
  const parts = suites.map(({ name, className, cases }) => {
    const count = (outcome: CaseResult["outcome"]) => cases.filter((each) => each.outcome === outcome).length;
    const seconds = cases.reduce((sum, each) => sum + each.seconds, 0).toFixed(3);
    const inner = cases.map((each) => caseXml(className, each)).join("");
    return `  <testsuite name="${escaped(name)}" tests="${cases.length}" failures="${count("failed")}" skipped="${count("skipped")}" time="${seconds}">\n${inner}  </testsuite>\n`;
  });
  return `<?xml version="1.0" encoding="UTF-8"?>\n<testsuites>\n${parts.join("")}</testsuites>\n`;
}

/** Results of the suite for each platform, as JUnit's XML. */
export function junitXml(all: readonly PlatformResults[]): string {
  return junitDocument(
    all.map(({ platform, results }) => ({
      name: platform,
      className: `pushback.conform.${platform}`,
      cases: results.map(({ id, title, outcome, why, seconds }) => ({ name: `${id}: ${title}`, outcome, why, seconds })),
    })),
  );
}

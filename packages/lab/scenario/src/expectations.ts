/** Compares a scenario's expectations with the results of its run. */

import type { ClaimSummary, ExpectationResult, FleetRow, PlatformRow } from "./comparison-types.ts";
import type { Scenario } from "./scenario-file.ts";
import type { Expectation, Expected } from "./scenario-schema.ts";

function describeExpected(expected: unknown): string {
  if (Array.isArray(expected)) return expected.join(" or ");
  if (typeof expected !== "object" || expected === null) return String(expected);
  const { min, max } = expected as { min?: number; max?: number };
  if (min !== undefined && max !== undefined) return `${min} to ${max}`;
  return min !== undefined ? `${min} or more` : `${max} or fewer`;
}

function meets(actual: unknown, expected: unknown): boolean {
  if (Array.isArray(expected)) return expected.includes(actual);
  if (typeof expected !== "object" || expected === null) return actual === expected;
  const { min = 0, max = Number.POSITIVE_INFINITY } = expected as { min?: number; max?: number };
  return typeof actual === "number" && actual >= min && actual <= max;
}

function entriesOf(expectation: Expectation): [string, Expected][] {
  return Object.entries(expectation).filter((entry): entry is [string, Expected] => entry[1] !== undefined);
}

/** Metric of this name. */
function metricOf(row: object, name: string): unknown {
  return (row as Readonly<Record<string, unknown>>)[name];
}

function checkRow(row: PlatformRow, expectation: Expectation): ExpectationResult[] {
  return entriesOf(expectation).map(([name, expected]) => {
    const actual = metricOf(row, name);
    const met = meets(actual, expected);
    return { met, text: `${row.variant}: ${name} is ${describeExpected(expected)}${met ? "" : `, but it was ${String(actual)}`}` };
  });
}

/**
 * Checks the expectations of every machine of the fleets. Each has one result, which names the first machine that fails it. If the run's settings
 * are not those of the file (`asWritten` is false) there are no results.
 */
export function checkFleet(scenario: Scenario, rows: readonly FleetRow[], asWritten = true): ExpectationResult[] {
  if (rows.length === 0 || !asWritten) return [];
  return Object.entries(scenario.expect.fleet).flatMap(([name, expected]) => {
    if (expected === undefined) return [];
    const failing = rows.filter((row) => !meets(metricOf(row, name), expected));
    const but =
      failing.length === 0 ? "" : `, but of ${failing.length} it is not: ${failing[0].name} has ${String(metricOf(failing[0], name))}`;
    return [{ met: failing.length === 0, text: `every machine of the fleet: ${name} is ${describeExpected(expected)}${but}` }];
  });
}

/** The expectations of one row: those of every platform, each replaced by the one of the row's platform or variant if there is one. */
function expectationFor(row: PlatformRow, { expect, catalogue }: Scenario): Expectation {
  const own = Object.entries(expect.platforms).filter(([name]) => catalogue.findVariant(name)?.id === row.variant);
  return Object.assign({}, expect.every, ...own.map(([, expectation]) => expectation)) as Expectation;
}

/**
 * Checks the expectations of single machines: one result per expectation, for `every` and `platforms` one per row. If the run's settings are not those of
 * the file (`asWritten` is false) only claims are checked, and only those that the run can show: expected numbers hold for the file's settings.
 */
export function checkExpectations(
  scenario: Scenario,
  rows: readonly PlatformRow[],
  claims: readonly ClaimSummary[],
  asWritten = true,
): ExpectationResult[] {
  const { expect } = scenario;
  const results: ExpectationResult[] = expect.claims.map((id) => {
    const claim = claims.find((c) => c.id === id);
    return {
      met: claim?.holds === true || (!asWritten && claim?.holds === null),
      text: `claim ${id} holds${claim?.holds === true ? "" : claim?.holds === null ? ", but nothing in the run can show it" : ", but it does not"}`,
    };
  });
  // A refuted claim is a failure, expected or not.
  for (const { id, holds } of claims) {
    if (holds === false && !expect.claims.includes(id)) results.push({ met: false, text: `claim ${id} holds, but it does not` });
  }
  if (!asWritten) return results;
  for (const row of rows) results.push(...checkRow(row, expectationFor(row, scenario)));
  for (const expectation of expect.some) {
    const met = rows.some((row) => checkRow(row, expectation).every((result) => result.met));
    const wanted = entriesOf(expectation).map(([name, expected]) => `${name} is ${describeExpected(expected)}`);
    results.push({ met, text: `some platform: ${wanted.join(", ")}` });
  }
  return results;
}

/** Compares a scenario's expectations with the results of its run. */

import type { ClaimId } from "./claim-texts.ts";
import type { ClaimSummary, ExpectationResult, FleetRow, PlatformRow } from "./comparison-types.ts";
import { NEEDS_COUNTERPART } from "./counterparts.ts";
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
  return checkMetrics(row, expectation, row.variant);
}

/** Compares metrics by name with what is expected of them; `where` is the text in front of each result. */
export function checkMetrics(row: object, expectation: Expectation, where: string): ExpectationResult[] {
  return entriesOf(expectation).map(([name, expected]) => {
    const actual = metricOf(row, name);
    const met = meets(actual, expected);
    return { met, text: `${where}: ${name} is ${describeExpected(expected)}${met ? "" : `, but it was ${String(actual)}`}` };
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

/** The expectations of one row: those under `every`, overridden by those under the row's platform or variant. */
function expectationFor(row: PlatformRow, { expect, catalogue }: Scenario): Expectation {
  const own = Object.entries(expect.platforms).filter(([name]) => catalogue.findVariant(name)?.id === row.variant);
  return Object.assign({}, expect.every, ...own.map(([, expectation]) => expectation)) as Expectation;
}

/** Results of a scenario's expectations. `notJudged`: one line for each expectation that the run cannot judge, with the reason. */
export interface JudgedExpectations {
  readonly results: readonly ExpectationResult[];
  readonly notJudged: readonly string[];
}

/** Ids of the platforms without a row in this run, if the scenario has a client with `platform: each`. */
function absentPlatforms({ clients, catalogue }: Scenario, rows: readonly PlatformRow[]): readonly string[] {
  if (!clients.some((client) => client.platform === "each")) return [];
  return catalogue.platforms.map(({ id }) => id).filter((id) => !rows.some(({ variant }) => catalogue.platformOf(variant) === id));
}

/** Whether the claim was left to a second run that was not made. */
function isCounterpartMissing(claims: readonly ClaimSummary[], id: ClaimId): boolean {
  return Object.values(claims.find((c) => c.id === id)?.findings ?? {}).includes(NEEDS_COUNTERPART);
}

/**
 * Checks the expectations of single machines: one result per expectation, for `every` and `platforms` one per row. Expected numbers hold for the
 * file's settings only, so they are not judged if `asWritten` is false. An expectation of "some platform" cannot fail in a run without all platforms.
 */
export function judgeExpectations(
  scenario: Scenario,
  rows: readonly PlatformRow[],
  claims: readonly ClaimSummary[],
  asWritten = true,
): JudgedExpectations {
  const { expect, catalogue } = scenario;
  const results: ExpectationResult[] = [];
  const notJudged: string[] = [];
  const absent = absentPlatforms(scenario, rows);
  const without = `${absent.join(", ")} did not run`;
  for (const id of expect.claims) {
    const holds = claims.find((c) => c.id === id)?.holds ?? null;
    const text = `claim ${id} holds`;
    if (holds !== null) results.push({ met: holds, text: holds ? text : `${text}, but it does not` });
    else if (!asWritten) notJudged.push(`${text}: nothing in the run with these settings can show it`);
    else if (isCounterpartMissing(claims, id)) notJudged.push(`${text}: ${NEEDS_COUNTERPART}`);
    else if (absent.length > 0) notJudged.push(`${text}: nothing in the run can show it, and ${without}`);
    else results.push({ met: false, text: `${text}, but nothing in the run can show it` });
  }
  // A refuted claim fails the run even if the file does not expect it.
  for (const { id, holds } of claims) {
    if (holds === false && !expect.claims.includes(id)) results.push({ met: false, text: `claim ${id} holds, but it does not` });
  }
  if (!asWritten) {
    const numbers = [
      ...[expect.every, expect.fleet, ...Object.values(expect.platforms), ...Object.values(expect.clients), ...expect.some],
      ...expect.during.flatMap(({ every, clients }) => [every, ...Object.values(clients)]),
    ].filter((e) => entriesOf(e).length > 0);
    if (numbers.length > 0) notJudged.push("expected numbers: KeepAliveTime or the notification interval is not that of the file");
    return { results, notJudged };
  }
  for (const row of rows) results.push(...checkRow(row, expectationFor(row, scenario)));
  const left = Object.keys(expect.platforms).filter((name) => absent.includes(catalogue.platformOf(name)));
  if (left.length > 0) notJudged.push(`expectations of ${left.join(", ")}: ${without}`);
  for (const expectation of expect.some) {
    const met = rows.some((row) => checkRow(row, expectation).every((result) => result.met));
    const wanted = entriesOf(expectation).map(([name, expected]) => `${name} is ${describeExpected(expected)}`);
    const text = `some platform: ${wanted.join(", ")}`;
    if (met || absent.length === 0) results.push({ met, text });
    else notJudged.push(`${text}: ${without}`);
  }
  return { results, notJudged };
}

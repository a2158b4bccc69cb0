/** The command line, the report and JSON have the same metrics; the studio's test in a browser compares its table with these (`equals-cli.chromium.test.ts`). */

import { stripVTControlCharacters } from "node:util";
import {
  CATALOGUE,
  type Comparison,
  checkComparison,
  compareScenario,
  fleetColumns,
  METRICS,
  metricRows,
  metricText,
  type PlatformRow,
  reportHtml,
} from "@pushback/scenario";
import { describe, expect, it } from "vitest";
import { loadScenario } from "../shared/gallery.ts";
import { TERMINAL_FORMAT } from "../shared/terminal.ts";
import { comparisonTable } from "./comparison-table.ts";
import { fleetTable } from "./fleet-table.ts";

const scenario = loadScenario("kb-q159302");
const { comparison, recordings } = compareScenario(scenario, { variants: CATALOGUE.defaultVariants(), seed: "1" });
const rows = metricRows(METRICS);

/** Group headings and rows: a heading alone, or a row's heading and its cells. */
function printedRows(table: string): string[][] {
  const lines = stripVTControlCharacters(table).trimEnd().split("\n");
  return lines.slice(lines.findIndex((line) => line.startsWith("──")) + 1).map((line) => line.trim().split(/ {2,}/));
}

function reportedRows(html: string): string[][] {
  const table = html.slice(html.indexOf("<table>"), html.indexOf("</table>"));
  const cells = (row: string) => [...row.matchAll(/<t[hd][^>]*>(.*?)<\/t[hd]>/g)].map(([, cell]) => cell.replaceAll(/<[^>]*>/g, ""));
  return [...table.matchAll(/<tr>.*?<\/tr>/g)].slice(1).map(([row]) => cells(row));
}

describe("the comparison", () => {
  const expected = rows.flatMap(({ title, metrics }) => [
    [title],
    ...metrics.map((metric) => [metric.title, ...comparison.platforms.map((row) => metricText(metric, row, TERMINAL_FORMAT))]),
  ]);

  it("has every metric once, each with its own heading", () => {
    const shown = rows.flatMap(({ metrics }) => metrics.map(({ key }) => key));
    expect(shown.toSorted()).toEqual(METRICS.map(({ key }) => key).toSorted());
    expect(new Set(METRICS.map(({ title }) => title)).size).toBe(METRICS.length);
  });

  it("has the same rows on the terminal and in the report", () => {
    expect(printedRows(comparisonTable(comparison))).toEqual(expected);
    expect(reportedRows(reportHtml(scenario, comparison, recordings))).toEqual(expected);
  });

  it("has the same rows in JSON, in the order of declaration, valid against the schema", () => {
    for (const row of comparison.platforms) {
      expect(Object.keys(row)).toEqual(["platform", "variant", ...METRICS.map(({ key }) => key), "capture"]);
    }
    const json = JSON.parse(JSON.stringify(comparison)) as { platforms: Record<string, unknown>[] };
    expect(checkComparison(json)).toBeNull();
    for (const { key } of METRICS) {
      const { [key]: _, ...rest } = json.platforms[0];
      expect(checkComparison({ ...json, platforms: [rest] })).toContain(key);
    }
  });
});

describe("a fleet", () => {
  const fleet = compareScenario(loadScenario("morning-after-a-power-cut"), { variants: [], seed: "1", count: 10 })
    .comparison as Comparison & {
    fleet: NonNullable<Comparison["fleet"]>;
  };

  it("has the same columns on the terminal and in the report", () => {
    const lines = stripVTControlCharacters(fleetTable(fleet.fleet)).split("\n");
    const titles = fleetColumns(CATALOGUE).map(({ title }) => title);
    expect(lines[0].trim().split(/ {2,}/)).toEqual(titles);
    const html = reportHtml(loadScenario("morning-after-a-power-cut"), fleet, new Map());
    expect(reportedRows(html).map(([title]) => title)).toEqual(titles);
    const all = reportedRows(html).map((cells) => cells.at(-1));
    expect(
      lines
        .find((line) => line.startsWith("all"))
        ?.split(/ {2,}/)
        .slice(1),
    ).toEqual(all);
  });

  it("is valid JSON against the schema", () => {
    expect(checkComparison(JSON.parse(JSON.stringify(fleet)))).toBeNull();
  });
});

it("every metric's value differs from the value of an absent metric", () => {
  const none = Object.fromEntries(METRICS.map(({ key }) => [key, null])) as unknown as PlatformRow;
  for (const metric of METRICS) expect(metricText(metric, none, TERMINAL_FORMAT)).toBe("–");
});

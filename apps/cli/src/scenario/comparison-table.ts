/** The comparison as tables on a terminal: one column per platform, one line per metric, then the claims. */

import { CATALOGUE, type Catalogue, type Comparison, metricRows, metricText, type PlatformRow } from "@pushback/scenario";
import { commandLine } from "../shared/invocation.ts";
import { printable } from "../shared/printable.ts";
import { layOutTable, style, TERMINAL_FORMAT, terminalWidth, textWidth, wrapText } from "../shared/terminal.ts";

function columnTitle(row: PlatformRow, catalogue: Catalogue): string[] {
  const platform = catalogue.platforms.find((p) => p.id === row.platform);
  return [style("bold", platform?.title ?? row.platform), style("dim", row.variant)];
}

/** If the variants do not fit on a line, the table continues below with the rest. */
const COLUMNS_AT_A_TIME = 6;

/** The comparison as one or more tables that fit the terminal's width; the narrowest have one platform each. */
export function comparisonTable(comparison: Comparison, catalogue: Catalogue = CATALOGUE, width = terminalWidth()): string {
  for (let columns = COLUMNS_AT_A_TIME; columns > 1; columns--) {
    const table = tableOf(comparison, catalogue, columns);
    if (width === Number.POSITIVE_INFINITY || textWidth(table) <= width) return table;
  }
  return tableOf(comparison, catalogue, 1);
}

function tableOf(comparison: Comparison, catalogue: Catalogue, columns: number): string {
  const parts: string[] = [];
  for (let first = 0; first < comparison.platforms.length; first += columns) {
    const rows = comparison.platforms.slice(first, first + columns);
    const titles = rows.map((row) => columnTitle(row, catalogue));
    const lines = metricRows(catalogue.metrics).flatMap(({ title, metrics }) => [
      [style("dim", title)],
      ...metrics.map((metric) => {
        const texts = rows.map((row) => metricText(metric, row, TERMINAL_FORMAT));
        return [`  ${metric.title}`, ...(metric.isMain ? texts.map((text) => style("bold", text)) : texts)];
      }),
    ]);
    parts.push(layOutTable([["", ...titles.map((t) => t[0])], ["", ...titles.map((t) => t[1])], ...lines], 2));
  }
  return parts.join("\n");
}

function mark(holds: boolean | null): string {
  if (holds === null) return style("dim", "–");
  return holds ? style("green", "✓") : style("red", "✗");
}

/** The article's claims with their results. A claim about which this scenario has no evidence is left out. */
export function claimsTable(comparison: Comparison): string {
  const shown = comparison.claims.filter((claim) => claim.holds !== null);
  const lines = shown.map((claim) => {
    const frames = Object.entries(claim.evidence).find(([, list]) => list.length > 0);
    const where =
      frames && claim.scenario === undefined
        ? style("dim", `${frames[0]}: ${frames[1].length === 1 ? "frame" : "frames"} ${listFrames(frames[1])}`)
        : "";
    return [`${mark(claim.holds)} ${claim.id}`, claim.text, where];
  });
  return layOutTable(lines, 0);
}

/**
 * One line for each companion scenario that judged claims in this one's place, and one with the claims that nothing could show, each with its reason.
 * Empty if every claim was judged here.
 */
export function unshownText(comparison: Comparison): string {
  const companions = new Map<string, string[]>();
  for (const { id, scenario } of comparison.claims) {
    if (scenario !== undefined) companions.set(scenario, [...(companions.get(scenario) ?? []), id]);
  }
  const lines = [...companions].map(
    ([scenario, ids]) => `${ids.join(", ")}: judged in ${style("cyan", commandLine("compare", scenario))}, which was run too.`,
  );
  const unshown = comparison.claims.filter((claim) => claim.holds === null);
  if (unshown.length > 0 && unshown.length < comparison.claims.length) {
    const reasons = unshown.map(({ id, findings }) => `${id} (${[...new Set(Object.values(findings))].join("; ")})`);
    lines.push(wrapText(style("dim", `Not shown here: ${reasons.join(", ")}.`), 110));
  }
  return lines.length === 0 ? "" : `${lines.join("\n")}\n\n`;
}

function listFrames(frames: readonly number[]): string {
  return frames.length <= 4 ? frames.join(", ") : `${frames.slice(0, 3).join(", ")} … ${frames.at(-1)}`;
}

/** Expectations that a run cannot judge, a line each; empty if it judges all. */
export function notJudgedText(notJudged: readonly string[]): string {
  return notJudged.map((text) => `${wrapText(`${style("yellow", "?")} not judged: ${text}`, 110)}\n`).join("");
}

/** Expectations that were not met; empty if all were. */
export function failuresText(comparison: Comparison): string {
  const failed = comparison.expectations.filter((e) => !e.met).map((e) => `${style("red", "✗")} ${printable(e.text)}`);
  if (comparison.together.agrees === false) {
    failed.push(...comparison.together.differences.map((d) => `${style("red", "✗")} all together on one segment: ${printable(d)}`));
  }
  return failed.join("\n");
}

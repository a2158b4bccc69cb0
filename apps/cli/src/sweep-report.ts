/** A sweep as one self-contained HTML file: ICMP errors per stale client against the varied setting, and the table. */

import { formatDuration, parseDuration } from "@pushback/host";
import { escapeHtml, REPORT_STYLE, type Scenario } from "@pushback/scenario";
import type { ResultLine } from "./sweep-output.ts";
import { describeValue, type SweepPlan } from "./sweep-plan.ts";
import { type PointSummary, summarizeSweep } from "./sweep-summary.ts";

const WIDTH = 860;
const HEIGHT = 360;
const COLOURS = ["#0b62a4", "#b5421f", "#3b7d23", "#7a3d99", "#8a6d00", "#00737a", "#a02060", "#555"];

/** A setting's value as a place on an axis: a length of time in microseconds, or a number; `null` for anything else. */
function placeOf(value: unknown): number | null {
  if (typeof value === "number") return value;
  return typeof value === "string" ? parseDuration(value) : null;
}

/** The setting that the plot is against: KeepAliveTime where it was varied, else the first whose values are places on an axis. */
function axisOf(plan: SweepPlan): string | null {
  const fits = (name: string) => {
    const places = plan.runs.map(({ settings }) => placeOf(settings[name]));
    return places.every((place) => place !== null) && new Set(places).size > 1;
  };
  return plan.settings.find((name) => /keepalive$|KeepAliveTime$/.test(name) && fits(name)) ?? plan.settings.find(fits) ?? null;
}

interface Series {
  readonly name: string;
  /** By place on the axis: 10th, 50th, 90th and 99th percentile of ICMP errors per client. */
  readonly points: readonly { readonly x: number; readonly low: number; readonly middle: number; readonly high: number }[];
}

function percentile(sorted: readonly number[], share: number): number {
  return sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)];
}

/** Over all runs at a place: seeds, and whatever else was varied. Within a run the machines' own percentiles count. */
function seriesOf(lines: readonly ResultLine[], axis: string): Series[] {
  const shown =
    lines.some(({ row }) => row.variant === "all") && new Set(lines.map(({ row }) => row.variant)).size === 2
      ? lines.filter(({ row }) => row.variant !== "all")
      : lines;
  return [...Map.groupBy(shown, ({ row }) => row.variant)].map(([name, ofVariant]) => {
    const places = Map.groupBy(ofVariant, ({ run }) => placeOf(run.settings[axis]) ?? 0);
    const points = [...places]
      .sort(([a], [b]) => a - b)
      .map(([x, group]) => {
        const sorted = (numbers: number[]) => numbers.sort((a, b) => a - b);
        return {
          x,
          low: percentile(sorted(group.map(({ row }) => row.icmpP50)), 0.1),
          middle: percentile(sorted(group.map(({ row }) => row.icmpP50)), 0.5),
          high: percentile(sorted(group.map(({ row }) => row.icmpP99)), 0.9),
        };
      });
    return { name, points };
  });
}

function plotSvg(series: readonly Series[], axis: string, isTime: boolean): string {
  const all = series.flatMap((s) => s.points);
  const [minX, maxX] = [Math.min(...all.map((p) => p.x)), Math.max(...all.map((p) => p.x))];
  const maxY = Math.max(1, ...all.map((p) => p.high));
  const x = (value: number) => (((value - minX) / (maxX - minX || 1)) * WIDTH).toFixed(1);
  const y = (value: number) => (HEIGHT - (value / maxY) * HEIGHT).toFixed(1);
  const step = 10 ** Math.floor(Math.log10(maxY)) / (maxY / 10 ** Math.floor(Math.log10(maxY)) < 2.5 ? 4 : 1);
  const grid: string[] = [];
  for (let value = 0; value <= maxY; value += step)
    grid.push(
      `<line class="grid" x1="0" x2="${WIDTH}" y1="${y(value)}" y2="${y(value)}"/><text class="axis" style="text-anchor:end" x="-8" y="${Number(y(value)) + 4}">${Number(value.toFixed(2))}</text>`,
    );
  for (const place of new Set(all.map((p) => p.x)))
    grid.push(
      `<text class="axis" style="text-anchor:middle" x="${x(place)}" y="${HEIGHT + 18}">${escapeHtml(isTime ? formatDuration(place) : String(place))}</text>`,
    );
  const drawn = series.map(({ name, points }, i) => {
    const colour = COLOURS[i % COLOURS.length];
    const band = [...points.map((p) => `${x(p.x)},${y(p.high)}`), ...points.toReversed().map((p) => `${x(p.x)},${y(p.low)}`)].join(" ");
    const line = points.map((p) => `${x(p.x)},${y(p.middle)}`).join(" ");
    const dots = points
      .map(
        (p) =>
          `<circle cx="${x(p.x)}" cy="${y(p.middle)}" r="3" fill="${colour}"><title>${escapeHtml(`${name}, ${isTime ? formatDuration(p.x) : p.x}: median ${p.middle}, ${p.low} to ${p.high}`)}</title></circle>`,
      )
      .join("");
    return `<polygon points="${band}" fill="${colour}" opacity="0.15"/><polyline points="${line}" fill="none" stroke="${colour}" stroke-width="2"/>${dots}<text style="text-anchor:start;fill:${colour}" x="${WIDTH + 14}" y="${18 * i + 12}">${escapeHtml(name)}</text>`;
  });
  return `<svg viewBox="-60 -16 ${WIDTH + 240} ${HEIGHT + 60}" role="img" aria-label="ICMP errors per client against ${escapeHtml(axis)}">${grid.join("")}${drawn.join("")}<text class="axis" style="text-anchor:middle" x="${WIDTH / 2}" y="${HEIGHT + 38}">${escapeHtml(axis)}</text></svg>`;
}

function tableHtml(plan: SweepPlan, points: readonly PointSummary[]): string {
  const head = [
    ...plan.settings,
    "variant",
    "runs",
    "machines",
    "ICMP per client",
    "p90 of runs",
    "p99 of machines",
    "peak per second",
    "stale for",
    "ended by",
  ];
  const rows = points.map((p) => [
    ...plan.settings.map((name) => describeValue(p.settings[name] ?? "")),
    p.variant,
    String(p.runs),
    String(p.machines),
    p.icmpPerMachine.p50.toFixed(1),
    p.icmpPerMachine.p90.toFixed(1),
    String(p.icmpP99),
    String(p.peakIcmpPerSecond),
    p.staleForUs === null ? "–" : formatDuration(Math.round(p.staleForUs.p50 / 1e6) * 1_000_000),
    p.sessionEndCauses,
  ]);
  const line = (cells: readonly string[], tag: string) =>
    `<tr>${cells.map((text) => `<${tag}>${escapeHtml(text)}</${tag}>`).join("")}</tr>`;
  return `<table><thead>${line(head, "th")}</thead><tbody>\n${rows.map((cells) => line(cells, "td")).join("\n")}\n</tbody></table>`;
}

/** The same results give the same bytes. */
export function sweepReport(scenario: Scenario, plan: SweepPlan, lines: readonly ResultLine[]): string {
  const axis = axisOf(plan);
  const isTime = axis !== null && plan.runs.some(({ settings }) => typeof settings[axis] === "string");
  const plot =
    axis === null
      ? ""
      : `<h2>ICMP errors per stale client</h2><p>The line is the median client of the median run; the band reaches from the 10th percentile of runs to the 99th percentile of machines (90th of runs).</p>${plotSvg(seriesOf(lines, axis), axis, isTime)}`;
  return `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1"><title>${escapeHtml(scenario.title)}: a sweep</title>
<style>${REPORT_STYLE}</style></head>
<body><main>
<h1>${escapeHtml(scenario.title)}</h1>
<p>${escapeHtml(scenario.about)}</p>
<p>${plan.runs.length} runs of <code>${escapeHtml(scenario.id)}</code>, varied: ${escapeHtml(plan.settings.join(", ") || "the seed alone")}.</p>
${plot}
<h2>Every point</h2>
${tableHtml(plan, summarizeSweep(lines))}
</main></body></html>
`;
}

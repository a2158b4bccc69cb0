/** A sweep as one self-contained HTML file: ICMP errors per stale client against the varied setting, and the table. */

import { formatDuration, parseDuration } from "@pushback/host";
import { escapeHtml, REPORT_STYLE, type Scenario } from "@pushback/scenario";
import type { ResultLine } from "./output.ts";
import { describeSettings, describeValue, type SweepPlan, type SweepSettings } from "./plan.ts";
import type { PointSummary, SweepSummary, UnmetExpectation } from "./summary.ts";

const WIDTH = 860;
const HEIGHT = 360;
/** Colours of the series, for light and dark backgrounds. */
const COLOURS = [
  ["#0b62a4", "#6ea8fe"],
  ["#b5421f", "#ff9b7a"],
  ["#3b7d23", "#7fd069"],
  ["#7a3d99", "#c79bea"],
  ["#8a6d00", "#e0c14f"],
  ["#00737a", "#4fc3c9"],
  ["#a02060", "#f28bb9"],
  ["#555", "#b0b6bd"],
];
/** Marks of a curve's points, relative to the point: curves are told apart without colour. Circle, square, triangle, diamond, plus, triangle down. */
const MARKERS = [
  "m-3.5 0a3.5 3.5 0 1 0 7 0a3.5 3.5 0 1 0 -7 0z",
  "m-3.2 -3.2h6.4v6.4h-6.4z",
  "m0 -4.4l4.2 7.4h-8.4z",
  "m0 -4.8l4.8 4.8l-4.8 4.8l-4.8 -4.8z",
  "m-1.4 -4.2h2.8v2.8h2.8v2.8h-2.8v2.8h-2.8v-2.8h-2.8v-2.8h2.8z",
  "m0 4.4l4.2 -7.4h-8.4z",
];

const STYLE = `${COLOURS.map(([light, dark], i) => `svg .s${i} { color: light-dark(${light}, ${dark}); }`).join("\n")}
svg .series polyline { fill: none; stroke: currentColor; stroke-width: 2; } svg .series polyline.p99 { stroke-width: 1.2; stroke-dasharray: 5 4; }
svg .series polygon { fill: currentColor; opacity: 0.14; } svg .series path { fill: currentColor; stroke: Canvas; stroke-width: 0.8; paint-order: stroke; } svg .series text { fill: currentColor; text-anchor: start; }
@media print { main { print-color-adjust: exact; } }`;

/** Converts a setting's value to a position on an axis: a duration in microseconds, or a number; `null` for anything else. */
function placeOf(value: unknown): number | null {
  if (typeof value === "number") return value;
  return typeof value === "string" ? parseDuration(value) : null;
}

/** The setting on the horizontal axis: KeepAliveTime if it was varied, otherwise the first setting whose values have positions. */
function axisOf(plan: SweepPlan): string | null {
  const fits = (name: string) => {
    const places = plan.runs.map(({ settings }) => placeOf(settings[name]));
    return places.every((place) => place !== null) && new Set(places).size > 1;
  };
  return plan.settings.find((name) => /keepalive$|KeepAliveTime$/.test(name) && fits(name)) ?? plan.settings.find(fits) ?? null;
}

interface Place {
  readonly x: number;
  /**
   * At each position, over the runs: 10th percentile of the clients' median, median of that median, median of the clients' 99th percentile, 90th
   * percentile of that.
   */
  readonly low: number;
  readonly middle: number;
  readonly p99: number;
  readonly high: number;
}

interface Series {
  readonly name: string;
  readonly points: readonly Place[];
}

function percentile(numbers: readonly number[], share: number): number {
  const sorted = numbers.toSorted((a, b) => a - b);
  return sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)];
}

/** Medians and 99th percentiles of the machines of each run, by position on the axis. */
type SeriesNumbers = Map<number, { readonly medians: number[]; readonly p99s: number[] }>;

function addTo(all: Map<string, SeriesNumbers>, name: string, x: number, { icmpP50, icmpP99 }: ResultLine["row"]): void {
  const ofName: SeriesNumbers = all.get(name) ?? new Map();
  all.set(name, ofName);
  const place = ofName.get(x) ?? { medians: [], p99s: [] };
  ofName.set(x, place);
  place.medians.push(icmpP50);
  place.p99s.push(icmpP99);
}

/** Spreads are over all runs at a position; within a run the machines' percentiles are used. */
function seriesOf(all: ReadonlyMap<string, SeriesNumbers>): Series[] {
  return [...all].map(([name, places]) => {
    const points = [...places]
      .sort(([a], [b]) => a - b)
      .map(([x, { medians, p99s }]) => ({
        x,
        low: percentile(medians, 0.1),
        middle: percentile(medians, 0.5),
        p99: percentile(p99s, 0.5),
        high: percentile(p99s, 0.9),
      }));
    return { name, points };
  });
}

/** Collects what the report shows of a sweep's rows, which are added one by one in the order of the plan. */
export class SweepReport {
  readonly #scenario: Scenario;
  readonly #plan: SweepPlan;
  readonly #axis: string | null;
  readonly #others: readonly string[];
  readonly #together = new Map<string, SeriesNumbers>();
  readonly #byVariant = new Map<string, SeriesNumbers>();

  constructor(scenario: Scenario, plan: SweepPlan) {
    this.#scenario = scenario;
    this.#plan = plan;
    this.#axis = axisOf(plan);
    this.#others = plan.settings.filter((name) => name !== this.#axis);
  }

  add({ run, row }: ResultLine): void {
    if (this.#axis === null) return;
    const x = placeOf(run.settings[this.#axis]) ?? 0;
    if (row.variant === "all") addTo(this.#together, this.#nameOf(run.settings), x, row);
    else addTo(this.#byVariant, row.variant, x, row);
  }

  /** The other varied settings, as the name of a series. */
  #nameOf(settings: SweepSettings): string {
    return this.#others.map((other) => `${other} ${describeValue(settings[other] ?? "")}`).join(", ") || "all machines";
  }

  /** The report; the same results give the same bytes. */
  html(summary: SweepSummary): string {
    return reportHtml(this.#scenario, this.#plan, this.#axis, this.#plots(), summary);
  }

  /** For fleets, all machines by the other varied settings, then by variant; for compared machines, by variant. */
  #plots(): Plot[] {
    if (this.#axis === null) return [];
    const variants = seriesOf(this.#byVariant);
    const together = seriesOf(this.#together);
    return [
      ...(together.length === 0 ? [] : [{ title: "All machines", series: together }]),
      ...(together.length > 0 && variants.length === 1 ? [] : [{ title: "By platform", series: variants }]),
    ];
  }
}

interface Plot {
  readonly title: string;
  readonly series: readonly Series[];
}

function isSameCurve(a: readonly Place[], b: readonly Place[]): boolean {
  return a.length === b.length && a.every(({ x, middle, p99 }, i) => x === b[i].x && middle === b[i].middle && p99 === b[i].p99);
}

function plotSvg(series: readonly Series[], axis: string, isTime: boolean): string {
  const all = series.flatMap((s) => s.points);
  const [minX, maxX] = all.reduce(
    ([least, most], { x }) => [Math.min(least, x), Math.max(most, x)],
    [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY],
  );
  const maxY = all.reduce((most, { high }) => Math.max(most, high), 1);
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
    // Earlier curves are wider and have larger marks, so that of curves that coincide each one shows around those above it.
    const before = (series.length - 1 - i) * Math.min(1.5, 7 / series.length);
    const scale = (1 + before / 6).toFixed(2);
    const twin = series.findIndex((other, k) => k < i && isSameCurve(other.points, points));
    const mark = (at: string, title = "") =>
      `<path transform="translate(${at}) scale(${scale})" d="M0 0${MARKERS[i % MARKERS.length]}">${title}</path>`;
    const band = [...points.map((p) => `${x(p.x)},${y(p.high)}`), ...points.toReversed().map((p) => `${x(p.x)},${y(p.low)}`)].join(" ");
    const line = (of: (p: Place) => number) => points.map((p) => `${x(p.x)},${y(of(p))}`).join(" ");
    const dots = points.map((p) => {
      const where = `${name}, ${axis} ${isTime ? formatDuration(p.x) : p.x}`;
      const text = `${where}: median ${p.middle}, 99th percentile ${p.p99}, ${p.low} to ${p.high}`;
      return mark(`${x(p.x)} ${y(p.middle)}`, `<title>${escapeHtml(text)}</title>`);
    });
    return `<g class="series s${i % COLOURS.length}"><polygon points="${band}"/><polyline class="p99" points="${line((p) => p.p99)}"/><polyline style="stroke-width:${(2 + before).toFixed(1)}" points="${line((p) => p.middle)}"/>${dots.join("")}${mark(`${WIDTH + 8} ${18 * i + 8}`)}<text x="${WIDTH + 20}" y="${18 * i + 12}">${escapeHtml(twin < 0 ? name : `${name} (the same as ${series[twin].name})`)}</text></g>`;
  });
  const title = `<text class="axis" style="text-anchor:middle" transform="translate(-46 ${HEIGHT / 2}) rotate(-90)">ICMP errors per client</text>`;
  return `<svg viewBox="-64 -16 ${WIDTH + 250} ${HEIGHT + 60}" role="img" aria-label="ICMP errors per client against ${escapeHtml(axis)}">${grid.join("")}${title}${drawn.join("")}<text class="axis" style="text-anchor:middle" x="${WIDTH / 2}" y="${HEIGHT + 38}">${escapeHtml(axis)}</text></svg>`;
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

/** The expectations that runs did not meet; empty if there are none. */
function unmetHtml(unmet: readonly UnmetExpectation[]): string {
  const items = unmet.map(
    ({ text, runs, first }) =>
      `<li>${escapeHtml(text)} (${runs} ${runs === 1 ? "run" : "runs"}, the first with seed ${escapeHtml(first.seed)} ${escapeHtml(describeSettings(first.settings))})</li>`,
  );
  return items.length === 0 ? "" : `<h2>Expectations that were not met</h2>\n<ul>${items.join("\n")}</ul>\n`;
}

function reportHtml(scenario: Scenario, plan: SweepPlan, axis: string | null, plots: readonly Plot[], summary: SweepSummary): string {
  const isTime = axis !== null && plan.runs.some(({ settings }) => typeof settings[axis] === "string");
  const drawn = plots.map(({ title, series }) => `<section><h3>${title}</h3>${plotSvg(series, axis ?? "", isTime)}</section>`);
  const plot =
    drawn.length === 0
      ? ""
      : `<h2>ICMP errors per stale client</h2><p>Solid: the median client of the median run. Dashed: the 99th percentile of clients, of the median run. The band reaches from the 10th percentile of runs of the one to the 90th of the other.</p>${drawn.join("\n")}`;
  return `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1"><title>${escapeHtml(scenario.title)}: a sweep</title>
<style>${REPORT_STYLE}${STYLE}</style></head>
<body><main>
<h1>${escapeHtml(scenario.title)}</h1>
<p>${escapeHtml(scenario.about)}</p>
<p>${plan.runs.length} runs of <code>${escapeHtml(scenario.id)}</code>, varied: ${escapeHtml(plan.settings.join(", ") || "the seed alone")}.</p>
${unmetHtml(summary.unmet())}${plot}
<h2>Every point</h2>
${tableHtml(plan, summary.points())}
</main></body></html>
`;
}

/** The comparison as one self-contained HTML file: the results per platform, a timeline for each, the claims with their evidence. */

import { formatClock, formatDuration } from "@pushback/host";
import type { Catalogue } from "./catalogue.ts";
import { claimVerdict } from "./claim-texts.ts";
import { rowsOfRun } from "./compare.ts";
import type { Comparison, PlatformRow } from "./comparison-types.ts";
import { escapeHtml } from "./escape-html.ts";
import { fleetSection } from "./fleet-report.ts";
import { MachineView } from "./machine-view.ts";
import { metricRows, metricText } from "./metrics/metric-rows.ts";
import type { Recording } from "./recording.ts";
import { RecordingIndex } from "./recording-index.ts";
import { captureLinks, emphasize, errorsGraph, REPORT_FORMAT } from "./report-parts.ts";
import { REPORT_STYLE } from "./report-style.ts";
import type { Scenario } from "./scenario-file.ts";
import { sessionEndText } from "./session-end-cause.ts";
import { ENGINE_VERSION } from "./version.ts";

const WIDTH = 1000;
const LANE = 26;

/** One lane per kind of event, on the clock of the run. Titles give the times, for the mouse and for screen readers. */
function timelineSvg(view: MachineView): string {
  const duration = view.recording.durationUs;
  const x = (us: number) => ((us / duration) * WIDTH).toFixed(1);
  const parts: string[] = [];
  const bar = (from: number, to: number, lane: number, kind: string, title: string) =>
    parts.push(
      `<rect class="${kind}" x="${x(from)}" y="${lane * LANE + 5}" width="${Math.max(1.5, Number(x(to)) - Number(x(from))).toFixed(1)}" height="${LANE - 10}"><title>${escapeHtml(title)}</title></rect>`,
    );
  const tick = (us: number, lane: number, kind: string, title: string) =>
    parts.push(
      `<line class="${kind}" x1="${x(us)}" x2="${x(us)}" y1="${lane * LANE + 5}" y2="${(lane + 1) * LANE - 5}"><title>${escapeHtml(title)}</title></line>`,
    );

  for (const [from, to] of intervals(view, "stack-up", "stack-down"))
    bar(from, to, 0, "stack", `TCP/IP up from ${formatClock(from)} to ${formatClock(to)}`);
  for (const session of view.sessions) {
    const end = session.endUs ?? duration;
    bar(
      session.startUs,
      end,
      1,
      "session",
      `session ${session.id}: ${formatClock(session.startUs)} to ${session.endUs === null ? "the end of the run" : `${formatClock(end)}, ${sessionEndText(session)}`}`,
    );
  }
  for (const us of view.deliveriesUs) tick(us, 2, "mail", `mail at ${formatClock(us)}`);
  for (const d of view.datagrams)
    tick(d.timeUs, 3, d.answer ? "push answered" : "push", `push datagram, frame ${d.frame}, ${formatClock(d.timeUs)}`);
  for (const u of view.unreachables) tick(u.timeUs, 4, "icmp", `ICMP port unreachable, frame ${u.frame}, ${formatClock(u.timeUs)}`);

  const labels = ["TCP/IP", "Session", "Mail", "Pushes", "ICMP"].map((text, lane) => `<text x="-8" y="${lane * LANE + 17}">${text}</text>`);
  const step = niceStep(duration);
  const axis: string[] = [];
  for (let us = 0; us <= duration; us += step)
    axis.push(
      `<line class="grid" x1="${x(us)}" x2="${x(us)}" y1="0" y2="${5 * LANE}"/><text class="axis" x="${x(us)}" y="${5 * LANE + 14}">${formatDuration(us)}</text>`,
    );
  return `<svg viewBox="-70 0 ${WIDTH + 90} ${5 * LANE + 20}" role="img" aria-label="Timeline of ${escapeHtml(view.machine.name)}">${axis.join("")}${labels.join("")}${parts.join("")}</svg>`;
}

/** Spans between an opening and a closing machine event; an open one lasts to the end of the run. */
function intervals(view: MachineView, opens: string, closes: string): [number, number][] {
  const spans: [number, number][] = [];
  let from: number | null = null;
  for (const e of view.events) {
    if (e.layer !== "machine") continue;
    if (e.event.type === opens && from === null) from = e.atUs;
    else if (e.event.type === closes && from !== null) {
      spans.push([from, e.atUs]);
      from = null;
    }
  }
  if (from !== null) spans.push([from, view.recording.durationUs]);
  return spans;
}

function niceStep(duration: number): number {
  const minute = 60_000_000;
  return [1, 5, 10, 15, 30, 60, 120, 360].map((m) => m * minute).find((us) => duration / us <= 10) ?? 1440 * minute;
}

function comparisonTable(rows: readonly PlatformRow[], catalogue: Catalogue): string {
  const head = rows.map((r) => `<th scope="col">${escapeHtml(catalogue.findVariant(r.variant)?.title ?? r.variant)}</th>`).join("");
  const bodies = metricRows(catalogue.metrics).map(({ title, metrics }) => {
    const lines = metrics.map((metric) => {
      const cells = rows.map((r) => `<td>${emphasize(escapeHtml(metricText(metric, r, REPORT_FORMAT)), metric.isMain)}</td>`);
      return `<tr><th scope="row" title="${escapeHtml(metric.about)}">${escapeHtml(metric.title)}</th>${cells.join("")}</tr>`;
    });
    return `<tbody>\n<tr><th scope="rowgroup" colspan="${rows.length + 1}">${escapeHtml(title)}</th></tr>\n${lines.join("\n")}\n</tbody>`;
  });
  return `<table><thead><tr><td></td>${head}</tr></thead>${bodies.join("")}</table>`;
}

function claimsTable(comparison: Comparison): string {
  const rows = comparison.claims
    .filter((claim) => claim.holds !== null)
    .map((claim) => {
      const evidence = Object.entries(claim.evidence)
        .map(
          ([variant, frames]) =>
            `<li><b>${escapeHtml(variant)}</b>: ${escapeHtml(claim.findings[variant] ?? "")}${frames.length > 0 ? ` <span class="frames">frames ${frames.join(", ")}</span>` : ""}</li>`,
        )
        .join("");
      return `<tr><td class="${claim.holds ? "yes" : "no"}">${claimVerdict(claim.holds)}</td><th scope="row">${escapeHtml(claim.text)}<br><code>${claim.id}</code>${claim.scenario === undefined ? "" : `<br>judged in <code>${escapeHtml(claim.scenario)}</code>`}</th><td><ul>${evidence}</ul></td></tr>`;
    });
  return `<table class="claims"><thead><tr><th scope="col">Result</th><th scope="col">Claim</th><th scope="col">What was seen</th></tr></thead><tbody>${rows.join("\n")}</tbody></table>`;
}

function singleMachines(comparison: Comparison, views: readonly MachineView[], catalogue: Catalogue): string {
  const timelines = views.map((view) => `<section><h3>${escapeHtml(view.machine.title)}</h3>${timelineSvg(view)}</section>`);
  const step = niceStep(Math.max(...views.map((view) => view.recording.durationUs)));
  return `<h2>Side by side</h2>
${comparisonTable(comparison.platforms, catalogue)}
<h2>On one clock</h2>
<p class="legend"><span class="key stack"></span> TCP/IP up <span class="key session"></span> session at the server <span class="key mail"></span> mail <span class="key push"></span> push datagram <span class="key icmp"></span> ICMP port unreachable</p>
${timelines.join("\n")}
<h2>ICMP errors so far</h2>
${errorsGraph(views, step)}
<h2>What the article claims</h2>
${claimsTable(comparison)}`;
}

/** HTML report of one run up to the recorded time, including steps that a user added interactively. */
export function runReportHtml(recording: Recording): string {
  const { rows, claims, fleet } = rowsOfRun(recording);
  const comparison: Comparison = {
    scenario: recording.scenario.id,
    seed: recording.seed,
    engine: ENGINE_VERSION,
    platforms: rows,
    claims,
    // The file's expectations hold for the file's steps only.
    expectations: [],
    notJudged: [],
    fleet,
    together: { capture: null, agrees: true, differences: [] },
  };
  const recordings = new Map(rows.map((row) => [recording.scenario.catalogue.runName(row.variant), recording]));
  return reportHtml(recording.scenario, comparison, recordings, new Map([[recording.scenario.id, recording]]));
}

/** How the run of all machines together compares with the single runs, as HTML. */
function togetherText({ agrees, differences }: Comparison["together"]): string {
  if (agrees === null) return "not compared with the single runs, because a wire of the scenario loses frames";
  return agrees ? "the same counts and causes" : escapeHtml(differences.join("; "));
}

/** `recordings` by run name, as `compareScenario` returns them; `captures` are those that the report carries. */
export function reportHtml(
  scenario: Scenario,
  comparison: Comparison,
  recordings: ReadonlyMap<string, Recording>,
  captures: ReadonlyMap<string, Recording> = recordings,
): string {
  const views = comparison.platforms.flatMap((row) => {
    const recording = recordings.get(scenario.catalogue.runName(row.variant));
    const machine = recording?.machines.find((m) => m.variant === row.variant && m.role === "compared");
    return recording && machine ? [new MachineView(new RecordingIndex(recording), machine)] : [];
  });
  const unmet = comparison.expectations.filter((e) => !e.met).map((e) => `<li>${escapeHtml(e.text)}</li>`);
  const left = comparison.notJudged.map((text) => `<li>${escapeHtml(text)}</li>`);
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escapeHtml(scenario.title)} - Pushback</title>
<style>${REPORT_STYLE}</style>
</head>
<body>
<main>
<h1>${escapeHtml(scenario.title)}</h1>
<p>${escapeHtml(scenario.about.trim())}</p>
<p class="facts">Scenario <code>${escapeHtml(scenario.id)}</code>, seed <code>${escapeHtml(comparison.seed)}</code>, Pushback ${escapeHtml(comparison.engine)}.
All together on one segment: ${togetherText(comparison.together)}.</p>
${unmet.length > 0 ? `<h2>Not as expected</h2><ul class="no">${unmet.join("")}</ul>` : ""}
${left.length > 0 ? `<h2>Not judged</h2><ul>${left.join("")}</ul>` : ""}
${views.length > 0 ? singleMachines(comparison, views, scenario.catalogue) : ""}
${comparison.fleet === null ? "" : fleetSection(comparison.fleet, scenario.catalogue)}
<h2>Captures</h2>
<p>For Wireshark, or <code>pushback diagnose</code>.</p>
${captureLinks(captures)}
</main>
</body>
</html>
`;
}

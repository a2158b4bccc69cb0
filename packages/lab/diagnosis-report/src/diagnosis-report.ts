/** A diagnosis as one self-contained HTML file: the answer, the traffic over time, and each finding with a sequence diagram of its evidence. */

import { answerOf, type Diagnosis, describeHarm, describeTraffic, type Evidence, type Finding, selectFindings } from "@pushback/diagnose";
import { formatClock } from "@pushback/host";
import { escapeHtml, REPORT_STYLE } from "@pushback/scenario";

const WIDTH = 1000;
const GRAPH_HEIGHT = 160;

/** Three bars per time bin on one scale: all packets in the background, datagrams and ICMP errors in front. */
function trafficSvg({ traffic }: Diagnosis): string {
  const { packets, datagrams, errors, binUs } = traffic;
  const most = Math.max(1, ...packets);
  const width = WIDTH / Math.max(1, packets.length);
  const bars = (counts: readonly number[], kind: string, inset: number): string =>
    counts
      .map((count, i) => {
        if (count === 0) return "";
        // The square root keeps one datagram per minute visible beside the hundred packets of a logon.
        const height = Math.max(2, Math.sqrt(count / most) * GRAPH_HEIGHT);
        return `<rect class="${kind}" x="${(i * width + inset).toFixed(1)}" y="${(GRAPH_HEIGHT - height).toFixed(1)}" width="${Math.max(0.8, width - 2 * inset).toFixed(1)}" height="${height.toFixed(1)}"><title>${formatClock(i * binUs)}: ${count}</title></rect>`;
      })
      .join("");
  const span = packets.length * binUs;
  const marks = [0, 0.25, 0.5, 0.75, 1].map(
    (part) => `<text class="axis" x="${part * WIDTH}" y="${GRAPH_HEIGHT + 16}">${formatClock(part * span).replace(/\.\d+$/, "")}</text>`,
  );
  return `<svg viewBox="-40 -4 ${WIDTH + 80} ${GRAPH_HEIGHT + 26}" role="img" aria-label="Packets over time">${bars(packets, "session", 0)}${bars(datagrams, "push", width * 0.15)}${bars(errors, "icmp", width * 0.3)}${marks.join("")}<text x="-6" y="8">${most}</text></svg>`;
}

const LEFT = 190;
const RIGHT = 810;
const ROW = 34;

/** CSS class of a line, by what its frame is. */
const LINES: Readonly<Record<Evidence["kind"], string>> = { datagram: "push", error: "icmp", other: "grid" };

/** Sequence diagram of the finding's evidence between two machines, as SVG; frames in order from top to bottom. */
function sequenceSvg(diagnosis: Diagnosis, finding: Finding): string {
  const server = finding.from;
  const client = finding.to ?? "many";
  const rows = finding.evidence.map((e, i) => {
    const y = 50 + i * ROW;
    const [from, to] = e.by === "target" ? [RIGHT, LEFT] : [LEFT, RIGHT];
    const kind = LINES[e.kind];
    // Only a frame between the two machines has an arrow.
    const head = e.by === "other" ? "" : ' marker-end="url(#arrow)"';
    return `<g><text class="axis time" x="${LEFT - 12}" y="${y + 4}">${formatClock(e.timeUs - diagnosis.firstUs)}</text><line class="${kind}${head === "" ? " aside" : ""}" x1="${from}" x2="${to}" y1="${y}" y2="${y}"${head}/><text class="axis label" x="${(LEFT + RIGHT) / 2}" y="${y - 5}">${escapeHtml(e.text)}</text><text class="frame" x="${RIGHT + 12}" y="${y + 4}">frame ${e.frame}</text></g>`;
  });
  const height = 60 + rows.length * ROW;
  const lifeline = (x: number, name: string) =>
    `<text class="axis head" x="${x}" y="16">${escapeHtml(name)}</text><line class="life" x1="${x}" x2="${x}" y1="24" y2="${height - 8}"/>`;
  return `<svg class="sequence" viewBox="0 0 ${WIDTH} ${height}" role="img" aria-label="Sequence of the evidence">${lifeline(LEFT, server)}${lifeline(RIGHT, client)}${rows.join("")}</svg>`;
}

function list(items: readonly string[]): string {
  return items.length === 0 ? "" : `<ul>${items.map((item) => `<li>${escapeHtml(item)}</li>`).join("")}</ul>`;
}

function findingHtml(diagnosis: Diagnosis, finding: Finding, number: number): string {
  const rows: [string, string][] = [
    [
      "Verdict",
      `<span class="${finding.benign ? "yes" : "no"}">${describeHarm(finding.benign)}</span>, ${finding.verdict}, ${finding.confidence}`,
    ],
    ["Traffic", `${describeTraffic(finding)}${finding.port === null ? "" : `, UDP port ${finding.port}`}`],
    [
      finding.endSeen ? "Ended" : "Ends",
      `${finding.endsAtUs === null ? "" : `${formatClock(finding.endsAtUs - diagnosis.firstUs)} after the capture's start. `}${escapeHtml(finding.ends)}`,
    ],
  ];
  if (finding.platforms.length > 0) rows.push(["Looks like", list(finding.platforms.map((p) => `${p.name}: ${p.why}`))]);
  if (finding.advice.length > 0) rows.push(["To do", list(finding.advice)]);
  if (finding.confirm.length > 0) rows.push(["To confirm", list(finding.confirm)]);
  const table = rows.map(([label, html]) => `<tr><th scope="row">${label}</th><td>${html}</td></tr>`).join("");
  return `<section><h2>${number}. ${escapeHtml(finding.summary)}</h2><table>${table}</table>${sequenceSvg(diagnosis, finding)}</section>`;
}

const STYLE = `
svg.sequence .life { stroke: var(--line); stroke-width: 1.5; } svg.sequence line.grid { stroke: var(--soft); } svg.sequence line.aside { stroke-dasharray: 2 5; } svg text.head { fill: var(--ink); font-weight: 600; font-size: 13px; }
svg text.time { text-anchor: end; } svg text.frame { text-anchor: start; } svg text.label { fill: var(--ink); } svg rect.push { fill: var(--push); } svg rect.icmp { fill: var(--icmp); }
section > table ul { margin: 0; padding-left: 18px; } section h2 { font-size: 17px; }
`;

function answerSentence(diagnosis: Diagnosis): string {
  const { short, more } = answerOf(diagnosis);
  if (diagnosis.answer !== "not-harmless") return `${short} ${more}`;
  return more === "" ? `${short}:` : `${short}, ${more}`;
}

/** The HTML of a capture's diagnosis; `path` is the capture's name as the user gave it. The file loads nothing from outside. */
export function diagnosisReport(path: string, diagnosis: Diagnosis): string {
  const answer = answerSentence(diagnosis);
  const { shown, left } = selectFindings(diagnosis.findings);
  const findings = shown.map(({ finding, number }) => findingHtml(diagnosis, finding, number));
  findings.push(
    ...left.map(({ verdict, count }) => `<p>${count} more findings are of the kind ${verdict}; the JSON output has all of them.</p>`),
  );
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escapeHtml(path)} - Pushback</title>
<style>${REPORT_STYLE}${STYLE}</style>
</head>
<body>
<main>
<svg width="0" height="0" style="position:absolute" aria-hidden="true"><defs><marker id="arrow" viewBox="0 0 8 8" refX="8" refY="4" markerWidth="7" markerHeight="7" orient="auto-start-reverse"><path d="M0 0 8 4 0 8z" fill="context-stroke"/></marker></defs></svg>
<h1>${escapeHtml(answer)}</h1>
<p class="facts"><code>${escapeHtml(path)}</code>: ${diagnosis.packets} packets over ${formatClock(diagnosis.lastUs - diagnosis.firstUs)}, ${diagnosis.portUnreachables} ICMP port unreachables, ${diagnosis.mailSessions === 1 ? "1 mail session" : `${diagnosis.mailSessions} mail sessions`}.</p>
${trafficSvg(diagnosis)}
<p class="legend"><span class="key session"></span> packets <span class="key push"></span> UDP datagrams <span class="key icmp"></span> ICMP errors</p>
${findings.join("\n")}
</main>
</body>
</html>
`;
}

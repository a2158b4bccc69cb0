/** The fleets' part of the report: a table by variant, and their traffic minute by minute. */

import { formatClock, formatDuration } from "@pushback/host";
import type { Catalogue } from "./catalogue.ts";
import type { FleetPart, FleetSummary, Spread } from "./comparison-types.ts";
import { escapeHtml } from "./escape-html.ts";

const WIDTH = 1000;
const HEIGHT = 160;

function spread({ min, p50, p90, p99, max }: Spread): string {
  return min === max ? String(max) : `${p50} <span class="frames">${min} to ${max}, p90 ${p90}, p99 ${p99}</span>`;
}

function seconds(us: number): string {
  return formatDuration(Math.round(us / 1_000_000) * 1_000_000);
}

const CELLS: readonly (readonly [string, (part: FleetPart) => string])[] = [
  ["Machines", (p) => String(p.machines)],
  ["Push datagrams on the wire", (p) => String(p.datagramsOnWire.sum)],
  ["… unanswered", (p) => String(p.datagramsUnanswered.sum)],
  ["ICMP port unreachable", (p) => `<strong>${p.icmpPortUnreachable.sum}</strong>`],
  ["… per machine", (p) => spread(p.icmpPortUnreachable)],
  ["… in the busiest second", (p) => `${p.peakIcmp.perSecond} at ${formatClock(p.peakIcmp.atUs)}`],
  [
    "Stale sessions lasted",
    (p) => (p.staleForUs === null ? "–" : `${seconds(p.staleForUs.p50)} <span class="frames">to ${seconds(p.staleForUs.max)}</span>`),
  ],
  [
    "… ended by",
    (p) =>
      Object.entries(p.sessionEndCauses)
        .map(([cause, count]) => `${cause} ${count}`)
        .join("<br>"),
  ],
];

function table(parts: readonly FleetPart[], catalogue: Catalogue): string {
  const title = (part: FleetPart) => (part.variant === null ? "All" : (catalogue.findVariant(part.variant)?.title ?? part.variant));
  const head = parts.map((part) => `<th scope="col">${escapeHtml(title(part))}</th>`).join("");
  const rows = CELLS.map(([label, cell]) => `<tr><th scope="row">${label}</th>${parts.map((p) => `<td>${cell(p)}</td>`).join("")}</tr>`);
  return `<table><thead><tr><td></td>${head}</tr></thead><tbody>\n${rows.join("\n")}\n</tbody></table>`;
}

/** ICMP errors a minute over the whole run; each bar's title says both numbers. */
function trafficSvg({ minutes }: FleetSummary): string {
  const count = Math.max(minutes.datagrams.length, 1);
  const top = Math.max(1, ...minutes.datagrams, ...minutes.icmp);
  const width = WIDTH / count;
  const bars = minutes.datagrams.map((datagrams, minute) => {
    const icmp = minutes.icmp[minute] ?? 0;
    const height = (icmp / top) * HEIGHT;
    const title = `${formatDuration(minute * 60_000_000)}: ${datagrams} datagrams, ${icmp} ICMP errors`;
    return `<rect class="stack" x="${(minute * width).toFixed(1)}" y="${(HEIGHT - height).toFixed(1)}" width="${(width * 0.9).toFixed(2)}" height="${height.toFixed(1)}"><title>${title}</title></rect>`;
  });
  const step = Math.max(1, Math.ceil(count / 12 / 10) * 10);
  const axis: string[] = [];
  for (let minute = 0; minute <= count; minute += step)
    axis.push(`<text class="axis" x="${(minute * width).toFixed(1)}" y="${HEIGHT + 14}">${formatDuration(minute * 60_000_000)}</text>`);
  return `<svg viewBox="-70 -10 ${WIDTH + 90} ${HEIGHT + 30}" role="img" aria-label="ICMP errors of the fleet, minute by minute"><text x="-8" y="10">${top}</text><text x="-8" y="${HEIGHT}">0</text>${axis.join("")}${bars.join("")}</svg>`;
}

export function fleetSection(fleet: FleetSummary, catalogue: Catalogue): string {
  const parts = fleet.variants.length === 1 ? fleet.variants : [...fleet.variants, fleet.all];
  return `<h2>The fleet</h2>
${table(parts, catalogue)}
<h3>ICMP errors, minute by minute</h3>
${trafficSvg(fleet)}`;
}

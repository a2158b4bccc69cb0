/** The fleets' part of the report: a table by variant, and the traffic per minute. */

import { formatDuration } from "@pushback/host";
import type { Catalogue } from "./catalogue.ts";
import type { FleetPart, FleetSummary } from "./comparison-types.ts";
import { escapeHtml } from "./escape-html.ts";
import { fleetColumns } from "./fleet-columns.ts";
import { emphasize, REPORT_FORMAT } from "./report-parts.ts";

const WIDTH = 1000;
const HEIGHT = 160;

function table(parts: readonly FleetPart[], catalogue: Catalogue): string {
  const title = (part: FleetPart) => (part.variant === null ? "All" : (catalogue.findVariant(part.variant)?.title ?? part.variant));
  const head = parts.map((part) => `<th scope="col">${escapeHtml(title(part))}</th>`).join("");
  const rows = fleetColumns(catalogue).map((column) => {
    const cells = parts.map((part) => `<td>${emphasize(escapeHtml(column.text(part, REPORT_FORMAT)), column.isMain)}</td>`);
    return `<tr><th scope="row">${escapeHtml(column.title)}</th>${cells.join("")}</tr>`;
  });
  return `<table><thead><tr><td></td>${head}</tr></thead><tbody>\n${rows.join("\n")}\n</tbody></table>`;
}

/** Bar chart of ICMP errors per minute over the whole run; the title of each bar has both numbers. */
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

/** Parts of the report besides its tables and timelines: the errors of all machines over time, and the captures themselves. */

import { formatClock, formatDuration } from "@pushback/host";
import { encodeCapture } from "./capture-export.ts";
import { escapeHtml } from "./escape-html.ts";
import type { MachineView } from "./machine-view.ts";
import type { NumberFormat } from "./metrics/units.ts";
import type { Recording } from "./recording.ts";

/** How the report prints times and numbers. */
export const REPORT_FORMAT: NumberFormat = { time: formatClock, count: String };

export function emphasize(html: string, isMain: boolean): string {
  return isMain ? `<strong>${html}</strong>` : html;
}

const WIDTH = 1000;
const HEIGHT = 180;
/** Lines also differ by their dashes, for printers without colours. */
const DASHES = ["", "8 3", "3 3", "12 3 3 3", "1 3"];
/** Largest total size of captures inside a report, in bytes; larger captures are linked as files. */
const MOST_CAPTURE_BYTES = 8_000_000;

/** Graph of the ICMP errors so far, a line for each machine. */
export function errorsGraph(views: readonly MachineView[], step: number): string {
  const duration = Math.max(...views.map((view) => view.recording.durationUs));
  const most = Math.max(1, ...views.map((view) => view.unreachables.length));
  const x = (us: number) => ((us / duration) * WIDTH).toFixed(1);
  const y = (count: number) => (HEIGHT - (count / most) * HEIGHT).toFixed(1);
  const lines = views.map((view, i) => {
    const points = view.unreachables.map(({ timeUs }, n) => `H${x(timeUs)}V${y(n + 1)}`).join("");
    return `<path class="errors e${i % DASHES.length}" stroke-dasharray="${DASHES[i % DASHES.length]}" d="M0 ${y(0)}${points}H${WIDTH}"><title>${escapeHtml(`${view.machine.title}: ${view.unreachables.length} ICMP errors`)}</title></path>`;
  });
  const axis: string[] = [];
  for (let us = 0; us <= duration; us += step)
    axis.push(
      `<line class="grid" x1="${x(us)}" x2="${x(us)}" y1="0" y2="${HEIGHT}"/><text class="axis" x="${x(us)}" y="${HEIGHT + 14}">${formatDuration(us)}</text>`,
    );
  const scale = [0, most].map((count) => `<text x="-8" y="${Number(y(count)) + 4}">${count}</text>`).join("");
  const legend = views.map(
    (view, i) =>
      `<span class="line"><svg viewBox="0 0 40 8" aria-hidden="true"><path class="errors e${i % DASHES.length}" stroke-dasharray="${DASHES[i % DASHES.length]}" d="M0 4H40"/></svg>${escapeHtml(view.machine.title)}</span>`,
  );
  return `<section><svg viewBox="-70 -10 ${WIDTH + 90} ${HEIGHT + 30}" role="img" aria-label="ICMP errors of each machine over time">${axis.join("")}${scale}${lines.join("")}</svg>
<p class="legend">${legend.join(" ")}</p></section>`;
}

const DIGITS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

/** Base64 (RFC 4648). */
function base64(b: Uint8Array): string {
  const parts: string[] = [];
  for (let i = 0; i < b.length; i += 3) {
    const word = (b[i] << 16) | ((b[i + 1] ?? 0) << 8) | (b[i + 2] ?? 0);
    const digits = [18, 12, 6, 0].map((shift) => DIGITS[(word >>> shift) & 63]).join("");
    parts.push(i + 2 < b.length ? digits : digits.slice(0, b.length - i + 1).padEnd(4, "="));
  }
  return parts.join("");
}

/** A link to the capture of each run that needs nothing outside this file. */
export function captureLinks(recordings: ReadonlyMap<string, Recording>): string {
  const captures = [...recordings].map(([run, recording]) => ({ name: `${run}.pcapng`, bytes: encodeCapture(recording) }));
  const size = captures.reduce((sum, { bytes }) => sum + bytes.length, 0);
  const kilobytes = (bytes: number) => `${Math.ceil(bytes / 1000)} kB`;
  const items = captures.map(({ name, bytes }) =>
    size > MOST_CAPTURE_BYTES
      ? `<li><a href="${escapeHtml(name)}">${escapeHtml(name)}</a>, ${kilobytes(bytes.length)}, beside this file</li>`
      : `<li><a download="${escapeHtml(name)}" href="data:application/octet-stream;base64,${base64(bytes)}">${escapeHtml(name)}</a>, ${kilobytes(bytes.length)}</li>`,
  );
  return `<ul>${items.join("\n")}</ul>`;
}

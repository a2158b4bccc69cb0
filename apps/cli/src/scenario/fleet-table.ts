/** A fleet's run as people read it on a terminal: one line per variant, medians and extremes instead of machines. */

import { formatClock, formatDuration } from "@pushback/host";
import type { FleetPart, FleetSummary, Spread } from "@pushback/scenario";
import { layOutTable, style } from "../shared/terminal.ts";

const HEAD = ["", "Machines", "Datagrams", "unanswered", "ICMP", "per machine", "peak", "Stale for", "Ended by"];

/** One number where all machines agree, else the median and the extremes. */
function spread({ min, p50, p99, max }: Spread): string {
  return min === max ? String(max) : `${p50} (${min} … p99 ${p99} … ${max})`;
}

function staleFor(part: FleetPart): string {
  const us = part.staleForUs;
  if (us === null) return "-";
  const second = (value: number) => formatDuration(Math.round(value / 1_000_000) * 1_000_000);
  return second(us.min) === second(us.max) ? second(us.max) : `${second(us.p50)} (… ${second(us.max)})`;
}

function causes(part: FleetPart): string {
  return Object.entries(part.sessionEndCauses)
    .map(([cause, count]) => (Object.keys(part.sessionEndCauses).length === 1 ? cause : `${cause} ${count}`))
    .join(", ");
}

function line(part: FleetPart): string[] {
  const title = part.variant ?? style("bold", "all");
  return [
    title,
    String(part.machines),
    String(part.datagramsOnWire.sum),
    String(part.datagramsUnanswered.sum),
    style("bold", String(part.icmpPortUnreachable.sum)),
    spread(part.icmpPortUnreachable),
    part.peakIcmp.perSecond === 0 ? "-" : `${part.peakIcmp.perSecond}/s at ${formatClock(part.peakIcmp.atUs)}`,
    staleFor(part),
    causes(part),
  ];
}

export function fleetTable(fleet: FleetSummary): string {
  const parts = fleet.variants.length === 1 ? fleet.variants : [...fleet.variants, fleet.all];
  return layOutTable([HEAD, ...parts.map(line)], 1);
}

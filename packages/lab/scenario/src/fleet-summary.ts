/** Summarizes the machines of fleets: percentiles, peaks and causes, per variant and in all. */

import type { FleetPart, FleetRow, FleetSummary, Peak, Spread } from "./comparison-types.ts";
import type { FleetTally } from "./fleet-tally.ts";
import { isSummed } from "./metrics/units.ts";
import type { SessionEndCause } from "./session-end-cause.ts";

const SECOND_US = 1_000_000;

/** Distribution of `numbers`, of which there must be at least one. */
export function spreadOf(numbers: readonly number[]): Spread {
  const sorted = Float64Array.from(numbers).sort();
  // Nearest rank: the result is always one of the numbers.
  const rank = (share: number) => sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)];
  const sum = numbers.reduce((a, b) => a + b, 0);
  return { sum, mean: sum / numbers.length, min: sorted[0], p50: rank(0.5), p90: rank(0.9), p99: rank(0.99), max: rank(1) };
}

function peakOf(perSecond: Uint32Array): Peak {
  let best = 0;
  for (let i = 1; i < perSecond.length; i++) if (perSecond[i] > perSecond[best]) best = i;
  return { perSecond: perSecond[best] ?? 0, atUs: perSecond.length === 0 ? 0 : best * SECOND_US };
}

/** Counts per minute, up to the last minute that has any. */
function perMinute(perSecond: Uint32Array): number[] {
  const minutes: number[] = [];
  for (const [second, count] of perSecond.entries()) {
    if (count === 0) continue;
    const minute = Math.floor(second / 60);
    while (minutes.length <= minute) minutes.push(0);
    minutes[minute] += count;
  }
  return minutes;
}

function partOf(tally: FleetTally, rows: readonly FleetRow[], of: FleetRow | null): FleetPart {
  const variants = new Set(rows.map((row) => row.variant));
  const causes: Partial<Record<SessionEndCause, number>> = {};
  for (const { sessionEndCause } of rows) causes[sessionEndCause] = (causes[sessionEndCause] ?? 0) + 1;
  const staleFor = rows.flatMap((row) =>
    row.rebootedAtUs !== null && row.sessionEndedAtUs !== null ? [row.sessionEndedAtUs - row.rebootedAtUs] : [],
  );
  const spreads: Record<string, Spread> = {};
  for (const { key, unit, fleet } of tally.catalogue.metrics)
    if (fleet !== null && isSummed(unit))
      spreads[key] = spreadOf(rows.map((row) => (row as unknown as Readonly<Record<string, number>>)[key]));
  const part = {
    platform: of?.platform ?? null,
    variant: of?.variant ?? null,
    machines: rows.length,
    ...spreads,
    staleForUs: staleFor.length === 0 ? null : spreadOf(staleFor),
    sessionEndCauses: causes,
    peakDatagrams: peakOf(tally.perSecond(variants, "datagrams")),
    peakIcmp: peakOf(tally.perSecond(variants, "icmp")),
  };
  return part as unknown as FleetPart;
}

/** Returns `null` if the run has no fleet. */
export function summarizeFleet(tally: FleetTally): FleetSummary | null {
  const rows = tally.rows();
  if (rows.length === 0) return null;
  const byVariant = Map.groupBy(rows, (row) => row.variant);
  const all = new Set(byVariant.keys());
  const minutes = { datagrams: perMinute(tally.perSecond(all, "datagrams")), icmp: perMinute(tally.perSecond(all, "icmp")) };
  return { minutes, all: partOf(tally, rows, null), variants: [...byVariant.values()].map((part) => partOf(tally, part, part[0])) };
}

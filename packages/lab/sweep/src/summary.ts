/** Runs of a sweep with the same settings, summarized over their seeds. */

import { causeText, type Spread, spreadOf } from "@pushback/scenario";
import type { ResultLine } from "./output.ts";
import type { SweepSettings } from "./plan.ts";

/** One variant at one point of the sweep; spreads are over the seeds. */
export interface PointSummary {
  readonly settings: SweepSettings;
  readonly variant: string;
  readonly runs: number;
  readonly machines: number;
  /** ICMP errors per machine. */
  readonly icmpPerMachine: Spread;
  /** Largest 99th percentile of the machines within a run. */
  readonly icmpP99: number;
  readonly peakIcmpPerSecond: number;
  readonly staleForUs: Spread | null;
  /** Text of the causes. */
  readonly sessionEndCauses: string;
}

/** An expectation that runs did not meet. */
export interface UnmetExpectation {
  /** What is expected, and what was found in the first of the runs. */
  readonly text: string;
  readonly runs: number;
  readonly first: { readonly settings: SweepSettings; readonly seed: string };
}

/** The expectations that runs did not meet, each once, in the order of the plan. */
export function unmetExpectations(lines: readonly ResultLine[]): UnmetExpectation[] {
  const found = new Map<string, { text: string; runs: number; first: UnmetExpectation["first"] }>();
  const seen = new Set<number>();
  for (const { run, row } of lines) {
    if (row.unmet === "" || seen.has(run.index)) continue;
    seen.add(run.index);
    for (const text of row.unmet.split("; ")) {
      // The number that was found differs from run to run.
      const expected = text.replace(/, but .*$/, "");
      const known = found.get(expected);
      if (known) known.runs++;
      else found.set(expected, { text, runs: 1, first: { settings: run.settings, seed: run.job.seed } });
    }
  }
  return [...found.values()];
}

/** Summaries in the order of the plan, and of the variants within a run. */
export function summarizeSweep(lines: readonly ResultLine[]): PointSummary[] {
  const groups = Map.groupBy(lines, ({ run, row }) => `${run.point} ${row.variant}`);
  return [...groups.values()].map((group) => {
    const causes = new Map<string, number>();
    for (const { row } of group) {
      for (const part of row.sessionEndCauses.split(" ").filter((text) => text !== "")) {
        const [cause, count] = part.split(":");
        causes.set(cause, (causes.get(cause) ?? 0) + Number(count));
      }
    }
    const staleFor = group.flatMap(({ row }) => (row.staleForUsP50 === null ? [] : [row.staleForUsP50]));
    return {
      settings: group[0].run.settings,
      variant: group[0].row.variant,
      runs: group.length,
      machines: group[0].row.machines,
      icmpPerMachine: spreadOf(group.map(({ row }) => row.icmpPortUnreachable / row.machines)),
      icmpP99: Math.max(...group.map(({ row }) => row.icmpP99)),
      peakIcmpPerSecond: Math.max(...group.map(({ row }) => row.peakIcmpPerSecond)),
      staleForUs: staleFor.length === 0 ? null : spreadOf(staleFor),
      sessionEndCauses: [...causes]
        .map(([cause, count]) => (causes.size === 1 ? causeText(cause) : `${causeText(cause)}: ${count}`))
        .join("; "),
    };
  });
}

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

/** Numbers of one point and variant, over the seeds. */
interface PointNumbers {
  readonly settings: SweepSettings;
  readonly variant: string;
  readonly machines: number;
  readonly icmpPerMachine: number[];
  readonly staleForUs: number[];
  readonly causes: Map<string, number>;
  icmpP99: number;
  peakIcmpPerSecond: number;
}

/** Sums up the rows of a sweep, which are added one by one in the order of the plan. It keeps a few numbers of each row. */
export class SweepSummary {
  readonly #points = new Map<string, PointNumbers>();
  readonly #unmet = new Map<string, { text: string; runs: number; first: UnmetExpectation["first"] }>();
  #latestRun = -1;

  add({ run, row }: ResultLine): void {
    this.#addUnmet(run, row);
    const key = `${run.point} ${row.variant}`;
    let point = this.#points.get(key);
    if (point === undefined) {
      const numbers = { icmpPerMachine: [], staleForUs: [], causes: new Map(), icmpP99: 0, peakIcmpPerSecond: 0 };
      point = { settings: run.settings, variant: row.variant, machines: row.machines, ...numbers };
      this.#points.set(key, point);
    }
    point.icmpPerMachine.push(row.icmpPortUnreachable / row.machines);
    if (row.staleForUsP50 !== null) point.staleForUs.push(row.staleForUsP50);
    point.icmpP99 = Math.max(point.icmpP99, row.icmpP99);
    point.peakIcmpPerSecond = Math.max(point.peakIcmpPerSecond, row.peakIcmpPerSecond);
    for (const part of row.sessionEndCauses.split(" ").filter((text) => text !== "")) {
      const [cause, count] = part.split(":");
      point.causes.set(cause, (point.causes.get(cause) ?? 0) + Number(count));
    }
  }

  /** All rows of a run say the same of its expectations. */
  #addUnmet(run: ResultLine["run"], { unmet }: ResultLine["row"]): void {
    if (unmet === "" || run.index === this.#latestRun) return;
    this.#latestRun = run.index;
    for (const text of unmet.split("; ")) {
      // The number that was found differs from run to run.
      const expected = text.replace(/, but .*$/, "");
      const known = this.#unmet.get(expected);
      if (known) known.runs++;
      else this.#unmet.set(expected, { text, runs: 1, first: { settings: run.settings, seed: run.job.seed } });
    }
  }

  /** The expectations that runs did not meet, each once, in the order of the plan. */
  unmet(): UnmetExpectation[] {
    return [...this.#unmet.values()];
  }

  /** Summaries in the order of the plan, and of the variants within a run. */
  points(): PointSummary[] {
    return [...this.#points.values()].map(({ settings, variant, machines, icmpPerMachine, staleForUs, causes, ...highest }) => ({
      settings,
      variant,
      runs: icmpPerMachine.length,
      machines,
      icmpPerMachine: spreadOf(icmpPerMachine),
      ...highest,
      staleForUs: staleForUs.length === 0 ? null : spreadOf(staleForUs),
      sessionEndCauses: [...causes]
        .map(([cause, count]) => (causes.size === 1 ? causeText(cause) : `${causeText(cause)}: ${count}`))
        .join("; "),
    }));
  }
}

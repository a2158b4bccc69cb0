/** A benchmark: a few contestants that do the same work and are measured in turns. */

/** Result of one round of a contestant. */
export interface Work {
  readonly units: number;
  /** Seconds, if the contestant measures them better than its caller can. */
  readonly seconds?: number;
  /** Further figures by what they measure: "MB at the peak", "bytes each". */
  readonly figures?: Readonly<Record<string, number>>;
}

export interface Contestant {
  readonly name: string;
  /** Does the work once. */
  run(): Work | Promise<Work>;
}

/** A figure that a benchmark must reach. */
export interface Goal {
  readonly what: string;
  readonly reach: string;
  /**
   * Computes the figure. `of` finds the results of a contestant by the beginning of its name; `null` if the contestants of this goal did not run.
   */
  judge(of: (contestant: string) => Measured | undefined): { readonly measured: string; readonly met: boolean } | null;
}

export interface Benchmark {
  readonly name: string;
  /** Unit of what is counted: "packets", "datagrams". */
  readonly unit: string;
  /** The first contestant is ours; ratios compare it with each other one. A peer whose program is missing is left out and named in `missing`. */
  readonly contestants: readonly Contestant[];
  readonly missing: readonly string[];
  /** The figure that ratios compare, if it is not units per second. */
  readonly compares?: string;
  readonly goals?: readonly Goal[];
  /** Rounds; 5 where left out. */
  readonly rounds?: number;
  /** Every contestant starts a new process each round, so no round is needed for warming up. */
  readonly startsFresh?: boolean;
  /** Takes long: runs only with --record, or if its full name is given. */
  readonly onlyByName?: boolean;
  close(): void;
}

/** Options passed to a module of benchmarks. */
export interface BenchOptions {
  /** A quick run that only shows that everything works, and roughly how fast: little work, and no peer that takes long to build. */
  readonly quick: boolean;
}

/** Results of one contestant. */
export interface Measured {
  readonly contestant: string;
  /** Median over the rounds, in units per second. */
  readonly perSecond: number;
  /** Ratio of our figure to this contestant's. */
  readonly ratio: number;
  /** Medians of the further figures. */
  readonly figures?: Readonly<Record<string, number>>;
}

/** A goal with the figure reached. */
export interface Judged {
  readonly what: string;
  readonly reach: string;
  readonly measured: string;
  readonly met: boolean;
}

/** Results by the name of the benchmark. */
export type Report = Readonly<
  Record<
    string,
    {
      readonly unit: string;
      readonly compares?: string;
      readonly missing: readonly string[];
      readonly results: readonly Measured[];
      readonly goals?: readonly Judged[];
    }
  >
>;

/** Formats a rate in thousands or millions per second, or the time of one unit if one takes long. */
export function describeRate(perSecond: number, unit: string): string {
  if (perSecond < 1000) return `${(1000 / perSecond).toFixed(perSecond < 100 ? 0 : 1)} ms each`;
  return perSecond < 100_000 ? `${Math.round(perSecond)} ${unit}/s` : `${(perSecond / 1e6).toFixed(2)} M ${unit}/s`;
}

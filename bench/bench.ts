/** What a benchmark is: a few contestants that do the same work, measured in turns. */

/** What a contestant did in one go. */
export interface Work {
  readonly units: number;
  /** Where the contestant measures them better than its caller can. */
  readonly seconds?: number;
  /** What else was measured, by what it counts: "MB at the peak", "bytes each". */
  readonly figures?: Readonly<Record<string, number>>;
}

export interface Contestant {
  readonly name: string;
  /** Does the work once. */
  run(): Work | Promise<Work>;
}

/** A number that is to be reached. */
export interface Goal {
  readonly what: string;
  readonly reach: string;
  /** `of` finds a contestant's results by the beginning of its name; a goal whose contestants were not there is `null`. */
  judge(of: (contestant: string) => Measured | undefined): { readonly measured: string; readonly met: boolean } | null;
}

export interface Benchmark {
  readonly name: string;
  /** What is counted: "packets", "datagrams". */
  readonly unit: string;
  /** The first one is ours; ratios are ours to each other's. A peer whose program is missing is left out and named in `missing`. */
  readonly contestants: readonly Contestant[];
  readonly missing: readonly string[];
  /** The figure that matters, where that is not units a second; ratios are its. */
  readonly compares?: string;
  readonly goals?: readonly Goal[];
  /** How often each is measured; 5 where it is left out. */
  readonly rounds?: number;
  /** Every contestant starts a process of its own each time: then no round warms up. */
  readonly startsFresh?: boolean;
  /** Takes so long that it is run when it is asked for by its full name only, and for the record. */
  readonly onlyByName?: boolean;
  close(): void;
}

/** What a module of benchmarks is told. */
export interface BenchOptions {
  /** A run that only shows that everything works, and roughly how fast: little work, no peer that takes long to build. */
  readonly quick: boolean;
}

/** One contestant's outcome. */
export interface Measured {
  readonly contestant: string;
  /** Median over the rounds, in units per second. */
  readonly perSecond: number;
  /** Ours to this one's. */
  readonly ratio: number;
  /** Medians. */
  readonly figures?: Readonly<Record<string, number>>;
}

/** A goal, and what came out. */
export interface Judged {
  readonly what: string;
  readonly reach: string;
  readonly measured: string;
  readonly met: boolean;
}

/** By the benchmark's name. */
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

/** Thousands and millions where they are, or the time of one where one takes long. */
export function describeRate(perSecond: number, unit: string): string {
  if (perSecond < 1000) return `${(1000 / perSecond).toFixed(perSecond < 100 ? 0 : 1)} ms each`;
  return perSecond < 100_000 ? `${Math.round(perSecond)} ${unit}/s` : `${(perSecond / 1e6).toFixed(2)} M ${unit}/s`;
}

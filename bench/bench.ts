/** What a benchmark is: a few contestants that do the same work, measured in turns. */

export interface Contestant {
  readonly name: string;
  /** Does the work once; returns how many units of it were done, and may return the seconds if it measures them better than the caller can. */
  run(): { readonly units: number; readonly seconds?: number };
}

export interface Benchmark {
  readonly name: string;
  /** What is counted: "packets", "datagrams". */
  readonly unit: string;
  /** The first one is ours; ratios are ours to each other's. A peer whose program is missing is left out and named in `missing`. */
  readonly contestants: readonly Contestant[];
  readonly missing: readonly string[];
  /** How often each is measured; 5 where it is left out. */
  readonly rounds?: number;
  /** Every contestant starts a process of its own each time: then no round warms up. */
  readonly startsFresh?: boolean;
  /** Takes so long that it is run when it is asked for by its full name only. */
  readonly onlyByName?: boolean;
  close(): void;
}

/** One contestant's outcome. */
export interface Measured {
  readonly contestant: string;
  /** Median over the rounds, in units per second. */
  readonly perSecond: number;
  /** Ours to this one's. */
  readonly ratio: number;
}

/** By the benchmark's name. */
export type Report = Readonly<
  Record<string, { readonly unit: string; readonly missing: readonly string[]; readonly results: readonly Measured[] }>
>;

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
  close(): void;
}

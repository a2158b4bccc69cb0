/** Frames of each class over time, in buckets of a width that people read: 1, 2, 5 … of a unit. */

import type { FrameClass } from "@pushback/dissect";
import { GRAPH_SERIES, type GraphSeries, type IoGraph } from "./analyzer-api.ts";

const SECOND = 1_000_000;
const WIDTHS: readonly number[] = [
  ...[10, 20, 50, 100, 200, 500, 1_000, 2_000, 5_000, 10_000, 20_000, 50_000, 100_000, 200_000, 500_000],
  ...[1, 2, 5, 10, 20, 30, 60, 120, 300, 600, 1_800, 3_600, 7_200, 21_600, 43_200, 86_400].map((s) => s * SECOND),
];

/** Smallest bucket width in microseconds with which `spanUs` needs at most `maxBuckets` buckets. */
export function bucketWidth(spanUs: number, maxBuckets: number): number {
  const width = WIDTHS.find((w) => spanUs / w < maxBuckets);
  return width ?? Math.ceil(spanUs / maxBuckets / (86_400 * SECOND) + 1) * 86_400 * SECOND;
}

const SERIES_OF: Readonly<Record<FrameClass, GraphSeries>> = {
  push: "push",
  "icmp-error": "icmp-error",
  tcp: "tcp",
  mail: "tcp",
  "tcp-mark": "tcp",
  arp: "arp",
  udp: "other",
  icmp: "other",
  other: "other",
};

/** Graph of the frames `frameAt(0)` to `frameAt(count - 1)`. A frame with a time before the first bucket is counted in the first bucket. */
export function graphOf(
  count: number,
  frameAt: (i: number) => number,
  timeUsOf: (frame: number) => number,
  classOf: (frame: number) => FrameClass,
  startUs: number,
  endUs: number,
  maxBuckets: number,
): IoGraph {
  const bucketUs = bucketWidth(Math.max(0, endUs - startUs), maxBuckets);
  const origin = Math.floor(startUs / bucketUs) * bucketUs;
  const buckets = Math.floor(Math.max(0, endUs - origin) / bucketUs) + 1;
  const counts = Object.fromEntries(GRAPH_SERIES.map((name) => [name, new Uint32Array(buckets)])) as Record<GraphSeries, Uint32Array>;
  const firstFrames = new Uint32Array(buckets);
  for (let i = 0; i < count; i++) {
    const frame = frameAt(i);
    const bucket = Math.min(buckets - 1, Math.max(0, Math.floor((timeUsOf(frame) - origin) / bucketUs)));
    counts[SERIES_OF[classOf(frame)]][bucket]++;
    if (firstFrames[bucket] === 0) firstFrames[bucket] = frame;
  }
  return { startUs: origin, bucketUs, buckets, counts, firstFrames };
}

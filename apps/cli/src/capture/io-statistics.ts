/** `show -z io,stat,INTERVAL[,FILTER…]`: frames and bytes of each interval, with the columns of tshark. */

import type { CapturedPacket } from "@pushback/capture";
import type { Filter } from "@pushback/dissect";

interface Column {
  readonly title: string;
  /** Frames to count; `null` for all. */
  readonly filter: Filter | null;
  /** Number of frames per interval, by the interval's index. */
  readonly frames: number[];
  readonly bytes: number[];
}

/** Intervals that are kept; more would be a slip in the interval or a damaged time. */
const MAX_INTERVALS = 1_000_000;

export class IoStatistics {
  /** Length of an interval in microseconds; 0 for a single interval over the whole capture. */
  readonly #intervalUs: number;
  readonly #columns: readonly Column[];
  #firstUs = -1;
  #lastUs = 0;
  /** Frames before the capture's first or beyond the last interval that is kept. */
  #outside = 0;

  constructor(intervalUs: number, columns: readonly { readonly title: string; readonly filter: Filter | null }[]) {
    this.#intervalUs = intervalUs;
    this.#columns = columns.map(({ title, filter }) => ({ title, filter, frames: [], bytes: [] }));
  }

  packet(p: CapturedPacket): void {
    if (this.#firstUs < 0) this.#firstUs = p.timeUs;
    if (p.timeUs > this.#lastUs) this.#lastUs = p.timeUs;
    const index = this.#intervalUs === 0 ? 0 : Math.floor((p.timeUs - this.#firstUs) / this.#intervalUs);
    const isOutside = index < 0 || index >= MAX_INTERVALS;
    if (isOutside) this.#outside++;
    for (const { filter, frames, bytes } of this.#columns) {
      // The filter must process every frame, because its state spans frames.
      if ((filter !== null && !filter.matches(p)) || isOutside) continue;
      while (frames.length <= index) {
        frames.push(0);
        bytes.push(0);
      }
      frames[index]++;
      bytes[index] += p.origLen;
    }
  }

  text(): string {
    const durationUs = this.#firstUs < 0 ? 0 : this.#lastUs - this.#firstUs;
    const stepUs = this.#intervalUs === 0 ? durationUs : this.#intervalUs;
    const count = this.#intervalUs === 0 ? 1 : Math.min(MAX_INTERVALS, Math.floor(durationUs / stepUs) + 1);
    const seconds = (us: number) => String(us / 1e6);
    const rows = Array.from({ length: count }, (_, i) => [
      `${seconds(i * stepUs)} <> ${i === count - 1 ? "Dur" : seconds((i + 1) * stepUs)}`,
      ...this.#columns.flatMap(({ frames, bytes }) => [String(frames[i] ?? 0), String(bytes[i] ?? 0)]),
    ]);
    const heads = ["Interval", ...this.#columns.flatMap(() => ["Frames", "Bytes"])];
    const widths = heads.map((head, i) => rows.reduce((widest, row) => Math.max(widest, row[i].length), head.length));
    const line = (cells: readonly string[]) => `| ${cells.map((cell, i) => cell.padStart(widths[i])).join(" | ")} |`;
    const rule = "=".repeat(line(heads).length);
    const titles = this.#columns.map(({ title }, i) => `Column ${i + 1}: ${title}`);
    const about = [`IO statistics`, `Duration: ${(durationUs / 1e6).toFixed(6)} s`, `Interval: ${seconds(stepUs)} s`, ...titles];
    if (this.#outside > 0) about.push(`Frames outside the intervals: ${this.#outside}`);
    return `${[rule, ...about, rule, line(heads), rule.replaceAll("=", "-"), ...rows.map(line), rule].join("\n")}\n`;
  }
}

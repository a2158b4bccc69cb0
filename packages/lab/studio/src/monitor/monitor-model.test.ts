/** The model with a real analyzer, whose methods return promises as a worker's do. */

import { describe, expect, it } from "vitest";
import { Analyzer } from "../analyzer/analyzer.ts";
import type { FrameSource } from "../analyzer/frame-source.ts";
import { generateFrames } from "../testing/generated-frames.ts";
import { type AnalyzerClient, MonitorModel, modelOf } from "./monitor-model.ts";

function remote(analyzer: Analyzer): AnalyzerClient {
  return new Proxy(analyzer, {
    get:
      (target, name: keyof AnalyzerClient) =>
      async (...args: unknown[]) => {
        await Promise.resolve();
        return (target[name] as (...all: unknown[]) => unknown).apply(target, args);
      },
  }) as unknown as AnalyzerClient;
}

/** The first `count` of many frames; the count can grow. */
function growing(count: number): FrameSource & { count: number } {
  return { ...generateFrames(100_000), count };
}

async function until(holds: () => boolean): Promise<void> {
  await expect.poll(holds, { timeout: 120_000, interval: 1 }).toBe(true);
}

/** Numbers of the ICMP frames among the first `count`, found by their IP protocol byte: the expected result of the filter `icmp`. */
function errorsAmong(count: number): number[] {
  const source = generateFrames(100_000);
  const found: number[] = [];
  for (let frame = 1; frame <= count; frame++) if (source.bytesOf(frame)[source.offsetOf(frame) + 23] === 1) found.push(frame);
  return found;
}

describe("the model", () => {
  it("lists all frames, and those that come later", async () => {
    const analyzer = new Analyzer();
    const source = growing(30_000);
    analyzer.useSource(source, "made");
    const model = new MonitorModel(remote(analyzer));
    let calls = 0;
    model.subscribe(() => calls++);
    await model.refresh();
    expect(model.view().count).toBe(30_000);
    expect([model.frameAt(0), model.rowOf(30_000), model.isShown(30_001)]).toEqual([1, 29_999, false]);
    source.count = 40_000;
    await model.refresh();
    expect(model.view().count).toBe(40_000);
    expect(calls).toBeGreaterThan(0);
  });

  it("keeps what was chosen before the first frames came, and drops it with them", async () => {
    const analyzer = new Analyzer();
    analyzer.useSource(growing(1000), "made");
    const model = new MonitorModel(remote(analyzer));
    const first = model.refresh();
    model.hold({ panel: "diagnosis" });
    await first;
    expect(model.view().held.panel).toBe("diagnosis");
    analyzer.useSource(growing(2000), "made");
    await model.refresh();
    expect(model.view().held.panel).toBe(null);
  });

  it("shows what passes the filter, of new frames too, and all again", async () => {
    const analyzer = new Analyzer();
    const source = growing(20_000);
    analyzer.useSource(source, "made");
    const model = new MonitorModel(remote(analyzer));
    await model.refresh();
    await model.applyFilter("icmp");
    const frames = () => Array.from({ length: model.view().count }, (_, i) => model.frameAt(i));
    expect(frames()).toEqual(errorsAmong(20_000));
    expect(model.view().filter).toEqual({ text: "icmp", running: null, cancelled: false });
    source.count = 25_000;
    await model.refresh();
    expect(frames()).toEqual(errorsAmong(25_000));
    const [, second] = errorsAmong(25_000);
    expect([model.rowOf(second), model.isShown(second), model.isShown(second - 1)]).toEqual([1, true, false]);
    await model.applyFilter("");
    expect(model.view().count).toBe(25_000);
  });

  it("keeps the filter when other frames are looked at", async () => {
    const analyzer = new Analyzer();
    analyzer.useSource(growing(5_000), "one");
    const model = new MonitorModel(remote(analyzer));
    await model.refresh();
    await model.applyFilter("icmp");
    analyzer.useSource(growing(9_000), "two");
    await model.refresh();
    await until(() => model.view().filter.text === "icmp" && model.view().filter.running === null);
    expect(model.view().count).toBe(errorsAmong(9_000).length);
    expect(model.view().state.name).toBe("two");
  });

  it("gets the rows that are wanted, and a comment at once", async () => {
    const analyzer = new Analyzer();
    analyzer.useSource(growing(5_000), "made");
    const model = new MonitorModel(remote(analyzer));
    await model.refresh();
    model.want([4_000, 4_001, 4_002]);
    expect(model.row(4_001)).toBeUndefined();
    await until(() => model.row(4_001) !== undefined);
    expect(model.row(4_001)).toEqual(analyzer.rows([4_001])[0]);
    await model.setComment(4_001, "here");
    await until(() => model.row(4_001)?.comment === "here");
  });

  it("is one for each analyzer", () => {
    const client = remote(new Analyzer());
    expect(modelOf(client)).toBe(modelOf(client));
    expect(modelOf(remote(new Analyzer()))).not.toBe(modelOf(client));
  });

  it("sorts by a column, and keeps the order while the filter changes and frames come", async () => {
    const analyzer = new Analyzer();
    const source = growing(3_000);
    analyzer.useSource(source, "made");
    const model = new MonitorModel(remote(analyzer));
    await model.refresh();
    const shown = () => Array.from({ length: model.view().count }, (_, i) => model.frameAt(i));
    const isInOrder = (frames: readonly number[]) =>
      frames.every((frame, i) => {
        if (i === 0) return true;
        const [a, b] = [source.originalLengthOf(frames[i - 1]), source.originalLengthOf(frame)];
        return a > b || (a === b && frames[i - 1] < frame);
      });
    await model.setSort({ column: "length", descending: true });
    expect(isInOrder(shown())).toBe(true);
    expect(shown().toSorted((a, b) => a - b)).toEqual(Array.from({ length: 3_000 }, (_, i) => i + 1));
    for (const frame of [1, 1500, 3000]) expect([model.frameAt(model.rowOf(frame)), model.isShown(frame)]).toEqual([frame, true]);
    source.count = 4_000;
    await model.refresh();
    expect([shown().length, isInOrder(shown())]).toEqual([4_000, true]);
    await model.applyFilter("icmp");
    expect(isInOrder(shown())).toBe(true);
    expect(shown().toSorted((a, b) => a - b)).toEqual(errorsAmong(4_000));
    expect(model.isShown(errorsAmong(4_000)[3])).toBe(true);
    await model.applyFilter("");
    expect([shown().length, isInOrder(shown())]).toEqual([4_000, true]);
    analyzer.useSource(generateFrames(500), "other");
    await model.refresh();
    expect([shown().length, model.view().sort?.column]).toEqual([500, "length"]);
    await until(() => model.frameAt(0) !== 1 || source.originalLengthOf(1) >= source.originalLengthOf(2));
    await model.setSort(null);
    expect(shown()).toEqual(Array.from({ length: 500 }, (_, i) => i + 1));
  });

  it("can stop to sort, and is in the order of the file then", async () => {
    const analyzer = new Analyzer();
    analyzer.useSource(generateFrames(60_000), "made");
    const model = new MonitorModel(remote(analyzer));
    await model.refresh();
    const sorting = model.setSort({ column: "info", descending: false });
    await until(() => (model.view().sort?.running?.done ?? 0) > 0);
    await model.setSort(null);
    await sorting;
    expect([model.view().sort, model.frameAt(0), model.frameAt(59_999)]).toEqual([null, 1, 60_000]);
  });
});

/** The model against the analyzer itself, each call a promise as through a worker's door. */

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
  await expect.poll(holds, { timeout: 20_000, interval: 1 }).toBe(true);
}

/** What a filter of its own finds, counted another way. */
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
});

import { readFileSync } from "node:fs";
import { expect, it } from "vitest";
import { generateFrames } from "../testing/generated-frames.ts";
import { Analyzer } from "./analyzer.ts";

const CAPTURE = new URL("../../../diagnose/captures/half-open/capture.pcapng", import.meta.url);

async function opened(): Promise<Analyzer> {
  const analyzer = new Analyzer();
  expect((await analyzer.openCapture("half-open.pcapng", new Uint8Array(readFileSync(CAPTURE)))).ok).toBe(true);
  while (analyzer.state().indexed < analyzer.state().frames) await analyzer.advance();
  return analyzer;
}

it("lists the remarks on all frames, each with a filter that selects its frames", async () => {
  const analyzer = await opened();
  const view = await analyzer.experts("all", () => {});
  if (!view) throw new Error("stopped");
  expect(view.frames).toBe(analyzer.state().frames);
  // The counts that tshark gives for this capture (apps/cli, show-options.test.ts).
  const reset = view.rows.find(({ message }) => message === "Connection reset (RST)");
  expect(reset).toMatchObject({ severity: "warning", group: "sequence", protocol: "TCP", count: 1 });
  expect(view.rows.map(({ severity }) => severity)).toEqual([...view.rows.map(({ severity }) => severity)].sort().reverse());
  for (const { filter, count, firstFrame } of view.rows) {
    const frames: number[] = [];
    await analyzer.applyFilter(filter, (part) => frames.push(...part.frames));
    expect([frames.length, frames[0]], filter).toEqual([count, firstFrame]);
  }
});

it("lists those on the shown frames alone, as they stand in the whole capture", async () => {
  const analyzer = await opened();
  const all = await analyzer.experts("all", () => {});
  await analyzer.applyFilter("tcp.flags.reset == 1 || tcp.analysis.retransmission", () => {});
  const shown = await analyzer.experts("shown", () => {});
  expect(shown?.frames).toBe(2);
  const messages = shown?.rows.map(({ message }) => message) ?? [];
  expect(messages).toContain("Connection reset (RST)");
  expect(messages).toContain("This frame is a (suspected) retransmission");
  expect(messages.length).toBeLessThan(all?.rows.length ?? 0);
});

it("tells how far it is, and stops on request", async () => {
  const analyzer = new Analyzer();
  analyzer.useSource(generateFrames(60_000), "made");
  while (analyzer.state().indexed < analyzer.state().frames) await analyzer.advance();
  const parts: number[] = [];
  const view = await analyzer.experts("all", (done, total) => {
    expect(total).toBe(60_000);
    parts.push(done);
    analyzer.stopExperts();
  });
  expect(view).toBeNull();
  expect(parts).toHaveLength(1);
});

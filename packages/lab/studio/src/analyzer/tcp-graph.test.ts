/** The graph of a connection that the lab recorded, and of one whose counter turns over. */

import { encodeCapture, parseScenario, runScenario } from "@pushback/scenario";
import { describe, expect, it } from "vitest";
import { GALLERY } from "../lab/gallery.ts";
import { Analyzer } from "./analyzer.ts";

async function article(): Promise<Analyzer> {
  const parsed = parseScenario("kb-q159302", GALLERY.get("kb-q159302") as string);
  if (!parsed.ok) throw new Error(parsed.faults[0].message);
  const recording = runScenario({ ...parsed.scenario, duration: 120_000_000 }, { variants: ["windows-95"], seed: "1" });
  const analyzer = new Analyzer();
  expect((await analyzer.openCapture("kb.pcapng", encodeCapture(recording))).ok).toBe(true);
  while ((await analyzer.advance()).state.indexed < analyzer.state().frames);
  return analyzer;
}

describe("the graph of a TCP connection", () => {
  it("has what each end sent, up to what the other end acknowledged at last", async () => {
    const analyzer = await article();
    const first: number[] = [];
    await analyzer.applyFilter("tcp.flags.syn == 1 && tcp.flags.ack == 0", (part) => first.push(...part.frames));
    expect(first.length).toBeGreaterThan(3);
    for (const frame of first) {
      for (const reversed of [false, true]) {
        const graph = analyzer.tcpGraph(frame, reversed);
        if (graph === null) throw new Error(`no graph of frame ${frame}`);
        const known = (values: Float64Array) => [...values].filter((value) => !Number.isNaN(value));
        const followed = analyzer.follow(frame);
        const bytes = (followed?.parts ?? []).reduce((sum, part) => sum + (part.from === (reversed ? 1 : 0) ? part.bytes.length : 0), 0);
        // A SYN takes one sequence number, and so does a FIN.
        const most = Math.max(...known(graph.to));
        expect([bytes + 1, bytes + 2]).toContain(most);
        expect(Math.max(...known(graph.acknowledged))).toBeLessThanOrEqual(most);
        expect(known(graph.edges).every((edge, i) => edge >= known(graph.acknowledged)[i])).toBe(true);
        expect([graph.sender, graph.receiver]).toEqual(reversed ? followed?.ends.toReversed() : followed?.ends);
        expect(graph.frames[0]).toBe(frame);
      }
    }
  });

  it("is `null` for a frame without TCP", async () => {
    const analyzer = await article();
    const frames: number[] = [];
    await analyzer.applyFilter("arp", (part) => frames.push(...part.frames));
    expect([analyzer.tcpGraph(frames[0], false), analyzer.tcpGraph(0, false), analyzer.tcpGraph(1e9, false)]).toEqual([null, null, null]);
  });
});

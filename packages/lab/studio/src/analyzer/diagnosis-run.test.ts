/** The diagnosis as the page gets it: in parts, stopped and gone on with, and with findings by the thousand. */

import type { Finding } from "@pushback/diagnose";
import { FrameHistory } from "@pushback/dissect";
import { describe, expect, it } from "vitest";
import { generateFrames } from "../testing/generated-frames.ts";
import { staleFleet } from "../testing/stale-fleet.ts";
import { Analyzer } from "./analyzer.ts";
import type { DiagnosisView } from "./analyzer-api.ts";
import { markPushes } from "./diagnosis-run.ts";
import { SourcePackets } from "./source-packet.ts";

const MACHINES = 60;

async function indexed(analyzer: Analyzer): Promise<Analyzer> {
  while ((await analyzer.advance()).state.indexed < analyzer.state().frames);
  return analyzer;
}

async function generated(frames: number): Promise<Analyzer> {
  const analyzer = new Analyzer();
  analyzer.useSource(generateFrames(frames), "generated");
  return await indexed(analyzer);
}

async function diagnosed(analyzer: Analyzer): Promise<DiagnosisView> {
  const view = await analyzer.diagnose(() => {});
  if (view === null) throw new Error("stopped");
  return view;
}

it("a capture without a packet is refused in the words of the command line", async () => {
  const header = new Uint8Array([0xd4, 0xc3, 0xb2, 0xa1, 2, 0, 4, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 0, 1, 0, 0, 0]);
  const cut = new Uint8Array([...header, 1, 2, 3]);
  const message = async (content: Uint8Array) => {
    const opened = await new Analyzer().openCapture("header.pcap", content);
    return opened.ok ? null : opened.message;
  };
  expect(await message(header)).toBe("holds no packet that can be read");
  expect(await message(cut)).toMatch(/^holds no packet that can be read: ./);
});

describe("a diagnosis", () => {
  it("gives the telling findings in full, and each of the others when it is asked for", async () => {
    const analyzer = new Analyzer();
    expect((await analyzer.openCapture("fleet.pcapng", staleFleet(MACHINES))).ok).toBe(true);
    await indexed(analyzer);
    const view = await diagnosed(analyzer);
    expect(view.findings).toBeGreaterThanOrEqual(MACHINES);
    expect(view.shown.length).toBeLessThan(view.findings);
    const numbers = view.groups.flatMap((group) => [...group.numbers]);
    expect([...numbers].sort((a, b) => a - b)).toEqual(Array.from({ length: view.findings }, (_, i) => i + 1));
    for (const { verdict, benign, numbers: own } of view.groups)
      for (const number of own) expect(analyzer.finding(view.serial, number)).toMatchObject({ verdict, benign });
    for (const { finding, number } of view.shown) expect(analyzer.finding(view.serial, number)).toEqual(finding);
    const rows = analyzer.findingRows(view.serial, numbers);
    expect(rows.map(({ number }) => number)).toEqual(numbers);
    for (const { flow, number } of rows) expect(flow).toContain(` to ${analyzer.finding(view.serial, number)?.to ?? "many"}`);
    // After another diagnosis, findings of the earlier serial are refused: their numbers may denote other findings.
    const next = await diagnosed(analyzer);
    expect([analyzer.finding(view.serial, 1), analyzer.findingRows(view.serial, [1])]).toEqual([null, []]);
    expect(analyzer.finding(next.serial, view.findings + 1)).toBe(null);
  });

  it("tells how far it is, stops without an answer, and goes on where it stopped", async () => {
    const analyzer = await generated(50_000);
    const parts: number[] = [];
    const stopped = await analyzer.diagnose((done, total) => {
      expect(total).toBe(50_000);
      parts.push(done);
      if (done > 10_000) analyzer.stopDiagnosis();
    });
    expect(stopped).toBe(null);
    expect(parts).toEqual([...parts].sort((a, b) => a - b));
    const resumed: number[] = [];
    const view = await analyzer.diagnose((done) => resumed.push(done));
    expect(resumed[0]).toBeGreaterThan(parts.at(-1) ?? 0);
    expect(parts.length + resumed.length).toBeLessThanOrEqual(102);
    const whole = await generated(50_000);
    expect({ ...view, serial: 0 }).toEqual({ ...(await diagnosed(whole)), serial: 0 });
  });

  it("needs no index of the frames, and leaves time to it", async () => {
    const analyzer = new Analyzer();
    analyzer.useSource(generateFrames(50_000), "generated");
    const order: string[] = [];
    const indexing = indexed(analyzer).then(() => order.push("index"));
    const view = await diagnosed(analyzer);
    order.push("diagnosis");
    expect(analyzer.state().indexed).toBeGreaterThan(0);
    await indexing;
    expect(order).toEqual(["diagnosis", "index"]);
    expect(view).toEqual(await diagnosed(await generated(50_000)));
  });

  it("shares its reading with a report that is asked for meanwhile", async () => {
    const analyzer = await generated(30_000);
    const [view, report] = await Promise.all([diagnosed(analyzer), analyzer.diagnosisReport("generated")]);
    const alone = await generated(30_000);
    expect(view).toEqual(await diagnosed(alone));
    expect(report).toBe(await alone.diagnosisReport("generated"));
  });

  it("marks the push datagrams of any number of findings in one pass", async () => {
    const frames = 5_000;
    const source = generateFrames(frames);
    let reads = 0;
    const packets = new SourcePackets({
      ...source,
      offsetOf: (frame) => {
        reads++;
        return source.offsetOf(frame);
      },
    });
    const history = new FrameHistory();
    for (let frame = 1; frame <= frames; frame++) history.add(packets.packetOf(frame));
    const finding = { verdict: "stale-push", from: "10.1.9.2" };
    const findings = Array.from({ length: 200 }, (_, i) => ({ ...finding, to: `10.1.10.${i}`, port: 1030 + (i % 7) }) as Finding);
    // Finding 3 has another verdict and finding 4 a port to which no frame was sent, so the datagrams to these two addresses are not pushes.
    findings[3] = { ...findings[3], verdict: "closed-port" };
    findings[4] = { ...findings[4], port: 9 };
    const before = Array.from({ length: frames }, (_, i) => history.classOf(i + 1));
    reads = 0;
    expect(
      await markPushes(
        findings,
        history,
        packets,
        frames,
        async () => {},
        () => true,
      ),
    ).toBe(true);
    expect(reads).toBeLessThanOrEqual(2 * frames);
    const classes = Array.from({ length: frames }, (_, i) => history.classOf(i + 1));
    const targetOf = (frame: number) => packets.packetOf(frame).bytes[packets.packetOf(frame).at + 33];
    const expected = before.map((kind, i) => (kind === "udp" && ![3, 4].includes(targetOf(i + 1)) ? "push" : kind));
    expect(classes).toEqual(expected);
    expect(classes.filter((kind) => kind === "push").length).toBeGreaterThan(1000);
    expect(classes.filter((kind) => kind === "udp").length).toBeGreaterThan(5);
  });
});

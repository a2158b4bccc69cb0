import { describe, expect, test } from "vitest";
import { comparisonRow } from "./comparison-row.ts";
import { spreadOf, summarizeFleet } from "./fleet-summary.ts";
import { FleetTally, tallyRecording } from "./fleet-tally.ts";
import { MachineView } from "./machine-view.ts";
import { recordingJson } from "./recording.ts";
import { RecordingIndex } from "./recording-index.ts";
import { runScenario } from "./run.ts";
import { parseScenario } from "./scenario-file.ts";
import { loadScenario } from "./testing/gallery.ts";

const morning = loadScenario("morning-after-a-power-cut");

describe("a fleet", () => {
  test("the first part of a fleet has the mix of the whole, whatever its size", () => {
    const machines = (count: number) =>
      runScenario({ ...morning, steps: [] }, { variants: [], seed: "1", count })
        .machines.slice(1)
        .map(({ name, variant, address }) => ({
          name,
          variant,
          address,
        }));
    const many = machines(100);
    expect(machines(20)).toEqual(many.slice(0, 20));
    const of = (variant: string) => many.filter((m) => m.variant === variant).length;
    expect([of("windows-95"), of("wfw-3.11"), of("nt-4.0"), of("network-client-3.0"), of("open-transport")]).toEqual([40, 20, 20, 15, 5]);
  });

  test("counts made during the run equal those of its recording and of single machines' views", () => {
    let tally: FleetTally | null = null;
    const recording = runScenario(morning, {
      variants: [],
      seed: "3",
      count: 12,
      watch: (machines, server) => {
        tally = new FleetTally(machines, server);
        return tally;
      },
    });
    const rows = (tally as FleetTally | null)?.rows() ?? [];
    expect(rows).toEqual(tallyRecording(recording).rows());
    expect(rows).toHaveLength(12);

    // The comparison of single machines reads the frames another way.
    const index = new RecordingIndex(recording);
    for (const [i, row] of rows.entries()) {
      const view = comparisonRow(new MachineView(index, recording.machines[i + 1]), null);
      expect(row).toMatchObject({ ...row, ...Object.fromEntries(Object.entries(view).filter(([key]) => key in row)) });
    }
  });

  test("behind address translation each machine has its own datagrams and session end, though the server sees one address", () => {
    const parsed = parseScenario(
      "translated",
      `{ title: T, duration: 30m, server: { KeepAliveTime: 10m }, network: { segments: [{ name: branch, nat: { tcp: 5m } }] },
        clients: [{ name: pc, platform: nt-4.0, count: 5, segment: branch }],
        steps: [{ at: 1m, logon: pc }, { at: 2m, deliver: { to: pc } }] }`,
    );
    if (!parsed.ok) throw new Error(JSON.stringify(parsed.faults));
    const rows = tallyRecording(runScenario(parsed.scenario, { variants: [], seed: "1" })).rows();
    expect(
      rows.map(({ datagramsOnWire, datagramsUnanswered, sessionEndCause }) => [datagramsOnWire, datagramsUnanswered, sessionEndCause]),
    ).toEqual(Array.from({ length: 5 }, () => [10, 10, "keepalive-timeout"]));
  });

  test("without a recording the frames and events are the same", () => {
    let frames = 0;
    let events = 0;
    const options = { variants: [], seed: "1", count: 5 };
    const kept = runScenario(morning, options);
    const empty = runScenario(morning, { ...options, keep: false, watch: () => ({ frame: () => frames++, event: () => events++ }) });
    expect([frames, events]).toEqual([kept.frames.count, kept.events.length]);
    expect([empty.frames.count, empty.events.length]).toEqual([0, 0]);
  });

  test("the same seed gives the same bytes, another one other times", () => {
    const run = (seed: string) => recordingJson(runScenario(morning, { variants: [], seed, count: 6 }));
    expect(run("1")).toBe(run("1"));
    expect(run("1")).not.toBe(run("2"));
  });
});

describe("sums", () => {
  test("percentiles are numbers that occurred, by nearest rank", () => {
    expect(spreadOf([5, 1, 4, 2, 3])).toEqual({ sum: 15, mean: 3, min: 1, p50: 3, p90: 5, p99: 5, max: 5 });
    expect(spreadOf(Array.from({ length: 100 }, (_, i) => i + 1))).toMatchObject({ p50: 50, p90: 90, p99: 99 });
  });

  test("variants add up to all; the busiest second is one in which the frames were", () => {
    const recording = runScenario(morning, { variants: [], seed: "1" });
    const summary = summarizeFleet(tallyRecording(recording));
    if (summary === null) throw new Error("no fleet");
    const { all, variants } = summary;
    expect(variants.reduce((sum, part) => sum + part.icmpPortUnreachable.sum, 0)).toBe(all.icmpPortUnreachable.sum);
    expect(all.machines).toBe(40);

    const { frames } = recording;
    let inPeak = 0;
    for (let n = 1; n <= frames.count; n++) {
      const second = Math.floor(frames.timeOf(n) / 1e6) === all.peakIcmp.atUs / 1e6;
      // ICMP type 3 code 3 in an IPv4 header without options.
      const at = frames.offsetOf(n) + 14;
      const b = frames.bytesOf(n);
      if (second && b[at + 9] === 1 && b[at + 20] === 3 && b[at + 21] === 3) inPeak++;
    }
    expect(inPeak).toBe(all.peakIcmp.perSecond);
  });
});

describe("a scenario file with a fleet", () => {
  test("gives no single address to a fleet", () => {
    const steps = "steps:\n  - { at: 1m, address: { machine: pc, new: true } }\n";
    const parsed = parseScenario("t", `title: T\nduration: 5m\nclients:\n  - { name: pc, count: 2, platform: nt-4.0 }\n${steps}`);
    expect(parsed).toMatchObject({ ok: false, faults: [{ line: 6, message: expect.stringContaining("is a fleet") }] });
  });

  test.each([
    ["platform: each, count: 3", "not with `each`"],
    ["platform: { windows-95: 1, nt-4.0: 2 }", "for a client with a count"],
    ["count: 2, platform: { windows-95: 1, amiga: 2 }", 'unknown platform "amiga"'],
    ["count: 0, platform: windows-95", "count"],
    ["count: 2, platform: windows-95, address: 10.16.1.1", "for one machine"],
    ["count: 2, platform: { windows-95: 0 }", "windows-95"],
  ])("%s", (client, message) => {
    const parsed = parseScenario("t", `title: T\nduration: 5m\nclients:\n  - { name: pc, ${client} }\nsteps:\n  - { at: 1m, logon: pc }\n`);
    expect(parsed.ok).toBe(false);
    if (!parsed.ok) expect(parsed.faults[0].message).toContain(message);
  });
});

/** Compares the curves of a TCP connection with tshark's fields, and with sums over these fields that the test computes itself. */

import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Program, requireProgram } from "@pushback/judges";
import { encodeCapture, parseScenario, runScenario } from "@pushback/scenario";
import { afterAll, describe, expect, it } from "vitest";
import { Analyzer } from "../analyzer/analyzer.ts";
import type { TcpGraph } from "../analyzer/analyzer-api.ts";
import { GALLERY } from "../lab/gallery.ts";
import { nextValue, TCP_CURVES } from "./tcp-curves.ts";

const folder = mkdtempSync(join(tmpdir(), "pushback-curves-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function article(): Uint8Array {
  const parsed = parseScenario("kb-q159302", GALLERY.get("kb-q159302") as string);
  if (!parsed.ok) throw new Error(parsed.faults[0].message);
  return encodeCapture(runScenario({ ...parsed.scenario, duration: 120_000_000 }, { variants: ["windows-95"], seed: "1" }));
}

/**
 * A connection whose ends scale their windows by 4 and 8, as pcap: [microseconds, from the client, flags, seq, ack, window, payload], with a repeated
 * segment and an ACK of two.
 */
const SCALED: readonly (readonly [number, boolean, number, number, number, number, number])[] = [
  [0, true, 0x02, 100, 0, 4000, 0],
  [1_500, false, 0x12, 900, 101, 5000, 0],
  [2_000, true, 0x10, 101, 901, 1000, 0],
  [10_000, true, 0x18, 101, 901, 1000, 300],
  [11_000, true, 0x18, 401, 901, 1000, 200],
  [40_250, false, 0x10, 901, 601, 700, 0],
  [400_000, true, 0x18, 601, 901, 1000, 100],
  [700_000, true, 0x18, 601, 901, 1000, 100],
  [730_000, false, 0x18, 901, 701, 650, 50],
  [745_000, true, 0x10, 701, 951, 990, 0],
  [1_035_000, true, 0x18, 701, 951, 990, 40],
  [1_100_000, false, 0x10, 951, 741, 640, 0],
];

function scaled(): Uint8Array {
  const records = SCALED.map(([us, isClient, flags, seq, ack, window, payload]) => {
    // Window scale: kind 3, length 3; with a no-operation before it (RFC 7323 section 2.2).
    const options = flags & 2 ? [1, 3, 3, isClient ? 2 : 3] : [];
    const headers = 40 + options.length;
    const b = new DataView(new ArrayBuffer(16 + 14 + headers + payload));
    b.setUint32(0, Math.floor(us / 1e6), true);
    b.setUint32(4, us % 1e6, true);
    for (const at of [8, 12]) b.setUint32(at, 14 + headers + payload, true);
    b.setUint16(28, 0x0800);
    b.setUint16(30, 0x4500);
    b.setUint16(32, headers + payload);
    b.setUint16(38, 0x4006);
    b.setUint32(42, isClient ? 0x0a000001 : 0x0a000002);
    b.setUint32(46, isClient ? 0x0a000002 : 0x0a000001);
    b.setUint16(50, isClient ? 1025 : 80);
    b.setUint16(52, isClient ? 80 : 1025);
    b.setUint32(54, seq);
    b.setUint32(58, ack);
    b.setUint16(62, (((20 + options.length) / 4) << 12) | flags);
    b.setUint16(64, window);
    for (const [i, option] of options.entries()) b.setUint8(70 + i, option);
    return new Uint8Array(b.buffer);
  });
  const head = new DataView(new ArrayBuffer(24));
  for (const [at, value] of [
    [0, 0xa1b2c3d4],
    [4, 0x00040002],
    [16, 65535],
    [20, 1],
  ])
    head.setUint32(at, value, true);
  return new Uint8Array(Buffer.concat([new Uint8Array(head.buffer), ...records]));
}

interface Segment {
  readonly frame: number;
  readonly us: number;
  readonly from: string;
  readonly len: number;
  readonly ack: number;
  readonly window: number;
  /** Microseconds; `NaN` where tshark gives none. */
  readonly rtt: number;
}

function tsharkOf(tshark: Program, path: string, stream: number): Segment[] {
  const fields = ["frame.number", "frame.time_relative", "ip.src", "tcp.srcport", "tcp.len", "tcp.ack", "tcp.window_size"];
  const wanted = [...fields, "tcp.analysis.ack_rtt"].flatMap((field) => ["-e", field]);
  const lines = tshark.run(["-r", path, "-Y", `tcp.stream == ${stream}`, "-T", "fields", ...wanted]);
  return lines
    .trim()
    .split("\n")
    .map((line) => {
      const [frame, seconds, source, port, len, ack, window, rtt = ""] = line.split("\t");
      const numbers = { frame: Number(frame), us: Math.round(Number(seconds) * 1e6), len: Number(len), ack: Number(ack) };
      return { ...numbers, from: `${source}:${port}`, window: Number(window), rtt: rtt === "" ? Number.NaN : Number(rtt) * 1e6 };
    });
}

const plotOf = (id: string, graph: TcpGraph) => {
  const plot = TCP_CURVES.find((curves) => curves.id === id)?.plotOf(graph);
  if (!plot) throw new Error(id);
  return plot;
};
const curve = (id: string, name: string, graph: TcpGraph) => [...(plotOf(id, graph).curves.find((each) => each.id === name)?.values ?? [])];
const rounded = (values: readonly number[]) => values.map((value) => Math.round(value * 1e6) / 1e6);

async function opened(file: Uint8Array, name: string): Promise<Analyzer> {
  writeFileSync(join(folder, name), file);
  const analyzer = new Analyzer();
  expect((await analyzer.openCapture(name, file)).ok).toBe(true);
  while ((await analyzer.advance()).state.indexed < analyzer.state().frames);
  return analyzer;
}

describe("the curves of a TCP connection", () => {
  it.for([
    ["article.pcapng", article],
    ["scaled.pcap", scaled],
    ["zeek-conn-size.pcap", () => readFileSync(new URL("../../../../protocol/capture/test-captures/zeek-conn-size.pcap", import.meta.url))],
  ] as const)("agree with tshark on round trips, windows and data of each second: %s", async ([name, make], context) => {
    const tshark = requireProgram(context, "tshark");
    const analyzer = await opened(make(), name);
    const first: number[] = [];
    await analyzer.applyFilter("tcp.flags.syn == 1 && tcp.flags.ack == 0", (part) => first.push(...part.frames));
    expect(first.length).toBeGreaterThan(0);
    let roundTrips = 0;
    for (const frame of first) {
      const theirs = tsharkOf(tshark, join(folder, name), analyzer.tcpGraph(frame, false)?.stream ?? -1);
      for (const reversed of [false, true]) {
        const graph = analyzer.tcpGraph(frame, reversed);
        if (!graph) throw new Error(`frame ${frame}`);
        expect([...graph.frames]).toEqual(theirs.map((segment) => segment.frame));
        const ofReceiver = (value: (segment: Segment) => number) =>
          theirs.map((segment, i) =>
            segment.from === graph.receiver && !Number.isNaN(graph.acknowledged[i]) ? value(segment) : Number.NaN,
          );
        expect(curve("window", "window", graph)).toEqual(ofReceiver(({ window }) => window));
        expect(rounded(curve("rtt", "rtt", graph))).toEqual(rounded(ofReceiver(({ rtt }) => rtt / 1000)));
        roundTrips += graph.rttsUs.filter((us) => us > 0).length;

        // Computes each sum anew from tshark's lengths and relative numbers. Sums are compared in bit/s, whatever unit the axis has.
        const { axis } = plotOf("throughput", graph);
        const size = axis.endsWith("Mbit/s") ? 1e6 : axis.endsWith("kbit/s") ? 1e3 : 1;
        const within = (us: number) => (other: Segment) => other.us > us - 1e6 && other.us <= us;
        const sent = theirs.map(({ from, us }, i) => {
          if (from !== graph.sender) return Number.NaN;
          const others = theirs.slice(0, i + 1).filter((other) => other.from === from && within(us)(other));
          return others.reduce((sum, { len }) => sum + len, 0) * 8;
        });
        expect(rounded(curve("throughput", "sent", graph).map((value) => value * size))).toEqual(sent);
        const highest = (until: number) =>
          Math.max(
            0,
            ...theirs
              .filter((other, i) => i <= until && !Number.isNaN(graph.acknowledged[i]) && other.from === graph.receiver)
              .map(({ ack }) => ack),
          );
        const heard = theirs.map(({ us }, i) => {
          if (Number.isNaN(graph.acknowledged[i])) return Number.NaN;
          const before = theirs.findLastIndex((other) => other.us <= us - 1e6);
          return (highest(i) - highest(before)) * 8;
        });
        expect(rounded(curve("throughput", "heard", graph).map((value) => value * size))).toEqual(heard);
      }
    }
    expect(roundTrips).toBeGreaterThan(3);
  });

  it("are these of the connection with scaled windows", async () => {
    const analyzer = await opened(scaled(), "literal.pcap");
    const graph = analyzer.tcpGraph(1, false);
    if (!graph) throw new Error("none");
    const known = (values: readonly number[]) => values.filter((value) => !Number.isNaN(value));
    // The window of the SYN is not scaled (RFC 7323 section 2.2); later ones are shifted by 3.
    expect(known(curve("window", "window", graph))).toEqual([5000, 5600, 5200, 5120]);
    expect(known(curve("rtt", "rtt", graph))[0]).toBeCloseTo(1.5, 6);
    expect(curve("window", "open", graph).slice(4, 6)).toEqual([500, 0]);
    // At 1.035 s, the first two segments (300 and 200 bytes) are more than a second old. The retransmission is counted.
    expect(curve("throughput", "sent", graph)[10] * 1e3).toBeCloseTo((100 + 100 + 40) * 8, 6);
    expect(plotOf("throughput", graph).axis).toBe("Rate, kbit/s");
    expect([plotOf("rtt", graph).axis, plotOf("window", graph).axis]).toEqual(["Round trip, ms", "Window, bytes"]);
    expect(plotOf("rtt", graph).textOf(1)).toBe("acknowledges a segment 1.5 ms after it was sent");
    expect(plotOf("window", graph).textOf(5)).toBe("window 5,600 bytes, 0 bytes are not acknowledged");
  });

  it("are told apart by form or dashes, and walked by their values", async () => {
    const analyzer = await opened(scaled(), "walked.pcap");
    const graph = analyzer.tcpGraph(1, false);
    if (!graph) throw new Error("none");
    for (const curves of TCP_CURVES) {
      const looks = curves.plotOf(graph).curves.map(({ form, dash }) => `${form} ${dash.join()}`);
      expect(new Set(looks).size).toBe(looks.length);
    }
    const { curves } = plotOf("rtt", graph);
    expect([nextValue(curves, -1, 1), nextValue(curves, 1, 1), nextValue(curves, 1, -1)]).toEqual([1, 5, 1]);
  });
});

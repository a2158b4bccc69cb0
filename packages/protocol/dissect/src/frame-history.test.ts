/** A frame looked at out of order is the same as in order: every field of every frame. */

import { readFileSync } from "node:fs";
import { type CapturedPacket, readCapture } from "@pushback/capture";
import { encodeCapture, PLATFORMS, parseScenario, runScenario } from "@pushback/scenario";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { FrameDissector, FrameHistory, FrameRecall, SummarySink, summarizeFrame, type TreeNode, TreeSink } from "./index.ts";
import { fragmentFile } from "./testing/fragment-frames.ts";

function recordingOf(name: string): Uint8Array {
  const parsed = parseScenario(name, readFileSync(new URL(`../../../../scenarios/${name}.yaml`, import.meta.url), "utf8"));
  if (!parsed.ok) throw new Error(name);
  return encodeCapture(runScenario(parsed.scenario, { variants: PLATFORMS.map((p) => p.variants[0].id), seed: "1" }));
}

function packetsOf(file: Uint8Array): CapturedPacket[] {
  const packets: CapturedPacket[] = [];
  expect(readCapture(file, { packet: (p) => void packets.push({ ...p, bytes: p.bytes.slice(p.at, p.at + p.len), at: 0 }) })).toBeNull();
  return packets;
}

function textOf(nodes: readonly TreeNode[]): string {
  return nodes.map((n) => `${n.field.name}@${n.at}+${n.len}=${n.show}(${textOf(n.children)})`).join(" ");
}

/** Two segments of the same ports with other sequence numbers: a conversation that begins anew. */
function reusedPorts(packets: readonly CapturedPacket[]): CapturedPacket[] {
  const again = packets.slice(0, 200).map((p) => {
    const bytes = p.bytes.slice();
    if (bytes[12] === 8 && bytes[23] === 6) bytes[38] ^= 0x40;
    return { ...p, bytes };
  });
  return [...packets, ...again].map((p, i) => ({ ...p, number: i + 1 }));
}

describe.each([
  ["kb-q159302", () => packetsOf(recordingOf("kb-q159302"))],
  ["relogon-early", () => packetsOf(recordingOf("relogon-early"))],
  ["ports used again", () => reusedPorts(packetsOf(recordingOf("port-reuse")))],
  ["fragments", () => packetsOf(fragmentFile())],
  ["zeek-conn-size", () => packetsOf(readFileSync(new URL("../../capture/test-captures/zeek-conn-size.pcap", import.meta.url)))],
  [
    "zeek-icmp-destunreach-udp",
    () => packetsOf(readFileSync(new URL("../../capture/test-captures/zeek-icmp-destunreach-udp.pcap", import.meta.url))),
  ],
])("%s", (_, load) => {
  it("has the same fields in any order of looking", () => {
    const packets = load();
    const history = new FrameHistory();
    const sink = new TreeSink();
    const dissector = new FrameDissector(sink);
    const inOrder = packets.map((p) => {
      history.add(p);
      sink.roots.length = 0;
      sink.begin(p.bytes, p.at);
      dissector.dissect(p);
      return textOf(sink.roots);
    });
    const recalled = new TreeSink();
    const recall = new FrameRecall(history, (frame) => packets[frame - 1], recalled);
    const look = (frame: number): string => {
      recalled.roots.length = 0;
      recalled.begin(packets[frame - 1].bytes, 0);
      recall.dissect(frame);
      return textOf(recalled.roots);
    };
    for (let frame = packets.length; frame >= 1; frame--) expect(look(frame)).toBe(inOrder[frame - 1]);
    const summaries = new SummarySink();
    const summaryRecall = new FrameRecall(history, (frame) => packets[frame - 1], summaries);
    for (let frame = 1; frame <= packets.length; frame++) {
      expect(look(frame)).toBe(inOrder[frame - 1]);
      summaries.begin();
      summaryRecall.dissect(frame);
      expect(summaries.summary()).toEqual(summarizeFrame(recalled.roots));
    }
    fc.assert(
      fc.property(fc.integer({ min: 1, max: packets.length }), (frame) => {
        expect(look(frame)).toBe(inOrder[frame - 1]);
      }),
    );
  });
});

it("tells pushes from other datagrams by their registration, and errors from what they quote", () => {
  const packets = packetsOf(recordingOf("kb-q159302"));
  const history = new FrameHistory();
  for (const p of packets) history.add(p);
  const count = (wanted: string) => packets.filter((p) => history.classOf(p.number) === wanted).length;
  const errors = packets.filter((p) => p.bytes[12] === 8 && p.bytes[13] === 0 && p.bytes[23] === 1 && p.bytes[34] === 3).length;
  const datagrams = packets.filter((p) => p.bytes[12] === 8 && p.bytes[13] === 0 && p.bytes[23] === 17).length;
  expect(errors).toBeGreaterThan(0);
  expect(count("icmp-error")).toBe(errors);
  expect(count("push")).toBeGreaterThanOrEqual(errors);
  expect(count("push") + count("udp")).toBe(datagrams);
  const error = packets.find((p) => history.classOf(p.number) === "icmp-error");
  const stream = error && history.streamOf(error.number);
  expect(stream?.protocol).toBe("udp");
  const frames = stream ? history.framesOf(stream) : [];
  expect(new Set(frames.map((frame) => history.classOf(frame)))).toEqual(new Set(["push", "icmp-error"]));
});

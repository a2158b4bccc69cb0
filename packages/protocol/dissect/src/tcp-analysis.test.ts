/** tshark is the judge: what each segment of drawn conversations is, with the numbers and times that go with it. */

import { readCapture } from "@pushback/capture";
import { requireProgram, scratchFile } from "@pushback/judges";
import { describe, expect, it } from "vitest";
import { FrameDissector, type TreeNode, TreeSink } from "./index.ts";
import { TCP_FIELDS, TCP_MARK_FIELDS } from "./protocols/tcp-fields.ts";
import { TcpSideAnalysis } from "./tcp-analysis.ts";
import { tcpTrace } from "./testing/tcp-traces.ts";

const { analysisFlags, initialRtt, acksFrame, ackRtt, rto, rtoFrame, duplicateAckNumber, duplicateAckFrame, timeDelta, stream } =
  TCP_FIELDS;
const FIELDS = [
  stream,
  timeDelta,
  analysisFlags,
  ...Object.values(TCP_MARK_FIELDS),
  initialRtt,
  acksFrame,
  ackRtt,
  rto,
  rtoFrame,
  duplicateAckNumber,
  duplicateAckFrame,
];

/** `name=value` of each field that a frame has. */
function ours(file: Uint8Array): string[][] {
  const sink = new TreeSink();
  const dissector = new FrameDissector(sink);
  const frames: string[][] = [];
  const collect = (nodes: readonly TreeNode[], into: string[]): void => {
    for (const { field, show, children } of nodes) {
      if (FIELDS.includes(field)) into.push(field.kind === "none" ? field.name : `${field.name}=${show}`);
      collect(children, into);
    }
  };
  readCapture(file, {
    packet: (p) => {
      sink.roots.length = 0;
      sink.begin(p.bytes, p.at);
      dissector.dissect(p);
      const found: string[] = [];
      collect(sink.roots, found);
      frames.push(found.sort());
    },
  });
  return frames;
}

const SEEDS = 12;
const PACKETS = 1500;

describe("tshark and the lab agree on what TCP segments are", () => {
  it.for(Array.from({ length: SEEDS }, (_, i) => i + 1))("in the trace of seed %i", (seed, context) => {
    const tshark = requireProgram(context, "tshark");
    const file = tcpTrace(seed, PACKETS);
    const path = scratchFile(context, "trace.pcap", file);
    const columns = FIELDS.flatMap(({ name }) => ["-e", name]);
    const rows = tshark
      .run(["-n", "-r", path, "-T", "fields", ...columns], { timeoutMs: 110_000 })
      .split("\n")
      .slice(0, -1);
    const theirs = rows.map((row) =>
      row
        .split("\t")
        .flatMap((value, i) => (value === "" ? [] : [FIELDS[i].kind === "none" ? FIELDS[i].name : `${FIELDS[i].name}=${value}`]))
        .sort(),
    );
    const actual = ours(file);
    expect(actual.length).toBe(theirs.length);
    // Our dissector shows the handshake's round-trip time with each data segment, tshark only with some of them.
    const isElsewhere = (entry: string, there: readonly string[]) =>
      entry.startsWith(initialRtt.name) && !there.some((other) => other.startsWith(initialRtt.name));
    const wrong = actual.flatMap((found, i) => {
      const extra = found.filter((entry) => !theirs[i].includes(entry) && !isElsewhere(entry, theirs[i]));
      const missing = theirs[i].filter((entry) => !found.includes(entry) && !isElsewhere(entry, found));
      return extra.length + missing.length === 0
        ? []
        : [`frame ${i + 1}: only ours ${extra.join(" ")}; only tshark's ${missing.join(" ")}`];
    });
    expect(wrong.slice(0, 10)).toEqual([]);
  });
});

it("draws every kind of segment", () => {
  const seen = new Set<string>();
  for (let seed = 1; seed <= SEEDS; seed++)
    for (const frame of ours(tcpTrace(seed, PACKETS))) for (const entry of frame) seen.add(entry.split("=")[0]);
  expect(FIELDS.map(({ name }) => name).filter((name) => !seen.has(name))).toEqual([]);
});

it("shares what waits for acknowledgments among copies, until one of them changes it", () => {
  const side = new TcpSideAnalysis();
  const sent = { nextSeq: 1, frame: 1, timeUs: 0, timeNs: 0 };
  side.changeUnacknowledged().push(sent);
  const copies = [side.copy(), side.copy()];
  for (const copy of copies) expect(copy.unacknowledged).toBe(side.unacknowledged);
  copies[0].changeUnacknowledged().push({ ...sent, frame: 2 });
  side.changeUnacknowledged().push({ ...sent, frame: 3 });
  expect([side, ...copies].map(({ unacknowledged }) => unacknowledged.map(({ frame }) => frame))).toEqual([[1, 3], [1, 2], [1]]);
});

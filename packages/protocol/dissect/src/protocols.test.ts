/** Walks the list of protocols: each one is found, its fields are the ones that its dissector reports, and filters and summaries know it. */

import { readdirSync, readFileSync } from "node:fs";
import { type CapturedPacket, readCapture } from "@pushback/capture";
import { encodeCapture, PLATFORMS, parseScenario, runScenario } from "@pushback/scenario";
import { beforeAll, describe, expect, it } from "vitest";
import {
  compileFilter,
  FRAME_CLASS_INFO,
  FRAME_CLASSES,
  FrameDissector,
  FrameHistory,
  PROTOCOLS,
  STANDARD_PROTOCOLS,
  SummarySink,
  summarizeFrame,
  type TreeNode,
  TreeSink,
} from "./index.ts";
import { fragmentFile } from "./testing/fragment-frames.ts";
import { LONG_MESSAGE } from "./testing/long-message.ts";
import { odditiesFile, optionsAndRecords } from "./testing/oddities.ts";
import { protocolTable } from "./testing/protocol-table.ts";
import { tcpTrace } from "./testing/tcp-traces.ts";
import { LINK_CASES, LINK_CASES_FOLDER, tunnelFile } from "./testing/tunnel-frames.ts";

const VARIANTS = PLATFORMS.map((p) => p.variants[0].id);
const CAPTURES = new URL("../../capture/test-captures/", import.meta.url);

function recordingOf(name: string, text: string): Uint8Array {
  const parsed = parseScenario(name, text);
  if (!parsed.ok) throw new Error(`${name}: ${JSON.stringify(parsed.faults)}`);
  return encodeCapture(runScenario(parsed.scenario, { variants: VARIANTS, seed: "1" }));
}

/** Files that together hold every protocol. */
function corpus(): Uint8Array[] {
  const scenario = (name: string) =>
    recordingOf(name, readFileSync(new URL(`../../../../scenarios/${name}.yaml`, import.meta.url), "utf8"));
  const captures = readdirSync(CAPTURES).filter((file) => file.endsWith(".pcap"));
  return [
    odditiesFile(),
    odditiesFile(optionsAndRecords()),
    tunnelFile(),
    fragmentFile(),
    tcpTrace(1, 1500),
    ...LINK_CASES.map((name) => new Uint8Array(readFileSync(new URL(`${name}/capture.pcap`, LINK_CASES_FOLDER)))),
    scenario("port-reuse"),
    recordingOf("long-message", LONG_MESSAGE),
    ...captures.map((file) => new Uint8Array(readFileSync(new URL(file, CAPTURES)))),
  ];
}

interface DissectedFile {
  readonly packets: readonly CapturedPacket[];
  /** Names of the fields of each frame, protocols included. */
  readonly fields: readonly ReadonlySet<string>[];
}

const files: DissectedFile[] = [];
/** Every field that a dissector reported. */
const reported = new Set<string>();
/** Info lines by the protocol that the packet list shows for the frame. */
const lines = new Map<string, string[]>();
const different: string[] = [];
/** Pairs of a protocol and one found right inside it, as `udp:dns`. */
const nested = new Set<string>();

beforeAll(() => {
  for (const file of corpus()) {
    const packets: CapturedPacket[] = [];
    expect(readCapture(file, { packet: (p) => void packets.push({ ...p, bytes: p.bytes.slice(p.at, p.at + p.len), at: 0 }) })).toBeNull();
    const tree = new TreeSink();
    const dissector = new FrameDissector(tree);
    const rows = new SummarySink();
    const rowDissector = new FrameDissector(rows);
    const fields = packets.map((p) => {
      tree.roots.length = 0;
      tree.begin(p.bytes, p.at);
      dissector.dissect(p);
      const names = new Set<string>();
      const collect = (nodes: readonly TreeNode[]): void => {
        for (const node of nodes) {
          names.add(node.field.name);
          collect(node.children);
        }
      };
      collect(tree.roots);
      const path = tree.roots.flatMap(({ field, show }) => (field.name === "frame.protocols" ? show.split(":") : []));
      const known = path.filter((one) => STANDARD_PROTOCOLS.protocol(one) !== null);
      for (const [i, inner] of known.entries()) if (i > 0) nested.add(`${known[i - 1]}:${inner}`);
      rows.begin();
      rowDissector.dissect(p);
      const row = summarizeFrame(tree.roots);
      if (JSON.stringify(row) !== JSON.stringify(rows.summary())) different.push(`frame ${p.number}`);
      lines.set(row.protocol, [...(lines.get(row.protocol) ?? []), row.info]);
      for (const name of names) reported.add(name);
      return names;
    });
    files.push({ packets, fields });
  }
});

describe.each(PROTOCOLS.map((protocol) => [protocol.name, protocol] as const))("%s", (name, protocol) => {
  it("reports every field that it declares", () => {
    expect(protocol.allFields.map((field) => field.name).filter((field) => !reported.has(field))).toEqual([]);
  });

  it("is selected by filters with its name or its fields, in exactly the frames that have them", () => {
    for (const field of protocol.allFields) {
      for (const { packets, fields } of files) {
        const result = compileFilter(field.name);
        if (!result.ok) throw new Error(`${field.name}: ${result.message}`);
        const selected = packets.filter((p) => result.filter.matches(p)).map((p) => p.number);
        expect(selected, field.name).toEqual(packets.filter((_, i) => fields[i].has(field.name)).map((p) => p.number));
      }
    }
  });

  it("speaks for some frames if it has a summary", () => {
    const spoken = lines.get(name.toUpperCase()) ?? [];
    if (protocol.summary === null) expect(spoken.length > 0).toBe(name === "data");
    else expect(spoken.length).toBeGreaterThan(0);
    if (protocol.summary && protocol.summary.fields.length > 0) expect(spoken.some((line) => line !== "")).toBe(true);
    for (const line of spoken) expect(line).not.toMatch(/undefined|NaN/);
  });
});

it("no dissector reports a field that no protocol declares", () => {
  expect([...reported].filter((name) => STANDARD_PROTOCOLS.field(name) === null)).toEqual([]);
});

it("each protocol declares the tables that it finds its payload in", () => {
  const undeclared = [...nested].filter((pair) => {
    const [outer, inner] = pair.split(":").map((name) => STANDARD_PROTOCOLS.protocol(name));
    return outer !== null && inner !== null && !STANDARD_PROTOCOLS.below(outer).includes(inner);
  });
  expect(nested.size).toBeGreaterThan(50);
  expect(undeclared).toEqual([]);
});

it("rows made from trees and rows made without trees are the same", () => {
  expect(different).toEqual([]);
});

it("the display filter of a frame class selects the frames of that class", () => {
  const seen = new Set<string>();
  for (const { packets } of files) {
    const history = new FrameHistory();
    for (const p of packets) history.add(p);
    for (const name of FRAME_CLASSES) {
      const members = packets.filter((p) => history.classOf(p.number) === name);
      if (members.length > 0) seen.add(name);
      const { filter } = FRAME_CLASS_INFO[name];
      if (filter === null) continue;
      const result = compileFilter(filter);
      if (!result.ok) throw new Error(`${name}: ${result.message}`);
      const selected = new Set(packets.filter((p) => result.filter.matches(p)).map((p) => p.number));
      expect(
        members.filter((p) => !selected.has(p.number)).map((p) => p.number),
        `${name}: ${filter}`,
      ).toEqual([]);
    }
  }
  expect([...seen].sort()).toEqual([...FRAME_CLASSES].sort());
});

it("docs/PROTOCOLS.md is up to date", () => {
  const page = readFileSync(new URL("../../../../docs/PROTOCOLS.md", import.meta.url), "utf8");
  expect(page === protocolTable(STANDARD_PROTOCOLS), "run pnpm --filter @pushback/dissect document").toBe(true);
});

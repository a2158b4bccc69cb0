/** tshark is the judge: every field of every frame of the corpus, by name, place and value. */

import { readdirSync, readFileSync } from "node:fs";
import { CaptureReader } from "@pushback/capture";
import { requireProgram, scratchFile } from "@pushback/judges";
import { encodeCapture, PLATFORMS, parseScenario, runScenario } from "@pushback/scenario";
import { describe, expect, it } from "vitest";
import { FrameDissector, STANDARD_PROTOCOLS, type TreeNode, TreeSink } from "./index.ts";
import { fragmentFile } from "./testing/fragment-frames.ts";
import { LONG_MESSAGE } from "./testing/long-message.ts";
import { oddities, odditiesFile, optionsAndRecords } from "./testing/oddities.ts";
import { LINK_CASES, LINK_CASES_FOLDER, tunnelFile } from "./testing/tunnel-frames.ts";

const GALLERY = new URL("../../../../scenarios/", import.meta.url);
const SCENARIOS = readdirSync(GALLERY).map((file) => file.replace(/\.yaml$/, ""));
const VARIANTS = PLATFORMS.map((p) => p.variants[0].id);

function recordingOf(name: string, text = readFileSync(new URL(`${name}.yaml`, GALLERY), "utf8")): Uint8Array {
  const parsed = parseScenario(name, text);
  if (!parsed.ok) throw new Error(`${name}: ${JSON.stringify(parsed.faults)}`);
  return encodeCapture(runScenario(parsed.scenario, { variants: VARIANTS, seed: "1" }));
}

/** Descriptions of the frames of generated captures, by capture, for the messages of failures. */
const WHAT: Readonly<Record<string, readonly { readonly what: string }[]>> = {
  oddities: oddities(),
  "options-and-records": optionsAndRecords(),
};

const CORPUS: readonly (readonly [string, () => Uint8Array])[] = [
  ...SCENARIOS.map((name) => [name, () => recordingOf(name)] as const),
  ["long-message", () => recordingOf("long-message", LONG_MESSAGE)],
  ["oddities", () => odditiesFile()],
  ["options-and-records", () => odditiesFile(optionsAndRecords())],
  ["tunnels", tunnelFile],
  ["fragments", fragmentFile],
  ...LINK_CASES.map((name) => [name, () => new Uint8Array(readFileSync(new URL(`${name}/capture.pcap`, LINK_CASES_FOLDER)))] as const),
  ["zeek-conn-size", () => new Uint8Array(readFileSync(new URL("../../capture/test-captures/zeek-conn-size.pcap", import.meta.url)))],
  [
    "zeek-icmp-destunreach-udp",
    () => new Uint8Array(readFileSync(new URL("../../capture/test-captures/zeek-icmp-destunreach-udp.pcap", import.meta.url))),
  ],
];

/**
 * Intended differences between our fields and tshark's, as `name@offset+length=text`, each with the reason.
 */
const DIFFERENCES: Readonly<Record<string, string>> = {
  "frame.protocols@0+0=eth:ethertype:ip:tcp:http": "HTTP is recognised by name only, so the text that it carries has no name",
};

/**
 * Fields that only this project has. `emsmdb.`: tshark's definition of opnum 4 is wrong, and it knows few ROPs. `nspi.call.` and `rfr.call.`: tshark
 * follows an older description of the parameters of the directory's calls.
 */
const OURS = /^(emsmdb|nspi\.call|rfr\.call)\./;

/**
 * Whether tshark stopped inside a directory call: it dissects the parameters of some calls only, and reports an error (`_ws.`) at lists of strings.
 */
function stopsInDirectory(fields: readonly string[]): boolean {
  return fields.some((field) => field.startsWith("_ws.")) || !fields.some((field) => /^(nspi|rfr)\.(?!opnum$)/.test(field));
}

/** Expert remarks that our dissectors make: ours and tshark's must be on the same frames. */
const REMARKS = STANDARD_PROTOCOLS.fields.filter((field) => field.remark !== null).map((field) => field.name);
/** Remarks of tshark that our dissectors do not make, by capture, each with its reason. */
const REMARKS_LEFT: Readonly<Record<string, readonly string[]>> = {
  // tshark dissects the parameters of SMB's negotiation and of the directory's calls; our dissectors stop before them.
  oddities: [211, 296, 304].map((frame) => `frame ${frame}: _ws.malformed.expert`),
};

/** `name@pos+size=show` of every field of a frame. */
function ours(file: Uint8Array): string[][] {
  const frames: string[][] = [];
  const dissect = { dissector: null as FrameDissector | null, sink: new TreeSink() };
  // In contents reassembled from several frames, offsets count from the content's start, as in Wireshark.
  const flatten = (nodes: readonly TreeNode[], into: string[], ownBytes: number): void => {
    for (const node of nodes) {
      const from = node.at < ownBytes ? 0 : (dissect.sink.content.joined.findLast((part) => part.from <= node.at)?.from ?? 0);
      if (node.field.kind !== "none" || node.field.remark !== null)
        into.push(`${node.field.name}@${node.at - from}+${node.len}=${node.show}`);
      flatten(node.children, into, ownBytes);
    }
  };
  const reader = new CaptureReader({
    packet: (p) => {
      dissect.dissector ??= new FrameDissector(dissect.sink);
      dissect.sink.roots.length = 0;
      dissect.sink.begin(p.bytes, p.at);
      dissect.dissector.dissect(p);
      const list: string[] = [];
      flatten(dissect.sink.roots, list, p.len);
      frames.push(list);
    },
  });
  reader.feed(file);
  expect(reader.end()).toBeNull();
  return frames;
}

/** Names that tshark's own registry has, so that a name of ours that it lacks is seen. */
function theirs(pdml: string): Map<string, Set<string>>[] {
  const unescaped = (text: string) =>
    text
      .replace(/&#x27;/g, "'")
      .replace(/&quot;/g, '"')
      .replace(/&lt;/g, "<")
      .replace(/&gt;/g, ">")
      .replace(/&amp;/g, "&");
  return pdml
    .split("<packet>")
    .slice(1)
    .map((packet) => {
      const fields = new Map<string, Set<string>>();
      for (const match of packet.matchAll(/<field name="([^"]+)"([^>]*)>/g)) {
        const attribute = (name: string) => new RegExp(` ${name}="([^"]*)"`).exec(match[2])?.[1] ?? "";
        const entry = `${match[1]}@${attribute("pos")}+${attribute("size")}=${unescaped(attribute("show"))}`;
        const set = fields.get(match[1]);
        if (set) set.add(entry);
        else fields.set(match[1], new Set([entry]));
      }
      return fields;
    });
}

/** Frames that bring new data after a loss and that only tshark leaves undissected, by capture. */
const LEFT_BY_TSHARK: Readonly<Record<string, readonly number[]>> = { "lossy-branch-office": [131] };

describe.each(CORPUS)("tshark and %s", (name, make) => {
  it("agree on every field", (context) => {
    const tshark = requireProgram(context, "tshark");
    const file = make();
    const path = scratchFile(context, "corpus", file);
    const options = ["ip.check_checksum", "tcp.check_checksum", "udp.check_checksum"].flatMap((o) => ["-o", `${o}:TRUE`]);
    // tshark's heuristic for a test device's traffic matches some of our segments.
    options.push("--disable-protocol", "ax4000");
    // tshark recognizes IEC 60870-5-104 by port 2404, which a client may choose for an RPC connection.
    options.push("--disable-protocol", "iec60870_104");
    // tshark recognizes SOCKS by port 1080, which a router may choose for a translated connection.
    options.push("--disable-protocol", "socks");
    const expected = theirs(tshark.run(["-n", ...options, "-r", path, "-T", "pdml"], { timeoutMs: 110_000 }));
    const actual = ours(file);
    expect(actual.length).toBe(expected.length);
    const agreed = new Map<string, number>();
    const wrong = new Map<string, string>();
    const left = new Set<number>();
    for (const [i, fields] of actual.entries()) {
      const stops = stopsInDirectory([...expected[i].keys()]);
      // A retransmission of a segment that the capture lacks brings new data: tshark leaves it undissected.
      const isLeft =
        expected[i].has("tcp.analysis.retransmission") && ![...expected[i].keys()].some((field) => field.startsWith("dcerpc."));
      for (const entry of fields) {
        const field = entry.slice(0, entry.indexOf("@"));
        if (isLeft && /^(dcerpc|nspi|rfr|mapi)\.|^frame\.protocols$/.test(field)) {
          if (field.startsWith("dcerpc.")) left.add(i + 1);
          continue;
        }
        if (stops && /^(nspi|rfr)\.(handle|MAPISTATUS_status)$/.test(field)) continue;
        if (expected[i].get(field)?.has(entry)) agreed.set(field, (agreed.get(field) ?? 0) + 1);
        else if (!DIFFERENCES[entry] && !OURS.test(field) && !wrong.has(field))
          wrong.set(
            field,
            `frame ${i + 1}${WHAT[name] ? ` (${WHAT[name][i].what})` : ""}: ours ${entry}, tshark's ${[...(expected[i].get(field) ?? ["none"])].join(" ")}`,
          );
      }
    }
    const missing = expected.flatMap((fields, i) => {
      const remarks = REMARKS.filter((remark) => fields.has(remark) && !actual[i].some((entry) => entry.startsWith(`${remark}@`)));
      return remarks.map((remark) => `frame ${i + 1}: ${remark}`).filter((entry) => !REMARKS_LEFT[name]?.includes(entry));
    });
    expect([...wrong.values()]).toEqual([]);
    expect(missing).toEqual([]);
    expect([...left]).toEqual(LEFT_BY_TSHARK[name] ?? []);
    const perProtocol = new Map<string, number>();
    for (const [field, count] of agreed) perProtocol.set(field.split(".")[0], (perProtocol.get(field.split(".")[0]) ?? 0) + count);
    console.log(`${name}: agreed ${[...perProtocol].map(([protocol, count]) => `${protocol} ${count}`).join(", ")}`);
    expect(agreed.size).toBeGreaterThan(15);
  });
});

it("puts together what spans segments and fragments, and knows the columns of answers", () => {
  const shown = ours(recordingOf("long-message", LONG_MESSAGE)).flat();
  const bodies = shown.filter((entry) => /^emsmdb\.rop\.detail@.*=cells\.1: "All work and no play\. All/.test(entry));
  expect(bodies).toHaveLength(VARIANTS.length + 1);
  expect(shown.filter((entry) => entry.startsWith("emsmdb.rop@") && entry.endsWith("=not understood"))).toEqual([]);
});

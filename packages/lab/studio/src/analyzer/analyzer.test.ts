/** The analyzer must give the same results as the command line on the same captures, and the same results in any order of requests. */

import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { formatHex } from "@pushback/bytes";
import { NetmonWriter, readCapture } from "@pushback/capture";
import { PUSHBACK } from "@pushback/judges";
import { encodeCapture, PLATFORMS, parseScenario, runScenario } from "@pushback/scenario";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { Analyzer } from "./analyzer.ts";
import type { DiagnosisView, FilterPart, FrameRow } from "./analyzer-api.ts";

const ROOT = new URL("../../../../..", import.meta.url);
const folder = mkdtempSync(join(tmpdir(), "pushback-analyzer-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function pushback(...args: string[]): string {
  const result = spawnSync(process.execPath, [...PUSHBACK, ...args], {
    encoding: "utf8",
    timeout: 120_000,
    maxBuffer: 64 << 20,
    env: { ...process.env, NO_COLOR: "1", FORCE_COLOR: undefined, NODE_OPTIONS: "" },
  });
  expect(result.stderr).toBe("");
  return result.stdout;
}

function recordingOf(name: string): Uint8Array {
  const parsed = parseScenario(name, readFileSync(new URL(`scenarios/${name}.yaml`, ROOT), "utf8"));
  if (!parsed.ok) throw new Error(name);
  return encodeCapture(runScenario(parsed.scenario, { variants: PLATFORMS.map((p) => p.variants[0].id), seed: "1" }));
}

async function opened(file: Uint8Array, name = "sample.pcapng"): Promise<Analyzer> {
  const analyzer = new Analyzer();
  const result = await analyzer.openCapture(name, file);
  if (!result.ok) throw new Error(result.message);
  while (analyzer.state().indexed < analyzer.state().frames) await analyzer.advance();
  return analyzer;
}

async function diagnosisOf(analyzer: Analyzer): Promise<DiagnosisView> {
  const diagnosis = await analyzer.diagnose(() => {});
  if (diagnosis === null) throw new Error("stopped");
  return diagnosis;
}

async function framesOf(analyzer: Analyzer, filter: string): Promise<number[]> {
  const frames: number[] = [];
  const outcome = await analyzer.applyFilter(filter, (part) => frames.push(...part.frames));
  expect(outcome).toEqual({ kind: "done", matches: frames.length });
  return frames;
}

const CAPTURES: readonly (readonly [string, () => Uint8Array])[] = [
  ["kb-q159302", () => recordingOf("kb-q159302")],
  ["relogon-early", () => recordingOf("relogon-early")],
  ["zeek-conn-size", () => readFileSync(new URL("packages/protocol/capture/test-captures/zeek-conn-size.pcap", ROOT))],
  [
    "zeek-icmp-destunreach-udp",
    () => readFileSync(new URL("packages/protocol/capture/test-captures/zeek-icmp-destunreach-udp.pcap", ROOT)),
  ],
];

describe.each(CAPTURES)("%s", (name, load) => {
  let file: Uint8Array;
  let path: string;
  let analyzer: Analyzer;
  beforeAll(async () => {
    file = load();
    path = join(folder, name);
    writeFileSync(path, file);
    analyzer = await opened(file, name);
  });

  it("lists the frames as `show` does", () => {
    const lines = pushback("show", path).trimEnd().split("\n");
    const { frames, firstUs } = analyzer.state();
    const rows = analyzer.rows(Array.from({ length: frames }, (_, i) => frames - i)).reverse();
    const line = (row: FrameRow) =>
      `${String(row.frame).padStart(6)} ${((row.timeUs - firstUs) / 1e6).toFixed(6).padStart(13)}  ${row.source.padEnd(15)} → ${row.destination.padEnd(15)} ${row.protocol.padEnd(7)} ${String(row.length).padStart(5)}  ${row.info}`.trimEnd();
    expect(rows.map(line)).toEqual(lines);
  });

  it("filters as `show -Y` does", async () => {
    for (const filter of [
      "icmp.type == 3 && icmp.code == 3",
      "udp && !icmp",
      "tcp.analysis.keep_alive || tcp.flags.reset == 1",
      "frame.number > 20 and arp",
    ]) {
      const shown = spawnSync(process.execPath, [...PUSHBACK, "show", path, "-Y", filter, "--fields", "frame.number"], {
        encoding: "utf8",
        env: { ...process.env, NODE_OPTIONS: "" },
      }).stdout;
      expect(await framesOf(analyzer, filter)).toEqual(shown.split("\n").filter(Boolean).map(Number));
    }
    await analyzer.applyFilter("", () => {});
  });

  it("shows a frame's fields as `show --fields` does, and each field's filter finds its frame", async () => {
    const frame = Math.ceil(analyzer.state().frames / 2);
    const details = analyzer.details(frame);
    if (!details) throw new Error("no details");
    // The time since the previous displayed frame differs, because `show` displays one frame only.
    const fields = details.tree
      .flatMap((node) => node.children)
      .filter(({ kind, name }) => kind !== "none" && name !== "frame.time_delta_displayed");
    const names = [...new Set(fields.map((field) => field.name))];
    const values = pushback("show", path, "--frame", String(frame), "--fields", names.join(",")).replace(/\n$/, "").split("\t");
    for (const [i, field] of names.entries()) {
      const { kind, value } = fields.filter((f) => f.name === field)[0];
      // The command line prints bytes without colons, as tshark does.
      expect(values[i].startsWith(kind === "bytes" ? value.replaceAll(":", "") : value)).toBe(true);
    }
    for (const { filter } of [...details.tree, ...fields]) {
      expect(analyzer.checkFilter(filter), filter).toEqual({ ok: true });
      expect(await framesOf(analyzer, filter), filter).toContain(frame);
    }
    await analyzer.applyFilter("", () => {});
  });

  it("gives the diagnosis of `diagnose --json`", async () => {
    const result = spawnSync(process.execPath, [...PUSHBACK, "diagnose", path, "--json"], {
      encoding: "utf8",
      env: { ...process.env, NODE_OPTIONS: "" },
    });
    const theirs = JSON.parse(result.stdout) as { benign: boolean; findings: unknown; limits: unknown; packets: number };
    const ours = await diagnosisOf(analyzer);
    const findings = Array.from({ length: ours.findings }, (_, i) => analyzer.finding(ours.serial, i + 1));
    expect({ benign: ours.benign, findings, limits: ours.limits, packets: ours.packets }).toEqual({
      benign: theirs.benign,
      findings: theirs.findings,
      limits: theirs.limits,
      packets: theirs.packets,
    });
  });

  it("reports the diagnosis as the command line does", async () => {
    const ours = await analyzer.diagnosisReport(path);
    const report = join(folder, `${name}.html`);
    spawnSync(process.execPath, [...PUSHBACK, "diagnose", path, "--report", report], {
      encoding: "utf8",
      env: { ...process.env, NODE_OPTIONS: "" },
    });
    expect(ours).toBe(readFileSync(report, "utf8"));
  });

  it("counts every frame once in the graph, and exports what it opened", async () => {
    const { frames } = analyzer.state();
    const graph = analyzer.graph("all", 100);
    expect(Object.values(graph.counts).reduce((sum, counts) => sum + counts.reduce((a, b) => a + b, 0), 0)).toBe(frames);
    expect(graph.buckets).toBeLessThanOrEqual(101);
    const again = await opened(analyzer.exportFrames("all"));
    const all = Array.from({ length: frames }, (_, i) => i + 1);
    expect(again.rows(all)).toEqual(analyzer.rows(all));
    expect(all.map((frame) => formatHex(again.details(frame)?.bytes ?? new Uint8Array(0)))).toEqual(
      all.map((frame) => formatHex(analyzer.details(frame)?.bytes ?? new Uint8Array(0))),
    );
  });
});

describe("an opened recording", () => {
  let file: Uint8Array;
  let analyzer: Analyzer;
  beforeAll(async () => {
    file = recordingOf("kb-q159302");
    analyzer = await opened(file);
  });

  it("is the same from gzip, and from a format whose packets are not in the file as they were", async () => {
    const zipped = await opened(gzipSync(file), "a.pcapng.gz");
    const all = Array.from({ length: 50 }, (_, i) => i * 3 + 1);
    expect(zipped.rows(all)).toEqual(analyzer.rows(all));
    const chunks: Uint8Array[] = [];
    const patches: [number, Uint8Array][] = [];
    const writer = new NetmonWriter(
      (chunk) => chunks.push(chunk.slice()),
      (offset, bytes) => patches.push([offset, bytes.slice()]),
      2,
    );
    readCapture(file, { packet: (p) => writer.writePacket(p.timeUs, p.bytes, p.at, p.len, p.origLen) });
    writer.end();
    const netmon = Buffer.concat(chunks);
    for (const [offset, bytes] of patches) netmon.set(bytes, offset);
    const other = await opened(new Uint8Array(netmon), "a.cap");
    expect(other.state().format).toBe("netmon2");
    const plain = (rows: FrameRow[]) => rows.map(({ comment, ...row }) => row);
    expect(plain(other.rows(all))).toEqual(plain(analyzer.rows(all)));
  });

  it("says what is wrong with a file", async () => {
    const none = new Analyzer();
    expect(await none.openCapture("x", new TextEncoder().encode("not a capture at all"))).toMatchObject({
      ok: false,
      message: expect.stringContaining("no capture file"),
    });
    const cut = await none.openCapture("x", file.slice(0, file.length - 7));
    expect(cut).toMatchObject({ ok: true, state: { problem: expect.stringContaining("ends inside a record") } });
    const zip = gzipSync(file);
    const half = await none.openCapture("x", new Uint8Array(zip.subarray(0, zip.length >> 1)));
    expect(half).toMatchObject({ ok: true, state: { problem: "the compressed file ends unreadably" } });
  });

  it("keeps comments through an export of what is shown", async () => {
    const own = await opened(file);
    const errors = await framesOf(own, "icmp");
    own.setComment(errors[1], "this one ☎\nsecond line");
    own.setComment(errors[0], "");
    expect(await framesOf(own, 'frame.comment contains "☎"')).toEqual([errors[1]]);
    await framesOf(own, "icmp");
    const exported = await opened(own.exportFrames("shown"));
    expect(exported.state().frames).toBe(errors.length);
    const rows = exported.rows(Array.from(errors, (_, i) => i + 1));
    expect(rows[1].comment).toBe("this one ☎\nsecond line");
    expect(rows[0].comment).toBeNull();
    expect(rows.slice(2).map((row) => row.comment)).toEqual(own.rows(errors.slice(2)).map((row) => row.comment));
    const two = await opened(own.exportFrames([3, 5]));
    expect(two.state().frames).toBe(2);
  });

  it("follows a connection: each byte once and in order, whatever is sent twice", async () => {
    const bind = (await framesOf(analyzer, "dcerpc.pkt_type == 11 && tcp.dstport != 135"))[0];
    const followed = analyzer.follow(bind);
    if (!followed) throw new Error("not followed");
    expect(followed.filter).toMatch(/^tcp\.stream == \d+$/);
    expect(followed.frames).toBe((await framesOf(analyzer, followed.filter)).length);
    expect(followed.parts.every((part) => part.missing === 0)).toBe(true);
    for (const from of [0, 1] as const) {
      const bytes = followed.parts.filter((part) => part.from === from).reduce((sum, part) => sum + part.bytes.length, 0);
      expect(bytes).toBeGreaterThan(100);
      // The reassembled stream consists of whole PDUs: each begins with version 5.0.
      const whole = Buffer.concat(followed.parts.filter((part) => part.from === from).map((part) => part.bytes));
      let at = 0;
      let pdus = 0;
      for (; at < whole.length; pdus++) {
        expect([whole[at], whole[at + 1]]).toEqual([5, 0]);
        at += whole.readUInt16LE(at + 8);
      }
      expect(at).toBe(whole.length);
      expect(pdus).toBeGreaterThan(2);
    }
    await analyzer.applyFilter("", () => {});
  });

  it("follows datagrams with the errors that they drew", async () => {
    const errors = await framesOf(analyzer, "icmp.type == 3");
    const followed = analyzer.follow(errors[0]);
    expect(followed?.parts.some((part) => part.remark?.startsWith("Destination unreachable"))).toBe(true);
    expect(followed?.parts.filter((part) => part.remark === null).every((part) => part.from === 0)).toBe(true);
    expect(followed?.parts.filter((part) => part.remark !== null).every((part) => part.from === 1)).toBe(true);
    expect(followed?.parts.map((part) => part.frame)).toEqual(await framesOf(analyzer, followed?.filter ?? ""));
    await analyzer.applyFilter("", () => {});
  });

  it("finds text, bytes and filters, onward and back, round the end", async () => {
    const errors = await framesOf(analyzer, "icmp");
    await analyzer.applyFilter("", () => {});
    expect(await analyzer.find({ kind: "filter", pattern: "icmp" }, 1, true)).toMatchObject({
      kind: "found",
      frame: errors[0],
      wrapped: false,
    });
    expect(await analyzer.find({ kind: "filter", pattern: "icmp" }, errors[1], false)).toMatchObject({ frame: errors[0], wrapped: false });
    expect(await analyzer.find({ kind: "filter", pattern: "icmp" }, errors[0], false)).toMatchObject({
      frame: errors.at(-1),
      wrapped: true,
    });
    expect(await analyzer.find({ kind: "text", pattern: "PORT UNREACHABLE" }, 1, true)).toMatchObject({ frame: errors[0] });
    const hex = await analyzer.find({ kind: "hex", pattern: "03 03" }, errors[0] - 1, true);
    expect(hex).toMatchObject({ kind: "found", len: 2 });
    if (hex.kind === "found") expect([...(analyzer.details(hex.frame)?.bytes.subarray(hex.at, hex.at + 2) ?? [])]).toEqual([3, 3]);
    expect(await analyzer.find({ kind: "text", pattern: "no such words anywhere" }, 1, true)).toEqual({ kind: "none" });
    expect(await analyzer.find({ kind: "hex", pattern: "0x3" }, 1, true)).toMatchObject({ kind: "fault" });
    expect(await analyzer.find({ kind: "filter", pattern: "icmp.tipe" }, 1, true)).toMatchObject({ kind: "fault", offset: 0 });
    await analyzer.applyFilter("udp", () => {});
    expect(await analyzer.find({ kind: "filter", pattern: "tcp" }, 1, true)).toEqual({ kind: "none" });
    await analyzer.applyFilter("", () => {});
  });

  it("says at which character a filter is wrong", () => {
    expect(analyzer.checkFilter("ip and (udp")).toMatchObject({ ok: false, offset: 11 });
    expect(analyzer.checkFilter("tcp.port == banana")).toMatchObject({ ok: false, offset: 12 });
  });

  it("completes fields, operators and values", () => {
    const texts = (filter: string) => analyzer.complete(filter, filter.length).items.map((item) => item.text);
    expect(texts("icmp.t")[0]).toBe("icmp.type");
    expect(texts("ic")[0]).toBe("icmp");
    expect(texts("icmp.type ")).toContain("==");
    expect(texts("icmp ")).toEqual(["&&", "||"]);
    expect(texts("icmp.type == ")).toContain("3");
    expect(texts("ip.src == 10.")).toEqual(expect.arrayContaining([analyzer.rows([10])[0].source]));
    expect(texts("icmp.type == 3 ")).toEqual(["&&", "||"]);
    expect(texts("(udp.")[0]).toMatch(/^udp\./);
    expect(texts("ip.addr in {10.1")[0]).toMatch(/^10\.1/);
    expect(analyzer.complete("icmp.ty == 3", 7)).toMatchObject({ from: 0, to: 7 });
    for (const text of texts("ip.src == ")) expect(analyzer.checkFilter(`ip.src == ${text}`)).toEqual({ ok: true });
  });

  it("can be told to stop, and goes on with the next filter", async () => {
    const parts: FilterPart[] = [];
    const first = analyzer.applyFilter("frame.number > 0", (part) => parts.push(part));
    const second = await analyzer.applyFilter("icmp", () => {});
    expect(second.kind).toBe("done");
    expect(["done", "cancelled"]).toContain((await first).kind);
  });

  it("tells pushes by the diagnosis where their registration is missing", async () => {
    const errors = await framesOf(analyzer, "icmp");
    const registration = (await framesOf(analyzer, "emsmdb.push.port")).findLast((frame) => frame < errors[0]) ?? 0;
    await analyzer.applyFilter("", () => {});
    const { frames } = analyzer.state();
    const late = await opened(analyzer.exportFrames(Array.from({ length: frames - registration - 1 }, (_, i) => registration + 2 + i)));
    const pushes = () => late.graph("all", 10).counts.push.reduce((a, b) => a + b, 0);
    const before = pushes();
    await diagnosisOf(late);
    expect(await late.markPushes()).toBe(true);
    expect(pushes() - before).toBeGreaterThan(100);
    // Frames that are indexed after the diagnosis get the same classes.
    const early = new Analyzer();
    await early.openCapture("late.pcapng", late.exportFrames("all"));
    await diagnosisOf(early);
    expect(early.state().indexed).toBe(0);
    expect(await early.markPushes()).toBe(true);
    expect(early.state().indexed).toBe(late.state().frames);
    expect(early.graph("all", 10).counts).toEqual(late.graph("all", 10).counts);
    // A capture that has the registration leaves nothing for the diagnosis to mark.
    await diagnosisOf(analyzer);
    expect(await analyzer.markPushes()).toBe(false);
  });
});

it("does not call a damaged file harmless", async () => {
  const file = recordingOf("kb-q159302");
  const whole = await diagnosisOf(await opened(file));
  expect(whole.verdict).toBe("harmless");
  const cut = await diagnosisOf(await opened(file.subarray(0, file.length - 5)));
  expect(cut.verdict).toBe("not-looked-at");
  expect(cut.limits.length).toBeGreaterThan(whole.limits.length);
});

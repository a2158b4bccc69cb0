/** Wireshark is the judge: each expression selects the same frames of the corpus. */

import { readFileSync } from "node:fs";
import { type CaptureListener, readCapture } from "@pushback/capture";
import { requireProgram, scratchFile } from "@pushback/judges";
import { encodeCapture, PLATFORMS, parseScenario, runScenario } from "@pushback/scenario";
import fc from "fast-check";
import peggy from "peggy";
import { describe, expect, it } from "vitest";
import { compileFilter } from "./index.ts";
import { FILTER_DIFFERENCES, FILTER_EXPRESSIONS } from "./testing/filter-expressions.ts";

interface SharkdAnswer {
  readonly id: number;
  readonly result?: readonly { readonly num: number }[];
  readonly error?: unknown;
}

function captureOf(name: string): Uint8Array {
  return new Uint8Array(readFileSync(new URL(`../../../lab/diagnose/${name}/capture.pcap`, import.meta.url)));
}

function corpus(): Uint8Array {
  const parsed = parseScenario("relogon-early", readFileSync(new URL("../../../../scenarios/relogon-early.yaml", import.meta.url), "utf8"));
  if (!parsed.ok) throw new Error("relogon-early");
  return encodeCapture(runScenario(parsed.scenario, { variants: PLATFORMS.map((p) => p.variants[0].id), seed: "1" }));
}

/** Captures of other link types and kinds of traffic. */
const CAPTURES = [
  "field-captures/frag-needed",
  "field-captures/ipid0-two-errors-after-two-datagrams",
  "field-captures/ipv6",
  "field-captures/link-mpls",
  "field-captures/link-ppp",
  "field-captures/link-pppoe",
  "field-captures/link-qinq",
  "captures/linux-cooked",
  "captures/linux-cooked-2",
  "captures/raw-ip",
  "captures/vlan-tags",
];

describe("display filters", () => {
  it.for(["relogon-early", ...CAPTURES])("select the same frames as Wireshark's: %s", (name, context) => {
    // sharkd is tshark's engine as a daemon: one process for all expressions.
    const sharkd = requireProgram(context, "sharkd");
    const file = name === "relogon-early" ? corpus() : captureOf(name);
    const path = scratchFile(context, "corpus.pcap", file);
    expect(FILTER_EXPRESSIONS.length).toBeGreaterThanOrEqual(500);
    const requests = [
      { method: "load", params: { file: path } },
      ...FILTER_EXPRESSIONS.map((filter) => ({ method: "frames", params: { filter, column0: "frame.number:1" } })),
      { method: "bye" },
    ];
    const input = requests.map((request, id) => `${JSON.stringify({ jsonrpc: "2.0", id: id + 1, ...request })}\n`).join("");
    const answers = new Map<number, SharkdAnswer>();
    for (const line of sharkd
      .run(["-"], { input: new TextEncoder().encode(input), timeoutMs: 110_000 })
      .split("\n")
      .filter(Boolean)) {
      const answer = JSON.parse(line) as SharkdAnswer;
      answers.set(answer.id, answer);
    }
    const wrong: string[] = [];
    const agreeing: string[] = [];
    let selecting = 0;
    for (const [i, expression] of FILTER_EXPRESSIONS.entries()) {
      const answer = answers.get(i + 2);
      if (answer?.result === undefined && answer?.error === undefined) throw new Error(`sharkd did not answer "${expression}"`);
      const result = compileFilter(expression);
      const ours: number[] = [];
      if (result.ok) readCapture(file, { packet: (p) => result.filter.matches(p) && ours.push(p.number) });
      const theirs = answer.result?.map((frame) => frame.num);
      if (ours.length > 0) selecting++;
      const shown = (frames: readonly number[] | undefined) =>
        frames === undefined ? "refused" : `${frames.length}: ${frames.slice(0, 9)}`;
      const isEqual = (result.ok ? ours.join() : "refused") === (theirs === undefined ? "refused" : theirs.join());
      const listed = FILTER_DIFFERENCES.find(
        (difference) => difference.expression === expression && (difference.captures === "all" || difference.captures.includes(name)),
      );
      if (isEqual && listed) agreeing.push(expression);
      if (!isEqual && !listed) wrong.push(`${expression}: ours ${result.ok ? shown(ours) : result.message}, theirs ${shown(theirs)}`);
    }
    expect(wrong).toEqual([]);
    expect(agreeing, "listed as differences, and equal").toEqual([]);
    // Two filters that select no frame agree without proving anything, so most expressions must select at least one.
    expect(selecting).toBeGreaterThan(name === "relogon-early" ? 350 : 60);
  });

  it.each([
    ["", 0, true],
    ["icmp.typo == 3", 0, false],
    ["icmp.type =< 3", 10, false],
    ["icmp.type == 3000", 13, false],
    ["ip.src contains 0a:01", 0, false],
    ["any ip.src", 10, false],
    ["foo(ip.src) == 1", 0, false],
    ['frame.comment matches "a\\.b"', 24, false],
    ["count(ip.src)", 0, false],
    ["ip.src == 10.1.9.300", 10, false],
    ["ip.src == 10.1.9.0/40", 10, false],
    ["udp.port == nonsense", 12, false],
    ["tcp and (udp", 12, false],
    ["eth.src == 02:00", 11, false],
    ["3 == 3", 0, false],
    ['frame.comment matches "("', 22, false],
  ])("%j is judged at column %i", (text, offset, ok) => {
    const result = compileFilter(text);
    expect(result.ok).toBe(ok);
    if (!result.ok) expect(result.offset).toBe(offset);
  });

  it("are documented by examples that compile", () => {
    const page = readFileSync(new URL("../../../../docs/PROTOCOLS.md", import.meta.url), "utf8");
    const rows = page.slice(page.indexOf("| part of the language"), page.indexOf("Field references"));
    const examples = [...rows.matchAll(/`([^`]+)`/g)].map(([, example]) => example);
    expect(examples.length).toBeGreaterThan(15);
    expect(examples.filter((example) => !compileFilter(example).ok)).toEqual([]);
  });

  it("are read by the parser that the grammar makes", () => {
    const grammar = readFileSync(new URL("./filter-grammar.pegjs", import.meta.url), "utf8");
    const parser = peggy.generate(grammar, { output: "source", format: "es", grammarSource: "src/filter-grammar.pegjs" });
    const committed = readFileSync(new URL("./filter-grammar.generated.js", import.meta.url), "utf8");
    expect(committed.trim() === parser.trim(), "run pnpm --filter @pushback/dissect generate").toBe(true);
  });

  it.each([
    ["brackets", `${"(".repeat(30_000)}ip`],
    ["negations", `${"!".repeat(60_000)}ip`],
    ["braces", `ip.ttl == ${"{".repeat(30_000)}1`],
    ["sums", `ip.ttl == 1${" + 1".repeat(30_000)}`],
    ["sums whose test would be too deep", `ip.ttl == 1${" + 1".repeat(3_000)}`],
  ])("refuse %s that are nested too deeply", (_, text) => {
    expect(compileFilter(text)).toEqual({ ok: false, message: "is nested too deeply", offset: 0 });
  });

  it.each([
    ["alternatives", Array.from({ length: 20_000 }, (_, i) => `tcp.port == ${i}`).join(" || ")],
    ["conditions", Array.from({ length: 20_000 }, () => "frame").join(" && ")],
    ["negations", `${"!".repeat(900)}frame`],
    ["sums", `frame.len == 1${" + 1".repeat(900)}`],
  ])("test frames by long lists of %s, and by all that is not refused", (_, text) => {
    const result = compileFilter(text);
    if (!result.ok) throw new Error(result.message);
    let packets = 0;
    const packet: CaptureListener["packet"] = (p) => {
      result.filter.matches(p);
      packets++;
    };
    readCapture(captureOf("field-captures/frag-needed"), { packet });
    expect(packets).toBeGreaterThan(0);
  });

  it("never throw, whatever the text and the frame", () => {
    fc.assert(fc.property(fc.string({ maxLength: 60 }), (text) => typeof compileFilter(text).ok === "boolean"));
    const words = fc.constantFrom(
      "ip",
      "tcp.port",
      "==",
      "&&",
      "!",
      "(",
      ")",
      "3",
      "0x1f",
      "10.1.9.0/24",
      "in",
      "{1..5}",
      "all",
      "+",
      "-",
      "/",
      "0",
      "&",
      "#2",
      "max(",
      "string(",
      "frame.protocols",
      "ip.src",
      '"x"',
      "contains",
      "eth.src",
      "[0:2]",
      "len",
      ",",
    );
    fc.assert(fc.property(fc.array(words, { maxLength: 9 }), (parts) => typeof compileFilter(parts.join(" ")).ok === "boolean"));
  });
});

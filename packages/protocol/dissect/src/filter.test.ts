/** Wireshark is the judge: each expression selects the same frames of the corpus. */

import { readFileSync } from "node:fs";
import { readCapture } from "@pushback/capture";
import { requireProgram, scratchFile } from "@pushback/judges";
import { encodeCapture, PLATFORMS, parseScenario, runScenario } from "@pushback/scenario";
import fc from "fast-check";
import peggy from "peggy";
import { describe, expect, it } from "vitest";
import { compileFilter } from "./index.ts";

function corpus(): Uint8Array {
  const parsed = parseScenario("relogon-early", readFileSync(new URL("../../../../scenarios/relogon-early.yaml", import.meta.url), "utf8"));
  if (!parsed.ok) throw new Error("relogon-early");
  return encodeCapture(runScenario(parsed.scenario, { variants: PLATFORMS.map((p) => p.variants[0].id), seed: "1" }));
}

const EXPRESSIONS = [
  "arp",
  "ip",
  "icmp",
  "udp",
  "tcp",
  "eth",
  "data",
  "dcerpc",
  "frame",
  "!arp",
  "not ip",
  "arp || icmp",
  "arp or icmp",
  "ip and not tcp",
  "ip && !tcp && !udp",

  "icmp.type == 3",
  "icmp.type==3 && icmp.code==3",
  "icmp.type eq 3",
  "icmp.type != 3",
  "icmp.type ne 8",
  "icmp.type in {3, 8, 11}",
  "icmp.code in {0..3}",
  "ip.src == 10.1.9.10",
  "ip.dst == 10.1.9.101",
  "ip.addr == 10.1.9.103",
  "ip.addr != 10.1.9.103",
  "!(ip.addr == 10.1.9.103)",
  "ip.addr == 10.1.9.0/24",
  "ip.src == 10.1.9.100/30",
  "ip.src == 10.1.8.0/23",
  "ip.dst == 10.1.9.105/32",
  "ip.src != 10.1.9.0/25",
  "ip.src > 10.1.9.102",
  "ip.src <= 10.1.9.101",
  "ip.ttl == 32",
  "ip.ttl < 64",
  "ip.ttl <= 128",
  "ip.ttl > 128",
  "ip.ttl >= 255",
  "ip.ttl lt 100",
  "ip.ttl gt 100 and ip.ttl le 200",
  "ip.ttl in {32, 255}",
  "ip.ttl in {30..40, 250..255}",
  "ip.id == 0x0100",
  "ip.id > 0x1000",
  "ip.len == 36",
  "ip.len in {36..60}",
  "ip.proto == 17",
  "ip.proto == 0x11",
  "ip.proto == 021",
  "ip.flags.df == 1",
  "ip.flags.df == 0",

  "ip.flags == 0x2",
  "ip.hdr_len == 20",
  "ip.version == 4",
  "ip.frag_offset == 0",
  "ip.dsfield == 0x00",
  "udp.port == 1026",
  "udp.srcport == 1026 && udp.dstport == 1024",
  "udp.dstport in {1024..1026}",
  "udp.length == 16",
  "udp.checksum == 0",
  "udp.stream == 0",
  "udp.stream > 1",
  "tcp.port == 135",
  "tcp.srcport == 135",
  "tcp.dstport > 1026",
  "tcp.flags.syn == 1",
  "tcp.flags.syn == 1 && tcp.flags.ack == 0",
  "tcp.flags.reset == 1",
  "tcp.flags & 0x02",
  "tcp.flags & 0x14",
  "tcp.flags == 0x010",
  "tcp.flags == 0x0018",
  "tcp.len > 0",
  "tcp.len == 0 && tcp.flags == 0x10",
  "tcp.seq == 1 && frame.number < 370",
  "tcp.ack > 1000",
  "tcp.stream == 3",
  "tcp.hdr_len == 24",
  "tcp.window_size_value == 8760",
  "tcp.options.mss_val == 1450",
  "tcp.options.mss_val",
  "tcp.seq_raw > 100000",
  "tcp.nxtseq == 229",
  "tcp.analysis.keep_alive",
  "tcp.analysis.reused_ports",
  "tcp.reset_cause",
  "tcp.time_delta > 1",
  "tcp.time_relative > 800.5",
  "tcp.urgent_pointer == 0",
  "eth.src == 02:00:0a:01:09:65",
  "eth.dst == ff:ff:ff:ff:ff:ff",
  "eth.addr == 02-00-0a-01-09-0a",
  "eth.type == 0x0806",
  "eth.type == 0x800",
  "eth.src[0:3] == 02:00:0a",
  "eth.src[3:3] == 01:09:65",
  "eth.src[5] == 65",
  "eth.dst[0:2] == ff:ff",
  "eth.src[-1] == 0a",
  "eth.padding",
  "eth.src == eth.addr",
  "ip.src == ip.dst",
  "arp.opcode == 1",
  "arp.opcode == 2",
  "arp.isgratuitous",
  "arp.src.proto_ipv4 == 10.1.9.10",
  "arp.dst.hw_mac == 00:00:00:00:00:00",
  "arp.src.proto_ipv4 == arp.dst.proto_ipv4",
  "frame.number == 17",
  "frame.number > 100 && frame.number < 120",
  "frame.number in {1, 3, 5..9}",
  "frame.len == 60",
  "frame.len > 200",
  "frame.cap_len <= 60",
  "frame.time_relative > 900",
  "frame.time_relative >= 60 and frame.time_relative < 61",
  "frame.time_delta > 20",
  'frame.protocols == "eth:ethertype:arp"',
  'frame.protocols contains "icmp"',
  'frame.protocols matches "udp.*data"',
  'frame.comment contains "Keep-alive"',
  'frame.comment matches "^push DATAGRAM"',
  "frame.comment",
  "dcerpc.pkt_type == 11",
  "dcerpc.pkt_type == 0 && dcerpc.opnum == 4",
  "dcerpc.opnum in {0, 2}",
  "dcerpc.cn_flags.first_frag == 1",
  "dcerpc.cn_frag_len > 100",
  "dcerpc.cn_call_id == 2",
  "dcerpc.cn_alloc_hint == 66",
  "dcerpc.cn_max_xmit == 5840",
  "dcerpc.cn_ctx_id == 0",
  "dcerpc.ver == 5",
  "mapi",
  "mapi.opnum == 4",
  "mapi.opnum == 2 && dcerpc.pkt_type == 2",
  'mapi.EcDoConnect.name contains "ms-dos"',
  "mapi.EcDoConnect.code_page == 10000",
  "data.len == 8",
  "data.data[0] == 98",
  "data.data contains 7f",
  "len(data.data) == 8",
  "count(ip.addr) == 4",
  "count(eth.addr) == 2",
  "udp.payload contains 7f",
  "udp.payload[7] == 7f",
  "tcp.payload[0:2] == 05:00",
  'upper(frame.protocols) contains "ICMP"',
  'lower(frame.protocols) == "eth:ethertype:arp"',
  "(arp || icmp) && frame.number < 100",
  "!(arp || (icmp && ip.ttl == 32)) && frame.len == 60",
  "not arp and not (tcp or udp)",
  "ip.src == 10.1.9.10 and (udp or (tcp.flags.reset == 1))",
];

describe("display filters", () => {
  it("select the same frames as Wireshark's", { timeout: 120_000 }, (context) => {
    // sharkd is tshark's engine as a daemon: one process for all expressions.
    const sharkd = requireProgram(context, "sharkd");
    const file = corpus();
    const path = scratchFile(context, "corpus.pcapng", file);
    expect(EXPRESSIONS.length).toBeGreaterThanOrEqual(150);
    const requests = [
      { method: "load", params: { file: path } },
      ...EXPRESSIONS.map((filter) => ({ method: "frames", params: { filter, column0: "frame.number:1" } })),
      { method: "bye" },
    ];
    const input = requests.map((request, id) => `${JSON.stringify({ jsonrpc: "2.0", id: id + 1, ...request })}\n`).join("");
    const answers = sharkd
      .run(["-"], { input: new TextEncoder().encode(input), timeoutMs: 110_000 })
      .split("\n")
      .filter(Boolean)
      .map((line) => JSON.parse(line));
    const wrong: string[] = [];
    let empty = 0;
    for (const [i, expression] of EXPRESSIONS.entries()) {
      const answer = answers.find((a) => a.id === i + 2);
      const result = compileFilter(expression);
      if (!result.ok || !answer.result) {
        wrong.push(`${expression}: ${result.ok ? "Wireshark does not take it" : `${result.message} at ${result.offset}`}`);
        continue;
      }
      const ours: number[] = [];
      readCapture(file, { packet: (p) => result.filter.matches(p) && ours.push(p.number) });
      const theirs: number[] = answer.result.map((frame: { num: number }) => frame.num);
      if (ours.length === 0) empty++;
      if (ours.join() !== theirs.join()) {
        wrong.push(
          `${expression}: ours ${ours.length}, theirs ${theirs.length}: first ${ours.find((n) => !theirs.includes(n)) ?? theirs.find((n) => !ours.includes(n))}`,
        );
      }
    }
    expect(wrong).toEqual([]);
    // Expressions that select nothing agree too easily.
    expect(empty).toBeLessThan(12);
  });

  it.each([
    ["", 0, true],
    ["icmp.typo == 3", 0, false],
    ["icmp.type === 3", 12, false],
    ["ip.src == 10.1.9.300", 10, false],
    ["ip.src == 10.1.9.0/40", 10, false],
    ["udp.port == nonsense", 12, false],
    ["tcp and (udp", 12, false],
    ["eth.src == 02:00", 11, false],
    ["3 == 3", 0, false],
    ['frame.comment matches "("', 0, false],
  ])("%j is judged at column %i", (text, offset, ok) => {
    const result = compileFilter(text);
    expect(result.ok).toBe(ok);
    if (!result.ok) expect(result.offset).toBe(offset);
  });

  it("are read by the parser that the grammar makes", () => {
    const grammar = readFileSync(new URL("./filter-grammar.pegjs", import.meta.url), "utf8");
    const parser = peggy.generate(grammar, { output: "source", format: "es", grammarSource: "src/filter-grammar.pegjs" });
    const committed = readFileSync(new URL("./filter-grammar.generated.js", import.meta.url), "utf8");
    expect(committed.trim() === parser.trim(), "run pnpm --filter @pushback/dissect generate").toBe(true);
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

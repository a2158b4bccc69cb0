import { readFileSync } from "node:fs";
import { compileFilter } from "@pushback/dissect";
import { describe, expect, it } from "vitest";
import { Analyzer } from "../analyzer/analyzer.ts";
import { changeRule, DEFAULT_RULES, filterOfRule, MAX_RULES, moveRule, RULE_COLOURS, restoreRules, titleOfRule } from "./colour-rules.ts";
import { freeId } from "./free-id.ts";

const CAPTURE = new URL("../../../diagnose/captures/half-open/capture.pcapng", import.meta.url);

async function opened(): Promise<Analyzer> {
  const analyzer = new Analyzer();
  expect((await analyzer.openCapture("half-open.pcapng", new Uint8Array(readFileSync(CAPTURE)))).ok).toBe(true);
  while (analyzer.state().indexed < analyzer.state().frames) await analyzer.advance();
  return analyzer;
}

describe("the rules", () => {
  it("at first have filters that compile, different ids, and colours with a light and a dark value", () => {
    for (const { filter, name } of DEFAULT_RULES) expect(compileFilter(filter).ok, name).toBe(true);
    expect(new Set(DEFAULT_RULES.map(({ id }) => id)).size).toBe(DEFAULT_RULES.length);
    const css = readFileSync(new URL("../design/tokens.css", import.meta.url), "utf8");
    for (const { token } of Object.values(RULE_COLOURS)) expect(css.split(`--${token}: #`), token).toHaveLength(3);
    const sheet = readFileSync(new URL("./packet-list.css", import.meta.url), "utf8");
    for (const [colour, { token }] of Object.entries(RULE_COLOURS))
      expect(sheet).toContain(`[data-coloured] [data-colour="${colour}"] {\n  --row: var(--${token});`);
  });

  it("are restored from whatever was stored", () => {
    expect(restoreRules(undefined)).toBe(DEFAULT_RULES);
    expect(restoreRules("x")).toBe(DEFAULT_RULES);
    expect(restoreRules([])).toEqual([]);
    expect(restoreRules(JSON.parse(JSON.stringify(DEFAULT_RULES)))).toEqual(DEFAULT_RULES);
    const odd = restoreRules([
      null,
      7,
      { id: "a", name: "A", filter: "arp", kind: "push", colour: "mail", isOn: false },
      { id: "a", name: 3, filter: {}, kind: "?", colour: "constructor" },
      { name: "x".repeat(999), filter: "y".repeat(99_999) },
    ]);
    expect(odd.map(({ id }) => id)).toEqual(["a", "rule-2", "rule-3"]);
    expect(odd[0]).toEqual({ id: "a", name: "A", filter: "arp", kind: "push", colour: "mail", isOn: false });
    expect(odd[1]).toEqual({ id: "rule-2", name: "Rule", filter: "", kind: null, colour: "plain", isOn: true });
    expect(restoreRules([{ id: "of two words" }])[0].id).toBe("rule-1");
    expect([odd[2].name.length, odd[2].filter.length]).toEqual([60, 2000]);
    expect(restoreRules(Array.from({ length: 999 }, () => ({})))).toHaveLength(MAX_RULES);
  });

  it("move, change, and get ids that are free", () => {
    const ids = (rules: readonly { id: string }[]) => rules.map(({ id }) => id).slice(0, 3);
    expect(ids(DEFAULT_RULES)).toEqual(["malformed", "push", "icmp-error"]);
    expect(ids(moveRule(DEFAULT_RULES, "icmp-error", -1))).toEqual(["malformed", "icmp-error", "push"]);
    expect(moveRule(DEFAULT_RULES, "malformed", -1)).toEqual(DEFAULT_RULES);
    expect(changeRule(DEFAULT_RULES, "push", { name: "P" })[1].name).toBe("P");
    expect(DEFAULT_RULES.some(({ id }) => id === freeId("rule", DEFAULT_RULES))).toBe(false);
  });

  it("without a name are called after what they select", () => {
    const [, push] = DEFAULT_RULES;
    expect(titleOfRule({ ...push, name: "Mine" })).toBe("Mine");
    expect(titleOfRule({ name: " ", kind: null, filter: "arp" })).toBe("arp");
    expect(titleOfRule({ ...push, name: "" })).not.toBe("");
    expect(titleOfRule({ name: "", kind: null, filter: "" })).toBe("any frame");
  });

  it("become display filters; a rule by a kind that no filter can express has none", () => {
    const [malformed, push] = DEFAULT_RULES;
    expect(filterOfRule(malformed)).toBe("_ws.malformed");
    expect(filterOfRule(push)).toBeNull();
    expect(filterOfRule({ ...push, kind: "arp", filter: "" })).toBe("arp");
    expect(filterOfRule({ ...push, kind: "arp", filter: "frame.len > 60" })).toBe("(arp) && (frame.len > 60)");
  });
});

describe("the first rule that selects a frame", () => {
  it("is the same in any order of frames, with filters on what went before", async () => {
    const analyzer = await opened();
    const rules = [
      { id: "again", kind: null, filter: "tcp.analysis.retransmission || tcp.analysis.lost_segment" },
      { id: "bad", kind: null, filter: "ip.sorc == 1" },
      { id: "push", kind: "push", filter: "" },
      { id: "syn", kind: null, filter: "tcp.flags.syn == 1" },
      { id: "arp of one", kind: "arp", filter: "arp.src.proto_ipv4 == 10.1.9.104" },
    ] as const;
    const faults = analyzer.setRules(rules);
    expect(faults.map((fault) => fault?.offset ?? null)).toEqual([null, 0, null, null, null]);
    const { frames } = analyzer.state();
    const expected = new Map<number, string>();
    for (const { id, kind, filter } of [...rules].reverse()) {
      if (id === "bad") continue;
      const selected: number[] = [];
      await analyzer.applyFilter(filter === "" ? "frame" : filter, (part) => selected.push(...part.frames));
      for (const frame of selected) if (kind === null || analyzer.rows([frame])[0].frameClass === kind) expected.set(frame, id);
    }
    expect(new Set(expected.values())).toEqual(new Set(["again", "push", "syn", "arp of one"]));
    const backwards = Array.from({ length: frames }, (_, i) => frames - i);
    for (const { frame, rule } of analyzer.rows(backwards)) expect(rule, `frame ${frame}`).toBe(expected.get(frame) ?? null);
    // Sorted by the rules' order, those without a rule last.
    await analyzer.applyFilter("", () => {});
    const order = [...((await analyzer.order("rule", false, () => {})) ?? [])].map((i) => expected.get(i + 1) ?? "");
    const places = ["again", "bad", "push", "syn", "arp of one", ""];
    expect(order.map((id) => places.indexOf(id))).toEqual(order.map((id) => places.indexOf(id)).sort((a, b) => a - b));
    // The rules stay in force when another capture is opened.
    expect((await analyzer.openCapture("again.pcapng", new Uint8Array(readFileSync(CAPTURE)))).ok).toBe(true);
    await analyzer.advance();
    expect(analyzer.rows([7])[0].rule).toBe(expected.get(7));
  });
});

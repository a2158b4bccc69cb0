import { describe, expect, it } from "vitest";
import { rowsOfRun } from "./compare.ts";
import { runScenario } from "./run.ts";
import { parseScenario } from "./scenario-file.ts";

const HEAD = `title: T
duration: 20m
clients:
  - { name: client, platform: each }
  - { name: beside, platform: same, beside: client }
  - { name: pc, platform: nt-4.0 }
  - { name: all, platform: nt-4.0, count: 2, off: true }
steps:
  - { at: 1m, logon: [client, beside, pc] }
  - { at: 5m, reboot: [beside, pc] }
  - { at: 6m, deliver: { to: [client, beside, pc] } }
`;

function parse(expectations: string) {
  return parseScenario("t", `${HEAD}expect:\n${expectations}`);
}

function judge(expectations: string, more = {}) {
  const parsed = parse(expectations);
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.faults));
  const { expectations: results } = rowsOfRun(runScenario(parsed.scenario, { variants: ["nt-4.0", "windows-95"], seed: "1", ...more }));
  return results.map(({ met, text }) => `${met ? "" : "not "}${text}`);
}

describe("expectations of clients", () => {
  it("hold for each machine that the client stands for, and for no other one", () => {
    expect(judge("  clients: { pc: { datagramsSent: 14 }, beside: { datagramsSent: 15 }, client: { datagramsSent: 1 } }\n")).toEqual([
      "not pc: datagramsSent is 14, but it was 15",
      "windows-nt.beside: datagramsSent is 15",
      "windows-9x.beside: datagramsSent is 15",
      "windows-nt: datagramsSent is 1",
      "windows-9x: datagramsSent is 1",
    ]);
  });

  it("hold for no machine of a client whose name ends the same", () => {
    const text = `title: T
duration: 5m
clients:
  - { name: client, platform: each }
  - { name: pc, platform: same, beside: client }
  - { name: old.pc, platform: same, beside: client }
steps:
  - { at: 1m, logon: [pc, old.pc] }
  - { at: 2m, deliver: { to: old.pc } }
expect:
  clients: { pc: { datagramsSent: 0 } }
`;
    const parsed = parseScenario("t", text);
    if (!parsed.ok) throw new Error(JSON.stringify(parsed.faults));
    const { expectations } = rowsOfRun(runScenario(parsed.scenario, { variants: ["nt-4.0"], seed: "1" }));
    expect(expectations).toMatchObject([{ text: "windows-nt.pc: datagramsSent is 0", met: true }]);
  });

  it("are not judged with other settings than the file's", () => {
    expect(judge("  clients: { pc: { datagramsSent: 14 } }\n", { intervalUs: 30_000_000 })).toEqual([]);
  });
});

describe("expectations of intervals", () => {
  it("count from the beginning on and before the end", () => {
    const during = (from: string, to: string, count: number) =>
      `  during: [{ from: ${from}, to: ${to}, clients: { pc: { datagramsSent: ${count} } } }]\n`;
    expect(judge(during("6m", "7m", 1))).toEqual(["from 6m to 7m, pc: datagramsSent is 1"]);
    expect(judge(during("6m", "6m59s", 1))).toEqual(["from 6m to 6m59s, pc: datagramsSent is 1"]);
    expect(judge(during("6m1s", "7m", 0))).toEqual(["from 6m1s to 7m, pc: datagramsSent is 0"]);
    expect(judge(during("10m", "15m", 6))).toEqual(["not from 10m to 15m, pc: datagramsSent is 6, but it was 5"]);
  });

  it("hold for every platform under `every`", () => {
    expect(judge("  during: [{ from: 6m, to: 8m, every: { datagramsSent: 1, icmpPortUnreachable: 0 } }]\n")).toHaveLength(4);
  });
});

it.each([
  ["clients: { nobody: { datagramsSent: 1 } }", 'unknown client "nobody"; there are client, beside, pc'],
  ["clients: { all: { datagramsSent: 1 } }", '"all" is a fleet'],
  ["clients: { pc: { datagrams: 1 } }", 'unknown setting "datagrams"'],
  ["during: [{ from: 2m, to: 1m }]", "the interval ends before it begins"],
  ["during: [{ from: 2m, to: 21m }]", "the interval ends after the scenario's duration"],
  ["during: [{ from: 2m, to: 3m, every: { sessionEndCause: open } }]", 'unknown setting "sessionEndCause"'],
  ["during: [{ from: 2m, to: 3m, clients: { all: {} } }]", '"all" is a fleet'],
])("refuses %s", (text, message) => {
  const parsed = parse(`  ${text}\n`);
  expect(parsed.ok ? [] : parsed.faults.map((fault) => fault.message)).toContainEqual(expect.stringContaining(message));
});

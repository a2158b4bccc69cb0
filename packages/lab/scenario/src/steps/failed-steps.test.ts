/** Steps that a machine cannot carry out, and scenario files that are refused because they expect what no run can show. */

import { describe, expect, it } from "vitest";
import { presentSpans } from "../presence.ts";
import { runScenario } from "../run.ts";
import { parseScenario } from "../scenario-file.ts";

const HEAD = "title: T\nduration: 30m\nnetwork: { segments: [{ name: branch, latency: 1ms }] }\n";
const file = (clients: string, steps: readonly string[], rest = "") =>
  `${HEAD}clients:\n  - { name: pc, platform: nt-4.0 }\n${clients}steps:\n${steps.map((s) => `  - { ${s} }\n`).join("")}${rest}`;
const parse = (...args: Parameters<typeof file>) => parseScenario("t", file(...args));

function record(...args: Parameters<typeof file>) {
  const parsed = parse(...args);
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.faults));
  return [...runScenario(parsed.scenario, { variants: [], seed: "1" }).events];
}

function faultOf(...args: Parameters<typeof file>): string {
  const parsed = parse(...args);
  return parsed.ok ? "" : parsed.faults[0].message;
}

describe("a step that fails", () => {
  it("`suspend` on a machine that is off has no effect on its later time on the network", () => {
    const events = record("", ["at: 1m, power-off: pc", "at: 2m, suspend: pc", "at: 3m, power-on: pc", "at: 8m, logon: pc"]);
    expect(events.some(({ event }) => event.type === "logged-on")).toBe(true);
    const spans = presentSpans(events.filter(({ machine }) => machine === "pc"));
    expect(spans.at(-1)?.toUs).toBe(Number.POSITIVE_INFINITY);
  });

  it("restarts no machine without a registry", () => {
    const events = record("  - { name: dos, platform: ms-dos }\n", ["at: 1m, registry: { machine: dos, DefaultTTL: 5, restart: true }"]);
    const types = events.filter(({ machine, atUs }) => machine === "dos" && atUs >= 60_000_000).map(({ event }) => event.type);
    expect(types).toContain("step-failed");
    expect(types).not.toContain("boot-phase");
  });

  it("does not attach a suspended machine that was moved before it boots", () => {
    const events = record("", [
      "at: 1m, suspend: pc",
      "at: 2m, move: { machine: pc, to: branch }",
      "at: 3m, resume: pc",
      "at: 4m, logon: pc",
    ]);
    expect(events.some(({ event }) => event.type === "logged-on")).toBe(false);
  });
});

describe("a file is refused", () => {
  const LOGON = "at: 1m, logon: pc";
  const BOSS = "  - { name: boss, platform: same, on: pc }\n";
  it.each([
    [
      "expectations of a program",
      faultOf(BOSS, [LOGON], "expect: { clients: { boss: { datagramsSent: 9 } } }\n"),
      /"boss" is a mail program on the machine "pc"/,
    ],
    [
      "programs that watch different things",
      faultOf("  - { name: boss, platform: same, on: pc, watches: inbox }\n", [LOGON]),
      /watch the same/,
    ],
    ["a lease that ends twice", faultOf("", ["at: 1m, lease-end: pc", "at: 2m, lease-end: pc"]), /ends earlier already/],
    [
      "another address of a machine that is moved",
      faultOf("", ["at: 1m, move: { machine: pc, to: branch }", "at: 2m, address: { machine: pc, new: true }"]),
      /is moved to another segment/,
    ],
    [
      "the mailbox of a program on several machines",
      parseScenario(
        "t",
        `${HEAD}clients:\n  - { name: pc, platform: each }\n  - { name: boss, platform: same, on: pc }\n  - { name: b, platform: nt-4.0, mailbox: boss }\nsteps: [{ at: 1m, logon: b }]\n`,
      ),
      /may stand for several machines/,
    ],
    [
      "a parameter of the server that is not modelled",
      parseScenario("t", `${HEAD}server: { TcpKeepCnt: 5 }\nclients: [{ name: pc, platform: nt-4.0 }]\nsteps: [{ ${LOGON} }]\n`),
      /does not model/,
    ],
  ])("for %s", (_, found, message) => {
    const text = typeof found === "string" ? found : found.ok ? "" : found.faults[0].message;
    expect(text).toMatch(message);
  });
});

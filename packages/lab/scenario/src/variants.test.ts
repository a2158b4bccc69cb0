/** The gallery on the variants that are not their platforms' defaults, and settings that change how a machine boots and goes down. */

import { describe, expect, it } from "vitest";
import { compareScenario } from "./compare.ts";
import { PLATFORMS } from "./platforms.ts";
import { runScenario } from "./run.ts";
import { parseScenario } from "./scenario-file.ts";
import { loadScenario } from "./testing/gallery.ts";

const OTHERS = PLATFORMS.flatMap((p) => p.variants.slice(1).map((v) => v.id));

describe.each(["kb-q159302", "keepalive-5-minutes", "port-reuse", "behind-a-router", "dhcp-new-address"])("%s", (name) => {
  it("does what its file expects, on every other variant", () => {
    const { comparison } = compareScenario(loadScenario(name), { variants: OTHERS, seed: "1" });
    expect(comparison.platforms.map((row) => row.variant)).toEqual(OTHERS);
    expect(comparison.expectations.filter((e) => !e.met)).toEqual([]);
    expect(comparison.claims.filter((c) => c.holds === false)).toEqual([]);
    expect(comparison.together.differences).toEqual([]);
  });
});

/** Runs a client with one variant for fifteen minutes: it logs on, is rebooted at five minutes, and gets mail at six. Returns its row of the comparison. */
function row(platform: string, set: string) {
  const text = `title: T
duration: 15m
clients:
  - name: client
    platform: each
    set: ${set}
steps:
  - { at: 45s, logon: client }
  - { at: 1m, deliver: { to: client } }
  - { at: 5m, reboot: client }
  - { at: 6m, deliver: { to: client } }
`;
  const parsed = parseScenario("t", text);
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.faults));
  return compareScenario(parsed.scenario, { variants: [platform], seed: "1" }).comparison.platforms[0];
}

describe("settings", () => {
  it("Load Only When Needed ticked: a rebooted Macintosh answers nothing (Apple TIL 30993); cleared, it does (Q163330)", () => {
    expect(row("open-transport", "{}").icmpPortUnreachable).toBeGreaterThan(5);
    const onDemand = row("open-transport", "{ boot: { stack: { kind: on-demand, unloadAfterUs: 120000000 } } }");
    expect(onDemand.icmpPortUnreachable).toBe(0);
    expect(onDemand.datagramsToClosedPort).toBe(0);
  });

  it.each([
    ["silent", "open"],
    ["reset", "reset"],
    ["close", "closed"],
  ])("a warm boot that leaves its connections %s: the session is %s", (connections, cause) => {
    const set = `{ goingDown: { warm-boot: { connections: ${connections}, takesUs: 1000000 } } }`;
    expect(row("windows-95", set).sessionEndCause).toBe(cause);
  });

  it("a stack of Windows NT answers before a user logs on (Q120599)", () => {
    const recording = runScenario(loadScenario("kb-q159302"), { variants: ["nt-3.51"], seed: "1" });
    const own = recording.events.filter((e) => e.machine === "nt-3.51" && e.layer === "machine");
    const atUs = (type: string) => own.findLast((e) => e.event.type === type && e.atUs < 600_000_000)?.atUs ?? -1;
    expect(atUs("stack-up")).toBeGreaterThan(300_000_000);
    expect(atUs("stack-up")).toBeLessThan(atUs("machine-ready"));
  });
});

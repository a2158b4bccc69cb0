import { PLATFORMS, type RecordedEvent } from "@pushback/scenario";
import { describe, expect, test } from "vitest";
import { GALLERY } from "../lab/gallery.ts";
import { LabApi } from "../lab/lab-api.ts";
import type { LabInfo } from "../lab/lab-types.ts";
import { isProbing, type LabState, StateHistory } from "../lab/machine-state.ts";
import { RecordingView } from "../lab/recording-view.ts";
import { lampsOf } from "./lamps.ts";
import { describeScreen } from "./screen-text.ts";
import { SAFE_TO_TURN_OFF } from "./skins/boot.tsx";
import { textRows, wrapText } from "./skins/text-rows.ts";

const SECOND = 1_000_000;
const MINUTE = 60 * SECOND;

function openRun(id: string): {
  info: LabInfo;
  events: readonly RecordedEvent[];
  at(us: number): LabState;
  after(count: number): LabState;
} {
  const lab = new LabApi();
  const result = lab.open({ scenario: id, play: "scenario", seed: "1" });
  if (!result.ok) throw new Error(result.message);
  const { events } = lab.advance(result.info.durationUs);
  const history = new StateHistory(result.info.machines);
  const after = (count: number) => history.after(events, count);
  return { info: result.info, events, at: (us) => after(events.filter((e) => e.atUs <= us).length), after };
}

const article = openRun("kb-q159302");

function lampStates(state: LabState, name: string): string[] {
  const open = state.server.sessions.filter((s) => s.machine === name && s.endUs === null);
  return lampsOf(state.machines[name], open).map((lamp) => lamp.state);
}

describe("the article, as screens and lamps show it", () => {
  test("all boot, phase by phase, and are ready", () => {
    const { phases, power } = article.at(2 * SECOND).machines["ms-dos"];
    expect(power).toBe("booting");
    expect(phases.length).toBeGreaterThan(0);
    expect(describeScreen(article.at(2 * SECOND).machines["ms-dos"])).toMatch(/^Booting: /);
    for (const m of Object.values(article.at(44 * SECOND).machines)) expect(m.power).toBe("ready");
  });

  test("logged on, every lamp is on; the poller has no port", () => {
    const state = article.at(50 * SECOND);
    for (const { id: name } of PLATFORMS) {
      expect(state.machines[name].mail).toBe("logged-on");
      expect(lampStates(state, name)).toEqual(["on", "on", "on"]);
    }
    expect(lampStates(state, "poller")).toEqual(["on", "off", "on"]);
    // One session per platform, and one of the client that polls.
    expect(state.server.sessions.length).toBe(PLATFORMS.length + 1);
  });

  test("new mail: the Inbox has it, a sign says so, until it is read", () => {
    const before = article.at(61 * SECOND).machines["windows-nt"];
    expect(before.inbox.map((row) => [row.subject, row.read])).toEqual([["Lunch", false]]);
    expect(before.newMail).toBe(true);
    const after = article.at(64 * SECOND).machines["windows-nt"];
    expect(after.message).toMatchObject({ subject: "Lunch", body: "Noon, the usual place?" });
    expect(after.newMail).toBe(false);
    expect(describeScreen(after)).toContain("Noon, the usual place?");
  });

  test("rebooted without logging off: what the server believes is stale, the machine's own is off", () => {
    const state = article.at(7 * MINUTE + SECOND);
    expect(state.machines["windows-9x"].mail).toBe("closed");
    expect(lampStates(state, "windows-9x")).toEqual(["on", "stale", "stale"]);
    expect(state.machines["windows-9x"].icmpSent).toBe(2);
    expect(state.server.sessions.find((s) => s.machine === "windows-9x")?.pending).toBe(1);
    const [, port] = lampsOf(
      state.machines["windows-9x"],
      state.server.sessions.filter((s) => s.machine === "windows-9x"),
    );
    expect(port.text).toContain("ICMP error");
  });

  test("after two hours the session has ended and no lamp is stale", () => {
    const state = article.at(2 * 60 * MINUTE + 5 * MINUTE);
    expect(lampStates(state, "windows-9x")).toEqual(["on", "off", "off"]);
    const ended = state.server.sessions.filter((s) => s.endUs !== null);
    expect(ended.length).toBe(PLATFORMS.length + 1);
    expect(ended.every((s) => s.cause === "keepalive-reset")).toBe(true);
    expect(state.server.icmpReceived).toBe(116 * PLATFORMS.length);
  });

  test("going back gives what going on gave", () => {
    const times = [1, 3, 70, 300, 301, 330, 900, 4000, 7300].map((s) => s * SECOND);
    const forward = times.map((us) => article.at(us));
    for (const i of times.keys()) expect(article.at(times[times.length - 1 - i])).toEqual(forward[times.length - 1 - i]);
  });
});

describe("a client without a connection", () => {
  /** The client's machine at the end of a run with these steps. */
  const runOf = (steps: string) => {
    const lab = new LabApi();
    const text = `title: trouble\nduration: 20m\nclients:\n  - { name: pc, platform: windows-95 }\nsteps:\n${steps}`;
    const result = lab.open({ scenario: "own", text, play: "scenario", seed: "1" });
    if (!result.ok) throw new Error(result.message);
    const { events } = lab.advance(result.info.durationUs);
    return new StateHistory(result.info.machines).after(events, events.length).machines["pc"];
  };

  test("that never had one could not connect, and its screen says so once", () => {
    const machine = runOf("  - { at: 1m, unplug: pc }\n  - { at: 2m, logon: pc }\n");
    expect(machine.problem).toBe("could not connect: the server does not answer");
    expect(describeScreen(machine)).toBe("The mail client is not connected. Could not connect: the server does not answer.");
  });

  test("that the server refused keeps the reason", () => {
    const reason = { type: "error", what: "connect", code: 0x80070005 };
    const events = [{ type: "connecting", serverAddress: 0 }, reason, { type: "disconnected", cause: "closed" }];
    const recorded = events.map((event, atUs) => ({ atUs, machine: "windows-9x", layer: "client", event })) as RecordedEvent[];
    const { problem } = new StateHistory(article.info.machines).after(recorded, recorded.length).machines["windows-9x"];
    expect(problem).toBe("the server refuses the logon: access denied");
  });

  test("that had one has lost it", () => {
    const machine = runOf("  - { at: 1m, logon: pc }\n  - { at: 2m, unplug: pc }\n  - { at: 3m, read: pc }\n  - { at: 4m, logoff: pc }\n");
    expect(machine.problem).toBe("lost its connection: retransmission-timeout");
    expect(describeScreen(machine)).toBe("The mail client is not connected. Lost its connection: retransmission-timeout.");
  });
});

test("after an orderly shutdown the screen says what the system says, until the power switch", () => {
  const run = openRun("orderly-logoff");
  for (const [platform, text] of Object.entries(SAFE_TO_TURN_OFF)) {
    const off = run.events.findIndex((e) => e.event.type === "machine-off" && e.machine === platform);
    const machine = run.after(off + 1).machines[platform];
    expect(describeScreen(machine, text)).toBe(`The machine is shut down: ${text}`);
  }
});

test("a machine that is off has no stack, and its sessions are stale", () => {
  const run = openRun("power-off");
  const down = run.events.find((e) => e.event.type === "machine-off") as RecordedEvent;
  const state = run.at(down.atUs + SECOND);
  expect(lampStates(state, down.machine)).toEqual(["off", "stale", "stale"]);
  expect(describeScreen(state.machines[down.machine])).toContain("dark");
});

test("every machine of every scenario has a state at any time", () => {
  for (const id of GALLERY.keys()) {
    if (id.startsWith("morning")) continue;
    const run = openRun(id);
    for (let i = 0; i <= 10; i++) {
      for (const m of Object.values(run.at((run.info.durationUs * i) / 10).machines)) expect(describeScreen(m)).not.toBe("");
    }
  }
});

describe("the text screen", () => {
  const settings = { mailTitle: "Microsoft Exchange", time: () => "08:01" };

  test.each([
    [80, 25],
    [40, 20],
  ] as const)("has %i columns and %i rows at most, whatever is on it", (columns, most) => {
    for (const us of [2, 30, 50, 61, 64, 320, 400].map((s) => s * SECOND)) {
      const rows = textRows(article.at(us).machines["ms-dos"], { ...settings, columns });
      expect(rows.length).toBeLessThanOrEqual(most);
      for (const row of rows) expect(row.reduce((sum, run) => sum + run.text.length, 0)).toBeLessThanOrEqual(columns + 1);
    }
  });

  test.each([80, 40] as const)("shows the Inbox in %i columns", (columns) => {
    const rows = textRows(article.at(61 * SECOND).machines["ms-dos"], { ...settings, columns });
    const text = rows.map((row) => row.map((run) => run.text).join("")).join("\n");
    expect(text).toMatch(/\* Somebody +Lunch +08:01/);
    expect(text).toContain("NEW MAIL");
  });

  test("breaks lines between words", () => {
    expect(wrapText("one two three", 7)).toEqual(["one two", "three"]);
    expect(wrapText("a\n\nb", 10)).toEqual(["a", "", "b"]);
  });
});

test("a machine that is moved has no cable until it boots at its new place", () => {
  const run = openRun("laptop-moves");
  const name = PLATFORMS[0].id;
  const plugged = (us: number) => run.at(us).machines[name].plugged;
  expect(plugged(5 * MINUTE)).toBe(true);
  const moved = run.events.find(
    (e) => e.layer === "scenario" && e.event.type === "step" && e.event.action === "move" && e.machine === name,
  );
  expect(plugged(moved?.atUs ?? 0)).toBe(false);
  const boot = run.events.find((e) => e.machine === name && e.event.type === "boot-phase" && e.atUs > (moved?.atUs ?? 0));
  expect(plugged((boot?.atUs ?? 0) - 1)).toBe(false);
  expect(plugged(boot?.atUs ?? 0)).toBe(true);
});

test("a keep-alive probe is shown until the client has answered it", () => {
  const text = `
title: an idle client
duration: 30m
clients:
  - { name: pc, platform: windows-95 }
steps:
  - { at: 1m, logon: pc }
`;
  const lab = new LabApi();
  const result = lab.open({ scenario: "idle", text, play: "scenario", seed: "1", keepAliveUs: 5 * MINUTE });
  if (!result.ok) throw new Error(result.message);
  const view = new RecordingView();
  const history = new StateHistory(result.info.machines);
  view.add(lab.advance(result.info.durationUs));
  const probingAt = (us: number): boolean => {
    const [session] = history.after(view.events, view.eventsUntil(us)).server.sessions;
    return isProbing(session, view.lastHeard(session.remoteAddress, session.remotePort, us) ?? 0);
  };
  const probes = view.events.filter((e) => e.event.type === "keepalive-probe-sent");
  expect(probes.length).toBeGreaterThan(1);
  for (const { atUs } of probes) {
    expect(probingAt(atUs)).toBe(true);
    expect(probingAt(atUs + SECOND)).toBe(false);
  }
});

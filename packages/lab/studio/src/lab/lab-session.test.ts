import {
  CATALOGUE,
  DEFAULT_SCENARIO,
  PLATFORMS,
  parseScenario,
  recordingJson,
  rowsOfRun,
  runScenario,
  type Scenario,
} from "@pushback/scenario";
import { describe, expect, test } from "vitest";
import { GALLERY } from "./gallery.ts";
import { LabApi } from "./lab-api.ts";
import { LabSession } from "./lab-session.ts";
import type { PlayedRun } from "./lab-types.ts";

const SECOND = 1_000_000;
const MINUTE = 60 * SECOND;

function load(id: string): Scenario {
  const parsed = parseScenario(id, GALLERY.get(id) as string);
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.faults));
  return parsed.scenario;
}

const article = load(DEFAULT_SCENARIO);
const options = { variants: ["windows-95", "nt-4.0"], seed: "1" };
const empty = { ...article, steps: [] };

describe("a session with a person in it", () => {
  test("tells of each event and frame once, in order, however often it is asked", () => {
    const session = new LabSession(article, options);
    const events: number[] = [];
    const frames: number[] = [];
    for (let us = 0; us <= article.duration; us += 211 * SECOND) {
      session.advance(us);
      const update = session.update();
      expect(update.restart).toBe(false);
      events.push(...update.events.map((e) => e.atUs));
      frames.push(...update.marks.map((m) => m.frame));
    }
    session.advance(article.duration);
    const last = session.update();
    const whole = runScenario(article, options);
    expect(events.length + last.events.length).toBe(whole.events.length);
    expect(last.frameCount).toBe(whole.frames.count);
    expect(events).toEqual(events.toSorted((a, b) => a - b));
    expect(new Set(frames).size).toBe(frames.length);
    expect(session.update()).toMatchObject({ events: [], marks: [] });
  });

  test("acting in the past drops what was done later and keeps what was done before", () => {
    const session = new LabSession(empty, options);
    session.act({ at: 0, logon: ["windows-9x"] }, 60 * SECOND);
    session.act({ at: 0, deliver: { to: ["windows-9x"], subject: "A" } }, 90 * SECOND);
    session.act({ at: 0, reboot: ["windows-9x"] }, 2 * MINUTE);
    session.advance(10 * MINUTE);
    session.update();

    session.act({ at: 0, read: ["windows-9x"] }, 100 * SECOND);
    const update = session.update();
    expect(update.restart).toBe(true);
    expect(session.nowUs).toBe(100 * SECOND);
    expect(session.actions.map(({ atUs, step }) => [atUs / SECOND, Object.keys(step)[1]])).toEqual([
      [60, "logon"],
      [90, "deliver"],
      [100, "read"],
    ]);
    expect(update.events.some((e) => e.event.type === "machine-going-down")).toBe(false);
    session.advance(2 * MINUTE);
    expect(session.update().events.some((e) => e.event.type === "message-read")).toBe(true);
  });

  test("tells what KeepAliveTime is from when on, and forgets what was set in a past that is gone", () => {
    const session = new LabSession(empty, options);
    expect(session.update().keepAlives).toEqual([{ atUs: 0, keepAliveUs: 120 * MINUTE }]);
    session.act({ at: 0, registry: { machine: "server", KeepAliveTime: 5 * MINUTE } }, 10 * MINUTE);
    expect(session.update().keepAlives).toEqual([
      { atUs: 0, keepAliveUs: 120 * MINUTE },
      { atUs: 10 * MINUTE, keepAliveUs: 5 * MINUTE },
    ]);
    session.act({ at: 0, logon: ["windows-nt"] }, 5 * MINUTE);
    expect(session.update().keepAlives).toHaveLength(1);
  });

  test("any message of the Inbox is read by its place, and one that is not there is said to be none", () => {
    const session = new LabSession(empty, options);
    session.act({ at: 0, logon: ["windows-9x"] }, 60 * SECOND);
    for (const subject of ["A", "B", "C"])
      session.act({ at: 0, deliver: { to: ["windows-9x"], subject } }, Math.max(90 * SECOND, session.nowUs));
    session.advance(100 * SECOND);
    session.act({ at: 0, read: ["windows-9x"], message: 2 }, 100 * SECOND);
    session.act({ at: 0, read: ["windows-9x"] }, 110 * SECOND);
    session.act({ at: 0, read: ["windows-9x"], message: 4 }, 120 * SECOND);
    session.advance(2 * MINUTE + SECOND);
    const { events } = session.update();
    expect(events.flatMap(({ event }) => (event.type === "message-read" ? event.subject : []))).toEqual(["B", "C"]);
    expect(events.flatMap(({ event }) => (event.type === "step-failed" ? event.reason : []))).toEqual([
      "there is no message 4 in the Inbox",
    ]);
  });

  test("the same actions give the same recording, whether they were replayed or made in order", () => {
    const once = new LabSession(empty, options);
    const steps = [
      [{ at: 0, logon: ["windows-nt", "windows-9x"] }, 50 * SECOND],
      [{ at: 0, reboot: ["windows-9x"], how: "unclean" as const }, 5 * MINUTE],
      [{ at: 0, deliver: { to: ["windows-9x"], subject: "Later" } }, 6 * MINUTE],
    ] as const;
    for (const [step, us] of steps) {
      once.advance(us - 12_345);
      once.act(step as never, us);
    }
    once.advance(20 * MINUTE);

    const detour = new LabSession(empty, options);
    detour.act(steps[0][0] as never, steps[0][1]);
    detour.act({ at: 0, "power-off": ["windows-nt"] }, 7 * MINUTE);
    detour.advance(30 * MINUTE);
    detour.act(steps[1][0] as never, steps[1][1]);
    detour.act(steps[2][0] as never, steps[2][1]);
    detour.advance(20 * MINUTE);
    expect(recordingJson(detour.recording)).toBe(recordingJson(once.recording));
  });

  test("runs to the next event of a kind, and to the end where there is none", () => {
    const session = new LabSession(article, options);
    const icmp = session.runToNext("icmp", 0);
    expect(icmp).toBeGreaterThan(6 * MINUTE);
    expect(icmp).toBeLessThan(6 * MINUTE + SECOND);
    expect(session.nowUs).toBe(icmp);
    const end = session.runToNext("end", 10 * MINUTE, "server");
    expect((end as number) / (3600 * SECOND)).toBeCloseTo(2, 1);
    expect(session.runToNext("boot", end as number)).toBeNull();
    expect(session.nowUs).toBe(article.duration);
  });

  test("does not run beyond the scenario's end", () => {
    const session = new LabSession(article, options);
    session.advance(article.duration * 2);
    expect(session.nowUs).toBe(article.duration);
  });
});

// A fleet is thousands of machines: its own tests run it.
describe.each([...GALLERY.keys()].filter((id) => !id.startsWith("morning")))("%s", (id) => {
  test("run piece by piece in the studio, has the same rows as a run in one piece", () => {
    const scenario = load(id);
    const lab = new LabApi();
    const opened = lab.open({ scenario: id, play: "scenario", seed: "1" });
    expect(opened.ok).toBe(true);
    for (let us = 0; us < scenario.duration; us += scenario.duration / 7) lab.advance(us);
    lab.advance(scenario.duration);
    const variants = CATALOGUE.defaultVariants();
    expect(lab.rows().map((r) => r.row)).toEqual(rowsOfRun(runScenario(scenario, { variants, seed: "1" })).rows);
  });
});

describe("the evidence of a number", () => {
  test("has as many frames as the number says, the first of them first", () => {
    const lab = new LabApi();
    lab.open({ scenario: DEFAULT_SCENARIO, play: "scenario", seed: "1" });
    lab.advance(article.duration);
    for (const { row, evidence } of lab.rows()) {
      expect(evidence["icmpPortUnreachable"]?.frames).toBe(row.icmpPortUnreachable);
      expect(evidence["datagramsOnWire"]?.frames).toBe(row.datagramsOnWire);
      expect(evidence["datagramsToClosedPort"]?.frames).toBe(row.datagramsToClosedPort);
      expect(evidence["icmpPortUnreachable"]?.firstFrame).toBeGreaterThan(0);
    }
  });
});

describe("opening", () => {
  test("a file with a fault says where", () => {
    const result = new LabApi().open({ scenario: "mine", text: "title: x\nduration: never\n", play: "scenario", seed: "1" });
    expect(result).toMatchObject({ ok: false, message: expect.stringMatching(/^mine:\d+:\d+: /) });
  });

  test("free play has the server and a machine of each platform, all ready at one time", () => {
    const lab = new LabApi();
    const result = lab.open({ scenario: DEFAULT_SCENARIO, play: "free", seed: "1" });
    if (!result.ok) throw new Error(result.message);
    expect(result.info.machines.map((m) => m.platform)).toEqual(["windows-nt", ...PLATFORMS.map(({ id }) => id)]);
    const { events } = lab.advance(result.info.readyUs);
    expect(events.filter((e) => e.event.type === "machine-ready" && e.machine !== "server").length).toBe(PLATFORMS.length);
  });
});

describe("what if", () => {
  test("a shorter KeepAliveTime ends the errors earlier; without a new logon they are the interval's count", () => {
    const lab = new LabApi();
    lab.open({ scenario: DEFAULT_SCENARIO, play: "free", seed: "1" });
    const point = (keepAliveUs: number) => lab.whatIf({ keepAliveUs, intervalUs: MINUTE, relogonUs: null, honourIcmp: false });
    const [short, long] = [point(30 * MINUTE), point(120 * MINUTE)];
    for (const name of Object.keys(long.icmp)) {
      // The last segment is at 1:02, when mail is read. The next mail comes at 6:00, so no error comes in the first 4 min 58 s of the idle time.
      expect(short.icmp[name]).toBe(26);
      expect(long.icmp[name]).toBe(116);
      expect(long.sessionEndedUs[name]).toBeGreaterThan(120 * MINUTE);
    }
  });
});

test("the report of free play is about the run that is open, not about the article", () => {
  const lab = new LabApi();
  expect(lab.open({ scenario: DEFAULT_SCENARIO, play: "free", seed: "1" }).ok).toBe(true);
  lab.advance(MINUTE);
  const report = lab.report();
  expect(report).toContain("<h1>Free play");
  expect(report).not.toContain(article.title);
});

describe("a run beside another", () => {
  function opened(scenario: string, us: number): LabApi {
    const lab = new LabApi();
    expect(lab.open({ scenario, play: "scenario", seed: "1", variants: ["windows-95", "nt-4.0"] }).ok).toBe(true);
    lab.advance(us);
    return lab;
  }
  const rowsOf = (lab: LabApi, change: Parameters<LabApi["rowsBeside"]>[0]) => {
    const beside = lab.rowsBeside(change);
    if (!beside.ok) throw new Error(beside.message);
    return beside.rows.map(({ row }) => row);
  };

  test("another scenario has the rows that it has by itself, as far as this one has gone, and goes on with it", () => {
    const lab = opened(DEFAULT_SCENARIO, 20 * MINUTE);
    const other = opened("relogon-early", 20 * MINUTE);
    expect(rowsOf(lab, { scenario: "relogon-early" })).toEqual(other.rows().map(({ row }) => row));
    lab.advance(60 * MINUTE);
    other.advance(60 * MINUTE);
    expect(rowsOf(lab, { scenario: "relogon-early" })).toEqual(other.rows().map(({ row }) => row));
    // The time of this run has gone back, so the other run goes back, too.
    lab.act({ at: 0, read: ["windows-nt"] }, 10 * MINUTE);
    const early = opened("relogon-early", 10 * MINUTE);
    expect(rowsOf(lab, { scenario: "relogon-early" })).toEqual(early.rows().map(({ row }) => row));
  });

  test("a kept run keeps what was done in it", () => {
    const lab = opened("orderly-logoff", 10 * MINUTE);
    lab.act({ at: 0, deliver: { to: ["windows-9x"], subject: "Once more" } }, 10 * MINUTE);
    lab.advance(30 * MINUTE);
    const kept = JSON.parse(lab.recordingJson()).run as PlayedRun;
    const rows = lab.rows().map(({ row }) => row);
    lab.open({ scenario: DEFAULT_SCENARIO, play: "scenario", seed: "2", variants: ["windows-95", "nt-4.0"] });
    lab.advance(30 * MINUTE);
    expect(rowsOf(lab, { kept })).toEqual(rows);
    expect(lab.rows().map(({ row }) => row)).not.toEqual(rows);
  });

  test("what can't be opened is said in one line", () => {
    const lab = opened(DEFAULT_SCENARIO, MINUTE);
    expect(lab.rowsBeside({ scenario: "mine", text: "title: [" })).toMatchObject({
      ok: false,
      message: expect.stringMatching(/^mine:\d+:\d+: /),
    });
    expect(lab.rowsBeside({ scenario: "no-such" })).toEqual({ ok: false, message: 'unknown scenario "no-such"' });
  });
});

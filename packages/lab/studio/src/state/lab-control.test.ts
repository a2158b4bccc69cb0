/** The control against the real lab, in the same thread: requests are answered when the test says so, and the clock is the test's. */

import { beforeEach, describe, expect, it } from "vitest";
import { LabApi } from "../lab/lab-api.ts";
import type { LabSettings } from "../lab/lab-types.ts";
import { LabControl, type LabSurroundings } from "./lab-control.ts";
import { useLab } from "./lab-view.ts";
import { parseRunDocument, storedRun } from "./run-document.ts";
import { useStudio } from "./studio-store.ts";

const MINUTE_US = 60_000_000;

class TestPage {
  readonly api = new LabApi();
  nowMs = 0;
  /** Requests that wait for `answer`. */
  readonly waiting: (() => void)[] = [];
  isHeld = false;
  failure: Error | null = null;
  asked = 0;
  #frame: ((nowMs: number) => void) | null = null;

  readonly control = new LabControl({
    lab: async () => this.#lab,
    nowMs: () => this.nowMs,
    requestFrame: (run) => {
      this.#frame = run;
      return 1;
    },
    cancelFrame: () => {
      this.#frame = null;
    },
  });

  readonly #lab = {
    open: (settings, actions) => this.#respond(() => this.api.open(settings, actions)),
    advance: (us) => this.#respond(() => this.api.advance(us)),
    act: (step, us) => this.#respond(() => this.api.act(step, us)),
    rerun: (actions, us) => this.#respond(() => this.api.rerun(actions, us)),
    runToNext: (kind, from, machine) => this.#respond(() => this.api.runToNext(kind, from, machine)),
  } as Awaited<ReturnType<LabSurroundings["lab"]>>;

  async #respond<T>(run: () => T): Promise<T> {
    this.asked++;
    if (this.isHeld) await new Promise<void>((resolve) => this.waiting.push(resolve));
    if (this.failure) throw this.failure;
    return run();
  }

  get isClockRunning(): boolean {
    return this.#frame !== null;
  }

  /** One frame of the screen, `ms` after the one before. */
  async frame(ms = 100): Promise<void> {
    this.nowMs += ms;
    this.#frame?.(this.nowMs);
    await settled();
  }

  /** Answers the oldest open request. */
  async answer(): Promise<void> {
    this.waiting.shift()?.();
    await settled();
  }
}

/** Every promise that is resolved already has run its reactions. */
const settled = () => new Promise<void>((resolve) => setImmediate(resolve));
const timeUs = () => useStudio.getState().timeUs;

describe("the lab's control", () => {
  let page: TestPage;

  beforeEach(async () => {
    page = new TestPage();
    useLab.setState(useLab.getInitialState());
    useStudio.setState(useStudio.getInitialState());
    expect(await page.control.open({ scenario: "kb-q159302", play: "free", seed: "1" })).toBe("shown");
  });

  it("opens a free run at the time when the machines are ready", () => {
    expect(timeUs()).toBe(useLab.getState().info?.readyUs);
    expect(useLab.getState().playing).toBe(false);
  });

  it("moves the playhead with the clock, with one request at a time", async () => {
    page.isHeld = true;
    const startUs = timeUs();
    useLab.setState({ speed: 600 });
    page.control.play();
    await page.frame();
    const asked = page.asked;
    await page.frame();
    await page.frame();
    expect(page.asked).toBe(asked);
    expect(timeUs()).toBe(startUs);
    await page.answer();
    expect(timeUs()).toBe(startUs + MINUTE_US);
    page.control.pause();
    expect(page.isClockRunning).toBe(false);
  });

  it("drops the move of a request when the playhead was moved elsewhere meanwhile, but keeps its events", async () => {
    const startUs = timeUs();
    page.isHeld = true;
    page.control.jump(startUs + 10 * MINUTE_US);
    await settled();
    page.control.jump(startUs - 1_000_000);
    await settled();
    expect(timeUs()).toBe(startUs - 1_000_000);
    await page.answer();
    expect(timeUs()).toBe(startUs - 1_000_000);
    expect(page.control.recording.nowUs).toBe(startUs + 10 * MINUTE_US);
  });

  it("undoes and does again what was done in a run before it was opened", async () => {
    const machine = useLab.getState().info?.machines.find(({ role }) => role === "compared")?.name ?? "";
    await page.control.act({ logon: [machine] });
    page.control.pause();
    await page.control.act({ logoff: [machine] });
    page.control.pause();
    const { info, actions } = useLab.getState();
    if (info === null) throw new Error("no run");
    await page.control.open(info.settings, { actions: JSON.parse(JSON.stringify(actions)), bookmarks: [], timeUs: timeUs() });
    await page.control.undo();
    expect(useLab.getState().actions).toEqual(actions.slice(0, 1));
    await page.control.undo();
    expect(useLab.getState()).toMatchObject({ actions: [], undos: [], failure: null });
    await page.control.redo();
    await page.control.redo();
    expect(useLab.getState().actions).toEqual(actions);
  });

  it("tells why a run can't be opened, though another one was asked for meanwhile", async () => {
    const told: string[] = [];
    const broken = page.control.open({ scenario: "own", text: "title: x", play: "scenario", seed: "1" }, null, (line) => told.push(line));
    expect(await page.control.open({ scenario: "kb-q159302", play: "free", seed: "1" })).toBe("shown");
    expect(await broken).toBe("overtaken");
    expect(told).toEqual([expect.stringMatching(/^own:1:\d+: /)]);
  });

  it("plays on after an act, unless the user pauses before its response", async () => {
    const machine = useLab.getState().info?.machines.find(({ role }) => role === "compared")?.name ?? "";
    await page.control.act({ logon: [machine] });
    expect(useLab.getState().playing).toBe(true);
    page.control.pause();
    page.isHeld = true;
    const acted = page.control.act({ read: [machine] });
    await settled();
    expect(useLab.getState().playing).toBe(true);
    page.control.pause();
    await page.answer();
    await acted;
    expect(useLab.getState().playing).toBe(false);
    expect(page.isClockRunning).toBe(false);
  });

  it("shows the run that was asked for last", async () => {
    page.isHeld = true;
    const first = page.control.open({ scenario: "power-off", play: "scenario", seed: "1" });
    await settled();
    const second = page.control.open({ scenario: "relogon-early", play: "scenario", seed: "1" });
    await settled();
    page.isHeld = false;
    while (page.waiting.length > 0) await page.answer();
    expect(await first).toBe("overtaken");
    expect(await second).toBe("shown");
    expect(useLab.getState().info?.settings.scenario).toBe("relogon-early");
  });

  it("keeps the run that is open when another one can't be opened", async () => {
    const { info } = useLab.getState();
    expect(await page.control.open({ scenario: "no-such-scenario", play: "scenario", seed: "1" })).toBe("refused");
    expect(useLab.getState().info).toBe(info);
    expect(useStudio.getState().notice?.kind).toBe("error");
    useLab.setState({ speed: 600 });
    page.control.play();
    await page.frame();
    expect(page.control.recording.nowUs).toBeGreaterThan(info?.readyUs ?? 0);
  });

  it("stops and says why when the worker fails, and goes on afterwards", async () => {
    page.failure = new Error("the worker is gone");
    await page.control.runToNext("any");
    expect(useLab.getState().failure).toBe("the worker is gone");
    expect(useLab.getState().playing).toBe(false);
    page.failure = null;
    const before = timeUs();
    await page.control.stepTime(MINUTE_US, 1);
    expect(timeUs()).toBe(before + MINUTE_US);
  });

  it("stops at the end of the run", async () => {
    const endUs = useLab.getState().info?.durationUs ?? 0;
    await page.control.stepTime(endUs, 1);
    expect(timeUs()).toBe(endUs);
    page.control.play();
    expect(useLab.getState().playing).toBe(false);
    page.control.jump(endUs - 1_000_000);
    await settled();
    useLab.setState({ speed: Number.POSITIVE_INFINITY });
    page.control.play();
    await page.frame();
    expect(timeUs()).toBe(endUs);
    expect(page.isClockRunning).toBe(false);
  });
});

it("a run that is brought back undoes and redoes as before", async () => {
  const page = new TestPage();
  await page.control.open({ scenario: "kb-q159302", play: "free", seed: "1" });
  for (const step of [{ logon: ["ms-dos"] }, { logon: ["windows-nt"] }]) {
    await page.control.act(step);
    page.control.pause();
    await page.control.stepTime(MINUTE_US, 1);
  }
  // This action drops the second action, and is then undone itself.
  await page.control.stepTime(2 * MINUTE_US, -1);
  await page.control.act({ logon: ["macintosh"] });
  await page.control.undo();
  const machines = () => useLab.getState().actions.map(({ step }) => step.logon?.[0]);
  const { info, actions, bookmarks, undos, redos } = useLab.getState();
  const run = { settings: info?.settings as LabSettings, actions, bookmarks, undos, redos, timeUs: timeUs(), view: "bench" } as const;
  const kept = parseRunDocument(JSON.stringify(storedRun(run)));
  if (kept === null) throw new Error("not read");

  const later = new TestPage();
  await later.control.open(kept.settings, kept);
  expect(machines()).toEqual(["ms-dos", "windows-nt"]);
  await later.control.redo();
  expect(machines()).toEqual(["ms-dos", "macintosh"]);
  await later.control.undo();
  await later.control.undo();
  expect(machines()).toEqual(["ms-dos"]);
});

it("says that an action is asked for before it is carried out, and of undo and redo if there is something", async () => {
  const page = new TestPage();
  await page.control.open({ scenario: "kb-q159302", play: "free", seed: "1" });
  const known: number[] = [];
  page.control.beforeAction = () => void known.push(useLab.getState().actions.length);
  await page.control.undo();
  await page.control.act({ logon: ["ms-dos"] });
  await page.control.undo();
  await page.control.redo();
  await page.control.redo();
  expect(known).toEqual([0, 1, 0]);
});

it("undoes and redoes actions, with the same recording as before", async () => {
  const page = new TestPage();
  await page.control.open({ scenario: "kb-q159302", play: "free", seed: "1" });
  await page.control.act({ logon: ["ms-dos"] });
  page.control.pause();
  await page.control.stepTime(MINUTE_US, 1);
  await page.control.act({ logon: ["windows-nt"] });
  page.control.pause();
  await page.control.stepTime(MINUTE_US, 1);
  const whole = page.api.recordingJson();
  const endUs = timeUs();
  const { actions } = useLab.getState();
  expect(actions.map(({ atUs, step }) => atUs - step.at)).toEqual([0, 0]);

  await page.control.undo();
  expect(useLab.getState().actions.length).toBe(1);
  expect(timeUs()).toBe(actions[1].atUs);
  await page.control.redo();
  await page.control.stepTime(MINUTE_US, 1);
  expect(timeUs()).toBe(endUs);
  expect(page.api.recordingJson()).toBe(whole);

  // An action at an earlier time removes later actions; undo restores them.
  await page.control.stepTime(2 * MINUTE_US, -1);
  await page.control.act({ logon: ["macintosh"] });
  page.control.pause();
  expect(useLab.getState().actions.map(({ step }) => step.logon)).toEqual([["ms-dos"], ["macintosh"]]);
  await page.control.undo();
  expect(useLab.getState().actions.map(({ step }) => step.logon)).toEqual([["ms-dos"], ["windows-nt"]]);
});

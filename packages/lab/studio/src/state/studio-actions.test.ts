import { beforeEach, expect, test, vi } from "vitest";
import type { StudioHost } from "../host/studio-host.ts";
import { createStorage } from "../testing/storage.ts";
import { ARTICLE_SPEED, useLab } from "./lab-view.ts";
import { openDocument, playScenario, runCommand, startFreePlay, startStudio } from "./studio-actions.ts";
import { useStudio } from "./studio-store.ts";
import { leaveTourClock } from "./tour.ts";

const opening = vi.hoisted(() => ({ done: (_outcome: string) => {}, opened: [] as object[] }));
vi.mock("./the-lab.ts", () => ({
  theLab: {
    open: (settings: object) =>
      new Promise<string>((resolve) => {
        opening.opened.push(settings);
        opening.done = resolve;
      }),
    play: () => {},
  },
  recording: {},
}));

vi.mock("../worker/client.ts", () => ({ labRemote: () => Promise.reject(new Error("the worker is gone")) }));

const host = {} as StudioHost;
vi.stubGlobal("location", { hash: "", href: "http://127.0.0.1/" });
vi.stubGlobal("history", { state: null });

const kept = createStorage();
vi.stubGlobal("localStorage", kept);

beforeEach(() => {
  kept.clear();
  opening.opened.length = 0;
  useStudio.getState().set({ view: "bench", notice: null });
});

test("the view that is chosen while the machines start stays", async () => {
  const started = startStudio(host);
  useStudio.getState().set({ view: "timeline" });
  opening.done("shown");
  await started;
  expect(useStudio.getState().view).toBe("timeline");
});

test("free play, asked for, shows the bench", async () => {
  useStudio.getState().set({ view: "comparison" });
  const started = startFreePlay();
  opening.done("shown");
  await started;
  expect(useStudio.getState().view).toBe("bench");
});

test.each([
  ["a scenario of the gallery", () => playScenario("power-off"), ARTICLE_SPEED],
  ["a scenario file", () => openDocument({ name: "own.yaml", content: new TextEncoder().encode("machines: []") }), ARTICLE_SPEED],
  ["free play", startFreePlay, 1],
] as const)("%s has its own speed, unless the user chooses one while it opens", async (_, open, own) => {
  useLab.setState({ speed: 60 });
  for (const chosen of [null, 3600]) {
    const opened = open();
    await vi.waitFor(() => expect(opening.opened).toHaveLength(1));
    if (chosen !== null) {
      leaveTourClock();
      useLab.setState({ speed: chosen });
    }
    opening.done("shown");
    await opened;
    expect(useLab.getState().speed).toBe(chosen ?? own);
    opening.opened.length = 0;
  }
});

/** The run that the page kept when it was left. */
const KEPT = {
  settings: { scenario: "power-off", play: "scenario", seed: "1" },
  actions: [{ atUs: 1000, step: { at: 1000, reboot: ["windows-9x"] } }],
  bookmarks: [],
  timeUs: 2000,
  view: "bench",
};

test("the kept run stays open when a capture was dropped while it opened", async () => {
  kept.setItem("pushback.run", JSON.stringify(KEPT));
  const started = startStudio(host);
  opening.done("behind");
  await started;
  expect(opening.opened).toEqual([KEPT.settings]);
});

test("a run that is chosen while the kept one opens is not replaced, and the kept one is offered", async () => {
  kept.setItem("pushback.run", JSON.stringify(KEPT));
  const started = startStudio(host);
  opening.done("overtaken");
  await started;
  expect(opening.opened).toEqual([KEPT.settings]);
  expect(useStudio.getState().notice?.text).toBe("Your last run is put aside: power-off, 1 action.");
});

test("a run that was put aside is offered after a reload, until it is opened", async () => {
  kept.setItem("pushback.run.aside", JSON.stringify(KEPT));
  const started = startStudio(host);
  opening.done("shown");
  await started;
  const { notice } = useStudio.getState();
  expect(notice?.text).toBe("Your last run is put aside: power-off, 1 action.");
  notice?.action?.run();
  expect(opening.opened.at(-1)).toEqual(KEPT.settings);
});

test.each([
  ["report", "The report was not saved: the worker is gone"],
  ["export-capture", "The capture was not exported: the worker is gone"],
  ["export-recording", "The recording was not exported: the worker is gone"],
] as const)("%s that fails is told in a line", async (command, line) => {
  runCommand(command, host);
  await vi.waitFor(() => expect(useStudio.getState().notice).toEqual({ text: line, kind: "error" }));
});

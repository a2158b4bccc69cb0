import { beforeEach, expect, test, vi } from "vitest";
import type { StudioHost } from "../host/studio-host.ts";
import { startFreePlay, startStudio } from "./studio-actions.ts";
import { useStudio } from "./studio-store.ts";

const opening = vi.hoisted(() => ({ done: (_outcome: string) => {}, opened: [] as object[] }));
vi.mock("./the-lab.ts", () => ({
  theLab: {
    open: (settings: object) =>
      new Promise<string>((resolve) => {
        opening.opened.push(settings);
        opening.done = resolve;
      }),
  },
  recording: {},
}));

const host = {} as StudioHost;
vi.stubGlobal("location", { hash: "", href: "http://127.0.0.1/" });
vi.stubGlobal("history", { state: null });

const kept = new Map<string, string>();
vi.stubGlobal("localStorage", { getItem: (key: string) => kept.get(key) ?? null, removeItem: () => {}, setItem: () => {} });

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

/** The run that the page kept when it was left. */
const KEPT = {
  settings: { scenario: "power-off", play: "scenario", seed: "1" },
  actions: [{ atUs: 1000, step: { at: 1000, reboot: ["windows-9x"] } }],
  bookmarks: [],
  timeUs: 2000,
  view: "bench",
};

test("the kept run stays open when a capture was dropped while it opened", async () => {
  kept.set("pushback.run", JSON.stringify(KEPT));
  const started = startStudio(host);
  opening.done("behind");
  await started;
  expect(opening.opened).toEqual([KEPT.settings]);
});

test("a run that is chosen while the kept one opens is not replaced, and the kept one is offered", async () => {
  kept.set("pushback.run", JSON.stringify(KEPT));
  const started = startStudio(host);
  opening.done("overtaken");
  await started;
  expect(opening.opened).toEqual([KEPT.settings]);
  expect(useStudio.getState().notice?.text).toBe("Your last run is put aside: power-off, 1 action.");
});

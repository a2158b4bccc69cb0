import { beforeEach, expect, test, vi } from "vitest";
import type { StudioHost } from "../host/studio-host.ts";
import { startFreePlay, startStudio } from "./studio-actions.ts";
import { useStudio } from "./studio-store.ts";

const opening = vi.hoisted(() => ({ done: (_isShown: boolean) => {} }));
vi.mock("./the-lab.ts", () => ({
  theLab: {
    open: () =>
      new Promise<boolean>((resolve) => {
        opening.done = resolve;
      }),
  },
  recording: {},
}));

const host = {} as StudioHost;
vi.stubGlobal("location", { hash: "", href: "http://127.0.0.1/" });
vi.stubGlobal("history", { state: null });

beforeEach(() => useStudio.getState().set({ view: "bench" }));

test("the view that is chosen while the machines start stays", async () => {
  const started = startStudio(host);
  useStudio.getState().set({ view: "timeline" });
  opening.done(true);
  await started;
  expect(useStudio.getState().view).toBe("timeline");
});

test("free play, asked for, shows the bench", async () => {
  useStudio.getState().set({ view: "comparison" });
  const started = startFreePlay();
  opening.done(true);
  await started;
  expect(useStudio.getState().view).toBe("bench");
});

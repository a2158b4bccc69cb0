import { expect, test, vi } from "vitest";
import { closeNow } from "./closing.ts";
import { startLive, useLive } from "./live-control.ts";
import { shownCapture, useStudio } from "./studio-store.ts";

const ended = vi.hoisted(() => ({ workers: 0 }));

// Workers that take a capture on, and then never answer again.
vi.mock("../worker/client.ts", () => ({
  WorkerEnd: class {
    readonly worker = { beginLive: async () => {}, addLive: () => new Promise(() => {}) };
    terminate(): void {
      ended.workers++;
    }
  },
}));
vi.mock("./the-lab.ts", () => ({ theLab: { pause: () => {} }, recording: {} }));

test("a capture ends with its tab, even if its worker never answers", async () => {
  let stopped = 0;
  const waiting: (() => void)[] = [];
  const attach = {
    interfaces: async () => ["lab0"],
    start: async (_name: string, onFrame: (bytes: Uint8Array, timeUs: number, linkType: number) => void) => {
      waiting.push(() => onFrame(new Uint8Array(60), 0, 1));
      return async () => void stopped++;
    },
  };
  await startLive(attach, "lab0");
  for (const give of waiting) give();
  const shown = shownCapture(useStudio.getState());
  expect(shown?.name).toBe("lab0");
  expect(useLive.getState().running).toBe(shown?.id);
  await closeNow(shown?.id ?? 0);
  expect([stopped, ended.workers]).toEqual([1, 1]);
  expect(useLive.getState().running).toBeNull();
  expect(useStudio.getState()).toMatchObject({ captures: [], current: null });
});

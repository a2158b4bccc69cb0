import { expect, test, vi } from "vitest";
import { closeNow } from "./closing.ts";
import { startLive, useLive } from "./live-control.ts";
import { shownCapture, useStudio } from "./studio-store.ts";

const ended = vi.hoisted(() => ({ workers: 0, answers: false }));

// Workers that open a live capture and then never answer, unless `ended.answers` is set.
vi.mock("../worker/client.ts", () => ({
  WorkerEnd: class {
    readonly worker = {
      beginLive: async () => {},
      addLive: (frames: readonly unknown[]) => (ended.answers ? Promise.resolve(frames.length) : new Promise(() => {})),
    };
    terminate(): void {
      ended.workers++;
    }
  },
}));
vi.mock("./the-lab.ts", () => ({ theLab: { pause: () => {} }, recording: {} }));

/** A host whose capture gives one frame, and then `after`. */
function attachOf(after: () => Promise<null>) {
  const calls: string[] = [];
  const frames = [[{ bytes: new Uint8Array(60), timeUs: 0, linkType: 1 }]];
  return {
    calls,
    attach: {
      interfaces: async () => ["lab0"],
      start: async (name: string, filter: string) => {
        calls.push(`start ${name} ${filter}`);
        return { next: async () => frames.pop() ?? after(), stop: async () => void calls.push("stop") };
      },
    },
  };
}

test("a capture ends with its tab, even if its worker never answers", async () => {
  ended.workers = 0;
  const { attach, calls } = attachOf(async () => null);
  await startLive(attach, "lab0", "udp");
  const shown = shownCapture(useStudio.getState());
  expect(shown?.name).toBe("lab0");
  expect(useLive.getState().running).toBe(shown?.id);
  await closeNow(shown?.id ?? 0);
  expect([calls, ended.workers]).toEqual([["start lab0 udp", "stop"], 1]);
  expect(useLive.getState().running).toBeNull();
  expect(useStudio.getState()).toMatchObject({ captures: [], current: null });
});

test("a capture that ends by itself says why, and keeps its frames", async () => {
  ended.answers = true;
  const { attach } = attachOf(() => Promise.reject(new Error("the interface is down")));
  await startLive(attach, "lab0", "");
  await expect.poll(() => useLive.getState().running).toBeNull();
  expect(useStudio.getState().notice).toEqual({ text: "The capture of lab0 has ended: the interface is down", kind: "error" });
  expect(shownCapture(useStudio.getState())?.frames).toBe(1);
});

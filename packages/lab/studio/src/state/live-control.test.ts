import { expect, test, vi } from "vitest";
import { abandonLive, startLive, useLive } from "./live-control.ts";

// A worker that takes a capture on, and then never answers again.
vi.mock("../worker/client.ts", () => ({
  workerRemote: () => ({ beginLive: async () => {}, addLive: () => new Promise(() => {}) }),
}));
vi.mock("./the-lab.ts", () => ({ theLab: { pause: () => {} }, recording: {} }));

test("a capture ends with the worker that had it, even if that never answers", async () => {
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
  expect(await abandonLive()).toBe("lab0");
  expect(stopped).toBe(1);
  expect(useLive.getState().running).toBe(false);
  expect(await abandonLive()).toBeNull();
});

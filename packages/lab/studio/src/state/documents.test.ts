import { expect, test, vi } from "vitest";
import { pauseBehindCaptures, removeCapture, showDocument } from "./documents.ts";
import { type CaptureDocument, useStudio } from "./studio-store.ts";

const pause = vi.hoisted(() => vi.fn());
vi.mock("./the-lab.ts", () => ({ theLab: { pause }, recording: {} }));

const capture = (id: number): CaptureDocument => ({
  id,
  name: `${id}.pcap`,
  fileName: `${id}.pcap`,
  fileKey: `1-${id}`,
  frames: 1,
  readShare: 1,
  isLive: false,
  selectedFrame: null,
  comments: 0,
  trouble: null,
});

test("the lab's clock stops when a capture comes to the front, and not when the lab does", () => {
  useStudio.getState().set({ captures: [capture(1), capture(2)] });
  const end = pauseBehindCaptures();
  showDocument(2);
  expect(pause).toHaveBeenCalledTimes(1);
  // The neighbour of the closed document is shown.
  removeCapture(2);
  expect([pause.mock.calls.length, useStudio.getState().current]).toEqual([2, 1]);
  showDocument(null);
  useStudio.getState().set({ view: "timeline" });
  expect(pause).toHaveBeenCalledTimes(2);
  end();
});

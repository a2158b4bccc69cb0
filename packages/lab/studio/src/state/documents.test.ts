import { expect, test, vi } from "vitest";
import { captureDocument } from "../testing/capture-document.ts";
import { pauseBehindCaptures, removeCapture, showDocument } from "./documents.ts";
import { useStudio } from "./studio-store.ts";

const pause = vi.hoisted(() => vi.fn());
vi.mock("./the-lab.ts", () => ({ theLab: { pause }, recording: {} }));

test("the lab's clock stops when a capture comes to the front, and not when the lab does", () => {
  useStudio.getState().set({ captures: [captureDocument(1), captureDocument(2)] });
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

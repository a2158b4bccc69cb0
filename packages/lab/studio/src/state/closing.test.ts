import { beforeEach, expect, test, vi } from "vitest";
import { closeCapture, hasUnsaved, noteExport, useClosing } from "./closing.ts";
import { addCapture, changeCapture, noteComment } from "./documents.ts";
import { useStudio } from "./studio-store.ts";

vi.mock("../worker/client.ts", () => ({
  WorkerEnd: class {
    readonly worker = {};
    terminate(): void {}
  },
}));
vi.mock("./the-lab.ts", () => ({ theLab: { pause: () => {} }, recording: {} }));

const captureOf = (id: number) => {
  const found = useStudio.getState().captures.find((capture) => capture.id === id);
  if (!found) throw new Error(`no capture ${id}`);
  return found;
};

beforeEach(() => {
  useClosing.setState({ question: null });
  useStudio.getState().set({ captures: [], labComments: 0 });
});

test("a comment that is changed after the export is asked about again", async () => {
  const { id } = addCapture("a.pcap", false);
  expect(hasUnsaved()).toBe(false);
  noteComment(id);
  expect(hasUnsaved()).toBe(true);
  noteExport(captureOf(id));
  expect(hasUnsaved()).toBe(false);
  noteComment(id);
  expect(hasUnsaved()).toBe(true);
  await closeCapture(id);
  expect(useClosing.getState().question).toEqual({ id, name: "a.pcap", loss: "comments that you wrote are in no file" });
  expect(useStudio.getState().captures).toHaveLength(1);
  noteExport(captureOf(id));
  await closeCapture(id);
  expect(useStudio.getState().captures).toEqual([]);
});

test("frames of an interface that came after the export are asked about", async () => {
  const { id } = addCapture("eth0", true);
  changeCapture(id, { frames: 1000 });
  noteExport(captureOf(id));
  expect(hasUnsaved()).toBe(false);
  changeCapture(id, { frames: 1001 });
  await closeCapture(id);
  expect(useClosing.getState().question?.loss).toBe("its 1,001 frames are in no file");
});

test("comments in the lab's frames are asked about when the page is left", () => {
  expect(hasUnsaved()).toBe(false);
  noteComment(null);
  expect(hasUnsaved()).toBe(true);
});

import { beforeEach, expect, test, vi } from "vitest";
import type { OpenedFile, StudioHost } from "../host/studio-host.ts";
import { captureOfEntry, followInRun, type MissingCapture } from "./address-keeper.ts";
import { openCapture, removeCapture } from "./documents.ts";
import { findCapture } from "./studio-actions.ts";
import { shownCapture, useStudio } from "./studio-store.ts";

vi.mock("./the-lab.ts", () => ({ theLab: { pause: () => {} }, recording: {} }));
vi.mock("../worker/client.ts", () => ({
  WorkerEnd: class {
    openCapture = async () => ({ ok: true, state: { frames: 9 } });
    terminate = () => {};
  },
}));

const file = (...bytes: number[]): OpenedFile => ({ name: "capture.pcapng", content: Uint8Array.from(bytes) });
const [first, second] = [file(1, 2, 3), file(4, 5, 6, 7)];
const host = {
  recentFiles: async () => ["second", "first"].map((id) => ({ id, name: "capture.pcapng" })),
  openRecent: async (id) => (id === "first" ? first : second),
} as Partial<StudioHost> as StudioHost;
const address = (frame: number) => ({ settings: null, actions: [], view: null, timeUs: null, frame, capture: "capture.pcapng" });

const shown = () => shownCapture(useStudio.getState());
const noticeText = () => useStudio.getState().notice?.text;

/** Opens a file, and returns its part of the history's entry. */
async function entryOf(opened: OpenedFile) {
  await openCapture(opened);
  const { id = 0, fileKey = null } = shown() ?? {};
  return captureOfEntry({ capture: { id, fileKey } });
}

async function follow(frame: number, of: ReturnType<typeof captureOfEntry>): Promise<MissingCapture | null> {
  let missing: MissingCapture | null = null;
  await followInRun(address(frame), of, (one) => {
    missing = one;
  });
  return missing;
}

beforeEach(() => {
  for (const { id } of useStudio.getState().captures) removeCapture(id);
  useStudio.getState().set({ view: "bench", notice: null });
});

test("an entry of the history shows its own file, and no other of the same name", async () => {
  const of = await entryOf(first);
  const { fileKey } = shown() ?? {};
  await openCapture(second);
  expect(await follow(5, of)).toBeNull();
  expect(shown()).toMatchObject({ name: "capture.pcapng", fileKey, selectedFrame: 5 });
  // The first is closed, and the second stays under its number.
  removeCapture(of?.id ?? 0);
  expect(shown()?.name).toBe("capture.pcapng (2)");
  const missing = await follow(5, of);
  expect(missing?.capture).toEqual(of);
  expect(shown()).toMatchObject({ name: "capture.pcapng (2)", selectedFrame: null });
  // It is found again under the recent files, where the other one is later.
  if (missing) await findCapture(host, missing);
  expect(shown()).toMatchObject({ name: "capture.pcapng", fileKey });
});

test("a file of the same name that was opened in the place of the closed one is not taken for it", async () => {
  const of = await entryOf(first);
  removeCapture(of?.id ?? 0);
  await openCapture(second);
  expect(shown()?.name).toBe("capture.pcapng");
  const missing = await follow(5, of);
  if (missing) await findCapture({ ...host, recentFiles: async () => [{ id: "second", name: "capture.pcapng" }] }, missing);
  expect(shown()?.selectedFrame).toBeNull();
  expect(noticeText()).toBe(
    "This capture.pcapng is not open here: what is open is another file of this name. Open the file to see its frame 5.",
  );
});

test("a link names a capture: it finds the open one if only one has the name", async () => {
  await openCapture(first);
  expect(await follow(4, null)).toBeNull();
  expect(shown()?.selectedFrame).toBe(4);
  await openCapture(second);
  const missing = await follow(5, null);
  if (missing) await findCapture(host, missing);
  expect(noticeText()).toBe("2 open captures are called capture.pcapng. Choose one of their tabs to see its frame 5.");
  expect(useStudio.getState().captures.map(({ selectedFrame }) => selectedFrame)).toEqual([4, null]);
});

test("a file that is found after the user went elsewhere is not opened", async () => {
  const of = await entryOf(first);
  removeCapture(of?.id ?? 0);
  const missing = await follow(5, of);
  await followInRun({ ...address(5), capture: null, frame: null, view: "bench" }, null, () => {});
  if (missing) await findCapture(host, missing);
  expect([useStudio.getState().captures, noticeText()]).toEqual([[], undefined]);
});

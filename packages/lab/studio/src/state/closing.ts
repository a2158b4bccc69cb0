/** Closing a capture: at once where its file has everything, after a question where something would be lost. */

import { create } from "zustand";
import { changedComments, removeCapture } from "./documents.ts";
import { stopLive, useLive } from "./live-control.ts";
import { shownCapture, useStudio } from "./studio-store.ts";

interface ClosingState {
  /** The question that is open: which capture, and what would be lost with it. */
  readonly question: { readonly id: number; readonly name: string; readonly loss: string } | null;
}

export const useClosing = create<ClosingState>()(() => ({ question: null }));

/** Captures that were exported whole, by their number of frames then. */
const exported = new Map<number, { readonly frames: number; readonly comments: number }>();

/** The capture was exported with all its frames and comments: they are not lost when it is closed. */
export async function noteExport(id: number): Promise<void> {
  const capture = useStudio.getState().captures.find((one) => one.id === id);
  if (capture) exported.set(id, { frames: capture.frames ?? 0, comments: await changedComments(capture) });
}

/** Frames or comments of a capture that are in no file; `null` if there are none. */
async function lossOf(id: number): Promise<string | null> {
  const capture = useStudio.getState().captures.find((one) => one.id === id);
  if (!capture || capture.trouble !== null) return null;
  const { frames = 0, comments = 0 } = exported.get(id) ?? {};
  const isUnsaved = capture.isLive && (capture.frames ?? 0) > frames;
  if (isUnsaved) return `its ${(capture.frames ?? 0).toLocaleString("en")} frames are in no file`;
  return (await changedComments(capture)) > comments ? "comments that you wrote are in no file" : null;
}

/** Closes a capture with what is in its worker. */
export async function closeNow(id: number): Promise<void> {
  useClosing.setState({ question: null });
  const name = useStudio.getState().captures.find((one) => one.id === id)?.name;
  if (name === undefined) return;
  if (useLive.getState().running === id) await stopLive(false);
  removeCapture(id);
  exported.delete(id);
  useStudio.getState().set({ notice: { text: `${name} is closed`, kind: "info" } });
}

/** Closes a capture, or asks first. */
export async function closeCapture(id: number): Promise<void> {
  const loss = await lossOf(id);
  const name = useStudio.getState().captures.find((one) => one.id === id)?.name;
  if (name === undefined) return;
  if (loss === null) await closeNow(id);
  else useClosing.setState({ question: { id, name, loss } });
}

/** Closes the capture that is shown; the lab stays. */
export function closeShown(): void {
  const shown = shownCapture(useStudio.getState());
  if (shown) void closeCapture(shown.id);
  else useStudio.getState().set({ notice: { text: "The lab stays open: only captures are closed.", kind: "info" } });
}

/** Whether a capture has frames that are in no file: the browser asks before the page is left. */
export function hasUnsavedFrames(): boolean {
  return useStudio.getState().captures.some(({ id, isLive, frames }) => isLive && (frames ?? 0) > (exported.get(id)?.frames ?? 0));
}

/** Closing a capture: at once where its file has everything, after a question where something would be lost. */

import { create } from "zustand";
import { removeCapture } from "./documents.ts";
import { stopLive, useLive } from "./live-control.ts";
import { type CaptureDocument, shownCapture, useStudio } from "./studio-store.ts";

interface ClosingState {
  /** The open question whether to close a capture; `loss` describes the data that would be lost. `null` if no question is open. */
  readonly question: { readonly id: number; readonly name: string; readonly loss: string } | null;
}

export const useClosing = create<ClosingState>()(() => ({ question: null }));

/** Number of frames and comments of each capture at the time of its last complete export. */
const exported = new Map<number, Pick<CaptureDocument, "frames" | "comments">>();

/** Records that the whole capture was exported: closing it loses none of the frames and comments that it has now. */
export function noteExport({ id, frames, comments }: Pick<CaptureDocument, "id" | "frames" | "comments">): void {
  exported.set(id, { frames, comments });
}

/** Text about frames or comments of a capture that are in no file; `null` if there are none. */
function lossOf({ id, isLive, frames, comments, trouble }: CaptureDocument): string | null {
  if (trouble !== null) return null;
  const saved = exported.get(id);
  if (isLive && (frames ?? 0) > (saved?.frames ?? 0)) return `its ${(frames ?? 0).toLocaleString("en")} frames are in no file`;
  return comments > (saved?.comments ?? 0) ? "comments that you wrote are in no file" : null;
}

/** Closes a capture and ends its worker, without asking about unsaved frames or comments. */
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
  const capture = useStudio.getState().captures.find((one) => one.id === id);
  if (capture === undefined) return;
  const loss = lossOf(capture);
  if (loss === null) await closeNow(id);
  else useClosing.setState({ question: { id, name: capture.name, loss } });
}

/** Closes the capture that is shown; the lab stays. */
export function closeShown(): void {
  const shown = shownCapture(useStudio.getState());
  if (shown) void closeCapture(shown.id);
  else useStudio.getState().set({ notice: { text: "The lab stays open: only captures are closed.", kind: "info" } });
}

/** Whether frames or comments are in no file: the browser asks before the page is left. */
export function hasUnsaved(): boolean {
  const { captures, labComments } = useStudio.getState();
  return labComments > 0 || captures.some((capture) => lossOf(capture) !== null);
}

/** Brings frames of a real interface into a capture: one capture at a time, as fast as its worker takes them. */

import { create } from "zustand";
import type { LiveAttach } from "../host/studio-host.ts";
import { addCapture, changeCapture, showDocument } from "./documents.ts";
import { useStudio } from "./studio-store.ts";

interface LiveState {
  /** Id of the live capture; `null` if none is running. */
  readonly running: number | null;
}

export const useLive = create<LiveState>()(() => ({ running: null }));

/** Ends the capture. With `handsOver`, it resolves once the worker has received the frames that were still queued. */
let end: ((handsOver: boolean) => Promise<void>) | null = null;

/** Starts a capture of the frames of interface `name` that `filter` lets through; rejects with the host's message if it can't. */
export async function startLive(attach: LiveAttach, name: string, filter: string): Promise<void> {
  await stopLive();
  const capture = await attach.start(name, filter);
  const {
    id,
    end: { worker },
  } = addCapture(name, true);
  await worker.beginLive(name);
  showDocument(id);
  useLive.setState({ running: id });
  let isDropping = false;
  // Frames are fetched only after the worker has taken the previous ones, so that a backlog stays at the host.
  const handOver = async (): Promise<void> => {
    for (;;) {
      const frames = await capture.next();
      if (frames === null || isDropping) return;
      changeCapture(id, { frames: await worker.addLive(frames) });
    }
  };
  const handing = handOver().catch((error: unknown) => {
    if (isDropping) return;
    const reason = error instanceof Error ? error.message : String(error);
    useStudio.getState().set({ notice: { text: `The capture of ${name} has ended: ${reason}`, kind: "error" } });
    if (useLive.getState().running === id) void stopLive(false);
  });
  end = async (handsOver) => {
    isDropping = !handsOver;
    await capture.stop();
    if (handsOver) await handing;
  };
}

/** Ends the live capture and keeps its frames. `handsOver` false drops the queued frames: the worker is closed or does not answer. */
export async function stopLive(handsOver = true): Promise<void> {
  const ending = end;
  if (!ending) return;
  end = null;
  useLive.setState({ running: null });
  try {
    await ending(handsOver);
  } catch (error) {
    useStudio.getState().set({ notice: { text: `The capture did not end well: ${String(error)}`, kind: "error" } });
  }
}

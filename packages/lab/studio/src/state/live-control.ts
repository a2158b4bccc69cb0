/** Brings frames of a real interface into a capture: one at a time, sent to its worker a few times a second. */

import { create } from "zustand";
import type { LiveFrame } from "../analyzer/live-frames.ts";
import type { LiveAttach } from "../host/studio-host.ts";
import { addCapture, changeCapture, showDocument } from "./documents.ts";
import { useStudio } from "./studio-store.ts";
import { theLab } from "./the-lab.ts";

const HAND_OVER_MS = 200;

interface LiveState {
  /** The capture that grows; `null` if none does. */
  readonly running: number | null;
}

export const useLive = create<LiveState>()(() => ({ running: null }));

/** Ends the capture; with `handsOver`, after the worker has got the frames that wait. */
let end: ((handsOver: boolean) => Promise<void>) | null = null;

/** Starts a capture of interface `name`; rejects with the host's message if it can't. */
export async function startLive(attach: LiveAttach, name: string): Promise<void> {
  await stopLive();
  let waiting: LiveFrame[] = [];
  let handing: Promise<void> = Promise.resolve();
  const handOver = (): Promise<void> => {
    handing = handing.then(async () => {
      if (waiting.length === 0) return;
      const batch = waiting;
      waiting = [];
      changeCapture(id, { frames: await worker.addLive(batch) });
    });
    return handing;
  };
  const stop = await attach.start(name, (bytes, timeUs, linkType) => waiting.push({ bytes, timeUs, linkType }));
  theLab.pause();
  const {
    id,
    end: { worker },
  } = addCapture(name, true);
  await worker.beginLive(name);
  showDocument(id);
  useLive.setState({ running: id });
  const timer = setInterval(() => {
    handOver().catch((error: unknown) => {
      useStudio.getState().set({ notice: { text: `Frames of ${name} could not be shown: ${String(error)}`, kind: "error" } });
      void stopLive();
    });
  }, HAND_OVER_MS);
  end = async (handsOver) => {
    clearInterval(timer);
    await stop();
    if (handsOver) await handOver();
  };
}

/** Ends the capture; its frames stay. Without `handsOver` those that wait are dropped: its worker is closed, or answers nothing. */
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

/** Brings frames of a real interface into the monitor: one capture at a time, sent to the worker a few times a second. */

import { create } from "zustand";
import type { LiveFrame } from "../analyzer/live-frames.ts";
import type { LiveAttach } from "../host/studio-host.ts";
import { workerRemote } from "../worker/client.ts";
import { askForDocument, useStudio } from "./studio-store.ts";
import { theLab } from "./the-lab.ts";

const HAND_OVER_MS = 200;

interface LiveState {
  readonly running: boolean;
  /** The interface of the present or latest capture. */
  readonly name: string | null;
  /** Number of captures started so far. */
  readonly serial: number;
}

export const useLive = create<LiveState>()(() => ({ running: false, name: null, serial: 0 }));

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
      const count = await workerRemote().addLive(batch);
      if (count !== null) useStudio.getState().set({ captureFrames: count });
    });
    return handing;
  };
  const stop = await attach.start(name, (bytes, timeUs, linkType) => waiting.push({ bytes, timeUs, linkType }));
  theLab.pause();
  askForDocument();
  await workerRemote().beginLive(name);
  useStudio.getState().set({ document: "capture", captureName: name, captureFrames: 0, view: "monitor", selectedFrame: null });
  useLive.setState(({ serial }) => ({ running: true, name, serial: serial + 1 }));
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

/** The worker was replaced, and the frames have gone with it. Returns the interface whose capture this ends; `null` if none was running. */
export async function abandonLive(): Promise<string | null> {
  const { running, name } = useLive.getState();
  // The worker before answers nothing: frames are not handed over.
  await stopLive(false);
  return running ? name : null;
}

/** Ends the capture; its frames stay in the monitor. */
export async function stopLive(handsOver = true): Promise<void> {
  const ending = end;
  if (!ending) return;
  end = null;
  useLive.setState({ running: false });
  try {
    await ending(handsOver);
  } catch (error) {
    useStudio.getState().set({ notice: { text: `The capture did not end well: ${String(error)}`, kind: "error" } });
  }
}

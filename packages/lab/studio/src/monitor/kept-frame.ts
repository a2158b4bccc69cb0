/** A frame that waits to be compared with another one. It is kept with its fields and bytes, so that the other may be of another capture. */

import { useSyncExternalStore } from "react";
import type { FrameDetails } from "../analyzer/analyzer-api.ts";

export interface KeptFrame {
  readonly details: FrameDetails;
  /** Name of the frame's capture; `document` distinguishes captures of equal names. */
  readonly capture: string;
  readonly document: string | number | undefined;
}

let kept: KeptFrame | null = null;
const listeners = new Set<() => void>();

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

export function keepFrame(frame: KeptFrame | null): void {
  kept = frame;
  for (const listener of listeners) listener();
}

/** The frame that was chosen first for a comparison; `null` if there is none. */
export function useKeptFrame(): KeptFrame | null {
  return useSyncExternalStore(subscribe, () => kept);
}

/** A frame that waits to be compared with another one. It is kept with its fields and bytes, so that the other may be of another capture. */

import { useSyncExternalStore } from "react";
import type { FrameDetails } from "../analyzer/analyzer-api.ts";

export interface KeptFrame {
  readonly details: FrameDetails;
  /** Name of its capture, and what tells it from others of the name. */
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

/** The frame that waits; `null` if none does. */
export function useKeptFrame(): KeptFrame | null {
  return useSyncExternalStore(subscribe, () => kept);
}

/** What views show of the lab, as a store: only `LabControl` changes it, except for the speed. */

import { create } from "zustand";
import type { Bookmark, LabInfo, LabSettings, PersonAction } from "../lab/lab-types.ts";
import type { LabState } from "../lab/machine-state.ts";

/** Virtual seconds per second; Infinity runs as fast as the worker can. */
export const SPEEDS = [1, 10, 60, 600, 3600, Number.POSITIVE_INFINITY] as const;
export const ARTICLE_SPEED = 600;

/** Speed at which a run begins. */
export const ownSpeed = ({ play }: Pick<LabSettings, "play">): number => (play === "free" ? 1 : ARTICLE_SPEED);

export interface LabView {
  /** The open run; `null` before the first one. */
  readonly info: LabInfo | null;
  /** Grows whenever the recording grows; views that read the recording depend on it. */
  readonly version: number;
  /** Number of times that the recording was replaced: by another run, or because its past changed. */
  readonly restarts: number;
  readonly playing: boolean;
  readonly speed: number;
  /** Virtual time up to which the machines have run. */
  readonly simulatedUs: number;
  /** The machines at the playhead. */
  readonly state: LabState | null;
  /** What the person did in this run, in order of time. */
  readonly actions: readonly PersonAction[];
  /** Lists of actions that undo and redo bring back, the next one last. */
  readonly undos: readonly (readonly PersonAction[])[];
  readonly redos: readonly (readonly PersonAction[])[];
  readonly bookmarks: readonly Bookmark[];
  /** Message of the latest error. */
  readonly failure: string | null;
}

export const useLab = create<LabView>()(() => ({
  info: null,
  version: 0,
  restarts: 0,
  playing: false,
  speed: 1,
  simulatedUs: 0,
  state: null,
  actions: [],
  undos: [],
  redos: [],
  bookmarks: [],
  failure: null,
}));

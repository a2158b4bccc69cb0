/** What all views share: the document, the playhead, the selection. The recording that they show is in `recording.ts`. */

import { create } from "zustand";
import type { HostTheme } from "../host/studio-host.ts";

export const VIEWS = ["bench", "timeline", "monitor", "comparison"] as const;
export type View = (typeof VIEWS)[number];
export const VIEW_NAMES: Readonly<Record<View, string>> = {
  bench: "Bench",
  timeline: "Timeline",
  monitor: "Monitor",
  comparison: "Comparison",
};

export interface StudioState {
  readonly view: View;
  readonly theme: HostTheme;
  /** What the theme comes to; pictures that are not style sheets' are drawn again when it changes. */
  readonly isDark: boolean;
  /** What the monitor looks at: the lab that runs, or a capture file. */
  readonly document: "lab" | "capture";
  readonly captureName: string | null;
  readonly captureFrames: number;
  /** The playhead: microseconds of virtual time. */
  readonly timeUs: number;
  /** The same for what is read: while the clock runs, as it was a moment ago; nobody reads figures that change with every picture. */
  readonly readUs: number;
  readonly selectedFrame: number | null;
  readonly selectedMachine: string | null;
  /** Index in the recording's events. */
  readonly selectedEvent: number | null;
  /** What the monitor's filter was asked to be, with a number that changes with every asking. */
  readonly filterRequest: { readonly text: string; readonly serial: number } | null;
  /** One line that says what has just happened or gone wrong. */
  readonly notice: { readonly text: string; readonly kind: "info" | "error" } | null;
  set(change: Partial<Omit<StudioState, "set">>): void;
}

export const useStudio = create<StudioState>()((set) => ({
  view: "bench",
  theme: "system",
  isDark: false,
  document: "lab",
  captureName: null,
  captureFrames: 0,
  timeUs: 0,
  readUs: 0,
  selectedFrame: null,
  selectedMachine: null,
  selectedEvent: null,
  filterRequest: null,
  notice: null,
  set: (change) => set(change),
}));

let documents = 0;

/** Somebody asks for a run or a capture to look at; says later whether nobody has asked for another one since, who opens it. */
export function askForDocument(): () => boolean {
  const mine = ++documents;
  return () => mine === documents;
}

/** Opens the monitor on frames: its filter, and the first of them selected. */
export function showFrames(filter: string, frame: number | null): void {
  const { filterRequest, set } = useStudio.getState();
  set({ view: "monitor", selectedFrame: frame, filterRequest: { text: filter, serial: (filterRequest?.serial ?? 0) + 1 } });
}

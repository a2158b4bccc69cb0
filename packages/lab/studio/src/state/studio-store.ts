/** State that all views share: the document, the playhead, the selection. The recording is in `the-lab.ts`. */

import { create } from "zustand";
import type { HostTheme } from "../host/studio-host.ts";
import type { WorkerTrouble } from "../worker/client.ts";

export const VIEWS = ["bench", "timeline", "monitor", "comparison"] as const;
export type View = (typeof VIEWS)[number];
export const VIEW_NAMES: Readonly<Record<View, string>> = {
  bench: "Bench",
  timeline: "Timeline",
  monitor: "Monitor",
  comparison: "Comparison",
};

/** A button beside a notice. A notice with one stays until it is used or dismissed. */
interface NoticeAction {
  readonly label: string;
  run(): void;
}

export interface StudioState {
  readonly view: View;
  readonly theme: HostTheme;
  /** Whether the theme is dark now; canvases are redrawn when it changes. */
  readonly isDark: boolean;
  /** What the monitor shows: the lab's frames, or a capture file. */
  readonly document: "lab" | "capture";
  readonly captureName: string | null;
  /** Number of captures opened so far: two may have the same name. */
  readonly captureSerial: number;
  readonly captureFrames: number;
  /** The playhead: microseconds of virtual time. */
  readonly timeUs: number;
  /** The playhead for text: while the clock runs it is refreshed less often, so that figures stay readable. */
  readonly readUs: number;
  readonly selectedFrame: number | null;
  readonly selectedMachine: string | null;
  /** Index in the recording's events. */
  readonly selectedEvent: number | null;
  /** A filter that another view requests of the monitor; each request has a new serial. */
  readonly filterRequest: { readonly text: string; readonly serial: number } | null;
  /** The latest message to the user. */
  readonly notice: { readonly text: string; readonly kind: "info" | "error"; readonly action?: NoticeAction } | null;
  /** What is wrong with the worker; `null` when it answers. */
  readonly workerTrouble: WorkerTrouble;
  /** Number of workers that were replaced: views ask the new one. */
  readonly workersReplaced: number;
  set(change: Partial<Omit<StudioState, "set">>): void;
}

export const useStudio = create<StudioState>()((set) => ({
  view: "bench",
  theme: "system",
  isDark: false,
  document: "lab",
  captureName: null,
  captureSerial: 0,
  captureFrames: 0,
  timeUs: 0,
  readUs: 0,
  selectedFrame: null,
  selectedMachine: null,
  selectedEvent: null,
  filterRequest: null,
  notice: null,
  workerTrouble: null,
  workersReplaced: 0,
  set: (change) => set(change),
}));

/** Whether the screen shows a capture and not the lab: commands, keys and the title are the capture's then. */
export function isCaptureShown({ view, document }: Pick<StudioState, "view" | "document">): boolean {
  return view === "monitor" && document === "capture";
}

let documents = 0;

/** Registers a request to show a run or a capture. The result says whether it is still the latest request. */
export function askForDocument(): () => boolean {
  const mine = ++documents;
  return () => mine === documents;
}

/** Opens the monitor on frames: its filter, and the first of them selected. */
export function showFrames(filter: string, frame: number | null): void {
  const { filterRequest, set } = useStudio.getState();
  set({ view: "monitor", selectedFrame: frame, filterRequest: { text: filter, serial: (filterRequest?.serial ?? 0) + 1 } });
}

/** State that all views share: the documents, the playhead, the selection. The recording is in `the-lab.ts`, workers of captures in `documents.ts`. */

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
export interface NoticeAction {
  readonly label: string;
  run(): void;
}

/** A message to the user. */
export interface Notice {
  readonly text: string;
  readonly kind: "info" | "error";
  readonly action?: NoticeAction;
}

/** A capture that is open beside the lab's run. */
export interface CaptureDocument {
  readonly id: number;
  /** Name of its tab: with a number behind it where another capture has that name. */
  readonly name: string;
  /** Name of its file, which several open captures may have; of a live capture, the interface. */
  readonly fileName: string;
  /** Key of its content (`fileKeyOf`), the same when the file is opened again; `null` until it is known. A live capture has a key of no file. */
  readonly fileKey: string | null;
  /** Number of frames; `null` while the file is being read. */
  readonly frames: number | null;
  /** How much of the file has been read, 0 to 1. */
  readonly readShare: number;
  /** Whether the frames were captured in this studio, and not read from a file. */
  readonly isLive: boolean;
  readonly selectedFrame: number | null;
  /** How often a comment was written, changed or removed here. */
  readonly comments: number;
  /** Message about a worker that failed or does not answer; `null` while it answers. */
  readonly trouble: WorkerTrouble;
}

export interface StudioState {
  /** The lab's view; of a capture, the monitor is shown. */
  readonly view: View;
  readonly theme: HostTheme;
  /** Whether the theme is dark now; canvases are redrawn when it changes. */
  readonly isDark: boolean;
  /** The open captures, in the order of their tabs. */
  readonly captures: readonly CaptureDocument[];
  /** The capture that is shown; `null` for the lab. */
  readonly current: number | null;
  /** The playhead: microseconds of virtual time. */
  readonly timeUs: number;
  /** The playhead for text: while the clock runs it is refreshed less often, so that figures stay readable. */
  readonly readUs: number;
  /** Selected frame of the lab. */
  readonly selectedFrame: number | null;
  readonly selectedMachine: string | null;
  /** Index in the recording's events. */
  readonly selectedEvent: number | null;
  /** How often a comment on a frame of the lab was written since the run was replaced or exported. */
  readonly labComments: number;
  /** A filter that another view requests of the monitor; each request has a new serial. */
  readonly filterRequest: { readonly text: string; readonly serial: number } | null;
  /** The latest message to the user. */
  readonly notice: Notice | null;
  /** A line for each file that was not opened, until the person has dismissed them. */
  readonly fileProblems: readonly string[];
  /** What is wrong with the lab's worker; `null` when it answers. */
  readonly workerTrouble: WorkerTrouble;
  /** Number of workers that were replaced: views ask the new one. */
  readonly workersReplaced: number;
  /** With a `view`, the lab is shown. */
  set(change: Partial<Omit<StudioState, "set">>): void;
}

export const useStudio = create<StudioState>()((set) => ({
  view: "bench",
  theme: "system",
  isDark: false,
  captures: [],
  current: null,
  timeUs: 0,
  readUs: 0,
  selectedFrame: null,
  selectedMachine: null,
  selectedEvent: null,
  labComments: 0,
  filterRequest: null,
  notice: null,
  fileProblems: [],
  workerTrouble: null,
  workersReplaced: 0,
  set: (change) => set(change.view === undefined ? change : { current: null, ...change }),
}));

/** The capture on the screen; `null` if the screen shows the lab. Commands, keys and the title follow it. */
export function shownCapture({ captures, current }: Pick<StudioState, "captures" | "current">): CaptureDocument | null {
  return current === null ? null : (captures.find(({ id }) => id === current) ?? null);
}

export function shownView(state: Pick<StudioState, "view" | "current">): View {
  return state.current === null ? state.view : "monitor";
}

/** Shows a view of the lab. If a capture is shown and `view` is the monitor, nothing changes: the capture is in its own monitor already. */
export function showView(view: View): void {
  const { current, set } = useStudio.getState();
  if (view !== "monitor" || current === null) set({ view });
}

/** Says in a line why a file is not opened, below those about other files. */
export function tellFileProblem(text: string): void {
  const { fileProblems, set } = useStudio.getState();
  set({ fileProblems: [...fileProblems.filter((line) => line !== text), text] });
}

let documents = 0;

/** Registers a request to show a run or a capture. The result says whether it is still the latest request. */
export function askForDocument(): () => boolean {
  const mine = ++documents;
  return () => mine === documents;
}

/** Shows the monitor with a display filter that selects some frames, and selects `frame`. */
export function showFrames(filter: string, frame: number | null): void {
  const { filterRequest, set } = useStudio.getState();
  set({ view: "monitor", selectedFrame: frame, filterRequest: { text: filter, serial: (filterRequest?.serial ?? 0) + 1 } });
}

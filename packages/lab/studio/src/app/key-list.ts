/** The studio's keys, for the dialog that lists them; docs/STUDIO.md has the same table, and a test compares the two. */

export interface KeyEntry {
  readonly keys: string;
  readonly what: string;
  /** Whether it types a character, and is off where single keys are switched off. */
  readonly isSingle?: true;
}

export const KEY_LIST: readonly KeyEntry[] = [
  { keys: "Space, K", what: "play, pause", isSingle: true },
  { keys: "← →", what: "previous, next event" },
  { keys: "Shift+← →", what: "a second back, on" },
  { keys: "Alt+← →", what: "a notification interval back, on" },
  { keys: "B", what: "bookmark, or no bookmark, at this time", isSingle: true },
  { keys: "Alt+1 … Alt+4", what: "bench, timeline, monitor, comparison" },
  { keys: "Alt+Page Up, Alt+Page Down", what: "previous, next document" },
  { keys: "Alt+W", what: "close the capture that is shown" },
  { keys: "Ctrl+Z, Ctrl+Shift+Z", what: "undo, redo an action" },
  { keys: "/", what: "the monitor's filter", isSingle: true },
  { keys: "Ctrl+F, F3", what: "find, find the next one" },
  { keys: "Ctrl+G", what: "go to a frame" },
  { keys: "F, S, C, T, D", what: "on a frame: follow, sequence, comment, time reference, compare", isSingle: true },
  { keys: "M, N, Shift+N", what: "mark a frame or take its mark back, next and previous marked frame", isSingle: true },
];

/** The studio's keys besides those of `SINGLE_KEYS`, for the dialog that lists them; docs/STUDIO.md has the same table, and a test compares the two. */

export interface KeyEntry {
  readonly keys: string;
  readonly what: string;
}

export const KEY_LIST: readonly KeyEntry[] = [
  { keys: "← →", what: "previous, next event" },
  { keys: "Shift+← →", what: "a second back, on" },
  { keys: "Alt+← →", what: "a notification interval back, on" },
  { keys: "Alt+1 … Alt+4", what: "bench, timeline, monitor, comparison" },
  { keys: "Alt+Page Up, Alt+Page Down", what: "previous, next document" },
  { keys: "Alt+W", what: "close the capture that is shown" },
  { keys: "Alt+L", what: "to the question of the lesson" },
  { keys: "Ctrl+Z, Ctrl+Shift+Z", what: "undo, redo an action" },
  { keys: "Ctrl+F, F3", what: "find, find the next one" },
  { keys: "Ctrl+G", what: "go to a frame" },
];

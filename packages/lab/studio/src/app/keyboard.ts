/** The keys of the whole studio. In a field they are the field's own. */

import { closeShown } from "../state/closing.ts";
import { stepDocument } from "../state/documents.ts";
import { addBookmark } from "../state/lab-selection.ts";
import { useLab } from "../state/lab-view.ts";
import { useLesson } from "../state/lesson.ts";
import { singleCommand } from "../state/preferences.ts";
import { shownCapture, showView, useStudio, VIEWS } from "../state/studio-store.ts";
import { theLab } from "../state/the-lab.ts";
import { focusLesson } from "./lesson-bar.tsx";

const SECOND_US = 1_000_000;

const isCaptureShown = (): boolean => shownCapture(useStudio.getState()) !== null;

/** The command of a key, or `null`. */
export function handleKey(event: KeyboardEvent): (() => void) | null {
  const { key, shiftKey, altKey, ctrlKey, metaKey } = event;
  if ((ctrlKey || metaKey) && !altKey && /^[zy]$/i.test(key) && !isCaptureShown()) {
    const isRedo = shiftKey || key.toLowerCase() === "y";
    return () => void (isRedo ? theLab.redo() : theLab.undo());
  }
  if (ctrlKey || metaKey) return null;
  if (altKey && key.toLowerCase() === "w") return closeShown;
  if (altKey && key.toLowerCase() === "l" && useLesson.getState().open !== null) return focusLesson;
  if (altKey && (key === "PageUp" || key === "PageDown")) return () => stepDocument(key === "PageDown" ? 1 : -1);
  if (altKey && /^[1-4]$/.test(key)) return () => showView(VIEWS[Number(key) - 1]);
  // The clock is the lab's, which is not on the screen.
  if (isCaptureShown()) return null;
  if (key === "ArrowLeft" || key === "ArrowRight") {
    const direction = key === "ArrowRight" ? 1 : -1;
    if (altKey) return () => void theLab.stepTime(useLab.getState().info?.notificationIntervalUs ?? 60 * SECOND_US, direction);
    if (shiftKey) return () => void theLab.stepTime(SECOND_US, direction);
    return () => void theLab.stepEvent(direction);
  }
  if (altKey) return null;
  switch (singleCommand(event)) {
    case " ":
    case "k":
      return () => (useLab.getState().playing ? theLab.pause() : theLab.play());
    case "b":
      return addBookmark;
    default:
      return null;
  }
}

/** Keys of the window as a whole, which parts with keys of their own leave to it. */
const ofTheWindow = ({ key, altKey, ctrlKey, metaKey }: KeyboardEvent): boolean =>
  altKey && !ctrlKey && !metaKey && /^([1-4wl]|PageUp|PageDown)$/i.test(key);

/** Text fields and dialogs: in them, commands of a single key are off. */
const TYPED = "input:not([type=checkbox], [type=radio], [type=range]), textarea, [contenteditable], dialog";

/** No text field uses Alt with these keys: from the answer of a lesson, too, they lead to the other documents. */
const changesDocument = ({ key }: KeyboardEvent): boolean => key === "PageUp" || key === "PageDown";

/** Elements that handle their keys themselves. */
const OWN_KEYS =
  "input, select, textarea, [contenteditable], [role=tablist], [role=tab], [role=grid], [role=listbox], [role=tree], [role=menu], [role=table], dialog";

const IS_MAC = typeof navigator !== "undefined" && /Mac/.test(navigator.platform);

/** Whether the browser would leave the page: Alt with an arrow is Back or Forward, except on a Mac, where it moves by words. */
export function leavesPage({ key, altKey }: Pick<KeyboardEvent, "key" | "altKey">, isMac = IS_MAC): boolean {
  return altKey && !isMac && (key === "ArrowLeft" || key === "ArrowRight");
}

export function listenToKeys(): () => void {
  const stay = (event: KeyboardEvent) => {
    if (leavesPage(event)) event.preventDefault();
  };
  const listener = (event: KeyboardEvent) => {
    const focused = event.target as HTMLElement | null;
    // A field that was hidden by the key before keeps the focus until the next animation frame.
    const target = focused?.checkVisibility() ? focused : null;
    const others = !ofTheWindow(event) ? OWN_KEYS : changesDocument(event) ? "dialog" : TYPED;
    if (target?.closest(others)) return;
    // Space activates a focused button; arrows do nothing on it, so they stay shortcuts.
    if (event.key === " " && target?.closest("button, a, summary")) return;
    const run = handleKey(event);
    if (!run) return;
    event.preventDefault();
    run();
  };
  // Before the parts of the page that handle their own keys, which may stop the event.
  addEventListener("keydown", stay, { capture: true });
  addEventListener("keydown", listener);
  return () => {
    removeEventListener("keydown", stay, { capture: true });
    removeEventListener("keydown", listener);
  };
}

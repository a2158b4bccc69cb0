/** Keys of the monitor that work wherever the focus is, except under a dialog. */

import { useEffect, useRef } from "react";
import { characterOf, type PressedKey } from "../controls/pressed-key.ts";

/** Whether keys typed at `target` are text. */
export function isTyping(target: EventTarget | null): boolean {
  return target instanceof HTMLElement && /^(INPUT|TEXTAREA|SELECT)$/.test(target.tagName) && !target.matches('[type="checkbox"]');
}

/** The command of a key if the user changed no keys: commands are identified by their default key. */
export function ownCommand(pressed: PressedKey): string | null {
  return characterOf(pressed) || null;
}

/** Whether the key goes to the next marked frame, or with Shift to the previous one; `null` if it does neither. */
export function markStep({ key, shiftKey }: PressedKey, commandOf: Shortcuts["singleCommand"]): "next" | "previous" | null {
  if (commandOf({ key, shiftKey }) === "n") return "next";
  return shiftKey && commandOf({ key: key.toLowerCase(), shiftKey: false }) === "n" ? "previous" : null;
}

export interface Shortcuts {
  /** Ctrl+F or Cmd+F. */
  openFind(): void;
  /** Ctrl+G or Cmd+G. */
  goToFrame(): void;
  /** F3; Shift+F3 searches backward. Returns `false` if no search text was entered yet. */
  findAgain(forward: boolean): boolean;
  /** The slash key, or the key that the user chose in its place. */
  focusFilter(): void;
  singleCommand(pressed: PressedKey): string | null;
}

export function useShortcuts(shortcuts: Shortcuts): void {
  const latest = useRef(shortcuts);
  latest.current = shortcuts;
  useEffect(() => {
    const handle = (event: KeyboardEvent): boolean => {
      const control = event.ctrlKey || event.metaKey;
      if (control && event.key.toLowerCase() === "f" && !event.shiftKey) latest.current.openFind();
      else if (control && event.key.toLowerCase() === "g" && !event.shiftKey) latest.current.goToFrame();
      else if (event.key === "F3") return latest.current.findAgain(!event.shiftKey);
      else if (!control && !event.altKey && !isTyping(event.target) && latest.current.singleCommand(event) === "/")
        latest.current.focusFilter();
      else return false;
      return true;
    };
    const listen = (event: KeyboardEvent): void => {
      if (event.defaultPrevented || document.querySelector("dialog[open]")) return;
      if (handle(event)) event.preventDefault();
    };
    window.addEventListener("keydown", listen);
    return () => window.removeEventListener("keydown", listen);
  }, []);
}

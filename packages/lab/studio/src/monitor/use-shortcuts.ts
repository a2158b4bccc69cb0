/** Keys of the monitor that work wherever the focus is, except under a dialog. */

import { useEffect, useRef } from "react";

/** Whether keys typed at `target` are text. */
export function isTyping(target: EventTarget | null): boolean {
  return target instanceof HTMLElement && /^(INPUT|TEXTAREA|SELECT)$/.test(target.tagName) && !target.matches('[type="checkbox"]');
}

export interface Shortcuts {
  /** Ctrl+F or Cmd+F. */
  openFind(): void;
  /** Ctrl+G or Cmd+G. */
  goToFrame(): void;
  /** F3, and Shift+F3 backward; returns whether there is something to look for. */
  findAgain(forward: boolean): boolean;
  /** The slash, or what was chosen instead. */
  focusFilter(): void;
  singleCommand(key: string): string | null;
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
      else if (!control && !event.altKey && !isTyping(event.target) && latest.current.singleCommand(event.key) === "/")
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

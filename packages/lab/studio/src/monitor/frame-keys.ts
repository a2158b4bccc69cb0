/** Keys for the selected frame, while the packet list or the field tree has the focus. */

import type { KeyboardEvent } from "react";
import type { FrameCommands } from "./use-frame-commands.ts";
import { isTyping, markStep, type Shortcuts } from "./use-shortcuts.ts";

interface FrameKeys {
  readonly commands: FrameCommands;
  readonly singleCommand: Shortcuts["singleCommand"];
  readonly onSelect: (frame: number) => void;
  readonly onNotice: (text: string) => void;
}

/** Executes the command of a pressed key on `frame`; returns false if the key has no command. */
export function pressFrameKey(event: KeyboardEvent, frame: number, { commands, singleCommand, onSelect, onNotice }: FrameKeys): boolean {
  if (isTyping(event.target) || event.ctrlKey || event.metaKey || event.altKey) return false;
  const { ways } = commands;
  const step = markStep(event, singleCommand);
  if (step !== null) {
    const marked = commands.nextMark(step === "next");
    if (marked === null) onNotice("No frame is marked.");
    else onSelect(marked);
    return true;
  }
  switch (singleCommand(event)) {
    case "f":
      ways.follow(frame);
      return true;
    case "s":
      ways.showSequence(frame);
      return true;
    case "c":
      ways.comment();
      return true;
    case "t":
      ways.setReference(frame);
      return true;
    case "m":
      ways.toggleMark(frame);
      return true;
    case "d":
      ways.compare(frame);
      return true;
    default:
      return false;
  }
}

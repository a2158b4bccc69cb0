/**
 * How each system asks before it goes down. MS-DOS has no such question, and the Finder's menu acts at once. Assumption: the words follow the
 * systems' own dialogs from memory; no document with their text was at hand.
 */

import type { Skin } from "../../lab/lab-types.ts";

interface ShutDownChoice {
  readonly label: string;
  /** The action of this choice; missing: the lab has no action for it, and the choice is grey. */
  readonly action?: "shutdown" | "restart";
}

export interface ShutDownQuestion {
  readonly title: string;
  readonly text: string;
  /** Ways to choose from; empty if the dialog only offers to shut down. */
  readonly choices: readonly ShutDownChoice[];
  /** Labels of the two buttons. */
  readonly buttons: readonly [agree: string, back: string];
}

const SHUT_DOWN = { label: "Shut down the computer?", action: "shutdown" } as const;
const RESTART = { label: "Restart the computer?", action: "restart" } as const;
const LOG_ON_AGAIN = { label: "Close all programs and log on as a different user?" } as const;

const EXIT_WINDOWS: ShutDownQuestion = {
  title: "Exit Windows",
  text: "This will end your Windows session.",
  choices: [],
  buttons: ["OK", "Cancel"],
};

export const SHUT_DOWN_QUESTIONS: Partial<Readonly<Record<Skin, ShutDownQuestion>>> = {
  "windows-3.1": EXIT_WINDOWS,
  "wfw-3.11": EXIT_WINDOWS,
  "nt-3.51": {
    title: "Shutdown Computer",
    text: "Do you want to shut down the computer?",
    choices: [
      { label: "Shutdown", action: "shutdown" },
      { label: "Shutdown and Restart", action: "restart" },
    ],
    buttons: ["OK", "Cancel"],
  },
  "nt-4.0": {
    title: "Shut Down Windows",
    text: "Are you sure you want to:",
    choices: [SHUT_DOWN, RESTART, LOG_ON_AGAIN],
    buttons: ["Yes", "No"],
  },
  "windows-95": {
    title: "Shut Down Windows",
    text: "Are you sure you want to:",
    choices: [SHUT_DOWN, RESTART, { label: "Restart the computer in MS-DOS mode?" }, LOG_ON_AGAIN],
    buttons: ["Yes", "No"],
  },
  "windows-98": {
    title: "Shut Down Windows",
    text: "What do you want the computer to do?",
    choices: [
      { label: "Stand by" },
      { label: "Shut down", action: "shutdown" },
      { label: "Restart", action: "restart" },
      { label: "Restart in MS-DOS mode" },
    ],
    buttons: ["OK", "Cancel"],
  },
};

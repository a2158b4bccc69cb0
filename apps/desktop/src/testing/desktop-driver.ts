/** What a test does as the user of the desktop app. There are two drivers: Electron itself, and a page of Chromium in its place. */

import type { Page } from "playwright-core";

export interface RunningDesktop {
  readonly page: Page;
  /** Answers the next dialog with a path; `null` cancels it. */
  answerDialog(dialog: "open" | "save", path: string | null): Promise<void>;
  /** Chooses a command of the menu bar; `labels` is its path: menu, submenus, command. */
  chooseMenu(...labels: string[]): Promise<void>;
  /** Starts the app a second time, with this file on the command line. */
  startAgain(path: string): Promise<void>;
  /** The messages that the app has shown in boxes of their own. */
  readonly errorBoxes: readonly string[];
  quit(): Promise<void>;
}

export interface DesktopDriver {
  readonly name: string;
  /** Why the app can't run here; `null` if it can. */
  readonly missing: string | null;
  /** `data` is the folder of the app's data; `file` is named on the command line. */
  start(data: string, file?: string): Promise<RunningDesktop>;
}

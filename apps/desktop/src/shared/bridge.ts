/** Messages between the desktop's main process and its window: the channels, and the object that the preload adds to the page. */

import type { HostTheme, LiveFrame, OpenedFile, RecentFile, SavedFile, StudioCommand } from "@pushback/studio";

/** Name of the preload's object in the page. */
export const BRIDGE = "pushbackDesktop";

/** Calls of the window that the main process answers. */
export const CALLS = {
  openFile: "pushback:open-file",
  openFiles: "pushback:open-files",
  saveFile: "pushback:save-file",
  recentFiles: "pushback:recent-files",
  openRecent: "pushback:open-recent",
  /** Names the path of a dropped file, and gets the token that opens it once. */
  offerDropped: "pushback:offer-dropped",
  openDropped: "pushback:open-dropped",
  setTheme: "pushback:set-theme",
  openInWireshark: "pushback:open-in-wireshark",
  interfaces: "pushback:interfaces",
  startCapture: "pushback:start-capture",
  nextFrames: "pushback:next-frames",
  stopCapture: "pushback:stop-capture",
  /** The page is ready: files that arrived earlier are sent now. */
  ready: "pushback:ready",
} as const;

/** Messages from the main process to the window. */
export const NEWS = {
  command: "pushback:command",
  file: "pushback:file",
} as const;

/** Prefix of the window process's argument with which the main process passes WindowFacts to the preload script, before the page's first call. */
export const FACTS_ARGUMENT = "--pushback-facts=";

export interface WindowFacts {
  readonly theme: HostTheme;
  /** Whether Wireshark is installed. */
  readonly wireshark: boolean;
  /** Whether a program that captures is installed. */
  readonly capture: boolean;
}

export interface DesktopBridge {
  readonly facts: WindowFacts;
  openFile(): Promise<OpenedFile | null>;
  /** Lets the user choose files, which arrive as events. Returns the number of files chosen beyond the limit, which are not opened. */
  openFiles(): Promise<number>;
  saveFile(file: SavedFile): Promise<boolean>;
  recentFiles(): Promise<readonly RecentFile[]>;
  openRecent(id: string): Promise<OpenedFile | null>;
  /**
   * Opens a file that the user has dropped onto the page. Only the preload script can find out its path. A file can be opened once for each drop. Resolves to
   * `null` for a file without a path.
   */
  openDropped(file: File): Promise<OpenedFile | null>;
  setTheme(theme: HostTheme): Promise<void>;
  openInWireshark(file: SavedFile): Promise<void>;
  interfaces(): Promise<readonly string[]>;
  /** Starts a live capture on the interface `name`. `filter`: see `LiveAttach.start`. */
  startCapture(name: string, filter: string): Promise<void>;
  /** See `LiveCapture.next`. */
  nextFrames(): Promise<readonly LiveFrame[] | null>;
  stopCapture(): Promise<void>;
  ready(): Promise<void>;
  onCommand(listener: (command: StudioCommand) => void): () => void;
  onFile(listener: (file: OpenedFile) => void): () => void;
}

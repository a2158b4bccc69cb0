/** What the studio asks of the program that it runs in: a browser's page, or the desktop's window. */

export interface OpenedFile {
  readonly name: string;
  readonly bytes: Uint8Array;
}

export interface RecentFile {
  readonly id: string;
  readonly name: string;
}

export interface SavedFile {
  readonly suggestedName: string;
  readonly mediaType: string;
  readonly bytes: Uint8Array;
}

/** What a menu can ask for; the studio's own buttons do the same. */
export const STUDIO_COMMANDS = [
  "open",
  "export-capture",
  "export-recording",
  "report",
  "play-article",
  "free-play",
  "play-pause",
  "view-bench",
  "view-timeline",
  "view-monitor",
  "view-comparison",
] as const;
export type StudioCommand = (typeof STUDIO_COMMANDS)[number];

export type HostTheme = "system" | "light" | "dark";

/** Frames off a real interface, where the host has a way to them. */
export interface LiveAttach {
  interfaces(): Promise<readonly string[]>;
  /** `onFrame` gets a copy of each frame, microseconds since 1970 and a LINKTYPE_ value; the returned function ends it. */
  start(name: string, onFrame: (bytes: Uint8Array, timeUs: number, linkType: number) => void): Promise<() => Promise<void>>;
}

export interface StudioHost {
  readonly kind: "browser" | "desktop";
  /** Lets the user choose a capture or a scenario; `null` if the dialog was cancelled. */
  openFile(): Promise<OpenedFile | null>;
  /** `false` if the dialog was cancelled. */
  saveFile(file: SavedFile): Promise<boolean>;
  /** Menu commands; the returned function ends it. */
  onCommand(listener: (command: StudioCommand) => void): () => void;
  /** A file that came from outside: dropped, or named when the program was started. Those that came before the first listener are kept for it. */
  onFile(listener: (file: OpenedFile) => void): () => void;
  /** Files that were opened before, the latest first. */
  recentFiles(): Promise<readonly RecentFile[]>;
  /** `null` if the file no longer exists. */
  openRecent(id: string): Promise<OpenedFile | null>;
  /** What the person chose last. */
  theme(): HostTheme;
  /** Remembers the choice, and tells the window's own parts. */
  setTheme(theme: HostTheme): void;
  readonly liveAttach: LiveAttach | null;
  readonly openInWireshark: ((file: SavedFile) => Promise<void>) | null;
}

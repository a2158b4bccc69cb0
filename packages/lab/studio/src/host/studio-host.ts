/** What the studio asks of the program that it runs in: a browser's page, or the desktop's window. */

export interface OpenedFile {
  readonly name: string;
  readonly bytes: Uint8Array;
}

/** Largest file in bytes, in every host: a larger one, with the data derived from it, does not fit into a page's memory. */
export const MOST_FILE_BYTES = 1 << 30;

/** Why a file of this size is not opened; `null` if it is. */
export function sizeProblem(name: string, bytes: number): string | null {
  return bytes > MOST_FILE_BYTES ? `${name} is larger than 1 GB: read it with pushback diagnose or pushback show` : null;
}

/** The dropped file that is opened, or one line that says why none is. */
export function chooseDropped<T extends { readonly name: string; readonly size: number }>(
  files: ArrayLike<T>,
): { readonly ok: true; readonly file: T } | { readonly ok: false; readonly message: string } {
  if (files.length === 0) return { ok: false, message: "What was dropped is not a file." };
  if (files.length > 1) return { ok: false, message: `${files.length} files were dropped: drop one at a time.` };
  const message = sizeProblem(files[0].name, files[0].size);
  return message === null ? { ok: true, file: files[0] } : { ok: false, message };
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
  /** Menu commands; the returned function ends it. Those that came before the first listener are kept for it. */
  onCommand(listener: (command: StudioCommand) => void): () => void;
  /** A file that came from outside: dropped, or named when the program was started. Those that came before the first listener are kept for it. */
  onFile(listener: (file: OpenedFile) => void): () => void;
  /** One line about a file from outside that is not opened; the returned function ends it. */
  onFileProblem(listener: (message: string) => void): () => void;
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

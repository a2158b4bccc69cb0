/** What the studio needs from the program that it runs in: a browser's page, or the desktop's window. */

import type { LiveFrame } from "../analyzer/live-frames.ts";

export interface OpenedFile {
  readonly name: string;
  /** Its bytes, or a file of the browser's that is read where it is needed. */
  readonly content: Uint8Array | Blob;
}

/** Size of an opened file in bytes. */
export const sizeOf = ({ content }: OpenedFile): number => (content instanceof Blob ? content.size : content.length);

/** Content of an opened file as UTF-8 text. Rejects if the file has been removed or changed. */
export async function textOf({ content }: OpenedFile): Promise<string> {
  return content instanceof Blob ? await content.text() : new TextDecoder().decode(content);
}

/** Largest file in bytes, in every host: a larger one, with the data derived from it, does not fit into a page's memory. */
export const MOST_FILE_BYTES = 1 << 30;

/** Why a file of this size is not opened; `null` if it is. */
export function sizeProblem(name: string, bytes: number): string | null {
  return bytes > MOST_FILE_BYTES ? `${name} is larger than 1 GB: read it with pushback diagnose or pushback show` : null;
}

/** More files at once are not opened: each has a tab, a worker and its memory. */
export const MOST_FILES_AT_ONCE = 20;

/** Longest capture filter, in characters. */
export const MOST_FILTER_CHARACTERS = 2000;

/** Selects the files to open from those dropped or chosen together; `problems` has one line for each reason to refuse others. */
export function chooseFiles<T extends { readonly name: string; readonly size: number }>(
  files: ArrayLike<T>,
): { readonly files: readonly T[]; readonly problems: readonly string[] } {
  if (files.length === 0) return { files: [], problems: ["What was dropped is not a file."] };
  if (files.length > MOST_FILES_AT_ONCE)
    return { files: [], problems: [`${files.length} files at once are too many: at most ${MOST_FILES_AT_ONCE} are opened.`] };
  const all = Array.from(files);
  const problems = all.flatMap(({ name, size }) => sizeProblem(name, size) ?? []);
  return { files: all.filter(({ name, size }) => sizeProblem(name, size) === null), problems };
}

export * from "./file-endings.ts";

export interface RecentFile {
  readonly id: string;
  readonly name: string;
  /** Its size, where the host knows it: several files may have the same name. */
  readonly lenBytes?: number;
}

export interface SavedFile {
  readonly suggestedName: string;
  readonly mediaType: string;
  readonly bytes: Uint8Array;
}

/** Commands of menus; the studio's buttons call the same ones. */
export const STUDIO_COMMANDS = [
  "open",
  "close",
  "export-capture",
  "export-recording",
  "save-scenario",
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
/** A capture of a real interface that goes on. */
export interface LiveCapture {
  /**
   * Resolves to the frames captured since the last call, as soon as there is one; to `null` after the end of the capture. Until the next call, further
   * frames are queued by the capturing program, up to a limit. Rejects with the host's message if the capture ended by itself.
   */
  next(): Promise<readonly LiveFrame[] | null>;
  /** Ends the capture: `next` resolves to the frames still queued, and then to `null`. */
  stop(): Promise<void>;
}

export interface LiveAttach {
  interfaces(): Promise<readonly string[]>;
  /** `filter` is a capture filter as pcap-filter(7) has them; "" takes every frame. Rejects with the host's message if it can't start. */
  start(name: string, filter: string): Promise<LiveCapture>;
}

export interface StudioHost {
  readonly kind: "browser" | "desktop";
  /** Lets the user choose one capture or scenario; `null` if the dialog was cancelled. */
  openFile(): Promise<OpenedFile | null>;
  /** Lets the user choose captures and scenarios, which then reach the listeners of `onFile` one after the other. */
  openFiles(): Promise<void>;
  /** Lets the user save a file. Resolves to `false` if the dialog was cancelled. */
  saveFile(file: SavedFile): Promise<boolean>;
  /** Subscribes to menu commands; the returned function unsubscribes. The first listener also receives the commands that were given before it. */
  onCommand(listener: (command: StudioCommand) => void): () => void;
  /** Subscribes to files that are chosen, dropped, or named on the command line. The first listener also receives the files that came before it. */
  onFile(listener: (file: OpenedFile) => void): () => void;
  /**
   * Subscribes to messages about files that are not opened, one line each; the returned function unsubscribes. In the browser, the first listener also
   * receives earlier messages.
   */
  onFileProblem(listener: (message: string) => void): () => void;
  /** Files that were opened before, the latest first. */
  recentFiles(): Promise<readonly RecentFile[]>;
  /** Opens a file from the list of recent files; `null` if it no longer exists. */
  openRecent(id: string): Promise<OpenedFile | null>;
  /** The theme that the user chose last. */
  theme(): HostTheme;
  /** Stores the choice. The desktop app also gives it to Electron, for the parts of its window outside the page. */
  setTheme(theme: HostTheme): void;
  readonly liveAttach: LiveAttach | null;
  readonly openInWireshark: ((file: SavedFile) => Promise<void>) | null;
}

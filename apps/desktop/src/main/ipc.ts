/** Handles calls from the window: accepts each only from the studio's own page, checks its arguments, and answers or refuses it. */

import { basename } from "node:path";
import { MOST_FILES_AT_ONCE, MOST_FILTER_CHARACTERS, OPENED_ENDINGS } from "@pushback/studio/studio-host";
import { type BrowserWindow, dialog, type IpcMainInvokeEvent, ipcMain, nativeTheme } from "electron";
import * as z from "zod";
import { CALLS, NEWS } from "../shared/bridge.ts";
import { DropTokens } from "./drop-tokens.ts";
import { findCaptureProgram, LiveCapture } from "./live-capture.ts";
import type { ReadFile } from "./open-files.ts";
import type { Settings } from "./settings.ts";
import { STUDIO_ORIGIN } from "./studio-protocol.ts";
import { openInWireshark } from "./wireshark.ts";
import { writeWhole } from "./write-whole.ts";

const name = z.string().min(1).max(200);
const captureFilter = z.string().max(MOST_FILTER_CHARACTERS);
const savedFile = z.strictObject({
  suggestedName: name.refine((text) => basename(text) === text && !text.startsWith("."), "takes a file's name, not a path"),
  mediaType: z.string().max(200),
  bytes: z.instanceof(Uint8Array),
});

export interface WindowServices {
  readonly settings: Settings;
  window(): BrowserWindow | null;
  /** Reads a file for the window and remembers it; `null` if it no longer exists. */
  open(path: string): ReadFile | null;
  /** The page is ready to receive files. */
  ready(): void;
}

/** Whether the caller is the studio's own page, in the top frame of its window. */
function isOwnPage(event: IpcMainInvokeEvent): boolean {
  const frame = event.senderFrame;
  return frame !== null && frame.parent === null && frame.url.startsWith(`${STUDIO_ORIGIN}/`);
}

/** Answers `channel`; refuses arguments that do not match `schema`. */
function answer<T extends z.ZodTuple>(channel: string, schema: T, run: (...args: z.output<T>) => unknown): void {
  ipcMain.handle(channel, (event, ...args: unknown[]) => {
    if (!isOwnPage(event)) throw new Error(`${channel}: not from the studio's page`);
    const checked = schema.safeParse(args);
    if (!checked.success) throw new Error(`${channel}: ${z.prettifyError(checked.error)}`);
    return run(...(checked.data as z.output<T>));
  });
}

/** Installs the handlers. The returned function stops a live capture that the window's page has started. */
export function answerWindow({ settings, window, open, ready }: WindowServices): () => Promise<void> {
  const program = findCaptureProgram();
  const capture = program && new LiveCapture(program);
  const needCapture = () => {
    if (capture === null) throw new Error("neither dumpcap nor tcpdump is installed");
    return capture;
  };
  const withWindow = <T>(ask: (parent: BrowserWindow) => Promise<T>): Promise<T> => {
    const parent = window();
    if (parent === null) throw new Error("the window is gone");
    return ask(parent);
  };

  const choosePaths = async (...more: "multiSelections"[]): Promise<readonly string[]> => {
    const { canceled, filePaths } = await withWindow((parent) =>
      dialog.showOpenDialog(parent, {
        properties: ["openFile", ...more],
        filters: [
          { name: "Captures, scenarios and recordings", extensions: OPENED_ENDINGS },
          { name: "All files", extensions: ["*"] },
        ],
      }),
    );
    return canceled ? [] : filePaths;
  };
  answer(CALLS.openFile, z.tuple([]), async () => {
    const [path] = await choosePaths();
    return path === undefined ? null : open(path);
  });
  answer(CALLS.openFiles, z.tuple([]), async () => {
    // One at a time: together they may be more than fits into memory.
    const paths = await choosePaths("multiSelections");
    for (const path of paths.slice(0, MOST_FILES_AT_ONCE)) {
      const file = open(path);
      if (file) window()?.webContents.send(NEWS.file, file);
    }
    return Math.max(0, paths.length - MOST_FILES_AT_ONCE);
  });
  answer(CALLS.saveFile, z.tuple([savedFile]), async ({ suggestedName, bytes }) => {
    const { canceled, filePath } = await withWindow((parent) => dialog.showSaveDialog(parent, { defaultPath: suggestedName }));
    if (canceled || !filePath) return false;
    writeWhole(filePath, bytes);
    return true;
  });
  answer(CALLS.recentFiles, z.tuple([]), () => settings.recent.map((path) => ({ id: path, name: basename(path) })));
  answer(CALLS.openRecent, z.tuple([z.string().max(4096)]), (path) => (settings.recent.includes(path) ? open(path) : null));
  const dropped = new DropTokens();
  answer(CALLS.offerDropped, z.tuple([z.string().min(1).max(4096)]), (path) => dropped.offer(path));
  answer(CALLS.openDropped, z.tuple([z.uuid()]), (token) => {
    const path = dropped.take(token);
    return path === null ? null : open(path);
  });
  answer(CALLS.setTheme, z.tuple([z.enum(["system", "light", "dark"])]), (theme) => {
    settings.theme = theme;
    nativeTheme.themeSource = theme;
  });
  answer(CALLS.openInWireshark, z.tuple([savedFile]), (file) => openInWireshark(file));
  answer(CALLS.interfaces, z.tuple([]), () => needCapture().interfaces());
  answer(CALLS.startCapture, z.tuple([name, captureFilter]), (interfaceName, filter) => needCapture().start(interfaceName, filter));
  answer(CALLS.nextFrames, z.tuple([]), () => needCapture().next());
  answer(CALLS.stopCapture, z.tuple([]), () => capture?.stop());
  answer(CALLS.ready, z.tuple([]), async () => {
    // A capture that an earlier page of this window started is not shown any more.
    await capture?.stop();
    ready();
  });
  return async () => capture?.stop();
}

/** For unit tests: replaces the `electron` module by an in-memory object with what the handlers of the main process use. */

import { EventEmitter } from "node:events";
import { STUDIO_PAGE } from "../main/studio-protocol.ts";

type Handler = (event: object, ...args: unknown[]) => unknown;

const handlers = new Map<string, Handler>();
export const ipcMain = { handle: (channel: string, handler: Handler) => void handlers.set(channel, handler) };

export const nativeTheme = { themeSource: "system", shouldUseDarkColors: false };

export const dialogs: { open: readonly string[]; save: string | null } = { open: [], save: null };
export const dialog = {
  showOpenDialog: async () => ({ canceled: dialogs.open.length === 0, filePaths: dialogs.open }),
  showSaveDialog: async () => ({ canceled: dialogs.save === null, filePath: dialogs.save ?? "" }),
};

/** Calls a handler as the page at `url` in the window's top frame would. */
export async function invoke(channel: string, args: readonly unknown[], url = STUDIO_PAGE, parent: object | null = null): Promise<unknown> {
  const handler = handlers.get(channel);
  if (!handler) throw new Error(`no handler for ${channel}`);
  // Arguments and results are copied, as Electron does between processes.
  return structuredClone(await handler({ senderFrame: { url, parent } }, ...structuredClone(args)));
}

export const app = new EventEmitter();

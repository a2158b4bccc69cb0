/** The window's only connection to the main process: one object whose calls carry only data. Runs sandboxed, in an isolated world. */

import { contextBridge, type IpcRendererEvent, ipcRenderer, webUtils } from "electron";
import { BRIDGE, CALLS, type DesktopBridge, FACTS_ARGUMENT, NEWS, type WindowFacts } from "../shared/bridge.ts";
import { DroppedPaths } from "./dropped-paths.ts";

const NO_FACTS: WindowFacts = { theme: "system", wireshark: false, capture: false };

function readFacts(): WindowFacts {
  const argument = process.argv.find((text) => text.startsWith(FACTS_ARGUMENT));
  return argument === undefined ? NO_FACTS : (JSON.parse(decodeURIComponent(argument.slice(FACTS_ARGUMENT.length))) as WindowFacts);
}

/** Passes the data to the page without the event, which would expose `ipcRenderer`. */
function listen<A extends readonly unknown[]>(channel: string, listener: (...what: A) => void): () => void {
  const own = (_event: IpcRendererEvent, ...what: unknown[]) => listener(...(what as unknown as A));
  ipcRenderer.on(channel, own);
  return () => ipcRenderer.removeListener(channel, own);
}

// Scripts of the page cannot create trusted events, so these files were really dropped by the user.
const dropped = new DroppedPaths();
addEventListener(
  "drop",
  (event) => {
    if (event.isTrusted) dropped.drop([...(event.dataTransfer?.files ?? [])].map((file) => webUtils.getPathForFile(file)));
  },
  { capture: true },
);

const bridge: DesktopBridge = {
  facts: readFacts(),
  openFile: () => ipcRenderer.invoke(CALLS.openFile),
  openFiles: () => ipcRenderer.invoke(CALLS.openFiles),
  saveFile: (file) => ipcRenderer.invoke(CALLS.saveFile, file),
  recentFiles: () => ipcRenderer.invoke(CALLS.recentFiles),
  openRecent: (id) => ipcRenderer.invoke(CALLS.openRecent, id),
  openDropped: async (file) => {
    const path = webUtils.getPathForFile(file);
    return dropped.take(path) ? ipcRenderer.invoke(CALLS.openDropped, await ipcRenderer.invoke(CALLS.offerDropped, path)) : null;
  },
  setTheme: (theme) => ipcRenderer.invoke(CALLS.setTheme, theme),
  openInWireshark: (file) => ipcRenderer.invoke(CALLS.openInWireshark, file),
  interfaces: () => ipcRenderer.invoke(CALLS.interfaces),
  startCapture: (name, filter) => ipcRenderer.invoke(CALLS.startCapture, name, filter),
  nextFrames: () => ipcRenderer.invoke(CALLS.nextFrames),
  stopCapture: () => ipcRenderer.invoke(CALLS.stopCapture),
  ready: () => ipcRenderer.invoke(CALLS.ready),
  onCommand: (listener) => listen(NEWS.command, listener),
  onFile: (listener) => listen(NEWS.file, listener),
};

contextBridge.exposeInMainWorld(BRIDGE, bridge);

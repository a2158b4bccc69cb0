/** Main process of the desktop app: one window with the studio in it, its menus and its files. All computing takes place in the window's worker. */

import { join } from "node:path";
import type { StudioCommand } from "@pushback/studio";
import { app, type BrowserWindow, dialog, Menu, protocol } from "electron";
import { NEWS } from "../shared/bridge.ts";
import { answerWindow } from "./ipc.ts";
import { menuTemplate } from "./menu.ts";
import { fileOfArguments, type ReadFile, readOpened } from "./open-files.ts";
import { Settings } from "./settings.ts";
import { STUDIO_SCHEME, serveStudio } from "./studio-protocol.ts";
import { denyEverythingElse, denyPermissionsAndRequests, openStudioWindow } from "./studio-window.ts";
import { knowsUpdates, lookForUpdates } from "./updates.ts";
import { removeTemporaryCaptures } from "./wireshark.ts";

class DesktopApp {
  readonly #settings = new Settings(join(app.getPath("userData"), "settings.json"));
  #window: BrowserWindow | null = null;
  /** Whether the page is ready; files and commands that arrive earlier wait. */
  #ready = false;
  readonly #waiting: string[] = [];
  readonly #waitingCommands: StudioCommand[] = [];
  /** Stops a live capture that the window's page has started. */
  #endCapture: () => Promise<void> = async () => {};

  start(): void {
    denyPermissionsAndRequests();
    protocol.handle(STUDIO_SCHEME, serveStudio(join(import.meta.dirname, "renderer")));
    this.#endCapture = answerWindow({
      settings: this.#settings,
      window: () => this.#window,
      open: (path) => this.#open(path),
      ready: () => {
        this.#ready = true;
        for (const path of this.#waiting.splice(0)) this.#send(path);
        for (const command of this.#waitingCommands.splice(0)) this.#command(command);
      },
    });
    this.#setMenu();
    this.show();
    void lookForUpdates(this.#settings);
  }

  show(): void {
    if (this.#window) {
      if (this.#window.isMinimized()) this.#window.restore();
      this.#window.focus();
      return;
    }
    this.#ready = false;
    this.#waitingCommands.length = 0;
    const window = openStudioWindow(join(import.meta.dirname, "preload.cjs"), this.#settings);
    this.#window = window;
    window.webContents.on("render-process-gone", () => void this.#endCapture());
    window.on("closed", () => {
      this.#window = null;
      this.#ready = false;
      void this.#endCapture();
    });
  }

  /** Opens a file from outside the page: from the operating system, a second start of the app, or the menu. */
  bring(path: string): void {
    if (this.#ready) this.#send(path);
    else this.#waiting.push(path);
  }

  async end(): Promise<void> {
    await this.#endCapture();
    removeTemporaryCaptures();
  }

  #command(command: StudioCommand): void {
    if (this.#ready) this.#window?.webContents.send(NEWS.command, command);
    else if (this.#window) this.#waitingCommands.push(command);
  }

  #send(path: string): void {
    const file = this.#open(path);
    if (file) this.#window?.webContents.send(NEWS.file, file);
  }

  /** Reads a file and adds it to the recent files; a file that can't be read is reported and removed from them. */
  #open(path: string): ReadFile | null {
    try {
      const file = readOpened(path);
      this.#settings.remember(path);
      app.addRecentDocument(path);
      this.#setMenu();
      return file;
    } catch (error) {
      this.#settings.forget(path);
      this.#setMenu();
      dialog.showErrorBox("Pushback can't open this file", `${path}\n\n${error instanceof Error ? error.message : String(error)}`);
      return null;
    }
  }

  #setMenu(): void {
    const actions = {
      command: (command: StudioCommand) => this.#command(command),
      openRecent: (path: string) => this.bring(path),
      updates: knowsUpdates()
        ? {
            isOn: this.#settings.updates,
            setOn: (isOn: boolean) => {
              this.#settings.updates = isOn;
            },
          }
        : null,
      clearRecent: () => {
        for (const path of [...this.#settings.recent]) this.#settings.forget(path);
        app.clearRecentDocuments();
        this.#setMenu();
      },
    };
    Menu.setApplicationMenu(Menu.buildFromTemplate(menuTemplate(actions, this.#settings.recent, process.platform)));
  }
}

protocol.registerSchemesAsPrivileged([
  { scheme: STUDIO_SCHEME, privileges: { standard: true, secure: true, supportFetchAPI: true, codeCache: true } },
]);
app.enableSandbox();

// Single instance: a second start passes its file to the first one and ends.
if (!app.requestSingleInstanceLock()) app.quit();
else {
  denyEverythingElse();
  let desktop: DesktopApp | null = null;
  const early: string[] = [];
  const bring = (path: string) => (desktop ? desktop.bring(path) : early.push(path));
  const named = fileOfArguments(process.argv, process.cwd());
  if (named !== null) early.push(named);
  app.on("second-instance", (_event, args, folder) => {
    const path = fileOfArguments(args, folder);
    desktop?.show();
    if (path !== null) bring(path);
  });
  app.on("open-file", (event, path) => {
    event.preventDefault();
    bring(path);
  });
  app.on("activate", () => desktop?.show());
  app.on("window-all-closed", () => {
    if (process.platform !== "darwin") app.quit();
  });
  let ended = false;
  app.on("before-quit", (event) => {
    if (ended || desktop === null) return;
    event.preventDefault();
    ended = true;
    void desktop.end().finally(() => app.quit());
  });
  // Electron becomes ready only after this module has been evaluated, so no top-level await may wait for that.
  void app.whenReady().then(() => {
    desktop = new DesktopApp();
    for (const path of early) desktop.bring(path);
    desktop.start();
  });
}

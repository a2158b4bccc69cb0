/**
 * A stand-in for Electron's main-process module, for tests alone: the app's real main and preload run against a page of Chromium. It can't prove
 * what only Electron does: its security, packaging, native menus and dialogs.
 */

import { EventEmitter } from "node:events";
import { type ControlMessage, STUDIO_STAND_IN } from "./control.ts";
import { StandInContents } from "./stand-in-page.ts";

type Handler = (event: object, ...args: unknown[]) => unknown;

class App extends EventEmitter {
  #quitting = false;

  getPath(): string {
    return process.env[STUDIO_STAND_IN] as string;
  }
  enableSandbox(): void {}
  requestSingleInstanceLock(): boolean {
    return true;
  }
  addRecentDocument(): void {}
  clearRecentDocuments(): void {}
  whenReady(): Promise<void> {
    return new Promise((resolve) => setImmediate(resolve));
  }

  /** Quits as Electron does: a listener may prevent it; otherwise the windows close, and then the process ends. */
  quit(): void {
    let putOff = false;
    this.emit("before-quit", {
      preventDefault: () => {
        putOff = true;
      },
    });
    if (putOff || this.#quitting) return;
    this.#quitting = true;
    const closing = [...BrowserWindow.all].map((window) => window.close());
    void Promise.all(closing).then(() => process.exit(0));
  }
}
export const app = new App();

const handlers = new Map<string, Handler>();
export const ipcMain = { handle: (channel: string, handler: Handler) => void handlers.set(channel, handler) };

const schemes = new Map<string, (request: Request) => Promise<Response>>();
export const protocol = {
  registerSchemesAsPrivileged(): void {},
  handle: (scheme: string, handler: (request: Request) => Promise<Response>) => void schemes.set(scheme, handler),
};

export const nativeTheme = { themeSource: "system", shouldUseDarkColors: false };
export const screen = { getAllDisplays: () => [{ workArea: { x: 0, y: 0, width: 1920, height: 1080 } }] };

type Decide = (details: { url: string }, next: (answer: { cancel: boolean }) => void) => void;
let decide: Decide = (_details, next) => next({ cancel: false });
export const session = {
  defaultSession: {
    setPermissionRequestHandler(): void {},
    setPermissionCheckHandler(): void {},
    webRequest: {
      onBeforeRequest(listener: Decide): void {
        decide = listener;
      },
    },
  },
};

interface WindowOptions {
  readonly width: number;
  readonly height: number;
  readonly webPreferences: { readonly preload: string; readonly additionalArguments: readonly string[] };
}

export class BrowserWindow extends EventEmitter {
  static readonly all = new Set<BrowserWindow>();
  readonly webContents: StandInContents;
  readonly #size: { readonly width: number; readonly height: number };

  constructor({ width, height, webPreferences }: WindowOptions) {
    super();
    this.#size = { width, height };
    this.webContents = new StandInContents({
      ...this.#size,
      profile: process.env[STUDIO_STAND_IN] as string,
      preload: webPreferences.preload,
      preloadArguments: webPreferences.additionalArguments,
      schemes,
      isRefused(url) {
        let cancel = false;
        decide({ url }, (answer) => {
          cancel = answer.cancel;
        });
        return cancel;
      },
      invoke(channel, url, args) {
        const handler = handlers.get(channel);
        if (!handler) throw new Error(`no handler for ${channel}`);
        return handler({ senderFrame: { parent: null, url } }, ...args);
      },
    });
    BrowserWindow.all.add(this);
    app.emit("web-contents-created", {}, this.webContents);
  }

  async loadURL(url: string): Promise<void> {
    await this.webContents.load(url);
    this.emit("ready-to-show");
  }

  /** Closes the window; resolves when its page is closed. */
  async close(): Promise<void> {
    this.emit("close", {});
    BrowserWindow.all.delete(this);
    await this.webContents.close();
    this.emit("closed");
  }

  show(): void {
    process.send?.({ type: "shown", debuggingPort: this.webContents.debuggingPort });
  }
  focus(): void {}
  restore(): void {}
  maximize(): void {}
  isMinimized(): boolean {
    return false;
  }
  isMaximized(): boolean {
    return false;
  }
  getNormalBounds() {
    return { x: 40, y: 30, ...this.#size };
  }
}

interface MenuEntry {
  readonly label?: string;
  readonly submenu?: readonly MenuEntry[];
  readonly click?: () => void;
}
let menu: readonly MenuEntry[] = [];
export const Menu = {
  buildFromTemplate: (template: readonly MenuEntry[]) => template,
  setApplicationMenu(template: readonly MenuEntry[]): void {
    menu = template;
  },
};

const answers: { open: (string | null)[]; save: (string | null)[] } = { open: [], save: [] };
export const dialog = {
  showOpenDialog: async () => {
    const path = answers.open.shift() ?? null;
    return { canceled: path === null, filePaths: path === null ? [] : [path] };
  },
  showSaveDialog: async () => {
    const filePath = answers.save.shift() ?? null;
    return { canceled: filePath === null, filePath: filePath ?? "" };
  },
  showErrorBox: (title: string, content: string) => process.send?.({ type: "error-box", title, content }),
};

function clickMenu(labels: readonly string[]): boolean {
  let entries = menu;
  for (const [i, label] of labels.entries()) {
    const entry = entries.find((candidate) => candidate.label?.replaceAll("&", "") === label);
    if (!entry) return false;
    if (i === labels.length - 1) entry.click?.();
    entries = entry.submenu ?? [];
  }
  return true;
}

process.on("message", (message: ControlMessage) => {
  switch (message.type) {
    case "answer-dialog":
      answers[message.dialog].push(message.path);
      break;
    case "menu":
      if (!clickMenu(message.labels)) process.send?.({ type: "error-box", title: "no such menu", content: message.labels.join(" > ") });
      break;
    case "second-instance":
      app.emit("second-instance", {}, message.args, message.folder);
      break;
    case "quit":
      app.quit();
      break;
  }
});

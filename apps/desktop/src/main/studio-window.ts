/** The window: sandboxed, isolated, restricted to the studio's page, opened at its last position. */

import { app, BrowserWindow, dialog, nativeTheme, screen, session } from "electron";
import { FACTS_ARGUMENT, type WindowFacts } from "../shared/bridge.ts";
import { findCaptureProgram } from "./live-capture.ts";
import { findProgram } from "./programs.ts";
import type { Settings } from "./settings.ts";
import { STUDIO_ORIGIN, STUDIO_PAGE } from "./studio-protocol.ts";
import { FIRST_SIZE, LEAST_SIZE, placeOnScreens } from "./window-place.ts";

/** Background colours before the page paints: those of the studio's style tokens. */
const BACKGROUNDS = { light: "#f6f5f1", dark: "#16181c" } as const;

/** Restricts every page in this app: no navigation, no new window, no embedding, no permission. */
export function denyEverythingElse(): void {
  app.on("web-contents-created", (_event, contents) => {
    contents.on("will-navigate", (event) => event.preventDefault());
    contents.on("will-redirect", (event) => event.preventDefault());
    contents.on("will-frame-navigate", (event) => event.preventDefault());
    contents.on("will-attach-webview", (event) => event.preventDefault());
    contents.setWindowOpenHandler(() => ({ action: "deny" }));
  });
}

/** Cancels requests of the page to any other address than the studio's. */
export function denyPermissionsAndRequests(): void {
  const { defaultSession } = session;
  // "Copy as text" writes to the clipboard; nothing reads it.
  const isAllowed = (permission: string): boolean => permission === "clipboard-sanitized-write";
  defaultSession.setPermissionRequestHandler((_contents, permission, allow) => allow(isAllowed(permission)));
  defaultSession.setPermissionCheckHandler((_contents, permission) => isAllowed(permission));
  defaultSession.webRequest.onBeforeRequest((details, next) => {
    const isOwn = [`${STUDIO_ORIGIN}/`, "blob:", "data:", "devtools:"].some((start) => details.url.startsWith(start));
    next({ cancel: !isOwn });
  });
}

/** `preload` is the path of the built preload script. */
export function openStudioWindow(preload: string, settings: Settings): BrowserWindow {
  nativeTheme.themeSource = settings.theme;
  const facts: WindowFacts = {
    theme: settings.theme,
    wireshark: findProgram("wireshark") !== null,
    capture: findCaptureProgram() !== null,
  };
  const areas = screen.getAllDisplays().map((display) => display.workArea);
  const window = new BrowserWindow({
    ...FIRST_SIZE,
    ...placeOnScreens(settings.window, areas),
    minWidth: LEAST_SIZE.width,
    minHeight: LEAST_SIZE.height,
    show: false,
    title: "Pushback Studio",
    backgroundColor: BACKGROUNDS[nativeTheme.shouldUseDarkColors ? "dark" : "light"],
    webPreferences: {
      preload,
      sandbox: true,
      contextIsolation: true,
      nodeIntegration: false,
      webviewTag: false,
      spellcheck: false,
      additionalArguments: [`${FACTS_ARGUMENT}${encodeURIComponent(JSON.stringify(facts))}`],
    },
  });
  if (settings.window?.maximized) window.maximize();
  window.once("ready-to-show", () => window.show());
  window.on("close", () => {
    settings.window = { ...window.getNormalBounds(), maximized: window.isMaximized() };
  });
  const ask = (message: string, detail: string, buttons: readonly [string, string]): boolean =>
    dialog.showMessageBoxSync(window, { type: "warning", buttons: [...buttons], defaultId: 0, cancelId: 1, message, detail }) === 0;
  window.webContents.on("render-process-gone", (_event, { reason }) => {
    if (reason === "clean-exit") return;
    if (ask("The studio's page has ended", `Reason: ${reason}. The run with its actions is kept.`, ["Load it again", "Close the window"]))
      window.webContents.reload();
    else window.destroy();
  });
  window.on("unresponsive", () => {
    if (!ask("The studio does not answer", "The run with its actions is kept.", ["Wait", "End the page"]))
      window.webContents.forcefullyCrashRenderer();
  });
  // If the page's `beforeunload` handler objects, Electron keeps the window open without asking the user. So the user is asked here.
  window.webContents.on("will-prevent-unload", (event) => {
    const choice = dialog.showMessageBoxSync(window, {
      type: "question",
      buttons: ["Leave", "Stay"],
      defaultId: 1,
      cancelId: 1,
      message: "Leave, and lose this run?",
      detail: "Its actions could not be stored on this computer.",
    });
    if (choice === 0) event.preventDefault();
  });
  void window.loadURL(STUDIO_PAGE);
  return window;
}

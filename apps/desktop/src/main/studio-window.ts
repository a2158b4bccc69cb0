/** The window: sandboxed, isolated, on the studio's own page and nowhere else, where it was the last time. */

import { app, BrowserWindow, nativeTheme, screen, session } from "electron";
import { FACTS_ARGUMENT, type WindowFacts } from "../shared/bridge.ts";
import { findCaptureProgram } from "./live-capture.ts";
import { findProgram } from "./programs.ts";
import type { Settings } from "./settings.ts";
import { STUDIO_ORIGIN, STUDIO_PAGE } from "./studio-protocol.ts";
import { FIRST_SIZE, LEAST_SIZE, placeOnScreens } from "./window-place.ts";

/** Before the page paints: the tokens' page colours of the studio. */
const BACKGROUNDS = { light: "#f6f5f1", dark: "#16181c" } as const;

/** Whatever page there may be in this app: it goes nowhere, opens nothing, embeds nothing and gets no permission. */
export function denyEverythingElse(): void {
  app.on("web-contents-created", (_event, contents) => {
    contents.on("will-navigate", (event) => event.preventDefault());
    contents.on("will-redirect", (event) => event.preventDefault());
    contents.on("will-frame-navigate", (event) => event.preventDefault());
    contents.on("will-attach-webview", (event) => event.preventDefault());
    contents.setWindowOpenHandler(() => ({ action: "deny" }));
  });
}

/** Requests of the page that are not for the studio's own address are not made at all. */
export function denyPermissionsAndRequests(): void {
  const { defaultSession } = session;
  defaultSession.setPermissionRequestHandler((_contents, _permission, allow) => allow(false));
  defaultSession.setPermissionCheckHandler(() => false);
  defaultSession.webRequest.onBeforeRequest((details, next) => {
    const isOwn = [`${STUDIO_ORIGIN}/`, "blob:", "data:", "devtools:"].some((start) => details.url.startsWith(start));
    next({ cancel: !isOwn });
  });
}

/** `preload` is the built preload's path. */
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
  void window.loadURL(STUDIO_PAGE);
  return window;
}

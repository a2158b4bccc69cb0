/** Starts the studio in the desktop's window. */

import { mountStudio } from "@pushback/studio";
import type { BRIDGE, DesktopBridge } from "../shared/bridge.ts";
import { createDesktopHost } from "./desktop-host.ts";

declare global {
  interface Window {
    readonly [BRIDGE]: DesktopBridge;
  }
}

mountStudio(document.getElementById("studio") as HTMLElement, createDesktopHost(window.pushbackDesktop, document));

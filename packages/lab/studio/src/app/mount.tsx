/** Puts the studio into a page. */

import { createRoot } from "react-dom/client";
import "../design/tokens.css";
import "../design/controls.css";
import type { StudioHost } from "../host/studio-host.ts";
import { App } from "./app.tsx";
import { applyTheme } from "./theme.ts";

export function mountStudio(element: HTMLElement, host: StudioHost): void {
  applyTheme(host.theme());
  createRoot(element).render(<App host={host} />);
}

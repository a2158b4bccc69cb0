/** Puts the studio into a page. */

import { createRoot } from "react-dom/client";
import "../design/tokens.css";
import "../design/controls.css";
import "../design/forced-colors.css";
import type { StudioHost } from "../host/studio-host.ts";
import { startLabWorker } from "../worker/client.ts";
import { App } from "./app.tsx";
import { RootBoundary } from "./root-boundary.tsx";
import { applyTheme } from "./theme.ts";

export function mountStudio(element: HTMLElement, host: StudioHost): void {
  // The worker is fetched and read while the page is drawn for the first time.
  startLabWorker();
  applyTheme(host.theme());
  createRoot(element).render(
    <RootBoundary>
      <App host={host} />
    </RootBoundary>,
  );
}

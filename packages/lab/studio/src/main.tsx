/** The studio in a browser's page. */

import { startLabWorker } from "./worker/client.ts";

// The worker takes longest to start, so it is requested before the page's own code loads.
startLabWorker();
const [{ mountStudio }, { createBrowserHost }] = await Promise.all([import("./app/mount.tsx"), import("./host/browser-host.ts")]);
mountStudio(document.getElementById("studio") as HTMLElement, createBrowserHost());

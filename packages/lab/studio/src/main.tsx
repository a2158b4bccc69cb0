/** The studio in a browser's page. */

import { workerRemote } from "./worker/client.ts";

// The worker has the longest way to the first picture: it sets out before the page's own code is read.
workerRemote();
const [{ mountStudio }, { createBrowserHost }] = await Promise.all([import("./app/mount.tsx"), import("./host/browser-host.ts")]);
mountStudio(document.getElementById("studio") as HTMLElement, createBrowserHost());

/** The studio in a browser's page. */

import { mountStudio } from "./app/mount.tsx";
import { createBrowserHost } from "./host/browser-host.ts";

mountStudio(document.getElementById("studio") as HTMLElement, createBrowserHost());

/** Chromium as Debian installs it. This module imports nothing of the workspace, so that scripts can import it by its path. */

import { existsSync } from "node:fs";

/** The whole browser. */
export const CHROMIUM_BROWSER = "/usr/bin/chromium";

/** The browser for tests: the headless shell draws the same pages without a desktop browser around them, in less time. */
export const CHROMIUM = ["/usr/bin/chromium-headless-shell", CHROMIUM_BROWSER].find(existsSync) ?? CHROMIUM_BROWSER;

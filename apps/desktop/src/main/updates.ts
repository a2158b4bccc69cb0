/**
 * Updates of a packaged app. Two conditions must hold: the package was built with PUSHBACK_UPDATE_URL, and the user has switched updates on. A downloaded
 * version is checked against the operating system's code signature, and installed when the app exits.
 */

import { existsSync } from "node:fs";
import { join } from "node:path";
import type { Settings } from "./settings.ts";

/** electron-builder writes this file into packages that have an address for updates. */
const ADDRESS_FILE = "app-update.yml";

/** Whether this package knows where newer versions are. `resources` is Electron's `process.resourcesPath`, which is undefined in tests. */
export function knowsUpdates(resources: string | undefined = process.resourcesPath): boolean {
  return resources !== undefined && existsSync(join(resources, ADDRESS_FILE));
}

interface Updater {
  checkForUpdatesAndNotify(): Promise<unknown>;
}

/** electron-updater is large, and is read only where it is used. */
async function electronUpdater(): Promise<Updater> {
  const { default: updater } = await import("electron-updater");
  return updater.autoUpdater;
}

/**
 * Asks the update server for a newer version if the package has an address for it and the user allows it. Returns whether it asked. A failure of the request
 * is ignored.
 */
export async function lookForUpdates(
  settings: Pick<Settings, "updates">,
  isKnown: boolean = knowsUpdates(),
  updaterOf: () => Promise<Updater> = electronUpdater,
): Promise<boolean> {
  if (!settings.updates || !isKnown) return false;
  try {
    await (await updaterOf()).checkForUpdatesAndNotify();
  } catch {
    // No network, or the update server's address no longer answers: the app stays at its version.
  }
  return true;
}

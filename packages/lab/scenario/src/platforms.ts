/** The platforms that Pushback ships. */

import type { Platform } from "@pushback/host";
import { macintosh } from "@pushback/macintosh";
import { msDos } from "@pushback/ms-dos";
import { windows3x } from "@pushback/windows-3x";
import { windows9x } from "@pushback/windows-9x";
import { windowsNt } from "@pushback/windows-nt";

/** The built-in platforms, in the order of tables. */
export const PLATFORMS: readonly Platform[] = [msDos, windows3x, windowsNt, windows9x, macintosh];

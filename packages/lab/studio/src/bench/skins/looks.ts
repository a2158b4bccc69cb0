/** What tells the screens of the systems apart. Colours and edges are in the style sheets, by the family's class and by `data-look`. */

import type { Skin } from "../../lab/lab-types.ts";

/** An icon on a system's desktop, besides the mail client's. */
export type ShellIcon = "computer" | "network" | "bin" | "documents" | "briefcase" | "disk" | "trash";

interface TextLook {
  readonly family: "text-80x25";
}

/** Program Manager. */
export interface ProgramManagerLook {
  readonly family: "windows-3";
  /** Texts of the logo while Windows starts: small line, name, version. */
  readonly logo: readonly [string, string, string];
  /** Program groups at the bottom of Program Manager. */
  readonly groups: readonly string[];
  /** Last entry of Program Manager's File menu. */
  readonly exit: string;
}

/** Start button, task bar, icons on the desktop. */
export interface TaskBarLook {
  readonly family: "windows-95" | "windows-nt";
  /** Text on the side of the Start menu. */
  readonly banner: readonly [string, string];
  readonly icons: readonly ShellIcon[];
  readonly hasQuickLaunch: boolean;
}

/** Look of a Macintosh with the Finder. */
export interface FinderLook {
  readonly family: "platinum" | "system-7";
  /** Titles of the Finder's menus besides File, Edit and View. */
  readonly menus: readonly string[];
  /** Entries of the Finder's View menu; the first one is the default. */
  readonly views: readonly string[];
  /** Whether the Finder's Special menu has Sleep; in System 7 only that of portables has it. */
  readonly hasSleep: boolean;
  /** Whether the menu bar has a clock. */
  readonly hasClock: boolean;
  /** Whether the right end of the menu bar shows the name of the program in front. */
  readonly namesProgram: boolean;
  readonly hasControlStrip: boolean;
  /** Whether a bar grows in the welcome window. */
  readonly hasProgress: boolean;
}

export type Look = TextLook | ProgramManagerLook | TaskBarLook | FinderLook;

/** The look of each system; a missing or surplus entry is a type error. */
const LOOKS = {
  "ms-dos": { family: "text-80x25" },
  "windows-3.1": {
    family: "windows-3",
    logo: ["Microsoft", "Windows", "Version 3.1"],
    groups: ["Main", "Accessories", "Games", "StartUp"],
    exit: "Exit Windows…",
  },
  "wfw-3.11": {
    family: "windows-3",
    logo: ["Microsoft", "Windows", "for Workgroups 3.11"],
    groups: ["Main", "Network", "Accessories", "StartUp"],
    exit: "Exit Windows…",
  },
  "nt-3.51": {
    family: "windows-3",
    logo: ["Microsoft", "Windows NT", "Workstation 3.51"],
    groups: ["Main", "Administrative Tools", "Accessories", "Startup"],
    exit: "Shutdown…",
  },
  "nt-4.0": {
    family: "windows-nt",
    banner: ["Windows NT", "Workstation"],
    icons: ["computer", "network", "bin", "briefcase"],
    hasQuickLaunch: false,
  },
  "windows-95": { family: "windows-95", banner: ["Windows", "95"], icons: ["computer", "network", "bin"], hasQuickLaunch: false },
  "windows-98": {
    family: "windows-95",
    banner: ["Windows", "98"],
    icons: ["documents", "computer", "network", "bin"],
    hasQuickLaunch: true,
  },
  "system-7": {
    family: "system-7",
    menus: ["Label", "Special"],
    views: ["by Icon", "by Small Icon"],
    hasSleep: false,
    hasClock: false,
    namesProgram: false,
    hasControlStrip: false,
    hasProgress: false,
  },
  "mac-os-8": {
    family: "platinum",
    menus: ["Special", "Help"],
    views: ["as Icons", "as Buttons"],
    hasSleep: true,
    hasClock: true,
    namesProgram: false,
    hasControlStrip: false,
    hasProgress: true,
  },
  "mac-os-9": {
    family: "platinum",
    menus: ["Special", "Help"],
    views: ["as Icons", "as Buttons"],
    hasSleep: true,
    hasClock: true,
    namesProgram: true,
    hasControlStrip: true,
    hasProgress: true,
  },
} as const satisfies Readonly<Record<Skin, Look>>;

export function lookOf(skin: Skin): Look {
  return LOOKS[skin];
}

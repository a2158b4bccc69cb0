/**
 * Message of a system at the first start after it was switched off without a shutdown, by variant; variants without an entry show none. The disk check
 * that it announces takes no extra time here, because its duration depends on the disk.
 */
export interface UncleanNotice {
  /** Id of the phase of the boot during which the message is shown; `null` shows it on the desktop, until the mail client starts. */
  readonly phase: string | null;
  /** Whether the message is on a full text screen, or in a dialog of the system. */
  readonly look: "text" | "dialog";
  readonly lines: readonly string[];
}

/** Windows 95 OSR 2 asks for a key (Q152404); the layout of the screen is an assumption. */
const SCANDISK: UncleanNotice = {
  phase: "real-mode",
  look: "text",
  lines: [
    "Windows was not properly shut down.",
    "One or more of your disk drives may have",
    "errors on it.",
    "",
    "Press any key to run ScanDisk on these drives...",
    "",
    "ScanDisk is checking drive C:",
  ],
};

/** Autochk runs against volumes that are marked as dirty (Q151376); its words are an assumption. */
const AUTOCHK: UncleanNotice = {
  phase: "kernel",
  look: "text",
  lines: ["Checking file system on C:", "The type of the file system is FAT.", "The volume is dirty."],
};

/** General Controls of System 7.5 and later posts it when the Finder comes up (Info-Alley, July 1995); the words are an assumption. */
const SHUT_DOWN_WARNING: UncleanNotice = {
  phase: null,
  look: "dialog",
  lines: ["This computer may not have been shut down properly the last time it was used."],
};

/** From Mac OS 8.5 on, Disk First Aid also checks the startup disk. */
const DISK_FIRST_AID: UncleanNotice = {
  ...SHUT_DOWN_WARNING,
  lines: [...SHUT_DOWN_WARNING.lines, "Disk First Aid has checked the startup disk for problems."],
};

export const UNCLEAN_NOTICES: Readonly<Record<string, UncleanNotice>> = {
  "windows-95": SCANDISK,
  "windows-98": SCANDISK,
  "nt-4.0": AUTOCHK,
  "nt-4.0-sp6a": AUTOCHK,
  "nt-3.51": AUTOCHK,
  "open-transport": SHUT_DOWN_WARNING,
  "open-transport-9": DISK_FIRST_AID,
};

/** Messages between a test and the process that runs the app against the stand-in for Electron. */

/** The environment variable that names the folder for the app's and the browser's data. */
export const STUDIO_STAND_IN = "PUSHBACK_STAND_IN";

export type ControlMessage =
  | { readonly type: "answer-dialog"; readonly dialog: "open" | "save"; readonly path: string | null }
  | { readonly type: "menu"; readonly labels: readonly string[] }
  | { readonly type: "second-instance"; readonly args: readonly string[]; readonly folder: string }
  | { readonly type: "quit" };

export type ReportMessage =
  | { readonly type: "shown"; readonly debuggingPort: number }
  | { readonly type: "error-box"; readonly title: string; readonly content: string };

/** The mail client's status bar. */

import type { MachineState } from "../../lab/machine-state.ts";

/** What it says of the Inbox, or of what the client is doing. */
export function inboxStatus({ problem, mail, inbox }: MachineState): string {
  if (problem !== null) return problem;
  if (mail === "logging-off") return "Logging off…";
  const unread = inbox.filter((row) => !row.read).length;
  return `${inbox.length} ${inbox.length === 1 ? "Item" : "Items"}, ${unread} Unread`;
}

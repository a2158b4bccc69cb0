/** The mail client's status bar. */

import type { MachineState } from "../../lab/machine-state.ts";

/** What the client says when it has no connection. Assumption: the words are the client's own, from memory. What failed is on the machine's card. */
export const CONNECTION_LOST = "Network problems are preventing connection to the Microsoft Exchange Server computer.";

/** What it says of the Inbox, or of what the client is doing. */
export function inboxStatus({ mail, inbox }: MachineState): string {
  if (mail === "logging-off") return "Logging off…";
  const unread = inbox.filter((row) => !row.read).length;
  return `${inbox.length} ${inbox.length === 1 ? "Item" : "Items"}, ${unread} Unread`;
}

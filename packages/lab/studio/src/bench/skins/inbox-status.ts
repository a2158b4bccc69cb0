/** The mail client's status bar. */

import type { MachineState } from "../../lab/machine-state.ts";

/** Error text of the mail client without a connection (assumption: quoted from memory). The machine's card shows the cause. */
export const CONNECTION_LOST = "Network problems are preventing connection to the Microsoft Exchange Server computer.";

/** Text of the status bar: the number of items, or that the client is logging off. */
export function inboxStatus({ mail, inbox }: MachineState): string {
  if (mail === "logging-off") return "Logging off…";
  const unread = inbox.filter((row) => !row.read).length;
  return `${inbox.length} ${inbox.length === 1 ? "Item" : "Items"}, ${unread} Unread`;
}

/** The mail client's status bar. */

import type { MachineState } from "../../lab/machine-state.ts";
import { type Folder, receivedIn } from "./mail-menus.ts";

/** Error text of the mail client without a connection (assumption: quoted from memory). The machine's card shows the cause. */
export const CONNECTION_LOST = "Network problems are preventing connection to the Microsoft Exchange Server computer.";

/** Text of the status bar: the number of items in the folder, or that the client is logging off. */
export function folderStatus(machine: MachineState, folder: Folder = "Inbox"): string {
  const { mail, sent } = machine;
  if (mail === "logging-off") return "Logging off…";
  const received = receivedIn(machine, folder);
  const count = folder === "Sent Items" ? sent.length : received.length;
  return `${count} ${count === 1 ? "Item" : "Items"}, ${received.filter((row) => !row.read).length} Unread`;
}

/** Where a delivery goes: what the rules of the receiving folder decide. */

import type { Folder } from "./mailbox.ts";
import type { MessageRecord } from "./message-content.ts";

/** Of a mailbox of this server, as a forwarding rule names it. */
export type Address = { readonly dn: string } | { readonly alias: string };

export interface Route {
  /** The message, with what the rules changed. */
  readonly message: MessageRecord;
  /** A folder of the same mailbox; `null`: the message is deleted. */
  readonly to: Folder | null;
  /** For folders of the same mailbox, each with the message as it was when a rule copied it. */
  readonly copies: readonly { readonly to: Folder; readonly message: MessageRecord }[];
  /** Messages for other mailboxes of this server; they get their ids when they are stored. */
  readonly sent: readonly { readonly to: Address; readonly message: MessageRecord }[];
  /** Makes the deferred action messages once it is known which folder the message is in. */
  readonly deferred: (original: Folder) => readonly MessageRecord[];
}

/** Decides for a message that comes to this folder; `null`: it goes into it as it is. */
export type Router = (folder: Folder, message: MessageRecord) => Route | null;

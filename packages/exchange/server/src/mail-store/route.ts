/** Where a delivery goes: what the rules of the receiving folder decide. */

import type { Folder } from "./mailbox.ts";
import type { MessageRecord } from "./message-content.ts";

/** A mailbox of this server, by DN or alias: the target of a forwarding rule. */
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

/** Applies a folder's rules to a message delivered to it; `null`: no rule applies, and the message is stored there unchanged. */
export type Router = (folder: Folder, message: MessageRecord) => Route | null;

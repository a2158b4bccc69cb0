/** The Inbox as the client last saw it: rows of the contents table, in its order. */

import { decodeText } from "@pushback/bytes";
import * as mapi from "@pushback/mapi";

export interface InboxRow {
  readonly mid: mapi.ObjectId;
  readonly subject: string;
  readonly from: string;
  readonly read: boolean;
  /** Milliseconds since 1970-01-01 UTC. */
  readonly deliveredMs: number;
}

/** The columns that the client sets, in this order. */
export const INBOX_COLUMNS: readonly number[] = [
  mapi.PR_FID,
  mapi.PR_MID,
  mapi.PR_INST_ID,
  mapi.PR_SUBJECT,
  mapi.PR_SENDER_NAME,
  mapi.PR_MESSAGE_DELIVERY_TIME,
  mapi.PR_MESSAGE_FLAGS,
  mapi.PR_MESSAGE_CLASS,
  mapi.PR_MESSAGE_SIZE,
  mapi.PR_HASATTACH,
];

/** The text of a cell; empty if the cell has no value. */
export function cellText(cell: mapi.PropertyCell | undefined, codePage: number): string {
  return cell instanceof Uint8Array ? decodeText(codePage, cell) : "";
}

function idOf(cell: mapi.PropertyCell): mapi.ObjectId {
  if (typeof cell !== "bigint") return mapi.NULL_OBJECT_ID;
  let text = "";
  for (let i = 0n; i < 64n; i += 8n) text += ((cell >> i) & 0xffn).toString(16).padStart(2, "0");
  return text;
}

/** A row whose cells are in the order of INBOX_COLUMNS. A cell without a value becomes an empty text, 0 or false. */
export function inboxRow(cells: readonly mapi.PropertyCell[], codePage: number): InboxRow {
  const at = (tag: number) => cells[INBOX_COLUMNS.indexOf(tag)];
  const flags = at(mapi.PR_MESSAGE_FLAGS);
  const delivered = at(mapi.PR_MESSAGE_DELIVERY_TIME);
  return {
    mid: idOf(at(mapi.PR_MID)),
    subject: cellText(at(mapi.PR_SUBJECT), codePage),
    from: cellText(at(mapi.PR_SENDER_NAME), codePage),
    read: typeof flags === "number" && (flags & mapi.MSGFLAG_READ) !== 0,
    deliveredMs: typeof delivered === "bigint" ? mapi.msFromFileTime(delivered) : 0,
  };
}

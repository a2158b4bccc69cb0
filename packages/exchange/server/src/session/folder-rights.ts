/**
 * What a session's user may do in folders of other mailboxes (MS-OXCPERM 2.2.7). In the own mailbox, in one that the administrator lets the
 * account open, and in the public store everything is allowed.
 */

import { decodeText, formatHex, parseHex } from "@pushback/bytes";
import { FOLDER_RIGHT, PR_CREATOR_ENTRYID } from "@pushback/mapi";
import { entryKey, type Folder, type Mailbox } from "../mail-store/mailbox.ts";
import type { Message } from "../mail-store/message-content.ts";
import { userEntryId } from "./entry-ids.ts";
import type { Session } from "./session.ts";

/** A user's rights on a folder, or those of a group of users. */
export interface Member {
  /** MemberId, as a decimal string. */
  readonly id: string;
  /** EntryID in hexadecimal; empty for the default and anonymous members. */
  readonly entryId: string;
  readonly name: string;
  readonly rights: number;
}

/** MemberId of the default member and of anonymous users (MS-OXCPERM 2.2.5). */
const DEFAULT_ID = 0n;
export const ANONYMOUS_ID = 0xffffffffffffffffn;

export const FIRST_MEMBERS: readonly Member[] = [
  { id: String(DEFAULT_ID), entryId: "", name: "", rights: 0 },
  { id: String(ANONYMOUS_ID), entryId: "", name: "Anonymous", rights: 0 },
];

/** Where the DN of an AddressBookEntryID begins (MS-OXCDATA 2.2.5.2). */
const DN_AT = 28;

/** The DN in the entry id of a user of the address book. */
export function dnOfEntryId(entryId: Uint8Array): string {
  return decodeText(1252, entryId.subarray(DN_AT)).split("\0")[0];
}

/** The default member, the anonymous one, then the users. */
export function membersOf(folder: Folder): readonly Member[] {
  const text = folder.mailbox.entries.get(entryKey("permissions", String(folder.index))) ?? null;
  return text === null ? FIRST_MEMBERS : (JSON.parse(text) as readonly Member[]);
}

/** A user's own rights where there are some, or else those of the default member (MS-OXCPERM 3.2.5.2: the default is for users not listed). */
function rightsOfUser(folder: Folder, user: Mailbox): number {
  const members = membersOf(folder);
  const dn = user.dn.toLowerCase();
  const listed = members.find(({ entryId }) => entryId !== "" && dnOfEntryId(parseHex(entryId)).toLowerCase() === dn);
  return (listed ?? members.find(({ id }) => id === String(DEFAULT_ID)))?.rights ?? 0;
}

/** Whether any folder of the mailbox gives the user a right. */
export function hasRightsIn(mailbox: Mailbox, user: Mailbox): boolean {
  return mailbox.folders.some((folder) => rightsOfUser(folder, user) !== 0);
}

const EVERY_RIGHT = 0xffffffff;

/** The rights of the session's user in this folder. */
export function rightsIn(session: Session, folder: Folder): number {
  return session.others.get(folder.mailbox) === "guest" ? rightsOfUser(folder, session.mailbox) : EVERY_RIGHT;
}

/** Whether the session's user made this message; of an own mailbox it does not matter. */
function isOwned(session: Session, message: Message): boolean {
  const creator = message.content?.properties.get(PR_CREATOR_ENTRYID);
  return creator instanceof Uint8Array && formatHex(creator) === formatHex(userEntryId(session.mailbox.dn));
}

/** Reading, changing or deleting one message: any message, or one that the user made. */
export function mayUse(session: Session, folder: Folder, message: Message, use: "read" | "edit" | "delete"): boolean {
  const rights = rightsIn(session, folder);
  const { READ_ANY, EDIT_ANY, EDIT_OWNED, DELETE_ANY, DELETE_OWNED } = FOLDER_RIGHT;
  const any = use === "read" ? READ_ANY : use === "edit" ? EDIT_ANY : DELETE_ANY;
  if (rights & any) return true;
  if (use !== "read" && !(rights & (use === "edit" ? EDIT_OWNED : DELETE_OWNED))) return false;
  return isOwned(session, message);
}

/** Whether the folder is shown to the user. */
export function isVisible(session: Session, folder: Folder): boolean {
  return (rightsIn(session, folder) & (FOLDER_RIGHT.VISIBLE | FOLDER_RIGHT.READ_ANY | FOLDER_RIGHT.OWNER)) !== 0;
}

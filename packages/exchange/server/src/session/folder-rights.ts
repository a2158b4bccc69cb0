/**
 * Rights of a session's user on folders of other mailboxes and of the public store (MS-OXCPERM 2.2.7). In the user's own mailbox, and in mailboxes that
 * the administrator lets the account open, everything is allowed.
 */

import { decodeText, formatHex, parseHex } from "@pushback/bytes";
import { FOLDER_RIGHT, PR_CREATOR_ENTRYID, PUBLIC_FOLDER } from "@pushback/mapi";
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
const ANONYMOUS_ID = 0xffffffffffffffffn;

const FIRST_MEMBERS: readonly Member[] = [
  { id: String(DEFAULT_ID), entryId: "", name: "", rights: 0 },
  { id: String(ANONYMOUS_ID), entryId: "", name: "Anonymous", rights: 0 },
];

const { READ_ANY, CREATE, EDIT_OWNED, DELETE_OWNED, EDIT_ANY, DELETE_ANY, CREATE_SUBFOLDER, OWNER, CONTACT, VISIBLE } = FOLDER_RIGHT;

/** Roles of the product's clients: sets of rights with a name. */
const AUTHOR = CREATE | READ_ANY | EDIT_OWNED | DELETE_OWNED | VISIBLE;
const OWNER_ROLE = AUTHOR | EDIT_ANY | DELETE_ANY | CREATE_SUBFOLDER | OWNER | CONTACT;

/** Members of a public folder whose owner set none: users are authors, anonymous ones have no role (KB Q243595, Exchange 4.0 to 5.5). */
function publicMembers(defaultRights: number): readonly Member[] {
  return FIRST_MEMBERS.map((member) => (member.id === String(DEFAULT_ID) ? { ...member, rights: defaultRights } : member));
}

const AUTHORS = publicMembers(AUTHOR);
/** Everyone may make top-level folders (KB Q256131, on Exchange 4.x and 5.x). */
const TOP_LEVEL_MEMBERS = publicMembers(AUTHOR | CREATE_SUBFOLDER);
/** Members of stored public folders that have none because they were created before the store kept rights: everyone is an owner. */
const EVERYONE_OWNS = publicMembers(OWNER_ROLE);

/** Members of a folder for which none were set. */
function firstMembers({ mailbox, index, fid }: Folder): readonly Member[] {
  if (mailbox.kind === "private") return FIRST_MEMBERS;
  const isBuiltIn = mailbox.folderIds.includes(fid);
  if (!isBuiltIn) return EVERYONE_OWNS;
  return index === PUBLIC_FOLDER.IPM_SUBTREE ? TOP_LEVEL_MEMBERS : AUTHORS;
}

/**
 * Stored members of a new folder; `null` in a mailbox, whose folders have no members at first. The user who creates a public folder owns it. All others
 * inherit their rights from the parent folder; at the top level they are authors (assumed for 5.5; later products do so).
 */
export function membersOfNew(parent: Folder, maker: Mailbox): string | null {
  const { mailbox } = parent;
  if (mailbox.kind === "private") return null;
  const others = mailbox.folderIds.includes(parent.fid) ? AUTHORS : membersOf(parent);
  const entryId = formatHex(userEntryId(maker.dn));
  const rest = others.filter((member) => member.entryId !== entryId);
  return JSON.stringify([...rest, { id: nextMemberId(rest), entryId, name: maker.displayName, rights: OWNER_ROLE } satisfies Member]);
}

/** An id that no member has. */
export function nextMemberId(members: readonly Member[]): string {
  const ids = members.filter(({ id }) => id !== String(ANONYMOUS_ID)).map(({ id }) => Number(id));
  return String(Math.max(0, ...ids) + 1);
}

/** Where the DN of an AddressBookEntryID begins (MS-OXCDATA 2.2.5.2). */
const DN_AT = 28;

/** The DN in the entry id of a user of the address book. */
export function dnOfEntryId(entryId: Uint8Array): string {
  return decodeText(1252, entryId.subarray(DN_AT)).split("\0")[0];
}

/** The default member, the anonymous one, then the users. */
export function membersOf(folder: Folder): readonly Member[] {
  const text = folder.mailbox.entries.get(entryKey("permissions", String(folder.index))) ?? null;
  return text === null ? firstMembers(folder) : (JSON.parse(text) as readonly Member[]);
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

/** Whether rights must be checked for the session's user in this store. */
export function needsRights(session: Session, mailbox: Mailbox): boolean {
  return mailbox.kind === "public" || session.others.get(mailbox) === "guest";
}

/** The rights of the session's user in this folder. */
export function rightsIn(session: Session, folder: Folder): number {
  return needsRights(session, folder.mailbox) ? rightsOfUser(folder, session.mailbox) : EVERY_RIGHT;
}

/** Whether the session's user created this message. Not called for the user's own mailbox, where the user has every right. */
function isOwned(session: Session, message: Message): boolean {
  const creator = message.content?.properties.get(PR_CREATOR_ENTRYID);
  return creator instanceof Uint8Array && formatHex(creator) === formatHex(userEntryId(session.mailbox.dn));
}

/** Reading, changing or deleting one message: any message, or one that the user made. */
export function mayUse(session: Session, folder: Folder, message: Message, use: "read" | "edit" | "delete"): boolean {
  const rights = rightsIn(session, folder);
  const any = use === "read" ? READ_ANY : use === "edit" ? EDIT_ANY : DELETE_ANY;
  if (rights & any) return true;
  if (use !== "read" && !(rights & (use === "edit" ? EDIT_OWNED : DELETE_OWNED))) return false;
  return isOwned(session, message);
}

/** Whether the folder is shown to the user. */
export function isVisible(session: Session, folder: Folder): boolean {
  return (rightsIn(session, folder) & (VISIBLE | READ_ANY | OWNER)) !== 0;
}

/** Bits of PR_ACCESS (MS-OXCPRPT 2.2.1.1). */
const ACCESS = { MODIFY: 0x01, READ: 0x02, DELETE: 0x04, HIERARCHY: 0x08, CONTENTS: 0x10, ASSOCIATED: 0x20 } as const;

const bit = (value: number, isSet: boolean): number => (isSet ? value : 0);

/** PR_ACCESS of a folder, or of a message in it, for the session's user; `null` where it is not a matter of rights. */
export function accessOf(session: Session, folder: Folder, message: Message | null): number | null {
  if (!needsRights(session, folder.mailbox)) return null;
  if (message) {
    const may = (use: "read" | "edit" | "delete") => mayUse(session, folder, message, use);
    return bit(ACCESS.MODIFY, may("edit")) | bit(ACCESS.READ, may("read")) | bit(ACCESS.DELETE, may("delete"));
  }
  const has = (right: number) => (rightsIn(session, folder) & right) !== 0;
  const ofOwner = bit(ACCESS.MODIFY | ACCESS.DELETE | ACCESS.ASSOCIATED, has(OWNER));
  return ofOwner | bit(ACCESS.READ, has(READ_ANY)) | bit(ACCESS.HIERARCHY, has(CREATE_SUBFOLDER)) | bit(ACCESS.CONTENTS, has(CREATE));
}

/** Properties of stores, folders, messages and attachments as cells of rows, their text in the session's code page. */

import { getU64le, parseHex } from "@pushback/bytes";
import * as mapi from "@pushback/mapi";
import type { Draft } from "../mail-store/draft.ts";
import { childrenOf, entryKey, type Folder, type Mailbox } from "../mail-store/mailbox.ts";
import {
  displayNamesOf,
  headerOf,
  type Message,
  MessageRecord,
  type PropertyData,
  type Recipient,
  sizeOfData,
  storedTag,
  summaryOf,
  wireValueOf,
} from "../mail-store/message-content.ts";
import { folderEntryId, messageEntryId, recordKey, userEntryId } from "./entry-ids.ts";
import type { AttachmentRow, OpenedAttachment, OpenedMessage, ServerObject } from "./server-object.ts";

/** PR_OBJECT_TYPE (MS-OXCPRPT 2.2.1.7). */
const OBJECT_TYPE = { STORE: 1, FOLDER: 3, MESSAGE: 5, ATTACHMENT: 7 } as const;

/** PR_ACCESS (MS-OXCPRPT 2.2.1.1): modify, read and delete; of folders also making folders, messages and associated messages in them. */
const ACCESS_MESSAGE = 0x07;
const ACCESS_FOLDER = 0x3f;

/** PR_FOLDER_TYPE of a root folder (MS-OXCFOLD 2.2.2.2.2.1). */
const FOLDER_ROOT = 0;

/** PR_VALID_FOLDER_MASK: each of the eight folders that the mask has bits for is there. */
const ALL_FOLDERS_VALID = 0xff;

/**
 * PR_STORE_SUPPORT_MASK: ids stay, search, modify, create, attachments, submission, notifications, lists of values, categories, restrictions, order. It is
 * not known which bits a genuine server sends. These are the bits of what this server does (assumed).
 */
const SUPPORT_MASK = 0x37bd;

/** A store property that the genuine server does not let clients read (seen live, Exchange 5.5; not documented). */
const UNREADABLE_OF_STORE = 0x66310102;

type Getter<Of extends readonly unknown[]> = (...of: Of) => PropertyData | null;

/** Properties by tag that the store works out; texts under PT_STRING8. */
type Getters<Of extends readonly unknown[]> = ReadonlyMap<number, Getter<Of>>;

function ipmFolder(index: number): Getter<[Mailbox]> {
  return (mailbox) => (mailbox.kind === "private" ? folderEntryId({ mailbox, fid: mailbox.folderIds[index] }) : null);
}

const { LOGON_FOLDER } = mapi;

/** Computed properties of a store: functions of the store's mailbox and of the mailbox of the user who opened it. */
const STORE: Getters<[Mailbox, Mailbox]> = new Map<number, Getter<[Mailbox, Mailbox]>>([
  [mapi.PR_DISPLAY_NAME, (mailbox) => mailbox.displayName],
  [mapi.PR_USER_ENTRYID, (_, user) => userEntryId(user.dn)],
  [mapi.PR_MAILBOX_OWNER_ENTRYID, (mailbox) => (mailbox.kind === "private" ? userEntryId(mailbox.dn) : null)],
  [mapi.PR_MAILBOX_OWNER_NAME, (mailbox) => (mailbox.kind === "private" ? mailbox.displayName : null)],
  [mapi.PR_OBJECT_TYPE, () => OBJECT_TYPE.STORE],
  [mapi.PR_ACCESS_LEVEL, () => 1],
  [mapi.PR_RECORD_KEY, (mailbox) => mailbox.guid],
  [mapi.PR_STORE_RECORD_KEY, (mailbox) => mailbox.guid],
  [mapi.PR_MAPPING_SIGNATURE, (mailbox) => mailbox.databaseGuid],
  [mapi.PR_STORE_SUPPORT_MASK, () => SUPPORT_MASK],
  [mapi.PR_VALID_FOLDER_MASK, (mailbox) => (mailbox.kind === "private" ? ALL_FOLDERS_VALID : null)],
  [mapi.PR_MESSAGE_SIZE, (mailbox) => Math.min(mailbox.bytes, 0x7fffffff)],
  [mapi.PR_IPM_SUBTREE_ENTRYID, ipmFolder(LOGON_FOLDER.IPM_SUBTREE)],
  [mapi.PR_IPM_OUTBOX_ENTRYID, ipmFolder(LOGON_FOLDER.OUTBOX)],
  [mapi.PR_IPM_WASTEBASKET_ENTRYID, ipmFolder(LOGON_FOLDER.DELETED_ITEMS)],
  [mapi.PR_IPM_SENTMAIL_ENTRYID, ipmFolder(LOGON_FOLDER.SENT_ITEMS)],
  [mapi.PR_VIEWS_ENTRYID, ipmFolder(LOGON_FOLDER.VIEWS)],
  [mapi.PR_COMMON_VIEWS_ENTRYID, ipmFolder(LOGON_FOLDER.COMMON_VIEWS)],
  [mapi.PR_FINDER_ENTRYID, ipmFolder(LOGON_FOLDER.SEARCH)],
]);

function folderType(folder: Folder): number {
  if (folder.parentFid === folder.fid) return FOLDER_ROOT;
  return folder.isSearch ? mapi.FOLDER_TYPE.SEARCH : mapi.FOLDER_TYPE.GENERIC;
}

const FOLDER: Getters<[Folder]> = new Map<number, Getter<[Folder]>>([
  [mapi.PR_DISPLAY_NAME, (folder) => folder.displayName],
  [mapi.PR_CONTENT_COUNT, (folder) => folder.messages.size],
  [mapi.PR_CONTENT_UNREAD, (folder) => folder.unread],
  [mapi.PR_FID, (folder) => idValue(folder.fid)],
  [mapi.PR_PARENT_FID, (folder) => idValue(folder.parentFid)],
  [mapi.PR_ACCESS, () => ACCESS_FOLDER],
  [mapi.PR_ACCESS_LEVEL, () => 1],
  [mapi.PR_OBJECT_TYPE, () => OBJECT_TYPE.FOLDER],
  [mapi.PR_FOLDER_TYPE, folderType],
  [mapi.PR_SUBFOLDERS, (folder) => childrenOf(folder).length > 0],
  // MS-OXORULE 3.2.5.2.
  [mapi.PR_HAS_RULES, ({ mailbox, index }) => mailbox.entries.has(entryKey("rules", String(index)))],
  [mapi.PR_ASSOC_CONTENT_COUNT, (folder) => folder.associated.size],
  [mapi.PR_MESSAGE_SIZE, (folder) => Math.min(folder.bytes, 0x7fffffff)],
  [mapi.PR_DELETED_COUNT_TOTAL, (folder) => folder.deletedCount],
  [mapi.PR_LOCAL_COMMIT_TIME_MAX, (folder) => (folder.changedMs > 0 ? mapi.fileTimeFromMs(folder.changedMs) : null)],
  [mapi.PR_ENTRYID, folderEntryId],
  [mapi.PR_PARENT_ENTRYID, ({ mailbox, parentFid }) => folderEntryId({ mailbox, fid: parentFid })],
  [mapi.PR_RECORD_KEY, ({ mailbox, fid }) => recordKey(mailbox, fid)],
  [mapi.PR_STORE_RECORD_KEY, ({ mailbox }) => mailbox.guid],
  [mapi.PR_MAPPING_SIGNATURE, ({ mailbox }) => mailbox.databaseGuid],
]);

/** Computed properties of folders, which clients cannot set. */
export const COMPUTED_OF_FOLDERS: readonly number[] = [...FOLDER.keys()].filter((tag) => tag !== mapi.PR_DISPLAY_NAME);
/** Properties of stores that clients cannot set. */
export const COMPUTED_OF_STORES: readonly number[] = [...STORE.keys(), UNREADABLE_OF_STORE];

/**
 * A subject's prefix (MS-OXCMSG 2.2.1.9): one to three characters, a colon and a space. The characters cannot be digits, blanks or punctuation (MAPI's
 * reference of PidTagNormalizedSubject).
 */
const SUBJECT_PREFIX = /^[^\s\d\p{P}]{1,3}: /u;

/** Splits a subject into its prefix and the rest (PidTagNormalizedSubject). */
export function splitSubject(subject: string): readonly [prefix: string, normalized: string] {
  const prefix = SUBJECT_PREFIX.exec(subject)?.[0] ?? "";
  return [prefix, subject.slice(prefix.length)];
}

/** Whether one of the recipients of a type (`null`: any) is the mailbox's user, by its DN, or by an Internet address that begins with its alias. */
function isTo({ mailbox }: Folder, message: Message, type: number | null): boolean {
  const [dn, alias] = [mailbox.dn.toLowerCase(), mailbox.alias.toLowerCase()];
  return (message.content?.recipients ?? []).some((recipient) => {
    const address = recipient.address.toLowerCase();
    const isMine = recipient.addressType.toUpperCase() === "EX" ? address === dn : address.split("@")[0] === alias;
    return isMine && (type === null || recipient.type === type);
  });
}

const MESSAGE: Getters<[Folder, Message]> = new Map<number, Getter<[Folder, Message]>>([
  [mapi.PR_MESSAGE_CLASS, (_, message) => message.messageClass],
  [mapi.PR_SUBJECT, (_, message) => message.subject],
  [mapi.PR_CLIENT_SUBMIT_TIME, (_, message) => mapi.fileTimeFromMs(message.submittedMs)],
  [mapi.PR_SENT_REPRESENTING_NAME, (_, message) => message.senderName],
  [mapi.PR_SENDER_NAME, (_, message) => message.senderName],
  [mapi.PR_DISPLAY_BCC, (_, message) => displayNamesOf(message, mapi.RECIPIENT_TYPE.BCC)],
  [mapi.PR_DISPLAY_CC, (_, message) => displayNamesOf(message, mapi.RECIPIENT_TYPE.CC)],
  [mapi.PR_DISPLAY_TO, (_, message) => displayNamesOf(message, mapi.RECIPIENT_TYPE.TO)],
  [mapi.PR_MESSAGE_DELIVERY_TIME, (_, message) => mapi.fileTimeFromMs(message.deliveredMs)],
  [mapi.PR_MESSAGE_FLAGS, (_, message) => flagsOf(message)],
  [mapi.PR_MESSAGE_SIZE, (_, message) => shownSizeOf(message)],
  [mapi.PR_HASATTACH, (_, message) => (message.summary ?? summaryOf(message)).hasAttachments],
  [mapi.PR_BODY, (_, message) => message.body],
  [mapi.PR_FID, (folder) => idValue(folder.fid)],
  [mapi.PR_MID, (_, message) => idValue(message.mid)],
  // A client tells the rows of a table apart by PR_INST_ID (MS-OXCTABL 2.2.1.1): it takes rows of the same id for one row.
  [mapi.PR_INST_ID, (_, message) => idValue(message.mid)],
  [mapi.PR_PARENT_FID, (folder) => idValue(folder.fid)],
  [mapi.PR_SUBJECT_PREFIX, (_, message) => splitSubject(message.subject)[0]],
  [mapi.PR_NORMALIZED_SUBJECT, (_, message) => splitSubject(message.subject)[1]],
  [mapi.PR_CREATION_TIME, (_, message) => mapi.fileTimeFromMs(message.deliveredMs)],
  [mapi.PR_LAST_MODIFICATION_TIME, (_, message) => mapi.fileTimeFromMs(message.modifiedMs)],
  [mapi.PR_MSG_STATUS, (_, message) => message.status],
  [mapi.PR_ACCESS, () => ACCESS_MESSAGE],
  [mapi.PR_ACCESS_LEVEL, () => 1],
  [mapi.PR_OBJECT_TYPE, () => OBJECT_TYPE.MESSAGE],
  [mapi.PR_ENTRYID, (folder, message) => messageEntryId(folder, message.mid)],
  [mapi.PR_PARENT_ENTRYID, (folder) => folderEntryId(folder)],
  [mapi.PR_RECORD_KEY, ({ mailbox }, message) => recordKey(mailbox, message.mid)],
  [mapi.PR_STORE_RECORD_KEY, ({ mailbox }) => mailbox.guid],
  [mapi.PR_MAPPING_SIGNATURE, ({ mailbox }) => mailbox.databaseGuid],
  [mapi.PR_INSTANCE_NUM, () => 0],
  [mapi.PR_MESSAGE_TO_ME, (folder, message) => isTo(folder, message, mapi.RECIPIENT_TYPE.TO)],
  [mapi.PR_MESSAGE_CC_ME, (folder, message) => isTo(folder, message, mapi.RECIPIENT_TYPE.CC)],
  [mapi.PR_MESSAGE_RECIP_ME, (folder, message) => isTo(folder, message, null)],
]);

const ATTACHMENT: Getters<[AttachmentRow]> = new Map<number, Getter<[AttachmentRow]>>([
  [mapi.PR_ATTACH_NUM, ({ attachment }) => attachment.get(mapi.PR_ATTACH_NUM) ?? null],
  [mapi.PR_ATTACH_SIZE, sizeOfAttachment],
  [mapi.PR_OBJECT_TYPE, () => OBJECT_TYPE.ATTACHMENT],
  [mapi.PR_ACCESS_LEVEL, () => 1],
  [mapi.PR_RECORD_KEY, attachmentKey],
]);

/** Properties that most attachments have. */
const ATTACHMENT_COLUMNS: readonly number[] = [
  ...ATTACHMENT.keys(),
  mapi.PR_MID,
  mapi.PR_ATTACH_FILENAME,
  mapi.PR_ATTACH_LONG_FILENAME,
  mapi.PR_ATTACH_METHOD,
  mapi.PR_RENDERING_POSITION,
  mapi.PR_ATTACH_DATA_BIN,
];

const PERMISSION_COLUMNS: readonly number[] = [mapi.PR_ENTRYID, mapi.PR_MEMBER_ID, mapi.PR_MEMBER_NAME, mapi.PR_MEMBER_RIGHTS];

/** PidTagRule… (MS-OXORULE 2.2.1.3.1): id, sequence, state, user flags, condition, actions, provider, name, level, provider data. */
const RULE_COLUMNS: readonly number[] = [
  mapi.PR_RULE_ID,
  0x66760003,
  0x66770003,
  0x66780003,
  0x667900fd,
  0x668000fe,
  0x6681001e,
  0x6682001e,
  0x66830003,
  0x66840102,
];

/** Property tags that a table of this kind may have as columns. */
export function columnsOf(kind: "folder" | "message" | "attachment" | "permission" | "rule"): readonly number[] {
  switch (kind) {
    case "folder":
      return [...FOLDER.keys()];
    case "message":
      return [...MESSAGE.keys()];
    case "attachment":
      return ATTACHMENT_COLUMNS;
    case "permission":
      return PERMISSION_COLUMNS;
    case "rule":
      return RULE_COLUMNS;
  }
}

/** An object with properties. */
export type ObjectWithProperties = Extract<ServerObject, { kind: "logon" | "folder" | "message" | "attachment" }>;

export function hasProperties(object: ServerObject | null): object is ObjectWithProperties {
  return object?.kind === "logon" || object?.kind === "folder" || object?.kind === "message" || object?.kind === "attachment";
}

/** Properties that were set on an object, by tag. */
export function setOn(object: ObjectWithProperties): ReadonlyMap<number, PropertyData> {
  switch (object.kind) {
    case "logon":
      return object.mailbox.properties;
    case "folder":
      return object.folder.properties;
    case "message":
      return (object.draft ?? object.message.content)?.properties ?? new Map();
    case "attachment":
      return object.properties;
  }
}

function gettersOf(object: ObjectWithProperties): Iterable<number> {
  switch (object.kind) {
    case "logon":
      return STORE.keys();
    case "folder":
      return FOLDER.keys();
    case "message":
      return MESSAGE.keys();
    case "attachment":
      return ATTACHMENT.keys();
  }
}

/** All properties that an object has, those that were set included. */
export function tagsOf(object: ObjectWithProperties): readonly number[] {
  const tags = new Set([...gettersOf(object), ...setOn(object).keys()]);
  return [...tags].filter((tag) => !mapi.isPropertyError(cellOf(object, tag, ANY_CODE_PAGE)));
}

/** Code page for cells whose text is not used. */
const ANY_CODE_PAGE = 1252;

/** A value of another type than the requested one is not found; texts convert between their two types. Internal value types are never returned. */
function cell(tag: number, data: PropertyData | null, codePage: number): mapi.ValueCell {
  return data === null || !mapi.isKnownType(mapi.propertyType(tag)) ? mapi.NOT_FOUND_CELL : wireValueOf(tag, data, codePage);
}

/** The cell of an object without computed properties. */
export function propertiesCell(properties: ReadonlyMap<number, PropertyData>, tag: number, codePage: number): mapi.ValueCell {
  return cell(tag, properties.get(storedTag(tag)) ?? null, codePage);
}

export function cellOf(object: ObjectWithProperties, tag: number, codePage: number): mapi.ValueCell {
  switch (object.kind) {
    case "logon":
      return storeCell(object.mailbox, object.user, tag, codePage);
    case "folder":
      return folderCell(object.folder, tag, codePage);
    case "message":
      return openedCell(object, tag, codePage);
    case "attachment":
      return openedAttachmentCell(object, tag, codePage);
  }
}

/** The cell of a column. If its type is PT_UNSPECIFIED, the cell includes the actual type: that of the tag in `tags` with the same id. */
export function typedCell(tag: number, tags: () => readonly number[], cellFor: (tag: number) => mapi.ValueCell): mapi.PropertyCell {
  if (mapi.propertyType(tag) !== mapi.PT_UNSPECIFIED) return cellFor(tag);
  const known = tags().find((other) => mapi.propertyId(other) === mapi.propertyId(tag));
  if (known === undefined) return mapi.NOT_FOUND_CELL;
  const value = cellFor(known);
  return mapi.isPropertyError(value) ? value : { type: mapi.propertyType(known), value };
}

export function idValue(id: mapi.ObjectId): bigint {
  return getU64le(parseHex(id), 0);
}

function storeCell(mailbox: Mailbox, user: Mailbox, tag: number, codePage: number): mapi.ValueCell {
  if (tag === UNREADABLE_OF_STORE) return { errorCode: mapi.MAPI_ERROR.ecAccessDenied };
  const getter = STORE.get(storedTag(tag));
  return getter ? cell(tag, getter(mailbox, user), codePage) : propertiesCell(mailbox.properties, tag, codePage);
}

export function folderCell(folder: Folder, tag: number, codePage: number): mapi.ValueCell {
  const getter = FOLDER.get(storedTag(tag));
  return getter ? cell(tag, getter(folder), codePage) : propertiesCell(folder.properties, tag, codePage);
}

function sizeOfAttachment({ attachment }: AttachmentRow): number {
  let size = 0;
  for (const data of attachment.values()) size += sizeOfData(data);
  return size;
}

/** Record key of an attachment: PR_ATTACH_NUM, little-endian (assumed: about the genuine key only its existence is known). */
function attachmentKey({ attachment }: AttachmentRow): Uint8Array {
  const number = Number(attachment.get(mapi.PR_ATTACH_NUM) ?? 0);
  return Uint8Array.of(number & 0xff, (number >>> 8) & 0xff, (number >>> 16) & 0xff, number >>> 24);
}

/** A property of an attachment. The data of an embedded message cannot be read as a property (ecMemory): a client opens it instead. */
export function attachmentCell(row: AttachmentRow, tag: number, codePage: number): mapi.ValueCell {
  if (tag === mapi.PR_ATTACH_DATA_OBJ && isEmbedded(row.attachment)) return { errorCode: mapi.MAPI_ERROR.ecMemory };
  const getter = ATTACHMENT.get(storedTag(tag));
  return getter ? cell(tag, getter(row), codePage) : propertiesCell(row.attachment, tag, codePage);
}

function openedAttachmentCell({ of, properties }: OpenedAttachment, tag: number, codePage: number): mapi.ValueCell {
  if (tag === mapi.PR_MID) return idValue(of.message.mid);
  return attachmentCell({ attachment: properties }, tag, codePage);
}

/** PR_ATTACH_METHOD of an attachment that is a message (MS-OXCMSG 2.2.2.9). */
export const ATTACH_EMBEDDED = 5;

export function isEmbedded(attachment: ReadonlyMap<number, PropertyData>): boolean {
  return attachment.get(mapi.PR_ATTACH_METHOD) === ATTACH_EMBEDDED;
}

const PR_RECIPIENT_TYPE = 0x0c150003;
const PR_ADDRTYPE = 0x3002001e;
const PR_EMAIL_ADDRESS = 0x3003001e;

/** The cell of a recipient's property: type, name, address, or a property that a client wrote with them. */
export function recipientCell(recipient: Recipient, tag: number, codePage: number): mapi.ValueCell {
  switch (storedTag(tag)) {
    case PR_RECIPIENT_TYPE:
      return recipient.type;
    case mapi.PR_DISPLAY_NAME:
      return cell(tag, recipient.displayName, codePage);
    case PR_ADDRTYPE:
      return cell(tag, recipient.addressType, codePage);
    case PR_EMAIL_ADDRESS:
      return cell(tag, recipient.address, codePage);
    default:
      return propertiesCell(recipient.properties ?? new Map(), tag, codePage);
  }
}

function flagsOf(message: Message): number {
  const { hasAttachments, unsent } = message.summary ?? summaryOf(message);
  return (
    (message.read ? mapi.MSGFLAG_READ : 0) |
    (unsent ? mapi.MSGFLAG_UNSENT : 0) |
    (hasAttachments ? mapi.MSGFLAG_HASATTACH : 0) |
    message.flags
  );
}

function shownSizeOf(message: Message): number {
  const { bytes, recipientBytes } = message.summary ?? summaryOf(message);
  return bytes - recipientBytes;
}

/** PR_MESSAGE_SIZE counts texts and properties alone, a byte a character. */
export function messageCell(folder: Folder, message: Message, tag: number, codePage: number): mapi.ValueCell {
  const wanted = storedTag(tag);
  const getter = MESSAGE.get(wanted);
  return cell(tag, getter ? getter(folder, message) : (message.content?.properties.get(wanted) ?? null), codePage);
}

/** A message as it would be if its draft were saved now. */
export function withDraft(message: MessageRecord, draft: Draft | null): MessageRecord {
  if (draft === null) return message;
  const header = { ...headerOf(message), ...draft.header() };
  return new MessageRecord(header, { body: draft.body, content: draft.content(draft.isUnsent(true)) });
}

/** A property of an opened message, including unsaved changes. An embedded message is in no folder, so it lacks the properties that a folder determines. */
function openedCell({ folder, message, draft, writable, embeddedIn }: OpenedMessage, tag: number, codePage: number): mapi.ValueCell {
  if (tag === mapi.PR_ACCESS_LEVEL) return writable ? 1 : 0;
  if (embeddedIn && OF_FOLDER_ONLY.includes(tag)) return mapi.NOT_FOUND_CELL;
  // A draft may have many properties. One that is not computed is read from the draft itself, without building the message that saving would give.
  if (draft && !MESSAGE.has(storedTag(tag))) return propertiesCell(draft.properties, tag, codePage);
  return messageCell(folder, withDraft(message, draft), tag, codePage);
}

/** Properties that an embedded message lacks, because it is in no folder. */
const OF_FOLDER_ONLY: readonly number[] = [
  mapi.PR_FID,
  mapi.PR_MID,
  mapi.PR_PARENT_FID,
  mapi.PR_ENTRYID,
  mapi.PR_PARENT_ENTRYID,
  mapi.PR_RECORD_KEY,
];

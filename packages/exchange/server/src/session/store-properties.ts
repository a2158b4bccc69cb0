/** Properties of stores, folders, messages and attachments as cells of rows, their text in the session's code page. */

import { getU64le, parseHex } from "@pushback/bytes";
import * as mapi from "@pushback/mapi";
import type { Draft } from "../mail-store/draft.ts";
import {
  displayNamesOf,
  headerOf,
  type Message,
  MessageRecord,
  type PropertyData,
  sizeOfData,
  storedTag,
  summaryOf,
  wireValueOf,
} from "../mail-store/message-content.ts";
import type { Folder } from "../mail-store/store.ts";
import type { AttachmentRow, OpenedMessage, ServerObject } from "./server-object.ts";

const MAILBOX_TAGS: readonly number[] = [mapi.PR_DISPLAY_NAME];
const FOLDER_TAGS: readonly number[] = [mapi.PR_DISPLAY_NAME, mapi.PR_CONTENT_COUNT, mapi.PR_CONTENT_UNREAD, mapi.PR_FID];
const MESSAGE_TAGS: readonly number[] = [
  mapi.PR_MESSAGE_CLASS,
  mapi.PR_SUBJECT,
  mapi.PR_CLIENT_SUBMIT_TIME,
  mapi.PR_SENT_REPRESENTING_NAME,
  mapi.PR_SENDER_NAME,
  mapi.PR_DISPLAY_BCC,
  mapi.PR_DISPLAY_CC,
  mapi.PR_DISPLAY_TO,
  mapi.PR_MESSAGE_DELIVERY_TIME,
  mapi.PR_MESSAGE_FLAGS,
  mapi.PR_MESSAGE_SIZE,
  mapi.PR_HASATTACH,
  mapi.PR_BODY,
  mapi.PR_FID,
  mapi.PR_MID,
  mapi.PR_INST_ID,
];
const ATTACHMENT_TAGS: readonly number[] = [mapi.PR_ATTACH_NUM, mapi.PR_ATTACH_SIZE];

/** What a table of folders, messages or attachments may show. */
export function columnsOf(kind: "folder" | "message" | "attachment"): readonly number[] {
  if (kind === "folder") return FOLDER_TAGS;
  return kind === "message"
    ? MESSAGE_TAGS
    : [
        ...ATTACHMENT_TAGS,
        mapi.PR_ATTACH_FILENAME,
        mapi.PR_ATTACH_LONG_FILENAME,
        mapi.PR_ATTACH_METHOD,
        mapi.PR_RENDERING_POSITION,
        mapi.PR_ATTACH_DATA_BIN,
      ];
}

/** What has properties. */
export type ObjectWithProperties = Extract<ServerObject, { kind: "logon" | "folder" | "message" | "attachment" }>;

export function hasProperties(object: ServerObject | null): object is ObjectWithProperties {
  return object?.kind === "logon" || object?.kind === "folder" || object?.kind === "message" || object?.kind === "attachment";
}

/** All properties that an object has, those that were set included. */
export function tagsOf(object: ObjectWithProperties): readonly number[] {
  switch (object.kind) {
    case "logon":
      return MAILBOX_TAGS;
    case "folder":
      return FOLDER_TAGS;
    case "message":
      return [...MESSAGE_TAGS, ...(object.draft ?? object.message.content ?? { properties: new Map() }).properties.keys()];
    case "attachment":
      return [...new Set([...ATTACHMENT_TAGS, ...object.properties.keys()])];
  }
}

/** A value of another type than is asked for is none, but texts come in both their forms. */
function cell(tag: number, data: PropertyData | null, codePage: number): mapi.ValueCell {
  return data === null ? mapi.NOT_FOUND_CELL : wireValueOf(tag, data, codePage);
}

export function cellOf(object: ObjectWithProperties, tag: number, codePage: number): mapi.ValueCell {
  switch (object.kind) {
    case "logon":
      return cell(tag, storedTag(tag) === mapi.PR_DISPLAY_NAME ? object.mailbox.displayName : null, codePage);
    case "folder":
      return folderCell(object.folder, tag, codePage);
    case "message":
      return openedCell(object, tag, codePage);
    case "attachment":
      return attachmentCell({ attachment: object.properties }, tag, codePage);
  }
}

function idValue(id: mapi.ObjectId): bigint {
  return getU64le(parseHex(id), 0);
}

function folderData(folder: Folder, tag: number): PropertyData | null {
  switch (storedTag(tag)) {
    case mapi.PR_DISPLAY_NAME:
      return folder.displayName;
    case mapi.PR_CONTENT_COUNT:
      return folder.messages.size;
    case mapi.PR_CONTENT_UNREAD:
      return folder.unread;
    case mapi.PR_FID:
      return idValue(folder.fid);
    default:
      return null;
  }
}

export function folderCell(folder: Folder, tag: number, codePage: number): mapi.ValueCell {
  return cell(tag, folderData(folder, tag), codePage);
}

/** The bytes of an attachment are its data's. */
export function attachmentCell({ attachment }: AttachmentRow, tag: number, codePage: number): mapi.ValueCell {
  if (tag === mapi.PR_ATTACH_SIZE) {
    let size = 0;
    for (const data of attachment.values()) size += sizeOfData(data);
    return size;
  }
  return cell(tag, attachment.get(storedTag(tag)) ?? null, codePage);
}

function flagsOf(message: Message): number {
  const { hasAttachments, unsent } = message.summary ?? summaryOf(message);
  return (message.read ? mapi.MSGFLAG_READ : 0) | (unsent ? mapi.MSGFLAG_UNSENT : 0) | (hasAttachments ? mapi.MSGFLAG_HASATTACH : 0);
}

function shownSizeOf(message: Message): number {
  const { bytes, recipientBytes } = message.summary ?? summaryOf(message);
  return bytes - recipientBytes;
}

function messageData(folder: Folder, message: Message, tag: number): PropertyData | null {
  const wanted = storedTag(tag);
  switch (wanted) {
    case mapi.PR_MESSAGE_CLASS:
      return message.messageClass;
    case mapi.PR_SUBJECT:
      return message.subject;
    case mapi.PR_SENDER_NAME:
    case mapi.PR_SENT_REPRESENTING_NAME:
      return message.senderName;
    case mapi.PR_BODY:
      return message.body;
    case mapi.PR_DISPLAY_TO:
      return displayNamesOf(message, mapi.RECIPIENT_TYPE.TO);
    case mapi.PR_DISPLAY_CC:
      return displayNamesOf(message, mapi.RECIPIENT_TYPE.CC);
    case mapi.PR_DISPLAY_BCC:
      return displayNamesOf(message, mapi.RECIPIENT_TYPE.BCC);
    case mapi.PR_CLIENT_SUBMIT_TIME:
      return mapi.fileTimeFromMs(message.submittedMs);
    case mapi.PR_MESSAGE_DELIVERY_TIME:
      return mapi.fileTimeFromMs(message.deliveredMs);
    case mapi.PR_MESSAGE_FLAGS:
      return flagsOf(message);
    case mapi.PR_MESSAGE_SIZE:
      return shownSizeOf(message);
    case mapi.PR_HASATTACH:
      return (message.summary ?? summaryOf(message)).hasAttachments;
    case mapi.PR_FID:
      return idValue(folder.fid);
    case mapi.PR_MID:
      return idValue(message.mid);
    case mapi.PR_INST_ID:
      return 0n;
    default:
      return message.content?.properties.get(wanted) ?? null;
  }
}

/** PR_MESSAGE_SIZE counts texts and properties alone, a byte a character. */
export function messageCell(folder: Folder, message: Message, tag: number, codePage: number): mapi.ValueCell {
  return cell(tag, messageData(folder, message, tag), codePage);
}

/** A message as it would be if its draft were saved now. */
export function withDraft(message: Message, draft: Draft | null): Message {
  if (draft === null) return message;
  const { subject, body, messageClass, senderName, submittedMs } = draft;
  const header = { ...headerOf(message), subject, messageClass, senderName, submittedMs };
  return new MessageRecord(header, { body, content: draft.content(true) });
}

/** An opened message shows what was changed in it, saved or not. */
function openedCell({ folder, message, draft }: OpenedMessage, tag: number, codePage: number): mapi.ValueCell {
  return messageCell(folder, withDraft(message, draft), tag, codePage);
}

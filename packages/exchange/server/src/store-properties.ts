/** Properties of stores, folders and messages as cells of rows, their text in the session's code page. */

import { encodeText, getU64le, parseHex } from "@pushback/bytes";
import * as mapi from "@pushback/mapi";
import type { ServerObject } from "./session.ts";
import type { Folder, Mailbox, Message } from "./store.ts";

const MAILBOX_TAGS: readonly number[] = [mapi.PR_DISPLAY_NAME];
const FOLDER_TAGS: readonly number[] = [mapi.PR_DISPLAY_NAME, mapi.PR_CONTENT_COUNT, mapi.PR_CONTENT_UNREAD, mapi.PR_FID];
const MESSAGE_TAGS: readonly number[] = [
  mapi.PR_MESSAGE_CLASS,
  mapi.PR_SUBJECT,
  mapi.PR_CLIENT_SUBMIT_TIME,
  mapi.PR_SENT_REPRESENTING_NAME,
  mapi.PR_SENDER_NAME,
  mapi.PR_MESSAGE_DELIVERY_TIME,
  mapi.PR_MESSAGE_FLAGS,
  mapi.PR_MESSAGE_SIZE,
  mapi.PR_HASATTACH,
  mapi.PR_BODY,
  mapi.PR_FID,
  mapi.PR_MID,
  mapi.PR_INST_ID,
];

/** All properties that objects of a kind have. */
export function tagsOf(kind: "logon" | "folder" | "message"): readonly number[] {
  return kind === "logon" ? MAILBOX_TAGS : kind === "folder" ? FOLDER_TAGS : MESSAGE_TAGS;
}

export function cellOf(object: ServerObject, tag: number, codePage: number): mapi.PropertyCell {
  switch (object.kind) {
    case "logon":
      return mailboxCell(object.mailbox, tag, codePage);
    case "folder":
      return folderCell(object.folder, tag, codePage);
    case "message":
      return messageCell(object.folder, object.message, tag, codePage);
    default:
      return mapi.NOT_FOUND_CELL;
  }
}

function idValue(id: mapi.ObjectId): bigint {
  return getU64le(parseHex(id), 0);
}

function mailboxCell(mailbox: Mailbox, tag: number, codePage: number): mapi.PropertyCell {
  return tag === mapi.PR_DISPLAY_NAME ? encodeText(codePage, mailbox.displayName) : mapi.NOT_FOUND_CELL;
}

export function folderCell(folder: Folder, tag: number, codePage: number): mapi.PropertyCell {
  switch (tag) {
    case mapi.PR_DISPLAY_NAME:
      return encodeText(codePage, folder.displayName);
    case mapi.PR_CONTENT_COUNT:
      return folder.messages.size;
    case mapi.PR_CONTENT_UNREAD:
      return folder.unread;
    case mapi.PR_FID:
      return idValue(folder.fid);
    default:
      return mapi.NOT_FOUND_CELL;
  }
}

/** PR_MESSAGE_SIZE counts the text alone, a byte a character. */
export function messageCell(folder: Folder, message: Message, tag: number, codePage: number): mapi.PropertyCell {
  switch (tag) {
    case mapi.PR_MESSAGE_CLASS:
      return encodeText(codePage, message.messageClass);
    case mapi.PR_SUBJECT:
      return encodeText(codePage, message.subject);
    case mapi.PR_SENDER_NAME:
    case mapi.PR_SENT_REPRESENTING_NAME:
      return encodeText(codePage, message.senderName);
    case mapi.PR_BODY:
      return encodeText(codePage, message.body);
    case mapi.PR_CLIENT_SUBMIT_TIME:
      return mapi.fileTimeFromMs(message.submittedMs);
    case mapi.PR_MESSAGE_DELIVERY_TIME:
      return mapi.fileTimeFromMs(message.deliveredMs);
    case mapi.PR_MESSAGE_FLAGS:
      return message.read ? mapi.MSGFLAG_READ : 0;
    case mapi.PR_MESSAGE_SIZE:
      return message.subject.length + message.body.length;
    case mapi.PR_HASATTACH:
      return false;
    case mapi.PR_FID:
      return idValue(folder.fid);
    case mapi.PR_MID:
      return idValue(message.mid);
    case mapi.PR_INST_ID:
      return 0n;
    default:
      return mapi.NOT_FOUND_CELL;
  }
}

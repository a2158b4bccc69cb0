/** RegisterNotification, and how a change of a store becomes pending notifications of a session (MS-OXCNOTIF 3.1.5). */

import {
  MAPI_ERROR,
  MSGFLAG_READ,
  NOTIFICATION_TYPE,
  type Notification,
  NULL_OBJECT_ID,
  type ObjectNotification,
  PR_ASSOC_CONTENT_COUNT,
  PR_CONTENT_COUNT,
  PR_CONTENT_UNREAD,
  type RopResponse,
} from "@pushback/mapi";
import { MAX_SUBSCRIPTIONS_PER_SESSION } from "../limits.ts";
import type { Folder, FolderChange, MessageChange, StoreChange } from "../mail-store/mailbox.ts";
import { failure, objectAt, openInto, type Request, type RopContext, storeOf } from "../session/rop-context.ts";
import type { Subscription } from "../session/server-object.ts";
import type { Session } from "../session/session.ts";
import { notifyTable } from "./table-notifications.ts";

/** Subscribes to notifications. The ROP's object is a logon, a folder or a message; the ids in the request say what is watched. */
export function registerNotification(c: RopContext, q: Request<"RegisterNotification">): RopResponse {
  const on = objectAt(c, q.inputHandleIndex);
  const mailbox = on?.kind === "attachment" ? null : storeOf(on);
  if (!mailbox) return failure(q, MAPI_ERROR.ecNullObject);
  if (c.session.listeners.length >= MAX_SUBSCRIPTIONS_PER_SESSION) return failure(q, MAPI_ERROR.ecMemory);
  const whole = q.wantWholeStore || (q.folderId === NULL_OBJECT_ID && q.messageId === NULL_OBJECT_ID);
  const subscription: Subscription = {
    kind: "subscription",
    logonId: q.logonId,
    types: q.notificationTypes,
    mailbox,
    folderId: whole ? null : q.folderId,
    messageId: whole || q.messageId === NULL_OBJECT_ID ? null : q.messageId,
  };
  const code = openInto(c, q.outputHandleIndex, subscription);
  return code ? failure(q, code) : { rop: "RegisterNotification", handleIndex: q.outputHandleIndex };
}

/** Defaults of the optional fields of an object notification. */
const NOTHING = {
  kind: "object",
  searchFolder: false,
  messageId: null,
  parentFolderId: null,
  oldFolderId: null,
  oldMessageId: null,
  oldParentFolderId: null,
  tags: null,
  totalMessageCount: null,
  unreadMessageCount: null,
} as const;

function aboutMessage(change: MessageChange): ObjectNotification | null {
  const about = { ...NOTHING, folderId: change.folder.fid, messageId: change.message.mid };
  switch (change.kind) {
    case "created":
      return { ...about, type: NOTIFICATION_TYPE.OBJECT_CREATED, tags: [] };
    case "modified":
      return { ...about, type: NOTIFICATION_TYPE.OBJECT_MODIFIED, tags: change.tags };
    case "deleted":
      return { ...about, type: NOTIFICATION_TYPE.OBJECT_DELETED };
    case "moved":
    case "copied": {
      const type = change.kind === "moved" ? NOTIFICATION_TYPE.OBJECT_MOVED : NOTIFICATION_TYPE.OBJECT_COPIED;
      return { ...about, type, oldFolderId: change.from.folder.fid, oldMessageId: change.from.message.mid };
    }
    case "announced":
      return null;
  }
}

/** A notification of changed folder counters: the changed tags, and the counts if they are among them. */
function aboutCounts(folder: Folder, tags: readonly number[]): ObjectNotification | null {
  if (tags.length === 0) return null;
  const total = tags.includes(PR_CONTENT_COUNT) || tags.includes(PR_ASSOC_CONTENT_COUNT);
  return {
    ...NOTHING,
    type: NOTIFICATION_TYPE.OBJECT_MODIFIED,
    folderId: folder.fid,
    tags,
    totalMessageCount: total ? folder.messages.size : null,
    unreadMessageCount: total || tags.includes(PR_CONTENT_UNREAD) ? folder.unread : null,
  };
}

function aboutFolder(change: FolderChange): ObjectNotification {
  const { fid, parentFid } = change.folder;
  const about = { ...NOTHING, folderId: fid };
  switch (change.kind) {
    case "created":
      return { ...about, type: NOTIFICATION_TYPE.OBJECT_CREATED, parentFolderId: parentFid, tags: [] };
    case "deleted":
      return { ...about, type: NOTIFICATION_TYPE.OBJECT_DELETED, parentFolderId: parentFid };
    case "modified":
      return { ...about, type: NOTIFICATION_TYPE.OBJECT_MODIFIED, tags: change.tags };
    case "searched":
      return { ...about, type: NOTIFICATION_TYPE.SEARCH_COMPLETE };
    case "moved":
    case "copied": {
      const type = change.kind === "moved" ? NOTIFICATION_TYPE.OBJECT_MOVED : NOTIFICATION_TYPE.OBJECT_COPIED;
      return { ...about, type, parentFolderId: parentFid, oldFolderId: change.from.fid, oldParentFolderId: change.from.parentFid };
    }
  }
}

function newMail(change: MessageChange): Notification | null {
  const { folder, message } = change;
  const about = { kind: "new-mail", folderId: folder.fid, messageId: message.mid } as const;
  if (change.kind === "announced") return { ...about, messageFlags: change.messageFlags, messageClass: change.messageClass };
  if (change.kind !== "created" || !change.newMail) return null;
  return { ...about, messageFlags: message.read ? MSGFLAG_READ : 0, messageClass: message.messageClass };
}

/** Whether a later counter notification of the same folder replaces an earlier one: it must cover the same tags. */
function replacesCounts(earlier: Notification, later: Notification): boolean {
  if (earlier.kind !== "object" || later.kind !== "object" || earlier.messageId !== null || later.messageId !== null) return false;
  const isSame = earlier.type === later.type && earlier.folderId === later.folderId && earlier.type === NOTIFICATION_TYPE.OBJECT_MODIFIED;
  return isSame && (earlier.tags ?? []).every((tag) => later.tags?.includes(tag));
}

/** Whether a subscription is for one of these objects. */
function watches(s: Subscription, folders: readonly string[], messages: readonly string[]): boolean {
  if (s.folderId !== null && !folders.includes(s.folderId)) return false;
  return s.messageId === null || messages.includes(s.messageId);
}

function notifySubscription(session: Session, handle: number, s: Subscription, change: StoreChange): void {
  if (s.mailbox !== change.folder.mailbox) return;
  const add = (notification: Notification | null, type: number) => {
    if (!notification || !(s.types & type)) return;
    session.notify({ handle, logonId: s.logonId, notification }, (earlier) => replacesCounts(earlier.notification, notification));
  };
  if (change.of === "folder") {
    const notification = aboutFolder(change);
    const from = "from" in change ? [change.from.parentFid] : [];
    // A subscription gets the change if it watches the folder itself, its parent or, after a move, its old parent.
    if (s.messageId === null && watches(s, [change.folder.fid, change.folder.parentFid, ...from], [])) add(notification, notification.type);
    return;
  }
  const from = "from" in change ? change.from : null;
  const folders = [change.folder.fid, ...(from ? [from.folder.fid] : [])];
  if (watches(s, folders, [change.message.mid, ...(from ? [from.message.mid] : [])])) {
    add(newMail(change), NOTIFICATION_TYPE.NEW_MAIL);
    const notification = aboutMessage(change);
    add(notification, notification?.type ?? 0);
  }
  if (s.messageId !== null) return;
  const { OBJECT_MODIFIED } = NOTIFICATION_TYPE;
  if (watches(s, [change.folder.fid], [])) add(aboutCounts(change.folder, change.folderTags), OBJECT_MODIFIED);
  if (change.kind === "moved" && watches(s, [change.from.folder.fid], [])) {
    add(aboutCounts(change.from.folder, change.from.folderTags), OBJECT_MODIFIED);
  }
}

/** Queues the notifications of a change for the session's subscriptions and open tables. */
export function queueNotifications(session: Session, change: StoreChange): void {
  for (const handle of session.listeners) {
    const object = session.objects.get(handle);
    if (object?.kind === "subscription") notifySubscription(session, handle, object, change);
    else if (object?.kind === "table") notifyTable(session, handle, object, change);
  }
}

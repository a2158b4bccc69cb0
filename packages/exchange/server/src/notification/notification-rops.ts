/** RegisterNotification, and how a change of the store becomes pending notifications of a session. */

import {
  MAPI_ERROR,
  MSGFLAG_READ,
  NOTIFICATION_TYPE,
  type Notification,
  NULL_OBJECT_ID,
  type ObjectNotification,
  PR_CONTENT_COUNT,
  PR_CONTENT_UNREAD,
  PR_MESSAGE_FLAGS,
  type RopResponse,
  TABLE_EVENT,
  type TableNotification,
  type TableRowId,
} from "@pushback/mapi";
import { MAX_NOTIFIED_ROW_BYTES, MAX_PENDING_PER_SESSION, MAX_SUBSCRIPTIONS_PER_SESSION } from "../limits.ts";
import { ContentUnreadable } from "../mail-store/message-content.ts";
import type { StoreChange } from "../mail-store/store.ts";
import { BudgetExceeded } from "../session/memory-budget.ts";
import { failure, objectAt, openInto, type Request, type RopContext } from "../session/rop-context.ts";
import type { Subscription, Table, TableRow } from "../session/server-object.ts";
import type { Session } from "../session/session.ts";
import { rowBytes, tableRows } from "../table/table-rops.ts";

/** On a logon, a folder or a message; what it watches is in the request. */
export function registerNotification(c: RopContext, q: Request<"RegisterNotification">): RopResponse {
  const on = objectAt(c, q.inputHandleIndex);
  if (on?.kind !== "logon" && on?.kind !== "folder" && on?.kind !== "message") return failure(q, MAPI_ERROR.ecNullObject);
  if (c.session.listeners.length >= MAX_SUBSCRIPTIONS_PER_SESSION) return failure(q, MAPI_ERROR.ecMemory);
  const whole = q.wantWholeStore || (q.folderId === NULL_OBJECT_ID && q.messageId === NULL_OBJECT_ID);
  const subscription: Subscription = {
    kind: "subscription",
    logonId: q.logonId,
    types: q.notificationTypes,
    folderId: whole ? null : q.folderId,
    messageId: whole || q.messageId === NULL_OBJECT_ID ? null : q.messageId,
  };
  const code = openInto(c, q.outputHandleIndex, subscription);
  return code ? failure(q, code) : { rop: "RegisterNotification", handleIndex: q.outputHandleIndex };
}

const OBJECT_TYPES = {
  created: NOTIFICATION_TYPE.OBJECT_CREATED,
  modified: NOTIFICATION_TYPE.OBJECT_MODIFIED,
  deleted: NOTIFICATION_TYPE.OBJECT_DELETED,
} as const;

/** What an object's notification has not, unless it is said. */
const NOTHING = {
  searchFolder: false,
  parentFolderId: null,
  oldFolderId: null,
  oldMessageId: null,
  oldParentFolderId: null,
  totalMessageCount: null,
  unreadMessageCount: null,
} as const;

function aboutMessage(change: StoreChange): ObjectNotification {
  const tags = change.kind === "deleted" ? null : change.kind === "modified" ? [PR_MESSAGE_FLAGS] : [];
  return {
    ...NOTHING,
    kind: "object",
    type: OBJECT_TYPES[change.kind],
    folderId: change.folder.fid,
    messageId: change.message.mid,
    tags,
  };
}

function aboutFolder(change: StoreChange): ObjectNotification {
  const { folder } = change;
  const recount = change.kind !== "modified";
  return {
    ...NOTHING,
    kind: "object",
    type: NOTIFICATION_TYPE.OBJECT_MODIFIED,
    folderId: folder.fid,
    messageId: null,
    tags: recount ? [PR_CONTENT_COUNT, PR_CONTENT_UNREAD] : [PR_CONTENT_UNREAD],
    totalMessageCount: recount ? folder.messages.size : null,
    unreadMessageCount: folder.unread,
  };
}

function newMail(change: StoreChange): Notification {
  return {
    kind: "new-mail",
    folderId: change.folder.fid,
    messageId: change.message.mid,
    messageFlags: change.message.read ? MSGFLAG_READ : 0,
    messageClass: change.message.messageClass,
  };
}

/** A later notice of the same folder's counts makes an earlier one stale. */
function sameFolderCounts(a: Notification, b: Notification): boolean {
  return (
    a.kind === "object" &&
    b.kind === "object" &&
    a.type === b.type &&
    a.messageId === null &&
    a.folderId === b.folderId &&
    b.messageId === null
  );
}

function notifySubscription(session: Session, handle: number, s: Subscription, change: StoreChange): void {
  if (s.folderId !== null && s.folderId !== change.folder.fid) return;
  if (s.messageId !== null && s.messageId !== change.message.mid) return;
  const add = (notification: Notification) =>
    session.notify({ handle, logonId: s.logonId, notification }, (earlier) => sameFolderCounts(earlier.notification, notification));
  if (change.newMail && s.types & NOTIFICATION_TYPE.NEW_MAIL) add(newMail(change));
  if (s.types & OBJECT_TYPES[change.kind]) add(aboutMessage(change));
  if (s.messageId === null && s.types & NOTIFICATION_TYPE.OBJECT_MODIFIED) add(aboutFolder(change));
}

const NO_ROW: TableRowId = { folderId: NULL_OBJECT_ID, messageId: NULL_OBJECT_ID, instance: 0 };

const TABLE_EVENTS = { created: TABLE_EVENT.ROW_ADDED, modified: TABLE_EVENT.ROW_MODIFIED, deleted: TABLE_EVENT.ROW_DELETED } as const;

function rowId(table: Table, message: TableRow | undefined): TableRowId {
  return message && "mid" in message ? { folderId: table.folder.fid, messageId: message.mid, instance: 0 } : NO_ROW;
}

function aboutTable(session: Session, table: Table, change: StoreChange): TableNotification {
  const head = { kind: "table", searchFolder: false, ofMessages: true } as const;
  // A queue this long is of no use row by row, and a row may have come into a restriction or left it: the client is told to read the table again.
  const readAgain = { ...head, event: TABLE_EVENT.CHANGED, row: null, after: null, rowData: null };
  if (table.restriction !== null || session.pending.length >= MAX_PENDING_PER_SESSION / 2) return readAgain;
  const event = TABLE_EVENTS[change.kind];
  const row = rowId(table, change.message);
  if (event === TABLE_EVENT.ROW_DELETED) return { ...head, event, row, after: null, rowData: null };
  try {
    const rows = tableRows(table, session.codePage);
    const after = rowId(table, rows[rows.indexOf(change.message) - 1]);
    const rowData = rowBytes(table, change.message, session);
    return rowData.length > MAX_NOTIFIED_ROW_BYTES ? readAgain : { ...head, event, row, after, rowData };
  } catch (error) {
    // The change itself has happened, so its other watchers must hear of it.
    if (error instanceof ContentUnreadable || error instanceof BudgetExceeded) return readAgain;
    throw error;
  }
}

function notifyTable(session: Session, handle: number, table: Table, change: StoreChange): void {
  // The client has seen no row of a table without columns, so it needs no notification.
  if (table.fixedRows || table.folder !== change.folder || table.columns.length === 0) return;
  const notification = aboutTable(session, table, change);
  const changed = notification.event === TABLE_EVENT.CHANGED;
  session.notify(
    { handle, logonId: table.logonId, notification },
    ({ notification: earlier }) => changed && earlier.kind === "table" && earlier.event === TABLE_EVENT.CHANGED,
  );
}

/** Queues what the session's subscriptions and open tables have to say about a change. */
export function queueNotifications(session: Session, change: StoreChange): void {
  for (const handle of session.listeners) {
    const object = session.objects.get(handle);
    if (object?.kind === "subscription") notifySubscription(session, handle, object, change);
    else if (object?.kind === "table") notifyTable(session, handle, object, change);
  }
}

/** A logged-on session: polls, reads the end of the Inbox again when notifications came, reads, marks and deletes messages, logs off. */

import type { Host, Timer } from "@pushback/host";
import {
  EMSMDB_OP,
  emitEcDoDisconnectRequest,
  MAPI_ERROR,
  NO_HANDLE,
  NOTIFICATION_TYPE,
  type Notification,
  type ObjectId,
  PR_BODY,
  PR_CONTENT_COUNT,
  PR_CONTENT_UNREAD,
  PR_SUBJECT,
  READ_FLAG,
  type RopRequest,
  type RopResponse,
} from "@pushback/mapi";
import type { AnswerKind } from "./answer-message.ts";
import type { MailClientErrorStep, MailClientEvent } from "./events.ts";
import { INBOX_COLUMNS, type InboxRow, InboxRows, inboxRow } from "./inbox-view.ts";
import { LOGON_ID, type OpenMailbox, ROWS_PER_QUERY } from "./logon.ts";
import { openMessage } from "./opened-message.ts";
import { answerMail, sendMail } from "./outgoing-mail.ts";
import { callRops, failureOf, LARGE_ANSWER, MEDIUM_ANSWER, responseOf } from "./rop-call.ts";
import type { RpcConnection } from "./rpc-connection.ts";
import type { SessionCalls } from "./session-calls.ts";
import type { MailClientSettings } from "./settings.ts";

type PollReason = "datagram" | "idle" | "fallback";

/** Origin in a RopQueryRows response: the cursor is at the end of the table (MS-OXCTABL). */
const ORIGIN_END = 2;

/**
 * Rows at the end of the table that the client reads again when it was notified of new mail: about those that a window shows (assumption). It reads
 * all rows again where the folder's counts, the first of these rows or a notification say that an older row has changed.
 */
export const ROWS_READ_AGAIN = 25;

/** Messages that one call marks or moves: their ids take 8 bytes each, and a call has room for 32 KB. */
const MESSAGES_PER_CALL = 1000;

/** Notifications of objects that are about a message which the table has, or had. */
const CHANGES_OF_ROWS = NOTIFICATION_TYPE.OBJECT_MODIFIED | NOTIFICATION_TYPE.OBJECT_DELETED | NOTIFICATION_TYPE.OBJECT_MOVED;

const MESSAGE_PROPERTIES: readonly number[] = [PR_SUBJECT, PR_BODY];

/** The ids in pieces that fit into one call each. */
function inCalls(mids: readonly ObjectId[]): ObjectId[][] {
  const pieces: ObjectId[][] = [];
  for (let i = 0; i < mids.length; i += MESSAGES_PER_CALL) pieces.push(mids.slice(i, i + MESSAGES_PER_CALL));
  return pieces;
}

export class MailboxSession implements SessionCalls {
  readonly inbox = new InboxRows();
  readonly #host: Host;
  readonly settings: MailClientSettings;
  readonly #rpc: RpcConnection;
  readonly mailbox: OpenMailbox;
  readonly emit: (event: MailClientEvent) => void;
  /** True while the call waits in the queue, so that it is not queued twice. */
  #pollQueued = false;
  #refreshing = false;
  /** Whether more notifications came while the table was being read. */
  #refreshAgain = false;
  /** Whether one of these notifications was about a row above the last ones, so that all rows must be read again. */
  #allAgain = false;
  /** Whether rows left the table while it was being read. Rows that were read may then be gone and others skipped, so the table is read again. */
  #isReadInVain = false;
  #timer: Timer | null = null;
  #lastCallUs: number;
  #ended = false;

  constructor(host: Host, settings: MailClientSettings, rpc: RpcConnection, mailbox: OpenMailbox, emit: (event: MailClientEvent) => void) {
    this.#host = host;
    this.settings = settings;
    this.#rpc = rpc;
    this.mailbox = mailbox;
    this.emit = emit;
    this.#lastCallUs = host.nowUs();
  }

  /** Takes the rows of the logon's last call, fetches the remaining ones, calls `ready` and starts polling. */
  start(responses: readonly RopResponse[], ready: () => void): void {
    this.#takeRows(responses, [], (rows) => {
      if (rows) this.inbox.replace(0, rows);
      ready();
      this.#startPolling();
    });
    this.#look(responses);
  }

  /** Ends the session: it makes no further call and reports no further event. */
  end(): void {
    this.#ended = true;
    this.#timer?.cancel();
  }

  #startPolling(): void {
    const { idlePollUs, fallbackPollUs } = this.settings.habits;
    if (this.#ended) return;
    if (this.mailbox.pushed) this.#waitIdle(idlePollUs);
    else this.#waitFallback(fallbackPollUs);
  }

  #waitFallback(periodUs: number): void {
    this.#timer = this.#host.setTimer(periodUs, () => {
      this.poll("fallback");
      this.#waitFallback(periodUs);
    });
  }

  /** The timer stays where it is when a call is made. When it fires, it checks how long ago the last call was. */
  #waitIdle(delayUs: number): void {
    this.#timer = this.#host.setTimer(delayUs, () => {
      const { idlePollUs } = this.settings.habits;
      const idleUs = this.#host.nowUs() - this.#lastCallUs;
      if (idleUs >= idlePollUs) this.poll("idle");
      this.#waitIdle(idleUs >= idlePollUs ? idlePollUs : idlePollUs - idleUs);
    });
  }

  rops(
    what: MailClientErrorStep,
    requests: readonly RopRequest[],
    handles: readonly number[],
    usSize: number,
    then: (responses: readonly RopResponse[], handles: readonly number[]) => void,
  ): void {
    this.#lastCallUs = this.#host.nowUs();
    callRops(this.#rpc, { pcxh: this.mailbox.pcxh, requests, handles, usSize, rowColumns: INBOX_COLUMNS }, (outcome) => {
      if (this.#ended) return;
      this.#lastCallUs = this.#host.nowUs();
      if (!outcome.ok) {
        this.emit({ type: "error", what, code: outcome.code });
        then([], handles);
        return;
      }
      then(outcome.responses, outcome.handles);
      this.#look(outcome.responses);
    });
  }

  /** Any response may carry notifications. The session then reads the table again. */
  #look(responses: readonly RopResponse[]): void {
    const notices = responses.filter((response) => response.rop === "Notify");
    if (notices.length > 0) this.#refresh(notices.some(({ notification }) => this.#isAboutOlderRow(notification)));
  }

  /**
   * Whether a notification says that a message above the last rows has changed. Only a client that asks for every change is told so; the folder's counts
   * tell nothing where one message was marked read and another one unread.
   */
  #isAboutOlderRow(notification: Notification): boolean {
    if (notification.kind !== "object" || (notification.type & CHANGES_OF_ROWS) === 0) return false;
    const { messageId, oldMessageId } = notification;
    const end = this.#firstReadAgain;
    for (let position = 0; position < end; position++) {
      const mid = this.inbox.at(position)?.mid;
      if (mid === messageId || mid === oldMessageId) return true;
    }
    return false;
  }

  get #firstReadAgain(): number {
    return Math.max(0, this.inbox.length - ROWS_READ_AGAIN);
  }

  /** Queues a poll (a call without ROPs), unless one is queued already. */
  poll(why: PollReason): void {
    if (this.#pollQueued || this.#ended) return;
    this.#pollQueued = true;
    this.rops("poll", [], [], MEDIUM_ANSWER, (responses) => {
      this.#pollQueued = false;
      const notifications = responses.filter((response) => response.rop === "Notify").length;
      this.emit({ type: "polled", why, notifications });
    });
  }

  /** Reads the table's last rows (or all of them) and those added after them, and reports messages that were not in the view before. */
  #refresh(all: boolean): void {
    if (this.#ended) return;
    if (!this.#refreshing) this.#readFrom(all ? 0 : this.#firstReadAgain);
    else {
      this.#refreshAgain = true;
      this.#allAgain ||= all;
    }
  }

  /** Reads the table from a position on. If an older row has changed meanwhile, reads the whole table. */
  #readFrom(position: number): void {
    this.#refreshing = true;
    this.#refreshAgain = false;
    this.#allAgain = false;
    this.#isReadInVain = false;
    const { tableHandle, inboxHandle } = this.mailbox;
    const on = { logonId: LOGON_ID, inputHandleIndex: 0 };
    const requests: RopRequest[] = [{ rop: "SeekRow", ...on, origin: 0, rowCount: position, wantMoved: 0 }, queryRows()];
    if (position > 0) requests.push(folderCounts());
    this.rops("poll", requests, position > 0 ? [tableHandle, inboxHandle] : [tableHandle], LARGE_ANSWER, (responses) => {
      this.#takeRows(responses, [], (rows) => {
        if (rows && this.#isReadInVain) {
          this.#readFrom(0);
          return;
        }
        const first = this.inbox.at(position);
        const isShifted = rows !== null && position > 0 && rows[0]?.mid !== first?.mid;
        if (rows && !isShifted) this.#show(position, rows);
        if (rows && (isShifted || this.#isOutdated(responses))) {
          this.#readFrom(0);
          return;
        }
        this.#refreshing = false;
        if (this.#refreshAgain) this.#refresh(this.#allAgain);
      });
    });
  }

  /** Replaces the rows from `position` on by these, and reports what is new among them. */
  #show(position: number, rows: readonly InboxRow[]): void {
    const before = this.inbox.changes;
    const added = this.inbox.replace(position, rows);
    for (const { mid, subject } of added) this.emit({ type: "new-mail", mid, subject });
    if (added.length === 0 && this.inbox.changes !== before) this.emit({ type: "inbox-updated" });
  }

  /** Whether the folder's counts, taken with all of the table's last rows, differ from those of the rows held. */
  #isOutdated(responses: readonly RopResponse[]): boolean {
    const counts = responseOf(responses, "GetPropertiesSpecific");
    if (!counts || responseOf(responses, "QueryRows")?.origin !== ORIGIN_END) return false;
    const [count, unread] = counts.cells;
    return count !== this.inbox.length || unread !== this.inbox.unread;
  }

  /** Adds the rows of a response to `rows` and queries on until the end of the table. `then` gets `null` if a query failed. */
  #takeRows(responses: readonly RopResponse[], rows: InboxRow[], then: (rows: readonly InboxRow[] | null) => void): void {
    const answer = responseOf(responses, "QueryRows");
    const code = failureOf(responses);
    if (code !== null) this.emit({ type: "error", what: "poll", code });
    if (!answer) {
      then(null);
      return;
    }
    for (const cells of answer.rows) rows.push(inboxRow(cells, this.settings.habits.codePage));
    if (answer.origin === ORIGIN_END || answer.rows.length === 0) {
      then(rows);
      return;
    }
    this.rops("poll", [queryRows()], [this.mailbox.tableHandle], LARGE_ANSWER, (more) => this.#takeRows(more, rows, then));
  }

  /** Opens a message, fetches its text, marks it read and releases it. */
  read(mid: ObjectId): void {
    openMessage(this, mid, MESSAGE_PROPERTIES, [], ({ handle, texts: [subject, body] }) => this.#markRead(mid, handle, subject, body));
  }

  #markRead(mid: ObjectId, messageHandle: number, subject: string, body: string): void {
    const requests: RopRequest[] = [
      { rop: "SetMessageReadFlag", logonId: LOGON_ID, responseHandleIndex: 0, inputHandleIndex: 1, readFlags: 0, clientData: null },
      { rop: "Release", logonId: LOGON_ID, inputHandleIndex: 1 },
    ];
    this.rops("read", requests, [this.mailbox.inboxHandle, messageHandle], MEDIUM_ANSWER, (responses) => {
      if (!responseOf(responses, "SetMessageReadFlag")) {
        if (responses.length > 0) this.emit({ type: "error", what: "read", code: failureOf(responses) });
        return;
      }
      this.inbox.mark(mid, true);
      this.emit({ type: "message-read", mid, subject, body });
    });
  }

  /** Marks messages of the Inbox as read or unread, without opening them. */
  mark(mids: readonly ObjectId[], read: boolean): void {
    for (const some of inCalls(mids)) this.#markSome(some, read);
  }

  #markSome(mids: readonly ObjectId[], read: boolean): void {
    const readFlags = read ? READ_FLAG.DEFAULT : READ_FLAG.CLEAR_READ;
    const requests: RopRequest[] = [
      { rop: "SetReadFlags", logonId: LOGON_ID, inputHandleIndex: 0, wantAsync: 0, readFlags, messageIds: mids },
    ];
    this.rops("mark", requests, [this.mailbox.inboxHandle], MEDIUM_ANSWER, (responses) => {
      const answer = responseOf(responses, "SetReadFlags");
      // If a message is gone from the folder, the others are marked. Reading the table again shows which ones were.
      if (!answer || answer.partialCompletion) {
        if (responses.length > 0) this.emit({ type: "error", what: "mark", code: answer ? MAPI_ERROR.ecNotFound : failureOf(responses) });
        if (answer) this.#refresh(true);
        return;
      }
      for (const mid of mids) this.inbox.mark(mid, read);
      this.emit({ type: "messages-marked", mids, read });
    });
  }

  /** Moves messages of the Inbox into Deleted Items. */
  delete(mids: readonly ObjectId[]): void {
    for (const some of inCalls(mids)) this.#deleteSome(some);
  }

  #deleteSome(mids: readonly ObjectId[]): void {
    const { inboxHandle, logonHandle, deletedItemsFid } = this.mailbox;
    const on = { logonId: LOGON_ID };
    const requests: RopRequest[] = [
      { rop: "OpenFolder", ...on, inputHandleIndex: 1, outputHandleIndex: 2, folderId: deletedItemsFid, openModeFlags: 0 },
      { rop: "MoveCopyMessages", ...on, inputHandleIndex: 0, destHandleIndex: 2, messageIds: mids, wantAsync: 0, wantCopy: false },
      { rop: "Release", ...on, inputHandleIndex: 2 },
    ];
    this.rops("delete", requests, [inboxHandle, logonHandle, NO_HANDLE], MEDIUM_ANSWER, (responses) => {
      const answer = responseOf(responses, "MoveCopyMessages");
      if (answer) this.#isReadInVain = true;
      // If a message is gone from the folder, the others are moved. Reading the table again shows which ones were.
      if (!answer || answer.partialCompletion) {
        if (responses.length > 0) this.emit({ type: "error", what: "delete", code: answer ? MAPI_ERROR.ecNotFound : failureOf(responses) });
        if (answer) this.#refresh(true);
        return;
      }
      this.inbox.remove(mids);
      this.emit({ type: "messages-deleted", mids });
    });
  }

  /** Writes a message into the Outbox and submits it. */
  send(to: readonly string[], subject: string, body: string): void {
    sendMail(this, to, subject, body);
  }

  /** Answers a message of the Inbox, or forwards it to `to`. */
  answer(kind: AnswerKind, mid: ObjectId, text: string, to: readonly string[]): void {
    answerMail(this, kind, mid, text, to);
  }

  /** Releases all handles and disconnects. Calls `done` when the server has answered or failed to. */
  logOff(done: () => void): void {
    this.#timer?.cancel();
    const { tableHandle, subscriptionHandle, inboxHandle, logonHandle } = this.mailbox;
    const handles = [tableHandle, subscriptionHandle, inboxHandle, logonHandle];
    const requests = handles.map((_, inputHandleIndex): RopRequest => ({ rop: "Release", logonId: LOGON_ID, inputHandleIndex }));
    this.rops("disconnect", requests, handles, MEDIUM_ANSWER, () => {
      this.#rpc.call(EMSMDB_OP.EcDoDisconnect, emitEcDoDisconnectRequest(this.mailbox.pcxh), (answer) => {
        if (!answer.ok) this.emit({ type: "error", what: "disconnect", code: answer.status });
        done();
      });
    });
  }
}

function folderCounts(): RopRequest {
  const tags = [PR_CONTENT_COUNT, PR_CONTENT_UNREAD];
  return { rop: "GetPropertiesSpecific", logonId: LOGON_ID, inputHandleIndex: 1, propertySizeLimit: 0, wantUnicode: 0, tags };
}

function queryRows(): RopRequest {
  return { rop: "QueryRows", logonId: LOGON_ID, inputHandleIndex: 0, flags: 0, forwardRead: 1, rowCount: ROWS_PER_QUERY };
}

/** A logon session, which one context handle refers to: its objects, pending notifications and push registration. */

import type { Ipv4Address } from "@pushback/host";
import { NOTIFICATION_TYPE, type Notification, type ObjectId, TABLE_EVENT, type VersionWords } from "@pushback/mapi";
import { MAX_HELD_BYTES_PER_SESSION, MAX_OBJECTS_PER_SESSION, MAX_PENDING_PER_SESSION } from "../limits.ts";
import type { Mailbox, StoreWatcher } from "../mail-store/mailbox.ts";
import { MemoryBudget } from "./memory-budget.ts";
import type { ServerObject } from "./server-object.ts";

/** `pushRow` of a session that never registered. */
export const NO_ROW = -1;

export interface PendingNotification {
  readonly handle: number;
  readonly logonId: number;
  readonly notification: Notification;
}

/** Submitted messages that a session remembers. */
const MAX_SUBMITTED = 50;

/** Event mask that genuine clients register with (seen live). */
const EVERY_TYPE = 0xffffffff;

/** The NOTIFICATION_TYPE bit of a notification. */
function typeOf({ notification: n }: PendingNotification): number {
  if (n.kind === "object") return n.type;
  return n.kind === "table" ? NOTIFICATION_TYPE.TABLE_MODIFIED : NOTIFICATION_TYPE.NEW_MAIL;
}

/** Bytes of the row that comes with a table's notification. */
function rowBytesOf({ notification }: PendingNotification): number {
  return notification.kind === "table" ? (notification.rowData?.length ?? 0) : 0;
}

/** Replaces a table notification with its row by "table changed", which makes the client read the table again. */
function withoutRow(entry: PendingNotification): PendingNotification {
  const { notification } = entry;
  if (notification.kind !== "table") return entry;
  return { ...entry, notification: { ...notification, event: TABLE_EVENT.CHANGED, row: null, after: null, rowData: null } };
}

export class Session {
  /** Number of the session, used in events and messages. */
  readonly id: number;
  readonly mailbox: Mailbox;
  readonly codePage: number;
  /** The session's number: returned as picxr by EcDoConnect, and named by RopPending. */
  readonly sessionIndex: number;
  readonly clientVersion: VersionWords;
  readonly connectedAtUs: number;
  readonly remoteAddress: Ipv4Address;
  readonly remotePort: number;
  lastActivityUs: number;
  readonly objects = new Map<number, ServerObject>();
  /** Handles of those objects that may be notified of changes: subscriptions and tables. */
  listeners: readonly number[] = [];
  pending: PendingNotification[] = [];
  /** Row of this session in the table of push registrations; NO_ROW before it registers. */
  pushRow = NO_ROW;
  /** pulTimeStamp: the value that a later EcDoConnect must name to link its session to this one. */
  readonly timeStamp: number;
  /** Sessions of the same client that were linked to each other, including this one; `null` while this one is linked to none. */
  linked: Set<Session> | null = null;
  /** No datagram is sent while a call of this session runs: the response may carry the pending notifications. */
  inCall = false;
  watcher: StoreWatcher | null = null;
  /** Stores that the session watches. */
  #watched: readonly Mailbox[] = [];
  /** grbitAdviseBits of the session's push registration: the types of notifications for which a datagram is sent. */
  adviseBits = EVERY_TYPE;
  /** The client said that it is a spooler. */
  isSpooler = false;
  /** Ids that messages had when this session submitted them, the last MAX_SUBMITTED. */
  submitted: readonly ObjectId[] = [];
  /** Mailboxes of others that the user logged on to: as the account may open them, or with the rights that their folders give. */
  readonly others = new Map<Mailbox, "full" | "guest">();
  /** Whether the session logged on to the public store. */
  usesPublicStore = false;
  /** Whether the account may open the mailbox of this alias. */
  mayOpen: (alias: string) => boolean = () => false;
  /** Stores by the LogonId of their logons. */
  readonly logons = new Map<number, Mailbox>();
  /** A mailbox's information on a public folder that is written in pieces; see `per-user-rops.ts`. */
  perUser: { readonly mailbox: Mailbox; readonly key: string; readonly databaseGuid: string; readonly data: Uint8Array } | null = null;
  /** Bytes that this session makes the server hold. */
  readonly budget: MemoryBudget;
  /** The account that connected; `null` for an anonymous client. */
  account: string | null = null;
  /** The session's context handle as text, a key of maps. */
  contextKey = "";
  #nextHandle = 1;
  #pendingRowBytes = 0;

  constructor(
    id: number,
    mailbox: Mailbox,
    codePage: number,
    clientVersion: VersionWords,
    nowUs: number,
    remoteAddress: Ipv4Address,
    remotePort: number,
    timeStamp: number,
    budget: MemoryBudget = new MemoryBudget(MAX_HELD_BYTES_PER_SESSION),
  ) {
    this.budget = budget;
    this.id = id;
    this.mailbox = mailbox;
    this.codePage = codePage;
    this.sessionIndex = id & 0xffff;
    this.clientVersion = clientVersion;
    this.connectedAtUs = nowUs;
    this.lastActivityUs = nowUs;
    this.remoteAddress = remoteAddress;
    this.remotePort = remotePort;
    this.timeStamp = timeStamp;
  }

  /** Subscribes the session's watcher to changes of a further store. */
  watch(mailbox: Mailbox): void {
    if (!this.watcher || this.#watched.includes(mailbox)) return;
    this.#watched = this.#watched.concat(mailbox);
    mailbox.watchers = mailbox.watchers.concat(this.watcher);
  }

  /** Ends all subscriptions made by `watch`. */
  unwatch(): void {
    for (const mailbox of this.#watched) mailbox.watchers = mailbox.watchers.filter((watcher) => watcher !== this.watcher);
    this.#watched = [];
  }

  /** The new object's handle, or `null` when the session holds as many as it may. */
  open(object: ServerObject): number | null {
    if (this.objects.size >= MAX_OBJECTS_PER_SESSION) return null;
    const handle = this.#nextHandle;
    this.#nextHandle = handle >= 0x7fffffff ? 1 : handle + 1;
    this.objects.set(handle, object);
    if (object.kind === "table") object.budget = this.budget;
    if (object.kind === "subscription" || (object.kind === "table" && object.notifies)) this.listeners = this.listeners.concat(handle);
    return handle;
  }

  /** Forgets an object, and what is pending for it. Objects opened from it live on. */
  release(handle: number): void {
    const object = this.objects.get(handle);
    if (object?.kind === "stream" || object?.kind === "table") this.budget.give(object.heldBytes);
    else if (object?.kind === "message") object.draft?.close();
    else if (object?.kind === "attachment") this.budget.give(object.heldBytes);
    this.objects.delete(handle);
    if (!this.listeners.includes(handle)) return;
    this.listeners = this.listeners.filter((listener) => listener !== handle);
    this.#replacePending(this.pending.filter((p) => p.handle !== handle));
  }

  /** Remembers that a message of this id was submitted. */
  noteSubmitted(mid: ObjectId): void {
    this.submitted = [...this.submitted.slice(1 - MAX_SUBMITTED), mid];
  }

  /** Whether a notification is pending of a type for which the client asked for datagrams. */
  get hasNews(): boolean {
    if (this.pending.length === 0 || this.adviseBits === EVERY_TYPE) return this.pending.length > 0;
    return this.pending.some((entry) => (typeOf(entry) & this.adviseBits) !== 0);
  }

  /** Removes the first `count` notifications from the queue. */
  dropPending(count: number): void {
    this.#replacePending(this.pending.slice(count));
  }

  #replacePending(left: PendingNotification[]): void {
    let kept = 0;
    for (const entry of left) kept += rowBytesOf(entry);
    this.budget.give(this.#pendingRowBytes - kept);
    this.#pendingRowBytes = kept;
    this.pending = left;
  }

  /**
   * Queues a notification. Its table row counts in the session's memory budget; without room for the row, the notification is queued without it.
   * The notification replaces earlier ones for which `replaces` returns true. MAX_PENDING_PER_SESSION limits the queue.
   */
  notify(added: PendingNotification, replaces: (earlier: PendingNotification) => boolean): void {
    const entry = this.budget.take(rowBytesOf(added)) ? added : withoutRow(added);
    this.#pendingRowBytes += rowBytesOf(entry);
    const stale = this.pending.findIndex((p) => p.handle === entry.handle && replaces(p));
    const isFull = stale < 0 && this.pending.length >= MAX_PENDING_PER_SESSION;
    const dropped = stale >= 0 ? rowBytesOf(this.pending[stale]) : isFull ? rowBytesOf(entry) : 0;
    this.budget.give(dropped);
    this.#pendingRowBytes -= dropped;
    if (stale >= 0) this.pending[stale] = entry;
    else if (!isFull) this.pending = this.pending.concat(entry);
  }
}

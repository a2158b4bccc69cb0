/** The Inbox as the client last read it: rows of the contents table, in its order, and what changed in them. */

import { decodeText } from "@pushback/bytes";
import * as mapi from "@pushback/mapi";

/** A row of the Inbox's contents table, as the client read it. */
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

/** A change of the rows: the first `kept` stay, and `rows` follow them. */
export interface InboxChange {
  readonly kept: number;
  readonly rows: readonly InboxRow[];
}

function isSameRow(a: InboxRow, b: InboxRow): boolean {
  return a.mid === b.mid && a.read === b.read && a.subject === b.subject && a.from === b.from && a.deliveredMs === b.deliveredMs;
}

/** The rows that the client holds. Adding rows at the end costs the same however many there are. */
export class InboxRows {
  readonly #rows: InboxRow[] = [];
  #unread = 0;
  /** Position of the row with the latest delivery time, the last of them if several have it; -1 without rows. */
  #newest = -1;
  /** Position of the first row that changed since the last `takeChange`; `null` if none did. */
  #changedFrom: number | null = 0;
  #copy: readonly InboxRow[] | null = null;
  /** Number of changes of the rows. */
  changes = 0;

  /** Number of rows. */
  get length(): number {
    return this.#rows.length;
  }

  /** Number of rows of unread messages. */
  get unread(): number {
    return this.#unread;
  }

  /** The row of the newest message; `null` for an empty Inbox. */
  get newest(): InboxRow | null {
    return this.#newest < 0 ? null : this.#rows[this.#newest];
  }

  /** The row at a position; `undefined` where there is none. */
  at(position: number): InboxRow | undefined {
    return this.#rows[position];
  }

  /** Replaces all rows from index `position` on by `rows`. Returns the rows among them whose messages were not in the view before. */
  replace(position: number, rows: readonly InboxRow[]): InboxRow[] {
    let same = 0;
    while (same < rows.length && position + same < this.#rows.length && isSameRow(rows[same], this.#rows[position + same])) same++;
    const from = position + same;
    if (from === this.#rows.length && same === rows.length) return [];
    const gone = this.#rows.splice(from);
    const known = new Set(gone.map(({ mid }) => mid));
    for (const row of gone) if (!row.read) this.#unread--;
    for (let i = same; i < rows.length; i++) this.#rows.push(rows[i]);
    for (let i = from; i < this.#rows.length; i++) if (!this.#rows[i].read) this.#unread++;
    this.#findNewest(from);
    this.#noteChange(from);
    return rows.slice(same).filter(({ mid }) => !known.has(mid));
  }

  #findNewest(from: number): void {
    const isKept = this.#newest < from;
    if (!isKept) this.#newest = -1;
    for (let i = isKept ? from : 0; i < this.#rows.length; i++)
      if (this.#newest < 0 || this.#rows[i].deliveredMs >= this.#rows[this.#newest].deliveredMs) this.#newest = i;
  }

  /** Marks a message as read or unread. */
  mark(mid: mapi.ObjectId, read: boolean): void {
    const at = this.#rows.findLastIndex((row) => row.mid === mid);
    if (at < 0 || this.#rows[at].read === read) return;
    this.#rows[at] = { ...this.#rows[at], read };
    this.#unread += read ? -1 : 1;
    this.#noteChange(at);
  }

  /** Takes messages out; ids without a row are ignored. */
  remove(mids: readonly mapi.ObjectId[]): void {
    const gone = new Set(mids);
    const first = this.#rows.findIndex(({ mid }) => gone.has(mid));
    if (first < 0) return;
    const rest = this.#rows.splice(first);
    for (const row of rest) {
      if (!gone.has(row.mid)) this.#rows.push(row);
      else if (!row.read) this.#unread--;
    }
    this.#findNewest(first);
    this.#noteChange(first);
  }

  #noteChange(position: number): void {
    this.#changedFrom = Math.min(this.#changedFrom ?? position, position);
    this.#copy = null;
    this.changes++;
  }

  /** What changed since the last call; `null` if nothing did. The first call returns all rows. */
  takeChange(): InboxChange | null {
    const kept = this.#changedFrom;
    if (kept === null) return null;
    this.#changedFrom = null;
    return { kept, rows: this.#rows.slice(kept) };
  }

  /** The rows as they are now, as an array that no later change touches. */
  all(): readonly InboxRow[] {
    this.#copy ??= [...this.#rows];
    return this.#copy;
  }
}

/** What the parts of an information store share: machine, persistence, ids, the quota, and the telling of changes. */

import type { Host } from "@pushback/host";
import { makeObjectId, type ObjectId } from "@pushback/mapi";
import type { Mailbox, StoreChange } from "./mailbox.ts";
import type { StorePersistence } from "./store-persistence.ts";
import { REPLICA_ID } from "./stored-mailbox.ts";

export class StoreCore {
  readonly host: Host;
  readonly persistence: StorePersistence | null;
  readonly quotaBytes: number;
  /** The next global counter. */
  counter = 1;

  constructor(host: Host, persistence: StorePersistence | null, quotaBytes: number) {
    this.host = host;
    this.persistence = persistence;
    this.quotaBytes = quotaBytes;
  }

  nextId(): ObjectId {
    return makeObjectId(REPLICA_ID, this.counter++);
  }

  nowMs(): number {
    return Math.trunc(this.host.wallClockMs());
  }

  hasRoom(mailbox: Mailbox, growth: number): boolean {
    return growth <= 0 || mailbox.bytes + growth <= this.quotaBytes;
  }

  /** Tells the watchers of a change that has happened. */
  tell(mailbox: Mailbox, change: StoreChange): void {
    mailbox.version++;
    if (change.of === "message") {
      change.folder.version++;
      if (change.kind === "moved") change.from.folder.version++;
    }
    for (const watcher of mailbox.watchers) watcher(change);
  }
}

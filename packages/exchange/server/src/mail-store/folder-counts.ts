/** Counts that a folder keeps of its messages: their number, their bytes, and how many are unread. */

import {
  PR_ASSOC_CONTENT_COUNT,
  PR_CONTENT_COUNT,
  PR_CONTENT_UNREAD,
  PR_DELETED_COUNT_TOTAL,
  PR_LOCAL_COMMIT_TIME_MAX,
  PR_MESSAGE_SIZE,
} from "@pushback/mapi";
import { type Folder, siblingsOf } from "./mailbox.ts";
import { isAssociated, type MessageRecord, sizeOfMessage } from "./message-content.ts";
import type { StoreCore } from "./store-core.ts";

/** 1 for a message that its folder counts as unread. */
export function countsUnread(message: MessageRecord): number {
  return message.read || isAssociated(message) ? 0 : 1;
}

/** Adds a message to a folder and to its counts. `isBack`: only to the counts, because the message is still in the folder's list. */
export function putIn(core: StoreCore, folder: Folder, message: MessageRecord, isBack = false): void {
  if (!isBack) siblingsOf(folder, isAssociated(message)).set(message.mid, message);
  const size = sizeOfMessage(message);
  folder.mailbox.bytes += size;
  folder.bytes += size;
  core.heldBytes += core.bytesInMemory(message);
  folder.unread += countsUnread(message);
}

/** Subtracts a message from the counts and sizes of its folder and mailbox. */
export function discount(core: StoreCore, folder: Folder, message: MessageRecord): void {
  const size = sizeOfMessage(message);
  folder.mailbox.bytes -= size;
  folder.bytes -= size;
  core.heldBytes -= core.bytesInMemory(message);
  folder.unread -= countsUnread(message);
}

export function takeOut(core: StoreCore, folder: Folder, message: MessageRecord): void {
  siblingsOf(folder, isAssociated(message)).delete(message.mid);
  discount(core, folder, message);
}

/** The numbers of a folder that are properties of it. */
export function countsOf(folder: Folder): readonly (readonly [tag: number, value: number])[] {
  return [
    [PR_CONTENT_COUNT, folder.messages.size],
    [PR_CONTENT_UNREAD, folder.unread],
    [PR_MESSAGE_SIZE, folder.bytes],
    [PR_ASSOC_CONTENT_COUNT, folder.associated.size],
    [PR_DELETED_COUNT_TOTAL, folder.deletedCount],
  ];
}

/** Tags of the counts that differ from `before`, followed by PR_LOCAL_COMMIT_TIME_MAX; empty if none differs. */
export function changedCounts(before: ReturnType<typeof countsOf>, folder: Folder): readonly number[] {
  const now = countsOf(folder);
  const tags = before.flatMap(([tag, value], i) => (now[i][1] === value ? [] : [tag]));
  return tags.length > 0 ? [...tags, PR_LOCAL_COMMIT_TIME_MAX] : tags;
}

/** Locks on regions of a property that several streams of a session have open (MS-OXCPRPT 3.2.5.21, 3.2.5.22). Other sessions do not see them. */

import type { RopContext } from "../session/rop-context.ts";
import type { Stream, StreamLock } from "../session/server-object.ts";

/** Locks of one stream. */
export const MAX_LOCKS = 64;

function overlap(a: Pick<StreamLock, "offset" | "size">, b: Pick<StreamLock, "offset" | "size">): boolean {
  return a.offset < b.offset + b.size && b.offset < a.offset + a.size;
}

/** Other streams on the same property. */
function* othersOf(c: RopContext, stream: Stream): Generator<Stream> {
  for (const object of c.session.objects.values()) {
    if (object.kind === "stream" && object !== stream && object.owner === stream.owner && object.tag === stream.tag) yield object;
  }
}

/** Whether another stream has locked a part of the region against reading it, or against writing it. */
export function isLocked(c: RopContext, stream: Stream, offset: bigint, size: bigint, toRead: boolean): boolean {
  for (const other of othersOf(c, stream)) {
    if (other.locks.some((lock) => overlap(lock, { offset, size }) && !(toRead && lock.readable))) return true;
  }
  return false;
}

/** Whether a lock on the region overlaps an existing lock of this or another stream. */
export function conflicts(c: RopContext, stream: Stream, region: Pick<StreamLock, "offset" | "size">): boolean {
  if (stream.locks.some((lock) => overlap(lock, region))) return true;
  for (const other of othersOf(c, stream)) if (other.locks.some((lock) => overlap(lock, region))) return true;
  return false;
}

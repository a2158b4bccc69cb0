/** ROPs on streams that copy, clone and lock them (MS-OXCPRPT 3.2.5.19 to 3.2.5.24). */

import { MAPI_ERROR, type RopResponse } from "@pushback/mapi";
import { failure, openInto, type Request, type RopContext } from "../session/rop-context.ts";
import type { Stream } from "../session/server-object.ts";
import { conflicts, isLocked, MAX_LOCKS } from "./stream-locks.ts";
import { streamAt, writeInto } from "./stream-rops.ts";

/** Copies up to the requested bytes from the source's position to the destination's; both positions advance. */
export function copyToStream(c: RopContext, q: Request<"CopyToStream">): RopResponse {
  const from = streamAt(c, q.inputHandleIndex);
  if (!from) return failure(q, MAPI_ERROR.ecNullObject);
  const to = streamAt(c, q.destHandleIndex);
  if (!to) return failure(q, MAPI_ERROR.ecDstNullObject);
  const left = BigInt(from.length - from.position);
  const size = Number(q.byteCount < left ? q.byteCount : left);
  if (isLocked(c, from, BigInt(from.position), BigInt(size), true)) return failure(q, MAPI_ERROR.ecAccessDenied);
  const code = writeInto(c, to, from.bytes.slice(from.position, from.position + size));
  if (code) return failure(q, code);
  // If source and destination are the same stream, the write has advanced its position already.
  if (from !== to) from.position += size;
  return { rop: "CopyToStream", handleIndex: q.inputHandleIndex, readByteCount: BigInt(size), writtenByteCount: BigInt(size) };
}

/** Opens a second, independent stream on the same property, with a copy of the original's present contents and position. */
export function cloneStream(c: RopContext, q: Request<"CloneStream">): RopResponse {
  const stream = streamAt(c, q.inputHandleIndex);
  if (!stream) return failure(q, MAPI_ERROR.ecNullObject);
  const heldBytes = stream.length;
  if (!c.session.budget.take(heldBytes)) return failure(q, MAPI_ERROR.ecMemory);
  const clone: Stream = { ...stream, bytes: stream.bytes.slice(0, stream.length), heldBytes, locks: [] };
  const code = openInto(c, q.outputHandleIndex, clone);
  if (code) c.session.budget.give(heldBytes);
  return code ? failure(q, code) : { rop: "CloneStream", handleIndex: q.outputHandleIndex };
}

/** LockFlags: others may read the region (MS-OXCPRPT 2.2.24.1). */
const LOCK_READABLE = 0x00000001;

export function lockRegionStream(c: RopContext, q: Request<"LockRegionStream">): RopResponse {
  const stream = streamAt(c, q.inputHandleIndex);
  if (!stream) return failure(q, MAPI_ERROR.ecNullObject);
  const lock = { offset: q.regionOffset, size: q.regionSize, readable: (q.lockFlags & LOCK_READABLE) !== 0 };
  if (stream.locks.length >= MAX_LOCKS) return failure(q, MAPI_ERROR.ecMemory);
  if (conflicts(c, stream, lock)) return failure(q, MAPI_ERROR.ecLockViolation);
  stream.locks = [...stream.locks, lock];
  return { rop: "LockRegionStream", handleIndex: q.inputHandleIndex };
}

/** Unlocks a region of a stream. Offset and size must be those with which it was locked. */
export function unlockRegionStream(c: RopContext, q: Request<"UnlockRegionStream">): RopResponse {
  const stream = streamAt(c, q.inputHandleIndex);
  if (!stream) return failure(q, MAPI_ERROR.ecNullObject);
  const left = stream.locks.filter((lock) => lock.offset !== q.regionOffset || lock.size !== q.regionSize);
  if (left.length === stream.locks.length) return failure(q, MAPI_ERROR.ecLockViolation);
  stream.locks = left;
  return { rop: "UnlockRegionStream", handleIndex: q.inputHandleIndex };
}

export function writeAndCommitStream(c: RopContext, q: Request<"WriteAndCommitStream">): RopResponse {
  const stream = streamAt(c, q.inputHandleIndex);
  if (!stream) return failure(q, MAPI_ERROR.ecNullObject);
  const written = writeInto(c, stream, q.data);
  const code = written || (stream.commit?.(stream.bytes.subarray(0, stream.length)) ?? MAPI_ERROR.ecAccessDenied);
  return code ? failure(q, code) : { rop: "WriteAndCommitStream", handleIndex: q.inputHandleIndex, writtenSize: q.data.length };
}

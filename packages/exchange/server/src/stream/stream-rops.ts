/** ROPs on streams (MS-OXCPRPT 3.2.5.11 to 3.2.5.18): texts and binaries, read and written piece by piece. */

import {
  isPropertyError,
  MAPI_ERROR,
  PR_BODY,
  PT_BINARY,
  PT_OBJECT,
  PT_STRING8,
  PT_UNICODE,
  propertyType,
  type RopResponse,
  STREAM_READ_ONLY,
} from "@pushback/mapi";
import { MAX_DRAFT_BYTES } from "../limits.ts";
import { dataOf, storedTag } from "../mail-store/message-content.ts";
import { changeProperties } from "../session/change-properties.ts";
import { draftOf } from "../session/open-draft.ts";
import { failure, objectAt, openInto, type Request, type RopContext } from "../session/rop-context.ts";
import type { Stream } from "../session/server-object.ts";
import { cellOf, hasProperties, type ObjectWithProperties } from "../session/store-properties.ts";
import { isLocked } from "./stream-locks.ts";

/** OpenStream's OpenModeFlags: ReadWrite overwrites the present contents, Create truncates them first. */
const STREAM_READ_WRITE = 0x01;
const STREAM_CREATE = 0x02;

const SEEK_BEGINNING = 0;
const SEEK_CURRENT = 1;
const SEEK_END = 2;

/** RopId, index, return value and size before the data of ReadStream. */
const READ_STREAM_HEAD = 8;

/** Bytes of one ReadStream: its size is 16 bits. */
const MAX_READ_BYTES = 0xffff;

export function streamAt(c: RopContext, index: number): Stream | null {
  const object = objectAt(c, index);
  return object?.kind === "stream" ? object : null;
}

/** Returns an error code if the object may not be written to, otherwise 0. */
function checkWritable(c: RopContext, object: ObjectWithProperties): number {
  if (object.kind === "logon" || object.kind === "folder") return MAPI_ERROR.ecNone;
  const draft = draftOf(c, object.kind === "message" ? object : object.of);
  return typeof draft === "number" ? draft : MAPI_ERROR.ecNone;
}

/** The function that stores the bytes of a written stream as the property's value; an error code if the object may not be written to. */
function commitTo(c: RopContext, object: ObjectWithProperties, tag: number): ((bytes: Uint8Array) => number) | number {
  const code = checkWritable(c, object);
  if (code) return code;
  const { codePage } = c.session;
  return (bytes) => {
    const codes = changeProperties(c, object, [{ tag, data: dataOf(tag, bytes, codePage) }]);
    return typeof codes === "number" ? codes : codes[0];
  };
}

/** Identity of the streamed object, shared by all handles to it. */
function ownerOf(object: ObjectWithProperties): object {
  switch (object.kind) {
    case "logon":
      return object.mailbox;
    case "folder":
      return object.folder;
    case "message":
      return object.message;
    case "attachment":
      return object.properties;
  }
}

const STREAMED_TYPES: readonly number[] = [PT_STRING8, PT_UNICODE, PT_BINARY, PT_OBJECT];

/** Opens texts, binaries and objects. An empty text is not found, as on a genuine server. */
export function openStream(c: RopContext, q: Request<"OpenStream">): RopResponse {
  const object = objectAt(c, q.inputHandleIndex);
  if (!hasProperties(object)) return failure(q, MAPI_ERROR.ecNullObject);
  const type = propertyType(q.tag);
  if (!STREAMED_TYPES.includes(type)) return failure(q, MAPI_ERROR.ecNotSupported);
  const writes = q.openModeFlags === STREAM_READ_WRITE || q.openModeFlags === STREAM_CREATE;
  if (!writes && q.openModeFlags !== STREAM_READ_ONLY) return failure(q, MAPI_ERROR.ecNotSupported);
  const commit = writes ? commitTo(c, object, q.tag) : null;
  if (typeof commit === "number") return failure(q, commit);
  const cell = cellOf(object, q.tag, c.session.codePage);
  const isThere = !isPropertyError(cell) && cell instanceof Uint8Array && (cell.length > 0 || storedTag(q.tag) !== PR_BODY);
  const found = isThere ? cell : null;
  if (found === null && q.openModeFlags !== STREAM_CREATE) return failure(q, MAPI_ERROR.ecNotFound);
  const bytes = found === null || q.openModeFlags === STREAM_CREATE ? new Uint8Array(0) : found;
  const heldBytes = bytes.length;
  if (!c.session.budget.take(heldBytes)) return failure(q, MAPI_ERROR.ecMemory);
  const stream: Stream = {
    kind: "stream",
    bytes: commit ? bytes.slice() : bytes,
    length: bytes.length,
    position: 0,
    heldBytes,
    commit,
    owner: ownerOf(object),
    tag: q.tag,
    locks: [],
  };
  const code = openInto(c, q.outputHandleIndex, stream);
  if (code) c.session.budget.give(heldBytes);
  return code ? failure(q, code) : { rop: "OpenStream", handleIndex: q.outputHandleIndex, streamSize: bytes.length };
}

/** Returns the requested bytes, limited by the end of the stream and the room in the response. */
export function readStream(c: RopContext, q: Request<"ReadStream">): RopResponse {
  const stream = streamAt(c, q.inputHandleIndex);
  if (!stream) return failure(q, MAPI_ERROR.ecNullObject);
  const len = Math.min(q.byteCount, MAX_READ_BYTES, Math.max(0, c.room - READ_STREAM_HEAD));
  const data = stream.bytes.subarray(stream.position, Math.min(stream.length, stream.position + len));
  if (isLocked(c, stream, BigInt(stream.position), BigInt(data.length), true)) return failure(q, MAPI_ERROR.ecAccessDenied);
  stream.position += data.length;
  return { rop: "ReadStream", handleIndex: q.inputHandleIndex, data };
}

/**
 * Makes room for `length` bytes, in steps that double. Returns an error code, or 0: ecTooBig for more than a message may hold, ecMemory if the session's
 * budget is spent.
 */
function reserve(c: RopContext, stream: Stream, length: number): number {
  if (length > MAX_DRAFT_BYTES) return MAPI_ERROR.ecTooBig;
  if (length <= stream.bytes.length) return MAPI_ERROR.ecNone;
  const wanted = Math.min(MAX_DRAFT_BYTES, Math.max(length, 2 * stream.bytes.length));
  if (!c.session.budget.take(wanted - stream.heldBytes)) return MAPI_ERROR.ecMemory;
  stream.heldBytes = wanted;
  const grown = new Uint8Array(wanted);
  grown.set(stream.bytes.subarray(0, stream.length));
  stream.bytes = grown;
  return MAPI_ERROR.ecNone;
}

/** Writes at the stream's position. Returns an error code, or 0. */
export function writeInto(c: RopContext, stream: Stream, data: Uint8Array): number {
  if (!stream.commit) return MAPI_ERROR.ecAccessDenied;
  if (isLocked(c, stream, BigInt(stream.position), BigInt(data.length), false)) return MAPI_ERROR.ecAccessDenied;
  const end = stream.position + data.length;
  const code = reserve(c, stream, end);
  if (code) return code;
  stream.bytes.set(data, stream.position);
  stream.position = end;
  stream.length = Math.max(stream.length, end);
  return MAPI_ERROR.ecNone;
}

export function writeStream(c: RopContext, q: Request<"WriteStream">): RopResponse {
  const stream = streamAt(c, q.inputHandleIndex);
  if (!stream) return failure(q, MAPI_ERROR.ecNullObject);
  const code = writeInto(c, stream, q.data);
  return code ? failure(q, code) : { rop: "WriteStream", handleIndex: q.inputHandleIndex, writtenSize: q.data.length };
}

/** Truncates the stream, or extends it with zeros. */
export function setStreamSize(c: RopContext, q: Request<"SetStreamSize">): RopResponse {
  const stream = streamAt(c, q.inputHandleIndex);
  if (!stream) return failure(q, MAPI_ERROR.ecNullObject);
  if (!stream.commit) return failure(q, MAPI_ERROR.ecAccessDenied);
  const length = Number(q.streamSize > BigInt(MAX_DRAFT_BYTES) ? MAX_DRAFT_BYTES + 1 : q.streamSize);
  const code = reserve(c, stream, length);
  if (code) return failure(q, code);
  // Beyond the length a buffer is zero always, so that lengthening a stream touches no memory.
  if (length < stream.length) stream.bytes.fill(0, length, stream.length);
  stream.length = length;
  stream.position = Math.min(stream.position, length);
  return { rop: "SetStreamSize", handleIndex: q.inputHandleIndex };
}

/** Commits the stream: its bytes become the property's value, on the message when that is saved. */
export function commitStream(c: RopContext, q: Request<"CommitStream">): RopResponse {
  const stream = streamAt(c, q.inputHandleIndex);
  if (!stream) return failure(q, MAPI_ERROR.ecNullObject);
  const code = stream.commit?.(stream.bytes.subarray(0, stream.length)) ?? MAPI_ERROR.ecAccessDenied;
  return code ? failure(q, code) : { rop: "CommitStream", handleIndex: q.inputHandleIndex };
}

export function seekStream(c: RopContext, q: Request<"SeekStream">): RopResponse {
  const stream = streamAt(c, q.inputHandleIndex);
  if (!stream) return failure(q, MAPI_ERROR.ecNullObject);
  const bases: Readonly<Record<number, number>> = {
    [SEEK_BEGINNING]: 0,
    [SEEK_CURRENT]: stream.position,
    [SEEK_END]: stream.length,
  };
  const base = bases[q.origin];
  const position = base === undefined ? -1n : BigInt(base) + q.offset;
  if (position < 0n || position > BigInt(stream.length)) return failure(q, MAPI_ERROR.ecInvalidParam);
  stream.position = Number(position);
  return { rop: "SeekStream", handleIndex: q.inputHandleIndex, newPosition: position };
}

export function getStreamSize(c: RopContext, q: Request<"GetStreamSize">): RopResponse {
  const stream = streamAt(c, q.inputHandleIndex);
  if (!stream) return failure(q, MAPI_ERROR.ecNullObject);
  return { rop: "GetStreamSize", handleIndex: q.inputHandleIndex, streamSize: stream.length };
}

/** The context of a ROP handler: the session, the handle table of this call, the room left in the response. */

import { MAPI_ERROR, NO_HANDLE, type ObjectId, ROP, type RopFailure, type RopRequest, responseHandleIndex } from "@pushback/mapi";
import type { Folder, Mailbox } from "../mail-store/mailbox.ts";
import { ContentUnreadable, type MessageRecord } from "../mail-store/message-content.ts";
import type { InformationStore } from "../mail-store/store.ts";
import type { ServerObject, Stream } from "./server-object.ts";
import type { Session } from "./session.ts";

/** State of the EcDoRpc call in which a ROP is carried out. */
export interface RopContext {
  readonly session: Session;
  readonly store: InformationStore;
  /** Milliseconds since 1970-01-01 UTC. */
  readonly wallClockMs: number;
  /** The handle table from the request; ROPs that open an object store its handle there. */
  readonly handles: number[];
  /** Bytes that the next response may take. */
  room: number;
}

/** The request of this name. */
export type Request<Name extends RopRequest["rop"]> = Extract<RopRequest, { readonly rop: Name }>;

/** The response of a ROP that failed. */
export function failure(request: RopRequest, returnValue: number): RopFailure {
  return { rop: "failure", ropId: ROP[request.rop], handleIndex: responseHandleIndex(request), returnValue };
}

/** The object that slot `index` names; `null` when there is none. */
export function objectAt(c: RopContext, index: number): ServerObject | null {
  if (index >= c.handles.length) return null;
  return c.session.objects.get(c.handles[index]) ?? null;
}

/** The store to which a logon or an object opened from it belongs; `null` for other objects. */
export function storeOf(object: ServerObject | null): Mailbox | null {
  switch (object?.kind) {
    case "logon":
      return object.mailbox;
    case "folder":
    case "message":
      return object.folder.mailbox;
    case "attachment":
      return object.of.folder.mailbox;
    default:
      return null;
  }
}

/** The store of a logon or folder in slot `index`, from which folders and messages are opened; `null` where there is neither. */
export function storeAt(c: RopContext, index: number): Mailbox | null {
  const object = objectAt(c, index);
  return object?.kind === "logon" || object?.kind === "folder" ? storeOf(object) : null;
}

/** The store of the logon in slot `index`; `null` where there is no logon. */
export function logonAt(c: RopContext, index: number): Mailbox | null {
  const object = objectAt(c, index);
  return object?.kind === "logon" ? object.mailbox : null;
}

/** Whether a handle of the session still stands for the object. */
export function isOpen(c: RopContext, object: ServerObject): boolean {
  for (const other of c.session.objects.values()) if (other === object) return true;
  return false;
}

/** Puts a new object into slot `index`. Returns an error code if there is no such slot or no more room in the session, otherwise 0. */
export function openInto(c: RopContext, index: number, object: ServerObject): number {
  if (index >= c.handles.length) return MAPI_ERROR.ecInvalidParam;
  const handle = c.session.open(object);
  if (handle === null) return MAPI_ERROR.ecMemory;
  c.handles[index] = handle;
  return MAPI_ERROR.ecNone;
}

/** Empties slot `index` and forgets its object; what was written into a stream is committed first (as by MS-OXCPRPT 3.2.5.15). */
export function releaseAt(c: RopContext, index: number): void {
  if (index >= c.handles.length) return;
  const object = objectAt(c, index);
  if (object?.kind === "stream") commitStream(object);
  c.session.release(c.handles[index]);
  c.handles[index] = NO_HANDLE;
}

/** Commits a stream in a ROP without a response; if the commit fails, the written bytes are lost. */
export function commitStream(stream: Stream): void {
  try {
    stream.commit?.(stream.bytes.subarray(0, stream.length));
  } catch (error) {
    if (!(error instanceof ContentUnreadable)) throw error;
  }
}

/** The folder in slot `index`; an error code if the slot has none, or if the folder was deleted meanwhile. */
export function folderAt(c: RopContext, index: number): Folder | number {
  const object = objectAt(c, index);
  if (object?.kind !== "folder") return MAPI_ERROR.ecNullObject;
  return object.folder.isDeleted ? MAPI_ERROR.ecObjectDeleted : object.folder;
}

/** The message of the folder that has this id, associated or not; `null` without one. */
export function messageOf(folder: Folder, mid: ObjectId): MessageRecord | null {
  return folder.messages.get(mid) ?? folder.associated.get(mid) ?? null;
}

/** The messages of the folder that these ids name, without duplicates. */
export function messagesOf(folder: Folder, ids: readonly ObjectId[]): MessageRecord[] {
  return [...new Set(ids)].flatMap((id) => messageOf(folder, id) ?? []);
}

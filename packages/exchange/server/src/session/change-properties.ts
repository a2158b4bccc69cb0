/** Sets and deletes properties on any object that has properties. */

import { LOGON_FOLDER, MAPI_ERROR, PR_DISPLAY_NAME } from "@pushback/mapi";
import { MAX_FOLDER_NAME_CHARS } from "../limits.ts";
import { setAttachmentProperty } from "../mail-store/draft.ts";
import { childNamed } from "../mail-store/folder-store.ts";
import type { Folder } from "../mail-store/mailbox.ts";
import { type PropertyData, storedTag } from "../mail-store/message-content.ts";
import { draftOf } from "./open-draft.ts";
import { isOpen, type RopContext } from "./rop-context.ts";
import type { OpenedAttachment, OpenedMessage } from "./server-object.ts";
import { COMPUTED_OF_FOLDERS, COMPUTED_OF_STORES, type ObjectWithProperties } from "./store-properties.ts";

/** A property to set, or to delete (`null`). */
export interface PropertyChange {
  readonly tag: number;
  readonly data: PropertyData | null;
}

/** Returns one error code per change, 0 for success; or a single code if the object cannot be changed at all. */
export function changeProperties(c: RopContext, object: ObjectWithProperties, changes: readonly PropertyChange[]): number | number[] {
  if (!isOpen(c, object)) return MAPI_ERROR.ecObjectDeleted;
  if (object.kind === "message") return changeMessage(c, object, changes);
  if (object.kind === "attachment") return changeAttachment(c, object, changes);
  const folder = object.kind === "folder" ? object.folder : null;
  if (folder?.isDeleted) return MAPI_ERROR.ecObjectDeleted;
  const mailbox = object.kind === "folder" ? object.folder.mailbox : object.mailbox;
  const codes = changes.map((change) => (folder ? judgeFolder(folder, change) : judgeStore(change)));
  const wanted = changes.filter((_, i) => codes[i] === MAPI_ERROR.ecNone);
  const outcome = c.store.folders.setProperties(mailbox, folder, new Map(wanted.map(({ tag, data }) => [storedTag(tag), data])));
  if (outcome === "saved") return codes;
  const code = outcome === "quota" ? MAPI_ERROR.ecQuotaExceeded : MAPI_ERROR.ecAccessDenied;
  return codes.map((other) => other || code);
}

function judgeStore({ tag }: PropertyChange): number {
  return COMPUTED_OF_STORES.includes(storedTag(tag)) ? MAPI_ERROR.ecComputed : MAPI_ERROR.ecNone;
}

/**
 * Checks a change of a folder's property. A folder must have a name that no sibling has, and the root's name cannot be changed. Returns an error code, or 0.
 */
function judgeFolder(folder: Folder, { tag, data }: PropertyChange): number {
  const stored = storedTag(tag);
  if (COMPUTED_OF_FOLDERS.includes(stored)) return MAPI_ERROR.ecComputed;
  if (stored !== PR_DISPLAY_NAME) return MAPI_ERROR.ecNone;
  if (data === null || folder.index === LOGON_FOLDER.ROOT) return MAPI_ERROR.ecAccessDenied;
  if (data === "" || String(data).length > MAX_FOLDER_NAME_CHARS) return MAPI_ERROR.ecInvalidParam;
  const parent = folder.mailbox.findFolder(folder.parentFid);
  const namesake = parent && childNamed(parent, String(data));
  return namesake && namesake !== folder ? MAPI_ERROR.ecDuplicateName : MAPI_ERROR.ecNone;
}

function changeMessage(c: RopContext, object: OpenedMessage, changes: readonly PropertyChange[]): number | number[] {
  const draft = draftOf(c, object);
  if (typeof draft === "number") return draft;
  return changes.map(({ tag, data }) => (data === null ? draft.delete(tag) : draft.set(tag, data)));
}

function changeAttachment(c: RopContext, object: OpenedAttachment, changes: readonly PropertyChange[]): number | number[] {
  const draft = draftOf(c, object.of);
  if (typeof draft === "number") return draft;
  return changes.map(({ tag, data }) => {
    if (data !== null) return setAttachmentProperty(object, tag, data, c.session.budget);
    object.properties.delete(storedTag(tag));
    return MAPI_ERROR.ecNone;
  });
}

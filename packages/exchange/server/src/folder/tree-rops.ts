/** ROPs on the tree of folders (MS-OXCFOLD 3.2.5): making, deleting, moving, copying and emptying folders. */

import { DELETE_FOLDER, FOLDER_TYPE, MAPI_ERROR, PR_DISPLAY_NAME, type RopResponse } from "@pushback/mapi";
import { MAX_FOLDER_NAME_CHARS } from "../limits.ts";
import { childNamed, type FolderOutcome } from "../mail-store/folder-store.ts";
import { childrenOf, descendantsOf, type Folder, isWithin } from "../mail-store/mailbox.ts";
import { decodeUtf16 } from "../mail-store/message-content.ts";
import { receiveEntries } from "../mail-store/receive-folder.ts";
import { decodeWireText } from "../mail-store/wire-text.ts";
import { membersOfNew } from "../session/folder-rights.ts";
import { failure, folderAt, objectAt, openInto, type Request, type RopContext } from "../session/rop-context.ts";
import type { ServerObject } from "../session/server-object.ts";
import { hasRules } from "./folder-rops.ts";

function textOf(c: RopContext, isUnicode: boolean, b: Uint8Array): string {
  return isUnicode ? decodeUtf16(b) : decodeWireText(c.session.codePage, b);
}

/** Maps the outcome of a folder change to a return value. */
export function codeOf(outcome: FolderOutcome | "cycle"): number {
  switch (outcome) {
    case "saved":
      return MAPI_ERROR.ecNone;
    case "quota":
      return MAPI_ERROR.ecQuotaExceeded;
    case "cycle":
      return MAPI_ERROR.ecFolderCycle;
    case "not-stored":
      return MAPI_ERROR.ecAccessDenied;
  }
}

/** A built-in folder of every mailbox: it cannot be deleted or moved. */
function isSpecial({ mailbox, fid }: Folder): boolean {
  return mailbox.folderIds.includes(fid);
}

/** If a folder of this name exists, it is opened when OpenExisting is set (MS-OXCFOLD 2.2.1.2). */
export function createFolder(c: RopContext, q: Request<"CreateFolder">): RopResponse {
  const parent = folderAt(c, q.inputHandleIndex);
  if (typeof parent === "number") return failure(q, parent);
  const name = textOf(c, q.useUnicodeStrings, q.displayName);
  const isSearch = q.folderType === FOLDER_TYPE.SEARCH;
  if (name === "" || name.length > MAX_FOLDER_NAME_CHARS || (!isSearch && q.folderType !== FOLDER_TYPE.GENERIC))
    return failure(q, MAPI_ERROR.ecInvalidParam);
  if (parent.isSearch) return failure(q, MAPI_ERROR.ecSearchFolder);
  const known = childNamed(parent, name);
  if (known && (q.openExisting === 0 || known.isSearch !== isSearch)) return failure(q, MAPI_ERROR.ecDuplicateName);
  const folder =
    known ??
    c.store.folders.create(parent, name, textOf(c, q.useUnicodeStrings, q.comment), isSearch, membersOfNew(parent, c.session.mailbox));
  if (typeof folder === "string") return failure(q, codeOf(folder));
  const code = openInto(c, q.outputHandleIndex, { kind: "folder", folder });
  if (code) return failure(q, code);
  const rules = known !== null && hasRules(c, folder);
  return {
    rop: "CreateFolder",
    handleIndex: q.outputHandleIndex,
    folderId: folder.fid,
    isExistingFolder: known !== null,
    hasRules: rules,
  };
}

/** A client-made subfolder of the folder at this index, or an error code. */
function childAt(c: RopContext, index: number, fid: string): Folder | number {
  const above = folderAt(c, index);
  if (typeof above === "number") return above;
  const folder = above.mailbox.findFolder(fid);
  if (!folder || folder.parentFid !== above.fid) return MAPI_ERROR.ecNotFound;
  return isSpecial(folder) ? MAPI_ERROR.ecAccessDenied : folder;
}

export function deleteFolder(c: RopContext, q: Request<"DeleteFolder">): RopResponse {
  const folder = childAt(c, q.inputHandleIndex, q.folderId);
  if (typeof folder === "number") return failure(q, folder);
  const below = descendantsOf(folder);
  const { MESSAGES, FOLDERS } = DELETE_FOLDER;
  if (below.length > 0 && !(q.deleteFolderFlags & FOLDERS)) return failure(q, MAPI_ERROR.ecFolderHasChildren);
  const receives = new Set([...receiveEntries(folder.mailbox).values()].map(({ folderId }) => folderId));
  if ([folder, ...below].some(({ fid }) => receives.has(fid))) return failure(q, MAPI_ERROR.ecFolderSetReceive);
  const hasMessages = folder.messages.size > 0;
  if (hasMessages && !(q.deleteFolderFlags & MESSAGES)) return failure(q, MAPI_ERROR.ecFolderHasContents);
  if (!c.store.folders.remove(folder.mailbox, [folder, ...below])) return failure(q, MAPI_ERROR.ecAccessDenied);
  return { rop: "DeleteFolder", handleIndex: q.inputHandleIndex, partialCompletion: false };
}

/** The destination folder of a move or copy, or an error code. */
function destinationAt(c: RopContext, index: number): Folder | number {
  if (objectAt(c, index)?.kind !== "folder") return MAPI_ERROR.ecDstNullObject;
  const to = folderAt(c, index);
  return typeof to !== "number" && to.isSearch ? MAPI_ERROR.ecSearchFolder : to;
}

/** Moves a folder within its store. To another store a folder can be copied, but not moved. */
export function moveFolder(c: RopContext, q: Request<"MoveFolder">): RopResponse {
  const folder = childAt(c, q.inputHandleIndex, q.folderId);
  if (typeof folder === "number") return failure(q, folder);
  const to = destinationAt(c, q.destHandleIndex);
  if (typeof to === "number") return failure(q, to);
  if (to.mailbox !== folder.mailbox) return failure(q, MAPI_ERROR.ecNotSupported);
  const name = textOf(c, q.useUnicode, q.newFolderName) || folder.displayName;
  if (name.length > MAX_FOLDER_NAME_CHARS) return failure(q, MAPI_ERROR.ecInvalidParam);
  const known = childNamed(to, name);
  if (known && known !== folder) return failure(q, MAPI_ERROR.ecDuplicateName);
  const code = codeOf(c.store.folders.move(folder, to, name));
  return code ? failure(q, code) : { rop: "MoveFolder", handleIndex: q.inputHandleIndex, partialCompletion: false };
}

/** Copies a folder with its messages, and its subfolders if `recursive`. Returns an error code, or 0. */
function copyTree(c: RopContext, folder: Folder, to: Folder, name: string, recursive: boolean): number {
  const copy = c.store.folders.create(to, name, "", folder.isSearch, membersOfNew(to, c.session.mailbox));
  if (typeof copy === "string") return codeOf(copy);
  const properties = new Map(folder.properties);
  properties.delete(PR_DISPLAY_NAME);
  const set = codeOf(c.store.folders.setProperties(to.mailbox, copy, properties));
  if (set) return set;
  const search = folder.criteria ? codeOf(c.store.folders.setCriteria(copy, folder.criteria)) : MAPI_ERROR.ecNone;
  if (search) return search;
  const copied = c.store.messages.copyAll(folder, copy, [...folder.messages.values(), ...folder.associated.values()]);
  if (copied !== "saved") return codeOf(copied);
  for (const child of recursive ? childrenOf(folder) : []) {
    const code = copyTree(c, child, copy, child.displayName, true);
    if (code) return code;
  }
  return MAPI_ERROR.ecNone;
}

export function copyFolder(c: RopContext, q: Request<"CopyFolder">): RopResponse {
  const from = folderAt(c, q.inputHandleIndex);
  if (typeof from === "number") return failure(q, from);
  const folder = from.mailbox.findFolder(q.folderId);
  if (!folder || folder.parentFid !== from.fid) return failure(q, MAPI_ERROR.ecNotFound);
  const to = destinationAt(c, q.destHandleIndex);
  if (typeof to === "number") return failure(q, to);
  if (q.wantRecursive && isWithin(to, folder)) return failure(q, MAPI_ERROR.ecFolderCycle);
  const name = textOf(c, q.useUnicode, q.newFolderName) || folder.displayName;
  if (name.length > MAX_FOLDER_NAME_CHARS) return failure(q, MAPI_ERROR.ecInvalidParam);
  if (childNamed(to, name)) return failure(q, MAPI_ERROR.ecDuplicateName);
  const code = copyTree(c, folder, to, name, q.wantRecursive);
  return code ? failure(q, code) : { rop: "CopyFolder", handleIndex: q.inputHandleIndex, partialCompletion: false };
}

/** Deletes all messages and subfolders, and associated messages if WantDeleteAssociated is set. Built-in folders stay. */
export function emptyFolder(c: RopContext, q: Request<"EmptyFolder"> | Request<"HardDeleteMessagesAndSubfolders">): RopResponse {
  const folder = folderAt(c, q.inputHandleIndex);
  if (typeof folder === "number") return failure(q, folder);
  if (folder.isSearch) return failure(q, MAPI_ERROR.ecSearchFolder);
  const messages = [...folder.messages.values(), ...(q.wantDeleteAssociated ? folder.associated.values() : [])];
  if (!c.store.messages.removeAll(folder, messages)) return failure(q, MAPI_ERROR.ecAccessDenied);
  let partialCompletion = false;
  for (const child of childrenOf(folder)) {
    if (isSpecial(child)) partialCompletion = true;
    else if (!c.store.folders.remove(folder.mailbox, [child, ...descendantsOf(child)])) return failure(q, MAPI_ERROR.ecAccessDenied);
  }
  return { rop: q.rop, handleIndex: q.inputHandleIndex, partialCompletion };
}

/** Copies the messages of a folder and the folders below it, for CopyTo with subobjects. Returns an error code, or 0. */
export function copyFolderContents(c: RopContext, from: ServerObject, to: ServerObject): number {
  if (from.kind !== "folder" || to.kind !== "folder") return MAPI_ERROR.ecNone;
  if (to.folder.isSearch) return MAPI_ERROR.ecSearchFolder;
  if (isWithin(to.folder, from.folder)) return MAPI_ERROR.ecFolderCycle;
  const copied = c.store.messages.copyAll(from.folder, to.folder, [...from.folder.messages.values(), ...from.folder.associated.values()]);
  if (copied !== "saved") return codeOf(copied);
  for (const child of childrenOf(from.folder)) {
    if (childNamed(to.folder, child.displayName)) return MAPI_ERROR.ecDuplicateName;
    const code = copyTree(c, child, to.folder, child.displayName, true);
    if (code) return code;
  }
  return MAPI_ERROR.ecNone;
}

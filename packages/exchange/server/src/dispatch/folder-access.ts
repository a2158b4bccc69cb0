/**
 * Which rights each ROP needs in a mailbox of another user and in the public store (MS-OXCPERM 2.2.7; the section of each ROP names its right). Asked for sessions
 * that are logged on to such a store, before the ROP is carried out.
 */

import { FOLDER_RIGHT, MAPI_ERROR, NULL_OBJECT_ID, type ObjectId, type RopRequest, type SupportedRopRequest } from "@pushback/mapi";
import { descendantsOf, type Folder, type Mailbox } from "../mail-store/mailbox.ts";
import { isVisible, mayUse, needsRights, rightsIn } from "../session/folder-rights.ts";
import { messagesOf, objectAt, type RopContext, storeOf } from "../session/rop-context.ts";
import type { ServedRop } from "../session/served-rop.ts";
import type { ServerObject } from "../session/server-object.ts";

type Rule<Name extends SupportedRopRequest["rop"]> = (c: RopContext, q: Extract<SupportedRopRequest, { readonly rop: Name }>) => boolean;

interface OnInput {
  readonly inputHandleIndex: number;
}

/** Rule for ROPs that need no folder right: their object was checked when it was opened, or it holds no data of a user. */
const free = (): boolean => true;

function isGuestOf(c: RopContext, mailbox: Mailbox | null): boolean {
  return mailbox !== null && c.session.others.get(mailbox) === "guest";
}

function folderOf(c: RopContext, index: number): Folder | null {
  const object = objectAt(c, index);
  return object?.kind === "folder" ? object.folder : null;
}

/** Whether the folder in the slot grants the right. True if the slot has no folder: then the handler refuses, or the object was checked when it was opened. */
function gives(c: RopContext, index: number, right: number): boolean {
  const folder = folderOf(c, index);
  return folder === null || (rightsIn(c.session, folder) & right) !== 0;
}

/** Whether the folder with this id grants the right, in the store of the object in the slot. True if there is no such folder: the handler refuses. */
function givesById(c: RopContext, index: number, fid: ObjectId, right: number): boolean {
  const folder = storeOf(objectAt(c, index))?.findFolder(fid) ?? null;
  return folder === null || (rightsIn(c.session, folder) & right) !== 0;
}

/** Whether the user has `right` on the folder and on every folder below it. */
function givesDeep(c: RopContext, folder: Folder | null, right: number): boolean {
  return folder === null || [folder, ...descendantsOf(folder)].every((one) => (rightsIn(c.session, one) & right) !== 0);
}

function childOf(c: RopContext, index: number, fid: ObjectId): Folder | null {
  return folderOf(c, index)?.mailbox.findFolder(fid) ?? null;
}

/** Whether the user may edit or delete all of the messages. A search folder lists messages of other folders, so their own folders are checked. */
function mayUseAll(c: RopContext, index: number, ids: readonly ObjectId[], use: "edit" | "delete"): boolean {
  const folder = folderOf(c, index);
  if (folder === null) return true;
  const homes = folder.isSearch ? folder.mailbox.folders.filter((home) => !home.isSearch) : [folder];
  return homes.every((home) => messagesOf(home, ids).every((message) => mayUse(c.session, home, message, use)));
}

const { READ_ANY, CREATE, DELETE_ANY, CREATE_SUBFOLDER, OWNER } = FOLDER_RIGHT;

const reads = (c: RopContext, q: OnInput): boolean => gives(c, q.inputHandleIndex, READ_ANY);
const owns = (c: RopContext, q: OnInput): boolean => gives(c, q.inputHandleIndex, OWNER);

/** ROPs on queues, receive folders and per-user information are allowed only in a mailbox that the session's user owns or may open. */
const ownStore = (c: RopContext, q: OnInput): boolean => !isGuestOf(c, storeOf(objectAt(c, q.inputHandleIndex)));

/**
 * Properties of a folder may be changed by its owners, those of a mailbox by its user, those of the public store by administrators only (assumed).
 * For messages, the rights were checked when they were opened.
 */
const changesProperties = (c: RopContext, q: OnInput): boolean => {
  const object = objectAt(c, q.inputHandleIndex);
  return object?.kind === "logon" ? !needsRights(c.session, object.mailbox) : owns(c, q);
};

/** Whether the slot has a logon to a store in which the user's rights are limited. Its properties are not the user's to change. */
function isLogonToOther(c: RopContext, index: number): boolean {
  const object = objectAt(c, index);
  return object?.kind === "logon" && needsRights(c.session, object.mailbox);
}

/**
 * Copying from folder to folder copies the contents too, so it needs the right to read the source and every folder below it, and ownership of the
 * destination. The rights on a message or attachment were checked when it was opened.
 */
const copies = (c: RopContext, q: OnInput & { readonly destHandleIndex: number }): boolean =>
  givesDeep(c, folderOf(c, q.inputHandleIndex), READ_ANY) && gives(c, q.destHandleIndex, OWNER) && !isLogonToOther(c, q.destHandleIndex);

const deletes = (c: RopContext, q: OnInput & { readonly messageIds: readonly ObjectId[] }): boolean =>
  mayUseAll(c, q.inputHandleIndex, q.messageIds, "delete");

const empties = (c: RopContext, q: OnInput): boolean => {
  const folder = folderOf(c, q.inputHandleIndex);
  return gives(c, q.inputHandleIndex, DELETE_ANY) && (folder === null || descendantsOf(folder).every((one) => givesDeep(c, one, OWNER)));
};

const RULES: { readonly [Name in SupportedRopRequest["rop"]]: Rule<Name> } = {
  Release: free,
  Logon: free,
  GetReceiveFolder: free,
  GetReceiveFolderTable: free,
  SetReceiveFolder: ownStore,
  GetStoreState: free,
  GetOwningServers: free,
  PublicFolderIsGhosted: free,
  GetPerUserLongTermIds: ownStore,
  GetPerUserGuid: ownStore,
  ReadPerUserInformation: ownStore,
  WritePerUserInformation: ownStore,
  LongTermIdFromId: free,
  IdFromLongTermId: free,
  OpenFolder: (c, q) => {
    const folder = storeOf(objectAt(c, q.inputHandleIndex))?.findFolder(q.folderId) ?? null;
    return folder === null || isVisible(c.session, folder) || (rightsIn(c.session, folder) & (CREATE | CREATE_SUBFOLDER)) !== 0;
  },
  CreateFolder: (c, q) => gives(c, q.inputHandleIndex, CREATE_SUBFOLDER),
  DeleteFolder: (c, q) => givesDeep(c, childOf(c, q.inputHandleIndex, q.folderId), OWNER),
  // With a search, a user could find messages of folders that the user may not read, now or later.
  SetSearchCriteria: (c, q) => {
    const folder = folderOf(c, q.inputHandleIndex);
    return folder === null || !needsRights(c.session, folder.mailbox);
  },
  GetSearchCriteria: owns,
  MoveFolder: (c, q) => givesDeep(c, childOf(c, q.inputHandleIndex, q.folderId), OWNER) && gives(c, q.destHandleIndex, CREATE_SUBFOLDER),
  CopyFolder: (c, q) => givesDeep(c, childOf(c, q.inputHandleIndex, q.folderId), READ_ANY) && gives(c, q.destHandleIndex, CREATE_SUBFOLDER),
  EmptyFolder: empties,
  HardDeleteMessagesAndSubfolders: empties,
  DeleteMessages: deletes,
  HardDeleteMessages: deletes,
  MoveCopyMessages: (c, q) => reads(c, q) && gives(c, q.destHandleIndex, CREATE) && (q.wantCopy || deletes(c, q)),
  GetHierarchyTable: free,
  GetContentsTable: reads,
  SetColumns: free,
  SortTable: free,
  Restrict: free,
  QueryRows: free,
  GetStatus: free,
  QueryPosition: free,
  SeekRow: free,
  SeekRowBookmark: free,
  SeekRowFractional: free,
  CreateBookmark: free,
  FreeBookmark: free,
  QueryColumnsAll: free,
  FindRow: free,
  ResetTable: free,
  Abort: free,
  ExpandRow: free,
  CollapseRow: free,
  GetCollapseState: free,
  SetCollapseState: free,
  // The handler checks the rights itself, because it finds the message's folder.
  OpenMessage: free,
  CreateMessage: (c, q) => givesById(c, q.inputHandleIndex, q.folderId, q.associated ? OWNER : CREATE),
  SaveChangesMessage: free,
  RemoveAllRecipients: free,
  ModifyRecipients: free,
  ReadRecipients: free,
  ReloadCachedInformation: free,
  // A user who may read messages may also set their read flags (assumed).
  SetReadFlags: reads,
  SetMessageReadFlag: free,
  SetMessageStatus: (c, q) => mayUseAll(c, q.inputHandleIndex, [q.messageId], "edit"),
  GetMessageStatus: reads,
  OpenAttachment: free,
  CreateAttachment: free,
  DeleteAttachment: free,
  SaveChangesAttachment: free,
  GetAttachmentTable: free,
  OpenEmbeddedMessage: free,
  GetValidAttachments: free,
  SubmitMessage: free,
  AbortSubmit: ownStore,
  GetAddressTypes: free,
  SetSpooler: ownStore,
  SpoolerLockMessage: ownStore,
  TransportSend: free,
  TransportNewMail: ownStore,
  GetTransportFolder: free,
  OptionsData: free,
  GetPropertyIdsFromNames: free,
  GetNamesFromPropertyIds: free,
  GetPropertiesSpecific: free,
  GetPropertiesAll: free,
  GetPropertiesList: free,
  SetProperties: changesProperties,
  SetPropertiesNoReplicate: changesProperties,
  DeleteProperties: changesProperties,
  DeletePropertiesNoReplicate: changesProperties,
  QueryNamedProperties: free,
  CopyProperties: copies,
  CopyTo: copies,
  OpenStream: (c, q) => q.openModeFlags === 0 || changesProperties(c, q),
  ReadStream: free,
  WriteStream: free,
  CommitStream: free,
  GetStreamSize: free,
  SetStreamSize: free,
  SeekStream: free,
  CopyToStream: free,
  LockRegionStream: free,
  UnlockRegionStream: free,
  WriteAndCommitStream: free,
  CloneStream: free,
  // A user may watch a folder that the user may read. Watching a whole store is refused in a mailbox; in the public store, the events contain only ids.
  RegisterNotification: (c, q) => {
    const mailbox = storeOf(objectAt(c, q.inputHandleIndex));
    if (mailbox === null || !needsRights(c.session, mailbox)) return true;
    if (mailbox.kind === "public" && (q.wantWholeStore || q.folderId === NULL_OBJECT_ID)) return true;
    return !q.wantWholeStore && q.folderId !== NULL_OBJECT_ID && givesById(c, q.inputHandleIndex, q.folderId, READ_ANY);
  },
  ModifyPermissions: owns,
  GetPermissionsTable: free,
  ModifyRules: owns,
  GetRulesTable: owns,
  UpdateDeferredActionMessages: ownStore,
};

/** Whether the object is in another user's mailbox that was removed after the session had opened it. */
function isGone(c: RopContext, index: number): boolean {
  const mailbox = storeOf(objectAt(c, index));
  return mailbox !== null && c.session.others.has(mailbox) && c.store.findByAlias(mailbox.alias) !== mailbox;
}

/** The store of an object; `null` for objects that do not keep it: streams, and tables of attachments, permissions and rules. */
function knownStoreOf(object: ServerObject): Mailbox | null {
  if (object.kind === "subscription") return object.mailbox;
  return storeOf(object) ?? knownFolderOf(object)?.mailbox ?? null;
}

/** The object itself if it is a folder, otherwise the folder that has it; `null` if there is none or the object does not keep it. */
function knownFolderOf(object: ServerObject): Folder | null {
  switch (object.kind) {
    case "folder":
    case "message":
      return object.folder;
    case "attachment":
      return object.of.folder;
    case "table":
      return object.source.kind === "fixed" ? null : object.source.folder;
    default:
      return null;
  }
}

/** Whether a custom ROP may be used on the object. */
function mayServeOn(c: RopContext, object: ServerObject, needs: number | null): boolean {
  if (needs === 0) return true;
  const store = knownStoreOf(object);
  if (store !== null && !needsRights(c.session, store)) return true;
  const folder = knownFolderOf(object);
  return needs !== null && folder !== null && (rightsIn(c.session, folder) & needs) >>> 0 === needs;
}

/** Whether a custom ROP may be used on each object in a slot that a field of its request names: those whose names end in "HandleIndex". */
function mayServe(c: RopContext, q: object, needs: number | null): boolean {
  return Object.entries(q).every(([name, index]) => {
    const object = /handleindex$/i.test(name) && typeof index === "number" ? objectAt(c, index) : null;
    return object === null || mayServeOn(c, object, needs);
  });
}

/**
 * The error code if the session's user lacks the right for a ROP; otherwise 0. Called only for sessions with a logon to another user's mailbox or to the
 * public store. `added`: the ROP if it is a custom one; it has no rule in `RULES`.
 */
export function denialOf(c: RopContext, q: RopRequest, added: ServedRop | null): number {
  const isLost = ("inputHandleIndex" in q && isGone(c, q.inputHandleIndex)) || ("destHandleIndex" in q && isGone(c, q.destHandleIndex));
  if (isLost && q.rop !== "Release") return MAPI_ERROR.ecObjectDeleted;
  if (added) return mayServe(c, q, added.needs ?? null) ? MAPI_ERROR.ecNone : MAPI_ERROR.ecAccessDenied;
  const rule = (RULES as Readonly<Record<string, ((c: RopContext, q: RopRequest) => boolean) | undefined>>)[q.rop];
  return rule && !rule(c, q) ? MAPI_ERROR.ecAccessDenied : MAPI_ERROR.ecNone;
}

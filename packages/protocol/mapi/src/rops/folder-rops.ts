/** ROPs on folders (MS-OXCROPS 2.2.4). */

import { defineRequest, defineRop, ON_OBJECT, OPENS_OBJECT, TO_OBJECT } from "./define-rop.ts";
import { bool, counted, type HiddenField, list, objectId, reserved, textOf, u8, u16le, u32le } from "./field.ts";

/** GetHierarchyTable's TableFlags: all folders below, not only the direct children (MS-OXCFOLD 2.2.1.13.1). */
export const TABLE_DEPTH = 0x04;

/** GetContentsTable's TableFlags: no notifications about the table (MS-OXCFOLD 2.2.1.14.1). */
export const TABLE_NO_NOTIFICATIONS = 0x10;

const messageIds = list(u16le, objectId);

/** PartialCompletion, which responses of these ROPs have after a failure too. */
const PARTIAL_COMPLETION_BYTES = 1;

/** IsGhosted, which is always 0 in a mailbox: only public folders are ghosted, and list their servers here. */
const notGhosted: HiddenField = {
  hidden: true,
  read: (r) => {
    if (r.u8() !== 0) r.fail();
  },
  put: (w) => w.u8(0),
};

/** 2.2.4.1 */
export const OpenFolder = defineRop("OpenFolder", 0x02, {
  request: { ...OPENS_OBJECT, folderId: objectId, openModeFlags: u8 },
  response: {
    hasRules: bool,
    isGhosted: notGhosted,
  },
});

/** 2.2.4.6. The input object is the folder that the messages leave. */
export const MoveCopyMessages = defineRop("MoveCopyMessages", 0x33, {
  request: { ...TO_OBJECT, messageIds, wantAsync: u8, wantCopy: bool },
  response: { partialCompletion: bool },
});

/** 2.2.4.11 */
export const DeleteMessages = defineRop("DeleteMessages", 0x1e, {
  request: { ...ON_OBJECT, wantAsync: u8, notifyNonRead: u8, messageIds },
  response: { partialCompletion: bool },
});

/** 2.2.4.13 */
export const GetHierarchyTable = defineRop("GetHierarchyTable", 0x04, {
  request: { ...OPENS_OBJECT, tableFlags: u8 },
  response: { rowCount: u32le },
});

/** 2.2.4.14 */
export const GetContentsTable = defineRop("GetContentsTable", 0x05, {
  request: { ...OPENS_OBJECT, tableFlags: u8 },
  response: { rowCount: u32le },
});

/** Declared by their requests alone: the server refuses them. */
export const UNSUPPORTED_FOLDER_ROPS = {
  /** 2.2.4.2 */
  CreateFolder: defineRequest("CreateFolder", 0x1c, {
    ...OPENS_OBJECT,
    folderType: u8,
    useUnicodeStrings: bool,
    openExisting: u8,
    reserved: reserved(1),
    displayName: textOf("useUnicodeStrings"),
    comment: textOf("useUnicodeStrings"),
  }),
  /** 2.2.4.3 */
  DeleteFolder: defineRequest("DeleteFolder", 0x1d, { ...ON_OBJECT, deleteFolderFlags: u8, folderId: objectId }, PARTIAL_COMPLETION_BYTES),
  /** 2.2.4.4 */
  SetSearchCriteria: defineRequest("SetSearchCriteria", 0x30, {
    ...ON_OBJECT,
    restriction: counted(u16le),
    folderIds: list(u16le, objectId),
    searchFlags: u32le,
  }),
  /** 2.2.4.5 */
  GetSearchCriteria: defineRequest("GetSearchCriteria", 0x31, {
    ...ON_OBJECT,
    useUnicode: u8,
    includeRestriction: u8,
    includeFolders: u8,
  }),
  /** 2.2.4.7 */
  MoveFolder: defineRequest(
    "MoveFolder",
    0x35,
    { ...TO_OBJECT, wantAsync: u8, useUnicode: bool, folderId: objectId, newFolderName: textOf("useUnicode") },
    PARTIAL_COMPLETION_BYTES,
  ),
  /** 2.2.4.8 */
  CopyFolder: defineRequest(
    "CopyFolder",
    0x36,
    { ...TO_OBJECT, wantAsync: u8, wantRecursive: u8, useUnicode: bool, folderId: objectId, newFolderName: textOf("useUnicode") },
    PARTIAL_COMPLETION_BYTES,
  ),
  /** 2.2.4.9 */
  EmptyFolder: defineRequest("EmptyFolder", 0x58, { ...ON_OBJECT, wantAsync: u8, wantDeleteAssociated: u8 }, PARTIAL_COMPLETION_BYTES),
  /** 2.2.4.10 */
  HardDeleteMessagesAndSubfolders: defineRequest(
    "HardDeleteMessagesAndSubfolders",
    0x92,
    { ...ON_OBJECT, wantAsync: u8, wantDeleteAssociated: u8 },
    PARTIAL_COMPLETION_BYTES,
  ),
  /** 2.2.4.12 */
  HardDeleteMessages: defineRequest(
    "HardDeleteMessages",
    0x91,
    { ...ON_OBJECT, wantAsync: u8, notifyNonRead: u8, messageIds },
    PARTIAL_COMPLETION_BYTES,
  ),
} as const;

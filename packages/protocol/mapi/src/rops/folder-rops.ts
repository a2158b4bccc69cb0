/** ROPs on folders (MS-OXCROPS 2.2.4). */

import { defineRop, NO_FIELDS, ON_OBJECT, OPENS_OBJECT, TO_OBJECT } from "./define-rop.ts";
import {
  bool,
  counted,
  countOf,
  hiddenWhen,
  list,
  listOfCount,
  notGhosted,
  objectId,
  reserved,
  textOf,
  u8,
  u16le,
  u32le,
  when,
} from "./field.ts";

/** GetHierarchyTable's TableFlags: all folders below, not only the direct children (MS-OXCFOLD 2.2.1.13.1). */
export const TABLE_DEPTH = 0x04;

/** GetContentsTable's TableFlags: the associated messages of the folder, and only them (MS-OXCFOLD 2.2.1.14.1). */
export const TABLE_ASSOCIATED = 0x02;

/** GetContentsTable's TableFlags: no notifications about the table (MS-OXCFOLD 2.2.1.14.1). */
export const TABLE_NO_NOTIFICATIONS = 0x10;

const messageIds = list(u16le, objectId);

/** PartialCompletion, which responses of these ROPs have after a failure too. */
const PARTIAL = { response: { partialCompletion: bool }, failureBytes: 1 } as const;

/** MS-OXCROPS 2.2.4.1 */
export const OpenFolder = defineRop("OpenFolder", 0x02, {
  request: { ...OPENS_OBJECT, folderId: objectId, openModeFlags: u8 },
  response: {
    hasRules: bool,
    isGhosted: notGhosted,
  },
});

/** MS-OXCROPS 2.2.4.6. The input object is the folder that the messages leave. */
export const MoveCopyMessages = defineRop("MoveCopyMessages", 0x33, {
  request: { ...TO_OBJECT, messageIds, wantAsync: u8, wantCopy: bool },
  ...PARTIAL,
});

/** MS-OXCROPS 2.2.4.11 */
export const DeleteMessages = defineRop("DeleteMessages", 0x1e, {
  request: { ...ON_OBJECT, wantAsync: u8, notifyNonRead: u8, messageIds },
  ...PARTIAL,
});

/** MS-OXCROPS 2.2.4.13 */
export const GetHierarchyTable = defineRop("GetHierarchyTable", 0x04, {
  request: { ...OPENS_OBJECT, tableFlags: u8 },
  response: { rowCount: u32le },
});

/** MS-OXCROPS 2.2.4.14 */
export const GetContentsTable = defineRop("GetContentsTable", 0x05, {
  request: { ...OPENS_OBJECT, tableFlags: u8 },
  response: { rowCount: u32le },
});

/** CreateFolder's FolderType (MS-OXCFOLD 2.2.1.2.1). */
export const FOLDER_TYPE = { GENERIC: 1, SEARCH: 2 } as const;

/** MS-OXCROPS 2.2.4.2. The response has HasRules only if the folder existed before. */
export const CreateFolder = defineRop("CreateFolder", 0x1c, {
  request: {
    ...OPENS_OBJECT,
    folderType: u8,
    useUnicodeStrings: bool,
    openExisting: u8,
    reserved: reserved(1),
    displayName: textOf("useUnicodeStrings"),
    comment: textOf("useUnicodeStrings"),
  },
  response: {
    folderId: objectId,
    isExistingFolder: bool,
    hasRules: when((record) => record["isExistingFolder"] === true, bool, false),
    isGhosted: hiddenWhen((record) => record["isExistingFolder"] === true, notGhosted),
  },
});

/** DeleteFolder's DeleteFolderFlags (MS-OXCFOLD 2.2.1.3.1). */
export const DELETE_FOLDER = { MESSAGES: 0x01, FOLDERS: 0x04, HARD: 0x10 } as const;

/** MS-OXCROPS 2.2.4.3 */
export const DeleteFolder = defineRop("DeleteFolder", 0x1d, {
  request: { ...ON_OBJECT, deleteFolderFlags: u8, folderId: objectId },
  ...PARTIAL,
});

/** SetSearchCriteria's SearchFlags (MS-OXCFOLD 2.2.1.4.1), and those of GetSearchCriteria's response. */
export const SEARCH_FLAG = { STOP: 0x01, RESTART: 0x02, RECURSIVE: 0x04, SHALLOW: 0x08, STATIC: 0x00040000 } as const;
/** SearchFlags of GetSearchCriteria's response: the state of the search. */
export const SEARCH_STATE = { RUNNING: 0x01, REBUILD: 0x02, RECURSIVE: 0x04, COMPLETE: 0x1000, STATIC: 0x10000 } as const;

/** MS-OXCROPS 2.2.4.4 */
export const SetSearchCriteria = defineRop("SetSearchCriteria", 0x30, {
  request: { ...ON_OBJECT, restriction: counted(u16le), folderIds: list(u16le, objectId), searchFlags: u32le },
  response: NO_FIELDS,
});

/** MS-OXCROPS 2.2.4.5 */
export const GetSearchCriteria = defineRop("GetSearchCriteria", 0x31, {
  request: { ...ON_OBJECT, useUnicode: u8, includeRestriction: u8, includeFolders: u8 },
  response: {
    restriction: counted(u16le),
    logonId: u8,
    folderIdCount: countOf("folderIds", u16le),
    folderIds: listOfCount(objectId),
    searchFlags: u32le,
  },
});

/** MS-OXCROPS 2.2.4.7. The input object is the folder above the one that moves. */
export const MoveFolder = defineRop("MoveFolder", 0x35, {
  request: { ...TO_OBJECT, wantAsync: u8, useUnicode: bool, folderId: objectId, newFolderName: textOf("useUnicode") },
  ...PARTIAL,
});

/** MS-OXCROPS 2.2.4.8 */
export const CopyFolder = defineRop("CopyFolder", 0x36, {
  request: { ...TO_OBJECT, wantAsync: u8, wantRecursive: bool, useUnicode: bool, folderId: objectId, newFolderName: textOf("useUnicode") },
  ...PARTIAL,
});

/** MS-OXCROPS 2.2.4.9 */
export const EmptyFolder = defineRop("EmptyFolder", 0x58, {
  request: { ...ON_OBJECT, wantAsync: u8, wantDeleteAssociated: bool },
  ...PARTIAL,
});

/** MS-OXCROPS 2.2.4.10 */
export const HardDeleteMessagesAndSubfolders = defineRop("HardDeleteMessagesAndSubfolders", 0x92, {
  request: { ...ON_OBJECT, wantAsync: u8, wantDeleteAssociated: bool },
  ...PARTIAL,
});

/** MS-OXCROPS 2.2.4.12 */
export const HardDeleteMessages = defineRop("HardDeleteMessages", 0x91, {
  request: { ...ON_OBJECT, wantAsync: u8, notifyNonRead: u8, messageIds },
  ...PARTIAL,
});

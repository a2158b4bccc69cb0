/** ROPs on logons (MS-OXCROPS 2.2.3). */

import type { ObjectId } from "../object-id.ts";
import { defineRop, NO_FIELDS, ON_OBJECT } from "./define-rop.ts";
import {
  asciiz,
  bool,
  bytes,
  counted,
  countedText,
  countOf,
  type Field,
  type FieldValues,
  group,
  list,
  listOfCount,
  notGhosted,
  objectId,
  ofLogon,
  reserved,
  times,
  u8,
  u16le,
  u32le,
  u64le,
  when,
} from "./field.ts";

/** Logon's LogonFlags: a private mailbox. */
export const LOGON_PRIVATE = 0x01;

/** OpenFlags of a logon: the public store, whatever the DN (MS-OXCSTOR 2.2.1.1.1). */
export const OPEN_PUBLIC = 0x00000002;

/** Positions of the folders in a logon's `folderIds` (MS-OXCSTOR 2.2.1.1.3). */
export const LOGON_FOLDER = {
  ROOT: 0,
  DEFERRED_ACTION: 1,
  SPOOLER_QUEUE: 2,
  IPM_SUBTREE: 3,
  INBOX: 4,
  OUTBOX: 5,
  SENT_ITEMS: 6,
  DELETED_ITEMS: 7,
  COMMON_VIEWS: 8,
  SCHEDULE: 9,
  SEARCH: 10,
  VIEWS: 11,
  SHORTCUTS: 12,
} as const;

const LOGON_FOLDERS = 13;

/** Positions of the folders in the `folderIds` of a logon to the public store (MS-OXCSTOR 2.2.1.1.4); the last four are no folders. */
export const PUBLIC_FOLDER = {
  ROOT: 0,
  IPM_SUBTREE: 1,
  NON_IPM_SUBTREE: 2,
  EFORMS_REGISTRY: 3,
  FREE_BUSY: 4,
  OFFLINE_ADDRESS_BOOK: 5,
  EFORMS_OF_LOCALE: 6,
  FREE_BUSY_OF_SITE: 7,
  OFFLINE_ADDRESS_BOOK_OF_SITE: 8,
} as const;

/** UTC; `dayOfWeek` 0 is Sunday, `month` 1 is January. */
export interface LogonTime {
  readonly seconds: number;
  readonly minutes: number;
  readonly hour: number;
  readonly dayOfWeek: number;
  readonly day: number;
  readonly month: number;
  readonly year: number;
}

/** The response of a logon: to a private mailbox (MS-OXCROPS 2.2.3.1.2), or to the public store (2.2.3.1.3), which has less. */
export interface LogonReply {
  readonly logonFlags: number;
  /** Thirteen, in the order of LOGON_FOLDER or PUBLIC_FOLDER. */
  readonly folderIds: readonly ObjectId[];
  /** `null` in the public store. */
  readonly mailbox: { readonly responseFlags: number; readonly guid: Uint8Array } | null;
  readonly replId: number;
  readonly replGuid: Uint8Array;
  /** PerUserGuid, in a logon to the public store; `null` for a mailbox. */
  readonly perUserGuid: Uint8Array | null;
  /** `null` in the public store. */
  readonly state: { readonly logonTime: LogonTime; readonly gwartTime: bigint; readonly storeState: number } | null;
}

const logonTime = group({ seconds: u8, minutes: u8, hour: u8, dayOfWeek: u8, day: u8, month: u8, year: u16le });

const longTermId = bytes(24);

const isPrivate = (record: FieldValues): boolean => ((record["logonFlags"] as number) & LOGON_PRIVATE) !== 0;

/** A row of GetReceiveFolderTable (MS-OXCSTOR 2.2.1.4.2.1): a standard PropertyRow of three columns. */
const receiveFolder = group({ rowForm: reserved(1), folderId: objectId, messageClass: asciiz, lastModified: u64le });

/** MS-OXCROPS 2.2.3.1. `essdn` is the mailbox's DN, 8-bit text without NUL. */
export const Logon = defineRop("Logon", 0xfe, {
  request: { logonId: u8, outputHandleIndex: u8, logonFlags: u8, openFlags: u32le, storeState: u32le, essdn: countedText },
  response: {
    reply: group({
      logonFlags: u8,
      folderIds: times(LOGON_FOLDERS, objectId),
      mailbox: when<LogonReply["mailbox"]>(isPrivate, group({ responseFlags: u8, guid: bytes(16) }) as Field<LogonReply["mailbox"]>, null),
      replId: u16le,
      replGuid: bytes(16),
      perUserGuid: when<Uint8Array | null>((record) => !isPrivate(record), bytes(16), null),
      state: when<LogonReply["state"]>(
        isPrivate,
        group({ logonTime, gwartTime: u64le, storeState: u32le }) as Field<LogonReply["state"]>,
        null,
      ),
    }),
  },
});

/** MS-OXCROPS 2.2.3.2 */
export const GetReceiveFolder = defineRop("GetReceiveFolder", 0x27, {
  request: { ...ON_OBJECT, messageClass: asciiz },
  response: { folderId: objectId, explicitMessageClass: asciiz },
});

/** MS-OXCROPS 2.2.3.5 */
export const GetStoreState = defineRop("GetStoreState", 0x7b, { request: ON_OBJECT, response: { storeState: u32le } });

/** MS-OXCROPS 2.2.3.8 */
export const LongTermIdFromId = defineRop("LongTermIdFromId", 0x43, {
  request: { ...ON_OBJECT, objectId },
  response: { longTermId },
});

/** MS-OXCROPS 2.2.3.9 */
export const IdFromLongTermId = defineRop("IdFromLongTermId", 0x44, {
  request: { ...ON_OBJECT, longTermId },
  response: { objectId },
});

/** MS-OXCROPS 2.2.3.3 */
export const SetReceiveFolder = defineRop("SetReceiveFolder", 0x26, {
  request: { ...ON_OBJECT, folderId: objectId, messageClass: asciiz },
  response: NO_FIELDS,
});

/** MS-OXCROPS 2.2.3.4 */
export const GetReceiveFolderTable = defineRop("GetReceiveFolderTable", 0x68, {
  request: ON_OBJECT,
  response: { rows: list(u32le, receiveFolder) },
});

/** MS-OXCROPS 2.2.3.6. The first `cheapServerCount` of `servers` cost least to reach. */
export const GetOwningServers = defineRop("GetOwningServers", 0x42, {
  request: { ...ON_OBJECT, folderId: objectId },
  response: { serverCount: countOf("servers", u16le), cheapServerCount: u16le, servers: listOfCount(asciiz) },
});

/** MS-OXCROPS 2.2.3.7. This server's folders are never ghosted. */
export const PublicFolderIsGhosted = defineRop("PublicFolderIsGhosted", 0x45, {
  request: { ...ON_OBJECT, folderId: objectId },
  response: { isGhosted: notGhosted },
});

/** MS-OXCROPS 2.2.3.10 */
export const GetPerUserLongTermIds = defineRop("GetPerUserLongTermIds", 0x60, {
  request: { ...ON_OBJECT, databaseGuid: bytes(16) },
  response: { longTermIds: list(u16le, longTermId) },
});

/** MS-OXCROPS 2.2.3.11 */
export const GetPerUserGuid = defineRop("GetPerUserGuid", 0x61, {
  request: { ...ON_OBJECT, longTermId },
  response: { databaseGuid: bytes(16) },
});

/** MS-OXCROPS 2.2.3.12 */
export const ReadPerUserInformation = defineRop("ReadPerUserInformation", 0x63, {
  request: { ...ON_OBJECT, folderId: longTermId, reserved: reserved(1), dataOffset: u32le, maxDataSize: u16le },
  response: { hasFinished: bool, data: counted(u16le) },
});

/** MS-OXCROPS 2.2.3.13. ReplGuid is there only at offset 0 and in a private logon. */
export const WritePerUserInformation = defineRop("WritePerUserInformation", 0x64, {
  request: {
    ...ON_OBJECT,
    folderId: longTermId,
    hasFinished: bool,
    dataOffset: u32le,
    data: counted(u16le),
    replGuid: ofLogon("private", bytes(16), (record) => record["dataOffset"] === 0),
  },
  response: NO_FIELDS,
});

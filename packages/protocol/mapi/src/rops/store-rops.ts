/** ROPs on logons (MS-OXCROPS 2.2.3). */

import type { ObjectId } from "../object-id.ts";
import { defineRequest, defineRop, ON_OBJECT } from "./define-rop.ts";
import { asciiz, bool, bytes, counted, countedText, group, objectId, reserved, times, u8, u16le, u32le, u64le, when } from "./field.ts";

/** Logon's LogonFlags: a private mailbox. */
export const LOGON_PRIVATE = 0x01;

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

/** The response of a logon to a private mailbox (MS-OXCROPS 2.2.3.1.2). */
export interface LogonReply {
  readonly logonFlags: number;
  /** Thirteen, in the order of LOGON_FOLDER. */
  readonly folderIds: readonly ObjectId[];
  readonly responseFlags: number;
  /** 16 bytes each. */
  readonly mailboxGuid: Uint8Array;
  readonly replId: number;
  readonly replGuid: Uint8Array;
  readonly logonTime: LogonTime;
  readonly gwartTime: bigint;
  readonly storeState: number;
}

const logonTime = group({ seconds: u8, minutes: u8, hour: u8, dayOfWeek: u8, day: u8, month: u8, year: u16le });

const longTermId = bytes(24);

/** 2.2.3.1. `essdn` is the mailbox's DN, 8-bit text without NUL. */
export const Logon = defineRop("Logon", 0xfe, {
  request: { logonId: u8, outputHandleIndex: u8, logonFlags: u8, openFlags: u32le, storeState: u32le, essdn: countedText },
  response: {
    reply: group({
      logonFlags: u8,
      folderIds: times(LOGON_FOLDERS, objectId),
      responseFlags: u8,
      mailboxGuid: bytes(16),
      replId: u16le,
      replGuid: bytes(16),
      logonTime,
      gwartTime: u64le,
      storeState: u32le,
    }),
  },
});

/** 2.2.3.2 */
export const GetReceiveFolder = defineRop("GetReceiveFolder", 0x27, {
  request: { ...ON_OBJECT, messageClass: asciiz },
  response: { folderId: objectId, explicitMessageClass: asciiz },
});

/** 2.2.3.5 */
export const GetStoreState = defineRop("GetStoreState", 0x7b, { request: ON_OBJECT, response: { storeState: u32le } });

/** 2.2.3.8 */
export const LongTermIdFromId = defineRop("LongTermIdFromId", 0x43, {
  request: { ...ON_OBJECT, objectId },
  response: { longTermId },
});

/** 2.2.3.9 */
export const IdFromLongTermId = defineRop("IdFromLongTermId", 0x44, {
  request: { ...ON_OBJECT, longTermId },
  response: { objectId },
});

/** Declared by their requests alone: the server refuses them. */
export const UNSUPPORTED_STORE_ROPS = {
  /** 2.2.3.3 */
  SetReceiveFolder: defineRequest("SetReceiveFolder", 0x26, { ...ON_OBJECT, folderId: objectId, messageClass: asciiz }),
  /** 2.2.3.4 */
  GetReceiveFolderTable: defineRequest("GetReceiveFolderTable", 0x68, ON_OBJECT),
  /** 2.2.3.6 */
  GetOwningServers: defineRequest("GetOwningServers", 0x42, { ...ON_OBJECT, folderId: objectId }),
  /** 2.2.3.7 */
  PublicFolderIsGhosted: defineRequest("PublicFolderIsGhosted", 0x45, { ...ON_OBJECT, folderId: objectId }),
  /** 2.2.3.10 */
  GetPerUserLongTermIds: defineRequest("GetPerUserLongTermIds", 0x60, { ...ON_OBJECT, databaseGuid: bytes(16) }),
  /** 2.2.3.11 */
  GetPerUserGuid: defineRequest("GetPerUserGuid", 0x61, { ...ON_OBJECT, longTermId }),
  /** 2.2.3.12 */
  ReadPerUserInformation: defineRequest("ReadPerUserInformation", 0x63, {
    ...ON_OBJECT,
    folderId: longTermId,
    reserved: reserved(1),
    dataOffset: u32le,
    maxDataSize: u16le,
  }),
  /** 2.2.3.13. ReplGuid is present only at offset 0 and in a private logon; this server has no other logons. */
  WritePerUserInformation: defineRequest("WritePerUserInformation", 0x64, {
    ...ON_OBJECT,
    folderId: longTermId,
    hasFinished: bool,
    dataOffset: u32le,
    data: counted(u16le),
    replGuid: when<Uint8Array | null>((record) => record["dataOffset"] === 0, bytes(16), null),
  }),
} as const;

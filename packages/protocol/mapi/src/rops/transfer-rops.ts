/** ROPs of fast transfer and incremental change synchronization (MS-OXCROPS 2.2.12, 2.2.13). The server refuses all of them. */

import { putU16 } from "../checked-writes.ts";
import { tags, valuesOrNull } from "./data-fields.ts";
import { defineRequest, ON_OBJECT, OPENS_OBJECT } from "./define-rop.ts";
import { counted, type Field, list, objectId, times, u8, u16le, u32le } from "./field.ts";

/** BufferSize, and MaximumBufferSize after the marker 0xbabe (2.2.12.4.1). */
const bufferSize: Field<number> = {
  read: (r) => {
    const size = r.u16();
    return size === LONG_BUFFER_SIZE ? r.u16() : size;
  },
  put: (w, size) => {
    if (size === LONG_BUFFER_SIZE) w.u16le(LONG_BUFFER_SIZE);
    putU16(w, size);
  },
};

const LONG_BUFFER_SIZE = 0xbabe;

/** TransferStatus, two counts, Reserved and a size: responses of these have them after a failure too. */
const TRANSFER_STATE_BYTES = 9;
/** Length of the transfer state with 32-bit counts. */
const TRANSFER_STATE_EXTENDED_BYTES = 13;

const xid = counted(u32le);

/** Fast transfer and synchronization (MS-OXCROPS 2.2.12 and 2.2.13): declared so that a server can refuse them one by one. */
export const UNSUPPORTED_TRANSFER_ROPS = {
  /** MS-OXCROPS 2.2.12.1 */
  FastTransferDestinationConfigure: defineRequest("FastTransferDestinationConfigure", 0x53, {
    ...OPENS_OBJECT,
    sourceOperation: u8,
    copyFlags: u8,
  }),
  /** MS-OXCROPS 2.2.12.2 */
  FastTransferDestinationPutBuffer: defineRequest(
    "FastTransferDestinationPutBuffer",
    0x54,
    { ...ON_OBJECT, transferData: counted(u16le) },
    TRANSFER_STATE_BYTES,
  ),
  /** MS-OXCROPS 2.2.12.3 */
  FastTransferDestinationPutBufferExtended: defineRequest(
    "FastTransferDestinationPutBufferExtended",
    0x9d,
    { ...ON_OBJECT, transferData: counted(u16le) },
    TRANSFER_STATE_EXTENDED_BYTES,
  ),
  /** MS-OXCROPS 2.2.12.4 */
  FastTransferSourceGetBuffer: defineRequest("FastTransferSourceGetBuffer", 0x4e, { ...ON_OBJECT, bufferSize }, TRANSFER_STATE_BYTES),
  /** MS-OXCROPS 2.2.12.5 */
  FastTransferSourceCopyFolder: defineRequest("FastTransferSourceCopyFolder", 0x4c, { ...OPENS_OBJECT, copyFlags: u8, sendOptions: u8 }),
  /** MS-OXCROPS 2.2.12.6 */
  FastTransferSourceCopyMessages: defineRequest("FastTransferSourceCopyMessages", 0x4b, {
    ...OPENS_OBJECT,
    messageIds: list(u16le, objectId),
    copyFlags: u8,
    sendOptions: u8,
  }),
  /** MS-OXCROPS 2.2.12.7 */
  FastTransferSourceCopyTo: defineRequest("FastTransferSourceCopyTo", 0x4d, {
    ...OPENS_OBJECT,
    level: u8,
    copyFlags: u32le,
    sendOptions: u8,
    excludedTags: tags,
  }),
  /** MS-OXCROPS 2.2.12.8 */
  FastTransferSourceCopyProperties: defineRequest("FastTransferSourceCopyProperties", 0x69, {
    ...OPENS_OBJECT,
    level: u8,
    copyFlags: u8,
    sendOptions: u8,
    tags,
  }),
  /** MS-OXCROPS 2.2.12.9 */
  TellVersion: defineRequest("TellVersion", 0x86, { ...ON_OBJECT, version: times(3, u16le) }),
  /** MS-OXCROPS 2.2.13.1 */
  SynchronizationConfigure: defineRequest("SynchronizationConfigure", 0x70, {
    ...OPENS_OBJECT,
    synchronizationType: u8,
    sendOptions: u8,
    synchronizationFlags: u16le,
    restriction: counted(u16le),
    synchronizationExtraFlags: u32le,
    tags,
  }),
  /** MS-OXCROPS 2.2.13.2 */
  SynchronizationImportMessageChange: defineRequest("SynchronizationImportMessageChange", 0x72, {
    ...OPENS_OBJECT,
    importFlag: u8,
    values: valuesOrNull,
  }),
  /** MS-OXCROPS 2.2.13.3. MessageReadStateSize counts the states' bytes. */
  SynchronizationImportReadStateChanges: defineRequest("SynchronizationImportReadStateChanges", 0x80, {
    ...ON_OBJECT,
    messageReadStates: counted(u16le),
  }),
  /** MS-OXCROPS 2.2.13.4 */
  SynchronizationImportHierarchyChange: defineRequest("SynchronizationImportHierarchyChange", 0x73, {
    ...ON_OBJECT,
    hierarchyValues: valuesOrNull,
    values: valuesOrNull,
  }),
  /** MS-OXCROPS 2.2.13.5 */
  SynchronizationImportDeletes: defineRequest("SynchronizationImportDeletes", 0x74, {
    ...ON_OBJECT,
    importDeleteFlags: u8,
    values: valuesOrNull,
  }),
  /** MS-OXCROPS 2.2.13.6 */
  SynchronizationImportMessageMove: defineRequest("SynchronizationImportMessageMove", 0x78, {
    ...ON_OBJECT,
    sourceFolderId: xid,
    sourceMessageId: xid,
    predecessorChangeList: xid,
    destinationMessageId: xid,
    changeNumber: xid,
  }),
  /** MS-OXCROPS 2.2.13.7 */
  SynchronizationOpenCollector: defineRequest("SynchronizationOpenCollector", 0x7e, { ...OPENS_OBJECT, isContentsCollector: u8 }),
  /** MS-OXCROPS 2.2.13.8 */
  SynchronizationGetTransferState: defineRequest("SynchronizationGetTransferState", 0x82, OPENS_OBJECT),
  /** MS-OXCROPS 2.2.13.9 */
  SynchronizationUploadStateStreamBegin: defineRequest("SynchronizationUploadStateStreamBegin", 0x75, {
    ...ON_OBJECT,
    stateProperty: u32le,
    transferBufferSize: u32le,
  }),
  /** MS-OXCROPS 2.2.13.10 */
  SynchronizationUploadStateStreamContinue: defineRequest("SynchronizationUploadStateStreamContinue", 0x76, {
    ...ON_OBJECT,
    streamData: counted(u32le),
  }),
  /** MS-OXCROPS 2.2.13.11 */
  SynchronizationUploadStateStreamEnd: defineRequest("SynchronizationUploadStateStreamEnd", 0x77, ON_OBJECT),
  /** MS-OXCROPS 2.2.13.12. DataSize counts LongTermIdRangeCount and the ranges of 48 bytes each. */
  SetLocalReplicaMidsetDeleted: defineRequest("SetLocalReplicaMidsetDeleted", 0x93, { ...ON_OBJECT, longTermIdRanges: counted(u16le) }),
  /** MS-OXCROPS 2.2.13.13 */
  GetLocalReplicaIds: defineRequest("GetLocalReplicaIds", 0x7f, { ...ON_OBJECT, idCount: u32le }),
} as const;

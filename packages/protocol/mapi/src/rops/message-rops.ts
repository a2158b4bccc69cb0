/** ROPs on messages, their recipients and attachments (MS-OXCROPS 2.2.6). */

import { tags, typedStringField } from "./data-fields.ts";
import { defineRop, NO_FIELDS, ON_OBJECT, OPENS_OBJECT, RESPONDS_AT } from "./define-rop.ts";
import {
  bool,
  bytes,
  counted,
  type Field,
  group,
  list,
  objectId,
  ofLogon,
  optional,
  type RecordOf,
  reserved,
  u8,
  u16le,
  u32le,
  when,
} from "./field.ts";

/** CodePageId of OpenMessage that selects the code page of the logon. */
export const CODE_PAGE_OF_LOGON = 0x0fff;

/** SetMessageReadFlag's ReadFlags (MS-OXCMSG 2.2.3.11.1). */
export const READ_FLAG = { DEFAULT: 0x00, SUPPRESS_RECEIPT: 0x01, CLEAR_READ: 0x04, GENERATE_RECEIPT_ONLY: 0x10 } as const;

/** One recipient of ModifyRecipients; an empty `row` deletes the recipient of this id. See `parseRecipientRow`. */
export interface ModifiedRecipient {
  readonly rowId: number;
  readonly recipientType: number;
  readonly row: Uint8Array;
}

/** One recipient of ReadRecipients; its `row` has no property columns. See `parseRecipientRow`. */
export interface ReadRecipient {
  readonly rowId: number;
  readonly recipientType: number;
  readonly codePageId: number;
  readonly row: Uint8Array;
}

const modifiedRecipient: Field<ModifiedRecipient> = group({ rowId: u32le, recipientType: u8, row: counted(u16le) });

const readRecipient: Field<ReadRecipient> = group({
  rowId: u32le,
  recipientType: u8,
  codePageId: u16le,
  reserved: reserved(2),
  row: counted(u16le),
});

/** A recipient in the response of OpenMessage (OpenRecipientRow, 2.2.6.1.2.1); `row` has the response's `recipientColumns`. */
export interface OpenRecipient {
  readonly recipientType: number;
  readonly codePageId: number;
  readonly row: Uint8Array;
}

const openRecipient: Field<OpenRecipient> = group({ recipientType: u8, codePageId: u16le, reserved: reserved(2), row: counted(u16le) });

/** Fields of the response about an opened message; `recipients` has the first of its `recipientCount` recipients. */
const openedMessage = {
  hasNamedProperties: bool,
  subjectPrefix: typedStringField,
  normalizedSubject: typedStringField,
  recipientCount: u16le,
  recipientColumns: tags,
  recipients: list(u8, openRecipient),
} as const;

/** PartialCompletion, which the response has after a failure too. */
const PARTIAL_COMPLETION_BYTES = 1;

/** MS-OXCROPS 2.2.6.1 */
export const OpenMessage = defineRop("OpenMessage", 0x03, {
  request: { ...OPENS_OBJECT, codePageId: u16le, folderId: objectId, openModeFlags: u8, messageId: objectId },
  response: openedMessage,
});

/** MS-OXCROPS 2.2.6.2. `messageId` of the response is `null` if the message gets its id when it is saved. */
export const CreateMessage = defineRop("CreateMessage", 0x06, {
  request: { ...OPENS_OBJECT, codePageId: u16le, folderId: objectId, associated: bool },
  response: { messageId: optional(objectId) },
});

/** MS-OXCROPS 2.2.6.3 */
export const SaveChangesMessage = defineRop("SaveChangesMessage", 0x0c, {
  request: { ...RESPONDS_AT, saveFlags: u8 },
  response: { inputHandleIndex: u8, messageId: objectId },
});

/** MS-OXCROPS 2.2.6.4 */
export const RemoveAllRecipients = defineRop("RemoveAllRecipients", 0x0d, {
  request: { ...ON_OBJECT, reserved: reserved(4) },
  response: NO_FIELDS,
});

/** MS-OXCROPS 2.2.6.5 */
export const ModifyRecipients = defineRop("ModifyRecipients", 0x0e, {
  request: { ...ON_OBJECT, columns: tags, recipients: list(u16le, modifiedRecipient) },
  response: NO_FIELDS,
});

/** MS-OXCROPS 2.2.6.6 */
export const ReadRecipients = defineRop("ReadRecipients", 0x0f, {
  request: { ...ON_OBJECT, rowId: u32le, reserved: reserved(2) },
  response: { recipients: list(u8, readRecipient) },
});

/** MS-OXCROPS 2.2.6.7 */
export const ReloadCachedInformation = defineRop("ReloadCachedInformation", 0x10, {
  request: { ...ON_OBJECT, reserved: reserved(2) },
  response: openedMessage,
});

/** MS-OXCROPS 2.2.6.10 */
export const SetReadFlags = defineRop("SetReadFlags", 0x66, {
  request: { ...ON_OBJECT, wantAsync: u8, readFlags: u8, messageIds: list(u16le, objectId) },
  response: { partialCompletion: bool },
  failureBytes: PARTIAL_COMPLETION_BYTES,
});

/** LogonId and ClientData of a public logon, in a response that says that the status changed. */
const publicChange = group({ logonId: u8, clientData: bytes(24) });

/** MS-OXCROPS 2.2.6.11. ClientData only in a logon to the public store. */
export const SetMessageReadFlag = defineRop("SetMessageReadFlag", 0x11, {
  request: { ...RESPONDS_AT, readFlags: u8, clientData: ofLogon("public", bytes(24)) },
  response: {
    readStatusChanged: bool,
    publicChange: when<RecordOf<{ logonId: typeof u8; clientData: Field<Uint8Array> }> | null>(
      (record) => record["readStatusChanged"] === true,
      publicChange,
      null,
    ),
  },
});

/** MS-OXCROPS 2.2.6.12 */
export const OpenAttachment = defineRop("OpenAttachment", 0x22, {
  request: { ...OPENS_OBJECT, openAttachmentFlags: u8, attachmentId: u32le },
  response: NO_FIELDS,
});

/** MS-OXCROPS 2.2.6.13 */
export const CreateAttachment = defineRop("CreateAttachment", 0x23, { request: OPENS_OBJECT, response: { attachmentId: u32le } });

/** MS-OXCROPS 2.2.6.14 */
export const DeleteAttachment = defineRop("DeleteAttachment", 0x24, {
  request: { ...ON_OBJECT, attachmentId: u32le },
  response: NO_FIELDS,
});

/** MS-OXCROPS 2.2.6.15 */
export const SaveChangesAttachment = defineRop("SaveChangesAttachment", 0x25, {
  request: { ...RESPONDS_AT, saveFlags: u8 },
  response: NO_FIELDS,
});

/** MS-OXCROPS 2.2.6.17 */
export const GetAttachmentTable = defineRop("GetAttachmentTable", 0x21, {
  request: { ...OPENS_OBJECT, tableFlags: u8 },
  response: NO_FIELDS,
});

/** MS-OXCROPS 2.2.6.8. The response has the status before. */
export const SetMessageStatus = defineRop("SetMessageStatus", 0x20, {
  request: { ...ON_OBJECT, messageId: objectId, messageStatusFlags: u32le, messageStatusMask: u32le },
  response: { messageStatusFlags: u32le },
});

/** MS-OXCROPS 2.2.6.9 */
export const GetMessageStatus = defineRop("GetMessageStatus", 0x1f, {
  request: { ...ON_OBJECT, messageId: objectId },
  response: { messageStatusFlags: u32le },
});

/** OpenEmbeddedMessage's OpenModeFlags (MS-OXCMSG 2.2.3.16.1). */
export const EMBEDDED_MODE = { READ_ONLY: 0x00, READ_WRITE: 0x01, CREATE: 0x02 } as const;

/** MS-OXCROPS 2.2.6.16 */
export const OpenEmbeddedMessage = defineRop("OpenEmbeddedMessage", 0x46, {
  request: { ...OPENS_OBJECT, codePageId: u16le, openModeFlags: u8 },
  response: { reserved: reserved(1), messageId: objectId, ...openedMessage },
});

/** MS-OXCROPS 2.2.6.18 */
export const GetValidAttachments = defineRop("GetValidAttachments", 0x52, {
  request: ON_OBJECT,
  response: { attachmentIds: list(u16le, u32le) },
});

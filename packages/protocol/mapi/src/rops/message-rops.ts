/** ROPs on messages, their recipients and attachments (MS-OXCROPS 2.2.6). */

import { defineRequest, defineRop, NO_FIELDS, ON_OBJECT, OPENS_OBJECT, RESPONDS_AT } from "./define-rop.ts";
import {
  bool,
  counted,
  type Field,
  group,
  type HiddenField,
  list,
  objectId,
  optional,
  reserved,
  tags,
  typedStringField,
  u8,
  u16le,
  u32le,
} from "./field.ts";

/** OpenMessage's CodePageId: that of the logon. */
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

/** RecipientColumns, RowCount and RecipientRows. The server sends none; rows that another server sends take the rest of the list undecoded. */
const recipientRows: HiddenField = {
  hidden: true,
  read: (r) => {
    r.skip(4 * r.u16());
    if (r.u8() > 0) r.skip(r.remaining);
  },
  put: (w) => {
    w.u16le(0);
    w.u8(0);
  },
};

/** What a client is told of a message that it opens. */
const openedMessage = {
  hasNamedProperties: bool,
  subjectPrefix: typedStringField,
  normalizedSubject: typedStringField,
  recipientCount: u16le,
  recipientRows,
} as const;

/** 2.2.6.1 */
export const OpenMessage = defineRop("OpenMessage", 0x03, {
  request: { ...OPENS_OBJECT, codePageId: u16le, folderId: objectId, openModeFlags: u8, messageId: objectId },
  response: openedMessage,
});

/** 2.2.6.2. `messageId` of the response is `null` if the message gets its id when it is saved. */
export const CreateMessage = defineRop("CreateMessage", 0x06, {
  request: { ...OPENS_OBJECT, codePageId: u16le, folderId: objectId, associated: bool },
  response: { messageId: optional(objectId) },
});

/** 2.2.6.3 */
export const SaveChangesMessage = defineRop("SaveChangesMessage", 0x0c, {
  request: { ...RESPONDS_AT, saveFlags: u8 },
  response: { inputHandleIndex: u8, messageId: objectId },
});

/** 2.2.6.4 */
export const RemoveAllRecipients = defineRop("RemoveAllRecipients", 0x0d, {
  request: { ...ON_OBJECT, reserved: reserved(4) },
  response: NO_FIELDS,
});

/** 2.2.6.5 */
export const ModifyRecipients = defineRop("ModifyRecipients", 0x0e, {
  request: { ...ON_OBJECT, columns: tags, recipients: list(u16le, modifiedRecipient) },
  response: NO_FIELDS,
});

/** 2.2.6.6 */
export const ReadRecipients = defineRop("ReadRecipients", 0x0f, {
  request: { ...ON_OBJECT, rowId: u32le, reserved: reserved(2) },
  response: { recipients: list(u8, readRecipient) },
});

/** 2.2.6.7 */
export const ReloadCachedInformation = defineRop("ReloadCachedInformation", 0x10, {
  request: { ...ON_OBJECT, reserved: reserved(2) },
  response: openedMessage,
});

/** 2.2.6.10 */
export const SetReadFlags = defineRop("SetReadFlags", 0x66, {
  request: { ...ON_OBJECT, wantAsync: u8, readFlags: u8, messageIds: list(u16le, objectId) },
  response: { partialCompletion: bool },
});

/** 2.2.6.11, without ClientData, which only logons to public folders send. */
export const SetMessageReadFlag = defineRop("SetMessageReadFlag", 0x11, {
  request: { ...RESPONDS_AT, readFlags: u8 },
  response: { readStatusChanged: bool },
});

/** 2.2.6.12 */
export const OpenAttachment = defineRop("OpenAttachment", 0x22, {
  request: { ...OPENS_OBJECT, openAttachmentFlags: u8, attachmentId: u32le },
  response: NO_FIELDS,
});

/** 2.2.6.13 */
export const CreateAttachment = defineRop("CreateAttachment", 0x23, { request: OPENS_OBJECT, response: { attachmentId: u32le } });

/** 2.2.6.14 */
export const DeleteAttachment = defineRop("DeleteAttachment", 0x24, {
  request: { ...ON_OBJECT, attachmentId: u32le },
  response: NO_FIELDS,
});

/** 2.2.6.15 */
export const SaveChangesAttachment = defineRop("SaveChangesAttachment", 0x25, {
  request: { ...RESPONDS_AT, saveFlags: u8 },
  response: NO_FIELDS,
});

/** 2.2.6.17 */
export const GetAttachmentTable = defineRop("GetAttachmentTable", 0x21, {
  request: { ...OPENS_OBJECT, tableFlags: u8 },
  response: NO_FIELDS,
});

/** Declared by their requests alone: the server refuses them. */
export const UNSUPPORTED_MESSAGE_ROPS = {
  /** 2.2.6.8 */
  SetMessageStatus: defineRequest("SetMessageStatus", 0x20, {
    ...ON_OBJECT,
    messageId: objectId,
    messageStatusFlags: u32le,
    messageStatusMask: u32le,
  }),
  /** 2.2.6.9 */
  GetMessageStatus: defineRequest("GetMessageStatus", 0x1f, { ...ON_OBJECT, messageId: objectId }),
  /** 2.2.6.16 */
  OpenEmbeddedMessage: defineRequest("OpenEmbeddedMessage", 0x46, { ...OPENS_OBJECT, codePageId: u16le, openModeFlags: u8 }),
  /** 2.2.6.18 */
  GetValidAttachments: defineRequest("GetValidAttachments", 0x52, ON_OBJECT),
} as const;

/** ROPs that send messages (MS-OXCROPS 2.2.7). */

import { defineRequest, defineRop, NO_FIELDS, ON_OBJECT } from "./define-rop.ts";
import { asciiz, objectId, u8, u32le } from "./field.ts";

/** 2.2.7.1 */
export const SubmitMessage = defineRop("SubmitMessage", 0x32, { request: { ...ON_OBJECT, submitFlags: u8 }, response: NO_FIELDS });

/** Declared by their requests alone: the server refuses them. */
export const UNSUPPORTED_TRANSPORT_ROPS = {
  /** 2.2.7.2 */
  AbortSubmit: defineRequest("AbortSubmit", 0x34, { ...ON_OBJECT, folderId: objectId, messageId: objectId }),
  /** 2.2.7.3 */
  GetAddressTypes: defineRequest("GetAddressTypes", 0x49, ON_OBJECT),
  /** 2.2.7.4 */
  SetSpooler: defineRequest("SetSpooler", 0x47, ON_OBJECT),
  /** 2.2.7.5 */
  SpoolerLockMessage: defineRequest("SpoolerLockMessage", 0x48, { ...ON_OBJECT, messageId: objectId, lockState: u8 }),
  /** 2.2.7.6 */
  TransportSend: defineRequest("TransportSend", 0x4a, ON_OBJECT),
  /** 2.2.7.7 */
  TransportNewMail: defineRequest("TransportNewMail", 0x51, {
    ...ON_OBJECT,
    messageId: objectId,
    folderId: objectId,
    messageClass: asciiz,
    messageFlags: u32le,
  }),
  /** 2.2.7.8 */
  GetTransportFolder: defineRequest("GetTransportFolder", 0x6d, ON_OBJECT),
  /** 2.2.7.9 */
  OptionsData: defineRequest("OptionsData", 0x6f, { ...ON_OBJECT, addressType: asciiz, wantWin32: u8 }),
} as const;

/** ROPs that send messages (MS-OXCROPS 2.2.7). */

import { ByteWriter } from "@pushback/bytes";
import { putU16 } from "../checked-writes.ts";
import { taggedValue } from "./data-fields.ts";
import { defineRop, NO_FIELDS, ON_OBJECT } from "./define-rop.ts";
import { asciiz, bool, counted, type Field, list, objectId, reserved, u8, u16le, u32le, when } from "./field.ts";
import { checkList } from "./field-error.ts";

/** MS-OXCROPS 2.2.7.1 */
export const SubmitMessage = defineRop("SubmitMessage", 0x32, { request: { ...ON_OBJECT, submitFlags: u8 }, response: NO_FIELDS });

/** MS-OXCROPS 2.2.7.2 */
export const AbortSubmit = defineRop("AbortSubmit", 0x34, {
  request: { ...ON_OBJECT, folderId: objectId, messageId: objectId },
  response: NO_FIELDS,
});

/** AddressTypeCount, AddressTypeSize, which counts the bytes of all of them, and the types. */
const addressTypes: Field<readonly string[]> = {
  read: (r, record, scope) => {
    const count = r.u16();
    r.u16();
    const types: string[] = [];
    for (let i = 0; i < count && !r.failed; i++) types.push(asciiz.read(r, record, scope));
    return types;
  },
  put: (w, types, record) => {
    checkList(types);
    const content = new ByteWriter();
    for (const type of types) asciiz.put(content, type, record);
    putU16(w, types.length);
    putU16(w, content.length);
    w.bytes(content.toBytes());
  },
};

/** MS-OXCROPS 2.2.7.3 */
export const GetAddressTypes = defineRop("GetAddressTypes", 0x49, { request: ON_OBJECT, response: { addressTypes } });

/** MS-OXCROPS 2.2.7.4 */
export const SetSpooler = defineRop("SetSpooler", 0x47, { request: ON_OBJECT, response: NO_FIELDS });

/** SpoolerLockMessage's LockState (MS-OXOMSG 2.2.5.3.1). */
export const LOCK_STATE = { LOCK: 0, UNLOCK: 1, FINISHED: 2 } as const;

/** MS-OXCROPS 2.2.7.5 */
export const SpoolerLockMessage = defineRop("SpoolerLockMessage", 0x48, {
  request: { ...ON_OBJECT, messageId: objectId, lockState: u8 },
  response: NO_FIELDS,
});

/** MS-OXCROPS 2.2.7.6 */
export const TransportSend = defineRop("TransportSend", 0x4a, {
  request: ON_OBJECT,
  response: { noPropertiesReturned: bool, values: list(u16le, taggedValue) },
});

/** MS-OXCROPS 2.2.7.7 */
export const TransportNewMail = defineRop("TransportNewMail", 0x51, {
  request: { ...ON_OBJECT, messageId: objectId, folderId: objectId, messageClass: asciiz, messageFlags: u32le },
  response: NO_FIELDS,
});

/** MS-OXCROPS 2.2.7.8 */
export const GetTransportFolder = defineRop("GetTransportFolder", 0x6d, { request: ON_OBJECT, response: { folderId: objectId } });

/** MS-OXCROPS 2.2.7.9. The help file's name is there only with a help file. */
export const OptionsData = defineRop("OptionsData", 0x6f, {
  request: { ...ON_OBJECT, addressType: asciiz, wantWin32: u8 },
  response: {
    reserved: reserved(1),
    optionsInfo: counted(u16le),
    helpFile: counted(u16le),
    helpFileName: when<string | null>((record) => (record["helpFile"] as Uint8Array).length > 0, asciiz as Field<string | null>, null),
  },
});

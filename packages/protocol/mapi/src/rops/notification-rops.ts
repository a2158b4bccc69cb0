/** ROPs of notifications and of buffers and handles (MS-OXCROPS 2.2.14, 2.2.15). */

import { putU16 } from "../checked-writes.ts";
import { NOTIFICATION_TYPE, type Notification, putNotification, readNotification } from "../notification.ts";
import { NULL_OBJECT_ID } from "../object-id.ts";
import { defineNotice, defineRop, NO_FIELDS, ON_OBJECT, OPENS_OBJECT } from "./define-rop.ts";
import { bool, counted, type Field, group, list, objectId, restOfBuffer, u8, u16le, u32le, when } from "./field.ts";

/** NotificationTypes, and the reserved byte that follows if they include the extended ones. */
const notificationTypes: Field<number> = {
  read: (r) => {
    const types = r.u16();
    if (types & NOTIFICATION_TYPE.EXTENDED) r.u8();
    return types;
  },
  put: (w, types) => {
    putU16(w, types);
    if (types & NOTIFICATION_TYPE.EXTENDED) w.u8(0);
  },
};

/** NotificationFlags and NotificationData (MS-OXCNOTIF 2.2.1.4.1.2). */
const notification: Field<Notification> = { read: readNotification, put: putNotification };

/** An id that is there unless the whole store is wanted. */
const idInStore = when((record) => !record["wantWholeStore"], objectId, NULL_OBJECT_ID);

/** MS-OXCROPS 2.2.14.1. The ids are null if the whole store is wanted. */
export const RegisterNotification = defineRop("RegisterNotification", 0x29, {
  request: { ...OPENS_OBJECT, notificationTypes, wantWholeStore: bool, folderId: idInStore, messageId: idInStore },
  response: NO_FIELDS,
});

/** MS-OXCROPS 2.2.14.2 */
export const Notify = defineNotice("Notify", 0x2a, { notificationHandle: u32le, logonId: u8, notification });

/** MS-OXCROPS 2.2.14.3 */
export const Pending = defineNotice("Pending", 0x6e, { sessionIndex: u16le });

/** MS-OXCROPS 2.2.15.1. `requestBuffers` are the requests that were not carried out, as they came. */
export const BufferTooSmall = defineNotice("BufferTooSmall", 0xff, { sizeNeeded: u16le, requestBuffers: restOfBuffer });

/** MS-OXCROPS 2.2.15.2. Durations are milliseconds. */
export const Backoff = defineNotice("Backoff", 0xf9, {
  logonId: u8,
  duration: u32le,
  rops: list(u8, group({ ropId: u8, duration: u32le })),
  additionalData: counted(u16le),
});

/** MS-OXCROPS 2.2.15.3. There is no response. */
export const Release = defineRop("Release", 0x01, { request: ON_OBJECT, response: null });

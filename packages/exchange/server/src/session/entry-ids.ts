/** Entry ids and keys of folders, messages, users and stores (MS-OXCDATA 2.2). */

import { ByteWriter, encodeText, parseHex } from "@pushback/bytes";
import type { ObjectId } from "@pushback/mapi";
import type { Folder, Mailbox } from "../mail-store/mailbox.ts";

/** Provider UID of ids in a public store (MS-OXCDATA 2.2.4.1). */
const PUBLIC_PROVIDER = parseHex("1a447390aa6611cd9bc800aa002fc45a");

/** Provider UID of the address book (MS-OXCDATA 2.2.5.2). */
const ADDRESS_BOOK_PROVIDER = parseHex("dca740c8c042101ab4b908002b2fe182");

/** FolderType and MessageType (MS-OXCDATA 2.2.4.1, 2.2.4.2). */
const ENTRY_TYPE = { private: { folder: 0x0001, message: 0x0007 }, public: { folder: 0x0003, message: 0x0009 } } as const;

/** AddressBookEntryID of a user: version, and the type of a local mail user. */
const ADDRESS_BOOK_VERSION = 1;
const LOCAL_MAIL_USER = 0;

function providerOf(mailbox: Mailbox): Uint8Array {
  return mailbox.kind === "public" ? PUBLIC_PROVIDER : mailbox.guid;
}

/** GUID of the database, global counter, two bytes of padding. */
function putGlobalId(w: ByteWriter, mailbox: Mailbox, id: ObjectId): void {
  w.bytes(mailbox.databaseGuid);
  w.bytes(parseHex(id.slice(4)));
  w.u16le(0);
}

/** 46 bytes. */
export function folderEntryId({ mailbox, fid }: Pick<Folder, "mailbox" | "fid">): Uint8Array {
  const w = new ByteWriter(46);
  w.u32le(0);
  w.bytes(providerOf(mailbox));
  w.u16le(ENTRY_TYPE[mailbox.kind].folder);
  putGlobalId(w, mailbox, fid);
  return w.toBytes();
}

/** 70 bytes. */
export function messageEntryId({ mailbox, fid }: Folder, mid: ObjectId): Uint8Array {
  const w = new ByteWriter(70);
  w.u32le(0);
  w.bytes(providerOf(mailbox));
  w.u16le(ENTRY_TYPE[mailbox.kind].message);
  putGlobalId(w, mailbox, fid);
  putGlobalId(w, mailbox, mid);
  return w.toBytes();
}

/** 22 bytes: GUID of the database and global counter. */
export function recordKey(mailbox: Mailbox, id: ObjectId): Uint8Array {
  const w = new ByteWriter(22);
  w.bytes(mailbox.databaseGuid);
  w.bytes(parseHex(id.slice(4)));
  return w.toBytes();
}

/** Entry id of an address book user with this DN. */
export function userEntryId(dn: string): Uint8Array {
  const w = new ByteWriter(32 + dn.length);
  w.u32le(0);
  w.bytes(ADDRESS_BOOK_PROVIDER);
  w.u32le(ADDRESS_BOOK_VERSION);
  w.u32le(LOCAL_MAIL_USER);
  w.bytes(encodeText(1252, dn));
  w.u8(0);
  return w.toBytes();
}

/** szDNPrefix of EcDoConnect: the DN of the mailbox's owner without the value of its last RDN, in capitals; clients complete names with it. */
export function dnPrefix({ dn }: Mailbox): string {
  return dn.slice(0, dn.toLowerCase().lastIndexOf("/cn=") + 4).toUpperCase();
}

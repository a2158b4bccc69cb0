/** Maps message classes to receive folders (MS-OXCSTOR 3.2.5.2 to 3.2.5.4). */

import { LOGON_FOLDER, type ObjectId } from "@pushback/mapi";
import { entryKey, type Folder, type Mailbox } from "./mailbox.ts";

export const RECEIVE_AREA = "receive";

/** An entry: the folder, and when it was set. */
export interface ReceiveEntry {
  readonly messageClass: string;
  readonly folderId: ObjectId;
  readonly changedMs: number;
}

/** Classes that every mailbox has an entry for; they receive into the Inbox until they are set otherwise. */
const FIRST_CLASSES = ["", "IPM"] as const;

/** The stored form of an entry; its key is the class. */
export function receiveText({ messageClass, folderId, changedMs }: ReceiveEntry): string {
  return JSON.stringify({ messageClass, folderId, changedMs });
}

/** Receive folders by message class in upper case, including the default entries. */
export function receiveEntries(mailbox: Mailbox): Map<string, ReceiveEntry> {
  const inbox = mailbox.folderIds[LOGON_FOLDER.INBOX];
  const entries = new Map<string, ReceiveEntry>(
    FIRST_CLASSES.map((messageClass) => [messageClass, { messageClass, folderId: inbox, changedMs: 0 }]),
  );
  const prefix = entryKey(RECEIVE_AREA, "");
  for (const [key, value] of mailbox.entries) {
    if (key.startsWith(prefix)) entries.set(key.slice(prefix.length), JSON.parse(value) as ReceiveEntry);
  }
  return entries;
}

/** The entry with the longest prefix of the class; a prefix ends before a dot. */
export function receiveEntryOf(mailbox: Mailbox, messageClass: string): ReceiveEntry {
  const entries = receiveEntries(mailbox);
  const parts = messageClass.toUpperCase().split(".");
  for (let length = parts.length; length > 0; length--) {
    const entry = entries.get(parts.slice(0, length).join("."));
    if (entry) return entry;
  }
  return entries.get("") as ReceiveEntry;
}

/** The folder that receives messages of this class. */
export function receiveFolderOf(mailbox: Mailbox, messageClass: string): Folder {
  const inbox = mailbox.folder(LOGON_FOLDER.INBOX);
  if (mailbox.entries.size === 0) return inbox;
  return mailbox.findFolder(receiveEntryOf(mailbox, messageClass).folderId) ?? inbox;
}

/** Test support: what a store holds, to compare before and after a restart. */

import type { Folder } from "../mail-store/mailbox.ts";
import type { RopBench } from "./rop-bench.ts";

/** What a mailbox holds, in a form that can be compared. */
export function stateOf({ mailbox, store }: RopBench) {
  const describe = (folder: Folder) => ({
    fid: folder.fid,
    parentFid: folder.parentFid,
    displayName: folder.displayName,
    isSearch: folder.isSearch,
    criteria: folder.criteria,
    properties: new Map(folder.properties),
    messages: [...folder.messages.values()].map(({ mid, read, flags, status, modifiedMs, content }) => ({
      mid,
      read,
      flags,
      status,
      modifiedMs,
      content,
    })),
    associated: [...folder.associated.keys()],
    unread: folder.unread,
    bytes: folder.bytes,
  });
  const publicStore = store.publicStore();
  return {
    folders: mailbox.folders.map(describe),
    publicFolders: publicStore?.folders.map(describe),
    properties: new Map(mailbox.properties),
    entries: new Map(mailbox.entries),
    bytes: mailbox.bytes,
  };
}

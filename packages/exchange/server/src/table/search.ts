/** Results of a search folder (MS-OXCFOLD 3.2.5.4): messages of other folders, evaluated whenever its table is read. */

import { PR_MESSAGE_ATTACHMENTS, PR_MESSAGE_RECIPIENTS, parseRestriction, type Restriction } from "@pushback/mapi";
import { descendantsOf, type Folder } from "../mail-store/mailbox.ts";
import type { Message, MessageRecord } from "../mail-store/message-content.ts";
import { attachmentCell, messageCell, recipientCell } from "../session/store-properties.ts";
import { type MatchedRow, matchesRestriction } from "./restriction-match.ts";

/** A message as a restriction sees it. */
export function messageAsRow(folder: Folder, message: Message, codePage: number): MatchedRow {
  return {
    cellOf: (tag) => messageCell(folder, message, tag, codePage),
    partsOf: (of) => {
      const { content } = message;
      if (of === PR_MESSAGE_RECIPIENTS) {
        return (content?.recipients ?? []).map((recipient) => (tag: number) => recipientCell(recipient, tag, codePage));
      }
      if (of !== PR_MESSAGE_ATTACHMENTS) return [];
      return [...(content?.attachments.values() ?? [])].map((attachment) => (tag: number) => attachmentCell({ attachment }, tag, codePage));
    },
  };
}

/** The folders that a search covers. Search folders and deleted folders are excluded. */
function searchedFolders(folder: Folder): Folder[] {
  const { criteria, mailbox } = folder;
  const named = (criteria?.folderIds ?? []).flatMap((fid) => mailbox.findFolder(fid) ?? []);
  const all = criteria?.recursive ? named.flatMap((above) => [above, ...descendantsOf(above)]) : named;
  return [...new Set(all)].filter((searched) => !searched.isSearch);
}

/** The messages that a search folder finds at present, each with the folder that holds it. Empty before the search has criteria, and after it was stopped. */
export function foundIn(folder: Folder): Map<MessageRecord, Folder> {
  const found = new Map<MessageRecord, Folder>();
  const { criteria } = folder;
  if (!criteria || criteria.stopped) return found;
  const restriction: Restriction | null = criteria.restriction.length === 0 ? null : parseRestriction(criteria.restriction);
  const kept = criteria.found && new Set(criteria.found);
  for (const searched of searchedFolders(folder)) {
    for (const message of searched.messages.values()) {
      if (kept && !kept.has(message.mid)) continue;
      if (restriction === null || matchesRestriction(restriction, messageAsRow(searched, message, criteria.codePage))) {
        found.set(message, searched);
      }
    }
  }
  return found;
}

/** The response of RopOpenMessage: the subject, and the first recipients (MS-OXCROPS 2.2.6.1.2). */

import { ByteWriter } from "@pushback/bytes";
import { emitRecipientRow, type OpenRecipient, type RopResponse, typedText } from "@pushback/mapi";
import { hasNamedProperties } from "../mail-store/draft.ts";
import type { Recipient } from "../mail-store/message-content.ts";
import { encodeWireText } from "../mail-store/wire-text.ts";
import type { RopContext } from "../session/rop-context.ts";
import type { OpenedMessage } from "../session/server-object.ts";
import { recipientCell, splitSubject, withDraft } from "../session/store-properties.ts";

/** Bytes of a recipient beside its row, in OpenMessage and in ReadRecipients. */
const OPEN_RECIPIENT_HEAD = 7;

/** Bytes of a RopOpenMessage response without its strings and rows: RopId, index, return value, flags, counts. */
const OPENED_HEAD = 24;

/** RowCount has 8 bits. */
const MAX_ROWS = 255;

/** A recipient's row of these property columns. */
export function recipientRow(recipient: Recipient, columns: readonly number[], codePage: number): Uint8Array {
  const w = new ByteWriter();
  const { addressType } = recipient;
  const text = (s: string) => encodeWireText(codePage, s);
  const row = { addressType, address: text(recipient.address), displayName: text(recipient.displayName), unicode: false };
  emitRecipientRow(
    w,
    row,
    columns,
    columns.map((tag) => recipientCell(recipient, tag, codePage)),
  );
  return w.toBytes();
}

/** Every property that was written with a recipient. */
function columnsOf(recipients: readonly Recipient[]): number[] {
  const tags = new Set<number>();
  for (const { properties } of recipients) for (const tag of properties?.keys() ?? []) tags.add(tag);
  return [...tags];
}

type Opened = Omit<Extract<RopResponse, { readonly rop: "ReloadCachedInformation" }>, "rop" | "handleIndex">;

/**
 * Recipients take at most half of the remaining room, so that later ROPs have some; ReadRecipients returns the others. A genuine server
 * also leaves some out (measured: four of seven); its rule is not known.
 */
export function describeOpened(c: RopContext, opened: OpenedMessage): Opened {
  const message = withDraft(opened.message, opened.draft);
  const { content } = message;
  const [prefix, normalized] = splitSubject(message.subject);
  const all = content?.recipients ?? [];
  const { codePage } = c.session;
  const subjectPrefix = typedText(prefix);
  const normalizedSubject = typedText(normalized);
  const recipientColumns = columnsOf(all);
  let room = (c.room - OPENED_HEAD - 4 * recipientColumns.length - subjectPrefix.bytes.length - normalizedSubject.bytes.length) / 2;
  const recipients: OpenRecipient[] = [];
  for (const recipient of all.slice(0, MAX_ROWS)) {
    const row = recipientRow(recipient, recipientColumns, codePage);
    room -= OPEN_RECIPIENT_HEAD + row.length;
    if (room < 0) break;
    recipients.push({ recipientType: recipient.type, codePageId: codePage, row });
  }
  return {
    hasNamedProperties: hasNamedProperties(content),
    subjectPrefix,
    normalizedSubject,
    recipientCount: all.length,
    recipientColumns: recipients.length > 0 ? recipientColumns : [],
    recipients,
  };
}

/** Recipients that a user names: mailboxes of the server, and Internet addresses. */

import { RECIPIENT_TYPE } from "@pushback/mapi";
import type { MailServer, Recipient } from "@pushback/server";
import { addressParser } from "postal-mime";

/** One or more recipients of one kind, as they were typed. */
export interface NamedRecipient {
  readonly type: "to" | "cc";
  /** An alias, or Internet addresses as a mail's header has them. */
  readonly text: string;
}

/**
 * The rows of a message with these recipients: an alias of this server is its mailbox, other texts are Internet addresses. A text that is neither is
 * returned as it is.
 */
export function recipientRows(server: MailServer, named: readonly NamedRecipient[]): readonly Recipient[] | string {
  const mailboxes = server.mailboxes();
  const rowOf = (type: number, name: string): Recipient | null => {
    const found = mailboxes.find((mailbox) => mailbox.alias.toLowerCase() === name.toLowerCase());
    return found ? { type, addressType: "EX", address: found.dn, displayName: found.displayName } : null;
  };
  const rows: Recipient[] = [];
  for (const { type: kind, text } of named) {
    const type = kind === "to" ? RECIPIENT_TYPE.TO : RECIPIENT_TYPE.CC;
    const known = rowOf(type, text.trim());
    const parsed = known ? [] : addressParser(text, { flatten: true });
    if (!known && (parsed.length === 0 || parsed.some(({ address }) => !address?.includes("@")))) return text;
    if (known) rows.push(known);
    for (const { name, address = "" } of parsed) rows.push({ type, addressType: "SMTP", address, displayName: name || address });
  }
  return rows;
}

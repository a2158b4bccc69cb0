/** ROPs that send messages (MS-OXOMSG 3.3.5). */

import { formatHex } from "@pushback/bytes";
import {
  LOGON_FOLDER,
  MAPI_ERROR,
  MSGFLAG_UNSENT,
  PR_DELETE_AFTER_SUBMIT,
  PR_SENDER_ADDRTYPE,
  PR_SENDER_EMAIL_ADDRESS,
  PR_SENDER_ENTRYID,
  PR_SENT_REPRESENTING_ADDRTYPE,
  PR_SENT_REPRESENTING_EMAIL_ADDRESS,
  PR_SENT_REPRESENTING_ENTRYID,
  PR_SENTMAIL_SVREID,
  RECIPIENT_TYPE,
  type RopResponse,
} from "@pushback/mapi";
import type { Draft } from "../mail-store/draft.ts";
import type { Folder, Mailbox } from "../mail-store/mailbox.ts";
import type { Message, MessageContent, Recipient } from "../mail-store/message-content.ts";
import { save } from "../message/compose-rops.ts";
import { userEntryId } from "../session/entry-ids.ts";
import { draftOf } from "../session/open-draft.ts";
import { failure, objectAt, type Request, type RopContext } from "../session/rop-context.ts";

/** The mailbox of a recipient: by its DN, or by the alias that an Internet address begins with. */
function mailboxFor(c: RopContext, { addressType, address, displayName }: Recipient): Mailbox | null {
  if (addressType === "EX") return c.store.findByDn(address);
  return c.store.findByAlias(address.split("@")[0] || displayName);
}

/** Bcc recipients, who are hidden from the other recipients. */
function withoutBlindCopies(content: MessageContent): MessageContent {
  return { ...content, unsent: false, recipients: content.recipients.filter((recipient) => recipient.type !== RECIPIENT_TYPE.BCC) };
}

/**
 * Delivers once to every mailbox of this server among the recipients, and sends the sender a non-delivery report (REPORT.IPM.Note.NDR) for
 * unknown recipients. The message then goes to the folder for sent mail, or is deleted if PR_DELETE_AFTER_SUBMIT is set.
 */
export function submitMessage(c: RopContext, q: Request<"SubmitMessage">): RopResponse {
  const code = send(c, q.inputHandleIndex);
  return code ? failure(q, code) : { rop: "SubmitMessage", handleIndex: q.inputHandleIndex };
}

/** TransportSend: sends the message as SubmitMessage does. The response returns no properties of it. */
export function transportSend(c: RopContext, q: Request<"TransportSend">): RopResponse {
  const code = send(c, q.inputHandleIndex);
  return code ? failure(q, code) : { rop: "TransportSend", handleIndex: q.inputHandleIndex, noPropertiesReturned: false, values: [] };
}

/** Sends the message at this index. Returns an error code, or 0. */
function send(c: RopContext, index: number): number {
  const object = objectAt(c, index);
  if (object?.kind !== "message") return MAPI_ERROR.ecNullObject;
  if (object.embeddedIn) return MAPI_ERROR.ecNotSupported;
  if (object.draft === null && object.message.content?.unsent !== true) return MAPI_ERROR.ecAccessDenied;
  const named = object.draft?.content(false).recipients ?? object.message.content?.recipients ?? [];
  if (named.length === 0) return MAPI_ERROR.ecNoRecipients;
  // The message counts as sent from here on, and is stored so before any recipient gets it.
  const draft = draftOf(c, object);
  if (typeof draft === "number") return draft;
  draft.submittedMs = Math.trunc(c.wallClockMs);
  stampSender(draft, c.session.mailbox);
  if (draft.flags !== null) draft.flags &= ~MSGFLAG_UNSENT;
  const code = save(c, object, false);
  if (code) return code;
  const { folder, message } = object;
  const { mailbox } = c.session;
  c.session.noteSubmitted(message.mid);
  const unknown = deliverTo(c, message, named);
  if (unknown.length > 0) report(c, mailbox, message, unknown);
  const sentMail = sentMailFolder(mailbox, message);
  if (message.content?.properties.get(PR_DELETE_AFTER_SUBMIT) === true) c.store.messages.removeAll(folder, [message]);
  else if (folder !== sentMail && folder.mailbox === mailbox) c.store.messages.moveAll(folder, sentMail, [message]);
  return MAPI_ERROR.ecNone;
}

/** The folder that PidTagSentMailSvrEID names (MS-OXOMSG 3.3.5.1.3), or else Sent Items (assumed: the specification has no folder then). */
function sentMailFolder(mailbox: Mailbox, { content }: Message): Folder {
  const id = content?.properties.get(PR_SENTMAIL_SVREID);
  // Ours, and the FolderId (MS-OXCDATA 2.11.1.4).
  const named = id instanceof Uint8Array && id.length >= 9 && id[0] === 1 ? mailbox.findFolder(formatHex(id, 1, 8)) : null;
  return named && !named.isSearch ? named : mailbox.folder(LOGON_FOLDER.SENT_ITEMS);
}

/** The user who submits is the sender; a message that represents another one says so (MS-OXOMSG 3.3.5.1). */
function stampSender(draft: Draft, { dn }: Mailbox): void {
  const entryId = userEntryId(dn);
  draft.properties.set(PR_SENDER_ENTRYID, entryId);
  draft.properties.set(PR_SENDER_ADDRTYPE, "EX");
  draft.properties.set(PR_SENDER_EMAIL_ADDRESS, dn);
  if (draft.properties.has(PR_SENT_REPRESENTING_ENTRYID) || draft.properties.has(PR_SENT_REPRESENTING_EMAIL_ADDRESS)) return;
  draft.properties.set(PR_SENT_REPRESENTING_ENTRYID, entryId);
  draft.properties.set(PR_SENT_REPRESENTING_ADDRTYPE, "EX");
  draft.properties.set(PR_SENT_REPRESENTING_EMAIL_ADDRESS, dn);
}

/** Delivers a message once to each recipient's mailbox. Returns the recipients that could not be reached. */
function deliverTo(c: RopContext, message: Message, recipients: readonly Recipient[]): Recipient[] {
  const content = withoutBlindCopies(message.content as MessageContent);
  const reached = new Set<Mailbox>();
  const unknown: Recipient[] = [];
  for (const recipient of recipients) {
    const to = mailboxFor(c, recipient);
    if (to && reached.has(to)) continue;
    const { subject, body, senderName: from, messageClass, submittedMs } = message;
    const copy = to && c.store.prepare({ subject, body, from, messageClass, submittedMs, content });
    // The key makes the delivery idempotent: a mailbox gets one message per submission, even if the submission is repeated.
    const delivery = to && copy && c.store.deliver(to, copy, `submit ${message.mid}`);
    if (to && delivery?.ok) reached.add(to);
    else unknown.push(recipient);
  }
  return unknown;
}

function report(c: RopContext, sender: Mailbox, message: Message, unknown: readonly Recipient[]): void {
  const lines = unknown.map(({ displayName, address, addressType }) => `  ${displayName || address} (${addressType}: ${address})`);
  const body = `Your message could not be delivered to:\r\n${lines.join("\r\n")}\r\n`;
  const subject = `Undeliverable: ${message.subject}`;
  const prepared = c.store.prepare({ subject, body, from: "System Administrator", messageClass: "REPORT.IPM.Note.NDR" });
  c.store.deliver(sender, prepared, null);
}

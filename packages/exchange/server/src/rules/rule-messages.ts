/** Messages that rules make, without ids: copies for others, replies, reports, and deferred action messages (MS-OXORULE 3.2.5.1). */

import { ByteWriter } from "@pushback/bytes";
import {
  BOUNCE_CODE,
  emitRuleActions,
  FORWARD_FLAVOR,
  NULL_OBJECT_ID,
  type ObjectId,
  PR_ATTACH_METHOD,
  PR_AUTO_FORWARDED,
  PR_CLIENT_ACTIONS,
  PR_DAM_BACK_PATCHED,
  PR_DAM_ORIG_MSG_SVREID,
  PR_DAM_ORIGINAL_ENTRYID,
  PR_DELEGATED_BY_RULE,
  PR_DISPLAY_NAME,
  PR_RCVD_REPRESENTING_ADDRTYPE,
  PR_RCVD_REPRESENTING_EMAIL_ADDRESS,
  PR_RCVD_REPRESENTING_ENTRYID,
  PR_RCVD_REPRESENTING_NAME,
  PR_RCVD_REPRESENTING_SEARCH_KEY,
  PR_RENDERING_POSITION,
  PR_REPLY_TEMPLATE_ID,
  PR_RULE_FOLDER_ENTRYID,
  PR_RULE_IDS,
  PR_RULE_PROVIDER,
  PR_SENDER_ADDRTYPE,
  PR_SENDER_EMAIL_ADDRESS,
  PR_SENDER_ENTRYID,
  PR_SENT_REPRESENTING_ADDRTYPE,
  PR_SENT_REPRESENTING_EMAIL_ADDRESS,
  PR_SENT_REPRESENTING_ENTRYID,
  putObjectId,
  REPLY_FLAVOR,
} from "@pushback/mapi";
import { bytesOfEmbedded, EMBEDDED_MESSAGE } from "../mail-store/embedded-text.ts";
import type { Folder, Mailbox } from "../mail-store/mailbox.ts";
import {
  headerOf,
  type Message,
  type MessageContent,
  type MessageHeader,
  MessageRecord,
  type PropertyData,
  type Recipient,
} from "../mail-store/message-content.ts";
import { folderEntryId, messageEntryId, userEntryId } from "../session/entry-ids.ts";
import { ATTACH_EMBEDDED, splitSubject } from "../session/store-properties.ts";

const NOTHING: MessageContent = { unsent: false, recipients: [], properties: new Map(), attachments: new Map() };
const NOT_RENDERED = 0xffffffff;

/** The message with further properties, unread. */
function withProperties(message: MessageRecord, added: readonly (readonly [number, PropertyData])[], removed: number | null = null) {
  const { body, content } = message;
  const properties = new Map([...(content?.properties ?? []), ...added]);
  if (removed !== null) properties.delete(removed);
  return new MessageRecord(
    { ...headerOf(message), mid: NULL_OBJECT_ID, read: false },
    { body, content: { ...(content ?? NOTHING), unsent: false, properties } },
  );
}

/** The sender, and the one whom a message represents: this mailbox's user. */
function sentBy({ dn }: Mailbox): [number, PropertyData][] {
  const entryId = userEntryId(dn);
  return [
    [PR_SENDER_ENTRYID, entryId],
    [PR_SENDER_ADDRTYPE, "EX"],
    [PR_SENDER_EMAIL_ADDRESS, dn],
    [PR_SENT_REPRESENTING_ENTRYID, entryId],
    [PR_SENT_REPRESENTING_ADDRTYPE, "EX"],
    [PR_SENT_REPRESENTING_EMAIL_ADDRESS, dn],
  ];
}

function newHeader(times: Message, mailbox: Mailbox, messageClass: string, subject: string): MessageHeader {
  const { deliveredMs } = times;
  const now = { submittedMs: deliveredMs, deliveredMs, modifiedMs: deliveredMs };
  return { mid: NULL_OBJECT_ID, messageClass, subject, senderName: mailbox.displayName, ...now, read: false, flags: 0, status: 0 };
}

/**
 * A copy that a rule sends on. With AS_ATTACHMENT the message is inside another one from the mailbox's user (2.2.5.1.1). Every other flavor keeps
 * the sender (assumed for flavor 0, whose form the specification leaves open).
 */
export function forwardedMessage(mailbox: Mailbox, message: MessageRecord, flavor: number): MessageRecord {
  if (!(flavor & FORWARD_FLAVOR.AS_ATTACHMENT)) return withProperties(message, [[PR_AUTO_FORWARDED, true]], PR_DELEGATED_BY_RULE);
  const attachment = new Map<number, PropertyData>([
    [PR_ATTACH_METHOD, ATTACH_EMBEDDED],
    [PR_RENDERING_POSITION, NOT_RENDERED],
    [PR_DISPLAY_NAME, message.subject],
    [EMBEDDED_MESSAGE, bytesOfEmbedded(headerOf(message), message)],
  ]);
  const properties = new Map<number, PropertyData>([...sentBy(mailbox), [PR_AUTO_FORWARDED, true]]);
  return new MessageRecord(newHeader(message, mailbox, "IPM.Note", message.subject), {
    body: "",
    content: { ...NOTHING, properties, attachments: new Map([[0, attachment]]) },
  });
}

/** A copy for a delegate, which says whom the message was received for. */
export function delegatedMessage({ dn, displayName }: Mailbox, message: MessageRecord): MessageRecord {
  return withProperties(message, [
    [PR_RCVD_REPRESENTING_ENTRYID, userEntryId(dn)],
    [PR_RCVD_REPRESENTING_NAME, displayName],
    [PR_RCVD_REPRESENTING_ADDRTYPE, "EX"],
    [PR_RCVD_REPRESENTING_EMAIL_ADDRESS, dn],
    [PR_RCVD_REPRESENTING_SEARCH_KEY, new TextEncoder().encode(`EX:${dn.toUpperCase()}\0`)],
    [PR_DELEGATED_BY_RULE, true],
  ]);
}

/** Text of a stock reply, for which the rule has no template. */
const STOCK_TEXT = "This is an automatic reply. Your message was received.\r\n";

/**
 * A reply from a template. It keeps the template's class, by which other rules know it. A template without a subject gives "RE:" and the
 * message's subject (assumed).
 */
export function replyMessage(
  mailbox: Mailbox,
  message: Message,
  template: Message,
  to: readonly Recipient[],
  flavor: number,
): MessageRecord {
  const subject = template.subject || `RE: ${splitSubject(message.subject)[1]}`;
  const { content } = template;
  const properties = new Map([...(content?.properties ?? []), ...sentBy(mailbox)]);
  properties.delete(PR_REPLY_TEMPLATE_ID);
  return new MessageRecord(newHeader(message, mailbox, template.messageClass, subject), {
    body: flavor & REPLY_FLAVOR.STOCK_TEXT ? STOCK_TEXT : template.body,
    content: { ...NOTHING, recipients: to, properties, attachments: content?.attachments ?? new Map() },
  });
}

const BOUNCE_TEXT: Readonly<Record<number, string>> = {
  [BOUNCE_CODE.TOO_LARGE]: "The message is too large for this recipient.",
  [BOUNCE_CODE.FORM_MISMATCH]: "The recipient cannot show the form of the message.",
  [BOUNCE_CODE.REFUSED]: "The recipient does not take messages from you.",
};

/** A non-delivery report to the sender of a message that a rule rejects; the wording is this server's. */
export function bounceReport(mailbox: Mailbox, message: Message, code: number): MessageRecord {
  const reason = BOUNCE_TEXT[code] ?? "The recipient rejected the message.";
  const header = newHeader(message, mailbox, "REPORT.IPM.Note.NDR", `Undeliverable: ${message.subject}`);
  const body = `Your message could not be delivered to:\r\n  ${mailbox.displayName} (EX: ${mailbox.dn})\r\n${reason}\r\n`;
  return new MessageRecord({ ...header, senderName: "System Administrator" }, { body, content: NOTHING });
}

/** Actions that the client is to carry out, of one rule provider. */
export interface DeferredActions {
  readonly provider: string;
  /** The folder of the rules. */
  readonly folder: Folder;
  /** PR_RULE_ID of each rule. */
  readonly ruleIds: readonly bigint[];
  readonly blocks: readonly Uint8Array[];
}

/** Ours, the folder's id, the message's, and 0 as instance (MS-OXCDATA 2.11.1.4). */
function serverEid(fid: ObjectId, mid: ObjectId): Uint8Array {
  const w = new ByteWriter(21);
  w.u8(1);
  putObjectId(w, fid);
  putObjectId(w, mid);
  w.u32le(0);
  return w.toBytes();
}

/** A deferred action message (MS-OXORULE 2.2.6) about `message`, which the rules put into the folder `original`. */
export function deferredActionMessage(deferred: DeferredActions, original: Folder, message: Message): MessageRecord {
  const ids = new ByteWriter(8 * deferred.ruleIds.length);
  for (const id of deferred.ruleIds) ids.u64le(id);
  const properties = new Map<number, PropertyData>([
    [PR_DAM_BACK_PATCHED, false],
    [PR_DAM_ORIGINAL_ENTRYID, messageEntryId(original, message.mid)],
    [PR_DAM_ORIG_MSG_SVREID, serverEid(original.fid, message.mid)],
    [PR_RULE_PROVIDER, deferred.provider],
    [PR_RULE_FOLDER_ENTRYID, folderEntryId(deferred.folder)],
    [PR_CLIENT_ACTIONS, emitRuleActions(deferred.blocks)],
    [PR_RULE_IDS, ids.toBytes()],
  ]);
  const header = newHeader(message, original.mailbox, "IPC.Microsoft Exchange 4.0.Deferred Action", "");
  return new MessageRecord({ ...header, senderName: "" }, { body: "", content: { ...NOTHING, properties } });
}

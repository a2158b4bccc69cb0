/** What a reply or a forwarded message says, and to whom. The layout of the quoted text is an assumption; the prefixes are those of MS-OXOMSG. */

import { RECIPIENT_TYPE } from "@pushback/mapi";

/** Kinds of messages that refer to another one. */
export type AnswerKind = "reply" | "reply-all" | "forward";

/** A sender or recipient of a message. */
export interface Addressee {
  /** One of RECIPIENT_TYPE. */
  readonly recipientType: number;
  /** EX (then the address is a DN), SMTP, or another type. */
  readonly addressType: string;
  readonly address: string;
  readonly displayName: string;
}

/** The message that is answered or forwarded. */
export interface Original {
  readonly subject: string;
  readonly body: string;
  /** Sender of the message; `null` if the message names no sender with an address. */
  readonly sender: Addressee | null;
  readonly recipients: readonly Addressee[];
}

/** A reply or forwarded message, ready to be sent. */
export interface AnswerToSend {
  readonly subject: string;
  readonly body: string;
  /** Recipients of the reply; empty if the message has no sender with an address. */
  readonly recipients: readonly Addressee[];
}

/** Subject prefix such as `RE: `, which stores keep apart from the rest of the subject (MAPI's reference of PidTagNormalizedSubject). */
const PREFIX = /^[^\d\s\p{P}]{1,3}: /u;

const isSame = (a: Addressee, b: Addressee): boolean =>
  a.addressType === b.addressType && a.address.toLowerCase() === b.address.toLowerCase();

/** `own` is left out of a reply to all; `to` are the recipients of a forwarded message. */
export function composeAnswer(kind: AnswerKind, original: Original, text: string, own: Addressee, to: readonly Addressee[]): AnswerToSend {
  const { sender } = original;
  const subject = `${kind === "forward" ? "FW" : "RE"}: ${original.subject.replace(PREFIX, "")}`;
  const named = (type: number) => original.recipients.filter((one) => one.recipientType === type).map(({ displayName }) => displayName);
  const header = [`From: ${sender?.displayName ?? ""}`, `To: ${named(RECIPIENT_TYPE.TO).join("; ")}`];
  const cc = named(RECIPIENT_TYPE.CC);
  if (cc.length > 0) header.push(`Cc: ${cc.join("; ")}`);
  const body = [text, "", "-----Original Message-----", ...header, `Subject: ${original.subject}`, "", original.body].join("\r\n");
  if (kind === "forward") return { subject, body, recipients: to };
  const recipients: Addressee[] = sender === null ? [] : [{ ...sender, recipientType: RECIPIENT_TYPE.TO }];
  if (kind === "reply-all")
    for (const one of original.recipients) {
      const shown = one.recipientType === RECIPIENT_TYPE.TO || one.recipientType === RECIPIENT_TYPE.CC;
      if (shown && !isSame(one, own) && !recipients.some((other) => isSame(one, other))) recipients.push(one);
    }
  return { subject, body, recipients };
}

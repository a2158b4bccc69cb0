/** Sends mail of the user: new messages, replies and forwarded messages. */

import { ByteWriter, decodeText, encodeText } from "@pushback/bytes";
import {
  CODE_PAGE_OF_LOGON,
  emitRecipientRow,
  MAPI_ERROR,
  NO_HANDLE,
  type ObjectId,
  PR_BODY,
  PR_MESSAGE_CLASS,
  PR_SENDER_ADDRTYPE,
  PR_SENDER_EMAIL_ADDRESS,
  PR_SENDER_NAME,
  PR_SUBJECT,
  parseRecipientRow,
  RECIPIENT_TYPE,
  type ReadRecipient,
  type RopRequest,
  type RopResponse,
} from "@pushback/mapi";
import { type Addressee, type AnswerKind, composeAnswer, type Original } from "./answer-message.ts";
import { LOGON_ID } from "./logon.ts";
import { openMessage } from "./opened-message.ts";
import { failureOf, LARGE_ANSWER, MEDIUM_ANSWER, responseOf } from "./rop-call.ts";
import type { SessionCalls } from "./session-calls.ts";

const ORIGINAL_PROPERTIES: readonly number[] = [PR_SUBJECT, PR_BODY, PR_SENDER_NAME, PR_SENDER_ADDRTYPE, PR_SENDER_EMAIL_ADDRESS];

/** The client answers to no more recipients than this (assumption). */
const MOST_RECIPIENTS = 1000;

/** Writes a message into the Outbox and submits it. */
export function sendMail(calls: SessionCalls, to: readonly string[], subject: string, body: string): void {
  const { userDn } = calls.settings;
  submit(
    calls,
    to.map((one) => addresseeOf(one, userDn)),
    to.join("; "),
    subject,
    body,
  );
}

/** Answers a message of the Inbox, or forwards it to `to`; a message that cannot be answered is the error `send` with ecNoRecipients. */
export function answerMail(calls: SessionCalls, kind: AnswerKind, mid: ObjectId, text: string, to: readonly string[]): void {
  const { userDn } = calls.settings;
  readOriginal(calls, mid, (original) => {
    const own = addresseeOf(userDn, userDn);
    const answer = composeAnswer(
      kind,
      original,
      text,
      own,
      to.map((one) => addresseeOf(one, userDn)),
    );
    const names = answer.recipients.map(({ displayName }) => displayName).join("; ");
    if (answer.recipients.length === 0) calls.emit({ type: "error", what: "send", code: MAPI_ERROR.ecNoRecipients });
    else submit(calls, answer.recipients, names, answer.subject, answer.body);
  });
}

/** Opens a message, fetches its text, its sender and all of its recipients, and releases it. */
function readOriginal(calls: SessionCalls, mid: ObjectId, then: (original: Original) => void): void {
  const first: RopRequest = { rop: "ReadRecipients", logonId: LOGON_ID, inputHandleIndex: 1, rowId: 0 };
  openMessage(calls, mid, ORIGINAL_PROPERTIES, [first], ({ handle, texts, responses }) => {
    const [subject, body, displayName, addressType, address] = texts;
    const recipientType = RECIPIENT_TYPE.TO;
    const sender = address === "" ? null : { recipientType, addressType: addressType || "EX", address, displayName };
    readRecipients(calls, handle, responses, [], (recipients) => then({ subject, body, sender, recipients }));
  });
}

/** Takes the recipients of a response and asks for those behind them; the last call releases the message. */
function readRecipients(
  calls: SessionCalls,
  message: number,
  responses: readonly RopResponse[],
  before: readonly Addressee[],
  then: (recipients: readonly Addressee[]) => void,
  leastRowId = 0,
): void {
  const { codePage } = calls.settings.habits;
  // The ROP fails for a message without recipients.
  const rows = responseOf(responses, "ReadRecipients")?.recipients ?? [];
  const recipients = [...before, ...rows.flatMap((one) => readAddressee(one, codePage))];
  const nextRowId = (rows.at(-1)?.rowId ?? -1) + 1;
  const on = { logonId: LOGON_ID, inputHandleIndex: 0 };
  if (nextRowId > leastRowId && recipients.length < MOST_RECIPIENTS) {
    calls.rops("read", [{ rop: "ReadRecipients", ...on, rowId: nextRowId }], [message], LARGE_ANSWER, (more) =>
      readRecipients(calls, message, more, recipients, then, nextRowId),
    );
    return;
  }
  calls.rops("read", [{ rop: "Release", ...on }], [message], MEDIUM_ANSWER, () => then(recipients));
}

function submit(calls: SessionCalls, recipients: readonly Addressee[], names: string, subject: string, body: string): void {
  const { codePage } = calls.settings.habits;
  const text = (value: string) => encodeText(codePage, value);
  const rows = recipients.map(({ recipientType, addressType, address, displayName }, rowId) => {
    const row = new ByteWriter();
    emitRecipientRow(row, { addressType, address: text(address), displayName: text(displayName), unicode: false });
    return { rowId, recipientType, row: row.toBytes() };
  });
  const on = { logonId: LOGON_ID, inputHandleIndex: 1 };
  const requests: RopRequest[] = [
    {
      rop: "CreateMessage",
      logonId: LOGON_ID,
      inputHandleIndex: 0,
      outputHandleIndex: 1,
      codePageId: CODE_PAGE_OF_LOGON,
      folderId: calls.mailbox.outboxFid,
      associated: false,
    },
    {
      rop: "SetProperties",
      ...on,
      values: [
        { tag: PR_MESSAGE_CLASS, value: text("IPM.Note") },
        { tag: PR_SUBJECT, value: text(subject) },
        { tag: PR_BODY, value: text(body) },
      ],
    },
    {
      rop: "ModifyRecipients",
      ...on,
      columns: [],
      recipients: rows,
    },
    { rop: "SaveChangesMessage", logonId: LOGON_ID, responseHandleIndex: 0, inputHandleIndex: 1, saveFlags: 0 },
    { rop: "SubmitMessage", ...on, submitFlags: 0 },
    { rop: "Release", ...on },
  ];
  calls.rops("send", requests, [calls.mailbox.logonHandle, NO_HANDLE], MEDIUM_ANSWER, (responses) => {
    if (responseOf(responses, "SubmitMessage"))
      calls.emit({ type: "message-sent", to: names, addresses: recipients.map(({ address }) => address), subject });
    else if (responses.length > 0) calls.emit({ type: "error", what: "send", code: failureOf(responses) });
  });
}

/** `to` is an Internet address, a DN, or an alias of the user's site: names of the address book are resolved before. */
function addresseeOf(to: string, ownDn: string): Addressee {
  const recipientType = RECIPIENT_TYPE.TO;
  if (to.startsWith("/")) return { recipientType, addressType: "EX", address: to, displayName: to };
  if (to.includes("@")) return { recipientType, addressType: "SMTP", address: to, displayName: to };
  return { recipientType, addressType: "EX", address: ownDn.replace(/[^=]*$/, to), displayName: to };
}

/** The recipient as an addressee for a new message; an empty list if its row does not parse or has no address. */
function readAddressee({ recipientType, row }: ReadRecipient, codePage: number): Addressee[] {
  const parsed = parseRecipientRow(row, []);
  if (parsed === null || parsed.address.length === 0) return [];
  const text = (b: Uint8Array) => (parsed.unicode ? new TextDecoder("utf-16le").decode(b) : decodeText(codePage, b));
  const address = text(parsed.address);
  // The high bits of the type are flags of a resend.
  const type = recipientType & 0x0f;
  return [{ recipientType: type, addressType: parsed.addressType, address, displayName: text(parsed.displayName) || address }];
}

/** A mail client's failures in words for people. */

import { BIND_NAK_AUTH_TYPE, NCA_S_FAULT } from "@pushback/dcerpc";
import { MAPI_ERROR } from "@pushback/mapi";
import type { MailClientErrorStep } from "./events.ts";

const STEPS: Readonly<Record<MailClientErrorStep, string>> = {
  directory: "the directory does not give the user's name",
  "endpoint-map": "the endpoint mapper names no port of the information store",
  bind: "the server refuses the connection",
  connect: "the server refuses the logon",
  logon: "the mailbox does not open",
  "open-inbox": "the Inbox does not open",
  "udp-socket": "no UDP port opens for push datagrams",
  "register-push": "the server refuses the push registration",
  subscribe: "the server refuses to tell of new mail",
  poll: "asking for what is new fails",
  read: "the message does not open",
  mark: "the message is not marked",
  delete: "the message is not deleted",
  send: "the message is not sent",
  disconnect: "logging off fails",
};

const CODES: Readonly<Record<number, string>> = {
  [NCA_S_FAULT.ACCESS_DENIED]: "the account or its password is not accepted, or credentials are missing",
  [MAPI_ERROR.ecUnknownUser]: "there is no such mailbox",
  [MAPI_ERROR.ecLoginPerm]: "the account may not open this mailbox",
  [MAPI_ERROR.ecAccessDenied]: "access denied",
  [MAPI_ERROR.ecNotFound]: "not found",
  [MAPI_ERROR.ecNoRecipients]: "it has no recipients",
  [MAPI_ERROR.ecMemory]: "the server's limits are reached",
};

/** A fault's status or a return value in words; `null` where no words are known for it. */
export function describeCode(code: number): string | null {
  return CODES[code] ?? null;
}

/** One line of text for a failed step; `code` is the event's, printed in hexadecimal where no words are known for it. */
export function describeClientError(what: MailClientErrorStep, code: number | null): string {
  if (code === null) return `${STEPS[what]}: the answer makes no sense`;
  if (what === "bind") return `${STEPS[what]}: ${code === BIND_NAK_AUTH_TYPE ? "it wants other credentials" : `reason ${code}`}`;
  return `${STEPS[what]}: ${describeCode(code) ?? `0x${code.toString(16).padStart(8, "0")}`}`;
}

/** `pushback deliver`, `pushback mailbox` and `pushback status`: requests to a running server. */

import { randomUUID } from "node:crypto";
import { readFileSync } from "node:fs";
import { formatHex } from "@pushback/bytes";
import { MAX_MAIL_BYTES } from "@pushback/mail-intake/limits";
import { ntHash } from "@pushback/ntlm";
import { systemReason, UsageError } from "@pushback/usage-error";
import * as z from "zod";
import type { DeliverOutput, MailboxListOutput } from "../shared/json-outputs.ts";
import { layOutTable, style } from "../shared/terminal.ts";
import { askOrSay, controlPath } from "./control-protocol.ts";
import { SERVER_STATUS } from "./serve-status.ts";

/** Options that these commands share: which server to ask, and whether to print JSON. */
export interface ControlFlags {
  readonly data?: string;
  readonly control?: string;
  readonly json?: boolean;
}

export interface DeliverFlags extends ControlFlags {
  readonly subject: string;
  readonly from: string;
  readonly body: string;
  readonly to: readonly string[];
  readonly cc: readonly string[];
  readonly eml?: string;
  readonly key?: string;
}

function readInput(option: string, path: string): Uint8Array {
  try {
    const bytes = readFileSync(path === "-" ? 0 : path);
    if (bytes.length > MAX_MAIL_BYTES) throw new Error("too long");
    return bytes;
  } catch (error) {
    throw new UsageError(`${option} ${path}: ${systemReason(error)}`);
  }
}

/** The exit code: 0 when the message is stored, 1 when the server does not want it. */
export async function runDeliver(to: string, flags: DeliverFlags): Promise<number> {
  const key = flags.key ?? `deliver:${randomUUID()}`;
  const { subject, from } = flags;
  const recipients = (["to", "cc"] as const).flatMap((type) => flags[type].map((text) => ({ type, text })));
  if (flags.eml !== undefined && recipients.length > 0)
    throw new UsageError(`--${recipients[0].type}: the recipients of --eml are in its header`);
  const body = flags.body === "-" ? new TextDecoder().decode(readInput("--body", "-")) : flags.body;
  const request =
    flags.eml === undefined
      ? { op: "deliver" as const, to, subject, from, body, recipients, key }
      : { op: "deliver-mail" as const, to, mail: Buffer.from(readInput("--eml", flags.eml)).toString("base64"), key };
  const result = await askOrSay(controlPath(flags), request);
  if (result === null) return 1;
  const { mid, duplicate } = z.object({ mid: z.string(), duplicate: z.boolean() }).parse(result);
  if (flags.json) process.stdout.write(`${JSON.stringify({ to, mid, key, duplicate } satisfies DeliverOutput)}\n`);
  else process.stdout.write(`${duplicate ? "Was delivered before" : "Delivered"} to ${to}: message ${mid}\n`);
  return 0;
}

export interface MailboxFlags extends ControlFlags {
  readonly displayName?: string;
  readonly dn?: string;
  readonly password?: string;
  readonly passwordStdin?: boolean;
  readonly opens: readonly string[];
}

/** Hash of the password, which is sent and stored in its place; `null` if no password was given. */
function passwordHash(flags: MailboxFlags): string | null {
  const password = flags.passwordStdin
    ? new TextDecoder().decode(readInput("--password-stdin", "-")).replace(/\r?\n$/, "")
    : flags.password;
  if (password === undefined) return null;
  if (password === "" || password.length > 128) throw new UsageError("the password takes 1 to 128 characters");
  return formatHex(ntHash(password));
}

export async function runMailboxAdd(alias: string, flags: MailboxFlags): Promise<number> {
  const { displayName, dn, opens } = flags;
  const hash = passwordHash(flags);
  const request = {
    op: "mailbox-add" as const,
    alias,
    opens: [...opens],
    ...(displayName !== undefined && { displayName }),
    ...(dn !== undefined && { dn }),
    ...(hash !== null && { ntHash: hash }),
  };
  const result = await askOrSay(controlPath(flags), request);
  if (result === null) return 1;
  const added = z.object({ dn: z.string(), account: z.boolean() }).parse(result);
  if (flags.json) process.stdout.write(`${JSON.stringify({ alias, ...added })}\n`);
  else process.stdout.write(`Mailbox ${alias}: ${added.dn}${added.account ? "" : " (no password: only other accounts can open it)"}\n`);
  return 0;
}

export async function runMailboxPassword(alias: string, flags: MailboxFlags): Promise<number> {
  const hash = passwordHash(flags);
  if (hash === null) throw new UsageError("say the new password with --password-stdin");
  return (await askOrSay(controlPath(flags), { op: "mailbox-password", alias, ntHash: hash })) === null ? 1 : 0;
}

export async function runMailboxRemove(alias: string, flags: ControlFlags): Promise<number> {
  return (await askOrSay(controlPath(flags), { op: "mailbox-remove", alias })) === null ? 1 : 0;
}

const MAILBOX_LIST = z.array(
  z.object({
    alias: z.string(),
    dn: z.string(),
    displayName: z.string(),
    messages: z.number(),
    unread: z.number(),
    account: z.boolean(),
  }),
);

export async function runMailboxList(flags: ControlFlags): Promise<number> {
  const list = MAILBOX_LIST.parse(await askOrSay(controlPath(flags), { op: "mailbox-list" }));
  if (flags.json) process.stdout.write(`${JSON.stringify(list satisfies MailboxListOutput, null, 2)}\n`);
  else {
    const rows = list.map((m) => [style("bold", m.alias), m.displayName, `${m.messages}`, `${m.unread}`, m.account ? "yes" : "no", m.dn]);
    process.stdout.write(layOutTable([["Mailbox", "Name", "Messages", "Unread", "Password", "DN"], ...rows], 1));
  }
  return 0;
}

export async function runStatus(flags: ControlFlags): Promise<number> {
  const s = SERVER_STATUS.parse(await askOrSay(controlPath(flags), { op: "status" }));
  if (flags.json) {
    process.stdout.write(`${JSON.stringify(s, null, 2)}\n`);
    return 0;
  }
  process.stdout.write(
    `${s.listen}, endpoint mapper ${s.epmPort ?? "off"}, EMSMDB ${s.emsmdbPort}, up ${Math.floor(s.upSeconds)} s, ${s.data ?? "in memory"}\n` +
      `${s.associations} connections, ${s.sessions.length} sessions, ${s.delivered} messages delivered, ${s.datagramsSent} datagrams sent, one every ${s.notificationIntervalSeconds} s\n\n`,
  );
  const sessions = s.sessions.map((x) => [
    `${x.id}`,
    style("bold", x.user),
    x.client,
    x.callback ?? "polls",
    x.contextHex ?? "",
    `${x.pending}`,
    `${x.datagramsSent}`,
    `${Math.floor(x.idleSeconds)} s`,
  ]);
  process.stdout.write(
    layOutTable([["Session", "User", "Client", "Pushed to", "Context", "Pending", "Datagrams", "Idle"], ...sessions], 1),
  );
  return 0;
}

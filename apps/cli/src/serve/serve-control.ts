/** The control socket of a running server: deliveries, mailboxes, status. */

import { chmodSync, lstatSync, rmSync } from "node:fs";
import { createConnection, createServer, type Server, type Socket } from "node:net";
import { userInfo } from "node:os";
import { dirname } from "node:path";
import { parseHex } from "@pushback/bytes";
import { type MailParser, recipientRows } from "@pushback/mail-intake";
import type { MailServer } from "@pushback/server";
import { systemReason, UsageError } from "@pushback/usage-error";
import { makeFolder } from "../shared/output-folder.ts";
import { CONTROL_REQUEST, type ControlAnswer, checkControlFolder, MAX_LINE_BYTES } from "./control-protocol.ts";
import type { Accounts } from "./serve-accounts.ts";

export interface ControlContext {
  readonly server: MailServer;
  readonly accounts: Accounts;
  readonly parser: MailParser;
  /** The status that `pushback status` shows, as JSON. */
  status(): unknown;
}

const REFUSALS = {
  "no-such-mailbox": "no such mailbox",
  "mailbox-full": "the mailbox is full",
  "store-full": "the server holds as many messages as it may",
  "too-big": "the message is larger than the mailbox's quota",
  "not-stored": "the message could not be stored",
} as const;

const NOT_PARSED = {
  malformed: "not a mail message that can be kept whole",
  "too-costly": "the message takes too much time or memory to read",
  busy: "too much mail is on its way in; try again later",
} as const;

function no(message: string): ControlAnswer {
  return { ok: false, kind: "no", message };
}

const yes = (result: unknown): ControlAnswer => ({ ok: true, result });

type AddRequest = Extract<ReturnType<typeof CONTROL_REQUEST.parse>, { op: "mailbox-add" }>;

function addMailbox({ server, accounts }: ControlContext, { alias, displayName, dn, ntHash, opens }: AddRequest): ControlAnswer {
  const added = server.addMailbox({ alias, ...(displayName !== undefined && { displayName }), ...(dn !== undefined && { dn }) });
  if (added === null) return no(`mailbox ${alias}: alias or DN is taken already`);
  if (ntHash !== undefined && !accounts.put({ name: alias, ntHash: parseHex(ntHash), opens: [alias, ...opens], fileNtHash: null })) {
    server.removeMailbox(alias);
    return no(`mailbox ${alias}: could not be stored`);
  }
  return yes({ alias, dn: added, account: ntHash !== undefined });
}

/** A change that is answered with "yes" is durable if the server has a store. */
async function answer(context: ControlContext, line: string): Promise<ControlAnswer> {
  let json: unknown;
  try {
    json = JSON.parse(line);
  } catch {
    return { ok: false, kind: "bad", message: "not JSON" };
  }
  const parsed = CONTROL_REQUEST.safeParse(json);
  if (!parsed.success) {
    const [issue] = parsed.error.issues;
    return { ok: false, kind: "bad", message: `${issue.path.join(".") || "request"}: ${issue.message}` };
  }
  const { server, accounts } = context;
  const request = parsed.data;
  switch (request.op) {
    case "deliver": {
      const { to, subject, body, from, key } = request;
      const recipients = recipientRows(server, request.recipients);
      if (typeof recipients === "string") return no(`${recipients}: neither a mailbox of this server nor an Internet address`);
      // Without names the message is addressed to the mailbox.
      const content = recipients.length > 0 && { content: { unsent: false, recipients, properties: new Map(), attachments: new Map() } };
      const delivery = server.accept(to, { subject, body, from, ...content }, key);
      return delivery.ok ? yes({ mid: delivery.mid, duplicate: delivery.duplicate }) : no(`${to}: ${REFUSALS[delivery.why]}`);
    }
    case "deliver-mail": {
      const parsed = await context.parser.parse(Buffer.from(request.mail, "base64"));
      if (!parsed.ok) return no(`${request.to}: ${NOT_PARSED[parsed.why]}`);
      const delivery = server.accept(request.to, parsed.mail.message, request.key);
      return delivery.ok ? yes({ mid: delivery.mid, duplicate: delivery.duplicate }) : no(`${request.to}: ${REFUSALS[delivery.why]}`);
    }
    case "mailbox-add":
      return addMailbox(context, request);
    case "mailbox-remove":
      accounts.remove(request.alias);
      if (!accounts.revokeMailbox(request.alias)) return no(`${request.alias}: could not be stored`);
      return server.removeMailbox(request.alias) ? yes({ alias: request.alias }) : no(`${request.alias}: no such mailbox`);
    case "mailbox-password": {
      const { alias, ntHash } = request;
      if (!server.mailboxes().some((m) => m.alias.toLowerCase() === alias.toLowerCase())) return no(`${alias}: no such mailbox`);
      const { opens, fileNtHash } = accounts.find(alias) ?? { opens: [alias], fileNtHash: null };
      return accounts.put({ name: alias, ntHash: parseHex(ntHash), opens, fileNtHash })
        ? yes({ alias })
        : no(`${alias}: could not be stored`);
    }
    case "mailbox-list":
      return yes(server.mailboxes().map((m) => ({ ...m, account: accounts.find(m.alias) !== null })));
    case "status":
      return yes(context.status());
  }
}

/** Answers one request at a time. `setImmediate` between requests lets other work run: each request may wait for a disk. */
function converse(context: ControlContext, socket: Socket): void {
  let text = "";
  let scheduled = false;
  let answering = false;
  const takeOne = () => {
    scheduled = false;
    const end = text.indexOf("\n");
    if (end < 0 || socket.destroyed) return;
    const line = text.slice(0, end);
    text = text.slice(end + 1);
    answering = true;
    void answer(context, line).then((reply) => {
      answering = false;
      if (socket.destroyed) return;
      socket.write(`${JSON.stringify(reply)}\n`);
      schedule();
    });
  };
  const schedule = () => {
    if (scheduled || answering) return;
    scheduled = true;
    setImmediate(takeOne);
  };
  socket.setEncoding("utf8");
  socket.on("error", () => socket.destroy());
  socket.on("data", (chunk) => {
    text += chunk;
    if (text.length > MAX_LINE_BYTES) socket.destroy();
    schedule();
  });
}

/** Removes a socket that a server of this user left behind. Throws a UsageError for anything else that is there. */
function removeStaleSocket(path: string): void {
  const status = lstatSync(path, { throwIfNoEntry: false });
  if (!status) return;
  if (!status.isSocket() || status.uid !== userInfo().uid)
    throw new UsageError(`${path}: is not a socket of yours, so it stays; name another place with --control`);
  rmSync(path);
}

/** Whether a server answers on the socket at `path`. */
function isAnswered(path: string): Promise<boolean> {
  return new Promise((done) => {
    const socket = createConnection(path, () => {
      socket.destroy();
      done(true);
    });
    socket.on("error", () => done(false));
  });
}

/** Opens the control socket, in place of one that an ended server has left. Throws a UsageError if it can't be opened. */
export async function openControl(path: string, context: ControlContext): Promise<{ close(): void }> {
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on("close", () => sockets.delete(socket));
    converse(context, socket);
  });
  try {
    if (process.platform !== "win32") {
      makeFolder(dirname(path), 0o700);
      checkControlFolder(path);
      if (await isAnswered(path))
        throw new UsageError(`${path}: another server answers there; stop it, or name another place with --control`);
      removeStaleSocket(path);
    }
    await listen(server, path);
    if (process.platform !== "win32") chmodSync(path, 0o600);
  } catch (error) {
    throw error instanceof UsageError ? error : new UsageError(`${path}: can't be opened: ${systemReason(error)}`);
  }
  return {
    close() {
      server.close();
      for (const socket of sockets) socket.destroy();
    },
  };
}

function listen(server: Server, path: string): Promise<void> {
  return new Promise((done, fail) => {
    server.once("error", fail);
    server.listen(path, () => {
      server.off("error", fail);
      done();
    });
  });
}

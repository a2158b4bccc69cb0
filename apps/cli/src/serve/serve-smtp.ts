/** Mail by SMTP: what comes in is answered with "250" when it is stored, and not before. */

import type { Readable } from "node:stream";
import type { MailServer } from "@pushback/server";
import { systemReason, UsageError } from "@pushback/usage-error";
import { SMTPServer } from "smtp-server";
import { MAX_MAIL_BYTES, parseMail } from "./incoming-mail.ts";
import type { ServeLog } from "./serve-log.ts";

const MAX_CLIENTS = 100;
const IDLE_MS = 60_000;
const MAX_RECIPIENTS = 100;

/** With the status that the client is told. */
class SmtpError extends Error {
  readonly responseCode: number;

  constructor(responseCode: number, message: string) {
    super(message);
    this.responseCode = responseCode;
  }
}

/** What stands before the @, whatever the domain: a server of one house. */
function aliasOf(address: string): string {
  return address.slice(0, address.includes("@") ? address.lastIndexOf("@") : undefined);
}

/** All bytes, or `null` when they are too many: those are read and thrown away. */
async function readAll(stream: Readable): Promise<Uint8Array | null> {
  const chunks: Uint8Array[] = [];
  let len = 0;
  for await (const chunk of stream) {
    len += chunk.length;
    if (len <= MAX_MAIL_BYTES) chunks.push(chunk);
    else chunks.length = 0;
  }
  return len > MAX_MAIL_BYTES ? null : Buffer.concat(chunks);
}

async function take(server: MailServer, log: ServeLog, stream: Readable, recipients: readonly string[]): Promise<void> {
  const bytes = await readAll(stream);
  if (!bytes) throw new SmtpError(552, "Too long");
  const mail = await parseMail(bytes);
  if (!mail) throw new SmtpError(554, "Not a message");
  for (const alias of recipients) {
    // A client that did not hear the answer sends again: the sender's own id tells that it is the same message.
    const delivery = server.accept(alias, mail.message, mail.messageId === null ? null : `smtp:${mail.messageId}`);
    if (delivery.ok) log.info({ to: alias, mid: delivery.mid, duplicate: delivery.duplicate, by: "smtp" }, "accepted");
    else throw delivery.why === "mailbox-full" ? new SmtpError(452, "Mailbox full") : new SmtpError(451, "Could not be stored");
  }
}

/** Throws a UsageError when the port can't be opened. */
export function openSmtp(server: MailServer, log: ServeLog, host: string, port: number): Promise<{ readonly port: number; close(): void }> {
  const smtp = new SMTPServer({
    disabledCommands: ["AUTH", "STARTTLS"],
    authOptional: true,
    disableReverseLookup: true,
    banner: "Pushback",
    size: MAX_MAIL_BYTES,
    maxClients: MAX_CLIENTS,
    socketTimeout: IDLE_MS,
    closeTimeout: 1000,
    onRcptTo(address, session, done) {
      const alias = aliasOf(address.address);
      const known = server.mailboxes().some((m) => m.alias.toLowerCase() === alias.toLowerCase());
      if (!known) done(new SmtpError(550, "No such mailbox"));
      else if (session.envelope.rcptTo.length >= MAX_RECIPIENTS) done(new SmtpError(452, "Too many recipients"));
      else done();
    },
    onData(stream, session, done) {
      const recipients = session.envelope.rcptTo.map(({ address }) => aliasOf(address));
      take(server, log, stream, recipients).then(
        () => done(),
        (error: Error) => done(error),
      );
    },
  });
  return new Promise((opened, fail) => {
    smtp.on("error", (error) => {
      // Before it listens: the port; after: one client's connection, which is that client's trouble.
      fail(new UsageError(`--smtp ${host}:${port}: ${systemReason(error)}`));
      log.debug({ reason: systemReason(error) }, "smtp-error");
    });
    smtp.listen(port, host, () => {
      const address = smtp.server.address();
      opened({ port: typeof address === "object" && address ? address.port : port, close: () => smtp.close() });
    });
  });
}

/** Receives mail by SMTP. A message is stored in all mailboxes that it names and answered with 250, or stored in none and refused. */

import type { Readable } from "node:stream";
import type { DeliveryRefusal, MailServer } from "@pushback/server";
import { SMTPServer } from "smtp-server";
import type { IntakeListener } from "./intake-event.ts";
import { MAX_BYTES_IN_PARSING, MAX_MAIL_BYTES, MAX_SMTP_CONNECTIONS, MAX_SMTP_RECIPIENTS, SMTP_LIMITS, type SmtpLimits } from "./limits.ts";
import type { MailParser, ParseResult } from "./mail-parser.ts";
import { limitSmtpConnections } from "./smtp-connections.ts";

const IDLE_MS = 60_000;

/** Where mail is taken by SMTP, and for which addresses. */
export interface SmtpSettings {
  /** An IPv4 address of this computer. */
  readonly host: string;
  /** 0: any free port. */
  readonly port: number;
  /** Domains whose mail is taken, in lower case; empty: mail for every domain, as this server passes nothing on. */
  readonly domains: readonly string[];
  /** The mailbox of `postmaster` (RFC 5321 section 4.5.1); `null`: the first mailbox. */
  readonly postmaster: string | null;
  /** `SMTP_LIMITS` where it is left out. */
  readonly limits?: SmtpLimits;
}

/** An error with the SMTP status that the client is sent. */
class SmtpError extends Error {
  readonly responseCode: number;

  constructor(responseCode: number, message: string) {
    super(message);
    this.responseCode = responseCode;
  }
}

const NOT_PARSED: Readonly<Record<Extract<ParseResult, { ok: false }>["why"], () => SmtpError>> = {
  malformed: () => new SmtpError(554, "Not a message that can be kept whole"),
  "too-costly": () => new SmtpError(554, "The message takes too long to read"),
  busy: () => new SmtpError(452, "Too much mail at a time, try again later"),
};

const REFUSED: Readonly<Record<DeliveryRefusal["why"], (alias: string) => SmtpError>> = {
  "no-such-mailbox": (alias) => new SmtpError(550, `No such mailbox: ${alias}`),
  "mailbox-full": (alias) => new SmtpError(452, `Mailbox full: ${alias}`),
  "store-full": () => new SmtpError(452, "The store is full"),
  "too-big": (alias) => new SmtpError(552, `Larger than the quota of mailbox ${alias}`),
  "not-stored": () => new SmtpError(451, "Could not be stored"),
};

/** The local part, without the quotes and backslashes of a quoted one (RFC 5321 section 4.1.2), and the domain in lower case. */
function splitAddress(address: string): { readonly local: string; readonly domain: string } {
  const at = address.lastIndexOf("@");
  const local = at < 0 ? address : address.slice(0, at);
  const quoted = /^"(.*)"$/s.exec(local);
  return { local: quoted ? quoted[1].replace(/\\(.)/gs, "$1") : local, domain: at < 0 ? "" : address.slice(at + 1).toLowerCase() };
}

/** The mailbox for the local part of an address; `null` if there is none. */
function mailboxFor(server: MailServer, { postmaster }: SmtpSettings, local: string): string | null {
  const boxes = server.mailboxes();
  const find = (alias: string) => boxes.find((m) => m.alias.toLowerCase() === alias.toLowerCase())?.alias ?? null;
  if (local.toLowerCase() !== "postmaster") return find(local);
  return find("postmaster") ?? (postmaster === null ? (boxes[0]?.alias ?? null) : find(postmaster));
}

/** Counts the bytes of all messages that are on their way in. */
class IncomingBytes {
  #total = 0;

  /** Reads a whole message. If it is too long, or too many bytes are being received in total, reads and drops the rest and throws an SmtpError. */
  async read(stream: Readable): Promise<Uint8Array> {
    const chunks: Uint8Array[] = [];
    let len = 0;
    let error: SmtpError | null = null;
    try {
      for await (const chunk of stream) {
        if (error) continue;
        len += chunk.length;
        this.#total += chunk.length;
        chunks.push(chunk);
        if (len > MAX_MAIL_BYTES) error = new SmtpError(552, "Message exceeds the maximum size");
        else if (this.#total > MAX_BYTES_IN_PARSING) error = NOT_PARSED.busy();
        if (!error) continue;
        this.#total -= len;
        len = 0;
        chunks.length = 0;
      }
    } finally {
      this.#total -= len;
    }
    if (error) throw error;
    return Buffer.concat(chunks);
  }
}

/** Takes mail until `close` is called. Rejects with the system's error when the port can't be opened. */
export function openSmtp(
  server: MailServer,
  parser: MailParser,
  settings: SmtpSettings,
  onEvent: IntakeListener,
): Promise<{ readonly port: number; close(): void }> {
  const { host, port, domains } = settings;
  const incoming = new IncomingBytes();

  async function take(stream: Readable, recipients: readonly string[]): Promise<void> {
    const parsed = await parser.parse(await incoming.read(stream));
    if (!parsed.ok) throw NOT_PARSED[parsed.why]();
    const { message, digest, hasMessageId } = parsed.mail;
    // A client that did not get the answer sends the same bytes again, its own Message-ID among them.
    const group = server.acceptAll(recipients, message, hasMessageId ? `smtp:${digest}` : null);
    if (!group.ok) throw REFUSED[group.why](group.alias);
    for (const { alias, mid, duplicate } of group.deliveries) onEvent({ type: "accepted", to: alias, mid, duplicate, by: "smtp" });
  }

  const smtp = new SMTPServer({
    disabledCommands: ["AUTH", "STARTTLS"],
    authOptional: true,
    disableReverseLookup: true,
    banner: "Pushback",
    size: MAX_MAIL_BYTES,
    maxClients: MAX_SMTP_CONNECTIONS,
    socketTimeout: IDLE_MS,
    closeTimeout: 1000,
    onRcptTo({ address }, session, done) {
      const { local, domain } = splitAddress(address);
      if (domain !== "" && domains.length > 0 && !domains.includes(domain))
        done(new SmtpError(550, `Mail for ${domain} is not taken here`));
      else if (mailboxFor(server, settings, local) === null) done(new SmtpError(550, "No such mailbox"));
      else if (session.envelope.rcptTo.length >= MAX_SMTP_RECIPIENTS) done(new SmtpError(452, "Too many recipients"));
      else done();
    },
    onData(stream, session, done) {
      const locals = session.envelope.rcptTo.map(({ address }) => splitAddress(address).local);
      // A mailbox that was removed since RCPT is refused by its name.
      take(
        stream,
        locals.map((local) => mailboxFor(server, settings, local) ?? local),
      ).then(
        () => done(),
        (error: Error) => done(error),
      );
    },
  });
  limitSmtpConnections(smtp.server, settings.limits ?? SMTP_LIMITS);
  return new Promise((opened, fail) => {
    smtp.on("error", (error) => {
      // Before the server listens, its port is at fault; afterwards, one client's connection.
      fail(error);
      onEvent({ type: "smtp-error", error });
    });
    smtp.listen(port, host, () => {
      const address = smtp.server.address();
      opened({ port: typeof address === "object" && address ? address.port : port, close: () => smtp.close() });
    });
  });
}

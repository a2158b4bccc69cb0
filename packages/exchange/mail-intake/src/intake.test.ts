/** The ways for mail to come in, in front of a server in this process: what is stored, and what is reported. */

import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { connect } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createKernelHost } from "@pushback/live";
import { createMailServer, type MailServer } from "@pushback/server";
import { afterAll, afterEach, beforeEach, describe, expect, it } from "vitest";
import type { IntakeEvent } from "./intake-event.ts";
import { MAX_MAIL_BYTES } from "./limits.ts";
import { createMailParser } from "./mail-parser.ts";
import { watchMaildir } from "./maildir-intake.ts";
import { openSmtp } from "./smtp-intake.ts";

const parser = createMailParser();
afterAll(() => parser.close());

let server: MailServer;
let events: IntakeEvent[];
let folder: string;
let endings: (() => void)[];
const report = (event: IntakeEvent) => void events.push(event);
beforeEach(() => {
  const host = createKernelHost({ address: 0x7f000001, bindAddress: 0x7f000001 });
  server = createMailServer(host, { endpointMapperPort: null }, () => {});
  for (const alias of ["ada", "bob"]) server.addMailbox({ alias });
  events = [];
  folder = mkdtempSync(join(tmpdir(), "pushback-intake-"));
  endings = [() => rmSync(folder, { recursive: true, force: true }), () => host.kill(), () => server.close()];
});
afterEach(() => {
  for (const end of endings.reverse()) end();
});

const counts = () => server.mailboxes().map(({ messages }) => messages);

describe("mail by SMTP", () => {
  const settings = { host: "127.0.0.1", port: 0, domains: ["lab.example"], postmaster: null };
  const lines = (to: readonly string[]) => [
    ...["EHLO me", "MAIL FROM:<eve@example.org>", ...to.map((address) => `RCPT TO:<${address}>`), "DATA"],
    ...["Message-ID: <1@x>\r\nSubject: Hi\r\n\r\nHi\r\n.", "QUIT"],
  ];

  /** Sends the next line after each reply; resolves to the codes of all replies. */
  function send(port: number, left: string[]): Promise<string[]> {
    return new Promise((done, fail) => {
      const codes: string[] = [];
      const socket = connect(port, "127.0.0.1");
      socket.on("error", fail);
      socket.on("close", () => done(codes));
      socket.setEncoding("utf8").on("data", (answer) => {
        const [, code] = /^(\d{3}) /m.exec(String(answer)) ?? [];
        if (code === undefined) return;
        codes.push(code);
        const line = left.shift();
        if (line !== undefined) socket.write(`${line}\r\n`);
      });
    });
  }

  it("is reported for each mailbox, a repetition as a duplicate", async () => {
    const smtp = await openSmtp(server, parser, settings, report);
    endings.push(() => smtp.close());
    const to = ["ada@lab.example", "BOB@lab.example"];
    for (let n = 0; n < 2; n++) expect((await send(smtp.port, lines(to))).slice(-2)).toEqual(["250", "221"]);
    expect(counts()).toEqual([1, 1]);
    const accepted = (alias: string, duplicate: boolean) => ({
      type: "accepted",
      to: alias,
      mid: expect.any(String),
      duplicate,
      by: "smtp",
    });
    expect(events).toEqual([accepted("ada", false), accepted("bob", false), accepted("ada", true), accepted("bob", true)]);
  });

  it("can't be taken on a port that is in use: the system's error, which is reported too", async () => {
    const first = await openSmtp(server, parser, settings, report);
    endings.push(() => first.close());
    await expect(openSmtp(server, parser, { ...settings, port: first.port }, report)).rejects.toMatchObject({ code: "EADDRINUSE" });
    expect(events).toMatchObject([{ type: "smtp-error", error: { code: "EADDRINUSE" } }]);
  });
});

describe("mail from a Maildir", () => {
  const watchFor = (alias: string) => {
    const watched = watchMaildir(server, parser, { alias, folder }, report);
    endings.push(() => watched.close());
  };
  const put = (name: string, content: string) => {
    mkdirSync(join(folder, "new"), { recursive: true });
    writeFileSync(join(folder, "new", name), content);
  };

  it("goes into the mailbox and then to cur; what can't be kept whole stays in new", async () => {
    put("1.mail", "Subject: Hi\n\nHi\n");
    put("2.long", "x".repeat(MAX_MAIL_BYTES + 1));
    mkdirSync(join(folder, "new", "3.folder"));
    watchFor("ada");
    await expect.poll(() => events.length).toBe(3);
    expect(events).toEqual([
      { type: "accepted", to: "ada", mid: expect.any(String), duplicate: false, by: "maildir" },
      { type: "no-mail", file: join(folder, "new", "2.long"), why: "not a file, or too long" },
      { type: "no-mail", file: join(folder, "new", "3.folder"), why: "not a file, or too long" },
    ]);
    expect(["tmp", "new", "cur"].map((part) => readdirSync(join(folder, part)))).toEqual([[], ["2.long", "3.folder"], ["1.mail:2,"]]);
    expect(counts()).toEqual([1, 0]);
  });

  it("for a mailbox that is not there stays in new", async () => {
    put("1.mail", "Subject: Hi\n\nHi\n");
    watchFor("eve");
    await expect.poll(() => events[0]).toEqual({ type: "not-delivered", file: join(folder, "new", "1.mail"), why: "no-such-mailbox" });
    expect(readdirSync(join(folder, "new"))).toEqual(["1.mail"]);
  });

  it("that can't be read any more is reported", async () => {
    watchFor("ada");
    rmSync(folder, { recursive: true });
    await expect.poll(() => events[0]).toMatchObject({ type: "maildir-unreadable", folder, error: { code: "ENOENT" } });
  });

  it("needs a folder that is there", () => {
    const missing = { alias: "ada", folder: join(folder, "missing") };
    expect(() => watchMaildir(server, parser, missing, report)).toThrow(expect.objectContaining({ code: "ENOENT" }));
  });
});

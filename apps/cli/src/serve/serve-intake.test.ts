/** Log lines of `serve` about incoming mail, and error messages that name the option at fault. */

import { existsSync, symlinkSync } from "node:fs";
import { createServer } from "node:net";
import { join } from "node:path";
import { createMailParser, type IntakeEvent } from "@pushback/mail-intake";
import type { MailServer } from "@pushback/server";
import { UsageError } from "@pushback/usage-error";
import { pino } from "pino";
import { afterAll, describe, expect, it } from "vitest";
import { testFolder } from "../testing/serve.ts";
import { openMaildirOption, openSmtpOption } from "./serve-intake.ts";
import { logIntakeEvent } from "./serve-log.ts";

const folder = testFolder();
const parser = createMailParser();
afterAll(() => {
  parser.close();
  folder.close();
});

const server = { mailboxes: () => [{ alias: "ada" }] } as unknown as MailServer;
const silent = pino({ level: "silent" });

describe("the log of mail that comes in", () => {
  it.each<[IntakeEvent, string]>([
    [
      { type: "accepted", to: "ada", mid: "1", duplicate: false, by: "smtp" },
      '{"level":30,"to":"ada","mid":"1","duplicate":false,"by":"smtp","msg":"accepted"}',
    ],
    [
      { type: "smtp-error", error: new Error("listen EADDRINUSE: address already in use") },
      '{"level":20,"reason":"listen EADDRINUSE: address already in use","msg":"smtp-error"}',
    ],
    [
      { type: "maildir-unreadable", folder: "m", error: new Error("ENOENT: no such file or directory, scandir 'm/new'") },
      '{"level":40,"folder":"m","reason":"no such file or directory","msg":"maildir-unreadable"}',
    ],
    [{ type: "no-mail", file: "m/new/1", why: "malformed" }, '{"level":40,"file":"m/new/1","why":"malformed","msg":"no-mail"}'],
    [
      { type: "not-delivered", file: "m/new/1", why: "mailbox-full" },
      '{"level":40,"file":"m/new/1","why":"mailbox-full","msg":"not-delivered"}',
    ],
  ])("%j", (event, line) => {
    const lines: string[] = [];
    const log = pino({ level: "debug", base: null, timestamp: false }, { write: (text: string) => void lines.push(text) });
    logIntakeEvent(log, event);
    expect(lines).toEqual([`${line}\n`]);
  });
});

describe("an option that can't be used", () => {
  it("--smtp names address, port and reason", async () => {
    const taken = createServer();
    const port = await new Promise<number>((done) => {
      taken.listen(0, "127.0.0.1", () => done((taken.address() as { port: number }).port));
    });
    const settings = { host: "127.0.0.1", port, domains: [], postmaster: null };
    const line = `--smtp 127.0.0.1:${port}: listen EADDRINUSE: address already in use 127.0.0.1:${port}`;
    await expect(openSmtpOption(server, parser, silent, settings)).rejects.toThrow(new UsageError(line));
    taken.close();
  });

  const open = (alias: string, path: string) => () => openMaildirOption(server, parser, silent, { alias, folder: path });

  it("--maildir names mailbox, folder and reason, and creates nothing for a mailbox that is not there", () => {
    const missing = join(folder.path, "eve");
    expect(open("eve", missing)).toThrow(new UsageError(`--maildir eve=${missing}: no mailbox eve`));
    expect(existsSync(missing)).toBe(false);
    const file = folder.file("file", "");
    expect(open("ada", file)).toThrow(new UsageError(`--maildir ada=${file}: not a directory`));
    const dangling = join(folder.path, "dangling");
    symlinkSync("nowhere", dangling);
    expect(open("ada", dangling)).toThrow(new UsageError(`--maildir ada=${dangling}: file already exists`));
  });

  it("--maildir creates the folder with its parents", () => {
    const path = join(folder.path, "deep", "maildir");
    const watched = open("ADA", path)();
    watched.close();
    expect(["tmp", "new", "cur"].map((part) => existsSync(join(path, part)))).toEqual([true, true, true]);
  });
});

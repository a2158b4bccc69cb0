/** Mail from a watched Maildir: a message that appears in `new` goes into the mailbox, and then to `cur`. */

import { createHash } from "node:crypto";
import { type FSWatcher, linkSync, lstatSync, readdirSync, readFileSync, realpathSync, unlinkSync, watch } from "node:fs";
import { join } from "node:path";
import type { MailServer } from "@pushback/server";
import { systemReason, UsageError } from "@pushback/usage-error";
import { makeFolder } from "../shared/output-folder.ts";
import { MAX_MAIL_BYTES } from "./incoming-mail.ts";
import type { MailParser } from "./mail-parser.ts";
import type { ServeLog } from "./serve-log.ts";

/** Interval of polling: not every file system reports new files. */
const LOOK_MS = 1000;

export interface MaildirSettings {
  readonly alias: string;
  readonly folder: string;
}

/** Moves a file from `new` to `cur` under a name that no other file has: a file that is there is never overwritten. */
function moveToCur(folder: string, name: string): void {
  const from = join(folder, "new", name);
  const colon = name.indexOf(":");
  const unique = colon < 0 ? name : name.slice(0, colon);
  const info = colon < 0 ? ":2," : name.slice(colon);
  for (let n = 0; ; n++) {
    try {
      linkSync(from, join(folder, "cur", `${unique}${n === 0 ? "" : `_${n}`}${info}`));
      unlinkSync(from);
      return;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw error;
    }
  }
}

class Maildir {
  readonly #parser: MailParser;
  /** The folder's path without symbolic links: part of the key of each delivery. */
  readonly #realPath: string;
  readonly #server: MailServer;
  readonly #log: ServeLog;
  readonly #settings: MaildirSettings;
  readonly #timer: NodeJS.Timeout;
  readonly #watcher: FSWatcher;
  /** Files that stay in `new`, because they can't be kept whole. */
  readonly #refused = new Set<string>();
  #looking = false;
  #again = false;

  constructor(server: MailServer, parser: MailParser, log: ServeLog, settings: MaildirSettings) {
    this.#server = server;
    this.#parser = parser;
    this.#log = log;
    this.#settings = settings;
    for (const part of ["tmp", "new", "cur"]) makeFolder(join(settings.folder, part));
    this.#realPath = realpathSync(settings.folder);
    this.#watcher = watch(join(settings.folder, "new"), () => void this.look());
    this.#watcher.on("error", () => {});
    this.#timer = setInterval(() => void this.look(), LOOK_MS);
  }

  async look(): Promise<void> {
    this.#again = true;
    if (this.#looking) return;
    this.#looking = true;
    while (this.#again) {
      this.#again = false;
      try {
        for (const name of readdirSync(join(this.#settings.folder, "new")).sort()) {
          if (!name.startsWith(".") && !this.#refused.has(name)) await this.#take(name);
        }
      } catch (error) {
        this.#log.warn({ folder: this.#settings.folder, reason: systemReason(error) }, "maildir-unreadable");
      }
    }
    this.#looking = false;
  }

  async #take(name: string): Promise<void> {
    const { alias, folder } = this.#settings;
    const path = join(folder, "new", name);
    const status = lstatSync(path, { throwIfNoEntry: false });
    // An empty file may be unfinished, if a program writes directly into `new` instead of moving a finished file there. The next scan tries again.
    if (!status || (status.isFile() && status.size === 0)) return;
    const bytes = status.isFile() && status.size <= MAX_MAIL_BYTES ? readFileSync(path) : null;
    const parsed = bytes && (await this.#parser.parse(bytes));
    // The next scan tries again.
    if (parsed && !parsed.ok && parsed.why === "busy") return;
    if (!parsed?.ok) {
      this.#refused.add(name);
      this.#log.warn({ file: path, why: parsed ? parsed.why : "not a file, or too long" }, "no-mail");
      return;
    }
    const after = lstatSync(path, { throwIfNoEntry: false });
    if (after?.ino !== status.ino || after.size !== status.size || after.mtimeMs !== status.mtimeMs || bytes?.length !== status.size)
      return;
    const { message, digest } = parsed.mail;
    // After a crash between storing and moving, the file is still in `new`. The key identifies Maildir, name and content, so it is not delivered twice.
    const key = createHash("sha256").update(`${this.#realPath}\0${name}\0${digest}`).digest("hex");
    const delivery = this.#server.accept(alias, message, `maildir:${key}`);
    if (!delivery.ok) {
      this.#log.warn({ file: path, why: delivery.why }, "not-delivered");
      return;
    }
    this.#log.info({ to: alias, mid: delivery.mid, duplicate: delivery.duplicate, by: "maildir" }, "accepted");
    moveToCur(folder, name);
  }

  close(): void {
    clearInterval(this.#timer);
    this.#watcher.close();
  }
}

/** Creates the Maildir if it does not exist. Throws a UsageError. */
export function watchMaildir(server: MailServer, parser: MailParser, log: ServeLog, settings: MaildirSettings): { close(): void } {
  if (!server.mailboxes().some((m) => m.alias.toLowerCase() === settings.alias.toLowerCase()))
    throw new UsageError(`--maildir ${settings.alias}=${settings.folder}: no mailbox ${settings.alias}`);
  try {
    const maildir = new Maildir(server, parser, log, settings);
    void maildir.look();
    return maildir;
  } catch (error) {
    throw new UsageError(`--maildir ${settings.alias}=${settings.folder}: ${systemReason(error)}`);
  }
}

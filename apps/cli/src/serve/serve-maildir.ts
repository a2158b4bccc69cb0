/** Mail from a watched Maildir: a message that appears in `new` goes into the mailbox, and then to `cur`. */

import { type FSWatcher, lstatSync, mkdirSync, readdirSync, readFileSync, renameSync, watch } from "node:fs";
import { join } from "node:path";
import type { MailServer } from "@pushback/server";
import { systemReason, UsageError } from "@pushback/usage-error";
import { MAX_MAIL_BYTES, parseMail } from "./incoming-mail.ts";
import type { ServeLog } from "./serve-log.ts";

/** A look without being called: not every file system tells of new files. */
const LOOK_MS = 1000;

export interface MaildirSettings {
  readonly alias: string;
  readonly folder: string;
}

class Maildir {
  readonly #server: MailServer;
  readonly #log: ServeLog;
  readonly #settings: MaildirSettings;
  readonly #timer: NodeJS.Timeout;
  readonly #watcher: FSWatcher;
  /** Files that stay where they are, because they are no mail. */
  readonly #refused = new Set<string>();
  #looking = false;
  #again = false;

  constructor(server: MailServer, log: ServeLog, settings: MaildirSettings) {
    this.#server = server;
    this.#log = log;
    this.#settings = settings;
    for (const part of ["tmp", "new", "cur"]) mkdirSync(join(settings.folder, part), { recursive: true });
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
    if (!status) return;
    const mail = status.isFile() && status.size <= MAX_MAIL_BYTES ? await parseMail(readFileSync(path)) : null;
    if (!mail) {
      this.#refused.add(name);
      this.#log.warn({ file: path }, "no-mail");
      return;
    }
    // A crash between storing and moving leaves the file in `new`: its name, unique in a Maildir, tells that it is known.
    const delivery = this.#server.accept(alias, mail.message, `maildir:${name}`.slice(0, 200));
    if (!delivery.ok) {
      this.#log.warn({ file: path, why: delivery.why }, "not-delivered");
      return;
    }
    this.#log.info({ to: alias, mid: delivery.mid, duplicate: delivery.duplicate, by: "maildir" }, "accepted");
    renameSync(path, join(folder, "cur", `${name.split(":")[0]}:2,`));
  }

  close(): void {
    clearInterval(this.#timer);
    this.#watcher.close();
  }
}

/** Makes the Maildir where there is none. Throws a UsageError. */
export function watchMaildir(server: MailServer, log: ServeLog, settings: MaildirSettings): { close(): void } {
  if (!server.mailboxes().some((m) => m.alias.toLowerCase() === settings.alias.toLowerCase()))
    throw new UsageError(`--maildir ${settings.alias}=${settings.folder}: no mailbox ${settings.alias}`);
  try {
    const maildir = new Maildir(server, log, settings);
    void maildir.look();
    return maildir;
  } catch (error) {
    throw new UsageError(`--maildir ${settings.alias}=${settings.folder}: ${systemReason(error)}`);
  }
}

/** Mail from a watched Maildir: a message that appears in `new` goes into the mailbox, and then to `cur`. */

import { createHash } from "node:crypto";
import {
  existsSync,
  type FSWatcher,
  linkSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  realpathSync,
  unlinkSync,
  watch,
} from "node:fs";
import { join } from "node:path";
import type { MailServer } from "@pushback/server";
import type { IntakeListener } from "./intake-event.ts";
import { MAX_MAIL_BYTES } from "./limits.ts";
import type { MailParser } from "./mail-parser.ts";

/** Interval of polling: not every file system reports new files. */
const LOOK_MS = 1000;

/** A Maildir and the mailbox that its mail goes to. */
export interface MaildirSettings {
  readonly alias: string;
  /** Path of the Maildir, which must exist. */
  readonly folder: string;
}

/** Creates `tmp`, `new` and `cur` where they are missing. */
function makeParts(folder: string): void {
  for (const part of ["tmp", "new", "cur"]) {
    const path = join(folder, part);
    try {
      mkdirSync(path);
    } catch (error) {
      if (!existsSync(path)) throw error;
    }
  }
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
  readonly #settings: MaildirSettings;
  readonly #onEvent: IntakeListener;
  readonly #timer: NodeJS.Timeout;
  readonly #watcher: FSWatcher;
  /** Files that stay in `new`, because they can't be kept whole. */
  readonly #refused = new Set<string>();
  #looking = false;
  #again = false;

  constructor(server: MailServer, parser: MailParser, settings: MaildirSettings, onEvent: IntakeListener) {
    this.#server = server;
    this.#parser = parser;
    this.#settings = settings;
    this.#onEvent = onEvent;
    makeParts(settings.folder);
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
        this.#onEvent({ type: "maildir-unreadable", folder: this.#settings.folder, error });
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
    if (!parsed?.ok) {
      const why = parsed ? parsed.why : "not a file, or too long";
      // The next scan tries again.
      if (why === "busy") return;
      this.#refused.add(name);
      this.#onEvent({ type: "no-mail", file: path, why });
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
      this.#onEvent({ type: "not-delivered", file: path, why: delivery.why });
      return;
    }
    this.#onEvent({ type: "accepted", to: alias, mid: delivery.mid, duplicate: delivery.duplicate, by: "maildir" });
    moveToCur(folder, name);
  }

  close(): void {
    clearInterval(this.#timer);
    this.#watcher.close();
  }
}

/**
 * Takes what is in `new` and what comes there, until `close` is called. Throws the system's error when the folder isn't there or can't be used as a
 * Maildir. Mail for a mailbox that does not exist stays in `new`.
 */
export function watchMaildir(
  server: MailServer,
  parser: MailParser,
  settings: MaildirSettings,
  onEvent: IntakeListener,
): { close(): void } {
  const maildir = new Maildir(server, parser, settings, onEvent);
  void maildir.look();
  return maildir;
}

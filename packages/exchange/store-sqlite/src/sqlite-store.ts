/** The information store and its accounts in one SQLite file. See `store-persistence.ts` of package server for what is promised. */

import type { DatabaseSync, StatementSync } from "node:sqlite";
import type {
  EntryChange,
  MessageAddition,
  MessageHeader,
  MessageParts,
  MessagePlace,
  StoredHeader,
  StoredMailbox,
  StoredMessage,
  StoredName,
  StoredState,
  StorePersistence,
} from "@pushback/server";
import { textOfProperties } from "@pushback/server";
import { contentOf, MessageReader, nameOf, SUMMARY_COLUMNS, summaryFrom, summaryValues } from "./message-content.ts";
import { createTables, type OpenedDatabase, openDatabase } from "./open-database.ts";
import { StoreError } from "./store-error.ts";

/** An account that may log on. */
export interface StoredAccount {
  readonly name: string;
  /** NT hash of the password, 16 bytes. Knowing the hash is enough to log on, so protect it like the password. */
  readonly ntHash: Uint8Array;
  /** Aliases of the mailboxes that the account may open. */
  readonly opens: readonly string[];
  /** The hash that the users file gave last, whatever `ntHash` is now; `null` for an account that no file named. */
  readonly fileNtHash: Uint8Array | null;
}

/** A StorePersistence in a SQLite file, which also stores the accounts of `serve`. */
export interface SqliteStore extends StorePersistence {
  readonly path: string;
  /** All accounts, sorted by name. */
  accounts(): StoredAccount[];
  /** Adds the account, or replaces the account of this name. Names are compared without case. */
  putAccount(account: StoredAccount): boolean;
  /** Removes the account. Returns false if there is none of this name, or if the change could not be stored. */
  removeAccount(name: string): boolean;
  /** Closes the database. The store must not be used afterwards. */
  close(): void;
}

/** Opens the store in a folder, or creates it. Throws a StoreError. `onFailed` is called with the reason when a later change could not be stored. */
export function openSqliteStore(folder: string, onFailed: (reason: string) => void = () => {}): SqliteStore {
  const opened = openDatabase(folder);
  try {
    return new SqliteStoreInstance(opened, onFailed);
  } catch (error) {
    opened.db.close();
    throw error;
  }
}

type Row = Readonly<Record<string, unknown>>;

/** Row number that no row has. */
const NO_ROW = 0;

class SqliteStoreInstance implements SqliteStore {
  readonly path: string;
  readonly #db: DatabaseSync;
  readonly #onFailed: (reason: string) => void;
  readonly #statements = new Map<string, StatementSync>();
  readonly #isNew: boolean;
  #reader: MessageReader | null = null;
  #ready: boolean;

  constructor({ db, path, isNew }: OpenedDatabase, onFailed: (reason: string) => void) {
    this.#db = db;
    this.path = path;
    this.#isNew = isNew;
    this.#ready = !isNew;
    this.#onFailed = onFailed;
  }

  #statement(sql: string): StatementSync {
    let statement = this.#statements.get(sql);
    if (!statement) {
      statement = this.#db.prepare(sql);
      this.#statements.set(sql, statement);
    }
    return statement;
  }

  #run(sql: string, ...values: (string | number | Uint8Array | null)[]): number {
    return Number(this.#statement(sql).run(...values).changes);
  }

  #rows(sql: string): Row[] {
    return this.#db.prepare(sql).all();
  }

  /** Runs the changes in one transaction. Returns false, with nothing changed, if any of them failed. */
  #change(what: () => void): boolean {
    if (!this.#ready) return false;
    try {
      this.#db.exec("BEGIN IMMEDIATE");
      what();
      this.#db.exec("COMMIT");
      return true;
    } catch (error) {
      // After some errors (a full disk for one) SQLite has rolled back already.
      if (this.#db.isTransaction) this.#db.exec("ROLLBACK");
      this.#onFailed(error instanceof Error ? error.message : String(error));
      return false;
    }
  }

  load(): StoredState | null {
    if (this.#isNew) return null;
    try {
      const [{ repl_guid: replGuid, counter }] = this.#rows("SELECT repl_guid, counter FROM store");
      return {
        replGuid: replGuid as Uint8Array,
        counter: counter as number,
        mailboxes: this.#rows("SELECT * FROM mailbox ORDER BY number").map(mailboxOf),
        entries: this.#rows("SELECT alias, area, key, value FROM entry JOIN mailbox ON mailbox.number = mailbox").map((row) => ({
          alias: row["alias"] as string,
          area: row["area"] as string,
          key: row["key"] as string,
          value: row["value"] as string,
        })),
        messages: this.#headers(),
        deliveries: this.#rows(
          "SELECT alias, key, mid FROM delivery JOIN mailbox ON mailbox.number = mailbox ORDER BY delivery.number",
        ).map((row) => ({ alias: row["alias"] as string, key: row["key"] as string, mid: row["mid"] as string })),
        names: this.#rows("SELECT * FROM property_name ORDER BY id").map(nameOf),
      };
    } catch (error) {
      throw this.#damaged(error);
    }
  }

  #damaged(error: unknown): StoreError {
    const reason = error instanceof Error ? error.message : String(error);
    return new StoreError("damaged", `${this.path}: damaged (${reason}); restore it from a copy, or name another folder`);
  }

  /** One row at a time: a store may have more messages than memory has room for twice. */
  *#headers(): Generator<StoredHeader & MessagePlace> {
    try {
      const rows = this.#db
        .prepare("SELECT message.*, alias FROM message JOIN mailbox ON mailbox.number = mailbox ORDER BY message.number")
        .iterate();
      for (const row of rows)
        yield { ...headerOf(row), summary: summaryFrom(row), alias: row["alias"] as string, folder: row["folder"] as number };
    } catch (error) {
      throw this.#damaged(error);
    }
  }

  readParts(mid: string): MessageParts | null {
    try {
      this.#reader ??= new MessageReader(this.#db);
      return this.#reader.partsOf(mid);
    } catch (error) {
      this.#onFailed(error instanceof Error ? error.message : String(error));
      return null;
    }
  }

  create(replGuid: Uint8Array): boolean {
    try {
      createTables(this.#db, replGuid);
    } catch (error) {
      throw new StoreError("unreadable", `${this.path}: can't be made: ${error instanceof Error ? error.message : String(error)}`);
    }
    this.#ready = true;
    return true;
  }

  #setCounter(counter: number): void {
    this.#run("UPDATE store SET counter = ?", counter);
  }

  addMailbox(mailbox: StoredMailbox, counter: number): boolean {
    const { alias, dn, displayName, guid, folderIds } = mailbox;
    return this.#change(() => {
      this.#run(
        "INSERT INTO mailbox (alias, dn, display_name, guid, folder_ids) VALUES (?, ?, ?, ?, ?)",
        alias,
        dn,
        displayName,
        guid,
        folderIds.join(" "),
      );
      this.#setCounter(counter);
    });
  }

  removeMailbox(alias: string): boolean {
    return this.#change(() => this.#run("DELETE FROM mailbox WHERE alias = ?", alias));
  }

  addMessages(additions: readonly MessageAddition[], counter: number): boolean {
    return this.#change(() => {
      let content = NO_ROW;
      let shared: MessageParts | null = null;
      for (const addition of additions) {
        const { message } = addition;
        if (shared?.body !== message.body || shared.content !== message.content) {
          content = this.#addContent(message);
          shared = message;
        }
        this.#addMessage(addition, content);
      }
      this.#setCounter(counter);
    });
  }

  #addMessage({ place, message: m, key }: MessageAddition, content: number): void {
    const added = this.#run(
      `INSERT INTO message (mid, mailbox, folder, message_class, subject, sender_name, submitted_ms, delivered_ms, modified_ms,
         read, flags, status, content, ${SUMMARY_COLUMNS})
       SELECT ?, number, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ? FROM mailbox WHERE alias = ?`,
      m.mid,
      place.folder,
      m.messageClass,
      m.subject,
      m.senderName,
      Math.trunc(m.submittedMs),
      Math.trunc(m.deliveredMs),
      Math.trunc(m.modifiedMs),
      m.read ? 1 : 0,
      m.flags,
      m.status,
      content,
      ...summaryValues(m),
      place.alias,
    );
    if (added !== 1) throw new Error(`no mailbox ${place.alias}`);
    if (key !== null)
      this.#run("INSERT INTO delivery (mailbox, key, mid) SELECT number, ?, ? FROM mailbox WHERE alias = ?", key, m.mid, place.alias);
  }

  /** Stores the parts of a message as new rows. Returns the number of the content, to which the message's row refers. */
  #addContent({ body, content }: MessageParts): number {
    const number = Number(this.#statement("INSERT INTO content (body) VALUES (?)").run(body).lastInsertRowid);
    for (const { type, addressType, address, displayName, properties } of content?.recipients ?? []) {
      const sql = "INSERT INTO recipient (content, type, address_type, address, display_name, properties) VALUES (?, ?, ?, ?, ?, ?)";
      this.#run(sql, number, type, addressType, address, displayName, properties ? textOfProperties(properties) : null);
    }
    for (const { attachment, tag, kind, value } of content ? contentOf(content) : [])
      this.#run(
        "INSERT INTO property (content, attachment, tag, kind, value) VALUES (?, ?, ?, ?, ?)",
        number,
        attachment,
        tag,
        kind,
        value,
      );
    return number;
  }

  replaceMessage(m: StoredMessage): boolean {
    return this.#change(() => {
      const changed = this.#run(
        `UPDATE message SET message_class = ?, subject = ?, sender_name = ?, submitted_ms = ?, modified_ms = ?, read = ?, flags = ?, content = ?,
         (${SUMMARY_COLUMNS}) = (?, ?, ?, ?, ?, ?) WHERE mid = ?`,
        m.messageClass,
        m.subject,
        m.senderName,
        Math.trunc(m.submittedMs),
        Math.trunc(m.modifiedMs),
        m.read ? 1 : 0,
        m.flags,
        this.#addContent(m),
        ...summaryValues(m),
        m.mid,
      );
      if (changed !== 1) throw new Error(`no message ${m.mid}`);
    });
  }

  addName({ id, name }: StoredName): boolean {
    return this.#change(() => {
      if (name.kind === "none") return;
      const [lid, text] = name.kind === "lid" ? [name.lid, null] : [null, name.name];
      this.#run("INSERT INTO property_name (id, guid, lid, name) VALUES (?, ?, ?, ?)", id, name.guid, lid, text);
    });
  }

  changeEntries(alias: string, changes: readonly EntryChange[], removed: readonly string[], counter: number): boolean {
    const of = "(SELECT number FROM mailbox WHERE alias = ?)";
    return this.#change(() => {
      for (const { area, key, value } of changes) {
        if (value === null) this.#run(`DELETE FROM entry WHERE mailbox = ${of} AND area = ? AND key = ?`, alias, area, key);
        else this.#run(`INSERT OR REPLACE INTO entry (mailbox, area, key, value) VALUES (${of}, ?, ?, ?)`, alias, area, key, value);
      }
      for (const mid of removed) this.#run("DELETE FROM message WHERE mid = ?", mid);
      this.#setCounter(counter);
    });
  }

  setStatus(mid: string, status: number): boolean {
    return this.#change(() => this.#run("UPDATE message SET status = ? WHERE mid = ?", status, mid));
  }

  setRead(mids: readonly string[], read: boolean): boolean {
    return this.#change(() => {
      for (const mid of mids) this.#run("UPDATE message SET read = ? WHERE mid = ?", read ? 1 : 0, mid);
    });
  }

  removeMessages(mids: readonly string[]): boolean {
    return this.#change(() => {
      for (const mid of mids) this.#run("DELETE FROM message WHERE mid = ?", mid);
    });
  }

  copyMessages(
    copies: readonly { readonly from: string; readonly header: MessageHeader }[],
    place: MessagePlace,
    counter: number,
  ): boolean {
    return this.#change(() => {
      for (const { from, header } of copies) {
        const copied = this.#run(
          `INSERT INTO message (mid, mailbox, folder, message_class, subject, sender_name, submitted_ms, delivered_ms, modified_ms,
             read, flags, status, content, ${SUMMARY_COLUMNS})
           SELECT ?, (SELECT number FROM mailbox WHERE alias = ?), ?, message_class, subject, sender_name, submitted_ms, delivered_ms, ?,
             read, flags, status, content, ${SUMMARY_COLUMNS} FROM message WHERE mid = ?`,
          header.mid,
          place.alias,
          place.folder,
          Math.trunc(header.modifiedMs),
          from,
        );
        if (copied !== 1) throw new Error(`no message ${from}`);
      }
      this.#setCounter(counter);
    });
  }

  moveMessages(moves: readonly { readonly from: string; readonly to: string }[], folder: number, counter: number): boolean {
    return this.#change(() => {
      for (const { from, to } of moves) this.#run("UPDATE message SET mid = ?, folder = ? WHERE mid = ?", to, folder, from);
      this.#setCounter(counter);
    });
  }

  forgetDelivery(alias: string, key: string): void {
    this.#change(() =>
      this.#run("DELETE FROM delivery WHERE key = ? AND mailbox = (SELECT number FROM mailbox WHERE alias = ?)", key, alias),
    );
  }

  accounts(): StoredAccount[] {
    if (!this.#ready) return [];
    return this.#rows("SELECT name, nt_hash, opens, file_nt_hash FROM account ORDER BY name").map((row) => ({
      name: row["name"] as string,
      ntHash: row["nt_hash"] as Uint8Array,
      opens: (row["opens"] as string).split(" ").filter(Boolean),
      fileNtHash: row["file_nt_hash"] as Uint8Array | null,
    }));
  }

  putAccount({ name, ntHash, opens, fileNtHash }: StoredAccount): boolean {
    return this.#change(() => {
      this.#run("DELETE FROM account WHERE name = ?", name);
      this.#run("INSERT INTO account (name, nt_hash, opens, file_nt_hash) VALUES (?, ?, ?, ?)", name, ntHash, opens.join(" "), fileNtHash);
    });
  }

  removeAccount(name: string): boolean {
    let removed = 0;
    return (
      this.#change(() => {
        removed = this.#run("DELETE FROM account WHERE name = ?", name);
      }) && removed > 0
    );
  }

  close(): void {
    this.#ready = false;
    this.#db.close();
  }
}

function mailboxOf(row: Row): StoredMailbox {
  return {
    alias: row["alias"] as string,
    dn: row["dn"] as string,
    displayName: row["display_name"] as string,
    guid: row["guid"] as Uint8Array,
    folderIds: (row["folder_ids"] as string).split(" "),
  };
}

function headerOf(row: Row): MessageHeader {
  return {
    mid: row["mid"] as string,
    messageClass: row["message_class"] as string,
    subject: row["subject"] as string,
    senderName: row["sender_name"] as string,
    submittedMs: row["submitted_ms"] as number,
    deliveredMs: row["delivered_ms"] as number,
    modifiedMs: (row["modified_ms"] ?? row["delivered_ms"]) as number,
    read: row["read"] === 1,
    flags: row["flags"] as number,
    status: row["status"] as number,
  };
}

/** Opens the database of a store. Creates it if there is none; an existing one must be undamaged, a Pushback store, and of a known version. */

import { accessSync, constants, existsSync, mkdirSync, statSync } from "node:fs";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { MessageReader, SUMMARY_COLUMNS, summaryValues } from "./message-content.ts";
import { APPLICATION_ID, MIGRATIONS, SCHEMA, SCHEMA_VERSION, VERSION_WITH_SUMMARIES } from "./schema.ts";
import { StoreError } from "./store-error.ts";

/** Name of the database file in the data folder. */
const DATABASE_FILE = "store.sqlite";

/** SQLite's primary result codes. */
const SQLITE_BUSY = 5;
const SQLITE_LOCKED = 6;
const SQLITE_READONLY = 8;
const SQLITE_CORRUPT = 11;
const SQLITE_CANTOPEN = 14;
const SQLITE_NOTADB = 26;

function resultCode(error: unknown): number {
  return error instanceof Error && "errcode" in error ? Number(error.errcode) & 0xff : -1;
}

/** Converts an SQLite error to a StoreError. */
function storeError(path: string, error: unknown): StoreError {
  if (error instanceof StoreError) return error;
  const reason = error instanceof Error ? error.message.split("\n")[0] : String(error);
  switch (resultCode(error)) {
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
      return new StoreError("in-use", `${path}: in use by another process; stop the other pushback serve first`);
    case SQLITE_CORRUPT:
      return new StoreError("damaged", `${path}: damaged (${reason}); restore it from a copy, or name another folder`);
    case SQLITE_NOTADB:
      return new StoreError("damaged", `${path}: damaged, or no store (${reason}); restore it from a copy, or name another folder`);
    case SQLITE_READONLY:
      return new StoreError("unreadable", `${path}: can't be written; check who owns it, and whether its file system is read-only`);
    case SQLITE_CANTOPEN:
      return new StoreError("unreadable", `${path}: can't be opened (${reason}); check who owns it`);
    default:
      return new StoreError("unreadable", `${path}: can't be used: ${reason}`);
  }
}

/** SQLite needs to create files beside the database, and says "disk I/O error" where it can't. */
function checkWritable(folder: string): void {
  try {
    accessSync(folder, constants.R_OK | constants.W_OK | constants.X_OK);
  } catch (error) {
    const why = (error as NodeJS.ErrnoException).code === "EROFS" ? "its file system is read-only" : "no right to write there";
    throw new StoreError("unreadable", `${folder}: ${why}; check who owns the folder, or name another one`);
  }
}

function firstValue(db: DatabaseSync, sql: string): unknown {
  return Object.values(db.prepare(sql).get() ?? {})[0];
}

/** Checks an existing database without changing it. */
function checkDatabase(db: DatabaseSync, path: string): void {
  const application = firstValue(db, "PRAGMA application_id");
  const version = firstValue(db, "PRAGMA user_version");
  if (application !== APPLICATION_ID) throw new StoreError("foreign", `${path}: the database of another program; name another folder`);
  if (typeof version !== "number" || version < 1)
    throw new StoreError("damaged", `${path}: damaged (no version); restore it from a copy, or name another folder`);
  if (version > SCHEMA_VERSION) {
    throw new StoreError("newer", `${path}: from a newer version of pushback (store version ${version}, this one knows ${SCHEMA_VERSION})`);
  }
  const trouble = [firstValue(db, "PRAGMA integrity_check(1)")].filter((finding) => finding !== "ok");
  const orphan = db.prepare("PRAGMA foreign_key_check").get();
  if (orphan) trouble.push("rows that belong to no mailbox");
  if (firstValue(db, "SELECT count(*) FROM store") !== 1) trouble.push("no identity");
  if (trouble.length > 0) {
    throw new StoreError(
      "damaged",
      `${path}: damaged (${String(trouble[0]).split("\n")[0]}); restore it from a copy, or name another folder`,
    );
  }
}

export interface OpenedDatabase {
  readonly db: DatabaseSync;
  readonly path: string;
  readonly isNew: boolean;
}

/** Throws a StoreError. A database that is new has its tables only after `createTables`. */
export function openDatabase(folder: string): OpenedDatabase {
  const path = join(folder, DATABASE_FILE);
  let db: DatabaseSync | null = null;
  try {
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    checkWritable(folder);
    // A crash between the creation of the file and of its tables leaves an empty file.
    const isNew = !existsSync(path) || statSync(path).size === 0;
    db = new DatabaseSync(path, { enableForeignKeyConstraints: true, timeout: 0 });
    db.exec("PRAGMA locking_mode = EXCLUSIVE");
    if (!isNew) {
      // Take the lock before reading anything.
      db.exec("BEGIN EXCLUSIVE; COMMIT");
      checkDatabase(db, path);
    }
    // FULL: a transaction that has returned outlives a loss of power.
    db.exec("PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA secure_delete = ON");
    if (!isNew) upgrade(db);
    return { db, path, isNew };
  } catch (error) {
    db?.close();
    throw storeError(path, error);
  }
}

/** Migrates an undamaged older store to the current version in one transaction: after a crash the store is either the old or the new one. */
function upgrade(db: DatabaseSync): void {
  const from = Number(firstValue(db, "PRAGMA user_version"));
  if (from === SCHEMA_VERSION) return;
  db.exec("BEGIN IMMEDIATE");
  try {
    for (let version = from; version < SCHEMA_VERSION; version++) db.exec(MIGRATIONS[version]);
    if (from < VERSION_WITH_SUMMARIES) fillSummaries(db);
    db.exec(`PRAGMA user_version = ${SCHEMA_VERSION}; COMMIT`);
  } catch (error) {
    db.exec("ROLLBACK");
    throw error;
  }
}

/** Works out the summary of each message, one message in memory at a time. */
function fillSummaries(db: DatabaseSync): void {
  const reader = new MessageReader(db);
  const update = db.prepare(`UPDATE message SET (${SUMMARY_COLUMNS}) = (?, ?, ?, ?, ?, ?) WHERE number = ?`);
  const next = db.prepare("SELECT number, mid, subject FROM message WHERE number > ? ORDER BY number LIMIT 1");
  for (let row = next.get(0); row; row = next.get(row["number"])) {
    const parts = reader.partsOf(row["mid"] as string);
    update.run(...summaryValues({ subject: row["subject"] as string, ...parts }), row["number"]);
  }
}

/** Creates the tables and the store's identity in one transaction, so that a store is never half created. */
export function createTables(db: DatabaseSync, replGuid: Uint8Array): void {
  db.exec("BEGIN IMMEDIATE");
  try {
    db.exec(SCHEMA);
    db.prepare("INSERT INTO store (one, repl_guid, counter) VALUES (1, ?, 1)").run(replGuid);
    db.exec(`PRAGMA application_id = ${APPLICATION_ID}; PRAGMA user_version = ${SCHEMA_VERSION}; COMMIT`);
  } catch (error) {
    db.exec("ROLLBACK");
    throw error;
  }
}

import { spawnSync } from "node:child_process";
import { chmodSync, copyFileSync, existsSync, mkdtempSync, readFileSync, rmSync, truncateSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { type MessageParts, type PropertyData, summaryOf } from "@pushback/server";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { openSqliteStore, type SqliteStore, StoreError } from "./index.ts";

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "pushback-store-"));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const guid = (octet: number) => new Uint8Array(16).fill(octet);
const file = () => join(folder, "store.sqlite");

/** A store as the first version left it. */
const VERSION_1 = `
CREATE TABLE store (one INTEGER PRIMARY KEY CHECK (one = 1), repl_guid BLOB NOT NULL CHECK (length(repl_guid) = 16), counter INTEGER NOT NULL CHECK (counter > 0)) STRICT;
CREATE TABLE mailbox (number INTEGER PRIMARY KEY, alias TEXT NOT NULL UNIQUE COLLATE NOCASE, dn TEXT NOT NULL UNIQUE COLLATE NOCASE,
  display_name TEXT NOT NULL, guid BLOB NOT NULL CHECK (length(guid) = 16), folder_ids TEXT NOT NULL) STRICT;
CREATE TABLE message (number INTEGER PRIMARY KEY, mid TEXT NOT NULL UNIQUE, mailbox INTEGER NOT NULL REFERENCES mailbox (number) ON DELETE CASCADE,
  folder INTEGER NOT NULL CHECK (folder >= 0), message_class TEXT NOT NULL, subject TEXT NOT NULL, body TEXT NOT NULL, sender_name TEXT NOT NULL,
  submitted_ms INTEGER NOT NULL, delivered_ms INTEGER NOT NULL, read INTEGER NOT NULL CHECK (read IN (0, 1))) STRICT;
CREATE TABLE delivery (number INTEGER PRIMARY KEY, mailbox INTEGER NOT NULL REFERENCES mailbox (number) ON DELETE CASCADE, key TEXT NOT NULL,
  mid TEXT NOT NULL, UNIQUE (mailbox, key)) STRICT;
CREATE TABLE account (name TEXT PRIMARY KEY COLLATE NOCASE, nt_hash BLOB NOT NULL CHECK (length(nt_hash) = 16), opens TEXT NOT NULL) STRICT;
INSERT INTO store VALUES (1, x'${"09".repeat(16)}', 5);
INSERT INTO mailbox VALUES (1, 'ada', '/o=Pushback/ou=Lab/cn=Recipients/cn=ada', 'Ada Lovelace', x'${"07".repeat(16)}', '0100000000000001 0100000000000002');
INSERT INTO message VALUES (1, '0100000000000010', 1, 4, 'IPM.Note', 'Lunch', '“x”' || char(10), 'Grace', 868000000123, 868000000456, 0);
INSERT INTO delivery VALUES (1, 1, 'key', '0100000000000010');
INSERT INTO account VALUES ('ada', x'${"02".repeat(16)}', 'ada');
PRAGMA application_id = ${0x50625374};
PRAGMA user_version = 1;
`;

const MAILBOX = {
  alias: "ada",
  dn: "/o=Pushback/ou=Lab/cn=Recipients/cn=ada",
  displayName: "Ada Lovelace",
  guid: guid(7),
  folderIds: ["0100000000000001", "0100000000000002"],
};

function message(n: number) {
  return {
    mid: `01000000000000${(16 + n).toString(16)}`,
    messageClass: "IPM.Note",
    subject: "Grüße",
    body: "“x”\n",
    senderName: "Grace",
    submittedMs: 868_000_000_123,
    deliveredMs: 868_000_000_456,
    modifiedMs: 868_000_000_789,
    read: false,
    flags: 0,
    status: 0,
    content: null,
  };
}

function filled() {
  const store = openSqliteStore(folder);
  expect(store.load()).toBe(null);
  store.create(guid(9));
  store.addMailbox(MAILBOX, 3);
  for (let n = 0; n < 3; n++)
    store.addMessages([{ place: { alias: "ada", folder: 1 }, message: message(n), key: n === 0 ? "key" : null }], 4 + n);
  return store;
}

/** All that a store holds, the parts of its messages included. */
function loaded(store: SqliteStore) {
  const state = store.load();
  if (!state) return null;
  const messages = [...state.messages].map(({ summary, ...header }) => {
    const message = { ...header, ...(store.readParts(header.mid) as MessageParts) };
    expect(summary).toEqual(summaryOf(message));
    return message;
  });
  return { ...state, messages };
}

function refusal(): StoreError {
  try {
    const store = openSqliteStore(folder);
    try {
      loaded(store);
    } finally {
      store.close();
    }
  } catch (error) {
    if (error instanceof StoreError) return error;
    throw error;
  }
  throw new Error("opened");
}

describe("a store", () => {
  it("comes back as it was left", () => {
    const store = filled();
    expect(store.setRead([message(1).mid], true)).toBe(true);
    expect(store.removeMessages([message(2).mid])).toBe(true);
    expect(store.putAccount({ name: "ada", ntHash: guid(1), opens: ["ada", "sales"], fileNtHash: null })).toBe(true);
    expect(store.putAccount({ name: "Ada", ntHash: guid(2), opens: ["ada"], fileNtHash: guid(7) })).toBe(true);
    store.close();
    const again = openSqliteStore(folder);
    expect(loaded(again)).toEqual({
      replGuid: guid(9),
      counter: 6,
      mailboxes: [MAILBOX],
      entries: [],
      messages: [
        { ...message(0), alias: "ada", folder: 1 },
        { ...message(1), read: true, alias: "ada", folder: 1 },
      ],
      deliveries: [{ alias: "ada", key: "key", mid: message(0).mid }],
      names: [],
    });
    expect(again.accounts()).toEqual([{ name: "Ada", ntHash: guid(2), opens: ["ada"], fileNtHash: guid(7) }]);
    expect(again.removeAccount("ADA")).toBe(true);
    expect(again.removeAccount("ada")).toBe(false);
    expect(again.removeMailbox("ada")).toBe(true);
    expect(loaded(again)).toMatchObject({ mailboxes: [], messages: [], deliveries: [] });
    again.close();
  });

  it("keeps what messages hold beside their text, and the names of properties", () => {
    const store = filled();
    const content = {
      unsent: true,
      recipients: [
        { type: 1, addressType: "EX", address: "/o=Pushback/cn=grace", displayName: "Grace" },
        { type: 3, addressType: "SMTP", address: "eve@example.org", displayName: "" },
      ],
      properties: new Map<number, number | boolean | bigint | string | Uint8Array>([
        [0x00170003, 0xffffffff],
        [0x0e01000b, false],
        [0x00390040, 0xffff_ffff_ffff_ffffn],
        [0x8000001e, "größer"],
        [0x80010102, Uint8Array.of(0, 255)],
      ]),
      attachments: new Map([
        [
          3,
          new Map<number, number | string | Uint8Array>([
            [0x0e210003, 3],
            [0x3707001e, "a.txt"],
            [0x37010102, guid(1)],
          ]),
        ],
      ]),
    };
    const written = { ...message(5), content };
    const names = [
      { id: 0x8000, name: { kind: "lid" as const, guid: guid(3), lid: 0x8501 } },
      { id: 0x8001, name: { kind: "name" as const, guid: guid(3), name: "Keywords" } },
    ];
    expect(store.addMessages([{ place: { alias: "ada", folder: 0 }, message: { ...written, content: null }, key: null }], 9)).toBe(true);
    expect(store.replaceMessage({ ...written, content: { ...content, recipients: [] } })).toBe(true);
    expect(store.replaceMessage(written)).toBe(true);
    for (const name of names) expect(store.addName(name)).toBe(true);
    store.close();
    const again = openSqliteStore(folder);
    expect(loaded(again)?.messages.at(-1)).toEqual({ ...written, alias: "ada", folder: 0 });
    expect(loaded(again)?.names).toEqual(names);
    expect(again.moveMessages([{ from: written.mid, to: message(6).mid }], 1, 9)).toBe(true);
    expect(loaded(again)?.messages.at(-1)).toEqual({ ...written, mid: message(6).mid, alias: "ada", folder: 1 });
    expect(again.removeMessages([message(6).mid])).toBe(true);
    again.close();
    const db = new DatabaseSync(file());
    for (const table of ["recipient", "property"]) expect(db.prepare(`SELECT count(*) AS n FROM ${table}`).get()).toEqual({ n: 0 });
    db.close();
  });

  it("keeps one copy of what several mailboxes got, as long as one of them has it", () => {
    const store = filled();
    store.addMailbox({ ...MAILBOX, alias: "bob", dn: "/o=Pushback/cn=bob" }, 9);
    const attachments = new Map([[0, new Map([[0x37010102, guid(1)]])]]);
    const content = { unsent: false, recipients: [], properties: new Map(), attachments };
    const copies = ["ada", "bob"].map((alias, i) => ({ place: { alias, folder: 1 }, message: { ...message(7 + i), content }, key: null }));
    expect(store.addMessages(copies, 9)).toBe(true);
    const count = (table: string) => {
      const db = new DatabaseSync(file());
      const { n } = db.prepare(`SELECT count(*) AS n FROM ${table}`).get() as { n: number };
      db.close();
      return n;
    };
    store.close();
    expect([count("message"), count("content"), count("property")]).toEqual([5, 4, 1]);
    let again = openSqliteStore(folder);
    expect(again.replaceMessage({ ...message(7), body: "changed" })).toBe(true);
    expect([again.readParts(message(7).mid)?.body, again.readParts(message(8).mid)?.content]).toEqual(["changed", content]);
    expect(again.removeMailbox("bob")).toBe(true);
    again.close();
    expect([count("message"), count("content"), count("property")]).toEqual([4, 4, 0]);
    again = openSqliteStore(folder);
    expect(again.removeMailbox("ada")).toBe(true);
    expect(again.readParts(message(7).mid)).toBe(null);
    again.close();
    expect([count("message"), count("content")]).toEqual([0, 0]);
  });

  it("keeps entries, flags, status and properties of recipients", () => {
    const store = filled();
    const change = (key: string, value: string | null) => ({ area: "folder", key, value });
    expect(store.changeEntries("ADA", [change("13", "a"), change("14", "b")], [message(2).mid], 50)).toBe(true);
    expect(store.changeEntries("ada", [change("13", "c"), change("14", null)], [], 51)).toBe(true);
    expect(store.setStatus(message(1).mid, 5)).toBe(true);
    const properties = new Map<number, PropertyData>([
      [0x39000003, 6],
      [0x36e41102, [guid(1), guid(2)]],
      [0x80000014, 1n << 63n],
    ]);
    const recipients = [{ type: 1, addressType: "SMTP", address: "a@b.c", displayName: "A", properties }];
    const content = { unsent: true, recipients, properties, attachments: new Map() };
    expect(store.replaceMessage({ ...message(0), modifiedMs: 5, read: true, flags: 0x40, content })).toBe(true);
    expect(store.changeEntries("eve", [change("13", "x")], [], 52)).toBe(false);
    // A copy shares the original's parts on disk, and keeps them when the original is deleted.
    const place = { alias: "ada", folder: 7 };
    const header = { ...message(9), modifiedMs: 9 };
    expect(store.copyMessages([{ from: message(0).mid, header }], place, 51)).toBe(true);
    expect(
      store.copyMessages(
        [
          { from: message(0).mid, header: message(8) },
          { from: message(7).mid, header: message(6) },
        ],
        place,
        60,
      ),
    ).toBe(false);
    expect(store.removeMessages([message(0).mid])).toBe(true);
    store.close();
    const again = openSqliteStore(folder);
    const state = loaded(again);
    again.close();
    expect(state).toMatchObject({ counter: 51, entries: [{ alias: "ada", area: "folder", key: "13", value: "c" }] });
    expect(state?.messages).toMatchObject([
      { status: 5 },
      { mid: message(9).mid, folder: 7, modifiedMs: 9, read: true, flags: 0x40, content },
    ]);
  });

  it("of the first version is taken to this one without loss, and opened by this one again", () => {
    const db = new DatabaseSync(file());
    db.exec(VERSION_1);
    db.close();
    for (let n = 0; n < 2; n++) {
      const store = openSqliteStore(folder);
      expect(loaded(store)).toEqual({
        replGuid: guid(9),
        counter: 5,
        mailboxes: [MAILBOX],
        entries: [],
        messages: [{ ...message(0), modifiedMs: message(0).deliveredMs, subject: "Lunch", read: n === 1, alias: "ada", folder: 4 }],
        deliveries: [{ alias: "ada", key: "key", mid: message(0).mid }],
        names: [],
      });
      expect(store.accounts()).toEqual([{ name: "ada", ntHash: guid(2), opens: ["ada"], fileNtHash: null }]);
      expect(store.setRead([message(0).mid], true)).toBe(true);
      store.close();
    }
  });

  it("says no, and changes nothing, when a change can't be made", () => {
    const failures: string[] = [];
    filled().close();
    const store = openSqliteStore(folder, (reason) => failures.push(reason));
    const before = loaded(store);
    expect(store.addMessages([{ place: { alias: "ada", folder: 1 }, message: message(0), key: null }], 99)).toBe(false);
    expect(store.addMessages([{ place: { alias: "eve", folder: 1 }, message: message(8), key: null }], 99)).toBe(false);
    expect(store.addMessages([{ place: { alias: "ada", folder: 1 }, message: message(9), key: "key" }], 99)).toBe(false);
    expect(store.addMailbox({ ...MAILBOX, alias: "ADA" }, 99)).toBe(false);
    expect(loaded(store)).toEqual(before);
    expect(failures).toHaveLength(4);
    store.close();
    expect(store.setRead([], true)).toBe(false);
  });

  it("is open once at a time", () => {
    const store = filled();
    expect(refusal()).toMatchObject({ code: "in-use", message: expect.stringMatching(/^\S+store\.sqlite: in use by another process/) });
    store.close();
    expect(() => refusal()).toThrow("opened");
  });

  it("of a newer version, of another program, or of no program is refused as it is", () => {
    filled().close();
    const edit = (sql: string) => {
      const db = new DatabaseSync(file());
      db.exec(sql);
      db.close();
      const bytes = readFileSync(file());
      const error = refusal();
      expect(readFileSync(file()).equals(bytes)).toBe(true);
      return error;
    };
    expect(edit("PRAGMA user_version = 6")).toMatchObject({ code: "newer", message: expect.stringContaining("newer version") });
    expect(edit("PRAGMA application_id = 7")).toMatchObject({ code: "foreign" });
    rmSync(file());
    writeFileSync(file(), "no database at all, ".repeat(60));
    expect(refusal()).toMatchObject({ code: "damaged" });
    rmSync(file());
    writeFileSync(join(folder, "file"), "");
    expect(() => openSqliteStore(join(folder, "file"))).toThrow(StoreError);
  });

  it("that is damaged is refused, and not touched", () => {
    const store = filled();
    for (let n = 3; n < 200; n++)
      store.addMessages([{ place: { alias: "ada", folder: 1 }, message: { ...message(n), body: "x".repeat(1000) }, key: null }], 4 + n);
    store.close();
    const whole = join(folder, "whole");
    copyFileSync(file(), whole);
    const { length } = readFileSync(whole);
    let refused = 0;
    for (let at = 4096; at < length; at += 8192) {
      const bytes = readFileSync(whole);
      bytes.fill(0xee, at, at + 64);
      writeFileSync(file(), bytes);
      const error = refusal();
      expect(error.code).toBe("damaged");
      expect(error.message.split("\n")).toHaveLength(1);
      expect(readFileSync(file()).equals(bytes)).toBe(true);
      refused++;
    }
    expect(refused).toBeGreaterThan(10);
    copyFileSync(whole, file());
    truncateSync(file(), length - 4096);
    expect(refusal().code).toBe("damaged");
  });

  it("whose file is empty, as a crash during its creation leaves it, is treated as new", () => {
    writeFileSync(file(), "");
    const store = openSqliteStore(folder);
    expect(store.load()).toBe(null);
    store.create(guid(1));
    store.close();
    expect(existsSync(file())).toBe(true);
    expect(() => refusal()).toThrow("opened");
  });
});

describe("a folder that can't be written", () => {
  it("is refused in words, and not as a disk error", () => {
    const folder = mkdtempSync(join(tmpdir(), "pb-read-only-"));
    const store = openSqliteStore(folder);
    store.load();
    store.create(guid(9));
    store.close();
    chmodSync(join(folder, "store.sqlite"), 0o644);
    chmodSync(folder, 0o555);
    // Root may write everywhere, so another user tries.
    const program = `import { openSqliteStore } from ${JSON.stringify(import.meta.resolve("./index.ts"))};
try { openSqliteStore(process.argv[1]); } catch (error) { console.log(error.message); }`;
    const user = process.getuid?.() === 0 ? { uid: 65534, gid: 65534 } : {};
    const args = ["--conditions=pushback-source", "--input-type=module", "-e", program, folder];
    const { stdout } = spawnSync(process.execPath, args, { encoding: "utf8", ...user });
    chmodSync(folder, 0o755);
    rmSync(folder, { recursive: true });
    expect(stdout).toContain("no right to write there");
  });
});

import { copyFileSync, existsSync, mkdtempSync, readFileSync, rmSync, truncateSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { openSqliteStore, StoreError } from "./index.ts";

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "pushback-store-"));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const guid = (octet: number) => new Uint8Array(16).fill(octet);
const file = () => join(folder, "store.sqlite");

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
    read: false,
  };
}

function filled() {
  const store = openSqliteStore(folder);
  expect(store.load()).toBe(null);
  store.create(guid(9));
  store.addMailbox(MAILBOX, 3);
  for (let n = 0; n < 3; n++) store.addMessage({ alias: "ada", folder: 1 }, message(n), n === 0 ? "key" : null, 4 + n);
  return store;
}

function refusal(): StoreError {
  try {
    const store = openSqliteStore(folder);
    try {
      store.load();
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
    expect(store.putAccount({ name: "ada", ntHash: guid(1), opens: ["ada", "sales"] })).toBe(true);
    expect(store.putAccount({ name: "Ada", ntHash: guid(2), opens: ["ada"] })).toBe(true);
    store.close();
    const again = openSqliteStore(folder);
    expect(again.load()).toEqual({
      replGuid: guid(9),
      counter: 6,
      mailboxes: [MAILBOX],
      messages: [
        { ...message(0), alias: "ada", folder: 1 },
        { ...message(1), read: true, alias: "ada", folder: 1 },
      ],
      deliveries: [{ alias: "ada", key: "key", mid: message(0).mid }],
    });
    expect(again.accounts()).toEqual([{ name: "Ada", ntHash: guid(2), opens: ["ada"] }]);
    expect(again.removeAccount("ADA")).toBe(true);
    expect(again.removeAccount("ada")).toBe(false);
    expect(again.removeMailbox("ada")).toBe(true);
    expect(again.load()).toMatchObject({ mailboxes: [], messages: [], deliveries: [] });
    again.close();
  });

  it("says no, and changes nothing, when a change can't be made", () => {
    const failures: string[] = [];
    filled().close();
    const store = openSqliteStore(folder, (reason) => failures.push(reason));
    const before = store.load();
    expect(store.addMessage({ alias: "ada", folder: 1 }, message(0), null, 99)).toBe(false);
    expect(store.addMessage({ alias: "eve", folder: 1 }, message(8), null, 99)).toBe(false);
    expect(store.addMessage({ alias: "ada", folder: 1 }, message(9), "key", 99)).toBe(false);
    expect(store.addMailbox({ ...MAILBOX, alias: "ADA" }, 99)).toBe(false);
    expect(store.load()).toEqual(before);
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
    expect(edit("PRAGMA user_version = 2")).toMatchObject({ code: "newer", message: expect.stringContaining("newer version") });
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
    for (let n = 3; n < 200; n++) store.addMessage({ alias: "ada", folder: 1 }, { ...message(n), body: "x".repeat(1000) }, null, 4 + n);
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

  it("that a crash left without its tables is new", () => {
    writeFileSync(file(), "");
    const store = openSqliteStore(folder);
    expect(store.load()).toBe(null);
    store.create(guid(1));
    store.close();
    expect(existsSync(file())).toBe(true);
    expect(() => refusal()).toThrow("opened");
  });
});

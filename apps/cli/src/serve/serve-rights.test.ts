/** Who may do what: accounts of the users file, passwords by command, removed mailboxes, and the control socket. */

import { chmodSync, existsSync, mkdirSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { pushback } from "../testing/command.ts";
import { startServe, testFolder } from "../testing/serve.ts";
import { createAccounts } from "./serve-accounts.ts";
import { serveSettings } from "./serve-options.ts";

const folder = testFolder();
afterAll(() => folder.close());

const hash = (octet: number) => new Uint8Array(16).fill(octet);
const fromFile = (name: string, octet: number, opens = [name]) => ({ name, ntHash: hash(octet), opens });

describe("accounts", () => {
  it("are removed when the users file no longer names them, unless a command made them", () => {
    const accounts = createAccounts(null, false);
    accounts.applyFile([fromFile("ada", 1), fromFile("bob", 2)]);
    accounts.put({ ...fromFile("eve", 3), fileNtHash: null });
    accounts.applyFile([fromFile("ada", 1)]);
    expect(accounts.list().map(({ name }) => name)).toEqual(["ada", "eve"]);
  });

  it("keep a password that was set by command until the file says another", () => {
    const accounts = createAccounts(null, false);
    accounts.applyFile([fromFile("ada", 1)]);
    accounts.put({ ...fromFile("ada", 9), fileNtHash: hash(1) });
    accounts.applyFile([fromFile("ada", 1)]);
    expect(accounts.find("ada")?.ntHash).toEqual(hash(9));
    accounts.applyFile([fromFile("ada", 2)]);
    expect(accounts.find("ada")?.ntHash).toEqual(hash(2));
  });

  it("have the LM hash of the file's password while that is in force, and no other", () => {
    const accounts = createAccounts(null, false);
    const withLm = { ...fromFile("ada", 1, ["ada", "sales"]), lmHash: hash(7) };
    accounts.applyFile([withLm]);
    accounts.revokeMailbox("sales");
    expect(accounts.find("Ada")?.lmHash).toEqual(hash(7));
    accounts.put({ ...fromFile("ada", 9), fileNtHash: hash(1) });
    expect(accounts.find("ada")?.lmHash).toBe(null);
    accounts.applyFile([withLm]);
    expect(accounts.find("ada")?.lmHash).toBe(null);
    accounts.applyFile([{ ...fromFile("ada", 2), lmHash: hash(8) }]);
    expect(accounts.find("ada")?.lmHash).toEqual(hash(8));
    accounts.applyFile([{ ...fromFile("ada", 3), lmHash: null }]);
    expect(accounts.find("ada")?.lmHash).toBe(null);
  });

  it("lose the right to a mailbox that is removed", () => {
    const accounts = createAccounts(null, false);
    accounts.applyFile([fromFile("ada", 1, ["ada", "Sales"])]);
    accounts.revokeMailbox("sales");
    expect([accounts.mayOpen("ada", "sales"), accounts.mayOpen("ada", "ada")]).toEqual([false, true]);
  });
});

describe("across restarts, in a store", () => {
  it("the users file revokes, and does not undo a password set by command", async () => {
    const data = join(folder.path, "data");
    const both = folder.file("both.yaml", "domain: LAB\nusers:\n  - { name: ada, password: a }\n  - { name: bob, password: b }\n");
    const one = folder.file("one.yaml", "users:\n  - { name: ada, password: a }\n");
    const hasPassword = () =>
      JSON.parse(pushback(["mailbox", "list", "--json", "--data", data]).stdout).map((m: { account: boolean }) => m.account);
    const first = await startServe(["--users", both, "--data", data]);
    expect(hasPassword()).toEqual([true, true]);
    expect(await first.stop()).toBe(0);
    const second = await startServe(["--users", one, "--data", data]);
    expect(hasPassword()).toEqual([true, false]);
    expect(await second.stop()).toBe(0);
  });

  it("takes the domain of the users file, unless `--domain` names another", () => {
    const flags = { listen: "127.0.0.1", port: "0", epmPort: "0", ntlmv1: true, lm: true, allowCallback: [], maildir: [], mailDomain: [] };
    expect(serveSettings(flags, "lab").domain).toBe("LAB");
    expect(serveSettings({ ...flags, domain: "mine" }, "lab").domain).toBe("MINE");
    expect(serveSettings(flags).domain).toBe("PUSHBACK");
  });
});

describe("the control socket", () => {
  it("does not replace a file that is not a socket", () => {
    const file = folder.file("precious.txt", "precious");
    const { code, stderr } = pushback(["serve", "--epm-port", "none", "--control", file]);
    expect([code, stderr]).toEqual([2, expect.stringContaining("is not a socket of yours, so it stays")]);
    expect(existsSync(file)).toBe(true);
  });

  it("is not used in a folder where other users can write", async () => {
    const shared = join(folder.path, "shared");
    mkdirSync(shared);
    chmodSync(shared, 0o777);
    const received: Buffer[] = [];
    const thief = createServer((socket) => socket.on("data", (data) => received.push(data)));
    const path = join(shared, "control.sock");
    await new Promise<void>((done) => thief.listen(path, done));
    const { code, stderr } = pushback(["mailbox", "password", "ada", "--password", "x", "--control", path]);
    thief.close();
    expect([code, stderr]).toEqual([2, expect.stringContaining("others can write there")]);
    expect(received).toEqual([]);
    writeFileSync(path, "");
    expect(pushback(["status", "--control", path]).code).toBe(2);
  });
});

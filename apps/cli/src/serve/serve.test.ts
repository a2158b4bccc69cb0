/** `pushback serve` and the commands that talk to it, as their users see them. */

import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, statSync, writeFileSync } from "node:fs";
import { connect, createServer } from "node:net";
import { join } from "node:path";
import { afterAll, afterEach, describe, expect, it } from "vitest";
import { pushback } from "../testing/command.ts";
import { startClient, type TestClient } from "../testing/mail-client.ts";
import { type RunningServer, startServe, testFolder } from "../testing/serve.ts";

const folder = testFolder();
afterAll(() => folder.close());

const users = folder.file(
  "users.yaml",
  `users:
  - { name: ada, password: secret-of-ada, displayName: Ada Lovelace, opens: [sales] }
  - { name: bob, ntHash: a4f49c406510bdcab6824ee7c30fd852 }
mailboxes:
  - { alias: sales }
`,
);

let server: RunningServer | null = null;
const clients: TestClient[] = [];

async function serve(...args: string[]): Promise<RunningServer> {
  server = await startServe(["--control", join(folder.path, "control.sock"), "--interval", "1s", ...args]);
  return server;
}

function logOn(alias: string, password: string, more: { platform?: string; version?: 1 | 2; deaf?: boolean } = {}): TestClient {
  const client = startClient({ port: server?.ready.emsmdbPort ?? 0, alias, password, ...more });
  clients.push(client);
  return client;
}

afterEach(async () => {
  for (const client of clients.splice(0)) client.host.kill();
  await server?.stop();
  server = null;
});

const sleep = (ms: number) => new Promise((done) => setTimeout(done, ms));
const ask = (...args: string[]) => pushback([...args, "--control", join(folder.path, "control.sock")]);

describe("a running server", () => {
  it("accepts a known account, pushes, and logs what happens", async () => {
    const { log } = await serve("--users", users);
    const ada = logOn("ada", "secret-of-ada");
    const on = await ada.next("logged-on");
    expect(ask("deliver", "ada", "--subject", "Lunch", "--body", "At noon?", "--from", "Grace")).toMatchObject({ code: 0, stderr: "" });
    await ada.next("datagram-received");
    expect((await ada.next("new-mail")).subject).toBe("Lunch");
    ada.client.read("newest");
    expect((await ada.next("message-read")).body).toBe("At noon?");
    const status = JSON.parse(ask("status", "--json").stdout);
    expect(status).toMatchObject({ delivered: 1, datagramsSent: 1, notificationIntervalSeconds: 1, data: null });
    expect(status.sessions).toMatchObject([
      { user: "ada", callback: `127.0.0.1:${on.callbackPort}`, contextHex: on.contextHex, pending: 0, datagramsSent: 1 },
    ]);
    expect(ask("status").stdout).toContain(`127.0.0.1:${on.callbackPort}`);
    expect(log.find((entry) => entry.msg === "registered")).toMatchObject({ address: "127.0.0.1", port: on.callbackPort });
    expect(JSON.stringify(log)).not.toMatch(/secret-of-ada|a4f49c40/);
  });

  it("keeps pushing to a closed port, whatever ICMP says, until the session ends", async () => {
    await serve("--users", users, "--interval", "300ms");
    const ada = logOn("ada", "secret-of-ada", { deaf: true });
    await ada.next("logged-on");
    expect(ask("deliver", "ada").code).toBe(0);
    const sent = () => JSON.parse(ask("status", "--json").stdout);
    await expect.poll(() => sent().datagramsSent).toBeGreaterThanOrEqual(5);
    expect(sent().sessions).toMatchObject([{ pending: 1 }]);
    ada.client.logOff();
    await ada.next("logged-off");
    const after = sent();
    expect(after.sessions).toEqual([]);
    // More than two notification intervals: if the server still pushed, a datagram would have left by now.
    await sleep(700);
    expect(sent().datagramsSent).toBe(after.datagramsSent);
  });

  it.each([
    ["a wrong password", "ada", "guess", "connect", 5],
    ["an account that is not there", "eve", "x", "connect", 5],
    ["an account without a password", "sales", "x", "connect", 5],
  ])("refuses %s", async (_what, alias, password, what, code) => {
    const { log } = await serve("--users", users);
    const client = logOn(alias, password);
    expect(await client.next("error")).toEqual({ type: "error", what, code });
    expect(log.find((entry) => entry.msg === "logon-refused")).toMatchObject({ account: alias });
  });

  it("makes, lists and removes mailboxes, and changes passwords", async () => {
    await serve("--users", users);
    const add = pushback(
      ["mailbox", "add", "grace", "--password-stdin", "--display-name", "Grace", "--control", join(folder.path, "control.sock")],
      { input: "one\n" },
    );
    expect(add.stdout).toContain("/cn=grace");
    expect(ask("mailbox", "add", "Grace")).toMatchObject({ code: 1, stderr: "pushback: mailbox Grace: alias or DN is taken already\n" });
    await logOn("grace", "one").next("logged-on");
    expect(ask("mailbox", "password", "grace", "--password", "two").code).toBe(0);
    await logOn("grace", "one").next("error");
    await logOn("grace", "two", { version: 1 }).next("logged-on");
    const aliases = () => JSON.parse(ask("mailbox", "list", "--json").stdout).map((m: { alias: string }) => m.alias);
    expect(aliases()).toEqual(["ada", "bob", "sales", "grace"]);
    expect(ask("mailbox", "remove", "grace").code).toBe(0);
    expect(aliases()).toEqual(["ada", "bob", "sales"]);
    expect(JSON.parse(ask("status", "--json").stdout).sessions).toEqual([]);
    expect(ask("mailbox", "remove", "grace")).toMatchObject({ code: 1, stderr: "pushback: grace: no such mailbox\n" });
  });

  it("takes mail from a Maildir, each file once", async () => {
    const maildir = join(folder.path, "maildir");
    await serve("--users", users, "--maildir", `ada=${maildir}`);
    const ada = logOn("ada", "secret-of-ada");
    await ada.next("logged-on");
    mkdirSync(join(maildir, "tmp"), { recursive: true });
    const text = "From: =?utf-8?Q?Gr=C3=A4ce?= <g@example.org>\r\nSubject: Hi\r\n\r\nThere\r\n";
    writeFileSync(join(maildir, "tmp", "1.host"), text);
    renameSync(join(maildir, "tmp", "1.host"), join(maildir, "new", "1.host"));
    expect((await ada.next("new-mail")).subject).toBe("Hi");
    const files = (part: string) => readdirSync(join(maildir, part)).sort();
    await expect.poll(() => files("cur")).toEqual(["1.host:2,"]);
    const put = (name: string, content: string) => {
      writeFileSync(join(maildir, "tmp", name), content);
      renameSync(join(maildir, "tmp", name), join(maildir, "new", name));
    };
    // The file is in `new` although its message is stored, as after a crash between storing it and moving it to `cur`.
    put("1.host", text);
    await expect.poll(() => files("new")).toEqual([]);
    put("2.host", "Subject: Bye\r\n\r\nThen\r\n");
    expect((await ada.next("new-mail")).subject).toBe("Bye");
    expect(ada.client.inbox().map((row) => row.subject)).toEqual(["Hi", "Bye"]);
  });

  it("waits for the content of a file that a program opens in `new` and writes later", async () => {
    const maildir = join(folder.path, "slow-maildir");
    await serve("--users", users, "--maildir", `ada=${maildir}`);
    const ada = logOn("ada", "secret-of-ada");
    await ada.next("logged-on");
    writeFileSync(join(maildir, "new", "1.slow"), "");
    writeFileSync(join(maildir, "tmp", "2.done"), "Subject: Second\r\n\r\n");
    renameSync(join(maildir, "tmp", "2.done"), join(maildir, "new", "2.done"));
    // Files are read in the order of their names, so the empty file has been read by now. It must still be there.
    expect((await ada.next("new-mail")).subject).toBe("Second");
    expect(readdirSync(join(maildir, "new"))).toContain("1.slow");
    writeFileSync(join(maildir, "new", "1.slow"), "Subject: First\r\n\r\n");
    expect((await ada.next("new-mail")).subject).toBe("First");
    expect(ada.client.inbox()).toHaveLength(2);
  });

  it("takes mail by SMTP for mailboxes that it has, and no other", async () => {
    const { ready } = await serve("--users", users, "--smtp", "0");
    const lines = await converse(ready.smtpPort, [
      "EHLO me",
      "MAIL FROM:<g@example.org>",
      "RCPT TO:<eve@lab>",
      "RCPT TO:<ada@lab>",
      "DATA",
      "Message-ID: <1@x>\r\nSubject: By SMTP\r\n\r\nHi\r\n.",
      "QUIT",
    ]);
    expect(lines.map((line) => line.slice(0, 3))).toEqual(["220", "250", "250", "550", "250", "354", "250", "221"]);
    expect(JSON.parse(ask("mailbox", "list", "--json").stdout)).toMatchObject([{ alias: "ada", messages: 1 }, {}, {}]);
  });

  it("is still there for others while strangers misbehave", async () => {
    const { ready, log } = await serve("--users", users, "--bind-timeout", "1s", "--max-per-address", "40");
    const strangers = Array.from({ length: 60 }, (_, i) => {
      const socket = connect(ready.emsmdbPort, "127.0.0.1");
      socket.on("error", () => {});
      // A connection with another protocol is answered with a bind_nak, which must be read before `close` is emitted.
      socket.resume();
      if (i % 3 === 1) socket.write(Buffer.from([5, 0, 0x0b, 3, 0x10, 0, 0, 0, 0xd0, 0x16]));
      if (i % 3 === 2) socket.write("GET / HTTP/1.1\r\n\r\n");
      return socket;
    });
    const gone = Promise.all(strangers.map((socket) => new Promise((done) => socket.on("close", done))));
    await gone;
    expect(log.filter((entry) => entry.msg === "association-refused").length).toBeGreaterThan(0);
    expect(log.filter((entry) => entry.msg === "association-expired" && entry["why"] === "no-bind").length).toBeGreaterThan(10);
    await logOn("ada", "secret-of-ada").next("logged-on");
  });

  it("ends in order when it is told to, and leaves nothing but its store", async () => {
    const data = join(folder.path, "data");
    const running = await startServe(["--users", users, "--data", data]);
    server = running;
    const ada = logOn("ada", "secret-of-ada");
    await ada.next("logged-on");
    expect(await running.stop("SIGINT")).toBe(0);
    expect((await ada.next("disconnected")).cause).toBe("closed");
    expect(running.log.map((entry) => entry.msg)).toContain("stopping");
    expect(running.log.at(-1)?.msg).toBe("stopped");
    expect(readdirSync(data)).toEqual(["store.sqlite"]);
    expect(statSync(join(data, "store.sqlite")).mode & 0o077).toBe(0);
    expect(readFileSync(join(data, "store.sqlite")).includes("secret-of-ada")).toBe(false);
  });
});

/** Holds an SMTP dialogue: sends each line after the reply to the line before it. Resolves to the replies; of a reply with several lines only the last one. */
function converse(port: number, lines: readonly string[]): Promise<string[]> {
  return new Promise((done, fail) => {
    const answers: string[] = [];
    const rest = [...lines];
    let text = "";
    const socket = connect(port, "127.0.0.1");
    socket.on("error", fail);
    socket.on("close", () => done(answers));
    socket.setEncoding("utf8").on("data", (chunk) => {
      text += chunk;
      for (let end = text.indexOf("\r\n"); end >= 0; end = text.indexOf("\r\n")) {
        const line = text.slice(0, end);
        text = text.slice(end + 2);
        if (line[3] === "-") continue;
        answers.push(line);
        const next = rest.shift();
        if (next !== undefined) socket.write(`${next}\r\n`);
      }
    });
  });
}

describe("wrong use", () => {
  const bad = (text: string) => folder.file(`bad-${Math.random()}.yaml`, text);

  it.each<[string, string[], RegExp]>([
    ["a bad address", ["--listen", "here"], /^pushback: --listen here: not an IPv4 address; .*\n$/],
    [
      "an address of another computer",
      ["--listen", "192.0.2.1", "--epm-port", "none"],
      /^pushback: --listen 192\.0\.2\.1: not an address of this computer\n$/,
    ],
    ["a version that is none", ["--exchange-version", "6.0"], /^pushback: --exchange-version 6\.0: takes one of 4\.0, 5\.0, 5\.5\n$/],
    ["a bad port", ["--port", "70000"], /^pushback: --port 70000: takes a number from 0 to 65535\n$/],
    ["a bad network", ["--allow-callback", "10.0.0.0/33"], /^pushback: --allow-callback .*\n$/],
    ["a bad time", ["--interval", "soon"], /^pushback: --interval soon: not a duration; .*\n$/],
    ["a file that is not there", ["--users", "nowhere.yaml"], /^pushback: --users nowhere\.yaml: no such file or directory\n$/],
    [
      "a password that is an alias",
      ["--users", bad("users: [{ name: ada, password: *topsecret }]\n")],
      /^pushback: \S+:1:32: not YAML .*\n$/,
    ],
    [
      "a password that is a tag",
      ["--users", bad("users: [{ name: ada, password: !topsecret }]\n")],
      /^pushback: \S+:1:\d+: not YAML .*\n$/,
    ],
    ["a file that is no YAML", ["--users", bad("users: [{ name: ada, password: topsecret\n")], /^pushback: \S+:\d+:\d+: not YAML .*\n$/],
    ["an unknown setting", ["--users", bad("users:\n  - { name: ada, passwort: topsecret }\n")], /^pushback: \S+:2:\d+: .*\n$/],
    [
      "a bad hash",
      ["--users", bad("users:\n  - { name: ada, ntHash: topsecret }\n")],
      /^pushback: \S+:2:18: users\.0\.ntHash: takes 32 hexadecimal digits\n$/,
    ],
    ["a Maildir of nobody", ["--maildir", "eve=/tmp/x"], /^pushback: --maildir eve=\/tmp\/x: no mailbox eve\n$/],
    ["a data folder that is a file", ["--data", folder.file("plain", "x")], /^pushback: .*\n$/],
  ])("%s: exit code 2 and one line", (_what, args, line) => {
    const { code, stdout, stderr } = pushback(["serve", "--epm-port", "none", "--control", join(folder.path, "wrong.sock"), ...args]);
    expect(stderr).toMatch(line);
    expect(stderr).not.toContain("topsecret");
    expect([code, stdout.replace(/^.*listening.*\n/, "")]).toEqual([2, ""]);
    expect(existsSync(join(folder.path, "wrong.sock"))).toBe(false);
  });

  it("a port in use: exit code 2 and one line", async () => {
    const other = createServer();
    const port = await new Promise<number>((done) => {
      other.listen(0, "127.0.0.1", () => done((other.address() as { port: number }).port));
    });
    expect(pushback(["serve", "--epm-port", "none", "--port", `${port}`])).toMatchObject({
      code: 2,
      stderr: `pushback: --port ${port}: in use by another program; choose another port\n`,
    });
    other.close();
  });

  it("a store that is in use, or damaged: exit code 2 and one line", async () => {
    const data = join(folder.path, "taken");
    server = await startServe(["--data", data]);
    const second = pushback(["serve", "--data", data, "--epm-port", "none"]);
    expect(second).toMatchObject({ code: 2, stderr: expect.stringMatching(/^pushback: \S+ in use by another process; .*\n$/) });
    await server.stop();
    const file = join(data, "store.sqlite");
    const bytes = readFileSync(file);
    bytes.fill(0xee, 4096, 4200);
    writeFileSync(file, bytes);
    const refused = pushback(["serve", "--data", data, "--epm-port", "none"]);
    expect(refused).toMatchObject({ code: 2, stderr: expect.stringMatching(/^pushback: \S+ damaged .*\n$/) });
    expect(readFileSync(file).equals(bytes)).toBe(true);
  });

  it("commands without a server say so", () => {
    for (const args of [["deliver", "ada"], ["status"], ["mailbox", "list"]]) {
      const { code, stderr } = ask(...args);
      expect([code, stderr]).toEqual([2, expect.stringMatching(/^pushback: no server at \S+; start one with pushback serve, .*\n$/)]);
    }
  });
});

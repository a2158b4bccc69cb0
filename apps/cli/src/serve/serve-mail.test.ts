/** Mail that comes in from outside, by all three ways: what is acknowledged is kept, and what is not kept is refused. */

import { mkdirSync, readdirSync, writeFileSync } from "node:fs";
import { connect } from "node:net";
import { join } from "node:path";
import { afterAll, afterEach, describe, expect, it } from "vitest";
import { pushback } from "../testing/command.ts";
import { type RunningServer, startServe, testFolder } from "../testing/serve.ts";

const folder = testFolder();
const users = folder.file("users.yaml", "users:\n  - { name: ada, password: a }\n  - { name: bob, password: b }\n");
const control = join(folder.path, "control.sock");
afterAll(() => folder.close());

let server: RunningServer | null = null;
afterEach(async () => {
  await server?.stop();
  server = null;
});

async function serve(...args: string[]): Promise<RunningServer> {
  server = await startServe(["--users", users, "--control", control, "--smtp", "0", ...args]);
  return server;
}

function counts(): number[] {
  return JSON.parse(pushback(["mailbox", "list", "--json", "--control", control]).stdout).map((m: { messages: number }) => m.messages);
}

/** Sends a line when the previous one was answered; gives the codes of the answers. */
function smtp(port: number, lines: readonly string[]): Promise<string> {
  return new Promise((done, fail) => {
    const codes: string[] = [];
    const rest = [...lines, "QUIT"];
    let text = "";
    const socket = connect(port, "127.0.0.1");
    socket.on("error", fail);
    socket.on("close", () => done(codes.join(" ")));
    socket.setEncoding("utf8").on("data", (chunk) => {
      text += chunk;
      for (let end = text.indexOf("\r\n"); end >= 0; end = text.indexOf("\r\n")) {
        const line = text.slice(0, end);
        text = text.slice(end + 2);
        if (line[3] === "-") continue;
        codes.push(line.slice(0, 3));
        const next = rest.shift();
        if (next !== undefined) socket.write(`${next}\r\n`);
      }
    });
  });
}

const message = (id: string, text = "Hi") => `Message-ID: <${id}@x>\r\nSubject: x\r\n\r\n${text}\r\n.`;
const mail = (to: readonly string[], text: string) => [
  "EHLO me",
  "MAIL FROM:<g@x>",
  ...to.map((each) => `RCPT TO:<${each}>`),
  "DATA",
  text,
];

describe("mail by SMTP", () => {
  it("is delivered once to each mailbox, and its repetition doubles nothing", async () => {
    const { ready } = await serve();
    const both = mail(["ada@lab", "bob@lab", "ADA@lab"], message("1"));
    expect(await smtp(ready.smtpPort, both)).toBe("220 250 250 250 250 250 354 250 221");
    expect(await smtp(ready.smtpPort, both)).toBe("220 250 250 250 250 250 354 250 221");
    expect(counts()).toEqual([1, 1]);
  });

  it("with Message-IDs that differ after the 150th character is two messages", async () => {
    const { ready } = await serve();
    for (const n of [1, 2]) await smtp(ready.smtpPort, mail(["ada@lab"], message(`${"x".repeat(160)}${n}`)));
    expect(counts()).toEqual([2, 0]);
  });

  it("goes to all mailboxes or to none when one is full", async () => {
    const { ready } = await serve("--quota", "1");
    const half = "x".repeat(60).concat("\r\n").repeat(10_000);
    expect(await smtp(ready.smtpPort, mail(["bob@lab"], message("1", half)))).toContain("354 250");
    expect(await smtp(ready.smtpPort, mail(["ada@lab", "bob@lab"], message("2", half)))).toContain("354 452");
    expect(counts()).toEqual([0, 1]);
    expect(await smtp(ready.smtpPort, mail(["ada@lab"], message("3", half.repeat(2))))).toContain("354 552");
  });

  it("over the limit is answered with 552 and not with 250", async () => {
    const { ready } = await serve();
    expect(await smtp(ready.smtpPort, mail(["ada@lab"], message("1", `${"x".repeat(998)}\r\n`.repeat(10_600))))).toContain("354 552");
    expect(counts()).toEqual([0, 0]);
  });

  it("is taken for postmaster and quoted local parts, and refused for other domains", async () => {
    const { ready } = await serve("--mail-domain", "Lab.example", "--postmaster", "bob");
    expect(await smtp(ready.smtpPort, mail(["ada@elsewhere"], "x"))).toMatch(/^220 250 250 550 /);
    expect(await smtp(ready.smtpPort, mail(["Postmaster@lab.example", '"a\\da"@LAB.example'], message("1")))).toContain("354 250");
    expect(counts()).toEqual([1, 1]);
  });

  it("leaves connections for others when one address takes as many as it can", async () => {
    const { ready } = await serve();
    const greedy = Array.from({ length: 40 }, () =>
      connect(ready.smtpPort, "127.0.0.1")
        .on("error", () => {})
        .resume(),
    );
    // The server closes half of the connections; the others stay open.
    await expect.poll(() => greedy.filter((socket) => socket.destroyed).length).toBe(20);
    expect(greedy.filter((socket) => socket.readyState === "open").length).toBe(20);
    for (const socket of greedy) socket.destroy();
    // The server learns of the closed sockets one by one, so it may still refuse a connection at first.
    await expect.poll(() => smtp(ready.smtpPort, mail(["ada@lab"], message("1")))).toContain("354 250");
  });
});

describe("mail from Maildirs", () => {
  it("keeps files of one name from two Maildirs, and never overwrites a file in cur", async () => {
    const [first, second] = ["one", "two"].map((name) => join(folder.path, name));
    for (const maildir of [first, second]) mkdirSync(join(maildir, "new"), { recursive: true });
    writeFileSync(join(first, "new", "coll"), "Subject: 1\n\none\n");
    writeFileSync(join(first, "new", "coll:2,S"), "Subject: 2\n\ntwo\n");
    writeFileSync(join(second, "new", "coll"), "Subject: 1\n\none\n");
    mkdirSync(join(second, "cur"));
    writeFileSync(join(second, "cur", "coll:2,"), "already here");
    await serve("--maildir", `ada=${first}`, "--maildir", `ada=${second}`);
    await expect.poll(counts).toEqual([3, 0]);
    await expect.poll(() => readdirSync(join(second, "cur")).sort()).toEqual(["coll:2,", "coll_1:2,"]);
    expect(readdirSync(join(first, "cur")).sort()).toEqual(["coll:2,", "coll:2,S"]);
  });
});

describe("mail by deliver", () => {
  it("is parsed by the server", async () => {
    await serve();
    const eml = folder.file("mail.eml", `Subject: x\nContent-Type: text/html\n\n${"<".repeat(400_000)}`);
    expect(pushback(["deliver", "ada", "--eml", eml, "--control", control])).toMatchObject({ code: 0, stderr: "" });
    expect(counts()).toEqual([1, 0]);
    const ask = (...args: string[]) => pushback(["deliver", "ada", "--control", control, ...args]);
    expect(ask("--to", "ada", "--cc", "Eve <eve@example.org>")).toMatchObject({ code: 0, stderr: "" });
    expect(ask("--to", "nobody")).toMatchObject({
      code: 1,
      stderr: expect.stringContaining("nobody: neither a mailbox of this server nor"),
    });
    expect(ask("--eml", eml, "--cc", "ada")).toMatchObject({ code: 2, stderr: expect.stringContaining("--cc: the recipients of --eml") });
    expect(counts()).toEqual([2, 0]);
  });

  it.each([
    ["a DN that is none", ["mailbox", "add", "eve", "--dn", "nonsense"]],
    ["a name with a NUL in its place", ["mailbox", "add", "eve", "--display-name", "a\u0001b"]],
  ])("%s is refused", async (_what, args) => {
    await serve();
    expect(pushback([...args, "--control", control])).toMatchObject({ code: 2, stderr: expect.stringMatching(/^pushback: \w+: takes /) });
  });
});

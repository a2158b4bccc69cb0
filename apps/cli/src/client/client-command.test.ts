/** `pushback client` as its users see it: on this computer's sockets, and with its own stack on a TAP interface. */

import { type ChildProcessWithoutNullStreams, spawn, spawnSync } from "node:child_process";
import { accessSync, existsSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { PUSHBACK, requireProgram, type SkippableTest, scratchFile, skipBecause } from "@pushback/judges";
import { createKernelHost, type KernelHost } from "@pushback/live";
import { createMailServer, type MailServer } from "@pushback/server";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { type RunningServer, startServe, testFolder } from "../testing/serve.ts";

const SERVER = fileURLToPath(new URL("../../../../packages/machine/live/src/testing/computer-process.ts", import.meta.url));
const COMMAND = [process.execPath, ...PUSHBACK];
const ENV = { ...process.env, NO_COLOR: "1", FORCE_COLOR: undefined, NODE_OPTIONS: "" };

const sleep = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

/** Waits until the kernel's established TCP connections have no byte that is unacknowledged (column Send-Q of `ss`); without `ss`, waits 500 ms. */
async function allAcknowledged(inside: readonly string[] = []): Promise<void> {
  const [program, ...args] = [...inside, "ss", "-Htn", "state", "established"];
  for (;;) {
    const { status, stdout } = spawnSync(program, args, { encoding: "utf8" });
    if (status !== 0) return void (await sleep(500));
    const queued = stdout
      .trim()
      .split("\n")
      .filter(Boolean)
      .map((line) => line.trim().split(/\s+/)[1]);
    if (queued.every((bytes) => bytes === "0")) return;
    await sleep(20);
  }
}

interface FinishingTest {
  onTestFinished(callback: () => void): void;
}

/** A program that runs, with what it has printed so far. */
class Running {
  stdout = "";
  stderr = "";
  readonly child: ChildProcessWithoutNullStreams;

  constructor(test: FinishingTest, command: readonly string[]) {
    this.child = spawn(command[0], command.slice(1), { env: ENV, stdio: "pipe" });
    this.child.stdout.setEncoding("utf8").on("data", (text) => (this.stdout += text));
    this.child.stderr.setEncoding("utf8").on("data", (text) => (this.stderr += text));
    test.onTestFinished(() => void this.child.kill("SIGKILL"));
  }

  type(line: string): void {
    this.child.stdin.write(`${line}\n`);
  }

  async saw(pattern: RegExp, stream: "stdout" | "stderr" = "stdout"): Promise<void> {
    const end = Date.now() + 120_000;
    while (!pattern.test(this[stream])) {
      if (Date.now() > end) throw new Error(`never printed ${pattern}:\n${this.stdout}\n${this.stderr}`);
      await sleep(10);
    }
  }

  async exitCode(): Promise<number | null> {
    if (this.child.exitCode === null && this.child.signalCode === null) await new Promise((resolve) => this.child.once("close", resolve));
    return this.child.exitCode;
  }
}

describe("wrong use", () => {
  const CASES: readonly (readonly [string, readonly string[], RegExp])[] = [
    ["an unknown platform", ["amiga"], /amiga.*ms-dos/],
    ["a TAP interface without an address", ["nt-4.0", "--tap", "t0"], /--address/],
    ["an address without a length", ["nt-4.0", "--tap", "t0", "--address", "10.1.9.101"], /10\.1\.9\.101\/24/],
    ["an option of TAP without one", ["nt-4.0", "--record", "x.pcapng"], /--record needs --tap/],
    ["a group address", ["nt-4.0", "--tap", "t0", "--address", "10.1.9.101/24", "--mac", "01:00:5e:00:00:01"], /--mac/],
    ["a router elsewhere", ["nt-4.0", "--tap", "t0", "--address", "10.1.9.101/24", "--gateway", "10.2.0.1"], /--gateway/],
    ["a speed of nothing", ["nt-4.0", "--boot-speed", "0"], /--boot-speed/],
    ["a port of the directory that is none", ["nt-4.0", "--directory", "65536"], /--directory 65536/],
    [
      "a password without LM hash",
      ["nt-4.0", "--user", "ada", "--password", "fifteen letters", "--ntlm", "lm"],
      /--ntlm lm: .*more than 14/,
    ],
    ["no version of NTLM", ["nt-4.0", "--user", "ada", "--password", "x", "--ntlm", "3"], /--ntlm 3: takes 1, 2 or lm/],
    ["a bad interface name", ["nt-4.0", "--tap", "a name that is too long", "--address", "10.1.9.101/24"], /1 to 15 characters/],
  ];
  it.each(CASES)("%s: exit code 2 and one line", (_what, args, line) => {
    const command = [...COMMAND, "client", ...args, "--server", "127.0.0.1", "--mailbox", "somebody"];
    const result = spawnSync(command[0], command.slice(1), { encoding: "utf8", env: ENV, input: "", timeout: 60_000 });
    expect([result.status, result.stdout]).toEqual([2, ""]);
    expect(result.stderr).toMatch(line);
    expect(result.stderr.trimEnd().split("\n")).toHaveLength(1);
  });
});

describe("against a server that requires authentication", () => {
  const folder = testFolder();
  let server: RunningServer | null = null;
  beforeAll(async () => {
    const users = folder.file(
      "users.yaml",
      "users: [{ name: anna, password: secret, displayName: Anna Karenina }]\nmailboxes: [{ alias: annie }, { alias: bob }]\n",
    );
    server = await startServe(["--users", users, "--control", join(folder.path, "c.sock")]);
  });
  afterAll(async () => {
    await server?.stop();
    folder.close();
  });

  const start = (test: FinishingTest, ...more: string[]) => {
    const to = `127.0.0.1:${server?.ready.emsmdbPort}`;
    const client = new Running(test, [...COMMAND, "client", "windows-3x", "--server", to, "--mailbox", "anna", "--fast-boot", ...more]);
    client.type("log on");
    return client;
  };

  it("logs on with the responses that the platform's client sends", async (test) => {
    const client = start(test, "--user", "anna", "--password", "SECRET");
    await client.saw(/logged on/); // LM responses are computed from the password in capitals, so SECRET matches "secret".
    client.type("quit");
    expect(await client.exitCode()).toBe(0);
  });

  it.for(["lm", "1", "2"])("logs on with NTLM version %s and a password from a file", async (version, test) => {
    const client = start(test, "--user", "anna", "--password-file", folder.file("password", "secret\n"), "--ntlm", version);
    await client.saw(/logged on, push datagrams to UDP port \d+/);
    client.type("quit");
    expect(await client.exitCode()).toBe(0);
  });

  it("resolves names by the server's address book, and says what it does not resolve", async (test) => {
    const account = ["--user", "anna", "--password", "secret"];
    const client = start(test, "--directory", `${server?.ready.directoryPort}`, ...account);
    await client.saw(/logged on/);
    client.type("resolve karenina");
    await client.saw(/^Anna Karenina {2}anna@pushback\.example {2}\/o=Pushback\/ou=Lab\/cn=Recipients\/cn=anna$/m);
    client.type("resolve ann");
    await client.saw(/^annie {2}/m);
    client.type('send "karenina" Hello');
    await client.saw(/sends a message to [^\n]*anna[^\n]*: Hello/);
    client.type('send "ann" Hello');
    await client.saw(/^send: ann may be any of these; write more of the name:$/m, "stderr");
    client.type('forward "levin the younger" Look');
    await client.saw(/^forward: no entry of the address book matches levin the younger$/m, "stderr");
    client.type("resolve vronsky");
    await client.saw(/^resolve: no entry of the address book matches vronsky$/m, "stderr");
    client.type("quit");
    expect(await client.exitCode()).toBe(0);
  });

  it("says that the directory refuses a client without credentials", async (test) => {
    const client = start(test, "--directory", `${server?.ready.directoryPort}`);
    await client.saw(/the server refuses the connection/);
    client.type("resolve anna");
    await client.saw(/^resolve: the directory refuses the logon: 0x80040111$/m, "stderr");
  });

  it.for<[string, string[], RegExp]>([
    ["another password", ["--user", "anna", "--password", "guess"], /the account or its password is not accepted/],
    ["no credentials", [], /the server refuses the connection: it wants other credentials/],
  ])("is refused with %s, and says so", async ([, credentials, reason], test) => {
    const client = start(test, ...credentials);
    await client.saw(reason);
    expect(client.stdout).not.toMatch(/logged on/);
  });
});

describe("on this computer's sockets", () => {
  let host: KernelHost;
  let server: MailServer;
  let port = 0;
  let sent = 0;

  beforeEach(async () => {
    host = createKernelHost({ address: 0x7f000001, name: "SERVER" });
    sent = 0;
    port = await new Promise<number>((resolve) => {
      server = createMailServer(host, { endpointMapperPort: null, notificationIntervalUs: 300_000 }, (event) => {
        if (event.type === "listening") resolve(event.emsmdbPort);
        if (event.type === "datagram-sent") sent++;
      });
    });
    server.addMailbox({ alias: "somebody" });
  });
  afterEach(() => host.kill());

  const start = (test: FinishingTest, ...more: string[]) =>
    new Running(test, [
      ...COMMAND,
      "client",
      "windows-95",
      "--server",
      `127.0.0.1:${port}`,
      "--mailbox",
      "somebody",
      "--fast-boot",
      ...more,
    ]);

  it("boots, logs on, is notified of mail, reads it, logs off and quits", async (test) => {
    const client = start(test);
    client.type("log on");
    await client.saw(/logged on, push datagrams to UDP port \d+/);
    server.deliver("somebody", { subject: "Lunch", body: "At noon", from: "Anybody" });
    await client.saw(/new mail: Lunch/);
    client.type("read");
    await client.saw(/reads the message/);
    client.type("status");
    await client.saw(/^machine ready at 127\.0\.0\.1; mail client logged-on, server 127\.0\.0\.1, 1 in the Inbox$/m);
    client.type("dance");
    await client.saw(/^dance: not a command; commands: log on/m, "stderr");
    client.type("quit");
    expect(await client.exitCode()).toBe(0);
    expect(client.stdout).toMatch(/logged off/);
    expect(server.sessions()).toHaveLength(0);
  });

  it("sends a message, which reaches its recipient and the sender's own Inbox", async (test) => {
    server.addMailbox({ alias: "grace" });
    const client = start(test);
    client.type("send grace Lunch");
    await client.saw(/send: no user is logged on/, "stderr");
    client.type("log on");
    await client.saw(/logged on, push datagrams/);
    client.type("send grace Lunch at Noon");
    await client.saw(/sends a message to grace: Lunch at Noon/);
    expect(server.mailboxes().find(({ alias }) => alias === "grace")?.messages).toBe(1);
    client.type("send somebody Note to self");
    await client.saw(/new mail: Note to self/);
    client.type("reply Done");
    await client.saw(/new mail: RE: Note to self/);
    client.type("forward grace Look");
    await client.saw(/sends a message to grace: FW: Note to self/);
    client.type("reply all");
    await client.saw(/reply all: not a command; commands: .*reply-all TEXT/, "stderr");
    client.type("send nobody Hello");
    await client.saw(/new mail: Undeliverable: Hello/);
    client.type("quit");
    expect(await client.exitCode()).toBe(0);
  });

  it("keeps getting push datagrams after a reboot without logging off; Ctrl-C is a power cut", async (test) => {
    const client = start(test);
    client.type("log on");
    await client.saw(/logged on/);
    // A client that reboots before the last answer is acknowledged makes the server send it again, and that ends the session.
    await allAcknowledged();
    client.type("reboot");
    await client.saw(/ready[\s\S]*ready/);
    server.deliver("somebody", { subject: "Minutes", body: "", from: "Anybody" });
    // As root on Linux the killed client drops its connection without a packet, so the server keeps sending. Otherwise the kernel resets the connection.
    if (process.getuid?.() === 0 && process.platform === "linux") await expect.poll(() => sent).toBeGreaterThan(2);
    client.type("read");
    await client.saw(/^read: no user is logged on$/m, "stderr");
    client.child.kill("SIGINT");
    expect(await client.exitCode()).toBe(130);
    expect(client.stdout).not.toContain("logged off");
  });

  it("prints only JSON with --json", async (test) => {
    const client = start(test, "--json");
    await client.saw(/machine-ready/);
    client.type("quit");
    expect(await client.exitCode()).toBe(0);
    const events = client.stdout
      .trimEnd()
      .split("\n")
      .map((line) => JSON.parse(line));
    for (const event of events)
      expect(event).toMatchObject({ atUs: expect.any(Number), layer: expect.any(String), event: { type: expect.any(String) } });
  });
});

describe("with its own stack on a TAP interface", () => {
  function requireTap(test: SkippableTest): void {
    if (process.platform !== "linux" || process.getuid?.() !== 0) skipBecause(test, "TAP interfaces need Linux and root");
    try {
      accessSync("/dev/net/tun");
    } catch {
      skipBecause(test, "/dev/net/tun is missing: modprobe tun");
    }
  }

  const TAP = ["--tap", "pushback0", "--address", "10.77.0.2/24", "--computer", "10.77.0.1/24"];

  it("logs on through its own TCP/IP; after a kill the capture is readable and the interface gone", async (test) => {
    requireTap(test);
    const tshark = requireProgram(test, "tshark");
    const record = scratchFile(test, "live.pcapng");
    const args = ["client", "nt-4.0", ...TAP, "--server", "10.77.0.1", "--mailbox", "user", "--fast-boot", "--record", record];
    const client = new Running(test, ["unshare", "--net", ...COMMAND, ...args]);
    await client.saw(/ready/);
    const inside = ["nsenter", `--net=/proc/${client.child.pid}/ns/net`];
    const server = new Running(test, [...inside, process.execPath, "--conditions=pushback-source", SERVER]);
    server.type(JSON.stringify({ do: "serve", intervalUs: 1_000_000, keepAliveSeconds: 60 }));
    await server.saw(/server listening/);
    client.type("log on");
    await client.saw(/logged on, push datagrams to UDP port 1026/);
    server.type(JSON.stringify({ do: "deliver" }));
    await client.saw(/new mail: Lunch/);
    await allAcknowledged(inside);
    client.type("reboot");
    await client.saw(/ready[\s\S]*ready/);
    server.type(JSON.stringify({ do: "deliver" }));
    await client.saw(/answers with ICMP type 3 code 3: port 1026 is closed/);
    const refused = ["-r", record, "-Y", "icmp.type==3 && icmp.code==3 && ip.src==10.77.0.2", "-T", "fields", "-e", "udp.dstport"];
    const ports = () => tshark.run(refused).trim().split("\n");
    // The program may print its line before the ICMP error leaves: the error waits until ARP has resolved the computer's hardware address.
    await expect.poll(ports).toContain("1026");
    client.child.kill("SIGKILL");
    await client.exitCode();
    expect(spawnSync(inside[0], [...inside.slice(1), "ip", "link", "show", "pushback0"]).status).not.toBe(0);
    expect(ports()).toContain("1026");
  });

  it("without the right to create an interface, says what is required and leaves nothing behind", (test) => {
    requireTap(test);
    const record = scratchFile(test, "never.pcapng");
    const args = ["client", "nt-4.0", ...TAP, "--server", "10.77.0.1", "--mailbox", "somebody", "--record", record];
    const command = ["setpriv", "--inh-caps=-all", "--bounding-set=-all", ...COMMAND, ...args];
    const result = spawnSync("unshare", ["--net", ...command], { encoding: "utf8", env: ENV, input: "", timeout: 60_000 });
    expect(result.status).toBe(2);
    expect(result.stderr).toMatch(/^pushback: --tap pushback0: no right to make the network interface pushback0: run as root/);
    expect(existsSync(record)).toBe(false);
  });
});

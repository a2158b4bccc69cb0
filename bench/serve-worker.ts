/** One contestant of `serve.ts` as a separate process: `notifier SECONDS`, `dgram SECONDS`, or `idle SESSIONS`. Prints one line of JSON. */
import { type ChildProcess, spawn } from "node:child_process";
import { createSocket } from "node:dgram";
import { once } from "node:events";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { encodeText } from "@pushback/bytes";
import { RpcConnection } from "@pushback/client";
import { createKernelHost } from "@pushback/live";
import * as mapi from "@pushback/mapi";
import { createMailServer, type MailServer } from "@pushback/server";

const LOOPBACK = 0x7f000001;
/** A closed port: every datagram draws an ICMP error. */
const CLOSED_PORT = 9;
const CONTEXT_BYTES = 16;
/** Datagrams that one `dgram` loop has under way. */
const BATCH = 512;
const MAILBOXES = 100;
/** Logons under way at a time. */
const AT_A_TIME = 100;
/** Wait after a burst of logons, until the server is idle. */
const SETTLE_MS = 3000;

const mode = process.argv[2];
const amount = Number(process.argv[3]);

function dnOf(n: number): string {
  return `/o=Pushback/ou=Lab/cn=Recipients/cn=user${n % MAILBOXES}`;
}

function call(rpc: RpcConnection, opnum: number, stub: Uint8Array): Promise<Uint8Array> {
  return new Promise((done, fail) => {
    rpc.call(opnum, stub, (answer) => (answer.ok ? done(answer.stub.slice()) : fail(new Error(`fault ${answer.status.toString(16)}`))));
  });
}

const clientHost = createKernelHost({ address: LOOPBACK });

/** Opens a session: logged on, subscribed to its Inbox, and with push datagrams to the closed port. */
async function logOn(port: number, n: number): Promise<void> {
  const rpc = await new Promise<RpcConnection>((done, fail) => {
    const options = { address: LOOPBACK, port, syntax: mapi.EMSMDB_SYNTAX, authenticator: null, keepAlive: null };
    const connection: RpcConnection = new RpcConnection(clientHost, options, {
      onBound: () => done(connection),
      onRefused: (reason) => fail(new Error(`bind refused: ${reason}`)),
      onClosed: (cause) => fail(new Error(`closed: ${cause}`)),
    });
  });
  const dn = encodeText(1252, dnOf(n));
  const connected = mapi.parseEcDoConnectResponse(
    await call(rpc, mapi.EMSMDB_OP.EcDoConnect, mapi.emitEcDoConnectRequest(mapi.newSessionRequest(dn, mapi.ENGLISH_CLIENT))),
  );
  if (connected?.returnValue !== 0) throw new Error("not connected");
  const { pcxh } = connected;
  const dnLength = dn.length + 1;
  const subscribe = [0x29, 0, 0, 1, 2, 0, 1];
  const rops = [0xfe, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0, dnLength & 255, dnLength >> 8, ...dn, 0, ...subscribe];
  const rgb = mapi.emitRopBuffer({ ropsList: Uint8Array.from(rops), handles: [mapi.NO_HANDLE, mapi.NO_HANDLE] });
  await call(rpc, mapi.EMSMDB_OP.EcDoRpc, mapi.emitEcDoRpcRequest({ pcxh, rgb, usSize: 5632 }));
  const registration = {
    pcxh,
    iRpc: 0,
    rgbContext: new Uint8Array(CONTEXT_BYTES).fill(n),
    grbitAdviseBits: 0xffffffff,
    rgbCallbackAddress: mapi.emitSockaddrIn(LOOPBACK, CLOSED_PORT),
  };
  await call(rpc, mapi.EMSMDB_OP.EcRRegisterPushNotification, mapi.emitEcRRegisterPushNotificationRequest(registration));
}

async function logOnMany(port: number, count: number): Promise<void> {
  for (let n = 0; n < count; n += AT_A_TIME) {
    await Promise.all(Array.from({ length: Math.min(AT_A_TIME, count - n) }, (_, i) => logOn(port, n + i)));
  }
}

function startServer(intervalUs: number): Promise<{ readonly server: MailServer; readonly port: number }> {
  return new Promise((done) => {
    const host = createKernelHost({ address: LOOPBACK });
    const settings = { endpointMapperPort: null, notificationIntervalUs: intervalUs };
    const server = createMailServer(host, settings, (event) => {
      if (event.type === "listening") setImmediate(() => done({ server, port: event.emsmdbPort }));
    });
    for (let n = 0; n < MAILBOXES; n++) server.addMailbox({ alias: `user${n}` });
  });
}

const sleep = (ms: number) => new Promise((done) => setTimeout(done, ms));

function print(result: Readonly<Record<string, number>>): void {
  process.stdout.write(`${JSON.stringify(result)}\n`);
}

/** Schedules more than can be sent: 1,000 sessions, each with a datagram every millisecond. */
async function benchNotifier(seconds: number): Promise<void> {
  const { server, port } = await startServer(1000);
  await logOnMany(port, 1000);
  for (let n = 0; n < MAILBOXES; n++) server.deliver(`user${n}`, { subject: "s", body: "", from: "f" });
  await sleep(300);
  const before = server.counts().datagramsSent;
  const start = performance.now();
  await sleep(seconds * 1000);
  const datagrams = server.counts().datagramsSent - before;
  print({ datagrams, seconds: (performance.now() - start) / 1000 });
  process.exit(0);
}

async function benchDgram(seconds: number): Promise<void> {
  const socket = createSocket("udp4");
  await new Promise<void>((done) => socket.bind(0, "127.0.0.1", done));
  const context = Buffer.alloc(CONTEXT_BYTES);
  let datagrams = 0;
  const start = performance.now();
  const end = start + seconds * 1000;
  await new Promise<void>((done) => {
    const round = () => {
      if (performance.now() >= end) return done();
      let left = BATCH;
      const sent = () => {
        datagrams++;
        if (--left === 0) setImmediate(round);
      };
      for (let i = 0; i < BATCH; i++) socket.send(context, CLOSED_PORT, "127.0.0.1", sent);
    };
    round();
  });
  print({ datagrams, seconds: (performance.now() - start) / 1000 });
  process.exit(0);
}

/** Starts the program as users start it, with a mailbox for every client and room for that many clients from one address. */
async function startProgram(folder: string): Promise<{ readonly process: ChildProcess; readonly port: number }> {
  const users = join(folder, "users.yaml");
  writeFileSync(users, `mailboxes:\n${Array.from({ length: MAILBOXES }, (_, n) => `  - { alias: user${n} }\n`).join("")}`);
  const main = fileURLToPath(new URL("../apps/cli/src/main.ts", import.meta.url));
  const args = ["serve", "--epm-port", "none", "--allow-anonymous", "--users", users, "--max-per-address", "20000", "--json"];
  const child = spawn(process.execPath, ["--conditions=pushback-source", main, ...args, "--control", join(folder, "control")], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  for await (const line of createInterface({ input: child.stdout })) {
    const { msg, emsmdbPort } = JSON.parse(line) as { msg: string; emsmdbPort?: number };
    if (msg === "ready" && emsmdbPort !== undefined) {
      child.stdout.resume();
      return { process: child, port: emsmdbPort };
    }
  }
  throw new Error("serve did not start");
}

/** Resident memory of a process in bytes, on Linux. */
function residentBytes(pid: number): number {
  const kilobytes = /^VmRSS:\s*(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, "utf8"))?.[1];
  return Number(kilobytes) * 1024;
}

/** Measures the memory of `serve` with `sessions` idle sessions, after their logons. */
async function benchIdle(sessions: number): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), "pushback-idle-"));
  const { process: serve, port } = await startProgram(folder);
  const pid = serve.pid as number;
  // Code that runs for the first time takes memory too, which must not be counted for a session.
  await logOnMany(port, 200);
  await sleep(SETTLE_MS);
  const before = residentBytes(pid);
  const start = performance.now();
  await logOnMany(port, sessions);
  const seconds = (performance.now() - start) / 1000;
  await sleep(SETTLE_MS);
  print({ sessions, seconds, bytesEach: Math.round((residentBytes(pid) - before) / sessions) });
  serve.kill();
  await once(serve, "exit");
  rmSync(folder, { recursive: true, force: true });
  process.exit(0);
}

switch (mode) {
  case "notifier":
    await benchNotifier(amount);
    break;
  case "dgram":
    await benchDgram(amount);
    break;
  case "idle":
    await benchIdle(amount);
    break;
  default:
    throw new Error(`no mode ${mode}`);
}

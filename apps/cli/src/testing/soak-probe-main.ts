/**
 * Measures a push stream: logs on sessions that are pushed to and never fetch their mail, takes the time of each datagram, and does the same for
 * a bare timer of another process. `SOAK` in the environment is a ProbePlan. Prints a ProbeReport at SIGTERM.
 */

import { type ChildProcess, fork } from "node:child_process";
import { createSocket, type Socket } from "node:dgram";
import * as mapi from "@pushback/mapi";
import { createRawHost, RawAssociation } from "./raw-session.ts";

export interface ProbePlan {
  readonly port: number;
  readonly account: string;
  readonly streams: number;
  readonly intervalMs: number;
}

/** Lateness of datagrams in milliseconds: the gap to the datagram before, less the interval. */
export interface Lateness {
  readonly datagrams: number;
  readonly p50: number;
  readonly p99: number;
  readonly p999: number;
  readonly most: number;
}

export interface ProbeReport {
  readonly server: Lateness;
  /** The same measurement for a bare timer in another process, on the same computer at the same time. */
  readonly control: Lateness;
  /** Gaps of more than one and a half intervals: a datagram did not come. */
  readonly lost: number;
}

class Stream {
  readonly late: number[] = [];
  readonly #intervalMs: number;
  #last = 0;
  lost = 0;

  constructor(intervalMs: number) {
    this.#intervalMs = intervalMs;
  }

  arrived(): void {
    const now = performance.now();
    const gap = now - this.#last;
    if (this.#last > 0) this.late.push(Math.max(0, gap - this.#intervalMs));
    if (this.#last > 0 && gap > 1.5 * this.#intervalMs) this.lost++;
    this.#last = now;
  }
}

function lateness(streams: readonly Stream[]): Lateness {
  const all = streams.flatMap(({ late }) => late).sort((a, b) => a - b);
  const at = (part: number) => Math.round(10 * (all[Math.min(all.length - 1, Math.floor(part * all.length))] ?? 0)) / 10;
  return { datagrams: all.length, p50: at(0.5), p99: at(0.99), p999: at(0.999), most: at(1) };
}

function openSocket(stream: Stream): Promise<{ socket: Socket; port: number }> {
  const socket = createSocket("udp4", () => stream.arrived());
  return new Promise((done) => socket.bind(0, "127.0.0.1", () => done({ socket, port: socket.address().port })));
}

/** Sends the control's datagrams: one per interval to each port, from a timer that is set again after each datagram. */
function sendControl({ ports, intervalMs }: { ports: readonly number[]; intervalMs: number }): void {
  const socket = createSocket("udp4");
  for (const port of ports) {
    let due = performance.now() + Math.random() * intervalMs;
    const send = () => {
      socket.send("control", port, "127.0.0.1");
      due += intervalMs;
      setTimeout(send, due - performance.now());
    };
    setTimeout(send, due - performance.now());
  }
}

async function measure({ port, account, streams, intervalMs }: ProbePlan): Promise<ChildProcess> {
  const host = createRawHost();
  for (let n = 0; n < streams; n++) {
    const association = new RawAssociation(host, port, { account, password: "secret" });
    const session = await association.connect(account);
    if (typeof session === "number") throw new Error(`not connected: ${session}`);
    const stream = new Stream(intervalMs);
    const socket = await openSocket(stream);
    const stub = mapi.emitEcRRegisterPushNotificationRequest({
      pcxh: session.pcxh,
      iRpc: 0,
      rgbContext: Uint8Array.of(n, 1, 2, 3, 4, 5, 6, 7),
      grbitAdviseBits: 0xffffffff,
      rgbCallbackAddress: mapi.emitSockaddrIn(0x7f000001, socket.port),
    });
    await association.call(mapi.EMSMDB_OP.EcRRegisterPushNotification, stub);
    await session.one({
      rop: "RegisterNotification",
      logonId: 0,
      inputHandleIndex: 0,
      outputHandleIndex: 3,
      notificationTypes: 2,
      wantWholeStore: true,
      folderId: mapi.NULL_OBJECT_ID,
      messageId: mapi.NULL_OBJECT_ID,
    });
    measured.push(stream);
  }
  const ports = [];
  for (let n = 0; n < streams; n++) {
    const stream = new Stream(intervalMs);
    ports.push((await openSocket(stream)).port);
    controls.push(stream);
  }
  return fork(process.argv[1], { env: { ...process.env, SOAK: JSON.stringify({ ports, intervalMs }) }, execArgv: process.execArgv });
}

const measured: Stream[] = [];
const controls: Stream[] = [];
const plan = JSON.parse(process.env["SOAK"] ?? "{}");
if ("ports" in plan) sendControl(plan);
else {
  const control = await measure(plan);
  process.stdout.write("ready\n");
  process.once("SIGTERM", () => {
    control.kill();
    const report: ProbeReport = {
      server: lateness(measured),
      control: lateness(controls),
      lost: measured.reduce((sum, { lost }) => sum + lost, 0),
    };
    process.stdout.write(`${JSON.stringify(report)}\n`, () => process.exit(0));
  });
}

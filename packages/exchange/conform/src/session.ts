/** Client side of the conformance suite: a connection, a session and a UDP socket, driven call by call. */

import { ByteWriter, encodeText } from "@pushback/bytes";
import { describeCode, mapEndpoint, type RpcAnswer, RpcConnection } from "@pushback/client";
import { type ClientAuthenticator, EPT_S_NOT_REGISTERED, type SyntaxId } from "@pushback/dcerpc";
import type { Host, Ipv4Address, MailHabits, UdpSocket } from "@pushback/host";
import * as mapi from "@pushback/mapi";

/** Time limit for a response, in milliseconds. */
const ANSWER_MS = 10_000;

/** A case failed; the message says why. */
export class NotConforming extends Error {}

/** The server under test, and the client with which it is tested. */
export interface ConformTarget {
  readonly host: Host;
  readonly address: Ipv4Address;
  /** Port of EMSMDB; `null` asks the endpoint mapper. */
  readonly port: number | null;
  readonly epmPort: number;
  readonly userDn: string;
  readonly habits: MailHabits;
  createAuthenticator(): ClientAuthenticator | null;
}

/** A code in hexadecimal, with its meaning where that is known. */
function hex(code: number): string {
  const words = describeCode(code);
  return `0x${code.toString(16).padStart(8, "0")}${words === null ? "" : ` (${words})`}`;
}

/** Waits `ms` milliseconds of the Host's clock. */
export function wait(host: Host, ms: number): Promise<void> {
  return new Promise((done) => void host.setTimer(ms * 1000, done));
}

/** Runs `begin`. Rejects with a NotConforming if no callback is called within ANSWER_MS. */
function inTime<T>(host: Host, what: string, begin: (done: (value: T) => void, fail: (error: Error) => void) => void): Promise<T> {
  return new Promise((done, fail) => {
    const tooLong = () => fail(new NotConforming(`${what}: no answer in ${ANSWER_MS / 1000} s`));
    const timer = host.setTimer(ANSWER_MS * 1000, tooLong);
    const settle = <A>(then: (argument: A) => void) => {
      return (argument: A) => {
        timer.cancel();
        then(argument);
      };
    };
    begin(settle(done), settle(fail));
  });
}

/** The port that the target's endpoint mapper names. */
export async function askEndpointMapper(target: ConformTarget): Promise<number> {
  const port = await findInterface(target, mapi.EMSMDB_SYNTAX);
  if (port === null) throw new NotConforming("endpoint mapper: EMSMDB is not registered");
  return port;
}

/** The port of an interface; `null` where the endpoint mapper does not know it. */
export function findInterface(target: ConformTarget, syntax: SyntaxId): Promise<number | null> {
  return inTime<number | null>(target.host, "endpoint mapper", (done, fail) => {
    const handlers = {
      onMapped: done,
      onFailed: (code: number | null) => {
        if (code === EPT_S_NOT_REGISTERED) return done(null);
        const why = `failed with ${code === null ? "nonsense" : hex(code)}`;
        fail(new NotConforming(`endpoint mapper: ${why}`));
      },
      onLost: (cause: string) => fail(new NotConforming(`endpoint mapper on port ${target.epmPort}: the connection ended (${cause})`)),
    };
    mapEndpoint(target.host, target.address, handlers, target.epmPort, syntax);
  });
}

/** A bound association. */
export class ConformConnection {
  readonly #host: Host;
  readonly #rpc: RpcConnection;

  private constructor(host: Host, rpc: RpcConnection) {
    this.#host = host;
    this.#rpc = rpc;
  }

  /** Connects and binds one interface. Rejects with a NotConforming if the bind is refused, the connection ends or the time limit passes. */
  static open(target: ConformTarget, port: number, syntax = mapi.EMSMDB_SYNTAX): Promise<ConformConnection> {
    return inTime(target.host, "bind", (done, fail) => {
      const options = {
        address: target.address,
        port,
        syntax,
        authenticator: target.createAuthenticator(),
        keepAlive: null,
      };
      const rpc: RpcConnection = new RpcConnection(target.host, options, {
        onBound: () => done(new ConformConnection(target.host, rpc)),
        onRefused: (reason) => fail(new NotConforming(`bind: refused, reason ${reason}`)),
        onClosed: (cause) => fail(new NotConforming(`bind: the connection ended (${cause})`)),
      });
    });
  }

  /** The answer's stub, or a fault's status. */
  call(opnum: number, stub: Uint8Array): Promise<Uint8Array | number> {
    return inTime(this.#host, `opnum ${opnum}`, (done) => {
      this.#rpc.call(opnum, stub, (answer: RpcAnswer) => done(answer.ok ? answer.stub.slice() : answer.status));
    });
  }

  /** Calls EcDoConnect. Rejects with a NotConforming for a fault and for a response that does not unmarshal; the return value is not checked. */
  async connect(target: ConformTarget, userDn = target.userDn): Promise<mapi.EcDoConnectResponse> {
    const request = mapi.emitEcDoConnectRequest(mapi.newSessionRequest(encodeText(target.habits.codePage, userDn), target.habits));
    const answer = await this.call(mapi.EMSMDB_OP.EcDoConnect, request);
    if (typeof answer === "number") throw new NotConforming(`EcDoConnect: fault ${hex(answer)}`);
    const response = mapi.parseEcDoConnectResponse(answer);
    if (!response) throw new NotConforming("EcDoConnect: the answer does not unmarshal");
    return response;
  }

  close(): void {
    this.#rpc.close();
  }
}

/** A datagram that a listener got; the time is the Host's, in microseconds. */
export interface HeardDatagram {
  readonly atUs: number;
  readonly payload: Uint8Array;
  readonly fromAddress: Ipv4Address;
}

/** A UDP socket, and what came in on it and when. */
export class Listener {
  readonly #host: Host;
  readonly #socket: UdpSocket;
  readonly localPort: number;
  #heard: HeardDatagram[] = [];
  #wake = () => {};

  private constructor(host: Host, socket: UdpSocket, localPort: number) {
    this.#host = host;
    this.#socket = socket;
    this.localPort = localPort;
  }

  /** Opens a port that the computer chooses, or `port`. */
  static open(host: Host, port = 0): Promise<Listener> {
    return inTime(host, "UDP socket", (done, fail) => {
      let listener: Listener | null = null;
      const socket = host.openUdp(port, {
        onOpen: (localPort) => {
          listener = new Listener(host, socket, localPort);
          done(listener);
        },
        onDatagram: (b, at, len, fromAddress) => listener?.hear(b.slice(at, at + len), fromAddress),
        onFailed: (fault) => fail(new Error(`no UDP socket: ${fault}`)),
      });
    });
  }

  hear(payload: Uint8Array, fromAddress: Ipv4Address): void {
    this.#heard.push({ atUs: this.#host.nowUs(), payload, fromAddress });
    this.#wake();
  }

  /** The next datagram that was not taken yet; `null` when none comes in time. */
  async next(withinMs: number): Promise<HeardDatagram | null> {
    const untilUs = this.#host.nowUs() + withinMs * 1000;
    for (;;) {
      const first = this.#heard.shift();
      if (first) return first;
      const leftUs = untilUs - this.#host.nowUs();
      if (leftUs <= 0) return null;
      await new Promise<void>((done) => {
        const timer = this.#host.setTimer(leftUs, done);
        this.#wake = () => {
          timer.cancel();
          done();
        };
      });
    }
  }

  /** Discards the datagrams received so far. */
  clear(): void {
    this.#heard = [];
  }

  close(): void {
    this.#socket.close();
  }
}

/** A session on a separate connection, logged on to the mailbox. */
export class ConformSession {
  readonly connection: ConformConnection;
  readonly pcxh: Uint8Array;
  readonly #target: ConformTarget;
  /** All notifications that responses have brought so far. */
  readonly #seen: mapi.Notification[] = [];
  /** The handle of the logon. */
  logon = mapi.NO_HANDLE;
  inbox: mapi.ObjectId = mapi.NULL_OBJECT_ID;

  private constructor(target: ConformTarget, connection: ConformConnection, pcxh: Uint8Array) {
    this.#target = target;
    this.connection = connection;
    this.pcxh = pcxh;
  }

  /** Connects, binds, calls EcDoConnect and opens the mailbox. Rejects with a NotConforming if one of these fails. */
  static async open(target: ConformTarget, port: number): Promise<ConformSession> {
    const connection = await ConformConnection.open(target, port);
    const { pcxh, returnValue } = await connection.connect(target);
    if (returnValue !== 0) throw new NotConforming(`EcDoConnect: return value ${hex(returnValue)}`);
    const session = new ConformSession(target, connection, pcxh);
    await session.#openMailbox();
    return session;
  }

  async #openMailbox(): Promise<void> {
    const essdn = encodeText(this.#target.habits.codePage, this.#target.userDn);
    const request = { rop: "Logon", logonId: 0, outputHandleIndex: 0, logonFlags: 1, openFlags: 0x0c, storeState: 0, essdn } as const;
    const { responses, handles } = await this.rops([request], [mapi.NO_HANDLE]);
    const [answer] = responses;
    if (answer?.rop !== "Logon") throw new NotConforming(`RopLogon: ${answer?.rop === "failure" ? hex(answer.returnValue) : "no answer"}`);
    this.logon = handles[0];
    this.inbox = answer.reply.folderIds[mapi.LOGON_FOLDER.INBOX];
  }

  async rops(
    requests: readonly mapi.RopRequest[],
    handles: readonly number[],
    columns: readonly number[] | null = null,
  ): Promise<{ readonly responses: readonly mapi.RopResponse[]; readonly handles: readonly number[] }> {
    const w = new ByteWriter();
    for (const request of requests) mapi.putRopRequest(w, request);
    const rgb = mapi.emitRopBuffer({ ropsList: w.toBytes(), handles });
    const answer = await this.connection.call(mapi.EMSMDB_OP.EcDoRpc, mapi.emitEcDoRpcRequest({ pcxh: this.pcxh, rgb, usSize: 5632 }));
    if (typeof answer === "number") throw new NotConforming(`EcDoRpc: fault ${hex(answer)}`);
    const response = mapi.parseEcDoRpcResponse(answer);
    if (!response) throw new NotConforming("EcDoRpc: the answer does not unmarshal");
    if (response.returnValue !== 0) throw new NotConforming(`EcDoRpc: return value ${hex(response.returnValue)}`);
    const buffer = mapi.parseRopBuffer(response.rgb);
    const responses = buffer && mapi.parseRopResponses(buffer.ropsList, () => columns);
    if (!buffer || !responses) throw new NotConforming("EcDoRpc: the ROP buffer does not parse");
    for (const one of responses) if (one.rop === "Notify") this.#seen.push(one.notification);
    return { responses, handles: buffer.handles };
  }

  /** Subscribes to new mail in the Inbox. */
  async subscribe(): Promise<void> {
    const request = {
      rop: "RegisterNotification",
      logonId: 0,
      inputHandleIndex: 0,
      outputHandleIndex: 1,
      notificationTypes: mapi.NOTIFICATION_TYPE.NEW_MAIL,
      wantWholeStore: false,
      folderId: this.inbox,
      messageId: mapi.NULL_OBJECT_ID,
    } as const;
    const { responses } = await this.rops([request], [this.logon, mapi.NO_HANDLE]);
    const [answer] = responses;
    if (answer?.rop !== "RegisterNotification")
      throw new NotConforming(`RopRegisterNotification: ${answer?.rop === "failure" ? hex(answer.returnValue) : "no answer"}`);
  }

  /** Registers for push datagrams. Resolves to the return value of EcRRegisterPushNotification. */
  async register(rgbContext: Uint8Array, rgbCallbackAddress: Uint8Array): Promise<number> {
    const request = { pcxh: this.pcxh, iRpc: 0, rgbContext, grbitAdviseBits: 0xffffffff, rgbCallbackAddress };
    const stub = mapi.emitEcRRegisterPushNotificationRequest(request);
    const answer = await this.connection.call(mapi.EMSMDB_OP.EcRRegisterPushNotification, stub);
    if (typeof answer === "number") throw new NotConforming(`EcRRegisterPushNotification: fault ${hex(answer)}`);
    const response = mapi.parseEcRRegisterPushNotificationResponse(answer);
    if (!response) throw new NotConforming("EcRRegisterPushNotification: the answer does not unmarshal");
    return response.returnValue;
  }

  /** Every notification since the session began, those that wait still included. */
  async seen(): Promise<readonly mapi.Notification[]> {
    await this.retrieve();
    return this.#seen;
  }

  /** Fetches all pending notifications, in as many calls as needed. */
  async retrieve(): Promise<mapi.Notification[]> {
    const notifications: mapi.Notification[] = [];
    for (;;) {
      const { responses } = await this.rops([], []);
      const found = responses.flatMap((response) => (response.rop === "Notify" ? [response.notification] : []));
      if (found.length === 0) return notifications;
      notifications.push(...found);
    }
  }

  /** Deletes messages of the Inbox, so that the suite leaves the mailbox as it was. */
  async remove(messageIds: readonly mapi.ObjectId[]): Promise<void> {
    const open = {
      rop: "OpenFolder",
      logonId: 0,
      inputHandleIndex: 0,
      outputHandleIndex: 1,
      folderId: this.inbox,
      openModeFlags: 0,
    } as const;
    const remove = { rop: "DeleteMessages", logonId: 0, inputHandleIndex: 1, wantAsync: 0, notifyNonRead: 0, messageIds } as const;
    const { responses } = await this.rops([open, remove], [this.logon, mapi.NO_HANDLE]);
    const answer = responses.find((response) => response.rop === "DeleteMessages" || response.rop === "failure");
    if (answer?.rop !== "DeleteMessages")
      throw new NotConforming(`RopDeleteMessages: ${answer?.rop === "failure" ? hex(answer.returnValue) : "no answer"}`);
  }

  /** Calls EcDoDisconnect. Rejects with a NotConforming if the returned context handle is not null. */
  async disconnect(): Promise<void> {
    const answer = await this.connection.call(mapi.EMSMDB_OP.EcDoDisconnect, mapi.emitEcDoDisconnectRequest(this.pcxh));
    if (typeof answer === "number") throw new NotConforming(`EcDoDisconnect: fault ${hex(answer)}`);
    if (!mapi.parseEcDoDisconnectResponse(answer)?.closed) throw new NotConforming("EcDoDisconnect: the handle is not null afterwards");
  }
}

/** A return value in hexadecimal, for messages. */
export function codeText(code: number): string {
  return hex(code);
}

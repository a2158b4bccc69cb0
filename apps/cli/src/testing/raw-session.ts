/** Logon sessions whose calls a test writes itself: what an attacker, or a client other than this project's, sends. */

import { randomBytes } from "node:crypto";
import { ByteWriter } from "@pushback/bytes";
import { type RpcAnswer, RpcConnection } from "@pushback/client";
import { createKernelHost, type KernelHost } from "@pushback/live";
import * as mapi from "@pushback/mapi";
import { createNtlmClient, ntHash } from "@pushback/ntlm";

const LOOPBACK = 0x7f000001;
const MAX_BUFFER = 0x7000;

export interface RawCredentials {
  readonly account: string;
  readonly password: string;
}

/** One association with EMSMDB; `host` is the machine that it comes from. */
export class RawAssociation {
  readonly rpc: RpcConnection;
  /** Resolves when the connection is closed, to the cause. */
  readonly closed: Promise<string>;
  #bound: Promise<void>;

  constructor(host: KernelHost, port: number, credentials: RawCredentials | null) {
    let bound = () => {};
    let failed = (_: Error) => {};
    let closed = (_: string) => {};
    this.#bound = new Promise((done, fail) => {
      bound = done;
      failed = fail;
    });
    // Without this handler, a rejection would end the process if the test does not await the promise.
    this.#bound.catch(() => {});
    this.closed = new Promise((done) => {
      closed = done;
    });
    const authenticator = credentials && authenticatorOf(credentials);
    const options = { address: LOOPBACK, port, syntax: mapi.EMSMDB_SYNTAX, authenticator, keepAlive: null };
    this.rpc = new RpcConnection(host, options, {
      onBound: () => bound(),
      onRefused: (reason) => failed(new Error(`bind refused: ${reason}`)),
      onClosed: (cause) => {
        failed(new Error(`closed: ${cause}`));
        closed(cause);
      },
    });
  }

  /** Resolves to the response's stub, or to the status of an RPC fault. Rejects if the connection ends first. */
  async call(opnum: number, stub: Uint8Array): Promise<Uint8Array | number> {
    await this.#bound;
    const answer = new Promise<Uint8Array | number>((done) => {
      this.rpc.call(opnum, stub, (got: RpcAnswer) => done(got.ok ? got.stub.slice() : got.status));
    });
    const ended = this.closed.then((cause): never => {
      throw new Error(`closed: ${cause}`);
    });
    return Promise.race([answer, ended]);
  }

  /** A session on a mailbox; the return value where it was refused. */
  async connect(alias: string): Promise<RawSession | number> {
    const szUserDN = new TextEncoder().encode(`/o=Pushback/ou=Lab/cn=Recipients/cn=${alias}`);
    const stub = mapi.emitEcDoConnectRequest(mapi.newSessionRequest(szUserDN, mapi.ENGLISH_CLIENT));
    const answer = await this.call(mapi.EMSMDB_OP.EcDoConnect, stub);
    const response = typeof answer === "number" ? null : mapi.parseEcDoConnectResponse(answer);
    if (!response) throw new Error(`EcDoConnect failed: ${typeof answer === "number" ? answer.toString(16) : "malformed"}`);
    return response.returnValue === 0 ? RawSession.logOn(this, response.pcxh, szUserDN) : response.returnValue;
  }
}

function authenticatorOf({ account, password }: RawCredentials) {
  return createNtlmClient({
    credentials: { account, domain: "PUSHBACK", ntHash: ntHash(password) },
    workstation: "RAW",
    version: 2,
    randomBytes: (len) => randomBytes(len),
    fileTime: () => (BigInt(Date.now()) + 11_644_473_600_000n) * 10_000n,
  });
}

export interface RopAnswers {
  readonly responses: readonly mapi.RopResponse[];
  readonly handles: readonly number[];
}

/** A logon on a mailbox with its Inbox open. */
export class RawSession {
  readonly association: RawAssociation;
  readonly pcxh: Uint8Array;
  /** Handles of the logon and of the Inbox. */
  logon = mapi.NO_HANDLE;
  inbox = mapi.NO_HANDLE;
  inboxId = "";

  constructor(association: RawAssociation, pcxh: Uint8Array) {
    this.association = association;
    this.pcxh = pcxh;
  }

  static async logOn(association: RawAssociation, pcxh: Uint8Array, dn: Uint8Array): Promise<RawSession> {
    const session = new RawSession(association, pcxh);
    const logon: mapi.RopRequest = {
      rop: "Logon",
      logonId: 0,
      outputHandleIndex: 0,
      logonFlags: 1,
      openFlags: 0x0c,
      storeState: 0,
      essdn: dn,
    };
    const first = await session.rops([logon], [mapi.NO_HANDLE]);
    const [response] = first.responses;
    if (response.rop !== "Logon") throw new Error("RopLogon failed");
    [session.logon] = first.handles;
    session.inboxId = response.reply.folderIds[mapi.LOGON_FOLDER.INBOX];
    const open: mapi.RopRequest = {
      rop: "OpenFolder",
      logonId: 0,
      inputHandleIndex: 0,
      outputHandleIndex: 1,
      folderId: session.inboxId,
      openModeFlags: 0,
    };
    session.inbox = (await session.rops([open], [session.logon, mapi.NO_HANDLE])).handles[1];
    return session;
  }

  /** Carries out ROPs. Rejects where the call fails as a whole. */
  async rops(requests: readonly mapi.RopRequest[], handles: readonly number[], columns: readonly number[] = []): Promise<RopAnswers> {
    const w = new ByteWriter();
    for (const request of requests) mapi.putRopRequest(w, request);
    const rgb = mapi.emitRopBuffer({ ropsList: w.toBytes(), handles });
    const answer = await this.association.call(
      mapi.EMSMDB_OP.EcDoRpc,
      mapi.emitEcDoRpcRequest({ pcxh: this.pcxh, rgb, usSize: MAX_BUFFER }),
    );
    const response = typeof answer === "number" ? null : mapi.parseEcDoRpcResponse(answer);
    const buffer = response && mapi.parseRopBuffer(response.rgb);
    const responses = buffer && mapi.parseRopResponses(buffer.ropsList, () => columns);
    if (!response || !buffer || !responses)
      throw new Error(`EcDoRpc failed: ${typeof answer === "number" ? answer : response?.returnValue}`);
    return { responses, handles: buffer.handles };
  }

  /** One ROP on the logon (index 0) and the Inbox (1), with `handle` in slot 2 and an empty slot 3; its return value and what slot 3 holds. */
  async one(
    request: mapi.RopRequest,
    handle: number = mapi.NO_HANDLE,
  ): Promise<{ code: number; opened: number; response: mapi.RopResponse }> {
    const { responses, handles } = await this.rops([request], [this.logon, this.inbox, handle, mapi.NO_HANDLE]);
    const [response] = responses;
    return { code: response.rop === "failure" ? response.returnValue : 0, opened: handles[3], response };
  }
}

export function createRawHost(address = LOOPBACK): KernelHost {
  return createKernelHost({ address, bindAddress: address, name: "RAW" });
}

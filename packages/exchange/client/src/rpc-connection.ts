/** The client's end of a DCE/RPC association on one TCP connection. It binds one interface and then makes one call at a time. */

import {
  type AssembledCall,
  BIND_NAK_REASON_NOT_SPECIFIED,
  bindNakReason,
  CallAssembler,
  type ClientAuthenticator,
  CONTEXT_ACCEPTANCE,
  emitAuth3,
  emitBind,
  emitCall,
  faultStatus,
  NDR_SYNTAX,
  PduStream,
  PTYPE,
  parseAuthVerifier,
  parseBindAck,
  pduCallId,
  pduType,
  type SyntaxId,
} from "@pushback/dcerpc";
import type { Host, Ipv4Address, KeepAlive, TcpConnection, TcpEndCause, TcpHandlers } from "@pushback/host";

/** max_xmit_frag and max_recv_frag in bytes, from a capture of an Exchange 5.5 client. */
const MAX_FRAG_BYTES = 5840;

/** Largest response stub in bytes: the largest ROP buffer and the parameters around it. */
const MAX_STUB_BYTES = 0x11000;

const CONTEXT_ID = 0;

/** A response's stub (valid during the callback only), or the status of a fault. */
export type RpcAnswer =
  | { readonly ok: true; readonly stub: Uint8Array; readonly littleEndian: boolean }
  | { readonly ok: false; readonly status: number };

export interface RpcConnectionHandlers {
  onBound(): void;
  /** `reason` is that of the bind_nak or of the rejected presentation context. The connection stays open. */
  onRefused(reason: number): void;
  /** The connection is closed. Calls without a response are lost. */
  onClosed(cause: TcpEndCause): void;
}

/** Settings of an RpcConnection: server, interface, and authentication (`null`: none). */
export interface RpcConnectionOptions {
  readonly address: Ipv4Address;
  readonly port: number;
  readonly syntax: SyntaxId;
  readonly authenticator: ClientAuthenticator | null;
  /** Keep-alive of the connection; `null` turns it off. */
  readonly keepAlive: KeepAlive | "machine" | null;
}

interface Call {
  readonly opnum: number;
  readonly stub: Uint8Array;
  readonly done: (answer: RpcAnswer) => void;
}

/** The object is its own `TcpHandlers`: one object instead of five for each of thousands of clients (docs/FLEET-PROFILE.md). */
export class RpcConnection implements TcpHandlers {
  readonly #options: RpcConnectionOptions;
  readonly #handlers: RpcConnectionHandlers;
  readonly #connection: TcpConnection;
  readonly #stream = new PduStream(MAX_FRAG_BYTES, (b, at) => this.#onPdu(b, at));
  readonly #assembler = new CallAssembler(MAX_STUB_BYTES);
  readonly #queue: Call[] = [];
  #outstanding: Call | null = null;
  #bound = false;
  #closing = false;
  #maxXmitFrag = MAX_FRAG_BYTES;
  #callId = 1;

  constructor(host: Host, options: RpcConnectionOptions, handlers: RpcConnectionHandlers) {
    this.#options = options;
    this.#handlers = handlers;
    this.#connection = host.connectTcp(options.address, options.port, this);
  }

  onConnected(): void {
    this.#bind();
  }

  onData(b: Uint8Array, at: number, len: number): void {
    if (this.#stream.push(b, at, len)) this.#connection.abort();
  }

  onEnd(): void {
    this.#connection.close();
  }

  onClosed(cause: TcpEndCause): void {
    this.#closing = true;
    this.#queue.length = 0;
    this.#handlers.onClosed(cause);
  }

  get localPort(): number {
    return this.#connection.localPort;
  }

  /** Makes the call once all earlier calls have their responses. `done` is not called if the connection ends first. */
  call(opnum: number, stub: Uint8Array, done: (answer: RpcAnswer) => void): void {
    if (this.#closing) return;
    this.#queue.push({ opnum, stub, done });
    this.#next();
  }

  /** Closes the connection with FIN. Calls without a response are dropped. */
  close(): void {
    this.#closing = true;
    this.#queue.length = 0;
    this.#connection.close();
  }

  #bind(): void {
    const { syntax, authenticator, keepAlive } = this.#options;
    if (keepAlive) this.#connection.setKeepAlive(keepAlive === "machine" ? undefined : keepAlive);
    const bind = {
      callId: this.#callId,
      maxXmitFrag: MAX_FRAG_BYTES,
      maxRecvFrag: MAX_FRAG_BYTES,
      assocGroupId: 0,
      contexts: [{ contextId: CONTEXT_ID, abstractSyntax: syntax, transferSyntaxes: [NDR_SYNTAX] }],
    };
    this.#connection.send(emitBind(bind, authenticator?.bindVerifier() ?? null));
  }

  #next(): void {
    if (!this.#bound || this.#outstanding || this.#closing) return;
    const call = this.#queue.shift();
    if (!call) return;
    this.#outstanding = call;
    this.#callId++;
    const request = { ptype: PTYPE.REQUEST, callId: this.#callId, contextId: CONTEXT_ID, opnum: call.opnum, stub: call.stub };
    const auth = this.#options.authenticator?.callVerifier() ?? null;
    this.#connection.send(emitCall(request, this.#maxXmitFrag, auth));
  }

  /** Resets the connection after bytes that break the protocol. */
  #refuse(): boolean {
    this.#connection.abort();
    return false;
  }

  #onPdu(b: Uint8Array, at: number): boolean {
    switch (pduType(b, at)) {
      case PTYPE.BIND_ACK:
        return this.#bound ? this.#refuse() : this.#onBindAck(b, at);
      case PTYPE.BIND_NAK:
        this.#handlers.onRefused(bindNakReason(b, at));
        return !this.#closing;
      case PTYPE.RESPONSE: {
        const call = this.#assembler.add(b, at);
        if (typeof call === "string") return this.#refuse();
        return call ? this.#answer(call.callId, { ok: true, ...stubOf(call) }) : true;
      }
      case PTYPE.FAULT:
        return this.#answer(pduCallId(b, at), { ok: false, status: faultStatus(b, at) });
      case PTYPE.SHUTDOWN:
        this.#connection.close();
        return true;
      default:
        return this.#refuse();
    }
  }

  #onBindAck(b: Uint8Array, at: number): boolean {
    const ack = parseBindAck(b, at);
    if (!ack) return this.#refuse();
    const result = ack.results[0];
    if (result?.result !== CONTEXT_ACCEPTANCE) {
      this.#handlers.onRefused(result?.reason ?? BIND_NAK_REASON_NOT_SPECIFIED);
      return !this.#closing;
    }
    const { authenticator } = this.#options;
    const challenge = parseAuthVerifier(b, at);
    const token = authenticator && challenge ? authenticator.answer(challenge) : null;
    if (token) this.#connection.send(emitAuth3(this.#callId, MAX_FRAG_BYTES, token));
    this.#maxXmitFrag = Math.min(MAX_FRAG_BYTES, ack.maxRecvFrag);
    this.#bound = true;
    this.#handlers.onBound();
    this.#next();
    return !this.#closing;
  }

  #answer(callId: number, answer: RpcAnswer): boolean {
    const call = this.#outstanding;
    if (!call || callId !== this.#callId) return this.#refuse();
    this.#outstanding = null;
    call.done(answer);
    this.#next();
    return !this.#closing;
  }
}

function stubOf(call: AssembledCall): { readonly stub: Uint8Array; readonly littleEndian: boolean } {
  return { stub: call.stub, littleEndian: call.littleEndian };
}

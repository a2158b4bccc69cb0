/** One DCE/RPC association: the server's end of one TCP connection. Binds presentation contexts, joins fragments, hands calls to its interface. */

import {
  type AuthVerifier,
  acceptContext,
  BIND_NAK_AUTH_TYPE,
  BIND_NAK_REASON_NOT_SPECIFIED,
  type BindRepr,
  CallAssembler,
  CONTEXT_ACCEPTANCE,
  type ContextResult,
  emitBindAck,
  emitBindNak,
  emitCall,
  emitFault,
  MUST_RECV_FRAG_BYTES,
  NCA_S_FAULT,
  NDR_SYNTAX,
  PduStream,
  type PresentationContext,
  PTYPE,
  parseAuthVerifier,
  parseBind,
  pduCallId,
  pduType,
  REASON_ABSTRACT_SYNTAX,
  REASON_TRANSFER_SYNTAXES,
  rejectContext,
  type ServerAuthenticator,
  type SyntaxId,
  sameSyntax,
} from "@pushback/dcerpc";
import type { TcpConnection, TcpEndCause, TcpHandlers } from "@pushback/host";
import { MAX_CONTEXTS_PER_ASSOCIATION, MAX_QUEUED_BYTES, MAX_STUB_BYTES } from "./settings.ts";

/** The answer to a call: a stub, or the status of a fault. */
export type CallAnswer = Uint8Array | number;

/** What an association serves. */
export interface RpcInterface {
  readonly syntax: SyntaxId;
  readonly lastOpnum: number;
  /** The stub is valid during the call only. */
  call(association: Association, opnum: number, stub: Uint8Array, littleEndian: boolean): CallAnswer;
  /** The connection is gone. */
  closed(association: Association, cause: TcpEndCause): void;
  /** For the record: `status` is `null` when the stream was no DCE/RPC. */
  faulted(association: Association, what: string, status: number | null): void;
}

/** Joins the set `all` when it is made and leaves it when its connection is gone. */
export class Association implements TcpHandlers {
  readonly id: number;
  readonly connection: TcpConnection;
  readonly #interface: RpcInterface;
  readonly #port: number;
  readonly #maxFragBytes: number;
  readonly #authenticator: ServerAuthenticator | null;
  readonly #all: Set<Association>;
  readonly #stream: PduStream;
  readonly #assembler = new CallAssembler(MAX_STUB_BYTES);
  readonly #contexts = new Set<number>();
  #maxXmitFrag = MUST_RECV_FRAG_BYTES;
  #bound = false;
  #authenticated: boolean;

  constructor(
    id: number,
    connection: TcpConnection,
    rpcInterface: RpcInterface,
    port: number,
    maxFragBytes: number,
    authenticator: ServerAuthenticator | null,
    all: Set<Association>,
  ) {
    this.id = id;
    this.connection = connection;
    this.#interface = rpcInterface;
    this.#port = port;
    this.#maxFragBytes = maxFragBytes;
    this.#authenticator = authenticator;
    this.#authenticated = authenticator === null;
    this.#all = all;
    all.add(this);
    this.#stream = new PduStream(maxFragBytes, (b, at) => this.#onPdu(b, at));
  }

  onData(b: Uint8Array, at: number, len: number): void {
    const fault = this.#stream.push(b, at, len);
    if (fault) this.#refuse(fault);
    if (this.connection.queuedBytes > MAX_QUEUED_BYTES) this.connection.pauseReading();
  }

  onDrained(): void {
    this.connection.resumeReading();
  }

  onEnd(): void {
    this.connection.close();
  }

  onClosed(cause: TcpEndCause): void {
    this.#all.delete(this);
    this.#interface.closed(this, cause);
  }

  /** Not DCE/RPC, or no longer: the connection is reset. */
  #refuse(what: string): boolean {
    this.#interface.faulted(this, what, null);
    this.connection.abort();
    return false;
  }

  #onPdu(b: Uint8Array, at: number): boolean {
    switch (pduType(b, at)) {
      case PTYPE.REQUEST:
        return this.#onRequest(b, at);
      case PTYPE.BIND:
        return this.#bound ? this.#refuse("second bind") : this.#onBind(b, at, PTYPE.BIND_ACK);
      case PTYPE.ALTER_CONTEXT:
        return this.#bound ? this.#onBind(b, at, PTYPE.ALTER_CONTEXT_RESP) : this.#refuse("alter_context before bind");
      case PTYPE.AUTH3: {
        const token = parseAuthVerifier(b, at);
        if (token && this.#authenticator) this.#authenticated = this.#authenticator.complete(token);
        return true;
      }
      case PTYPE.ORPHANED:
        this.#assembler.drop(pduCallId(b, at));
        return true;
      case PTYPE.CO_CANCEL:
        // Calls are answered before the next PDU is looked at: there is never one to cancel.
        return true;
      default:
        return this.#refuse("unexpected packet type");
    }
  }

  #onBind(b: Uint8Array, at: number, answer: typeof PTYPE.BIND_ACK | typeof PTYPE.ALTER_CONTEXT_RESP): boolean {
    const bind = parseBind(b, at);
    if (!bind) return this.#refuse("bad bind");
    const token = parseAuthVerifier(b, at);
    let challenge: AuthVerifier | null = null;
    if (token) {
      challenge = this.#authenticator?.challenge(token) ?? null;
      if (!challenge) return this.#nak(bind.callId, BIND_NAK_AUTH_TYPE);
    }
    if (bind.contexts.length === 0) return this.#nak(bind.callId, BIND_NAK_REASON_NOT_SPECIFIED);
    this.#bound = true;
    this.#maxXmitFrag = Math.max(MUST_RECV_FRAG_BYTES, Math.min(bind.maxRecvFrag, this.#maxFragBytes));
    const ack = {
      callId: bind.callId,
      maxXmitFrag: this.#maxXmitFrag,
      maxRecvFrag: Math.max(MUST_RECV_FRAG_BYTES, Math.min(bind.maxXmitFrag, this.#maxFragBytes)),
      assocGroupId: bind.assocGroupId || this.id,
      secondaryAddress: answer === PTYPE.BIND_ACK ? String(this.#port) : "",
      results: this.#negotiate(bind),
    };
    this.connection.send(emitBindAck(ack, challenge, answer));
    return true;
  }

  #nak(callId: number, reason: number): boolean {
    this.#interface.faulted(this, "bind refused", reason);
    this.connection.send(emitBindNak(callId, reason));
    return true;
  }

  #negotiate(bind: BindRepr): ContextResult[] {
    return bind.contexts.map((context) => {
      const result = this.#judge(context);
      if (result.result === CONTEXT_ACCEPTANCE) this.#contexts.add(context.contextId);
      return result;
    });
  }

  #judge(context: PresentationContext): ContextResult {
    const { syntax } = this.#interface;
    const { uuid, versionMajor, versionMinor } = context.abstractSyntax;
    const served = uuid === syntax.uuid && versionMajor === syntax.versionMajor && versionMinor <= syntax.versionMinor;
    if (!served || this.#contexts.size >= MAX_CONTEXTS_PER_ASSOCIATION) return rejectContext(REASON_ABSTRACT_SYNTAX);
    const transfer = context.transferSyntaxes.find((offered) => sameSyntax(offered, NDR_SYNTAX));
    return transfer ? acceptContext(transfer) : rejectContext(REASON_TRANSFER_SYNTAXES);
  }

  #onRequest(b: Uint8Array, at: number): boolean {
    const call = this.#assembler.add(b, at);
    if (typeof call === "string") return this.#refuse(`fragments: ${call}`);
    if (!call) return true;
    const auth = this.#authenticator && this.#bound ? this.#authenticator.callVerifier() : null;
    let answer: CallAnswer;
    if (!this.#bound) answer = NCA_S_FAULT.PROTO_ERROR;
    else if (!this.#authenticated) answer = NCA_S_FAULT.ACCESS_DENIED;
    else if (!this.#contexts.has(call.contextId)) answer = NCA_S_FAULT.UNK_IF;
    else if (call.opnum > this.#interface.lastOpnum) answer = NCA_S_FAULT.OP_RNG_ERROR;
    else answer = this.#interface.call(this, call.opnum, call.stub, call.littleEndian);
    if (typeof answer === "number") {
      this.#interface.faulted(this, `call ${call.opnum}`, answer);
      this.connection.send(emitFault(call.callId, call.contextId, answer, false, auth));
    } else {
      const response = { ptype: PTYPE.RESPONSE, callId: call.callId, contextId: call.contextId, opnum: 0, stub: answer };
      this.connection.send(emitCall(response, this.#maxXmitFrag, auth));
    }
    return true;
  }
}

/** One DCE/RPC association: the server's end of one TCP connection. Binds presentation contexts, joins fragments, hands calls to its interface. */

import {
  type AssembledCall,
  type AuthVerifier,
  acceptContext,
  BIND_NAK_AUTH_TYPE,
  BIND_NAK_PROTOCOL_VERSION,
  BIND_NAK_REASON_NOT_SPECIFIED,
  type BindRepr,
  CallAssembler,
  CONTEXT_ACCEPTANCE,
  type ContextResult,
  emitBindAck,
  emitBindNak,
  emitCall,
  emitFault,
  MANAGEMENT_LAST_OPNUM,
  MANAGEMENT_SYNTAX,
  MUST_RECV_FRAG_BYTES,
  NCA_S_FAULT,
  NDR_SYNTAX,
  PduStream,
  type PresentationContext,
  PTYPE,
  parseAuthVerifier,
  parseBind,
  pduCallId,
  pduFragLength,
  pduType,
  REASON_ABSTRACT_SYNTAX,
  REASON_TRANSFER_SYNTAXES,
  RPC_C_AUTHN_LEVEL_CONNECT,
  type RpcStatistics,
  rejectContext,
  type ServerAuthenticator,
  type SyntaxId,
  sameSyntax,
} from "@pushback/dcerpc";
import type { TcpConnection, TcpEndCause, TcpHandlers } from "@pushback/host";
import {
  MAX_CONTEXTS_PER_ASSOCIATION,
  MAX_QUEUED_BYTES,
  MAX_STUB_BYTES,
  MAX_UNREAD_BYTES,
  MAX_UNREAD_BYTES_OF_ALL,
  type ServerLimits,
  UNREAD_SHARE_BYTES,
} from "../limits.ts";

import { callManagement } from "./management.ts";
import { type SecurityContext, SecurityContexts } from "./security-contexts.ts";
import type { TurnShare } from "./turn-share.ts";

/** The answer to a call: a stub, or the status of a fault. */
export type CallAnswer = Uint8Array | number;

/** An RPC interface that a listener offers. */
export interface RpcInterface {
  readonly syntax: SyntaxId;
  readonly lastOpnum: number;
  /** The stub is valid during the call only. */
  call(association: Association, opnum: number, stub: Uint8Array, littleEndian: boolean): CallAnswer;
  /** Whether the association holds anything that outlives a call. */
  holds(association: Association): boolean;
  /** Called for every interface of the listener when the connection has ended. */
  closed(association: Association, cause: TcpEndCause): void;
  /** Reports a fault or a refusal; `status` is `null` if the stream was no DCE/RPC. */
  faulted(association: Association, what: string, status: number | null): void;
}

/** Associations of one client that share context handles (C706 section 9.3.2); it lives as long as one of them. */
export interface AssociationGroup {
  readonly id: number;
  readonly members: Set<Association>;
}

/** Settings and state that the associations of one listener share. */
export interface AssociationSettings {
  /** Faults are reported to the first interface, the end of an association to all. */
  readonly rpcInterfaces: readonly [RpcInterface, ...RpcInterface[]];
  readonly port: number;
  readonly maxFragBytes: number;
  /** Whether a bind without credentials is accepted although the server has an authenticator. */
  readonly allowAnonymous: boolean;
  nowUs(): number;
  /** Shares the processor fairly between associations; `null`: calls are answered on arrival. */
  readonly turn: TurnShare | null;
  /** Bytes of responses that wait on all associations of the server. */
  readonly unread: { bytes: number };
  /** Association groups of the listener, by id. */
  readonly groups: Map<number, AssociationGroup>;
  readonly statistics: RpcStatistics;
  /** Called once when an association's connection has ended, before the interfaces are told. */
  onClosed(association: Association): void;
}

/** The time limits of an association. */
export type Lateness = "no-bind" | "slow-call" | "stalled" | "idle";

/** Bytes of calls between two checks of the turn's time. */
const PIECE_BYTES = 2048;

/** Time value of an operation that is not in progress. */
const NEVER = -1;

export class Association implements TcpHandlers {
  readonly id: number;
  readonly connection: TcpConnection;
  readonly #settings: AssociationSettings;
  readonly #stream: PduStream;
  readonly #assembler = new CallAssembler(MAX_STUB_BYTES);
  /** Security contexts; `null` if the server does not authenticate. */
  readonly #security: SecurityContexts | null;
  /** Accepted presentation contexts: of the listener's interfaces, and in `#managementContexts` of the management interface. */
  #contexts: readonly { readonly id: number; readonly rpcInterface: RpcInterface }[] = [];
  #managementContexts: readonly number[] = [];
  #group: AssociationGroup | null = null;
  #maxXmitFrag = MUST_RECV_FRAG_BYTES;
  #bound = false;
  /** Whether the bind had no credentials; an alter_context may add them. */
  #anonymous = false;
  /** The security context of the fragments that are being joined. */
  #assemblingFor: SecurityContext | null = null;
  /** The account of the call that runs, or ran last. */
  #account: string | null = null;
  readonly #openedAtUs: number;
  #lastCallUs: number;
  /** Time of the first fragment of an incomplete call, in microseconds; NEVER if there is none. */
  #incompleteSinceUs = NEVER;
  /** This connection's part of `unread.bytes`. */
  #unreadBytes = 0;
  /** Received bytes that are not parsed yet. */
  #left: Uint8Array | null = null;
  #ended = false;
  #closed = false;
  /** Time since which the peer does not read its responses, in microseconds; NEVER if it reads. */
  #stalledSinceUs = NEVER;

  /** `createAuthenticator` creates the security provider of one security context; `null`: the server does not authenticate. */
  constructor(
    id: number,
    connection: TcpConnection,
    settings: AssociationSettings,
    createAuthenticator: (() => ServerAuthenticator) | null,
  ) {
    this.id = id;
    this.connection = connection;
    this.#settings = settings;
    this.#security = createAuthenticator && new SecurityContexts(createAuthenticator);
    this.#openedAtUs = settings.nowUs();
    this.#lastCallUs = this.#openedAtUs;
    this.#stream = new PduStream(settings.maxFragBytes, (b, at) => this.#onPdu(b, at));
  }

  /** The account of the current call; `null` if it is anonymous, or credentials are not asked for. */
  get account(): string | null {
    return this.#account;
  }

  get #authenticated(): boolean {
    return this.#security === null || this.#anonymous || this.#security.firstAuthenticated;
  }

  /** The group that the client joined or founded with its bind; `null` before. */
  get group(): AssociationGroup | null {
    return this.#group;
  }

  /** The time limit that the association has exceeded; `null` if it has exceeded none. */
  lateness(nowUs: number, limits: ServerLimits): Lateness | null {
    const since = (us: number) => (us === NEVER ? 0 : nowUs - us);
    if ((!this.#bound || !this.#authenticated) && since(this.#openedAtUs) > limits.bindTimeoutUs) return "no-bind";
    if (since(this.#incompleteSinceUs) > limits.callTimeoutUs) return "slow-call";
    if (since(this.#stalledSinceUs) > limits.stallTimeoutUs) return "stalled";
    const idle = since(this.#lastCallUs) > limits.idleTimeoutUs && !this.#settings.rpcInterfaces.some((one) => one.holds(this));
    return idle ? "idle" : null;
  }

  onData(b: Uint8Array, at: number, len: number): void {
    const { turn } = this.#settings;
    if (!turn) {
      this.#take(b, at, len);
      return;
    }
    // Earlier bytes must be parsed first.
    if (this.#left) {
      const both = new Uint8Array(this.#left.length + len);
      both.set(this.#left);
      both.set(b.subarray(at, at + len), this.#left.length);
      this.#left = both;
      return;
    }
    for (let taken = 0; taken < len; taken += PIECE_BYTES) {
      if (turn.isSpent()) {
        this.#wait(turn, b.slice(at + taken, at + len));
        return;
      }
      this.#take(b, at + taken, Math.min(PIECE_BYTES, len - taken));
    }
  }

  /** Parsing goes on in a later turn; reading pauses until then. */
  #wait(turn: TurnShare, rest: Uint8Array): void {
    this.#left = rest;
    this.connection.pauseReading();
    turn.later(() => {
      const left = this.#left;
      this.#left = null;
      if (!left || this.#closed) return;
      this.onData(left, 0, left.length);
      if (this.#left) return;
      if (this.#ended) this.connection.close();
      else if (this.#stalledSinceUs === NEVER) this.connection.resumeReading();
    });
  }

  #take(b: Uint8Array, at: number, len: number): void {
    const fault = this.#stream.push(b, at, len);
    if (fault === "bad-version") this.#refuseVersion();
    else if (fault) this.#refuse(fault);
    if (!this.#stream.holding && !this.#assembler.holding) this.#incompleteSinceUs = NEVER;
    else if (this.#incompleteSinceUs === NEVER) this.#incompleteSinceUs = this.#settings.nowUs();
    if (this.connection.queuedBytes > MAX_QUEUED_BYTES && this.#stalledSinceUs === NEVER) {
      this.#stalledSinceUs = this.#settings.nowUs();
      this.connection.pauseReading();
    }
  }

  /** Brings the sum of all waiting responses up to date with this connection's. */
  #countUnread(): number {
    const { unread } = this.#settings;
    unread.bytes += this.connection.queuedBytes - this.#unreadBytes;
    this.#unreadBytes = this.connection.queuedBytes;
    return unread.bytes;
  }

  onDrained(): void {
    this.#countUnread();
    if (this.#stalledSinceUs === NEVER) return;
    this.#stalledSinceUs = NEVER;
    if (!this.#left) this.connection.resumeReading();
  }

  onEnd(): void {
    // Calls received before the FIN are still answered.
    this.#ended = true;
    if (!this.#left) this.connection.close();
  }

  onClosed(cause: TcpEndCause): void {
    this.#closed = true;
    this.#left = null;
    this.#settings.unread.bytes -= this.#unreadBytes;
    this.#unreadBytes = 0;
    this.#settings.onClosed(this);
    this.#group?.members.delete(this);
    if (this.#group?.members.size === 0) this.#settings.groups.delete(this.#group.id);
    for (const one of this.#settings.rpcInterfaces) one.closed(this, cause);
  }

  /** Resets the connection after bytes that are no DCE/RPC, or break its rules. Returns false, which ends parsing. */
  #refuse(what: string): boolean {
    this.#settings.rpcInterfaces[0].faulted(this, what, null);
    this.connection.abort();
    return false;
  }

  /** A PDU of another version draws a bind_nak that names 5.0 (C706 section 12.6.3.1); the connection ends in order, so that it arrives. */
  #refuseVersion(): void {
    this.#settings.rpcInterfaces[0].faulted(this, "bad-version", null);
    this.connection.send(emitBindNak(this.#stream.refusedCallId, BIND_NAK_PROTOCOL_VERSION));
    this.connection.close();
  }

  #onPdu(b: Uint8Array, at: number): boolean {
    this.#settings.statistics.pdusIn++;
    switch (pduType(b, at)) {
      case PTYPE.REQUEST:
        return this.#onRequest(b, at);
      case PTYPE.BIND:
        return this.#bound ? this.#refuse("second bind") : this.#onBind(b, at, PTYPE.BIND_ACK);
      case PTYPE.ALTER_CONTEXT:
        return this.#bound ? this.#onBind(b, at, PTYPE.ALTER_CONTEXT_RESP) : this.#refuse("alter_context before bind");
      case PTYPE.AUTH3: {
        const token = parseAuthVerifier(b, at);
        if (token) this.#security?.complete(token);
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
    const refuse = (reason: number) => this.#refuseBind(bind.callId, answer, reason);
    const token = parseAuthVerifier(b, at);
    let challenge: AuthVerifier | null = null;
    if (token) {
      challenge = this.#security?.challenge(token) ?? null;
      if (!challenge) return refuse(BIND_NAK_AUTH_TYPE);
    } else if (this.#security && answer === PTYPE.BIND_ACK) {
      if (!this.#settings.allowAnonymous) return refuse(BIND_NAK_AUTH_TYPE);
      this.#anonymous = true;
    }
    if (bind.contexts.length === 0) return refuse(BIND_NAK_REASON_NOT_SPECIFIED);
    if (!this.#joinGroup(bind.assocGroupId)) return refuse(BIND_NAK_REASON_NOT_SPECIFIED);
    this.#bound = true;
    this.#maxXmitFrag = Math.max(MUST_RECV_FRAG_BYTES, Math.min(bind.maxRecvFrag, this.#settings.maxFragBytes));
    const ack = {
      callId: bind.callId,
      maxXmitFrag: this.#maxXmitFrag,
      maxRecvFrag: Math.max(MUST_RECV_FRAG_BYTES, Math.min(bind.maxXmitFrag, this.#settings.maxFragBytes)),
      assocGroupId: this.#group?.id ?? this.id,
      secondaryAddress: answer === PTYPE.BIND_ACK ? String(this.#settings.port) : "",
      results: this.#negotiate(bind),
    };
    this.connection.send(emitBindAck(ack, challenge, answer));
    return true;
  }

  /** Founds a group, or joins the one that the client names; `false` where there is no such group. */
  #joinGroup(id: number): boolean {
    if (this.#group) return true;
    const group = id === 0 ? { id: this.id, members: new Set<Association>() } : this.#settings.groups.get(id);
    if (!group) return false;
    this.#settings.groups.set(group.id, group);
    group.members.add(this);
    this.#group = group;
    return true;
  }

  /** A bind is refused by a bind_nak, an alter_context by a fault (MS-RPCE 3.3.1.5.2.1). The association stays as it was. */
  #refuseBind(callId: number, answer: typeof PTYPE.BIND_ACK | typeof PTYPE.ALTER_CONTEXT_RESP, reason: number): boolean {
    const isAlter = answer === PTYPE.ALTER_CONTEXT_RESP;
    this.#settings.rpcInterfaces[0].faulted(this, isAlter ? "alter_context refused" : "bind refused", reason);
    const status = reason === BIND_NAK_AUTH_TYPE ? NCA_S_FAULT.ACCESS_DENIED : NCA_S_FAULT.PROTO_ERROR;
    this.connection.send(isAlter ? emitFault(callId, 0, status) : emitBindNak(callId, reason));
    return true;
  }

  #negotiate(bind: BindRepr): ContextResult[] {
    return bind.contexts.map((context) => {
      const result = this.#judge(context);
      if (result.result !== CONTEXT_ACCEPTANCE) return result;
      const { contextId } = context;
      if (context.abstractSyntax.uuid === MANAGEMENT_SYNTAX.uuid) {
        if (!this.#managementContexts.includes(contextId)) this.#managementContexts = this.#managementContexts.concat(contextId);
      } else if (!this.#interfaceOf(contextId)) {
        const rpcInterface = this.#settings.rpcInterfaces.find((one) => one.syntax.uuid === context.abstractSyntax.uuid);
        if (rpcInterface) this.#contexts = this.#contexts.concat({ id: contextId, rpcInterface });
      }
      return result;
    });
  }

  #interfaceOf(contextId: number): RpcInterface | null {
    return this.#contexts.find(({ id }) => id === contextId)?.rpcInterface ?? null;
  }

  #judge(context: PresentationContext): ContextResult {
    const { uuid, versionMajor, versionMinor } = context.abstractSyntax;
    const served = [...this.#settings.rpcInterfaces.map(({ syntax }) => syntax), MANAGEMENT_SYNTAX].some(
      (syntax) => uuid === syntax.uuid && versionMajor === syntax.versionMajor && versionMinor <= syntax.versionMinor,
    );
    if (!served || this.#contexts.length + this.#managementContexts.length >= MAX_CONTEXTS_PER_ASSOCIATION)
      return rejectContext(REASON_ABSTRACT_SYNTAX);
    const transfer = context.transferSyntaxes.find((offered) => sameSyntax(offered, NDR_SYNTAX));
    return transfer ? acceptContext(transfer) : rejectContext(REASON_TRANSFER_SYNTAXES);
  }

  /** Without a trailer a request is anonymous, or of the first context (MS-RPCE 3.3.1.5.4). */
  #contextOf(security: SecurityContexts, b: Uint8Array, at: number): SecurityContext | null {
    if (!this.#bound) return null;
    if (!this.#anonymous && security.count < 2) return security.of(null);
    const trailer = parseAuthVerifier(b, at);
    return this.#anonymous && !trailer ? null : security.of(trailer?.authContextId ?? null);
  }

  #onRequest(b: Uint8Array, at: number): boolean {
    const context = this.#security && this.#contextOf(this.#security, b, at);
    if (this.#assembler.holding && context !== this.#assemblingFor) return this.#refuse("fragments: of two security contexts");
    this.#assemblingFor = context;
    const security = context?.authenticated === true ? context.authenticator : null;
    const plain =
      security && security.level > RPC_C_AUTHN_LEVEL_CONNECT ? security.unprotect(b.slice(at, at + pduFragLength(b, at))) : null;
    // At these levels an unsigned request is not authentic.
    if (security && security.level > RPC_C_AUTHN_LEVEL_CONNECT && !plain) return this.#refuse("bad signature");
    const call = plain ? this.#assembler.add(plain, 0) : this.#assembler.add(b, at);
    if (typeof call === "string") return this.#refuse(`fragments: ${call}`);
    if (!call) return true;
    const rpcInterface = this.#interfaceOf(call.contextId);
    const auth = this.#bound ? (context?.authenticator.callVerifier() ?? null) : null;
    this.#account = security?.account ?? null;
    this.#lastCallUs = this.#settings.nowUs();
    this.#settings.statistics.callsIn++;
    const tooMuch = this.#countUnread() > MAX_UNREAD_BYTES_OF_ALL ? UNREAD_SHARE_BYTES : MAX_UNREAD_BYTES;
    if (this.connection.queuedBytes > tooMuch) return this.#refuse("answers are not taken");
    let answer: CallAnswer;
    if (!this.#bound) answer = NCA_S_FAULT.PROTO_ERROR;
    else if (this.#security && (context ? !security : !this.#anonymous)) answer = NCA_S_FAULT.ACCESS_DENIED;
    else if (this.#managementContexts.includes(call.contextId)) answer = this.#callManagement(call);
    else if (!rpcInterface) answer = NCA_S_FAULT.UNK_IF;
    else if (call.opnum > rpcInterface.lastOpnum) answer = NCA_S_FAULT.OP_RNG_ERROR;
    else answer = rpcInterface.call(this, call.opnum, call.stub, call.littleEndian);
    if (typeof answer === "number") {
      this.#settings.rpcInterfaces[0].faulted(this, `call ${call.opnum}`, answer);
      const fault = emitFault(call.callId, call.contextId, answer, false, auth);
      security?.protect(fault);
      this.connection.send(fault);
    } else {
      const response = { ptype: PTYPE.RESPONSE, callId: call.callId, contextId: call.contextId, opnum: 0, stub: answer };
      const pdus = emitCall(response, this.#maxXmitFrag, auth);
      security?.protect(pdus);
      this.connection.send(pdus);
    }
    this.#settings.statistics.pdusOut++;
    return true;
  }

  #callManagement({ opnum, stub, littleEndian }: AssembledCall): CallAnswer {
    if (opnum > MANAGEMENT_LAST_OPNUM) return NCA_S_FAULT.OP_RNG_ERROR;
    const served = this.#settings.rpcInterfaces.map(({ syntax }) => syntax);
    return callManagement(served, this.#settings.statistics, opnum, stub, littleEndian);
  }
}

/** The EMSMDB interface: EcDoConnect to EcRNetGetDCName, and the sessions that its context handles stand for. */

import { ByteWriter, formatHex } from "@pushback/bytes";
import {
  contextHandleKey,
  NCA_S_FAULT,
  NdrReader,
  NULL_CONTEXT_HANDLE,
  putConformantVaryingBytes,
  putContextHandle,
  putNdrU16,
  putNdrU32,
} from "@pushback/dcerpc";
import type { Host, TcpEndCause } from "@pushback/host";
import {
  checkCallbackAddress,
  type EcDoConnectRequest,
  EMSMDB_LAST_OPNUM,
  EMSMDB_OP,
  EMSMDB_SYNTAX,
  emitEcDoConnectResponse,
  emitEcDoDisconnectResponse,
  emitEcDoRpcResponse,
  emitEcRRegisterPushNotificationResponse,
  MAPI_ERROR,
  MAX_CONTEXT_BYTES,
  NO_SESSION_LINK,
  parseEcDoConnectRequest,
  parseEcDoRpcRequest,
  parseEcRRegisterPushNotificationRequest,
  parseEcRUnregisterPushNotificationRequest,
  parseSockaddrIn,
} from "@pushback/mapi";
import { createRopService, type RopService } from "../dispatch/rop-handlers.ts";
import { processRops } from "../dispatch/rop-processor.ts";
import type { MailServerEvent } from "../events.ts";
import {
  MAX_HELD_BYTES,
  MAX_HELD_BYTES_PER_ACCOUNT,
  MAX_HELD_BYTES_PER_ASSOCIATION,
  MAX_HELD_BYTES_PER_SESSION,
  MAX_SESSIONS_PER_ASSOCIATION,
} from "../limits.ts";
import type { Mailbox } from "../mail-store/mailbox.ts";
import { type InformationStore, randomBytes } from "../mail-store/store.ts";
import { codePageOfLogon, decodeWireText, encodeWireText } from "../mail-store/wire-text.ts";
import { queueNotifications } from "../notification/notification-rops.ts";
import { judgeCallback } from "../push/callback-rule.ts";
import type { Notifier } from "../push/notifier.ts";
import { dnPrefix } from "../session/entry-ids.ts";
import { MemoryBudget } from "../session/memory-budget.ts";
import { Session } from "../session/session.ts";
import type { MailServerSettings } from "../settings.ts";
import type { Association, AssociationGroup, CallAnswer, RpcInterface } from "./association.ts";

/** Length of the field for a domain controller's name in the responses of opnums 7 and 8; this server leaves it empty. */
const DC_NAME_BYTES = 16;

export class Emsmdb implements RpcInterface {
  readonly syntax = EMSMDB_SYNTAX;
  readonly lastOpnum = EMSMDB_LAST_OPNUM;
  /** Open sessions, in the order of their EcDoConnect. */
  readonly sessions = new Set<Session>();
  readonly #host: Host;
  readonly #store: InformationStore;
  readonly #settings: MailServerSettings;
  readonly #notifier: Notifier;
  readonly #rops: RopService;
  readonly #emit: (event: MailServerEvent) => void;
  /** Context handles are valid on every association of the group, for the account that opened them. */
  readonly #held = new Map<AssociationGroup, readonly Session[]>();
  readonly #budget = new MemoryBudget(MAX_HELD_BYTES);
  readonly #associationBudgets = new WeakMap<Association, MemoryBudget>();
  /** By account name in lower case; one for each account that ever connected. */
  readonly #accountBudgets = new Map<string, MemoryBudget>();
  /** Number of the next session. */
  nextSession = 1;
  /** The session whose call runs; `null` between calls. */
  caller: Session | null = null;
  #halted = false;

  constructor(
    host: Host,
    store: InformationStore,
    settings: MailServerSettings,
    notifier: Notifier,
    emit: (event: MailServerEvent) => void,
  ) {
    this.#host = host;
    this.#store = store;
    this.#settings = settings;
    this.#notifier = notifier;
    this.#rops = createRopService(settings.rops);
    this.#emit = emit;
  }

  call(association: Association, opnum: number, stub: Uint8Array, littleEndian: boolean): CallAnswer {
    if (this.#halted) return NCA_S_FAULT.CONTEXT_MISMATCH;
    switch (opnum) {
      case EMSMDB_OP.EcDoConnect:
        return this.#connect(association, stub, littleEndian);
      case EMSMDB_OP.EcDummyRpc:
        return new Uint8Array(4);
      case EMSMDB_OP.EcRNetGetDCName:
        return noDcName(null, stub, littleEndian);
      default:
        return this.#callOfSession(association, opnum, stub, littleEndian);
    }
  }

  #callOfSession(association: Association, opnum: number, stub: Uint8Array, littleEndian: boolean): CallAnswer {
    const r = new NdrReader(stub, 0, stub.length, littleEndian);
    const pcxh = r.contextHandle();
    if (r.failed) return NCA_S_FAULT.BAD_STUB_DATA;
    const key = contextHandleKey(pcxh);
    const session = this.#heldBy(association).find((held) => held.contextKey === key && held.account === association.account);
    if (!session) return NCA_S_FAULT.CONTEXT_MISMATCH;
    session.lastActivityUs = this.#host.nowUs();
    switch (opnum) {
      case EMSMDB_OP.EcDoDisconnect:
        return this.#disconnect(association, session);
      case EMSMDB_OP.EcDoRpc:
        return this.#doRpc(association, session, stub, littleEndian);
      case EMSMDB_OP.EcGetMoreRpc:
        return noMore(pcxh, r);
      case EMSMDB_OP.EcRRegisterPushNotification:
        return this.#register(association, session, stub, littleEndian);
      case EMSMDB_OP.EcRUnregisterPushNotification:
        return this.#unregister(session, stub, littleEndian);
      default:
        return noDcName(pcxh, stub, littleEndian);
    }
  }

  #connect(association: Association, stub: Uint8Array, littleEndian: boolean): CallAnswer {
    const request = parseEcDoConnectRequest(stub, littleEndian);
    if (!request) return NCA_S_FAULT.BAD_STUB_DATA;
    const codePage = codePageOfLogon(request.ulCpid, request.ulLcidString);
    const user = decodeWireText(codePage, request.szUserDN);
    const mailbox = this.#store.findByDn(user);
    const held = this.#heldBy(association);
    const code = this.#refusal(mailbox, association, held.length);
    if (!mailbox || code) {
      this.#emit({ type: "connect-refused", association: association.id, user, code });
      return this.#connectAnswer(request, null, null, code);
    }
    const pcxh = NULL_CONTEXT_HANDLE.slice();
    pcxh.set(randomBytes(this.#host, 16), 4);
    const { remoteAddress, remotePort } = association.connection;
    const now = this.#host.nowUs();
    const session = new Session(
      this.nextSession++,
      mailbox,
      codePage,
      request.rgwClientVersion,
      now,
      remoteAddress,
      remotePort,
      Math.floor(this.#host.wallClockMs() / 1000) >>> 0,
      this.#budgetFor(association, mailbox),
    );
    this.#link(session, request);
    session.watcher = (change) => {
      queueNotifications(session, change);
      this.#notifier.update(session);
    };
    session.watch(mailbox);
    session.contextKey = contextHandleKey(pcxh);
    session.account = association.account;
    if (session.account !== null) session.mayOpen = (alias) => this.#settings.mayOpen(session.account, alias);
    if (association.group) this.#held.set(association.group, held.concat(session));
    this.sessions.add(session);
    this.#emit({
      type: "connect",
      session: session.id,
      association: association.id,
      user: mailbox.alias,
      clientVersion: request.rgwClientVersion,
    });
    return this.#connectAnswer(request, pcxh, session, MAPI_ERROR.ecNone);
  }

  /** The memory budget of a new session. It also counts against the budgets of its association, of its account (or mailbox, if anonymous) and of the server. */
  #budgetFor(association: Association, mailbox: Mailbox): MemoryBudget {
    let ofAssociation = this.#associationBudgets.get(association);
    if (!ofAssociation) {
      const account = (association.account ?? mailbox.alias).toLowerCase();
      let ofAccount = this.#accountBudgets.get(account);
      if (!ofAccount) {
        ofAccount = new MemoryBudget(MAX_HELD_BYTES_PER_ACCOUNT, this.#budget);
        this.#accountBudgets.set(account, ofAccount);
      }
      ofAssociation = new MemoryBudget(MAX_HELD_BYTES_PER_ASSOCIATION, ofAccount);
      this.#associationBudgets.set(association, ofAssociation);
    }
    return new MemoryBudget(MAX_HELD_BYTES_PER_SESSION, ofAssociation);
  }

  #refusal(mailbox: Mailbox | null, association: Association, sessions: number): number {
    if (!mailbox) return MAPI_ERROR.ecUnknownUser;
    if (!this.#settings.mayOpen(association.account, mailbox.alias)) return MAPI_ERROR.ecLoginPerm;
    return sessions >= MAX_SESSIONS_PER_ASSOCIATION ? MAPI_ERROR.ecMemory : MAPI_ERROR.ecNone;
  }

  /** Links the session to the earlier session of the same mailbox that ulIcxrLink and pulTimeStamp name, if there is one (MS-OXCRPC 3.1.4.1). */
  #link(session: Session, request: EcDoConnectRequest): void {
    if (request.ulIcxrLink === NO_SESSION_LINK) return;
    const index = request.ulIcxrLink & 0xffff;
    for (const earlier of this.sessions) {
      const named = earlier.sessionIndex === index && earlier.timeStamp === request.pulTimeStamp && earlier.mailbox === session.mailbox;
      if (!named || (earlier.linked?.size ?? 0) >= MAX_SESSIONS_PER_ASSOCIATION) continue;
      earlier.linked ??= new Set([earlier]);
      session.linked = earlier.linked.add(session);
      return;
    }
  }

  #connectAnswer(request: EcDoConnectRequest, pcxh: Uint8Array | null, session: Session | null, returnValue: number): Uint8Array {
    const { pcmsPollsMax, pcRetry, pcmsRetryDelay, serverVersion } = this.#settings;
    const text = (s: string) => encodeWireText(codePageOfLogon(request.ulCpid, request.ulLcidString), s);
    return emitEcDoConnectResponse({
      pcxh: pcxh ?? NULL_CONTEXT_HANDLE,
      pcmsPollsMax,
      pcRetry,
      pcmsRetryDelay,
      picxr: session?.sessionIndex ?? 0,
      szDNPrefix: session && text(dnPrefix(session.mailbox)),
      szDisplayName: session && text(session.mailbox.displayName),
      rgwServerVersion: serverVersion,
      rgwBestVersion: request.rgwClientVersion,
      pulTimeStamp: session?.timeStamp ?? 0,
      returnValue,
    });
  }

  #disconnect(association: Association, session: Session): CallAnswer {
    this.#release(association.group, session);
    this.#emit({ type: "disconnect", session: session.id });
    this.#end(session, "disconnect", null);
    return emitEcDoDisconnectResponse(MAPI_ERROR.ecNone);
  }

  #doRpc(association: Association, session: Session, stub: Uint8Array, littleEndian: boolean): CallAnswer {
    const request = parseEcDoRpcRequest(stub, littleEndian);
    if (!request) return NCA_S_FAULT.BAD_STUB_DATA;
    session.inCall = true;
    this.caller = session;
    const outcome = processRops(
      this.#rops,
      this.#store,
      session,
      request.rgb,
      request.usSize,
      this.#host.wallClockMs(),
      () => this.#host.nowUs(),
      ({ rop, ropId, error }) => {
        const [reason, code] = [describeError(error), MAPI_ERROR.ecError];
        this.#emit({ type: "rop-failed", association: association.id, session: session.id, rop, ropId, reason, code });
      },
    );
    session.inCall = false;
    this.caller = null;
    if (outcome.retrieved > 0) {
      const remaining = session.pending.length;
      this.#emit({ type: "notifications-retrieved", session: session.id, count: outcome.retrieved, remaining });
    }
    this.#notifier.update(session);
    return emitEcDoRpcResponse({ pcxh: request.pcxh, rgb: outcome.rgb, usSize: request.usSize, returnValue: outcome.returnValue });
  }

  #register(association: Association, session: Session, stub: Uint8Array, littleEndian: boolean): CallAnswer {
    const request = parseEcRRegisterPushNotificationRequest(stub, littleEndian);
    if (!request) return NCA_S_FAULT.BAD_STUB_DATA;
    const { pcxh, rgbContext, rgbCallbackAddress } = request;
    let returnValue = rgbContext.length > MAX_CONTEXT_BYTES ? MAPI_ERROR.ecTooBig : checkCallbackAddress(rgbCallbackAddress);
    const to = returnValue ? { address: 0, port: 0 } : parseSockaddrIn(rgbCallbackAddress);
    if (!returnValue) {
      returnValue = judgeCallback(to.address, to.port, association.connection.remoteAddress, this.#settings.callbackRanges);
      if (returnValue) this.#emit({ type: "register-refused", session: session.id, ...to, code: returnValue });
    }
    if (!returnValue) {
      this.#emit({ type: "registered", session: session.id, address: to.address, port: to.port, contextHex: formatHex(rgbContext) });
      session.adviseBits = request.grbitAdviseBits;
      this.#notifier.register(session, { rgbContext, address: to.address, port: to.port });
    }
    return emitEcRRegisterPushNotificationResponse({ pcxh, hNotification: 0, returnValue });
  }

  #unregister(session: Session, stub: Uint8Array, littleEndian: boolean): CallAnswer {
    const request = parseEcRUnregisterPushNotificationRequest(stub, littleEndian);
    if (!request) return NCA_S_FAULT.BAD_STUB_DATA;
    if (this.#notifier.unregister(session)) this.#emit({ type: "unregistered", session: session.id });
    const w = new ByteWriter(24);
    putContextHandle(w, request.pcxh);
    w.u32le(MAPI_ERROR.ecNone);
    return w.toBytes();
  }

  #heldBy({ group }: Association): readonly Session[] {
    return (group && this.#held.get(group)) ?? [];
  }

  #release(group: AssociationGroup | null, session: Session): void {
    if (!group) return;
    const left = (this.#held.get(group) ?? []).filter((held) => held !== session);
    if (left.length > 0) this.#held.set(group, left);
    else this.#held.delete(group);
  }

  /** Whether the association's group has sessions. */
  holds(association: Association): boolean {
    return this.#heldBy(association).length > 0;
  }

  /** Context rundown: the last connection of the group is gone, so its sessions end with their objects, subscriptions and registrations. */
  closed(association: Association, cause: TcpEndCause): void {
    this.#emit({ type: "association-closed", association: association.id, cause });
    const { group } = association;
    if (!group || group.members.size > 0) return;
    const held = this.#held.get(group);
    this.#held.delete(group);
    for (const session of held ?? []) this.#end(session, "rundown", cause);
  }

  faulted(association: Association, what: string, status: number | null): void {
    this.#emit({ type: "fault", association: association.id, what, status });
  }

  #end(session: Session, how: "disconnect" | "rundown", cause: TcpEndCause | null): void {
    session.budget.close();
    this.#notifier.forget(session);
    session.linked?.delete(session);
    session.unwatch();
    this.sessions.delete(session);
    this.#emit({ type: "session-ended", session: session.id, how, cause });
  }

  /** Ends the sessions of a removed mailbox: their context handles become invalid. */
  endSessionsOf(mailbox: Mailbox): void {
    for (const [group, held] of this.#held) {
      for (const session of held) {
        if (session.mailbox !== mailbox) continue;
        this.#release(group, session);
        this.#end(session, "disconnect", null);
      }
    }
  }

  /** Ends every session, as the end of the server's process does; later calls draw a fault. */
  halt(): void {
    this.#halted = true;
    this.#held.clear();
    for (const session of this.sessions) this.#end(session, "rundown", "host-down");
  }

  /** Stops the datagrams of every session; the clients are not notified. */
  stop(): void {
    for (const session of this.sessions) this.#notifier.stop(session);
  }
}

/** The text of an exception, with the place in the program that threw it. */
function describeError(error: unknown): string {
  const place = error instanceof Error ? error.stack?.split("\n").find((line) => /^\s+at /.test(line)) : undefined;
  return place === undefined ? String(error) : `${String(error)} (${place.trim()})`;
}

/** Answers a request for the rest of a response with an empty buffer: EcDoRpc returns whole responses (layout inferred from interface definitions). */
function noMore(pcxh: Uint8Array, r: NdrReader): CallAnswer {
  const { maxCount } = r.conformantVaryingBytes();
  if (r.failed) return NCA_S_FAULT.BAD_STUB_DATA;
  const w = new ByteWriter(40);
  putContextHandle(w, pcxh);
  putConformantVaryingBytes(w, maxCount, new Uint8Array(0));
  putNdrU16(w, 0);
  putNdrU32(w, MAPI_ERROR.ecNone);
  return w.toBytes();
}

/** Opnums 7 (with a context handle) and 8 (without): an empty name and MAPI_E_NOT_FOUND (inferred). */
function noDcName(pcxh: Uint8Array | null, stub: Uint8Array, littleEndian: boolean): CallAnswer {
  const r = new NdrReader(stub, 0, stub.length, littleEndian);
  if (pcxh) r.contextHandle();
  r.string();
  if (r.failed) return NCA_S_FAULT.BAD_STUB_DATA;
  const w = new ByteWriter(40);
  if (pcxh) putContextHandle(w, pcxh);
  w.skip(DC_NAME_BYTES);
  putNdrU32(w, MAPI_ERROR.ecNotFound);
  return w.toBytes();
}

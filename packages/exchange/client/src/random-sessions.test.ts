/**
 * Connections to every port with calls, presentation contexts and PDUs drawn at random: each call is answered with a response that
 * unmarshals or with a fault, and a client beside them is served as before. RANDOM_SESSIONS and RANDOM_SEED make a longer run.
 */

import {
  emitBind,
  emitPduHeader,
  faultStatus,
  MANAGEMENT_SYNTAX,
  NCA_S_FAULT,
  NDR_SYNTAX,
  PFC_FIRST_FRAG,
  PFC_LAST_FRAG,
  type PresentationContext,
  PTYPE,
  parseBindAck,
  type SyntaxId,
} from "@pushback/dcerpc";
import * as mapi from "@pushback/mapi";
import * as nspi from "@pushback/nspi";
import { LIVE_LIMITS } from "@pushback/server";
import fc from "fast-check";
import { expect, it } from "vitest";
import { Draw, emsmdbCall, endpointMapperCall, nspiCall, type RandomCall, rfrCall, spoiled } from "./testing/random-calls.ts";
import { bare, type Pdu, RawConnection } from "./testing/raw-connection.ts";
import { call, connect, logOn, MAIL, openInbox, PORT, rops, type Stage, stage } from "./testing/stage.ts";

const SESSIONS = Number(process.env["RANDOM_SESSIONS"] ?? 300);
const SEED = Number(process.env["RANDOM_SEED"] ?? 1996);
const STEPS = 12;
const DIRECTORY_PORT = 5001;
const EPM_SYNTAX: SyntaxId = { uuid: "e1af8308-5d1f-11c9-91a4-08002b14a0fa", versionMajor: 3, versionMinor: 0 };
const OTHER_TRANSFER: SyntaxId = { uuid: "71710533-beba-4937-8319-b5dbef9ccc36", versionMajor: 1, versionMinor: 0 };

/** RPC interfaces that the server offers on each TCP port. */
const SERVED: Readonly<Record<number, readonly SyntaxId[]>> = {
  135: [EPM_SYNTAX],
  [PORT]: [mapi.EMSMDB_SYNTAX],
  [DIRECTORY_PORT]: [nspi.NSPI_SYNTAX, nspi.RFR_SYNTAX],
};

/** A request in fragments of any lengths. */
function fragments(draw: Draw, callId: number, contextId: number, opnum: number, stub: Uint8Array): Uint8Array[] {
  const cuts = draw.oneIn(3) ? draw.list(4, () => draw.upTo(stub.length)).sort((a, b) => a - b) : [];
  const ends = [...cuts, stub.length];
  // No fragment may be longer than what the server offered to receive.
  const from = (i: number) => (i === 0 ? 0 : ends[i - 1]);
  return ends.map((end, i) => {
    const b = new Uint8Array(24 + end - from(i));
    const flags = (i === 0 ? PFC_FIRST_FRAG : 0) | (i === ends.length - 1 ? PFC_LAST_FRAG : 0);
    emitPduHeader(b, 0, PTYPE.REQUEST, flags, b.length, 0, callId);
    const view = new DataView(b.buffer);
    view.setUint32(16, draw.of([0, stub.length, draw.word()]), true);
    view.setUint16(20, contextId, true);
    view.setUint16(22, opnum, true);
    b.set(stub.subarray(from(i), end), 24);
    return b;
  });
}

/** A connection that its client uses at random. */
class RandomSession {
  readonly #draw: Draw;
  readonly #port: number;
  readonly #raw: RawConnection;
  /** Accepted contexts. */
  readonly #contexts = new Map<number, SyntaxId>();
  readonly #handles = new Map<string, Uint8Array>();
  #callId = 1;
  readonly seen: Set<string>;

  constructor(draw: Draw, s: Stage, seen: Set<string>) {
    this.#draw = draw;
    this.seen = seen;
    this.#port = draw.of([135, PORT, PORT, DIRECTORY_PORT, DIRECTORY_PORT, DIRECTORY_PORT]);
    this.#raw = new RawConnection(s, this.#port);
    this.#negotiate([{ contextId: 0, abstractSyntax: SERVED[this.#port][0], transferSyntaxes: [NDR_SYNTAX] }], PTYPE.BIND);
    this.#openHandle(s);
  }

  #openHandle(s: Stage): void {
    const bindNspi = { dwFlags: 0, pStat: { ...ZERO_STAT, CodePage: 1252 }, pServerGuid: null };
    const stub =
      this.#port === DIRECTORY_PORT
        ? nspi.emitCallRequest(nspi.NspiBind, bindNspi)
        : mapi.emitEcDoConnectRequest(mapi.newSessionRequest(s.dn, mapi.ENGLISH_CLIENT));
    if (this.#port === 135) return;
    const answer = this.#call(0, 0, [stub]);
    const at = this.#port === DIRECTORY_PORT ? answer.stub.length - 24 : 0;
    this.#handles.set(SERVED[this.#port][0].uuid, answer.stub.slice(at, at + 20));
  }

  #negotiate(offered: readonly PresentationContext[], type: number): void {
    const bind = { callId: ++this.#callId, maxXmitFrag: 5840, maxRecvFrag: 2000, assocGroupId: 0, contexts: offered };
    const [answer, ...more] = this.#raw.exchange(emitBind(bind, null, type));
    expect(more).toEqual([]);
    expect(answer).toMatchObject({ type: type === PTYPE.BIND ? PTYPE.BIND_ACK : PTYPE.ALTER_CONTEXT_RESP, callId: bind.callId });
    const results = parseBindAck(answer.bytes, 0)?.results ?? [];
    expect(results).toHaveLength(offered.length);
    for (const [i, { contextId, abstractSyntax, transferSyntaxes }] of offered.entries()) {
      const served = [...SERVED[this.#port], MANAGEMENT_SYNTAX].some(({ uuid, versionMajor, versionMinor }) => {
        const { uuid: asked, versionMajor: major, versionMinor: minor } = abstractSyntax;
        return uuid === asked && versionMajor === major && minor <= versionMinor;
      });
      const taken = served && transferSyntaxes.includes(NDR_SYNTAX);
      expect(results[i].result === 0).toBe(taken);
      if (taken && !this.#contexts.has(contextId)) this.#contexts.set(contextId, abstractSyntax);
      this.seen.add(`context ${taken ? "taken" : "refused"}`);
    }
  }

  /** Makes a call and expects exactly one response or fault PDU with the same call id. */
  #call(contextId: number, opnum: number, stubs: readonly Uint8Array[]): Pdu {
    const callId = ++this.#callId;
    const pdus = this.#raw.exchange(...fragments(this.#draw, callId, contextId, opnum, stubs[0]));
    if (this.#raw.ended !== null) throw new Error(`call ${opnum}: the connection ended (${this.#raw.ended})`);
    expect(pdus).toHaveLength(1);
    expect(pdus[0].callId).toBe(callId);
    expect([PTYPE.RESPONSE, PTYPE.FAULT]).toContain(pdus[0].type);
    return pdus[0];
  }

  #randomCall(): void {
    const draw = this.#draw;
    const contextId = draw.of([...this.#contexts.keys()]);
    const syntax = this.#contexts.get(contextId) as SyntaxId;
    const call = this.#callOf(syntax);
    const stub = draw.oneIn(3) ? spoiled(draw, call.stub) : call.stub;
    const opnum = draw.oneIn(6) ? draw.upTo(30) : call.opnum;
    const answer = this.#call(contextId, opnum, [stub]);
    const isAsked = stub === call.stub && opnum === call.opnum;
    if (answer.type === PTYPE.RESPONSE && isAsked) expect(call.reads(answer.stub), `opnum ${opnum} of ${syntax.uuid}`).toBe(true);
    if (answer.type === PTYPE.FAULT) expect(Object.values(NCA_S_FAULT)).toContain(faultStatus(answer.bytes, 0));
    if (isAsked) this.seen.add(`${syntax.uuid} ${opnum} ${answer.type === PTYPE.RESPONSE ? "response" : "fault"}`);
  }

  #callOf(syntax: SyntaxId): RandomCall {
    const handle = this.#handles.get(syntax.uuid) ?? new Uint8Array(20);
    if (syntax === EPM_SYNTAX) return endpointMapperCall(this.#draw);
    if (syntax === mapi.EMSMDB_SYNTAX) return emsmdbCall(this.#draw, handle);
    if (syntax.uuid === nspi.NSPI_SYNTAX.uuid) return nspiCall(this.#draw, handle);
    if (syntax.uuid === nspi.RFR_SYNTAX.uuid) return rfrCall(this.#draw);
    return { opnum: this.#draw.upTo(30), stub: this.#draw.bytes(40), reads: () => true };
  }

  #offers(): PresentationContext[] {
    const draw = this.#draw;
    return Array.from({ length: 1 + draw.upTo(2) }, (_, i) => {
      const known = draw.of([...Object.values(SERVED).flat(), MANAGEMENT_SYNTAX]);
      const abstractSyntax = draw.oneIn(6) ? { ...known, versionMajor: known.versionMajor + 1 } : known;
      const transferSyntaxes = draw.of([[NDR_SYNTAX], [OTHER_TRANSFER, NDR_SYNTAX], [OTHER_TRANSFER], []]);
      return { contextId: this.#contexts.size + 10 * i + 1, abstractSyntax, transferSyntaxes };
    });
  }

  /** Returns whether the connection is still usable. */
  step(): boolean {
    const draw = this.#draw;
    switch (draw.upTo(13)) {
      case 0:
        if (this.#contexts.size < 20) this.#negotiate(this.#offers(), PTYPE.ALTER_CONTEXT);
        return true;
      case 1:
        expect(faultStatus(this.#call(9999, draw.upTo(30), [draw.bytes(30)]).bytes, 0)).toBe(NCA_S_FAULT.UNK_IF);
        return true;
      case 2:
        expect(this.#raw.exchange(bare(draw.of([PTYPE.CO_CANCEL, PTYPE.ORPHANED, PTYPE.AUTH3]), draw.upTo(9)))).toEqual([]);
        return true;
      case 3: {
        // The first fragment of a call, followed by ORPHANED: the client abandons the call.
        const callId = ++this.#callId;
        const [first] = fragments(draw, callId, 0, 0, draw.bytes(20));
        first[3] = PFC_FIRST_FRAG;
        expect(this.#raw.exchange(first, bare(PTYPE.ORPHANED, callId))).toEqual([]);
        return true;
      }
      case 4:
        if (!draw.oneIn(3)) return true;
        // No PDU at all, or one that only a server sends: the connection may end.
        this.#raw.exchange(draw.oneIn(2) ? draw.bytes(60) : bare(draw.upTo(30), 1));
        this.seen.add("wild");
        return false;
      default:
        this.#randomCall();
        return true;
    }
  }

  end(): void {
    this.#raw.close();
  }
}

const ZERO_STAT = {
  SortType: 0,
  ContainerID: 0,
  CurrentRec: 0,
  Delta: 0,
  NumPos: 0,
  TotalRecs: 0,
  CodePage: 0,
  TemplateLocale: 0,
  SortLocale: 0,
};

it(`serves a client beside ${SESSIONS} random connections`, { timeout: 3_600_000 }, () => {
  const s = stage({ limits: LIVE_LIMITS, directoryPort: DIRECTORY_PORT });
  s.server.addMailbox({ alias: "lovelace", displayName: "Ada Lovelace" });
  for (let n = 0; n < 40; n++) s.server.addMailbox({ alias: `user${n}`, displayName: `User ${n}` });
  for (let n = 0; n < 5; n++) s.server.deliver("ada", MAIL);
  const pcxh = logOn(s);
  const { handles, inbox } = openInbox(s, pcxh);
  const seen = new Set<string>();
  const associations = s.server.counts().associations;
  const session = (draw: Draw) => {
    const random = new RandomSession(draw, s, seen);
    for (let n = 0; n < STEPS && random.step(); n++);
    random.end();
    // The server has released everything of the connection, and the other client's session still works.
    expect(s.server.counts().associations).toBe(associations);
    expect(s.server.sessions().map(({ user }) => user)).toEqual(["ada"]);
    const asked: mapi.RopRequest = { rop: "LongTermIdFromId", logonId: 0, inputHandleIndex: 0, objectId: inbox };
    expect(rops(s, pcxh, [asked], handles).responses.map(({ rop }) => rop)).toContain("LongTermIdFromId");
  };
  fc.assert(
    fc.property(fc.gen(), (g) => session(new Draw(g))),
    { numRuns: SESSIONS, seed: SEED },
  );
  const responded = (uuid: string) => [...seen].filter((one) => one.startsWith(uuid) && one.endsWith("response"));
  expect(responded(nspi.NSPI_SYNTAX.uuid)).toHaveLength(nspi.NSPI_CALLS.length - 1);
  expect(responded(nspi.RFR_SYNTAX.uuid)).toHaveLength(2);
  expect([...seen]).toEqual(expect.arrayContaining(["context taken", "context refused", "wild"]));
  expect(call(s, mapi.EMSMDB_OP.EcDummyRpc, new Uint8Array(0), connect(s.network, s.machine))).toEqual(new Uint8Array(4));
});

/** Several security contexts on one connection (MS-RPCE 3.3.1.5.4), with a provider whose token is the account's name. */

import {
  type AuthVerifier,
  emitAuth3,
  emitBind,
  emitCall,
  faultStatus,
  NCA_S_FAULT,
  NDR_SYNTAX,
  PFC_FIRST_FRAG,
  PFC_LAST_FRAG,
  PTYPE,
} from "@pushback/dcerpc";
import * as mapi from "@pushback/mapi";
import { describe, expect, it } from "vitest";
import { RawConnection } from "./testing/raw-connection.ts";
import { PORT, stage } from "./testing/stage.ts";

/** Signed at level 5: the provider takes requests whose verifier begins with 1. */
function provider() {
  let account: string | null = null;
  let level = 0;
  let id = 0;
  return {
    get account() {
      return account;
    },
    get level() {
      return level;
    },
    challenge(t: AuthVerifier) {
      level = t.authLevel;
      id = t.authContextId;
      return t;
    },
    complete(t: AuthVerifier) {
      account = new TextDecoder().decode(t.value);
      return account !== "eve";
    },
    unprotect: (pdu: Uint8Array) => (pdu[pdu.length - 16] === 1 ? pdu : null),
    protect: () => {},
    callVerifier: () => verifier(id, 2),
  };
}

function verifier(authContextId: number, authLevel: number, text?: string): AuthVerifier {
  const value = text === undefined ? Uint8Array.of(1, ...new Array<number>(15).fill(0)) : new TextEncoder().encode(text);
  return { authType: 10, authLevel, authContextId, value };
}

function play(allowAnonymous: boolean) {
  const s = stage({ createAuthenticator: provider, allowAnonymous, mayOpen: (account) => account === "ada" });
  const raw = new RawConnection(s, PORT);
  let callId = 0;
  const bind = (type: number, auth: AuthVerifier | null) => {
    const contexts = [{ contextId: 0, abstractSyntax: mapi.EMSMDB_SYNTAX, transferSyntaxes: [NDR_SYNTAX] }];
    const bytes = emitBind({ callId: ++callId, maxXmitFrag: 5840, maxRecvFrag: 5840, assocGroupId: 0, contexts }, auth, type);
    return raw.exchange(bytes).map((pdu) => pdu.type);
  };
  const prove = (id: number, account: string, level = 2) => raw.exchange(emitAuth3(callId, 5840, verifier(id, level, account)));
  const request = (auth: AuthVerifier | null) => {
    const stub = mapi.emitEcDoConnectRequest(mapi.newSessionRequest(s.dn, mapi.ENGLISH_CLIENT));
    return emitCall({ ptype: PTYPE.REQUEST, callId: ++callId, contextId: 0, opnum: 0, stub }, 5840, auth);
  };
  /** The return value of EcDoConnect with this verifier, or the fault's status. */
  const connect = (auth: AuthVerifier | null) => {
    const [answer] = raw.exchange(request(auth));
    if (answer === undefined) return raw.ended;
    return answer.type === PTYPE.FAULT ? faultStatus(answer.bytes, 0) : mapi.parseEcDoConnectResponse(answer.stub)?.returnValue;
  };
  return { s, raw, bind, prove, request, connect };
}

describe("security contexts", () => {
  it("are told apart by the trailers of requests, each with its account", () => {
    const p = play(false);
    expect(p.bind(PTYPE.BIND, verifier(1, 2, "hello"))).toEqual([PTYPE.BIND_ACK]);
    p.prove(1, "bob");
    expect(p.connect(verifier(1, 2))).toBe(mapi.MAPI_ERROR.ecLoginPerm);
    expect(p.bind(PTYPE.ALTER_CONTEXT, verifier(2, 2, "hello"))).toEqual([PTYPE.ALTER_CONTEXT_RESP]);
    expect(p.connect(verifier(2, 2))).toBe(NCA_S_FAULT.ACCESS_DENIED);
    p.prove(2, "ada");
    expect([p.connect(verifier(2, 2)), p.connect(verifier(1, 2)), p.connect(null)]).toEqual([
      0,
      mapi.MAPI_ERROR.ecLoginPerm,
      mapi.MAPI_ERROR.ecLoginPerm,
    ]);
    // Calls on a context whose account was refused fail; other contexts still work.
    p.bind(PTYPE.ALTER_CONTEXT, verifier(3, 2, "hello"));
    p.prove(3, "eve");
    expect([p.connect(verifier(3, 2)), p.connect(verifier(2, 2))]).toEqual([NCA_S_FAULT.ACCESS_DENIED, 0]);
    // A second context with an id that is in use is refused with a fault; the connection and the first context stay.
    expect(p.bind(PTYPE.ALTER_CONTEXT, verifier(2, 2, "hello"))).toEqual([PTYPE.FAULT]);
    expect(p.connect(verifier(2, 2))).toBe(0);
  });

  it("may follow an anonymous bind", () => {
    const p = play(true);
    expect(p.bind(PTYPE.BIND, null)).toEqual([PTYPE.BIND_ACK]);
    expect(p.connect(null)).toBe(mapi.MAPI_ERROR.ecLoginPerm);
    p.bind(PTYPE.ALTER_CONTEXT, verifier(7, 2, "hello"));
    p.prove(7, "ada");
    expect([p.connect(verifier(7, 2)), p.connect(null)]).toEqual([0, mapi.MAPI_ERROR.ecLoginPerm]);
  });

  it("are bounded", () => {
    const p = play(false);
    p.bind(PTYPE.BIND, verifier(0, 2, "hello"));
    p.prove(0, "ada");
    const answers = Array.from({ length: 40 }, (_, i) => p.bind(PTYPE.ALTER_CONTEXT, verifier(1 + i, 2, "hello"))[0]);
    expect(answers.filter((type) => type === PTYPE.ALTER_CONTEXT_RESP)).toHaveLength(31);
    expect(p.connect(verifier(0, 2))).toBe(0);
  });

  it("never share a call: an unsigned fragment of another context ends the connection", () => {
    const p = play(false);
    p.bind(PTYPE.BIND, verifier(1, 5, "hello"));
    p.prove(1, "ada", 5);
    expect(p.connect(verifier(1, 5))).toBe(0);
    p.bind(PTYPE.ALTER_CONTEXT, verifier(2, 2, "hello"));
    const first = p.request(verifier(2, 2));
    first[3] = PFC_FIRST_FRAG;
    expect(p.raw.exchange(first)).toEqual([]);
    const last = p.request(verifier(1, 5));
    last[3] = PFC_LAST_FRAG;
    last.set(first.subarray(12, 16), 12);
    expect(p.raw.exchange(last)).toEqual([]);
    expect(p.raw.ended).toBe("reset");
  });
});

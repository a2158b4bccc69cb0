/** Servers that answer one call wrongly: the answers of a correct server are changed on their way to the network. */

import {
  CallAssembler,
  emitCall,
  emitFault,
  faultStatus,
  isLittleEndian,
  PduStream,
  PTYPE,
  parseBind,
  pduCallId,
  pduType,
} from "@pushback/dcerpc";
import type { Host, TcpConnection, TcpHandlers } from "@pushback/host";
import * as mapi from "@pushback/mapi";
import * as nspi from "@pushback/nspi";

/** A call that was answered with a stub, or with a fault. */
interface AnsweredCall {
  /** UUID of the interface that the connection bound first. */
  readonly uuid: string;
  readonly opnum: number;
  readonly request: Uint8Array;
  readonly answer: Uint8Array | number;
}

/** The answer to send instead; `null` leaves it as it is. */
export type SpoilAnswer = (call: AnsweredCall) => Uint8Array | number | null;

/** Follows the PDUs of a connection, so that each response can be matched with its call and changed. */
class Reader {
  readonly #spoil: SpoilAnswer;
  readonly #requests = new CallAssembler(0x20000);
  readonly #answers = new CallAssembler(0x20000);
  readonly #calls = new Map<number, { readonly opnum: number; readonly request: Uint8Array }>();
  readonly incoming = new PduStream(0xffff, (b, at) => this.#onRequest(b, at));
  #uuid = "";

  constructor(spoil: SpoilAnswer) {
    this.#spoil = spoil;
  }

  #onRequest(b: Uint8Array, at: number): boolean {
    if (pduType(b, at) === PTYPE.BIND) this.#uuid = parseBind(b, at)?.contexts[0]?.abstractSyntax.uuid ?? "";
    if (pduType(b, at) !== PTYPE.REQUEST) return true;
    const call = this.#requests.add(b, at);
    if (call && typeof call !== "string") this.#calls.set(call.callId, { opnum: call.opnum, request: call.stub.slice() });
    return true;
  }

  /** The bytes that are sent in place of these whole PDUs. */
  changed(pdus: Uint8Array): Uint8Array {
    let changed = pdus;
    const stream = new PduStream(0xffff, (b, at) => {
      const isFault = pduType(b, at) === PTYPE.FAULT;
      const joined = pduType(b, at) === PTYPE.RESPONSE ? this.#answers.add(b, at) : null;
      const callId = pduCallId(b, at);
      const call = this.#calls.get(callId);
      if (!call || (!isFault && (joined === null || typeof joined === "string"))) return true;
      const answer = isFault ? faultStatus(b, at) : joined === null || typeof joined === "string" ? 0 : joined.stub.slice();
      const instead = this.#spoil({ uuid: this.#uuid, ...call, answer });
      if (instead === null) return true;
      if (!isLittleEndian(b, at)) throw new Error("the server answers in its own byte order");
      const response = { ptype: PTYPE.RESPONSE, callId, contextId: 0, opnum: 0 } as const;
      changed = typeof instead === "number" ? emitFault(callId, 0, instead) : emitCall({ ...response, stub: instead }, 5840);
      return true;
    });
    stream.push(pdus, 0, pdus.length);
    return changed;
  }
}

/** The server's host, whose connections send other answers. Only for connections without credentials. */
export function withAnswers(host: Host, spoil: SpoilAnswer): Host {
  const spoiled = (connection: TcpConnection, reader: Reader): TcpConnection =>
    new Proxy(connection, {
      get(target, name) {
        if (name === "send") return (b: Uint8Array, at = 0, len = b.length - at) => target.send(reader.changed(b.slice(at, at + len)));
        const value = Reflect.get(target, name, target);
        return typeof value === "function" ? value.bind(target) : value;
      },
    });
  return new Proxy(host, {
    get(target, name) {
      if (name !== "listenTcp") {
        const value = Reflect.get(target, name, target);
        return typeof value === "function" ? value.bind(target) : value;
      }
      const listen: Host["listenTcp"] = (port, handlers) =>
        target.listenTcp(port, {
          ...handlers,
          onListening: (localPort) => handlers.onListening?.(localPort),
          onFailed: (fault) => handlers.onFailed?.(fault),
          onAccept: (connection) => {
            const reader = new Reader(spoil);
            const own = handlers.onAccept(spoiled(connection, reader));
            return new Proxy(own, {
              get(object, property) {
                const value = Reflect.get(object, property, object);
                if (property === "onData") {
                  return (b: Uint8Array, at: number, len: number) => {
                    reader.incoming.push(b.slice(at, at + len), 0, len);
                    object.onData(b, at, len);
                  };
                }
                return typeof value === "function" ? value.bind(object) : value;
              },
            }) as TcpHandlers;
          },
        });
      return listen;
    },
  });
}

/** Changes the response of one call of the directory. */
function inDirectory<C extends nspi.RpcCall>(
  uuid: string,
  call: C,
  change: (response: nspi.ResponseOf<C>) => Partial<nspi.ResponseOf<C>>,
): SpoilAnswer {
  return ({ uuid: of, opnum, answer }) => {
    if (of !== uuid || opnum !== call.opnum || typeof answer === "number") return null;
    const response = nspi.parseCallResponse(call, answer);
    return response && nspi.emitCallResponse(call, { ...response, ...change(response) });
  };
}

const NSPI = nspi.NSPI_SYNTAX.uuid;

/** Offset of the first occurrence of `wanted`, in which `null` matches any byte; -1 if there is none. */
function placeOf(b: Uint8Array, wanted: readonly (number | null)[]): number {
  return b.findIndex((_, at) => wanted.every((octet, i) => octet === null || b[at + i] === octet));
}

/** Changes the answer of an EcDoRpc. */
function inRpc(change: (response: mapi.EcDoRpcResponse, request: Uint8Array) => mapi.EcDoRpcResponse | null): SpoilAnswer {
  return ({ uuid, opnum, request, answer }) => {
    if (uuid !== mapi.EMSMDB_SYNTAX.uuid || opnum !== mapi.EMSMDB_OP.EcDoRpc || typeof answer === "number") return null;
    const [asked, response] = [mapi.parseEcDoRpcRequest(request), mapi.parseEcDoRpcResponse(answer)];
    const changed = asked && response && change(response, asked.rgb);
    return changed && mapi.emitEcDoRpcResponse(changed);
  };
}

/** Writes over bytes of a ROP buffer that holds a response like this. */
function inRops(like: readonly (number | null)[], at: number, bytes: readonly number[]): SpoilAnswer {
  return inRpc((response) => {
    const found = placeOf(response.rgb, like);
    if (found < 0) return null;
    const rgb = response.rgb.slice();
    rgb.set(bytes, found + at);
    return { ...response, rgb };
  });
}

/** Another return value of EcDoRpc, for requests like these. */
function returnValue(from: number, to: number, isMeant: (request: Uint8Array) => boolean): SpoilAnswer {
  const empty = to === 0 ? mapi.emitRopBuffer({ ropsList: new Uint8Array(0), handles: [] }) : new Uint8Array(0);
  return inRpc((response, request) =>
    response.returnValue === from && isMeant(request) ? { ...response, rgb: empty, returnValue: to } : null,
  );
}

const DENIED = 0x80070005;

/** Wrong answers, each by the id of the conformance case that must fail for it. */
export const WRONG_ANSWERS: Readonly<Record<string, SpoilAnswer>> = {
  "directory-bind": inDirectory(NSPI, nspi.NspiBind, () => ({ returnValue: nspi.NSPI_STATUS.GeneralFailure })),
  "directory-user": inDirectory(NSPI, nspi.NspiDNToMId, () => ({ ppOutMIds: [0] })),
  "directory-resolve": inDirectory(NSPI, nspi.NspiResolveNames, ({ ppMIds }) => ({
    ppMIds: (ppMIds ?? []).map(() => nspi.MID_UNRESOLVED),
  })),
  "directory-query": inDirectory(NSPI, nspi.NspiQueryRows, ({ ppRows }) => ({ ppRows: (ppRows ?? []).map((row) => [...row].reverse()) })),
  "directory-seek": inDirectory(NSPI, nspi.NspiSeekEntries, () => ({ ppRows: [] })),
  "directory-match": inDirectory(NSPI, nspi.NspiGetMatches, () => ({ ppOutMIds: [], ppRows: [] })),
  "directory-code-page": ({ uuid, opnum, answer }) => {
    if (uuid !== NSPI || opnum !== nspi.NspiQueryRows.opnum || typeof answer === "number") return null;
    const response = nspi.parseCallResponse(nspi.NspiQueryRows, answer);
    const isRefused = response?.returnValue === nspi.NSPI_STATUS.InvalidCodepage;
    return isRefused ? nspi.emitCallResponse(nspi.NspiQueryRows, { ...response, returnValue: 0 }) : null;
  },
  "directory-handle": ({ uuid, opnum, answer, request }) => {
    const isForeign = uuid === NSPI && opnum === nspi.NspiQueryColumns.opnum && typeof answer === "number" && request[0] === 7;
    return isForeign ? nspi.emitCallResponse(nspi.NspiQueryColumns, { ppColumns: [], returnValue: 0 }) : null;
  },
  "directory-unbind": inDirectory(NSPI, nspi.NspiUnbind, () => ({ returnValue: 0 })),
  referral: inDirectory(nspi.RFR_SYNTAX.uuid, nspi.RfrGetNewDSA, () => ({ ppszServer: null })),
  "rop-refused-alone": returnValue(0, mapi.MAPI_ERROR.ecRpcFormat, (request) => placeOf(request, [0xa3, 0, 0, 3, 0]) >= 0),
  "rop-reserved": returnValue(mapi.MAPI_ERROR.ecRpcFormat, 0, () => true),
  "rop-folder": inRops([0x02, 4, 0x0f, 0x01, 0x04, 0x80], 2, [5, 0, 7, 0x80]),
  "rop-copy-to": inRops([0x39, 3, 0, 0, 0, 0, 0, 0], 2, [DENIED & 255, 0, 7, 0x80]),
  "rop-embedded": inRops([0x25, 4, 0, 0, 0, 0], 2, [DENIED & 255, 0, 7, 0x80]),
  "rop-notification": inRops([0x2a, null, null, null, null, 0, 0x04, 0x80], 15, [0xee]),
};

/** Test support: a whole mail server on a machine in memory, and TCP connections to its EMSMDB port on which a test makes calls. */

import {
  CallAssembler,
  emitBind,
  emitCall,
  faultStatus,
  MUST_RECV_FRAG_BYTES,
  NDR_SYNTAX,
  PduStream,
  PTYPE,
  pduType,
} from "@pushback/dcerpc";
import type { Host, TcpConnection, TcpListenerHandlers } from "@pushback/host";
import {
  type EcDoRpcResponse,
  EMSMDB_OP,
  EMSMDB_SYNTAX,
  ENGLISH_CLIENT,
  emitEcDoConnectRequest,
  emitEcDoRpcRequest,
  newSessionRequest,
  parseEcDoConnectResponse,
  parseEcDoRpcResponse,
} from "@pushback/mapi";
import type { MailServerEvent } from "../events.ts";
import { createMailServer, type MailServer } from "../mail-server.ts";
import type { MailServerSettings } from "../settings.ts";

const PORT = 5000;
const MAX_STUB_BYTES = 1 << 20;

/** A connection whose calls are answered before `call` returns. */
interface DirectConnection {
  /** The stub of the response, or the status of the fault. Throws if the server ended the connection. */
  call(opnum: number, stub: Uint8Array): Uint8Array | number;
  /** Opens a session of the mailbox with this DN; returns its context handle. */
  connect(dn: string): Uint8Array;
  /** Carries out a ROP buffer in the session. */
  rops(pcxh: Uint8Array, rgb: Uint8Array): EcDoRpcResponse;
}

export interface DirectServer {
  readonly server: MailServer;
  readonly events: readonly MailServerEvent[];
  open(): DirectConnection;
}

/** Starts a server; its ports are open when this returns. */
export function startDirectServer(settings: Partial<MailServerSettings>): DirectServer {
  const listeners = new Map<number, TcpListenerHandlers>();
  let word = 1;
  const host: Host = {
    name: "EXCHANGE1",
    address: 0x0a000001,
    nowUs: () => 0,
    wallClockMs: () => 0,
    randomU32: () => word++,
    setTimer: () => ({ cancel() {}, again() {} }),
    listenTcp(port, handlers) {
      listeners.set(port, handlers);
      return { close() {} };
    },
    connectTcp: () => {
      throw new Error("a mail server connects to no machine");
    },
    openUdp: () => ({ send() {}, close() {} }),
  };
  const events: MailServerEvent[] = [];
  const ports = { endpointMapperPort: null, emsmdbPort: PORT } as const;
  const server = createMailServer(host, { ...ports, ...settings }, (event) => events.push(event));
  return { server, events, open: () => openConnection(listeners.get(PORT) as TcpListenerHandlers) };
}

function openConnection(listener: TcpListenerHandlers): DirectConnection {
  let isOpen = true;
  let callId = 1;
  let answer: Uint8Array | number | null = null;
  const assembler = new CallAssembler(MAX_STUB_BYTES);
  const stream = new PduStream(MUST_RECV_FRAG_BYTES * 8, (b, at) => {
    if (pduType(b, at) === PTYPE.FAULT) answer = faultStatus(b, at);
    else if (pduType(b, at) === PTYPE.RESPONSE) {
      const call = assembler.add(b, at);
      if (call && typeof call !== "string") answer = call.stub.slice();
    }
    return true;
  });
  const end = (): void => {
    isOpen = false;
  };
  const connection: TcpConnection = {
    localAddress: 0x0a000001,
    localPort: PORT,
    remoteAddress: 0x0a000002,
    remotePort: 1025,
    queuedBytes: 0,
    send: (b, at = 0, len = b.length - at) => void stream.push(b, at, len),
    close: end,
    abort: end,
    setKeepAlive() {},
    pauseReading() {},
    resumeReading() {},
  };
  const handlers = listener.onAccept(connection);
  const fragBytes = MUST_RECV_FRAG_BYTES;
  const contexts = [{ contextId: 0, abstractSyntax: EMSMDB_SYNTAX, transferSyntaxes: [NDR_SYNTAX] }];
  const bind = emitBind({ callId, maxXmitFrag: fragBytes, maxRecvFrag: fragBytes, assocGroupId: 0, contexts }, null);
  handlers.onData(bind, 0, bind.length);

  function call(opnum: number, stub: Uint8Array): Uint8Array | number {
    answer = null;
    callId++;
    const pdus = emitCall({ ptype: PTYPE.REQUEST, callId, contextId: 0, opnum, stub }, fragBytes, null);
    if (isOpen) handlers.onData(pdus, 0, pdus.length);
    if (answer === null || !isOpen) throw new Error("the server ended the connection");
    return answer;
  }

  return {
    call,
    connect(dn) {
      const request = newSessionRequest(new TextEncoder().encode(dn), ENGLISH_CLIENT, {});
      const stub = call(EMSMDB_OP.EcDoConnect, emitEcDoConnectRequest(request));
      const response = typeof stub === "number" ? null : parseEcDoConnectResponse(stub);
      if (response?.returnValue !== 0) throw new Error("not connected");
      return response.pcxh;
    },
    rops(pcxh, rgb) {
      const stub = call(EMSMDB_OP.EcDoRpc, emitEcDoRpcRequest({ pcxh, rgb, usSize: 5632 }));
      const response = typeof stub === "number" ? null : parseEcDoRpcResponse(stub);
      if (!response) throw new Error("no response of EcDoRpc");
      return response;
    },
  };
}

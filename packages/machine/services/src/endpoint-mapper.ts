/** The endpoint mapper of a machine on which no program has registered an interface (C706 chapter 6 and appendix O). */

import {
  acceptContext,
  BIND_NAK_PROTOCOL_VERSION,
  type BindAckRepr,
  callContextId,
  EPM_SYNTAX,
  EPT_S_NOT_REGISTERED,
  emitBindAck,
  emitBindNak,
  emitCall,
  emitEptLookupResponse,
  emitEptMapResponse,
  emitFault,
  isLittleEndian,
  MUST_RECV_FRAG_BYTES,
  NCA_S_FAULT,
  NDR_SYNTAX,
  OP_EPT_LOOKUP,
  OP_EPT_MAP,
  PduStream,
  PTYPE,
  parseBind,
  parseEptLookupRequest,
  parseEptMapRequest,
  pduCallId,
  pduType,
  REASON_ABSTRACT_SYNTAX,
  REASON_TRANSFER_SYNTAXES,
  rejectContext,
  requestOpnum,
  sameSyntax,
  stubLength,
  stubOffset,
} from "@pushback/dcerpc";
import type { Host, TcpConnection } from "@pushback/host";

/** Largest fragment that is taken and sent, as Windows NT offers it in a capture of an Exchange 5.5 server. */
const MAX_FRAG_BYTES = 5840;

/** A peer that sends requests and reads no answer is given up beyond this many bytes. */
const MAX_QUEUED_BYTES = 65_536;

/** Listens on `port`. A stream that is no DCE/RPC ends its connection. */
export function openEndpointMapper(host: Host, port: number): void {
  host.listenTcp(port, {
    onAccept(connection) {
      const stream = new PduStream(MAX_FRAG_BYTES, (b, at) => answerPdu(connection, port, b, at, accepted));
      const accepted = new Set<number>();
      return {
        onData(b, at, len) {
          const fault = stream.push(b, at, len);
          if (fault === null) return;
          if (fault === "bad-version") connection.send(emitBindNak(stream.refusedCallId, BIND_NAK_PROTOCOL_VERSION));
          connection.close();
        },
        onEnd: () => connection.close(),
        onClosed() {},
      };
    },
  });
}

/** Answers one PDU. `false` ends the connection: it was out of place. */
function answerPdu(connection: TcpConnection, port: number, b: Uint8Array, at: number, accepted: Set<number>): boolean {
  const type = pduType(b, at);
  if (connection.queuedBytes > MAX_QUEUED_BYTES) {
    connection.abort();
    return false;
  }
  if (type === PTYPE.BIND || type === PTYPE.ALTER_CONTEXT) {
    const ack = answerBind(b, at, type === PTYPE.BIND ? port : null, accepted);
    if (ack !== null) {
      connection.send(emitBindAck(ack, null, type === PTYPE.BIND ? PTYPE.BIND_ACK : PTYPE.ALTER_CONTEXT_RESP));
      return true;
    }
  } else if (type === PTYPE.REQUEST) {
    connection.send(answerRequest(b, at, accepted));
    return true;
  }
  connection.close();
  return false;
}

/** `null` if the body does not parse. */
function answerBind(b: Uint8Array, at: number, port: number | null, accepted: Set<number>): BindAckRepr | null {
  const bind = parseBind(b, at);
  if (bind === null) return null;
  const results = bind.contexts.map(({ contextId, abstractSyntax, transferSyntaxes }) => {
    if (!sameSyntax(abstractSyntax, EPM_SYNTAX)) return rejectContext(REASON_ABSTRACT_SYNTAX);
    if (!transferSyntaxes.some((syntax) => sameSyntax(syntax, NDR_SYNTAX))) return rejectContext(REASON_TRANSFER_SYNTAXES);
    accepted.add(contextId);
    return acceptContext(NDR_SYNTAX);
  });
  const frag = (asked: number) => Math.max(MUST_RECV_FRAG_BYTES, Math.min(asked, MAX_FRAG_BYTES));
  return {
    callId: bind.callId,
    maxXmitFrag: frag(bind.maxRecvFrag),
    maxRecvFrag: frag(bind.maxXmitFrag),
    assocGroupId: bind.assocGroupId || 1,
    secondaryAddress: port === null ? "" : String(port),
    results,
  };
}

/** The response or the fault to a request: the map is empty. */
function answerRequest(b: Uint8Array, at: number, accepted: ReadonlySet<number>): Uint8Array {
  const callId = pduCallId(b, at);
  const contextId = callContextId(b, at);
  if (!accepted.has(contextId)) return emitFault(callId, contextId, NCA_S_FAULT.UNK_IF);
  const from = at + stubOffset(b, at);
  const stub = b.slice(from, from + stubLength(b, at));
  const littleEndian = isLittleEndian(b, at);
  const opnum = requestOpnum(b, at);
  if (opnum !== OP_EPT_MAP && opnum !== OP_EPT_LOOKUP) return emitFault(callId, contextId, NCA_S_FAULT.OP_RNG_ERROR);
  const answer = opnum === OP_EPT_MAP ? answerMap(stub, littleEndian) : answerLookup(stub, littleEndian);
  if (answer === null) return emitFault(callId, contextId, NCA_S_FAULT.BAD_STUB_DATA);
  return emitCall({ ptype: PTYPE.RESPONSE, callId, contextId, opnum: 0, stub: answer }, MAX_FRAG_BYTES);
}

function answerMap(stub: Uint8Array, littleEndian: boolean): Uint8Array | null {
  const request = parseEptMapRequest(stub, littleEndian);
  return request && emitEptMapResponse({ towers: [], maxTowers: request.maxTowers, status: EPT_S_NOT_REGISTERED });
}

function answerLookup(stub: Uint8Array, littleEndian: boolean): Uint8Array | null {
  const request = parseEptLookupRequest(stub, littleEndian);
  return request && emitEptLookupResponse(request.maxEntries, []);
}

/** The endpoint mapper of a machine on which no program has registered an interface (C706 chapter 6 and appendix O). */

import {
  type AssembledCall,
  acceptContext,
  BIND_NAK_PROTOCOL_VERSION,
  type BindAckRepr,
  CallAssembler,
  EPM_SYNTAX,
  EPT_S_NOT_REGISTERED,
  emitBindAck,
  emitBindNak,
  emitCall,
  emitEptLookupResponse,
  emitEptMapResponse,
  emitFault,
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
  sameSyntax,
} from "@pushback/dcerpc";
import type { Host, TcpConnection } from "@pushback/host";

/** Largest fragment that is taken and sent, as Windows NT offers it in a capture of an Exchange 5.5 server. */
const MAX_FRAG_BYTES = 5840;

/** Unsent response bytes at which a peer that reads no responses is disconnected. */
const MAX_QUEUED_BYTES = 65_536;

/** Longest call in bytes, all fragments together: far more than a tower needs. */
const MAX_STUB_BYTES = 65_536;

/** One connection: the contexts that were accepted on it, and the fragments of a call that is not whole yet. */
interface MapperSession {
  readonly accepted: Set<number>;
  readonly assembler: CallAssembler;
}

/** Listens on `port`. A stream that is no DCE/RPC ends its connection. */
export function openEndpointMapper(host: Host, port: number): void {
  host.listenTcp(port, {
    onAccept(connection) {
      const session: MapperSession = { accepted: new Set(), assembler: new CallAssembler(MAX_STUB_BYTES) };
      const stream = new PduStream(MAX_FRAG_BYTES, (b, at) => answerPdu(connection, port, b, at, session));
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

/** Answers one PDU; a request in several fragments is answered at its last one. Closes the connection and returns false if the PDU is out of place. */
function answerPdu(connection: TcpConnection, port: number, b: Uint8Array, at: number, session: MapperSession): boolean {
  const { accepted, assembler } = session;
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
    const call = assembler.add(b, at);
    if (typeof call !== "string") {
      if (call !== null) connection.send(answerRequest(call, accepted));
      return true;
    }
  } else if (type === PTYPE.ORPHANED) {
    assembler.drop(pduCallId(b, at));
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
function answerRequest(call: AssembledCall, accepted: ReadonlySet<number>): Uint8Array {
  const { callId, contextId, opnum, littleEndian, stub } = call;
  if (!accepted.has(contextId)) return emitFault(callId, contextId, NCA_S_FAULT.UNK_IF);
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

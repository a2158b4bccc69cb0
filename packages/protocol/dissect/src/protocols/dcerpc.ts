/** DCE/RPC (C706 chapter 12): PDUs, responses with the requests that they answer, and calls reassembled from several fragments. */

import { getU16be, getU16le, getU32be, getU32le } from "@pushback/bytes";
import {
  checkPdu,
  checkPduHeader,
  formatUuid,
  PDU_HEADER_BYTES,
  PFC_FIRST_FRAG,
  PFC_LAST_FRAG,
  PTYPE,
  pduAuthLength,
  pduFragLength,
  SEC_TRAILER_BYTES,
  stubLength,
  stubOffset,
} from "@pushback/dcerpc";
import { EMSMDB_SYNTAX } from "@pushback/mapi";
import { NSPI_SYNTAX, RFR_SYNTAX } from "@pushback/nspi";
import type { RememberedCall } from "../conversation.ts";
import { defineProtocol, overTcpStream, type Protocol, summary } from "../define-protocol.ts";
import type { Dissection, StreamFraming } from "../dissection.ts";
import { bytes, dec, flag, group, hex, seconds } from "../field.ts";
import { joinPieces } from "../pieces.ts";
import { TCP_REPEATS } from "../tcp-analysis.ts";
import { DIRECTORY_FIELDS, NSPI, RFR } from "./directory.ts";
import { MAPI, MAPI_FIELDS } from "./mapi.ts";

/** Protocols in the stubs of calls, by the interface that a bind offers. */
const INTERFACES: ReadonlyMap<string, Protocol> = new Map([
  [EMSMDB_SYNTAX.uuid, MAPI],
  [NSPI_SYNTAX.uuid, NSPI],
  [RFR_SYNTAX.uuid, RFR],
]);

const RPC_VERSION = 5;
/** PDUs follow each other in the stream; a header says how long its PDU is. */
const PDU_FRAMING: StreamFraming = {
  headerBytes: PDU_HEADER_BYTES,
  mayBegin: (b, at) => b[at] === RPC_VERSION,
  messageLength: (b, at) => (checkPduHeader(b, at) === null ? pduFragLength(b, at) : -1),
  isValid: (b, at, len) => checkPdu(b, at, len) === null,
};

/** PDU types in the Info column, by their number. */
const PDU_NAMES: Readonly<Record<string, string>> = { "0": "Request", "2": "Response", "3": "Fault", "11": "Bind", "12": "Bind_ack" };
const PACKET_TYPES: Readonly<Record<number, string>> = Object.fromEntries(Object.entries(PTYPE).map(([name, value]) => [value, name]));

const F = {
  ver: dec("dcerpc.ver", "Version", 8),
  verMinor: dec("dcerpc.ver_minor", "Version (minor)", 8),
  pktType: dec("dcerpc.pkt_type", "Packet type", 8, PACKET_TYPES),
  flags: hex("dcerpc.cn_flags", "Packet Flags", 8),
  lastFrag: flag("dcerpc.cn_flags.last_frag", "Last Frag"),
  firstFrag: flag("dcerpc.cn_flags.first_frag", "First Frag"),
  drep: bytes("dcerpc.drep", "Data Representation"),
  fragLen: dec("dcerpc.cn_frag_len", "Frag Length", 16),
  authLen: dec("dcerpc.cn_auth_len", "Auth Length", 16),
  callId: dec("dcerpc.cn_call_id", "Call ID", 32),
  maxXmit: dec("dcerpc.cn_max_xmit", "Max Xmit Frag", 16),
  maxRecv: dec("dcerpc.cn_max_recv", "Max Recv Frag", 16),
  allocHint: dec("dcerpc.cn_alloc_hint", "Alloc hint", 32),
  numCtxItems: dec("dcerpc.cn_num_ctx_items", "Num Ctx Items", 8),
  numTransItems: dec("dcerpc.cn_num_trans_items", "Num Trans Items", 8),
  ctxId: dec("dcerpc.cn_ctx_id", "Context ID", 16),
  opnum: dec("dcerpc.opnum", "Opnum", 16),
  cancelCount: dec("dcerpc.cn_cancel_count", "Cancel count", 8),
  status: hex("dcerpc.cn_status", "Status", 32),
  requestIn: dec("dcerpc.request_in", "Request in frame", 32),
  time: seconds("dcerpc.time", "Time from request"),
  stub: group("dcerpc.payload_stub_data", "Payload stub data"),
};

export const DCERPC: Protocol = defineProtocol({
  name: "dcerpc",
  title: "Distributed Computing Environment / Remote Procedure Call",
  specification: "C706 chapter 12",
  fields: F,
  over: [overTcpStream(PDU_FRAMING)],
  dissect: dissectPdu,
  summary: summary({ type: F.pktType, callId: F.callId, opnum: F.opnum, ...MAPI_FIELDS, ...DIRECTORY_FIELDS }, (v) => {
    const opnum = v.text("opnum");
    const operation = v.name("operation") || v.name("nspi") || v.name("rfr");
    const rop = v.text("rop");
    const call = operation && Number.isNaN(Number(operation)) ? `, ${operation}${rop ? ` ${rop}` : ""}` : "";
    return `${PDU_NAMES[v.text("type")] ?? `type ${v.text("type")}`}, call ${v.text("callId")}${opnum === "" ? "" : `, opnum ${opnum}`}${call}`;
  }),
  frameClass: "mail",
});

const WHOLE = PFC_FIRST_FRAG | PFC_LAST_FRAG;
/** Longest stub that is reassembled from fragments: no EMSMDB call has more, and a page of a directory's table is far below. */
const MAX_STUB_BYTES = 0x40000;

interface Pdu {
  readonly at: number;
  readonly fragLen: number;
  readonly type: number;
  readonly callId: number;
  readonly little: boolean;
}

/** Dissects one whole PDU, which `checkPdu` accepts. */
function dissectPdu(d: Dissection, at: number): void {
  const { b } = d;
  const little = (b[at + 4] & 0xf0) !== 0;
  const u16 = little ? getU16le : getU16be;
  const u32 = little ? getU32le : getU32be;
  const fragLen = u16(b, at + 8);
  const type = b[at + 2];
  const end = at + fragLen;
  const pdu: Pdu = { at, fragLen, type, callId: u32(b, at + 12), little };
  // `frame.protocols` names several PDUs in one segment once.
  if (d.path.at(-1) === DCERPC.name) d.open(DCERPC.field, at, fragLen);
  else d.protocol(DCERPC, at, fragLen);
  d.number(F.ver, b[at], at, 1);
  d.number(F.verMinor, b[at + 1], at + 1, 1);
  d.number(F.pktType, type, at + 2, 1);
  d.number(F.flags, b[at + 3], at + 3, 1);
  d.number(F.lastFrag, (b[at + 3] >>> 1) & 1, at + 3, 1);
  d.number(F.firstFrag, b[at + 3] & 1, at + 3, 1);
  d.bytes(F.drep, at + 4, 4);
  d.number(F.fragLen, fragLen, at + 8, 2);
  d.number(F.authLen, u16(b, at + 10), at + 10, 2);
  d.number(F.callId, pdu.callId, at + 12, 4);
  let call: RememberedCall | null = null;
  if ((type === PTYPE.BIND || type === PTYPE.BIND_ACK) && fragLen >= 20) {
    d.number(F.maxXmit, u16(b, at + 16), at + 16, 2);
    d.number(F.maxRecv, u16(b, at + 18), at + 18, 2);
    if (type === PTYPE.BIND) dissectContexts(d, at + 20, end, u16);
  } else if ((type === PTYPE.REQUEST || type === PTYPE.RESPONSE || type === PTYPE.FAULT) && fragLen >= 24) {
    call = dissectCallHeader(d, pdu);
  }
  d.close();
  if (type === PTYPE.REQUEST || type === PTYPE.RESPONSE) dissectStub(d, pdu, call);
}

/** Reports the header of a request, response or fault and returns its call; `null` for an answer whose request was not seen. */
function dissectCallHeader(d: Dissection, { at, fragLen, type, callId, little }: Pdu): RememberedCall | null {
  const { b, conversation } = d;
  const u16 = little ? getU16le : getU16be;
  const u32 = little ? getU32le : getU32be;
  d.number(F.allocHint, u32(b, at + 16), at + 16, 4);
  d.number(F.ctxId, u16(b, at + 20), at + 20, 2);
  let call: RememberedCall | null = null;
  if (type === PTYPE.REQUEST) {
    const opnum = u16(b, at + 22);
    d.number(F.opnum, opnum, at + 22, 2);
    call = { opnum, frame: d.packet?.number ?? 0, timeUs: d.packet?.timeUs ?? 0, columns: null };
    const isFirst = (b[at + 3] & PFC_FIRST_FRAG) !== 0;
    if (isFirst && !d.conversations.analysis.has(TCP_REPEATS)) conversation?.request(callId, call);
    else call = conversation?.callOf(callId) ?? call;
  } else {
    d.number(F.cancelCount, b[at + 22], at + 22, 1);
    call = conversation?.callOf(callId) ?? null;
    if (call) {
      d.number(F.opnum, call.opnum, at, 0);
      d.number(F.requestIn, call.frame, at, 0);
      d.number(F.time, (d.packet?.timeUs ?? 0) - call.timeUs, at + 24, 0);
    }
  }
  if (type === PTYPE.FAULT && fragLen >= 28) d.number(F.status, u32(b, at + 24), at + 24, 4);
  else if (fragLen > 24) {
    d.open(F.stub, at + 24, fragLen - 24);
    d.close();
  }
  return call;
}

/** Dissects the stub of a known interface's call once its last fragment is there. The presentation context must have been bound in this conversation. */
function dissectStub(d: Dissection, { at, type, callId, little }: Pdu, call: RememberedCall | null): void {
  const { b, conversation, side } = d;
  const from = at + stubOffset(b, at);
  const length = stubLength(b, at);
  const protocol = INTERFACES.get(conversation?.interfaceOf((little ? getU16le : getU16be)(b, at + 20)) ?? "");
  if (length === 0 || !call || !protocol || isSealed(b, at)) return;
  const isRequest = type === PTYPE.REQUEST;
  d.rpc = { call, isRequest, little };
  const dissect = (start: number, end: number) => protocol.dissect(d, start, end);
  const flags = b[at + 3] & WHOLE;
  if (flags === WHOLE) {
    dissect(from, from + length);
    return;
  }
  if (!side) return;
  const isFirst = (flags & PFC_FIRST_FRAG) !== 0;
  const before = !isFirst && side.stub?.callId === callId ? side.stub : null;
  side.stub = null;
  const heldBytes = (before?.heldBytes ?? 0) + length;
  const isFirstMissing = before === null && !isFirst;
  if (isFirstMissing || heldBytes > MAX_STUB_BYTES) return;
  if (flags & PFC_LAST_FRAG) d.within(joinPieces(before, b, from, heldBytes), dissect);
  else side.stub = { callId, bytes: b.slice(from, from + length), before, heldBytes };
}

const LEVEL_PRIVACY = 6;

/** Whether the stub is encrypted: its authentication level (MS-RPCE 2.2.2.11) is Privacy. */
function isSealed(b: Uint8Array, at: number): boolean {
  const authLength = pduAuthLength(b, at);
  return authLength > 0 && b[at + pduFragLength(b, at) - authLength - SEC_TRAILER_BYTES + 1] === LEVEL_PRIVACY;
}

/** The presentation contexts that a bind offers; stops at the first one that is cut off. */
function dissectContexts(d: Dissection, at: number, end: number, u16: (b: Uint8Array, at: number) => number): void {
  const { b } = d;
  if (at + 8 > end) return;
  d.number(F.numCtxItems, b[at + 4], at + 4, 1);
  let item = at + 8;
  for (let i = 0; i < b[at + 4] && item + 24 <= end; i++) {
    d.number(F.ctxId, u16(b, item), item, 2);
    d.number(F.numTransItems, b[item + 2], item + 2, 1);
    if (u16 === getU16le) d.conversation?.bindInterface(u16(b, item), formatUuid(b, item + 4));
    item += 24 + 20 * b[item + 2];
  }
}

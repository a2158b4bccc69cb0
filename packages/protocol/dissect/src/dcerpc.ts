/** DCE/RPC (C706 chapter 12): PDUs, requests joined with their answers, calls in several fragments put together. */

import { getU16be, getU16le, getU32be, getU32le } from "@pushback/bytes";
import { formatUuid, PFC_FIRST_FRAG, PFC_LAST_FRAG, PTYPE, stubLength, stubOffset } from "@pushback/dcerpc";
import { EMSMDB_SYNTAX } from "@pushback/mapi";
import type { RememberedCall } from "./conversation.ts";
import type { Dissection } from "./dissection.ts";
import { bytes, dec, flag, group, hex, seconds } from "./field.ts";
import { dissectMapi } from "./mapi.ts";

const PACKET_TYPES: Readonly<Record<number, string>> = Object.fromEntries(Object.entries(PTYPE).map(([name, value]) => [value, name]));

const RPC = {
  dcerpc: group("dcerpc", "Distributed Computing Environment / Remote Procedure Call"),
  ver: dec("dcerpc.ver", "Version"),
  verMinor: dec("dcerpc.ver_minor", "Version (minor)"),
  pktType: dec("dcerpc.pkt_type", "Packet type", PACKET_TYPES),
  flags: hex("dcerpc.cn_flags", "Packet Flags", 8),
  lastFrag: flag("dcerpc.cn_flags.last_frag", "Last Frag"),
  firstFrag: flag("dcerpc.cn_flags.first_frag", "First Frag"),
  drep: bytes("dcerpc.drep", "Data Representation"),
  fragLen: dec("dcerpc.cn_frag_len", "Frag Length"),
  authLen: dec("dcerpc.cn_auth_len", "Auth Length"),
  callId: dec("dcerpc.cn_call_id", "Call ID"),
  maxXmit: dec("dcerpc.cn_max_xmit", "Max Xmit Frag"),
  maxRecv: dec("dcerpc.cn_max_recv", "Max Recv Frag"),
  allocHint: dec("dcerpc.cn_alloc_hint", "Alloc hint"),
  numCtxItems: dec("dcerpc.cn_num_ctx_items", "Num Ctx Items"),
  numTransItems: dec("dcerpc.cn_num_trans_items", "Num Trans Items"),
  ctxId: dec("dcerpc.cn_ctx_id", "Context ID"),
  opnum: dec("dcerpc.opnum", "Opnum"),
  cancelCount: dec("dcerpc.cn_cancel_count", "Cancel count"),
  status: hex("dcerpc.cn_status", "Status", 32),
  requestIn: dec("dcerpc.request_in", "Request in frame"),
  time: seconds("dcerpc.time", "Time from request"),
  stub: group("dcerpc.payload_stub_data", "Payload stub data"),
};

const WHOLE = PFC_FIRST_FRAG | PFC_LAST_FRAG;
/** Of a call in fragments: more than any EMSMDB call has. */
const MOST_STUB_BYTES = 0x40000;

interface Pdu {
  readonly at: number;
  readonly fragLen: number;
  readonly type: number;
  readonly callId: number;
  readonly little: boolean;
}

/** A PDU that `checkPdu` accepts; returns where it ends. */
export function dissectPdu(d: Dissection, at: number): number {
  const { b } = d;
  const little = (b[at + 4] & 0xf0) !== 0;
  const u16 = little ? getU16le : getU16be;
  const u32 = little ? getU32le : getU32be;
  const fragLen = u16(b, at + 8);
  const type = b[at + 2];
  const end = at + fragLen;
  const pdu: Pdu = { at, fragLen, type, callId: u32(b, at + 12), little };
  // Several in one segment are named once.
  if (d.protocols.at(-1) === RPC.dcerpc.name) d.open(RPC.dcerpc, at, fragLen);
  else d.protocol(RPC.dcerpc, at, fragLen);
  d.number(RPC.ver, b[at], at, 1);
  d.number(RPC.verMinor, b[at + 1], at + 1, 1);
  d.number(RPC.pktType, type, at + 2, 1);
  d.number(RPC.flags, b[at + 3], at + 3, 1);
  d.number(RPC.lastFrag, (b[at + 3] >>> 1) & 1, at + 3, 1);
  d.number(RPC.firstFrag, b[at + 3] & 1, at + 3, 1);
  d.bytes(RPC.drep, at + 4, 4);
  d.number(RPC.fragLen, fragLen, at + 8, 2);
  d.number(RPC.authLen, u16(b, at + 10), at + 10, 2);
  d.number(RPC.callId, pdu.callId, at + 12, 4);
  let call: RememberedCall | null = null;
  if ((type === PTYPE.BIND || type === PTYPE.BIND_ACK) && fragLen >= 20) {
    d.number(RPC.maxXmit, u16(b, at + 16), at + 16, 2);
    d.number(RPC.maxRecv, u16(b, at + 18), at + 18, 2);
    if (type === PTYPE.BIND) dissectContexts(d, at + 20, end, u16);
  } else if ((type === PTYPE.REQUEST || type === PTYPE.RESPONSE || type === PTYPE.FAULT) && fragLen >= 24) {
    call = dissectCallHeader(d, pdu);
  }
  d.close();
  if (type === PTYPE.REQUEST || type === PTYPE.RESPONSE) dissectStub(d, pdu, call);
  return end;
}

/** The call that it belongs to; `null` for an answer whose request was not seen. */
function dissectCallHeader(d: Dissection, { at, fragLen, type, callId, little }: Pdu): RememberedCall | null {
  const { b, conversation } = d;
  const u16 = little ? getU16le : getU16be;
  const u32 = little ? getU32le : getU32be;
  d.number(RPC.allocHint, u32(b, at + 16), at + 16, 4);
  d.number(RPC.ctxId, u16(b, at + 20), at + 20, 2);
  let call: RememberedCall | null = null;
  if (type === PTYPE.REQUEST) {
    const opnum = u16(b, at + 22);
    d.number(RPC.opnum, opnum, at + 22, 2);
    call = { opnum, frame: d.packet?.number ?? 0, timeUs: d.packet?.timeUs ?? 0, rops: null };
    const isFirst = (b[at + 3] & PFC_FIRST_FRAG) !== 0;
    if (isFirst && !d.conversations.marks.retransmission) conversation?.request(callId, call);
    else call = conversation?.callOf(callId) ?? call;
  } else {
    d.number(RPC.cancelCount, b[at + 22], at + 22, 1);
    call = conversation?.callOf(callId) ?? null;
    if (call) {
      d.number(RPC.opnum, call.opnum, at, 0);
      d.number(RPC.requestIn, call.frame, at, 0);
      d.number(RPC.time, (d.packet?.timeUs ?? 0) - call.timeUs, at + 24, 0);
    }
  }
  if (type === PTYPE.FAULT && fragLen >= 28) d.number(RPC.status, u32(b, at + 24), at + 24, 4);
  else if (fragLen > 24) {
    d.open(RPC.stub, at + 24, fragLen - 24);
    d.close();
  }
  return call;
}

/** The stub of a whole call, or of its last fragment, where the bind that it belongs to was seen. */
function dissectStub(d: Dissection, { at, type, callId, little }: Pdu, call: RememberedCall | null): void {
  const { b, conversation, side } = d;
  const from = at + stubOffset(b, at);
  const length = stubLength(b, at);
  if (length === 0 || !call || !conversation?.mailContexts.has((little ? getU16le : getU16be)(b, at + 20))) return;
  const isRequest = type === PTYPE.REQUEST;
  const dissect = (start: number, end: number) => dissectMapi(d, start, end, call, isRequest, little);
  const flags = b[at + 3] & WHOLE;
  if (flags === WHOLE) {
    dissect(from, from + length);
    return;
  }
  if (!side) return;
  const before = flags & PFC_FIRST_FRAG ? new Uint8Array(0) : side.fragments?.callId === callId ? side.fragments.stub : null;
  side.fragments = null;
  // Without its beginning, or longer than anything that is meant, it is left alone.
  if (before === null || before.length + length > MOST_STUB_BYTES) return;
  const stub = new Uint8Array(before.length + length);
  stub.set(before);
  stub.set(b.subarray(from, from + length), before.length);
  if (flags & PFC_LAST_FRAG) d.within(stub, dissect);
  else side.fragments = { callId, stub };
}

/** The presentation contexts that a bind offers, as many as are there. */
function dissectContexts(d: Dissection, at: number, end: number, u16: (b: Uint8Array, at: number) => number): void {
  const { b } = d;
  if (at + 8 > end) return;
  d.number(RPC.numCtxItems, b[at + 4], at + 4, 1);
  let item = at + 8;
  for (let i = 0; i < b[at + 4] && item + 24 <= end; i++) {
    d.number(RPC.ctxId, u16(b, item), item, 2);
    d.number(RPC.numTransItems, b[item + 2], item + 2, 1);
    if (u16 === getU16le && formatUuid(b, item + 4) === EMSMDB_SYNTAX.uuid) d.conversation?.mailContexts.add(u16(b, item));
    item += 24 + 20 * b[item + 2];
  }
}

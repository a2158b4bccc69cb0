/** What a TCP segment carries: DCE/RPC by its looks, others by their ports and by name only. */

import { getU16be, getU16le, getU32be, getU32le } from "@pushback/bytes";
import { checkPdu, formatUuid, PTYPE, stubLength, stubOffset } from "@pushback/dcerpc";
import { EMSMDB_SYNTAX } from "@pushback/mapi";
import { dissectData } from "./data.ts";
import type { Dissection } from "./dissection.ts";
import { bytes, dec, flag, group, hex } from "./field.ts";
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
  stub: group("dcerpc.payload_stub_data", "Payload stub data"),
};

/** By name only. */
const NBSS = group("nbss", "NetBIOS Session Service");
const SMB = group("smb", "SMB (Server Message Block Protocol)");
const HTTP = group("http", "Hypertext Transfer Protocol");
const SMB_MAGIC = 0xff534d42;

export function dissectTcpPayload(d: Dissection, at: number, end: number): void {
  const { b } = d;
  if (checkPdu(b, at, end - at) === null) {
    // Several PDUs may follow each other in one segment.
    let from = at;
    while (from < end && checkPdu(b, from, end - from) === null) from = dissectPdu(d, from);
    if (from < end) dissectData(d, from, end);
    return;
  }
  if (end - at >= 8 && (b[at] === 0 || b[at] === 0x81) && getU32be(b, at + 4) === SMB_MAGIC) {
    d.protocol(NBSS, at, 4);
    d.close();
    d.protocol(SMB, at + 4, end - at - 4);
    d.close();
    return;
  }
  if (isHttp(b, at, end)) {
    d.protocol(HTTP, at, end - at);
    d.close();
    return;
  }
  dissectData(d, at, end);
}

/** A request or an answer begins here. */
function isHttp(b: Uint8Array, at: number, end: number): boolean {
  const start = String.fromCharCode(...b.subarray(at, Math.min(end, at + 8)));
  return /^(GET |POST |HEAD |PUT |HTTP\/1\.)/.test(start);
}

/** One PDU (C706 chapter 12); returns where it ends. */
function dissectPdu(d: Dissection, at: number): number {
  const { b } = d;
  const little = (b[at + 4] & 0xf0) !== 0;
  const u16 = little ? getU16le : getU16be;
  const u32 = little ? getU32le : getU32be;
  const fragLen = u16(b, at + 8);
  const type = b[at + 2];
  const end = at + fragLen;
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
  d.number(RPC.callId, u32(b, at + 12), at + 12, 4);
  if ((type === PTYPE.BIND || type === PTYPE.BIND_ACK) && fragLen >= 20) {
    d.number(RPC.maxXmit, u16(b, at + 16), at + 16, 2);
    d.number(RPC.maxRecv, u16(b, at + 18), at + 18, 2);
    if (type === PTYPE.BIND) dissectContexts(d, at + 20, end, u16);
  } else if ((type === PTYPE.REQUEST || type === PTYPE.RESPONSE || type === PTYPE.FAULT) && fragLen >= 24) {
    d.number(RPC.allocHint, u32(b, at + 16), at + 16, 4);
    d.number(RPC.ctxId, u16(b, at + 20), at + 20, 2);
    const callId = u32(b, at + 12);
    if (type === PTYPE.REQUEST) {
      const opnum = u16(b, at + 22);
      d.number(RPC.opnum, opnum, at + 22, 2);
      d.conversation?.request(callId, opnum);
    } else {
      d.number(RPC.cancelCount, b[at + 22], at + 22, 1);
      const opnum = d.conversation?.opnumOf(callId) ?? -1;
      if (opnum >= 0) d.number(RPC.opnum, opnum, at, 0);
    }
    if (type === PTYPE.FAULT && fragLen >= 28) d.number(RPC.status, u32(b, at + 24), at + 24, 4);
    else if (fragLen > 24) {
      d.open(RPC.stub, at + 24, fragLen - 24);
      d.close();
    }
  }
  d.close();
  if ((type === PTYPE.REQUEST || type === PTYPE.RESPONSE) && fragLen > 24 && (b[at + 3] & 3) === 3)
    dissectStub(d, at, type === PTYPE.REQUEST, little);
  return end;
}

/** The stub of a PDU that is a whole call, where the bind that it belongs to was seen. */
function dissectStub(d: Dissection, at: number, isRequest: boolean, little: boolean): void {
  const { b, conversation } = d;
  const u16 = little ? getU16le : getU16be;
  const u32 = little ? getU32le : getU32be;
  if (!conversation?.mailContexts.has(u16(b, at + 20))) return;
  const opnum = isRequest ? u16(b, at + 22) : conversation.opnumOf(u32(b, at + 12));
  if (opnum < 0) return;
  dissectMapi(d, at + stubOffset(b, at), at + stubOffset(b, at) + stubLength(b, at), opnum, isRequest, little);
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

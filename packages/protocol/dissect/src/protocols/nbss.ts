/** The NetBIOS Session Service (RFC 1002 section 4.3), and SMB directly over TCP, which has the same four-byte header. */

import { getU32be } from "@pushback/bytes";
import { defineProtocol, overTcp, type Protocol, summary } from "../define-protocol.ts";
import type { Dissection } from "../dissection.ts";
import { bytes, dec, flag, hex, text } from "../field.ts";
import { FieldCursor } from "../field-cursor.ts";
import { dissectData } from "./data.ts";
import { reportName } from "./netbios-names.ts";
import { isSmb, SMB } from "./smb.ts";
import { joined } from "./summary-text.ts";

const PORT_NBSS = 139;
const PORT_MICROSOFT_DS = 445;
const F = {
  type: hex("nbss.type", "Message Type", 8, {
    0: "Session message",
    129: "Session request",
    130: "Positive session response",
    131: "Negative session response",
    132: "Retarget session response",
    133: "Session keep-alive",
  }),
  flags: hex("nbss.flags", "Flags", 8),
  extended: flag("nbss.flags.e", "Extend"),
  length: dec("nbss.length", "Length", 24),
  continuation: bytes("nbss.continuation_data", "Continuation data"),
  errorCode: hex("nbss.error_code", "Error code", 8, { 128: "Not listening on called name", 130: "Called name not present" }),
  calledName: text("nbss.called_name", "Called Name"),
  callingName: text("nbss.calling_name", "Calling Name"),
};

export const NBSS: Protocol = defineProtocol({
  name: "nbss",
  title: "NetBIOS Session Service",
  specification: "RFC 1002 section 4.3",
  fields: F,
  over: overTcp(PORT_NBSS, PORT_MICROSOFT_DS),
  dissect: dissectNbssSegment,
  summary: summary({ type: F.type, called: F.calledName, calling: F.callingName }, (v) =>
    joined(v.name("type"), v.text("called") && `to ${v.text("called")}`, v.text("calling") && `from ${v.text("calling")}`),
  ),
  frameClass: null,
});

const HEADER_BYTES = 4;
const LENGTH_MASK = 0x1ffff;
const TYPE_MESSAGE = 0;
const TYPE_REQUEST = 0x81;
const TYPE_NEGATIVE = 0x83;
const TYPE_KEEP_ALIVE = 0x85;

/** Bytes behind the header of the message that begins at `at`; -1 if no message begins there. */
function nbssLength(b: Uint8Array, at: number, end: number): number {
  if (end - at < HEADER_BYTES || b[at + 1] > 1) return -1;
  const type = b[at];
  const length = getU32be(b, at) & LENGTH_MASK;
  if (type !== TYPE_MESSAGE && (type < TYPE_REQUEST || type > TYPE_KEEP_ALIVE)) return -1;
  return type === TYPE_NEGATIVE && length !== 1 ? -1 : length;
}

/** A segment holds one whole message, the middle of one, or the beginning of one; messages that span segments are not reassembled. */
function dissectNbssSegment(d: Dissection, at: number, end: number): void {
  if (end - at < HEADER_BYTES) {
    d.protocol(NBSS, at, end - at);
    d.close();
    return;
  }
  const length = nbssLength(d.b, at, end);
  if (length === end - at - HEADER_BYTES) dissectNbss(d, at, end);
  else if (length < end - at - HEADER_BYTES) dissectContinuation(d, at, end);
}

function dissectContinuation(d: Dissection, at: number, end: number): void {
  d.protocol(NBSS, at, end - at);
  d.bytes(F.continuation, at, end - at);
  d.close();
}

/** Dissects one whole message. */
function dissectNbss(d: Dissection, at: number, end: number): void {
  const { b } = d;
  const type = b[at];
  const carriesSmb = type === TYPE_MESSAGE && isSmb(b, at + HEADER_BYTES, end);
  d.protocol(NBSS, at, type === TYPE_MESSAGE ? HEADER_BYTES : end - at);
  d.number(F.type, type, at, 1);
  if (type !== TYPE_MESSAGE) {
    d.number(F.flags, b[at + 1], at + 1, 1);
    d.number(F.extended, b[at + 1] & 1, at + 1, 1);
  }
  d.number(F.length, getU32be(b, at) & LENGTH_MASK, at + 1, 3);
  const c = new FieldCursor(d, at + HEADER_BYTES, end);
  if (type === TYPE_REQUEST) {
    reportName(d, c, F.calledName);
    reportName(d, c, F.callingName);
  } else if (type === TYPE_NEGATIVE) c.u8(F.errorCode);
  d.close();
  if (carriesSmb) SMB.dissect(d, at + HEADER_BYTES, end);
  else if (type === TYPE_MESSAGE && end > at + HEADER_BYTES) dissectData(d, at + HEADER_BYTES, end);
}

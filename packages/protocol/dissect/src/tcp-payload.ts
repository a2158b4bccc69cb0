/** What a TCP segment carries: DCE/RPC by its looks, PDUs that span segments put together, others by their ports and by name only. */

import { checkPdu, checkPduHeader, PDU_HEADER_BYTES, pduFragLength } from "@pushback/dcerpc";
import type { TcpSide } from "./conversation.ts";
import { dissectData } from "./data.ts";
import { dissectPdu } from "./dcerpc.ts";
import type { Dissection } from "./dissection.ts";
import { group } from "./field.ts";
import { dissectNbssSegment } from "./netbios.ts";

/** By name only. */
const HTTP = group("http", "Hypertext Transfer Protocol");
/** Of NetBIOS sessions, and of SMB without NetBIOS. */
const SESSION_PORTS: readonly number[] = [139, 445];

/** `seq` is the sequence number of the byte at `at`. */
export function dissectTcpPayload(d: Dissection, seq: number, at: number, end: number, srcPort: number, dstPort: number): void {
  const { b, side } = d;
  const after = (seq + end - at) >>> 0;
  let from = at;
  if (side?.begun) {
    if (side.begunSeq === seq) {
      from = continueBegun(d, side, at, end, after);
      if (from === end) return;
    } else if (!d.conversations.marks.retransmission) side.begun = null;
  }
  // Several PDUs may follow each other in one segment.
  while (from < end && checkPdu(b, from, end - from) === null) from = dissectPdu(d, from);
  if (from === end) return;
  if (side && isBegun(b, from, end, from > at)) {
    hold(side, b.slice(from, end), after);
    return;
  }
  if (from > at) dissectData(d, from, end);
  else dissectOther(d, at, end, SESSION_PORTS.includes(srcPort) || SESSION_PORTS.includes(dstPort));
}

/** Whether a PDU begins here that does not end here; with PDUs before it, its first byte is enough to tell. */
function isBegun(b: Uint8Array, at: number, end: number, follows: boolean): boolean {
  if (end - at < PDU_HEADER_BYTES) return follows && b[at] === 5;
  return checkPduHeader(b, at) === null && pduFragLength(b, at) > end - at;
}

function hold(side: TcpSide, begun: Uint8Array, nextSeq: number): void {
  side.begun = begun;
  side.begunSeq = nextSeq;
}

/** Goes on with the PDU that earlier segments began; returns where the segment goes on behind it. */
function continueBegun(d: Dissection, side: TcpSide, at: number, end: number, after: number): number {
  const begun = side.begun as Uint8Array;
  side.begun = null;
  const joined = new Uint8Array(begun.length + end - at);
  joined.set(begun);
  joined.set(d.b.subarray(at, end), begun.length);
  if (joined.length < PDU_HEADER_BYTES) {
    hold(side, joined, after);
    return end;
  }
  if (checkPduHeader(joined, 0) !== null) return at;
  const length = pduFragLength(joined, 0);
  if (joined.length < length) {
    hold(side, joined, after);
    return end;
  }
  if (checkPdu(joined, 0, length) !== null) return at;
  d.within(joined.subarray(0, length), (start) => {
    dissectPdu(d, start);
  });
  return at + length - begun.length;
}

function dissectOther(d: Dissection, at: number, end: number, isSession: boolean): void {
  const { b } = d;
  if (isSession) {
    dissectNbssSegment(d, at, end);
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

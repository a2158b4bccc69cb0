/** A TCP segment's payload: messages found in the stream, reassembled where they span segments; then protocols known by port or content. */

import { seqDiff } from "@pushback/bytes";
import type { BegunMessage, TcpSide } from "./conversation.ts";
import { type Dissection, type FramedProtocol, MAX_MESSAGE_BYTES, type StreamFraming } from "./dissection.ts";
import { joinPieces } from "./pieces.ts";
import { dissectData } from "./protocols/data.ts";
import { TCP_REPEATS } from "./tcp-analysis.ts";

/** Dissects the bytes from `at` to `end`; `seq` is the sequence number of the byte at `at`. */
export function dissectTcpPayload(d: Dissection, seq: number, at: number, end: number, srcPort: number, dstPort: number): void {
  const { b, side } = d;
  const { framed } = d.protocols;
  const nextSeq = (seq + end - at) >>> 0;
  if (side && repeatsWhole(d, side, seq, nextSeq)) return;
  let from = at;
  if (side?.begun) {
    if (side.begun.nextSeq === seq) {
      from = continueMessage(d, side, at, end, nextSeq);
      if (from === end) return;
    } else if (!d.conversations.analysis.has(TCP_REPEATS)) side.begun = null;
  }
  for (let i = 0; i < framed.length; i++) {
    from = dissectWholeMessages(d, framed[i], from, end);
    if (from === end) {
      if (side) rememberWhole(side, seq, nextSeq);
      return;
    }
    if (side && isBegun(framed[i], b, from, end, from > at)) {
      side.begun = beginMessage(i, framed[i], b.slice(from, end), nextSeq);
      return;
    }
  }
  if (side) rememberWhole(side, seq, nextSeq);
  if (from > at) dissectData(d, from, end);
  else d.protocols.overTcp(srcPort, dstPort, b, at, end)(d, at, end);
}

/** Notes that the bytes from `seq` to `nextSeq` are dissected, so that a repetition is not dissected again. */
function rememberWhole(side: TcpSide, seq: number, nextSeq: number): void {
  if (side.wholeSeq < 0 || side.wholeEnd !== seq) side.wholeSeq = seq;
  side.wholeEnd = nextSeq;
}

/** Whether these bytes repeat what was dissected whole, all of it or a part: a sender that learns of a smaller path MTU repeats in pieces (RFC 1191). As in Wireshark, they are not dissected again. */
function repeatsWhole(d: Dissection, side: TcpSide, seq: number, nextSeq: number): boolean {
  if (!d.conversations.analysis.has(TCP_REPEATS) || side.wholeSeq < 0) return false;
  const before = seqDiff(seq, side.wholeSeq);
  const after = seqDiff(side.wholeEnd, nextSeq);
  return before >= 0 && after >= 0;
}

/** Length in bytes of the message whose header is at `at`; -1 if no message begins there, or one that is too short or too long. */
function lengthOfMessage(framing: StreamFraming, b: Uint8Array, at: number): number {
  const length = framing.messageLength(b, at);
  return length >= framing.headerBytes && length <= (framing.maxMessageBytes ?? MAX_MESSAGE_BYTES) ? length : -1;
}

/** Dissects the messages that follow each other from `at` on and end in this segment; returns where they end. */
function dissectWholeMessages(d: Dissection, { protocol, framing }: FramedProtocol, at: number, end: number): number {
  let from = at;
  while (end - from >= framing.headerBytes) {
    const length = lengthOfMessage(framing, d.b, from);
    if (length < 0 || length > end - from || !framing.isValid(d.b, from, length)) break;
    protocol.dissect(d, from, from + length);
    from += length;
  }
  return from;
}

/** Whether a message begins at `at` and ends in a later segment. Behind other messages (`follows`), its first byte is enough to tell. */
function isBegun({ framing }: FramedProtocol, b: Uint8Array, at: number, end: number, follows: boolean): boolean {
  if (end - at >= framing.headerBytes) return lengthOfMessage(framing, b, at) > end - at;
  return follows ? framing.mayBegin(b, at) : (framing.mayBeginAlone?.(b, at, end) ?? false);
}

/** A message that begins with `bytes`, which it keeps. */
function beginMessage(framed: number, { framing }: FramedProtocol, bytes: Uint8Array, nextSeq: number): BegunMessage {
  const messageBytes = bytes.length < framing.headerBytes ? -1 : lengthOfMessage(framing, bytes, 0);
  return { framed, bytes, before: null, heldBytes: bytes.length, messageBytes, nextSeq };
}

/** Adds this segment to the message that earlier segments began; returns where the rest of the segment begins. */
function continueMessage(d: Dissection, side: TcpSide, at: number, end: number, nextSeq: number): number {
  const { begun } = side;
  side.begun = null;
  if (!begun) return at;
  const { framed, heldBytes } = begun;
  const { protocol, framing } = d.protocols.framed[framed];
  let { messageBytes } = begun;
  if (messageBytes < 0) {
    const start = joinPieces(begun, d.b, at, Math.min(heldBytes + end - at, framing.headerBytes));
    if (start.length < framing.headerBytes) {
      side.begun = beginMessage(framed, d.protocols.framed[framed], start, nextSeq);
      return end;
    }
    messageBytes = lengthOfMessage(framing, start, 0);
    if (messageBytes < 0) return at;
  }
  if (heldBytes + end - at < messageBytes) {
    side.begun = { framed, bytes: d.b.slice(at, end), before: begun, heldBytes: heldBytes + end - at, messageBytes, nextSeq };
    return end;
  }
  const message = joinPieces(begun, d.b, at, messageBytes);
  if (!framing.isValid(message, 0, messageBytes)) return at;
  d.within(message, (from, to) => protocol.dissect(d, from, to));
  return at + messageBytes - heldBytes;
}

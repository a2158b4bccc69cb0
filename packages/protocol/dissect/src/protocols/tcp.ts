/** TCP (RFC 793) with its options, and what the conversation so far says about a segment. */

import { foldChecksum, getU16be, getU32be, seqDiff, sumWords } from "@pushback/bytes";
import { checkTcpHeader, IP_PROTOCOL_TCP, TCP_ACK, TCP_FIN, TCP_HEADER_LEN, TCP_RST, TCP_SYN } from "@pushback/wire";
import type { TcpConversation } from "../conversation.ts";
import { defineProtocol, overIp, type Protocol } from "../define-protocol.ts";
import type { Dissection } from "../dissection.ts";
import type { Field } from "../field.ts";
import { SCALE_NONE, type Segment, TCP_MARKS, type TcpMark, type TcpSideAnalysis } from "../tcp-analysis.ts";
import { dissectTcpPayload } from "../tcp-payload.ts";
import { dissectData } from "./data.ts";
import { reportMalformed, reportRemark } from "./expert.ts";
import { TCP_CONNECTION_FIELDS as C, TCP_FIELDS as F, TCP_FLAGS, TCP_MARK_FIELDS, TCP_SUMMARY } from "./tcp-fields.ts";

export const TCP: Protocol = defineProtocol({
  name: "tcp",
  title: "Transmission Control Protocol",
  specification: "RFC 793, RFC 7323",
  fields: { ...F, ...C },
  over: [overIp(IP_PROTOCOL_TCP)],
  carries: ["tcp"],
  dissect: dissectTcp,
  summary: TCP_SUMMARY,
  frameClass: "tcp",
});

const DST_PORT_AT = 2;
const SEQ_AT = 4;
const ACK_AT = 8;
/** The header's length in 32-bit words, in the upper four bits; the flags share this 16-bit word. */
const DATA_OFFSET_AT = 12;
const FLAGS_AT = 13;
const WINDOW_AT = 14;
const CHECKSUM_AT = 16;
const URGENT_AT = 18;
const OPTION_END = 0;
const OPTION_NOP = 1;
const OPTION_MSS = 2;
const OPTION_WINDOW_SCALE = 3;
const OPTION_SACK_PERMITTED = 4;
const OPTION_TIMESTAMP = 8;
const FLAG_LETTERS = "RRRACEUAPRSF";
/** RFC 7323 section 2.3: larger shifts count as this one. */
const MAX_WINDOW_SCALE = 14;

/** The segment being analysed; reused for the next one. */
const segment: Segment = { flags: 0, seq: 0, ack: 0, window: 0, len: 0, frame: 0, timeUs: 0, timeNs: 0 };
const MARKS = Object.entries(TCP_MARKS) as [TcpMark, number][];
/** Fields that need each side's segments until they are acknowledged. */
const ACK_FIELDS: readonly Field[] = [F.analysis, F.initialRtt, F.acksFrame, F.ackRtt, F.rto, F.rtoFrame];

function dissectTcp(d: Dissection, at: number, end: number): void {
  const { b, srcAddress, dstAddress } = d;
  if (d.quoted > 0) {
    dissectQuoted(d, at, end);
    return;
  }
  // Conversations are followed only if a field depends on them.
  if (!d.keepsPath && !d.wantsAny(TCP) && !d.wantsBelow(TCP)) return;
  if (checkTcpHeader(b, at, end - at) !== null) {
    dissectBroken(d, at, end);
    return;
  }
  const srcPort = getU16be(b, at);
  const dstPort = getU16be(b, at + DST_PORT_AT);
  const seq = getU32be(b, at + SEQ_AT);
  const ack = getU32be(b, at + ACK_AT);
  const headerLen = (b[at + DATA_OFFSET_AT] >>> 4) * 4;
  const flags = getU16be(b, at + DATA_OFFSET_AT) & 0xfff;
  const window = getU16be(b, at + WINDOW_AT);
  const payloadAt = at + headerLen;
  const capturedLen = end - payloadAt;
  // A snap length cuts the capture, not the segment: sequence numbers count what was sent.
  const len = capturedLen + d.missingBytes;
  const timeUs = d.packet?.timeUs ?? 0;
  const timeNs = d.packet?.timeNs ?? 0;
  const { analysis } = d.conversations;
  const { conversation, side } = d.conversations.tcp(srcAddress, dstAddress, srcPort, dstPort, flags, seq, timeUs, timeNs);
  d.conversation = conversation;
  d.side = conversation.sides[side];
  const own = d.side.analysis;
  const other = conversation.sides[1 - side].analysis;
  segment.flags = flags;
  segment.seq = seq;
  segment.ack = ack;
  segment.window = window;
  segment.len = len;
  segment.frame = d.packet?.number ?? 0;
  segment.timeUs = timeUs;
  segment.timeNs = timeNs;
  analysis.followsAcks = d.wantsSome(ACK_FIELDS);
  analysis.analyze(own, other, conversation.timing, segment);

  d.protocol(TCP, at, headerLen, end - at);
  dissectPorts(d, at);
  d.number(F.stream, conversation.stream, at, 0);
  d.number(F.len, len, at, 0);
  const relative = seqDiff(seq, own.firstSeq) >>> 0;
  d.number(F.seq, relative, at + SEQ_AT, 4);
  d.number(F.seqRaw, seq, at + SEQ_AT, 4);
  // Wireshark counts one sequence number for a segment that is both SYN and FIN.
  const occupies = len + (flags & (TCP_SYN | TCP_FIN) ? 1 : 0);
  d.number(F.nxtseq, (relative + occupies) >>> 0, at, 0);
  d.number(F.ack, flags & TCP_ACK ? (ack - other.firstSeq) >>> 0 : ack, at + ACK_AT, 4);
  d.number(F.ackRaw, ack, at + ACK_AT, 4);
  if (ack !== 0 && !(flags & TCP_ACK)) reportRemark(d, C.acknowledgesNothing, at + ACK_AT);
  // Windows of SYNs are never scaled (RFC 7323 section 2.2).
  dissectControl(d, at, end, headerLen, flags, flags & TCP_SYN ? 0 : knownScaleOf(own, other));
  if (flags & (TCP_SYN | TCP_FIN | TCP_RST)) remarkConnection(d, flags, own, other, srcPort, dstPort, at + FLAGS_AT);
  if (flags & TCP_SYN) learnScale(b, at + TCP_HEADER_LEN, payloadAt, own);
  dissectTimes(d, conversation, timeUs, timeNs, at);
  dissectAnalysis(d, conversation, at);
  const isReset = (flags & TCP_RST) !== 0;
  if (len > 0 && isReset) {
    // RFC 1122 section 4.2.2.12: a reset may carry a text that says why.
    if (capturedLen > 0) d.text(F.resetCause, asciiOf(b, payloadAt, capturedLen), payloadAt, capturedLen);
  } else if (capturedLen > 0) d.bytes(F.payload, payloadAt, capturedLen);
  d.close();
  if (capturedLen > 0 && !isReset && !analysis.has(TCP_MARKS.keepAlive)) dissectTcpPayload(d, seq, payloadAt, end, srcPort, dstPort);
}

/** How far the windows of `own` are shifted; 0 where the SYNs were not seen. */
function knownScaleOf(own: TcpSideAnalysis, other: TcpSideAnalysis): number {
  return other.windowScale === SCALE_NONE ? 0 : Math.max(0, own.windowScale);
}

/** Reports the fields from the header's length to the options; truncated options are left out. */
function dissectControl(d: Dissection, at: number, end: number, headerLen: number, flags: number, windowScale = 0): void {
  const { b } = d;
  d.number(F.hdrLen, headerLen, at + DATA_OFFSET_AT, 1);
  d.number(F.flags, flags, at + DATA_OFFSET_AT, 2);
  d.number(F.reserved, flags >>> 9 ? 1 : 0, at + DATA_OFFSET_AT, 1);
  for (let i = 0; i < TCP_FLAGS.length; i++)
    d.number(TCP_FLAGS[i], (flags >>> (8 - i)) & 1, i === 0 ? at + DATA_OFFSET_AT : at + FLAGS_AT, 1);
  if (d.sink.wants(F.flagsText)) d.text(F.flagsText, flagsText(flags), at + DATA_OFFSET_AT, 2);
  const window = getU16be(b, at + WINDOW_AT);
  d.number(F.window, window, at + WINDOW_AT, 2);
  d.number(F.scaledWindow, window * 2 ** windowScale, at + WINDOW_AT, 2);
  d.number(F.checksum, getU16be(b, at + CHECKSUM_AT), at + CHECKSUM_AT, 2);
  // The checksum of a quoted segment cannot be verified, because the quote may lack a part of the segment.
  if (d.quoted === 0 && d.sink.wants(F.checksumStatus)) {
    const status = d.isWholeDatagram
      ? Number(foldChecksum(sumWords(b, at, end - at, d.sumPseudoHeader(IP_PROTOCOL_TCP, end - at))) === 0)
      : 2;
    d.number(F.checksumStatus, status, at + CHECKSUM_AT, 0);
  }
  d.number(F.urgent, getU16be(b, at + URGENT_AT), at + URGENT_AT, 2);
  if (headerLen > TCP_HEADER_LEN && at + headerLen <= end) {
    d.bytes(F.options, at + TCP_HEADER_LEN, headerLen - TCP_HEADER_LEN);
    dissectOptions(d, at + TCP_HEADER_LEN, at + headerLen);
  }
}

/** Letters of the twelve bits, from the reserved ones on; a middle dot for a bit that is not set. */
function flagsText(flags: number): string {
  let shown = "";
  for (let i = 0; i < FLAG_LETTERS.length; i++) shown += (flags >>> (FLAG_LETTERS.length - 1 - i)) & 1 ? FLAG_LETTERS[i] : "·";
  return shown;
}

/** The header length contradicts the datagram: only the ports are reported, and they count for the stream index. */
function dissectBroken(d: Dissection, at: number, end: number): void {
  const { b, srcAddress, dstAddress } = d;
  // Without the flags, conversations can't be told apart.
  if (end - at < WINDOW_AT) {
    d.protocol(TCP, at, end - at);
    d.close();
    reportMalformed(d, at);
    return;
  }
  const srcPort = getU16be(b, at);
  const dstPort = getU16be(b, at + DST_PORT_AT);
  const timeUs = d.packet?.timeUs ?? 0;
  const timeNs = d.packet?.timeNs ?? 0;
  const { conversation } = d.conversations.tcp(srcAddress, dstAddress, srcPort, dstPort, 0, getU32be(b, at + SEQ_AT), timeUs, timeNs);
  d.protocol(TCP, at, end - at);
  dissectPorts(d, at);
  d.number(F.stream, conversation.stream, at, 0);
  d.close();
  if ((b[at + DATA_OFFSET_AT] >>> 4) * 4 > end - at) reportMalformed(d, at);
}

function dissectPorts(d: Dissection, at: number): void {
  const srcPort = getU16be(d.b, at);
  const dstPort = getU16be(d.b, at + DST_PORT_AT);
  d.number(F.srcport, srcPort, at, 2);
  d.number(F.dstport, dstPort, at + DST_PORT_AT, 2);
  d.number(F.port, srcPort, at, 2);
  d.number(F.port, dstPort, at + DST_PORT_AT, 2);
}

/** Time since the conversation's first frame and since the one before, ICMP errors that quote it included. */
function dissectTimes(d: Dissection, conversation: TcpConversation, timeUs: number, timeNs: number, at: number): void {
  d.seconds(F.timeRelative, timeUs - conversation.firstUs, timeNs - conversation.firstNs, at);
  d.seconds(F.timeDelta, timeUs - conversation.lastUs, timeNs - conversation.lastNs, at);
  conversation.lastUs = timeUs;
  conversation.lastNs = timeNs;
}

/** Fields of the analysis: retransmissions, acknowledged frames, times (`tcp.analysis.…`). */
function dissectAnalysis(d: Dissection, { timing }: TcpConversation, at: number): void {
  const { analysis } = d.conversations;
  const { marks } = analysis;
  if (marks === 0 && analysis.acksFrame === 0 && segment.len === 0) return;
  d.open(F.analysis, at, 0);
  if (timing.initialRttNs > 0) d.nanoseconds(F.initialRtt, timing.initialRttNs, at);
  if (analysis.acksFrame !== 0) {
    d.number(F.acksFrame, analysis.acksFrame, at, 0);
    d.nanoseconds(F.ackRtt, analysis.ackRttNs, at);
  }
  if (marks !== 0) {
    d.open(F.analysisFlags, at, 0);
    for (let i = 0; i < MARKS.length; i++) if ((marks & MARKS[i][1]) !== 0) reportMark(d, MARKS[i][0], at);
    d.close();
  }
  if (analysis.rtoFrame !== 0) {
    d.nanoseconds(F.rto, analysis.rtoNs, at);
    d.number(F.rtoFrame, analysis.rtoFrame, at, 0);
  }
  if (analysis.has(TCP_MARKS.duplicateAck)) {
    d.number(F.duplicateAckNumber, analysis.duplicateAckNumber, at, 0);
    d.number(F.duplicateAckFrame, analysis.duplicateAckFrame, at, 0);
  }
  d.close();
}

function asciiOf(b: Uint8Array, at: number, len: number): string {
  let text = "";
  for (let i = 0; i < len; i++) text += String.fromCharCode(b[at + i]);
  return text;
}

function reportMark(d: Dissection, mark: TcpMark, at: number): void {
  const field = TCP_MARK_FIELDS[mark];
  const number = mark === "duplicateAck" ? ` (#${d.conversations.analysis.duplicateAckNumber})` : "";
  reportRemark(d, field, at, `${field.title}${number}`);
}

/** The expert's remarks on a segment that opens, closes or resets its connection. */
function remarkConnection(
  d: Dissection,
  flags: number,
  own: TcpSideAnalysis,
  other: TcpSideAnalysis,
  srcPort: number,
  dstPort: number,
  at: number,
): void {
  if (flags & TCP_RST) reportRemark(d, C.connectionReset, at);
  if (flags & TCP_SYN) {
    const item = flags & TCP_ACK ? C.connectionSynAck : C.connectionSyn;
    reportRemark(d, item, at, `${item.title}: server port ${flags & TCP_ACK ? srcPort : dstPort}`);
  }
  if ((flags & TCP_FIN) === 0) return;
  reportRemark(d, C.connectionFin, at);
  if (!other.closesFirst) own.closesFirst = true;
  reportRemark(d, other.closesFirst ? C.finPassive : C.finActive, at);
}

/**
 * A segment that an ICMP error quotes: what is left of it, as tshark shows it. Its numbers stay absolute. It counts among the frames of its
 * conversation, but not in the analysis of sequence numbers.
 */
function dissectQuoted(d: Dissection, at: number, end: number): void {
  const { b } = d;
  if (end - at < SEQ_AT) {
    dissectData(d, at, end);
    return;
  }
  const headerLen = end - at < TCP_HEADER_LEN ? 0 : (b[at + DATA_OFFSET_AT] >>> 4) * 4;
  if (headerLen < TCP_HEADER_LEN) {
    d.protocol(TCP, at, end - at);
    dissectPorts(d, at);
    if (end - at >= ACK_AT) d.number(F.seq, getU32be(b, at + SEQ_AT), at + SEQ_AT, 4);
    d.close();
    return;
  }
  const flags = getU16be(b, at + DATA_OFFSET_AT) & 0xfff;
  const payloadAt = at + headerLen;
  const srcPort = getU16be(b, at);
  const dstPort = getU16be(b, at + DST_PORT_AT);
  const timeUs = d.packet?.timeUs ?? 0;
  const timeNs = d.packet?.timeNs ?? 0;
  const { conversation } = d.conversations.tcp(d.srcAddress, d.dstAddress, srcPort, dstPort, 0, 0, timeUs, timeNs);
  d.protocol(TCP, at, Math.min(headerLen, end - at), end - at);
  dissectPorts(d, at);
  d.number(F.stream, conversation.stream, at, 0);
  d.number(F.seq, getU32be(b, at + SEQ_AT), at + SEQ_AT, 4);
  d.number(F.ack, getU32be(b, at + ACK_AT), at + ACK_AT, 4);
  dissectControl(d, at, end, headerLen, flags);
  dissectTimes(d, conversation, timeUs, timeNs, at);
  if (payloadAt < end) d.bytes(F.payload, payloadAt, end - payloadAt);
  d.close();
  if (payloadAt < end && !(flags & TCP_RST)) d.protocols.overTcp(srcPort, dstPort, b, payloadAt, end)(d, payloadAt, end);
}

function dissectOptions(d: Dissection, from: number, end: number): void {
  const { b } = d;
  for (let at = from; at < end; ) {
    const kind = b[at];
    const len = kind <= OPTION_NOP ? 1 : at + 1 < end ? b[at + 1] : 0;
    if (len < 1 || (kind > OPTION_NOP && len < 2) || at + len > end) break;
    d.number(F.optionKind, kind, at, 1);
    if (kind === OPTION_END) break;
    if (kind === OPTION_NOP) {
      at++;
      continue;
    }
    d.number(F.optionLen, len, at + 1, 1);
    if (kind === OPTION_MSS && len === 4) d.number(F.mss, getU16be(b, at + 2), at + 2, 2);
    else if (kind === OPTION_WINDOW_SCALE && len === 3) d.number(F.windowScale, b[at + 2], at + 2, 1);
    else if (kind === OPTION_SACK_PERMITTED && len === 2) d.bytes(F.sackPermitted, at, 2);
    else if (kind === OPTION_TIMESTAMP && len === 10) {
      d.number(F.tsVal, getU32be(b, at + 2), at + 2, 4);
      d.number(F.tsEcr, getU32be(b, at + 6), at + 6, 4);
    }
    at += len;
  }
}

/** A SYN's window scale, by which later windows of the side are judged. */
function learnScale(b: Uint8Array, from: number, end: number, own: TcpSideAnalysis): void {
  own.windowScale = SCALE_NONE;
  for (let at = from; at < end && b[at] !== OPTION_END; ) {
    const kind = b[at];
    const len = kind === OPTION_NOP ? 1 : at + 1 < end ? b[at + 1] : 0;
    if (len < (kind === OPTION_NOP ? 1 : 2) || at + len > end) return;
    if (kind === OPTION_WINDOW_SCALE && len === 3) own.windowScale = Math.min(b[at + 2], MAX_WINDOW_SCALE);
    at += len;
  }
}

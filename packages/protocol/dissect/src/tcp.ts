/** TCP (RFC 793) with its options, and what a conversation's past says of a segment. */

import { foldChecksum, getU16be, getU32be, seqDiff, sumPseudoHeader, sumWords } from "@pushback/bytes";
import { checkTcpHeader, IP_PROTOCOL_TCP, TCP_ACK, TCP_FIN, TCP_RST, TCP_SYN } from "@pushback/wire";
import { dissectData } from "./data.ts";
import type { Dissection } from "./dissection.ts";
import { bytes, CHECKSUM_STATUS, dec, flag, group, hex, seconds, text } from "./field.ts";
import { dissectTcpPayload } from "./tcp-payload.ts";

const TCP = {
  tcp: group("tcp", "Transmission Control Protocol"),
  srcport: dec("tcp.srcport", "Source Port"),
  dstport: dec("tcp.dstport", "Destination Port"),
  port: dec("tcp.port", "Source or Destination Port"),
  stream: dec("tcp.stream", "Stream index"),
  len: dec("tcp.len", "TCP Segment Len"),
  seq: dec("tcp.seq", "Sequence Number (relative)"),
  seqRaw: dec("tcp.seq_raw", "Sequence Number (raw)"),
  nxtseq: dec("tcp.nxtseq", "Next Sequence Number (relative)"),
  ack: dec("tcp.ack", "Acknowledgment Number (relative)"),
  ackRaw: dec("tcp.ack_raw", "Acknowledgment number (raw)"),
  hdrLen: dec("tcp.hdr_len", "Header Length"),
  flags: hex("tcp.flags", "Flags", 16),
  window: dec("tcp.window_size_value", "Window"),
  checksum: hex("tcp.checksum", "Checksum", 16),
  checksumStatus: dec("tcp.checksum.status", "Checksum Status", CHECKSUM_STATUS),
  urgent: dec("tcp.urgent_pointer", "Urgent Pointer"),
  options: bytes("tcp.options", "Options"),
  optionKind: dec("tcp.option_kind", "Kind"),
  optionLen: dec("tcp.option_len", "Length"),
  mss: dec("tcp.options.mss_val", "MSS Value"),
  windowScale: dec("tcp.options.wscale.shift", "Shift count"),
  sackPermitted: bytes("tcp.options.sack_perm", "SACK permitted"),
  tsVal: dec("tcp.options.timestamp.tsval", "Timestamp value"),
  tsEcr: dec("tcp.options.timestamp.tsecr", "Timestamp echo reply"),
  timeRelative: seconds("tcp.time_relative", "Time since first frame in this TCP stream"),
  timeDelta: seconds("tcp.time_delta", "Time since previous frame in this TCP stream"),
  payload: bytes("tcp.payload", "TCP payload"),
  resetCause: text("tcp.reset_cause", "Reset cause"),
  keepAlive: group("tcp.analysis.keep_alive", "TCP keep-alive segment"),
  keepAliveAck: group("tcp.analysis.keep_alive_ack", "ACK to a TCP keep-alive segment"),
  retransmission: group("tcp.analysis.retransmission", "This frame is a (suspected) retransmission"),
  lostSegment: group("tcp.analysis.lost_segment", "Previous segment(s) not captured"),
  reusedPorts: group("tcp.analysis.reused_ports", "A new tcp session is started with the same ports"),
};

/** Bits of the flags field from the highest, without the three reserved ones. */
const FLAGS = [
  flag("tcp.flags.ae", "Accurate ECN"),
  flag("tcp.flags.cwr", "Congestion Window Reduced"),
  flag("tcp.flags.ece", "ECN-Echo"),
  flag("tcp.flags.urg", "Urgent"),
  flag("tcp.flags.ack", "Acknowledgment"),
  flag("tcp.flags.push", "Push"),
  flag("tcp.flags.reset", "Reset"),
  flag("tcp.flags.syn", "Syn"),
  flag("tcp.flags.fin", "Fin"),
];
const RESERVED = flag("tcp.flags.res", "Reserved");

export function dissectTcp(d: Dissection, at: number, end: number, source: number, destination: number, whole: boolean): void {
  const { b } = d;
  if (d.quoted > 0) {
    dissectQuoted(d, at, end);
    return;
  }
  if (!d.wantsTcp) return;
  if (checkTcpHeader(b, at, end - at) !== null) {
    dissectBroken(d, at, end, source, destination);
    return;
  }
  const srcPort = getU16be(b, at);
  const dstPort = getU16be(b, at + 2);
  const seq = getU32be(b, at + 4);
  const ack = getU32be(b, at + 8);
  const headerLen = (b[at + 12] >>> 4) * 4;
  const flags = getU16be(b, at + 12) & 0xfff;
  const window = getU16be(b, at + 14);
  const payloadAt = at + headerLen;
  const len = end - payloadAt;
  const timeUs = d.packet?.timeUs ?? 0;
  const { conversation, side } = d.conversations.tcp(source, destination, srcPort, dstPort, flags, seq, timeUs);
  d.conversation = conversation;
  d.side = conversation.sides[side];
  d.conversations.analyze(conversation, side, flags, seq, ack, len);
  const own = conversation.sides[side];
  const other = conversation.sides[1 - side];
  // The other side's numbers are known from its own segments, or from the first acknowledgment of them.
  if (other.firstSeq < 0 && flags & TCP_ACK) other.firstSeq = (ack - 1) >>> 0;

  d.protocol(TCP.tcp, at, headerLen);
  dissectPorts(d, at);
  d.number(TCP.stream, conversation.stream, at, 0);
  d.number(TCP.len, len, at, 0);
  const relative = seqDiff(seq, own.firstSeq) >>> 0;
  d.number(TCP.seq, relative, at + 4, 4);
  d.number(TCP.seqRaw, seq, at + 4, 4);
  // As Wireshark counts, a SYN that is a FIN too occupies one number.
  const occupies = len + (flags & (TCP_SYN | TCP_FIN) ? 1 : 0);
  d.number(TCP.nxtseq, (relative + occupies) >>> 0, at, 0);
  d.number(TCP.ack, flags & TCP_ACK ? (ack - other.firstSeq) >>> 0 : ack, at + 8, 4);
  d.number(TCP.ackRaw, ack, at + 8, 4);
  d.number(TCP.hdrLen, headerLen, at + 12, 1);
  d.number(TCP.flags, flags, at + 12, 2);
  d.number(RESERVED, flags >>> 9 ? 1 : 0, at + 12, 1);
  for (let i = 0; i < FLAGS.length; i++) d.number(FLAGS[i], (flags >>> (8 - i)) & 1, i === 0 ? at + 12 : at + 13, 1);
  d.number(TCP.window, window, at + 14, 2);
  d.number(TCP.checksum, getU16be(b, at + 16), at + 16, 2);
  if (d.sink.wants(TCP.checksumStatus)) {
    const status = whole
      ? Number(foldChecksum(sumWords(b, at, end - at, sumPseudoHeader(source, destination, IP_PROTOCOL_TCP, end - at))) === 0)
      : 2;
    d.number(TCP.checksumStatus, status, at + 16, 0);
  }
  d.number(TCP.urgent, getU16be(b, at + 18), at + 18, 2);
  if (headerLen > 20) {
    d.bytes(TCP.options, at + 20, headerLen - 20);
    dissectOptions(d, at + 20, payloadAt);
  }
  d.number(TCP.timeRelative, timeUs - conversation.firstUs, at, 0);
  d.number(TCP.timeDelta, timeUs - conversation.lastUs, at, 0);
  conversation.lastUs = timeUs;
  const { marks } = d.conversations;
  if (marks.keepAlive) mark(d, TCP.keepAlive, at);
  if (marks.keepAliveAck) mark(d, TCP.keepAliveAck, at);
  if (marks.retransmission) mark(d, TCP.retransmission, at);
  if (marks.lostSegment) mark(d, TCP.lostSegment, at);
  if (marks.reusedPorts) mark(d, TCP.reusedPorts, at);
  const isReset = (flags & TCP_RST) !== 0;
  if (len > 0 && isReset) {
    // RFC 1122 section 4.2.2.12: a reset may say in words why.
    d.text(TCP.resetCause, asciiOf(b, payloadAt, len), payloadAt, len);
  } else if (len > 0) d.bytes(TCP.payload, payloadAt, len);
  d.close();
  if (len > 0 && !isReset && !marks.keepAlive) dissectTcpPayload(d, seq, payloadAt, end, srcPort, dstPort);
}

/** A header that is too short or too long for its datagram: its ports are believed, and count as a conversation's. */
function dissectBroken(d: Dissection, at: number, end: number, source: number, destination: number): void {
  const { b } = d;
  // Up to the flags, by which conversations are told apart.
  if (end - at < 14) {
    d.protocol(TCP.tcp, at, end - at);
    d.close();
    return;
  }
  const srcPort = getU16be(b, at);
  const dstPort = getU16be(b, at + 2);
  const timeUs = d.packet?.timeUs ?? 0;
  const { conversation } = d.conversations.tcp(source, destination, srcPort, dstPort, 0, getU32be(b, at + 4), timeUs);
  d.protocol(TCP.tcp, at, end - at);
  dissectPorts(d, at);
  d.number(TCP.stream, conversation.stream, at, 0);
  d.close();
}

function dissectPorts(d: Dissection, at: number): void {
  const srcPort = getU16be(d.b, at);
  const dstPort = getU16be(d.b, at + 2);
  d.number(TCP.srcport, srcPort, at, 2);
  d.number(TCP.dstport, dstPort, at + 2, 2);
  d.number(TCP.port, srcPort, at, 2);
  d.number(TCP.port, dstPort, at + 2, 2);
}

function asciiOf(b: Uint8Array, at: number, len: number): string {
  let text = "";
  for (let i = 0; i < len; i++) text += String.fromCharCode(b[at + i]);
  return text;
}

function mark(d: Dissection, field: ReturnType<typeof group>, at: number): void {
  d.open(field, at, 0);
  d.close();
}

/** Of a quoted segment, an error shows at least the ports and the sequence number. */
function dissectQuoted(d: Dissection, at: number, end: number): void {
  if (end - at < 4) {
    dissectData(d, at, end);
    return;
  }
  d.protocol(TCP.tcp, at, end - at);
  dissectPorts(d, at);
  d.close();
}

function dissectOptions(d: Dissection, from: number, end: number): void {
  const { b } = d;
  for (let at = from; at < end; ) {
    const kind = b[at];
    const len = kind < 2 ? 1 : at + 1 < end ? b[at + 1] : 0;
    if (len < 1 || (kind > 1 && len < 2) || at + len > end) break;
    d.number(TCP.optionKind, kind, at, 1);
    if (kind === 0) break;
    if (kind === 1) {
      at++;
      continue;
    }
    d.number(TCP.optionLen, len, at + 1, 1);
    if (kind === 2 && len === 4) d.number(TCP.mss, getU16be(b, at + 2), at + 2, 2);
    else if (kind === 3 && len === 3) d.number(TCP.windowScale, b[at + 2], at + 2, 1);
    else if (kind === 4 && len === 2) d.bytes(TCP.sackPermitted, at, 2);
    else if (kind === 8 && len === 10) {
      d.number(TCP.tsVal, getU32be(b, at + 2), at + 2, 4);
      d.number(TCP.tsEcr, getU32be(b, at + 6), at + 6, 4);
    }
    at += len;
  }
}

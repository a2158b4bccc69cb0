/** TCP's fields, and its line in the packet list. */

import { summary } from "../define-protocol.ts";
import { bytes, CHECKSUM_STATUS, dec, type Field, flag, group, hex, remark, seconds, text } from "../field.ts";
import type { TcpMark } from "../tcp-analysis.ts";

/** The fields of a segment's marks. */
export const TCP_MARK_FIELDS = {
  retransmission: remark("tcp.analysis.retransmission", "This frame is a (suspected) retransmission", "note", "sequence"),
  fastRetransmission: remark("tcp.analysis.fast_retransmission", "This frame is a (suspected) fast retransmission", "note", "sequence"),
  spuriousRetransmission: remark(
    "tcp.analysis.spurious_retransmission",
    "This frame is a (suspected) spurious retransmission",
    "note",
    "sequence",
  ),
  outOfOrder: remark("tcp.analysis.out_of_order", "This frame is a (suspected) out-of-order segment", "warning", "sequence"),
  lostSegment: remark("tcp.analysis.lost_segment", "Previous segment(s) not captured (common at capture start)", "warning", "sequence"),
  ackLostSegment: remark(
    "tcp.analysis.ack_lost_segment",
    "ACKed segment that wasn't captured (common at capture start)",
    "warning",
    "sequence",
  ),
  keepAlive: remark("tcp.analysis.keep_alive", "TCP keep-alive segment", "note", "sequence"),
  keepAliveAck: remark("tcp.analysis.keep_alive_ack", "ACK to a TCP keep-alive segment", "note", "sequence"),
  zeroWindow: remark("tcp.analysis.zero_window", "TCP Zero Window segment", "warning", "sequence"),
  zeroWindowProbe: remark("tcp.analysis.zero_window_probe", "TCP Zero Window Probe", "note", "sequence"),
  zeroWindowProbeAck: remark("tcp.analysis.zero_window_probe_ack", "ACK to a TCP Zero Window Probe", "note", "sequence"),
  windowUpdate: remark("tcp.analysis.window_update", "TCP window update", "chat", "sequence"),
  windowFull: remark("tcp.analysis.window_full", "TCP window specified by the receiver is now completely full", "warning", "sequence"),
  duplicateAck: remark("tcp.analysis.duplicate_ack", "Duplicate ACK", "note", "sequence"),
  reusedPorts: remark(
    "tcp.analysis.reused_ports",
    "A new tcp session is started with the same ports as an earlier session in this trace",
    "note",
    "sequence",
  ),
} satisfies Readonly<Record<TcpMark, Field>>;

export const TCP_FIELDS = {
  srcport: dec("tcp.srcport", "Source Port", 16),
  dstport: dec("tcp.dstport", "Destination Port", 16),
  port: dec("tcp.port", "Source or Destination Port", 16),
  stream: dec("tcp.stream", "Stream index", 32),
  len: dec("tcp.len", "TCP Segment Len", 32),
  seq: dec("tcp.seq", "Sequence Number (relative)", 32),
  seqRaw: dec("tcp.seq_raw", "Sequence Number (raw)", 32),
  nxtseq: dec("tcp.nxtseq", "Next Sequence Number (relative)", 32),
  ack: dec("tcp.ack", "Acknowledgment Number (relative)", 32),
  ackRaw: dec("tcp.ack_raw", "Acknowledgment number (raw)", 32),
  hdrLen: dec("tcp.hdr_len", "Header Length", 8),
  flags: hex("tcp.flags", "Flags", 16),
  reserved: flag("tcp.flags.res", "Reserved"),
  ae: flag("tcp.flags.ae", "Accurate ECN"),
  cwr: flag("tcp.flags.cwr", "Congestion Window Reduced"),
  ece: flag("tcp.flags.ece", "ECN-Echo"),
  urg: flag("tcp.flags.urg", "Urgent"),
  ackFlag: flag("tcp.flags.ack", "Acknowledgment"),
  push: flag("tcp.flags.push", "Push"),
  reset: flag("tcp.flags.reset", "Reset"),
  syn: flag("tcp.flags.syn", "Syn"),
  fin: flag("tcp.flags.fin", "Fin"),
  flagsText: text("tcp.flags.str", "TCP Flags"),
  window: dec("tcp.window_size_value", "Window", 16),
  scaledWindow: dec("tcp.window_size", "Calculated window size", 32),
  checksum: hex("tcp.checksum", "Checksum", 16),
  checksumStatus: dec("tcp.checksum.status", "Checksum Status", 8, CHECKSUM_STATUS),
  urgent: dec("tcp.urgent_pointer", "Urgent Pointer", 16),
  options: bytes("tcp.options", "Options"),
  optionKind: dec("tcp.option_kind", "Kind", 8),
  optionLen: dec("tcp.option_len", "Length", 8),
  mss: dec("tcp.options.mss_val", "MSS Value", 16),
  windowScale: dec("tcp.options.wscale.shift", "Shift count", 8),
  sackPermitted: bytes("tcp.options.sack_perm", "SACK permitted"),
  tsVal: dec("tcp.options.timestamp.tsval", "Timestamp value", 32),
  tsEcr: dec("tcp.options.timestamp.tsecr", "Timestamp echo reply", 32),
  timeRelative: seconds("tcp.time_relative", "Time since first frame in this TCP stream"),
  timeDelta: seconds("tcp.time_delta", "Time since previous frame in this TCP stream"),
  payload: bytes("tcp.payload", "TCP payload"),
  resetCause: text("tcp.reset_cause", "Reset cause"),
  analysis: group("tcp.analysis", "SEQ/ACK analysis"),
  analysisFlags: group("tcp.analysis.flags", "TCP Analysis Flags"),
  initialRtt: seconds("tcp.analysis.initial_rtt", "iRTT"),
  acksFrame: dec("tcp.analysis.acks_frame", "This is an ACK to the segment in frame", 32),
  ackRtt: seconds("tcp.analysis.ack_rtt", "The RTT to ACK the segment was"),
  rto: seconds("tcp.analysis.rto", "The RTO for this segment was"),
  rtoFrame: dec("tcp.analysis.rto_frame", "RTO based on delta from frame", 32),
  duplicateAckNumber: dec("tcp.analysis.duplicate_ack_num", "Duplicate ACK #", 32),
  duplicateAckFrame: dec("tcp.analysis.duplicate_ack_frame", "Duplicate to the ACK in frame", 32),
  ...TCP_MARK_FIELDS,
};

/** Expert remarks about the flags of a segment: those that open and close connections, and an acknowledgment number without its flag. */
export const TCP_CONNECTION_FIELDS = {
  connectionSyn: remark("tcp.connection.syn", "Connection establish request (SYN)", "chat", "sequence"),
  connectionSynAck: remark("tcp.connection.synack", "Connection establish acknowledge (SYN+ACK)", "chat", "sequence"),
  connectionFin: remark("tcp.connection.fin", "Connection finish (FIN)", "chat", "sequence"),
  finActive: remark("tcp.connection.fin_active", "This frame initiates the connection closing", "note", "sequence"),
  finPassive: remark("tcp.connection.fin_passive", "This frame undergoes the connection closing", "note", "sequence"),
  connectionReset: remark("tcp.connection.rst", "Connection reset (RST)", "warning", "sequence"),
  acknowledgesNothing: remark(
    "tcp.ack.nonzero",
    "The acknowledgment number field is nonzero while the ACK flag is not set",
    "note",
    "protocol",
  ),
};

/** One-bit fields of the flags field, from the bit with value 256 down to the bit with value 1. */
export const TCP_FLAGS = [
  TCP_FIELDS.ae,
  TCP_FIELDS.cwr,
  TCP_FIELDS.ece,
  TCP_FIELDS.urg,
  TCP_FIELDS.ackFlag,
  TCP_FIELDS.push,
  TCP_FIELDS.reset,
  TCP_FIELDS.syn,
  TCP_FIELDS.fin,
];

const { srcport, dstport, seq, ack, window, len, resetCause, fin, syn, reset, push, ackFlag, urg } = TCP_FIELDS;

/** Flags in the Info column, in its order. */
const FLAG_NAMES = [
  ["fin", "FIN"],
  ["syn", "SYN"],
  ["reset", "RST"],
  ["push", "PSH"],
  ["ackFlag", "ACK"],
  ["urg", "URG"],
] as const;
/** Marks in the Info column, in its order. */
const MARK_NAMES: readonly (readonly [TcpMark, string])[] = [
  ["keepAlive", "keep alive"],
  ["retransmission", "retransmission"],
  ["fastRetransmission", "fast retransmission"],
  ["spuriousRetransmission", "spurious retransmission"],
  ["outOfOrder", "out of order"],
  ["duplicateAck", "duplicate ACK"],
  ["zeroWindow", "zero window"],
  ["windowFull", "window full"],
  ["reusedPorts", "reused ports"],
];

export const TCP_SUMMARY = summary(
  { srcport, dstport, seq, ack, window, len, resetCause, fin, syn, reset, push, ackFlag, urg, ...TCP_MARK_FIELDS },
  (v) => {
    const flags = FLAG_NAMES.filter(([key]) => v.text(key) === "1").map(([, name]) => name);
    const marks = MARK_NAMES.filter(([key]) => v.has(key)).map(([, name]) => `[${name}] `);
    const cause = v.text("resetCause");
    return `${marks.join("")}${v.text("srcport")} → ${v.text("dstport")} [${flags.join(", ")}] Seq=${v.text("seq")} Ack=${v.text("ack")} Win=${v.text("window")} Len=${v.text("len")}${cause ? ` "${cause}"` : ""}`;
  },
);

/**
 * What a TCP segment is within its conversation, by Wireshark's rules: repeated, out of order, a probe, an acknowledgment of which segment.
 * Sequence numbers are unsigned 32-bit integers; times are pairs of microseconds and the nanoseconds beyond them.
 */

import { seqDiff } from "@pushback/bytes";
import { TCP_ACK, TCP_FIN, TCP_RST, TCP_SYN } from "@pushback/wire";

/** Marks of a segment: one bit each in `TcpAnalysis.marks`. */
export const TCP_MARKS = {
  retransmission: 0x1,
  fastRetransmission: 0x2,
  spuriousRetransmission: 0x4,
  outOfOrder: 0x8,
  lostSegment: 0x10,
  ackLostSegment: 0x20,
  keepAlive: 0x40,
  keepAliveAck: 0x80,
  zeroWindow: 0x100,
  zeroWindowProbe: 0x200,
  zeroWindowProbeAck: 0x400,
  windowUpdate: 0x800,
  windowFull: 0x1000,
  duplicateAck: 0x2000,
  reusedPorts: 0x4000,
} as const;

export type TcpMark = keyof typeof TCP_MARKS;

const M = TCP_MARKS;
/** Marks of segments whose sequence number is below the next expected one. */
export const TCP_REPEATS = M.retransmission | M.outOfOrder;

/** Longest time, in nanoseconds, from two duplicate acknowledgments to a retransmission that counts as a fast one. */
const FAST_NS = 20_000_000;
/**
 * Longest time, in nanoseconds, after the highest segment at which a segment counts as out of order rather than repeated, unless the round-trip time says
 * otherwise.
 */
const OUT_OF_ORDER_NS = 3_000_000;
/** Most segments of one side that wait for their acknowledgment. */
const MAX_UNACKNOWLEDGED = 1000;

/** The scale of a side's window is unknown until its SYN was seen. */
const SCALE_UNKNOWN = -1;
/** The side's SYN came without the option: windows of neither side are scaled (RFC 7323 section 2.2). */
export const SCALE_NONE = -2;

/** Value of `duplicateAcks` after an acknowledgment of a segment that the capture lacks: as in Wireshark, it then counts as many. */
const LOSS_TOLD = 0xffffffff;

interface Unacknowledged {
  readonly nextSeq: number;
  readonly frame: number;
  readonly timeUs: number;
  readonly timeNs: number;
}

/** One direction of a conversation. */
export class TcpSideAnalysis {
  /** Whether this side sent its FIN before the other side. */
  closesFirst = false;
  /** The first sequence number, which relative ones count from; -1 before a segment was seen. */
  firstSeq = -1;
  /** The next sequence number expected; -1 before a segment was seen. */
  nextSeq = -1;
  nextSeqUs = 0;
  nextSeqNs = 0;
  nextSeqFrame = 0;
  /** Sequence number up to which the data was captured without a gap; -1 before the first segment. */
  maxAcked = -1;
  lastAck = 0;
  lastAckUs = 0;
  lastAckNs = 0;
  /** Window of the latest segment, unscaled; -1 before a segment was seen. */
  window = -1;
  windowScale = SCALE_UNKNOWN;
  /** Whether the latest window came with a SYN, which is never scaled (RFC 7323 section 2.2). */
  windowOfSyn = false;
  lastMarks = 0;
  duplicateAcks = 0;
  /** The frame that duplicate acknowledgments repeat. */
  firstAckFrame = 0;
  /** Segments of this side that the peer has not acknowledged, oldest first. Empty unless `followsAcks` is set. */
  unacknowledged: readonly Unacknowledged[] = [];
  /** Whether a copy has the same list, so that it is replaced before it changes: copies of a side that is never acknowledged share it. */
  #isShared = false;

  copy(): TcpSideAnalysis {
    const copy = Object.assign(new TcpSideAnalysis(), this);
    this.#isShared = true;
    copy.#isShared = true;
    return copy;
  }

  /** The list, to be changed. */
  changeUnacknowledged(): Unacknowledged[] {
    if (this.#isShared) this.unacknowledged = this.unacknowledged.slice();
    this.#isShared = false;
    return this.unacknowledged as Unacknowledged[];
  }
}

/** Times of a connection that both directions share. */
export interface TcpTiming {
  /** Time of the latest SYN without ACK; -1 before one was seen. */
  synUs: number;
  synNs: number;
  /** Nanoseconds from the SYN to the end of the handshake; -1 before it was seen. */
  initialRttNs: number;
}

/** A TCP segment as the analysis takes it. `seq` and `ack` are the numbers on the wire; `window` is not scaled. */
export interface Segment {
  flags: number;
  seq: number;
  ack: number;
  window: number;
  /** Length of the payload as sent, in bytes. */
  len: number;
  frame: number;
  timeUs: number;
  timeNs: number;
}

/** The findings of the latest segment; reused for the next one. */
export class TcpAnalysis {
  marks = 0;
  /** Ordinal of a duplicate acknowledgment, and the frame that it repeats. */
  duplicateAckNumber = 0;
  duplicateAckFrame = 0;
  /** Frame of the segment that this one acknowledges to its end, and nanoseconds since then; 0 if there is none. */
  acksFrame = 0;
  ackRttNs = 0;
  /** Frame of the oldest segment that a retransmission may repeat, and nanoseconds since then; 0 if there is none. */
  rtoFrame = 0;
  rtoNs = 0;
  /** Whether acknowledgments are followed: a field that depends on them is wanted. */
  followsAcks = false;

  has(mark: number): boolean {
    return (this.marks & mark) !== 0;
  }

  /** Judges a segment of the side `own` and updates both sides. */
  analyze(own: TcpSideAnalysis, other: TcpSideAnalysis, timing: TcpTiming, s: Segment): void {
    this.acksFrame = 0;
    this.rtoFrame = 0;
    this.#learnNumbers(own, other, s);
    const ends = this.#markWindow(own, other, s);
    if (!ends) this.#markDuplicateAck(own, s);
    if (s.ack !== own.lastAck) {
      own.firstAckFrame = s.frame;
      own.duplicateAcks = 0;
    }
    if (s.flags & TCP_ACK && other.maxAcked >= 0 && seqDiff(s.ack, other.maxAcked) > 0) {
      if (seqDiff(other.nextSeq, other.maxAcked) > 0) {
        other.maxAcked = other.nextSeq;
        this.marks |= M.ackLostSegment;
      } else {
        // Each loss is marked once, even if further acknowledgments without data follow.
        if (other.duplicateAcks === 0) this.marks |= M.ackLostSegment;
        other.duplicateAcks = LOSS_TOLD;
      }
    }
    if ((s.len > 0 || s.flags & (TCP_SYN | TCP_FIN)) && !this.has(M.keepAlive)) this.#markRepeat(own, other, timing, s);
    this.#remember(own, s);
    if (this.followsAcks) this.#acknowledge(other, s);
    learnHandshake(timing, s);
  }

  #learnNumbers(own: TcpSideAnalysis, other: TcpSideAnalysis, { flags, seq, ack }: Segment): void {
    // If the SYN was not captured, the first segment counts as 1, as if the SYN had come just before it.
    if (own.firstSeq < 0) own.firstSeq = flags & TCP_SYN ? seq : (seq - 1) >>> 0;
    // A SYN/ACK with a new number answers a SYN that repeats a known number between the same ports.
    if ((flags & (TCP_SYN | TCP_ACK)) === (TCP_SYN | TCP_ACK) && own.firstSeq !== seq) {
      this.marks |= M.reusedPorts;
      own.firstSeq = seq;
    }
    // The other side's first number follows from its own segments or, before any was seen, from the first acknowledgment.
    if (other.firstSeq < 0 && flags & TCP_ACK) other.firstSeq = (ack - 1) >>> 0;
  }

  /** Whether the segment is a probe or the answer to one, which is no duplicate acknowledgment. */
  #markWindow(own: TcpSideAnalysis, other: TcpSideAnalysis, { flags, seq, ack, window, len }: Segment): boolean {
    if (len === 1 && seq === own.nextSeq && other.window === 0) {
      this.marks |= M.zeroWindowProbe;
      return true;
    }
    if (window === 0 && !(flags & (TCP_RST | TCP_FIN | TCP_SYN))) this.marks |= M.zeroWindow;
    if (own.nextSeq >= 0 && seqDiff(seq, own.nextSeq) > 0 && !(flags & TCP_RST)) this.marks |= M.lostSegment;
    if (flags & (TCP_SYN | TCP_FIN | TCP_RST)) return false;
    if (len <= 1 && own.nextSeq >= 0 && seq === (own.nextSeq - 1) >>> 0) this.marks |= M.keepAlive;
    const repeatsNumbers = len === 0 && seq === own.nextSeq && ack === own.lastAck;
    if (repeatsNumbers && window !== 0 && window !== own.window) this.marks |= M.windowUpdate;
    if (len > 0 && (other.windowScale !== SCALE_UNKNOWN || own.windowScale === SCALE_NONE)) {
      const edge = other.lastAck + other.window * 2 ** scaleOf(other, own);
      if ((seq + len) >>> 0 === edge >>> 0) this.marks |= M.windowFull;
    }
    if (repeatsNumbers && window !== 0 && window === own.window && other.lastMarks & M.keepAlive) {
      this.marks |= M.keepAliveAck;
      return true;
    }
    if (!repeatsNumbers || window !== 0 || own.window !== 0 || !(other.lastMarks & M.zeroWindowProbe)) return false;
    this.marks |= M.zeroWindowProbeAck;
    return true;
  }

  #markDuplicateAck(own: TcpSideAnalysis, { flags, seq, ack, window, len }: Segment): void {
    if (flags & (TCP_SYN | TCP_FIN | TCP_RST) || len > 0 || window === 0 || window !== own.window) return;
    if (seq !== own.nextSeq || ack !== own.lastAck) return;
    this.marks |= M.duplicateAck;
    own.duplicateAcks = own.duplicateAcks === LOSS_TOLD ? 1 : own.duplicateAcks + 1;
    this.duplicateAckNumber = own.duplicateAcks;
    this.duplicateAckFrame = own.firstAckFrame;
  }

  #markRepeat(own: TcpSideAnalysis, other: TcpSideAnalysis, timing: TcpTiming, s: Segment): void {
    const { seq, len, timeUs, timeNs } = s;
    const end = (seq + len) >>> 0;
    if (len > 0 && other.lastAck !== 0 && seqDiff(end, other.lastAck) <= 0) {
      this.marks |= M.spuriousRetransmission | M.retransmission;
      return;
    }
    if (own.nextSeq < 0 || seqDiff(seq, own.nextSeq) >= 0) return;
    // A window probe may have sent this segment's first byte before.
    if (len > 1 && seq === (own.nextSeq - 1) >>> 0) return;
    const sinceAck = (timeUs - other.lastAckUs) * 1000 + timeNs - other.lastAckNs;
    if (other.duplicateAcks >= 2 && other.lastAck === seq && sinceAck >= 0 && sinceAck < FAST_NS) {
      this.marks |= M.fastRetransmission | M.retransmission;
      return;
    }
    const sinceHighest = (timeUs - own.nextSeqUs) * 1000 + timeNs - own.nextSeqNs;
    const threshold = timing.initialRttNs > 0 ? timing.initialRttNs : OUT_OF_ORDER_NS;
    const occupied = s.flags & (TCP_SYN | TCP_FIN) ? (end + 1) >>> 0 : end;
    if (sinceHighest >= 0 && sinceHighest < threshold && own.nextSeq !== occupied) {
      this.marks |= M.outOfOrder;
      return;
    }
    this.marks |= M.retransmission;
    this.rtoFrame = own.nextSeqFrame;
    this.rtoNs = sinceHighest;
    const first = own.unacknowledged.at(0);
    if (!first) return;
    this.rtoFrame = first.frame;
    this.rtoNs = (timeUs - first.timeUs) * 1000 + timeNs - first.timeNs;
  }

  #remember(own: TcpSideAnalysis, { flags, seq, ack, window, len, frame, timeUs, timeNs }: Segment): void {
    const nextSeq = (seq + len + (flags & (TCP_SYN | TCP_FIN) ? 1 : 0)) >>> 0;
    if (this.followsAcks && nextSeq !== seq && own.unacknowledged.length < MAX_UNACKNOWLEDGED)
      own.changeUnacknowledged().push({ nextSeq, frame, timeUs, timeNs });
    if (!this.has(M.zeroWindowProbe)) {
      if (own.nextSeq < 0 || seqDiff(nextSeq, own.nextSeq) > 0) {
        own.nextSeq = nextSeq;
        own.nextSeqUs = timeUs;
        own.nextSeqNs = timeNs;
        own.nextSeqFrame = frame;
      }
      if (own.maxAcked < 0 || seq === own.maxAcked) own.maxAcked = own.nextSeq;
    }
    own.window = window;
    own.windowOfSyn = (flags & TCP_SYN) !== 0;
    own.lastAck = ack;
    own.lastAckUs = timeUs;
    own.lastAckNs = timeNs;
    own.lastMarks = this.marks;
  }

  /** Removes what a segment acknowledges from the side that sent it. */
  #acknowledge(other: TcpSideAnalysis, { ack, timeUs, timeNs }: Segment): void {
    const { unacknowledged } = other;
    let kept = 0;
    while (kept < unacknowledged.length && seqDiff(unacknowledged[kept].nextSeq, ack) > 0) kept++;
    // Most acknowledgments of a side that waits repeat the one before: the list, which copies share, stays as it is.
    if (kept === unacknowledged.length) return;
    const waiting = other.changeUnacknowledged();
    for (let i = kept; i < waiting.length; i++) {
      const sent = waiting[i];
      if (ack === sent.nextSeq) {
        if (this.acksFrame !== 0) continue;
        this.acksFrame = sent.frame;
        this.ackRttNs = (timeUs - sent.timeUs) * 1000 + timeNs - sent.timeNs;
        continue;
      }
      if (seqDiff(sent.nextSeq, ack) < 0) continue;
      waiting[kept++] = sent;
    }
    waiting.length = kept;
  }
}

/** Shift of the latest window of a side whose SYN was seen. */
function scaleOf({ windowOfSyn, windowScale }: TcpSideAnalysis, other: TcpSideAnalysis): number {
  return windowOfSyn || windowScale === SCALE_NONE || other.windowScale === SCALE_NONE ? 0 : windowScale;
}

/** The first segment with ACK after a SYN ends the handshake. */
function learnHandshake(timing: TcpTiming, { flags, timeUs, timeNs }: Segment): void {
  const kind = flags & (TCP_SYN | TCP_ACK);
  if (kind === TCP_SYN) {
    timing.synUs = timeUs;
    timing.synNs = timeNs;
  } else if (kind === TCP_ACK && timing.initialRttNs <= 0 && timing.synUs >= 0)
    timing.initialRttNs = (timeUs - timing.synUs) * 1000 + timeNs - timing.synNs;
}

/** Data from the peer. Data in order goes to the program; early segments are kept until the gap is filled (RFC 1122 section 4.2.2.20). */

import { seqAdd, seqDiff, seqLe, seqLt } from "@pushback/bytes";
import { CLOSE_WAIT, CLOSED, CLOSING, ESTABLISHED, FIN_WAIT_1, FIN_WAIT_2, NEVER, type Tcb } from "./tcb.ts";
import { enterTimeWait } from "./tcp-end.ts";
import { segmentSize } from "./tcp-output.ts";
import { sendAck } from "./tcp-transmit.ts";

/** Largest number of early segments that are kept; the window limits their bytes. */
const MAX_EARLY = 64;

/** Takes `len` bytes at `at` whose first sequence number is `seq`, and the FIN behind them. The connection may be gone when this returns. */
export function receive(tcb: Tcb, b: Uint8Array, at: number, len: number, seq: number, fin: boolean): void {
  if (tcb.finReceived) return;
  const old = Math.max(0, seqDiff(tcb.rcvNxt, seq));
  if (old > len || (old === len && !fin && len > 0)) {
    tcb.ackNow = true;
    return;
  }
  let start = at + old;
  let rest = len - old;
  let isLast = fin;
  const beyond = seqDiff(seqAdd(seq, len), tcb.rcvEdge);
  if (beyond > 0) {
    rest = Math.max(0, rest - beyond);
    isLast = false;
    tcb.ackNow = true;
  }
  const first = seqAdd(seq, old);
  if (first !== tcb.rcvNxt) {
    keepEarly(tcb, b, start, rest, first, isLast);
    // RFC 1122 section 4.2.2.21: a segment that leaves a gap is acknowledged at once.
    tcb.ackNow = true;
    return;
  }
  accept(tcb, b, start, rest, isLast);
  while (tcb.state !== CLOSED && tcb.core.running && tcb.early !== null && !tcb.finReceived) {
    const next = tcb.early[0];
    if (seqLt(tcb.rcvNxt, next.seq)) return;
    tcb.early.shift();
    if (tcb.early.length === 0) tcb.early = null;
    tcb.ackNow = true;
    start = seqDiff(tcb.rcvNxt, next.seq);
    if (start <= next.bytes.length) accept(tcb, next.bytes, start, next.bytes.length - start, next.fin);
  }
}

function keepEarly(tcb: Tcb, b: Uint8Array, at: number, len: number, seq: number, fin: boolean): void {
  if (len === 0 && !fin) return;
  tcb.early ??= [];
  if (tcb.early.length >= MAX_EARLY) return;
  let i = tcb.early.length;
  while (i > 0 && seqLt(seq, tcb.early[i - 1].seq)) i--;
  const before = i > 0 ? tcb.early[i - 1] : null;
  if (before !== null && seqLe(seqAdd(seq, len), seqAdd(before.seq, before.bytes.length)) && (!fin || before.fin)) return;
  tcb.early.splice(i, 0, { seq, bytes: b.slice(at, at + len), fin });
}

/** Takes bytes that begin at RCV.NXT. The acknowledgment is decided before the program is called, so that an answer from the program carries it. */
function accept(tcb: Tcb, b: Uint8Array, at: number, len: number, fin: boolean): void {
  if (len > 0) {
    tcb.rcvNxt = seqAdd(tcb.rcvNxt, len);
    tcb.unackedBytes += len;
    const { delayedAckUs, delayedAckTickUs } = tcb.core.personality;
    // An ACK is due after two segments, or after half of the window if that is less: a peer without window left would wait for it (4.3BSD,
    // tcp_output).
    const enough = Math.min(2 * segmentSize(tcb), tcb.paused ? Number.POSITIVE_INFINITY : tcb.rcvCapacity >>> 1);
    if (delayedAckUs === 0 || tcb.unackedBytes >= enough) tcb.ackNow = true;
    else if (tcb.ackAtUs === NEVER) {
      const afterUs = tcb.core.uptimeUs() + delayedAckUs;
      tcb.ackAtUs = tcb.core.bootedAtUs + (delayedAckTickUs === null ? afterUs : afterUs - (afterUs % delayedAckTickUs));
    }
    handOver(tcb, b, at, len);
  }
  if (fin && tcb.state !== CLOSED && tcb.core.running) acceptFin(tcb);
}

/** Passes `len` bytes, which end at RCV.NXT, to the program or to its queue, without an out-of-band byte. */
function handOver(tcb: Tcb, b: Uint8Array, at: number, len: number): void {
  if (tcb.urgentSeq >= 0) {
    const before = len - seqDiff(tcb.rcvNxt, tcb.urgentSeq);
    if (before < 0) {
      tcb.urgentSeq = -1;
    } else if (before < len) {
      tcb.urgentSeq = -1;
      if (before > 0) deliver(tcb, b, at, before);
      if (len - before > 1 && tcb.state !== CLOSED) deliver(tcb, b, at + before + 1, len - before - 1);
      return;
    }
  }
  deliver(tcb, b, at, len);
}

function deliver(tcb: Tcb, b: Uint8Array, at: number, len: number): void {
  if (tcb.paused || tcb.receiveQueue.length > 0) tcb.receiveQueue.push(b, at, len);
  else tcb.handlers?.onData(b, at, len);
}

function acceptFin(tcb: Tcb): void {
  tcb.finReceived = true;
  tcb.early = null;
  tcb.rcvNxt = seqAdd(tcb.rcvNxt, 1);
  tcb.ackNow = true;
  if (tcb.state === ESTABLISHED) tcb.state = CLOSE_WAIT;
  else if (tcb.state === FIN_WAIT_1) tcb.state = CLOSING;
  deliverEnd(tcb);
  if (tcb.state === FIN_WAIT_2) {
    sendAck(tcb);
    enterTimeWait(tcb);
  }
}

/** Tells the program that the peer has finished, once the program has taken all data. */
export function deliverEnd(tcb: Tcb): void {
  if (!tcb.finReceived || tcb.endDelivered || tcb.receiveQueue.length > 0) return;
  tcb.endDelivered = true;
  tcb.handlers?.onEnd?.();
}

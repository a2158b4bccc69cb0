/**
 * Decides what a connection may send now: window, congestion window, Nagle (RFC 896), silly window avoidance (RFC 813, RFC 1122 section 4.2.3.4).
 */

import { seqAdd, seqDiff } from "@pushback/bytes";
import { TCP_ACK, TCP_FIN, TCP_PSH, TCP_SYN } from "@pushback/wire";
import { pathMtuTo } from "./path-mtu.ts";
import { CLOSED, ESTABLISHED, FIN_WAIT_2, NEVER, queueSeq, SYN_SENT, type Tcb, TIME_WAIT } from "./tcb.ts";
import { retransmissionWaitUs } from "./tcp-timers.ts";
import { sendAck, sendSegment } from "./tcp-transmit.ts";

/** Largest TCP payload where no larger datagram gets through (RFC 879). */
export const SAFE_SEGMENT = 536;

/** Largest payload of one segment in bytes: what the peer accepts and the path carries, minus the timestamp option. */
export function segmentSize(tcb: Tcb): number {
  const { core } = tcb;
  let size = tcb.mss;
  if (core.pathMtus !== null) size = Math.min(size, pathMtuTo(core, tcb.remoteAddress) - 40);
  if (tcb.blackHole) size = Math.min(size, SAFE_SEGMENT);
  return tcb.timestamps ? size - 12 : size;
}

/** Sends all that may be sent, then an acknowledgment if one is due and no segment carried it. */
export function output(tcb: Tcb): void {
  if (tcb.state >= ESTABLISHED && tcb.state < TIME_WAIT) {
    while (sendNext(tcb)) {
      // Each iteration sends one segment.
    }
    const unsent = unsentBytes(tcb);
    if (unsent > 0 && tcb.sndNxt === tcb.sndUna && !tcb.persisting) startPersisting(tcb);
    if (unsent <= 0 && tcb.drainWanted) {
      tcb.drainWanted = false;
      if (tcb.handlers?.onDrained) tcb.core.scheduler.schedule(0, callDrained, tcb);
    }
  }
  if (tcb.ackNow && tcb.state >= ESTABLISHED) sendAck(tcb);
}

/** Bytes in the send queue behind SND.NXT; -1 when the FIN has been sent too. */
function unsentBytes(tcb: Tcb): number {
  return tcb.sendQueue.length - seqDiff(tcb.sndNxt, queueSeq(tcb));
}

function sendNext(tcb: Tcb): boolean {
  const unsent = unsentBytes(tcb);
  if (unsent < 0) return false;
  const flight = seqDiff(tcb.sndNxt, tcb.sndUna);
  const usable = Math.min(tcb.sndWnd, tcb.cwnd) - flight;
  const size = segmentSize(tcb);
  const len = Math.max(0, Math.min(unsent, usable, size));
  const fin = tcb.finQueued && len === unsent && tcb.state !== FIN_WAIT_2;
  if (len === 0 && !fin) return false;
  const idle = flight === 0;
  const whole = len === unsent && (idle || tcb.finQueued || !tcb.core.personality.nagle);
  if (len < size && !whole && !(idle && len * 2 >= tcb.maxSndWnd)) return false;
  sendData(tcb, len, fin);
  return true;
}

/** Sends `len` bytes from SND.NXT on, and FIN. Times the segment if no other is being timed and it is no retransmission (Karn). */
function sendData(tcb: Tcb, len: number, fin: boolean): void {
  const now = tcb.core.scheduler.nowUs();
  const seq = tcb.sndNxt;
  if (tcb.timedAtUs === NEVER && seq === tcb.sndMax) {
    tcb.timedAtUs = now;
    tcb.timedSeq = seq;
  }
  const push = len > 0 && len === unsentBytes(tcb) ? TCP_PSH : 0;
  tcb.sndNxt = seqAdd(seq, len + (fin ? 1 : 0));
  sendSegment(tcb, seq, TCP_ACK | push | (fin ? TCP_FIN : 0), len);
  if (tcb.persisting) {
    tcb.persisting = false;
    tcb.backoff = 0;
    tcb.retries = 0;
    tcb.retransmitAtUs = NEVER;
  }
  if (tcb.retransmitAtUs === NEVER) tcb.retransmitAtUs = now + retransmissionWaitUs(tcb);
}

function startPersisting(tcb: Tcb): void {
  tcb.persisting = true;
  tcb.retries = 0;
  tcb.retransmitAtUs = tcb.core.scheduler.nowUs() + retransmissionWaitUs(tcb);
}

/** The persist timer ran out: sends what the window allows, however little, or one byte into a closed window (RFC 1122 section 4.2.2.17). */
export function sendPersistProbe(tcb: Tcb): void {
  const unsent = unsentBytes(tcb);
  const len = Math.min(unsent, tcb.sndWnd, segmentSize(tcb));
  if (len > 0) {
    sendData(tcb, len, tcb.finQueued && len === unsent);
    return;
  }
  tcb.retries++;
  tcb.backoff++;
  // SND.NXT does not advance: the byte counts as sent only once it is acknowledged.
  sendSegment(tcb, tcb.sndNxt, TCP_ACK, 1);
  tcb.retransmitAtUs = tcb.core.scheduler.nowUs() + retransmissionWaitUs(tcb);
}

/** Retransmits the oldest unacknowledged segment; the data behind it is sent again as the congestion window allows. */
export function retransmit(tcb: Tcb): void {
  if (tcb.sndUna === tcb.iss) {
    sendSegment(tcb, tcb.iss, tcb.state === SYN_SENT ? TCP_SYN : TCP_SYN | TCP_ACK, 0);
    return;
  }
  const len = Math.min(tcb.sendQueue.length, segmentSize(tcb), Math.max(1, tcb.sndWnd));
  const all = len === tcb.sendQueue.length;
  const fin = tcb.finQueued && all;
  tcb.sndNxt = seqAdd(tcb.sndUna, len + (fin ? 1 : 0));
  sendSegment(tcb, tcb.sndUna, TCP_ACK | (all && len > 0 ? TCP_PSH : 0) | (fin ? TCP_FIN : 0), len);
}

function callDrained(tcb: Tcb): void {
  if (tcb.state !== CLOSED && !tcb.core.dead) tcb.handlers?.onDrained?.();
}

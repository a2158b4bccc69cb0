/** SEGMENT ARRIVES (RFC 793 section 3.9 with the corrections of RFC 1122 section 4.2.2.20), in the order of that text. */

import { getU32be, seqAdd, seqDiff, seqLe, seqLt } from "@pushback/bytes";
import {
  findTcpOption,
  getTcpAck,
  getTcpFlags,
  getTcpHeaderLen,
  getTcpSeq,
  getTcpUrgent,
  getTcpWindow,
  TCP_ACK,
  TCP_FIN,
  TCP_HEADER_LEN,
  TCP_OPTION_TIMESTAMPS,
  TCP_RST,
  TCP_SYN,
  TCP_URG,
} from "@pushback/wire";
import { setPathMtu } from "./path-mtu.ts";
import {
  CLOSE_WAIT,
  CLOSED,
  CLOSING,
  connectionKey,
  ESTABLISHED,
  FIN_WAIT_1,
  FIN_WAIT_2,
  LAST_ACK,
  NEVER,
  queueSeq,
  SYN_RECEIVED,
  SYN_SENT,
  type Tcb,
  TIME_WAIT,
} from "./tcb.ts";
import { endConnection, enterTimeWait } from "./tcp-end.ts";
import { retransmit, SAFE_SEGMENT, segmentSize } from "./tcp-output.ts";
import { receive } from "./tcp-receive.ts";
import { sendReset } from "./tcp-reset.ts";
import { takeSynOptions } from "./tcp-syn-options.ts";
import { connectDeadlineUs, rearmKeepAlive, retransmissionWaitUs, takeRttSample } from "./tcp-timers.ts";
import { sendAbort, sendSegment, windowCapacity } from "./tcp-transmit.ts";
import { settle } from "./tcp-wake.ts";

/** Handles a checked segment of `len` bytes at `at`, carried by the datagram at `ipAt`, for an existing connection. */
export function segmentArrives(tcb: Tcb, b: Uint8Array, ipAt: number, at: number, len: number): void {
  if (tcb.state === SYN_SENT) inSynSent(tcb, b, ipAt, at, len);
  else synchronized(tcb, b, ipAt, at, len);
  settle(tcb);
}

function inSynSent(tcb: Tcb, b: Uint8Array, ipAt: number, at: number, len: number): void {
  const { core } = tcb;
  const flags = getTcpFlags(b, at);
  const ack = getTcpAck(b, at);
  const hasAck = (flags & TCP_ACK) !== 0;
  if (hasAck && (seqLe(ack, tcb.iss) || seqLt(tcb.sndMax, ack))) {
    // The peer still has a half-open connection from before; this reset ends it (RFC 793, figure 10).
    sendReset(core, core.personality.resets.ackToClosed, b, ipAt, at, len);
    return;
  }
  if (flags & TCP_RST) {
    if (!hasAck) return;
    if (tcb.refusals < core.personality.refusedConnectRetries) {
      tcb.refusals++;
      tcb.retransmitAtUs = Math.min(core.scheduler.nowUs() + core.personality.refusedConnectRetryUs, connectDeadlineUs(tcb));
      return;
    }
    core.rare.tcpAttemptFails++;
    endConnection(tcb, "refused", false);
    return;
  }
  if (!(flags & TCP_SYN)) return;
  heard(tcb);
  tcb.irs = getTcpSeq(b, at);
  tcb.rcvNxt = seqAdd(tcb.irs, 1);
  takeSynOptions(tcb, b, at);
  openReceiveWindow(tcb);
  tcb.cwnd = core.personality.initialWindowSegments * segmentSize(tcb);
  if (!hasAck) {
    // A SYN without ACK: simultaneous open.
    tcb.state = SYN_RECEIVED;
    tcb.retries = 0;
    retransmit(tcb);
    tcb.retransmitAtUs = core.scheduler.nowUs() + retransmissionWaitUs(tcb);
    return;
  }
  acknowledge(tcb, ack);
  takeWindow(tcb, getTcpSeq(b, at), ack, getTcpWindow(b, at));
  tcb.ackNow = true;
  establish(tcb);
  receiveRest(tcb, b, at, len, seqAdd(tcb.irs, 1), flags);
}

function synchronized(tcb: Tcb, b: Uint8Array, ipAt: number, at: number, len: number): void {
  const { core } = tcb;
  const flags = getTcpFlags(b, at);
  const seq = getTcpSeq(b, at);
  const ack = getTcpAck(b, at);
  const isSyn = (flags & TCP_SYN) !== 0;
  const payloadLen = len - getTcpHeaderLen(b, at);
  const segLen = payloadLen + (isSyn ? 1 : 0) + (flags & TCP_FIN ? 1 : 0);

  // First: the sequence number.
  const window = Math.max(0, seqDiff(tcb.rcvEdge, tcb.rcvNxt));
  const intoClosedWindow = window === 0 && segLen > 0 && seq === tcb.rcvNxt && !isSyn;
  // The peer has filled the window: its acknowledgments are processed although its sequence number is not acceptable, as in BSD and Linux.
  const atEdge = segLen === 0 && seq === tcb.rcvEdge && (flags & TCP_RST) === 0;
  if (!intoClosedWindow && !atEdge && !isAcceptable(tcb.rcvNxt, window, seq, segLen)) {
    if (flags & TCP_RST) return;
    heard(tcb);
    if (tcb.state === SYN_RECEIVED && isSyn && seq === tcb.irs) {
      onSynAgain(tcb, seq, flags & TCP_ACK ? ack : tcb.iss, getTcpWindow(b, at));
      return;
    }
    if (isSyn && !(flags & TCP_ACK)) tcb.challenged = true;
    if (tcb.state === TIME_WAIT) tcb.retransmitAtUs = core.scheduler.nowUs() + core.personality.timeWaitUs;
    tcb.ackNow = true;
    if (tcb.state < ESTABLISHED) sendSegment(tcb, tcb.sndNxt, TCP_ACK, 0);
    return;
  }

  // Second: RST.
  if (flags & TCP_RST) {
    if (tcb.state === TIME_WAIT && core.personality.timeWaitReset === "ignored") return;
    reset(tcb);
    return;
  }
  heard(tcb);

  // Fourth: SYN in the window.
  if (isSyn) {
    core.rare.tcpEstabResets++;
    const wasHalfOpen = tcb.state === SYN_RECEIVED && tcb.passive;
    sendReset(core, core.personality.resets.synToClosed, b, ipAt, at, len);
    endConnection(tcb, wasHalfOpen ? "reset" : "half-open-reset", false);
    return;
  }

  // Fifth: ACK.
  if (!(flags & TCP_ACK)) return;
  if (tcb.timestamps) takeTimestamp(tcb, b, at, seq);
  if (tcb.state === SYN_RECEIVED) {
    if (seqLe(ack, tcb.iss) || seqLt(tcb.sndMax, ack)) {
      sendReset(core, core.personality.resets.ackToClosed, b, ipAt, at, len);
      return;
    }
    acknowledge(tcb, ack);
    takeWindow(tcb, seq, ack, getTcpWindow(b, at));
    establish(tcb);
    if (isClosed(tcb)) return;
  } else {
    if (seqLt(tcb.sndMax, ack)) {
      tcb.ackNow = true;
      return;
    }
    if (seqLt(tcb.sndUna, ack)) acknowledge(tcb, ack);
    else if (isDuplicate(tcb, ack, segLen, getTcpWindow(b, at))) onDuplicateAck(tcb);
    if (seqLe(tcb.sndUna, ack)) takeWindow(tcb, seq, ack, getTcpWindow(b, at));
    if (tcb.persisting) tcb.retries = 0;
    if (isClosed(tcb)) return;
  }

  // Sixth to eighth: URG, the segment text, FIN.
  if (intoClosedWindow) {
    tcb.ackNow = true;
    return;
  }
  receiveRest(tcb, b, at, len, seq, flags);
}

/**
 * Handles the peer's SYN again in SYN-RECEIVED. If it acknowledges this side's SYN, it completes a simultaneous open (RFC 793 figure 8); otherwise
 * this side's SYN/ACK was lost.
 */
function onSynAgain(tcb: Tcb, seq: number, ack: number, window: number): void {
  if (ack !== tcb.sndMax) {
    retransmit(tcb);
    return;
  }
  takeWindow(tcb, seq, ack, window);
  acknowledge(tcb, ack);
  tcb.ackNow = true;
  establish(tcb);
}

/**
 * Whether the segment is a duplicate ACK (RFC 2001): it acknowledges nothing new, carries no data, leaves the window as it was, and data is
 * outstanding.
 */
function isDuplicate(tcb: Tcb, ack: number, segLen: number, field: number): boolean {
  return ack === tcb.sndUna && segLen === 0 && tcb.sndUna !== tcb.sndMax && !tcb.persisting && field * 2 ** tcb.sndShift === tcb.sndWnd;
}

/** Fast retransmit and fast recovery (RFC 2001 sections 3 and 4). */
function onDuplicateAck(tcb: Tcb): void {
  const limit = tcb.core.personality.fastRetransmitAfter;
  if (limit === null) return;
  const size = segmentSize(tcb);
  tcb.dupAcks++;
  if (tcb.dupAcks > limit) tcb.cwnd += size;
  if (tcb.dupAcks !== limit) return;
  const { sndNxt } = tcb;
  tcb.ssthresh = Math.max(2 * size, Math.min(tcb.cwnd, tcb.sndWnd) >>> 1);
  tcb.timedAtUs = NEVER;
  retransmit(tcb);
  tcb.sndNxt = sndNxt;
  tcb.cwnd = tcb.ssthresh + limit * size;
}

// A function call, because TypeScript would otherwise keep the narrowed type of `state` across a callback that may change it.
function isClosed(tcb: Tcb): boolean {
  return tcb.state === CLOSED;
}

/** Whether the sequence number is acceptable: the four cases of RFC 793 page 69. */
function isAcceptable(rcvNxt: number, window: number, seq: number, segLen: number): boolean {
  const offset = seqDiff(seq, rcvNxt);
  if (segLen === 0) return window === 0 ? offset === 0 : offset >= 0 && offset < window;
  if (window === 0) return false;
  const end = offset + segLen - 1;
  return (offset >= 0 && offset < window) || (end >= 0 && end < window);
}

function heard(tcb: Tcb): void {
  tcb.lastHeardUs = tcb.core.scheduler.nowUs();
  if (tcb.probesSent > 0) rearmKeepAlive(tcb);
  if (tcb.state === FIN_WAIT_2) awaitFin(tcb);
}

function reset(tcb: Tcb): void {
  const { rare } = tcb.core;
  if (tcb.state === SYN_RECEIVED) {
    rare.tcpAttemptFails++;
    endConnection(tcb, "refused", false);
    return;
  }
  if (tcb.state <= CLOSE_WAIT) rare.tcpEstabResets++;
  endConnection(tcb, tcb.probesSent > 0 ? "keepalive-reset" : tcb.challenged ? "half-open-reset" : "reset", false);
}

function openReceiveWindow(tcb: Tcb): void {
  tcb.rcvCapacity = Math.max(tcb.rcvCapacity, windowCapacity(tcb, tcb.mss));
  tcb.rcvEdge = seqAdd(tcb.rcvNxt, tcb.rcvCapacity);
}

/** The handshake is complete: the connection becomes ESTABLISHED. */
function establish(tcb: Tcb): void {
  const { core, port } = tcb;
  tcb.state = tcb.finQueued ? FIN_WAIT_1 : ESTABLISHED;
  tcb.retries = 0;
  if (tcb.keepAlive !== null) rearmKeepAlive(tcb);
  if (tcb.passive) {
    port.halfOpen--;
    const { listener } = port;
    if (listener === null) {
      // The program closed its listener during the handshake.
      sendAbort(tcb);
      endConnection(tcb, "aborted", false);
      return;
    }
    core.changeEndpoints(1);
    core.tell({ type: "tcp-connected", localPort: port.port, remoteAddress: tcb.remoteAddress, remotePort: tcb.remotePort });
    tcb.handlers = listener.accept(tcb);
    return;
  }
  core.tell({ type: "tcp-connected", localPort: port.port, remoteAddress: tcb.remoteAddress, remotePort: tcb.remotePort });
  tcb.handlers?.onConnected?.();
}

/** Handles an acknowledgment that is new: SND.UNA < `ack` <= SND.MAX. */
function acknowledge(tcb: Tcb, ack: number): void {
  const { scheduler } = tcb.core;
  const now = scheduler.nowUs();
  const bytes = seqDiff(ack, queueSeq(tcb));
  const finAcked = tcb.finQueued && bytes > tcb.sendQueue.length;
  if (bytes > 0) tcb.sendQueue.drop(Math.min(bytes, tcb.sendQueue.length));
  tcb.sndUna = ack;
  if (seqLt(tcb.sndNxt, ack)) tcb.sndNxt = ack;
  if (tcb.timedAtUs !== NEVER && seqLt(tcb.timedSeq, ack)) {
    takeRttSample(tcb, now - tcb.timedAtUs);
    tcb.timedAtUs = NEVER;
  }
  tcb.retries = 0;
  if (tcb.blackHole) {
    // The small segment came through: the path does drop large segments (Q136970).
    tcb.blackHole = false;
    setPathMtu(tcb.core, tcb.remoteAddress, SAFE_SEGMENT + 40);
  }
  const { fastRetransmitAfter } = tcb.core.personality;
  if (fastRetransmitAfter !== null && tcb.dupAcks >= fastRetransmitAfter) tcb.cwnd = tcb.ssthresh;
  else growCongestionWindow(tcb);
  tcb.dupAcks = 0;
  tcb.persisting = false;
  tcb.retransmitAtUs = ack === tcb.sndMax ? NEVER : now + retransmissionWaitUs(tcb);
  if (!finAcked) return;
  if (tcb.state === FIN_WAIT_1) {
    tcb.state = FIN_WAIT_2;
    awaitFin(tcb);
  } else if (tcb.state === CLOSING) enterTimeWait(tcb);
  else if (tcb.state === LAST_ACK) endConnection(tcb, "closed", false);
}

/** Starts the personality's time limit for the peer's FIN, if it has one. */
function awaitFin(tcb: Tcb): void {
  const { finWait2Us } = tcb.core.personality;
  if (finWait2Us !== null) tcb.retransmitAtUs = tcb.core.scheduler.nowUs() + finWait2Us;
}

/** Slow start and congestion avoidance (RFC 1122 section 4.2.2.15). */
function growCongestionWindow(tcb: Tcb): void {
  const size = segmentSize(tcb);
  if (tcb.state < ESTABLISHED) return;
  const step = tcb.cwnd < tcb.ssthresh ? size : Math.max(1, Math.floor((size * size) / tcb.cwnd));
  tcb.cwnd = Math.min(65535 * 2 ** tcb.sndShift, tcb.cwnd + step);
}

function takeWindow(tcb: Tcb, seq: number, ack: number, field: number): void {
  const isFirst = tcb.state < ESTABLISHED;
  if (!isFirst && !seqLt(tcb.sndWl1, seq) && !(tcb.sndWl1 === seq && seqLe(tcb.sndWl2, ack))) return;
  // The window of a SYN is never scaled (RFC 1323 section 2.2).
  tcb.sndWnd = isFirst && tcb.state === SYN_SENT ? field : field * 2 ** tcb.sndShift;
  tcb.sndWl1 = seq;
  tcb.sndWl2 = ack;
  if (tcb.sndWnd > tcb.maxSndWnd) tcb.maxSndWnd = tcb.sndWnd;
}

function takeTimestamp(tcb: Tcb, b: Uint8Array, at: number, seq: number): void {
  if (!seqLe(seq, tcb.rcvNxt)) return;
  const option = findTcpOption(b, at + TCP_HEADER_LEN, at + getTcpHeaderLen(b, at), TCP_OPTION_TIMESTAMPS, 10);
  if (option >= 0) tcb.tsRecent = getU32be(b, option + 2);
}

function receiveRest(tcb: Tcb, b: Uint8Array, at: number, len: number, seq: number, flags: number): void {
  if (isClosed(tcb)) return;
  const headerLen = getTcpHeaderLen(b, at);
  const fin = (flags & TCP_FIN) !== 0;
  if (len === headerLen && !fin) return;
  if (tcb.finReceived) {
    if (tcb.state === TIME_WAIT) tcb.retransmitAtUs = tcb.core.scheduler.nowUs() + tcb.core.personality.timeWaitUs;
    tcb.ackNow = true;
    return;
  }
  if (tcb.state === ESTABLISHED || tcb.state === FIN_WAIT_1 || tcb.state === FIN_WAIT_2) {
    if (flags & TCP_URG) takeUrgent(tcb, seq, getTcpUrgent(b, at));
    receive(tcb, b, at + headerLen, len - headerLen, seq, fin);
  }
}

/** Records the byte that the urgent pointer means, if that byte is delivered out of band (Winsock and BSD without SO_OOBINLINE). */
function takeUrgent(tcb: Tcb, seq: number, pointer: number): void {
  const { urgent } = tcb.core.personality;
  if (urgent.delivery === "inline" || pointer === 0) return;
  const urgentSeq = seqAdd(seq, urgent.pointer === "last-byte" ? pointer : pointer - 1);
  if (seqLe(tcb.rcvNxt, urgentSeq)) tcb.urgentSeq = urgentSeq;
}

/** Creates a connection from a SYN to a listening port, and answers SYN/ACK. */
export function openPassively(tcb: Tcb, b: Uint8Array, at: number): void {
  const { port } = tcb;
  if (port.halfOpen >= tcb.core.personality.tcpBacklog) {
    // The backlog is full: the SYN is dropped as if it had been lost, and the peer retransmits it.
    port.connections.delete(connectionKey(tcb.remoteAddress, tcb.remotePort));
    tcb.core.rare.tcpPassiveOpens--;
    return;
  }
  tcb.passive = true;
  tcb.state = SYN_RECEIVED;
  port.halfOpen++;
  tcb.irs = getTcpSeq(b, at);
  tcb.rcvNxt = seqAdd(tcb.irs, 1);
  takeSynOptions(tcb, b, at);
  openReceiveWindow(tcb);
  tcb.cwnd = tcb.core.personality.initialWindowSegments * segmentSize(tcb);
  tcb.sndWnd = getTcpWindow(b, at);
  tcb.maxSndWnd = tcb.sndWnd;
  startHandshake(tcb);
}

/** Sends the first SYN or SYN/ACK and starts the retransmission timer. */
export function startHandshake(tcb: Tcb): void {
  const now = tcb.core.scheduler.nowUs();
  tcb.sndUna = tcb.iss;
  tcb.sndMax = tcb.iss;
  tcb.sndNxt = seqAdd(tcb.iss, 1);
  tcb.timedAtUs = now;
  tcb.timedSeq = tcb.iss;
  retransmit(tcb);
  tcb.retransmitAtUs = Math.min(now + retransmissionWaitUs(tcb), connectDeadlineUs(tcb));
  settle(tcb);
}

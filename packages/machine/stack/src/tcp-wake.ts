/** Handles the deadlines of a connection: delayed acknowledgment, retransmission, persist, TIME-WAIT, keep-alive. */

import { seqAdd } from "@pushback/bytes";
import { TCP_ACK } from "@pushback/wire";
import { CLOSED, ESTABLISHED, FIN_WAIT_2, NEVER, SYN_RECEIVED, SYN_SENT, type Tcb, TIME_WAIT } from "./tcb.ts";
import { endConnection } from "./tcp-end.ts";
import { output, retransmit, SAFE_SEGMENT, segmentSize, sendPersistProbe } from "./tcp-output.ts";
import { arm, connectDeadlineUs, rearmKeepAlive, retransmissionWaitUs } from "./tcp-timers.ts";
import { sendAbort, sendAck, sendSegment } from "./tcp-transmit.ts";

/** Retransmissions of one segment after which black hole detection tries small ones. Q136970 says "several"; the number is ours. */
const BLACK_HOLE_RETRIES = 2;

/** Sends what may be sent and schedules the next deadline. Call it after every change to the connection. */
export function settle(tcb: Tcb): void {
  if (tcb.state === CLOSED || !tcb.core.running) return;
  output(tcb);
  arm(tcb, wake);
}

function wake(tcb: Tcb): void {
  tcb.wakeEvent = 0;
  if (tcb.state === CLOSED || !tcb.core.running) return;
  const now = tcb.core.scheduler.nowUs();
  if (tcb.ackAtUs !== NEVER && tcb.ackAtUs <= now) sendAck(tcb);
  if (tcb.retransmitAtUs !== NEVER && tcb.retransmitAtUs <= now) onRetransmitDeadline(tcb, now);
  if (tcb.state !== CLOSED && tcb.keepAliveAtUs !== NEVER && tcb.keepAliveAtUs <= now) onKeepAliveDeadline(tcb, now);
  settle(tcb);
}

function onRetransmitDeadline(tcb: Tcb, now: number): void {
  const { personality } = tcb.core;
  if (tcb.state === TIME_WAIT) {
    endConnection(tcb, "closed", false);
    return;
  }
  if (tcb.state === FIN_WAIT_2) {
    endConnection(tcb, "closed", false);
    return;
  }
  if (now >= connectDeadlineUs(tcb)) {
    giveUp(tcb);
    return;
  }
  const limit = tcb.state < ESTABLISHED ? personality.maxConnectRetries : tcb.core.maxDataRetries;
  if (tcb.retries >= limit) {
    giveUp(tcb);
    return;
  }
  if (tcb.persisting) {
    sendPersistProbe(tcb);
    return;
  }
  tcb.retries++;
  tcb.backoff++;
  tcb.timedAtUs = NEVER;
  if (tcb.state >= ESTABLISHED) {
    // Slow start begins again (RFC 1122 section 4.2.2.15).
    const size = segmentSize(tcb);
    tcb.ssthresh = Math.max(2 * size, Math.min(tcb.cwnd, tcb.sndWnd) >>> 1);
    if (personality.blackHoleDetection && tcb.retries === BLACK_HOLE_RETRIES && size > SAFE_SEGMENT) tcb.blackHole = true;
    tcb.cwnd = segmentSize(tcb);
  }
  retransmit(tcb);
  tcb.retransmitAtUs = Math.min(now + retransmissionWaitUs(tcb), connectDeadlineUs(tcb));
}

function giveUp(tcb: Tcb): void {
  if (tcb.state === SYN_SENT || tcb.state === SYN_RECEIVED) {
    tcb.core.rare.tcpAttemptFails++;
    endConnection(tcb, "connect-timeout", false);
    return;
  }
  sendAbort(tcb);
  endConnection(tcb, "retransmission-timeout", false);
}

/**
 * Keep-alive (Q183786): a probe after `idleUs` of silence, further probes `intervalUs` apart. The connection ends one interval after `probes`
 * further probes have gone unanswered, with a reset as BSD sends it (RFC 1122 section 4.2.3.6 leaves that open: assumption).
 */
function onKeepAliveDeadline(tcb: Tcb, now: number): void {
  const settings = tcb.keepAlive;
  if (settings === null || tcb.state === TIME_WAIT) {
    tcb.keepAliveAtUs = NEVER;
    return;
  }
  if (tcb.probesSent === 0 && now < tcb.lastHeardUs + settings.idleUs) {
    rearmKeepAlive(tcb);
    return;
  }
  if (tcb.sndUna !== tcb.sndMax) {
    // While data is unacknowledged, its retransmission takes the place of the probe, and gives up sooner.
    tcb.keepAliveAtUs = now + settings.intervalUs;
    return;
  }
  if (tcb.probesSent > settings.probes) {
    sendAbort(tcb);
    endConnection(tcb, "keepalive-timeout", false);
    return;
  }
  tcb.probesSent++;
  const garbage = tcb.core.personality.keepAliveGarbage;
  sendSegment(tcb, seqAdd(tcb.sndNxt, -1), TCP_ACK, garbage ? 1 : 0, garbage);
  tcb.keepAliveAtUs = now + settings.intervalUs;
  tcb.core.tell({
    type: "keepalive-probe-sent",
    localPort: tcb.port.port,
    remoteAddress: tcb.remoteAddress,
    remotePort: tcb.remotePort,
    probe: tcb.probesSent,
  });
}

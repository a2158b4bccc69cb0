/**
 * Deadlines of a connection. They share one event of the scheduler, which moves only when a nearer deadline appears: an idle connection costs one
 * event, for its keep-alive.
 */

import { NEVER, SYN_SENT, type Tcb, TIME_WAIT } from "./tcb.ts";

/** Schedules `wake` for the nearest deadline, unless an event is already due by then. */
export function arm(tcb: Tcb, wake: (tcb: Tcb) => void): void {
  let next = tcb.retransmitAtUs;
  if (tcb.ackAtUs !== NEVER && (next === NEVER || tcb.ackAtUs < next)) next = tcb.ackAtUs;
  if (tcb.keepAliveAtUs !== NEVER && (next === NEVER || tcb.keepAliveAtUs < next)) next = tcb.keepAliveAtUs;
  const { scheduler } = tcb.core;
  if (next === NEVER) {
    scheduler.cancel(tcb.wakeEvent);
    tcb.wakeEvent = 0;
    return;
  }
  if (tcb.wakeEvent !== 0) {
    if (tcb.wakeAtUs <= next) return;
    scheduler.cancel(tcb.wakeEvent);
  }
  tcb.wakeAtUs = next;
  tcb.wakeEvent = scheduler.schedule(Math.max(0, next - scheduler.nowUs()), wake, tcb);
}

/**
 * Time to wait for an acknowledgment before retry number `retries` + 1, in microseconds: from the personality's schedule, or the RTO doubled as
 * often as Karn's rule requires (RFC 1122 section 4.2.3.1).
 */
export function retransmissionWaitUs(tcb: Tcb): number {
  const { retryScheduleUs, rtoMaxUs } = tcb.core.personality;
  if (retryScheduleUs !== null && retryScheduleUs.length > 0) return retryScheduleUs[Math.min(tcb.retries, retryScheduleUs.length - 1)];
  return Math.min(rtoMaxUs, tcb.rtoUs * 2 ** Math.min(30, tcb.backoff));
}

/** Time at which an active open is given up, whatever retries are left; Infinity if neither personality nor state sets a limit. */
export function connectDeadlineUs(tcb: Tcb): number {
  const { connectTimeoutUs } = tcb.core.personality;
  // The peer has sent nothing yet, so this is the time of the open.
  return connectTimeoutUs === null || tcb.state !== SYN_SENT ? Number.POSITIVE_INFINITY : tcb.lastHeardUs + connectTimeoutUs;
}

/**
 * Updates the RTO: Jacobson's estimate with the gains of RFC 1122 section 4.2.3.1 (1/8 and 1/4, deviation times four), within the personality's
 * bounds.
 */
export function takeRttSample(tcb: Tcb, rttUs: number): void {
  const { rtoMinUs, rtoMaxUs } = tcb.core.personality;
  if (tcb.srttUs < 0) {
    tcb.srttUs = rttUs;
    tcb.rttVarUs = rttUs / 2;
  } else {
    const error = rttUs - tcb.srttUs;
    tcb.srttUs += error / 8;
    tcb.rttVarUs += (Math.abs(error) - tcb.rttVarUs) / 4;
  }
  tcb.rtoUs = Math.min(rtoMaxUs, Math.max(rtoMinUs, Math.round(tcb.srttUs + 4 * tcb.rttVarUs)));
  tcb.backoff = 0;
}

/** Next keep-alive deadline of a connection whose peer was last heard at `lastHeardUs`. */
export function rearmKeepAlive(tcb: Tcb): void {
  tcb.probesSent = 0;
  tcb.keepAliveAtUs = tcb.keepAlive === null || tcb.state === TIME_WAIT ? NEVER : tcb.lastHeardUs + tcb.keepAlive.idleUs;
}

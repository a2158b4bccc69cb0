/** The end of a connection, and how the program is told. */

import type { TcpEndCause } from "@pushback/host";
import { CLOSED, connectionKey, NEVER, SYN_RECEIVED, type Tcb, TIME_WAIT } from "./tcb.ts";
import { releaseTcpPort } from "./tcp-ports.ts";

/**
 * Removes the connection and tells the program: at once or, if the program itself asked for the end (`later`), after its call has
 * returned. A passive connection that was never accepted is removed silently.
 */
export function endConnection(tcb: Tcb, cause: TcpEndCause, later: boolean): void {
  if (tcb.state === CLOSED) return;
  removeConnection(tcb);
  report(tcb, cause, later);
}

/** Enters TIME-WAIT: both sides have finished, the program is told, and the port stays in use for the personality's time (RFC 793 section 3.5). */
export function enterTimeWait(tcb: Tcb): void {
  tcb.state = TIME_WAIT;
  tcb.keepAliveAtUs = NEVER;
  tcb.ackAtUs = NEVER;
  tcb.persisting = false;
  tcb.retransmitAtUs = tcb.core.scheduler.nowUs() + tcb.core.personality.timeWaitUs;
  report(tcb, "closed", false);
}

function removeConnection(tcb: Tcb): void {
  const { core, port } = tcb;
  core.scheduler.cancel(tcb.wakeEvent);
  tcb.wakeEvent = 0;
  if (tcb.state === SYN_RECEIVED && tcb.passive) port.halfOpen--;
  tcb.state = CLOSED;
  tcb.early = null;
  tcb.sendQueue.drop(tcb.sendQueue.length);
  const key = connectionKey(tcb.remoteAddress, tcb.remotePort);
  if (port.connections.get(key) === tcb) port.connections.delete(key);
  releaseTcpPort(core, port);
}

function report(tcb: Tcb, cause: TcpEndCause, later: boolean): void {
  const { core } = tcb;
  if (tcb.cause !== null) return;
  tcb.cause = cause;
  if (tcb.handlers === null) return;
  core.tell({ type: "tcp-ended", localPort: tcb.port.port, remoteAddress: tcb.remoteAddress, remotePort: tcb.remotePort, cause });
  if (later) core.scheduler.schedule(0, callClosed, tcb);
  else callClosed(tcb);
}

function callClosed(tcb: Tcb): void {
  const { handlers, core } = tcb;
  if (handlers === null || core.dead) return;
  tcb.handlers = null;
  core.changeEndpoints(-1);
  handlers.onClosed(tcb.cause ?? "closed");
}

/** A TCP connection as its program sees it. */

import { seqDiff } from "@pushback/bytes";
import type { KeepAlive, TcpConnection, TcpHandlers } from "@pushback/host";
import { nextIsn } from "./isn.ts";
import { allocateTcpPort } from "./port-allocator.ts";
import {
  CLOSE_WAIT,
  CLOSED,
  type Core,
  connectionKey,
  ESTABLISHED,
  FIN_WAIT_1,
  LAST_ACK,
  queueSeq,
  SYN_RECEIVED,
  SYN_SENT,
  Tcb,
  TcpPort,
  TIME_WAIT,
} from "./tcb.ts";
import { endConnection } from "./tcp-end.ts";
import { startHandshake } from "./tcp-input.ts";
import { openTcpPort } from "./tcp-ports.ts";
import { deliverEnd } from "./tcp-receive.ts";
import { rearmKeepAlive } from "./tcp-timers.ts";
import { isWindowUpdateDue, sendAbort, windowCapacity } from "./tcp-transmit.ts";
import { settle } from "./tcp-wake.ts";

/** Ignores each call that `TcpConnection` documents as ignored after the end. */
export class StackTcpConnection extends Tcb implements TcpConnection {
  get localAddress(): number {
    return this.core.address;
  }

  get localPort(): number {
    return this.port.port;
  }

  get queuedBytes(): number {
    return Math.max(0, this.sendQueue.length - Math.max(0, seqDiff(this.sndNxt, queueSeq(this))));
  }

  send(b: Uint8Array, at = 0, len = b.length - at): void {
    if (this.finQueued || this.state === CLOSED || this.state > CLOSE_WAIT || len <= 0) return;
    this.sendQueue.push(b, at, len);
    this.drainWanted = true;
    settle(this);
  }

  close(): void {
    if (this.finQueued || this.state === CLOSED || this.state === TIME_WAIT) return;
    // RFC 793 section 3.9 drops an open that was not answered. With data queued behind the SYN, the open goes on, and FIN follows the data.
    if (this.state === SYN_SENT && this.sendQueue.length === 0) {
      endConnection(this, "closed", true);
      return;
    }
    this.finQueued = true;
    if (this.state === ESTABLISHED) this.state = FIN_WAIT_1;
    else if (this.state === CLOSE_WAIT) this.state = LAST_ACK;
    settle(this);
  }

  abort(): void {
    if (this.state === CLOSED || this.cause !== null) return;
    if (this.core.running && this.state >= SYN_RECEIVED) sendAbort(this);
    endConnection(this, "aborted", true);
  }

  setKeepAlive(settings?: KeepAlive | null): void {
    this.keepAliveDefault = settings === undefined;
    this.keepAlive = settings === undefined ? this.core.keepAlive : settings;
    if (this.state >= ESTABLISHED) rearmKeepAlive(this);
    settle(this);
  }

  pauseReading(): void {
    this.paused = true;
  }

  resumeReading(): void {
    if (!this.paused) return;
    this.paused = false;
    this.core.scheduler.schedule(0, resume, this);
  }
}

function resume(tcb: StackTcpConnection): void {
  if (tcb.paused || tcb.core.dead) return;
  const { length } = tcb.receiveQueue;
  if (length > 0) {
    const bytes = tcb.receiveQueue.take(length);
    tcb.handlers?.onData(bytes, 0, length);
  }
  deliverEnd(tcb);
  if (tcb.state >= ESTABLISHED && tcb.state < TIME_WAIT && isWindowUpdateDue(tcb)) tcb.ackNow = true;
  settle(tcb);
}

/** Starts an active open; its outcome is called back later. */
export function connectTcp(core: Core, address: number, remotePort: number, handlers: TcpHandlers): TcpConnection {
  const localPort = core.running ? allocateTcpPort(core) : 0;
  const port = localPort === 0 ? new TcpPort(0) : openTcpPort(core, localPort);
  const tcb = new StackTcpConnection(core, port, address, remotePort);
  tcb.handlers = handlers;
  core.changeEndpoints(1);
  tcb.state = SYN_SENT;
  if (localPort === 0 || remotePort === 0) {
    endConnection(tcb, core.running ? "unreachable" : "host-down", true);
    return tcb;
  }
  core.rare.tcpActiveOpens++;
  port.connections.set(connectionKey(address, remotePort), tcb);
  const { synWindow } = core.personality;
  tcb.rcvCapacity = synWindow === null ? windowCapacity(tcb, tcb.offeredMss) : synWindow;
  tcb.iss = nextIsn(core);
  startHandshake(tcb);
  return tcb;
}

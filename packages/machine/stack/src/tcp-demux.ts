/** Finds the connection or listener that a segment belongs to; keeps the ports that programs listen on. */

import { seqDiff, seqLt } from "@pushback/bytes";
import type { HostFault, TcpListener, TcpListenerHandlers } from "@pushback/host";
import {
  checkTcpChecksum,
  checkTcpHeader,
  getIpv4Destination,
  getIpv4Source,
  getTcpDstPort,
  getTcpFlags,
  getTcpSeq,
  getTcpSrcPort,
  TCP_ACK,
  TCP_FIN,
  TCP_RST,
  TCP_SYN,
} from "@pushback/wire";
import { FIRST_DYNAMIC_PORT } from "./core.ts";
import { isUnicastSource } from "./ip-output.ts";
import { nextIsn } from "./isn.ts";
import { allocateTcpPort } from "./port-allocator.ts";
import { type Acceptor, type Core, connectionKey, SYN_RECEIVED, type Tcb, type TcpPort, TIME_WAIT } from "./tcb.ts";
import { StackTcpConnection } from "./tcp-connection.ts";
import { endConnection } from "./tcp-end.ts";
import { openPassively, segmentArrives } from "./tcp-input.ts";
import { openTcpPort, releaseTcpPort } from "./tcp-ports.ts";
import { sendBareAck, sendReset } from "./tcp-reset.ts";

/** Handles the segment at `at`, `len` bytes, carried by the datagram at `ipAt`. Broadcasts are ignored (RFC 1122 section 4.2.3.10). */
export function tcpInput(core: Core, b: Uint8Array, ipAt: number, at: number, len: number, group: boolean): void {
  const source = getIpv4Source(b, ipAt);
  const destination = getIpv4Destination(b, ipAt);
  if (group || !isUnicastSource(core, source)) return;
  core.rare.tcpInSegs++;
  if (checkTcpHeader(b, at, len) !== null || checkTcpChecksum(b, at, len, source, destination) !== null) {
    core.rare.tcpInErrs++;
    return;
  }
  const localPort = getTcpDstPort(b, at);
  let port = core.tcp?.get(localPort);
  if (port === undefined && localPort < FIRST_DYNAMIC_PORT && core.openService("tcp", localPort)) port = core.tcp?.get(localPort);
  const tcb = port?.connections.get(connectionKey(source, getTcpSrcPort(b, at)));
  if (tcb !== undefined && !isReopening(tcb, b, at)) {
    segmentArrives(tcb, b, ipAt, at, len);
    return;
  }
  if (tcb !== undefined) {
    const { listener } = tcb.port;
    endConnection(tcb, "closed", false);
    if (listener !== null) {
      toListener(core, tcb.port, b, ipAt, at, len, tcb);
      return;
    }
  }
  if (port !== undefined && port.listener !== null) toListener(core, port, b, ipAt, at, len, null);
  else toClosedPort(core, b, ipAt, at, len);
}

/**
 * Whether the segment is a new SYN into TIME-WAIT whose sequence number is beyond all that the old connection received (RFC 1122 section 4.2.2.13).
 */
function isReopening(tcb: Tcb, b: Uint8Array, at: number): boolean {
  if (tcb.state !== TIME_WAIT || tcb.port.listener === null) return false;
  const flags = getTcpFlags(b, at);
  return (flags & (TCP_SYN | TCP_ACK | TCP_RST)) === TCP_SYN && seqLt(tcb.rcvNxt, getTcpSeq(b, at));
}

function toListener(core: Core, port: TcpPort, b: Uint8Array, ipAt: number, at: number, len: number, old: Tcb | null): void {
  const flags = getTcpFlags(b, at);
  const { resets } = core.personality;
  if (flags & TCP_RST) return;
  if (flags & TCP_ACK || !(flags & TCP_SYN)) {
    sendReset(core, flags & TCP_ACK ? resets.ackToListener : resets.otherToListener, b, ipAt, at, len);
    return;
  }
  const synFin = flags & TCP_FIN ? resets.synFinToListener : undefined;
  if (synFin !== undefined && synFin !== "open") {
    if (synFin === "bare-ack") sendBareAck(core, b, ipAt, at, len);
    else sendReset(core, synFin, b, ipAt, at, len);
    return;
  }
  const remoteAddress = getIpv4Source(b, ipAt);
  const remotePort = getTcpSrcPort(b, at);
  if (remotePort === 0) return;
  core.rare.tcpPassiveOpens++;
  const tcb = new StackTcpConnection(core, port, remoteAddress, remotePort);
  port.connections.set(connectionKey(remoteAddress, remotePort), tcb);
  tcb.iss = nextIsn(core);
  // The ISN of a new connection on a reused port pair is above the numbers of the old one (RFC 1122 section 4.2.2.13).
  if (old !== null && seqDiff(tcb.iss, old.sndMax) <= 0) tcb.iss = (old.sndMax + 65536) >>> 0;
  openPassively(tcb, b, at);
}

function toClosedPort(core: Core, b: Uint8Array, ipAt: number, at: number, len: number): void {
  const flags = getTcpFlags(b, at);
  const { resets } = core.personality;
  const form = flags & TCP_ACK ? resets.ackToClosed : flags & TCP_SYN ? resets.synToClosed : resets.otherToClosed;
  sendReset(core, form, b, ipAt, at, len);
}

/** Listens on `port`, or on a port that the personality's rule chooses if `port` is 0; the outcome is called back later. */
export function listenTcp(core: Core, port: number, handlers: TcpListenerHandlers): TcpListener {
  let fault: HostFault | null = null;
  let chosen = port;
  if (!core.running) fault = "no-network";
  else if (port === 0) {
    chosen = allocateTcpPort(core);
    if (chosen === 0) fault = "no-free-port";
  } else if (core.tcp?.get(port)?.listener) fault = "port-in-use";
  const listener = new Listener(core, handlers, fault);
  if (fault === null) {
    listener.port = openTcpPort(core, chosen);
    listener.port.listener = listener;
    core.changeEndpoints(1);
  }
  core.scheduler.schedule(0, callOutcome, listener);
  return listener;
}

class Listener implements TcpListener, Acceptor {
  readonly core: Core;
  readonly handlers: TcpListenerHandlers;
  readonly fault: HostFault | null;
  /** Handlers of the program; `null` after a failure and once closed. */
  port: TcpPort | null = null;

  constructor(core: Core, handlers: TcpListenerHandlers, fault: HostFault | null) {
    this.core = core;
    this.handlers = handlers;
    this.fault = fault;
  }

  accept(tcb: Tcb): ReturnType<TcpListenerHandlers["onAccept"]> {
    if (!(tcb instanceof StackTcpConnection)) throw new TypeError("not a connection of this stack");
    return this.handlers.onAccept(tcb);
  }

  close(): void {
    const { port } = this;
    if (port === null) return;
    this.port = null;
    port.listener = null;
    releaseTcpPort(this.core, port);
    this.core.changeEndpoints(-1);
  }
}

function callOutcome(listener: Listener): void {
  if (listener.core.dead) return;
  if (listener.fault !== null) listener.handlers.onFailed?.(listener.fault);
  else if (listener.port !== null) listener.handlers.onListening?.(listener.port.port);
}

/**
 * Handles an ICMP error about a segment of this side: a hard error fails a connection that is being opened, and no other (RFC 1122 section
 * 4.2.3.9).
 */
export function notifyTcp(
  core: Core,
  localPort: number,
  remoteAddress: number,
  remotePort: number,
  seq: number,
  isHard: boolean,
): Tcb | null {
  const tcb = core.tcp?.get(localPort)?.connections.get(connectionKey(remoteAddress, remotePort));
  if (tcb === undefined || seqLt(seq, tcb.sndUna) || !seqLt(seq, tcb.sndMax)) return null;
  if (isHard && tcb.state <= SYN_RECEIVED) {
    core.rare.tcpAttemptFails++;
    endConnection(tcb, "unreachable", false);
    return null;
  }
  return tcb;
}

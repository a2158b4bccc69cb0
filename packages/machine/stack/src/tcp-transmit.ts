/** One segment of a connection onto the wire. When to send is `tcp-output.ts`'s to decide. */

import { seqAdd, seqDiff, seqLt } from "@pushback/bytes";
import {
  IP_PROTOCOL_TCP,
  putTcpChecksum,
  putTcpHeader,
  TCP_ACK,
  TCP_FIN,
  TCP_HEADER_LEN,
  TCP_OPTION_NOP,
  TCP_RST,
  TCP_SYN,
} from "@pushback/wire";
import { TX_PAYLOAD } from "./core.ts";
import { sendDatagram } from "./ip-output.ts";
import { NEVER, queueSeq, type Tcb } from "./tcb.ts";
import { putSynOptions, putTimestamps } from "./tcp-syn-options.ts";

/** Bytes of the receive window by the personality's rule, for the connection's MSS; never less than the SYN has promised. */
export function windowCapacity(tcb: Tcb, mss: number): number {
  const rule = tcb.core.personality.windowRule;
  if (rule.kind === "fixed") return rule.bytes;
  return Math.min(65535, Math.max(Math.ceil(rule.targetBytes / mss), rule.minSegments) * mss);
}

/** Free space, offered only in steps of half the buffer or one segment (RFC 1122 section 4.2.3.3); moves the advertised edge. */
function advertiseWindow(tcb: Tcb): number {
  const free = Math.max(0, tcb.rcvCapacity - tcb.receiveQueue.length);
  const edge = seqAdd(tcb.rcvNxt, free);
  const gain = seqDiff(edge, tcb.rcvEdge);
  if (gain >= Math.min(tcb.rcvCapacity >>> 1, tcb.mss)) tcb.rcvEdge = edge;
  return Math.min(65535, Math.max(0, seqDiff(tcb.rcvEdge, tcb.rcvNxt)));
}

/** Whether the window could open by a step that is worth an own segment. */
export function isWindowUpdateDue(tcb: Tcb): boolean {
  const free = Math.max(0, tcb.rcvCapacity - tcb.receiveQueue.length);
  return seqDiff(seqAdd(tcb.rcvNxt, free), tcb.rcvEdge) >= Math.min(tcb.rcvCapacity >>> 1, tcb.mss);
}

/**
 * Sends a segment with `len` bytes of the send queue from sequence number `seq` on (`garbage`: one zero byte instead). Every
 * segment with ACK acknowledges all there is, so a delayed acknowledgment is settled here.
 */
export function sendSegment(tcb: Tcb, seq: number, flags: number, len: number, garbage = false): void {
  const { core } = tcb;
  const { tx, personality } = core;
  const isSyn = (flags & TCP_SYN) !== 0;
  const hasAck = (flags & TCP_ACK) !== 0;
  let headerLen = TCP_HEADER_LEN;
  if (isSyn) headerLen += putSynOptions(tcb, tx, TX_PAYLOAD + TCP_HEADER_LEN, hasAck);
  else if (tcb.timestamps && (flags & TCP_RST) === 0) {
    tx[TX_PAYLOAD + 20] = TCP_OPTION_NOP;
    tx[TX_PAYLOAD + 21] = TCP_OPTION_NOP;
    putTimestamps(tcb, tx, TX_PAYLOAD + 22, hasAck);
    headerLen += 12;
  }
  if (garbage) tx[TX_PAYLOAD + headerLen] = 0;
  else if (len > 0) tcb.sendQueue.copyTo(seqDiff(seq, queueSeq(tcb)), tx, TX_PAYLOAD + headerLen, len);
  const window = isSyn && !hasAck ? Math.min(65535, tcb.rcvCapacity) : (flags & TCP_RST) !== 0 ? 0 : advertiseWindow(tcb);
  const ack = hasAck ? tcb.rcvNxt : 0;
  putTcpHeader(tx, TX_PAYLOAD, tcb.port.port, tcb.remotePort, seq, ack, headerLen, flags, window, 0);
  putTcpChecksum(tx, TX_PAYLOAD, headerLen + len, core.address, tcb.remoteAddress);
  if (hasAck) {
    core.leftoverAck = ack;
    tcb.ackAtUs = NEVER;
    tcb.ackNow = false;
    tcb.unackedBytes = 0;
  }
  core.rare.tcpOutSegs++;
  if ((flags & TCP_RST) !== 0) core.rare.tcpOutRsts++;
  const dontFragment = personality.dfTcp === "always" || (personality.dfTcp === "except-reset" && (flags & TCP_RST) === 0);
  sendDatagram(core, tcb.remoteAddress, IP_PROTOCOL_TCP, headerLen + len, personality.ttlTcp, dontFragment && !tcb.blackHole);
  const end = seqAdd(seq, len + (flags & TCP_SYN ? 1 : 0) + (flags & TCP_FIN ? 1 : 0));
  if (garbage || (flags & TCP_RST) !== 0) return;
  if (seqLt(tcb.sndMax, end)) tcb.sndMax = end;
  else if (end !== seq) core.rare.tcpRetransSegs++;
}

export function sendAck(tcb: Tcb): void {
  // SND.NXT may have been set back by a retransmission: a peer that has got further would take the segment for an old one and ignore what it
  // acknowledges. Only what probed a closed window has not got there (4.3BSD, tcp_output).
  sendSegment(tcb, tcb.sndWnd === 0 ? tcb.sndNxt : tcb.sndMax, TCP_ACK, 0);
}

/** The RST of a side that gives a connection up (RFC 793 section 3.9, ABORT; with ACK as BSD sends it). */
export function sendAbort(tcb: Tcb): void {
  sendSegment(tcb, tcb.sndNxt, TCP_RST | TCP_ACK, 0);
}

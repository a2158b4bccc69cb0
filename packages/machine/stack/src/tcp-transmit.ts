/** Puts one segment of a connection on the wire. `tcp-output.ts` decides when. */

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

/** Size of the receive window in bytes, by the personality's rule and the MSS of the connection; never less than the SYN promised. */
export function windowCapacity(tcb: Tcb, mss: number): number {
  const rule = tcb.core.personality.windowRule;
  if (rule.kind === "fixed") return rule.bytes;
  return Math.min(65535, Math.max(Math.ceil(rule.targetBytes / mss), rule.minSegments) * mss);
}

/** Free receive space, offered only in steps of half the buffer or one segment (RFC 1122 section 4.2.3.3). Moves the advertised edge. */
function advertiseWindow(tcb: Tcb): number {
  const free = Math.max(0, tcb.rcvCapacity - tcb.receiveQueue.length);
  const edge = seqAdd(tcb.rcvNxt, free);
  const gain = seqDiff(edge, tcb.rcvEdge);
  if (gain >= Math.min(tcb.rcvCapacity >>> 1, tcb.mss)) tcb.rcvEdge = edge;
  return Math.min(65535, Math.max(0, seqDiff(tcb.rcvEdge, tcb.rcvNxt)));
}

/** Whether the window could open by a step that is worth a segment without data. */
export function isWindowUpdateDue(tcb: Tcb): boolean {
  const free = Math.max(0, tcb.rcvCapacity - tcb.receiveQueue.length);
  return seqDiff(seqAdd(tcb.rcvNxt, free), tcb.rcvEdge) >= Math.min(tcb.rcvCapacity >>> 1, tcb.mss);
}

/**
 * Sends a segment with `len` bytes of the send queue from sequence number `seq` on; with `garbage`, one zero byte instead. Every
 * segment with ACK acknowledges all data received, so it also settles a delayed acknowledgment.
 */
export function sendSegment(tcb: Tcb, seq: number, flags: number, len: number, garbage = false): void {
  const { core } = tcb;
  const { tx, personality } = core;
  const isSyn = (flags & TCP_SYN) !== 0;
  const hasAck = (flags & TCP_ACK) !== 0;
  let headerLen = TCP_HEADER_LEN;
  if (isSyn) headerLen += putSynOptions(tcb, tx, TX_PAYLOAD + TCP_HEADER_LEN, hasAck);
  else if (tcb.timestamps) {
    tx[TX_PAYLOAD + 20] = TCP_OPTION_NOP;
    tx[TX_PAYLOAD + 21] = TCP_OPTION_NOP;
    putTimestamps(tcb, tx, TX_PAYLOAD + 22, hasAck);
    headerLen += 12;
  }
  if (garbage) tx[TX_PAYLOAD + headerLen] = 0;
  else if (len > 0) tcb.sendQueue.copyTo(seqDiff(seq, queueSeq(tcb)), tx, TX_PAYLOAD + headerLen, len);
  const window = isSyn && !hasAck ? Math.min(65535, tcb.rcvCapacity) : advertiseWindow(tcb);
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
  const dontFragment = personality.dfTcp !== "never" && !tcb.blackHole;
  sendDatagram(core, tcb.remoteAddress, IP_PROTOCOL_TCP, headerLen + len, personality.ttlTcp, dontFragment);
  const end = seqAdd(seq, len + (flags & TCP_SYN ? 1 : 0) + (flags & TCP_FIN ? 1 : 0));
  if (garbage) return;
  if (seqLt(tcb.sndMax, end)) tcb.sndMax = end;
  else if (end !== seq) core.rare.tcpRetransSegs++;
}

/** Sends a segment without data that acknowledges all data received. */
export function sendAck(tcb: Tcb): void {
  // A retransmission may have set SND.NXT back. A peer that has received more would take a segment with that number for an old one and ignore its
  // acknowledgment, so SND.MAX is used. Bytes that only probed a closed window do not count (4.3BSD, tcp_output).
  sendSegment(tcb, tcb.sndWnd === 0 ? tcb.sndNxt : tcb.sndMax, TCP_ACK, 0);
}

/** Sends the RST of a side that gives a connection up (RFC 793 section 3.9, ABORT), in the personality's form. */
export function sendAbort(tcb: Tcb): void {
  const { core } = tcb;
  const { tx, personality } = core;
  const { ackFlag, window, text } = personality.abort;
  for (let i = 0; i < text.length; i++) tx[TX_PAYLOAD + TCP_HEADER_LEN + i] = text.charCodeAt(i);
  const flags = ackFlag ? TCP_RST | TCP_ACK : TCP_RST;
  const ack = ackFlag ? tcb.rcvNxt : 0;
  putTcpHeader(tx, TX_PAYLOAD, tcb.port.port, tcb.remotePort, tcb.sndNxt, ack, TCP_HEADER_LEN, flags, window, 0);
  putTcpChecksum(tx, TX_PAYLOAD, TCP_HEADER_LEN + text.length, core.address, tcb.remoteAddress);
  if (ackFlag) core.leftoverAck = ack;
  core.rare.tcpOutSegs++;
  core.rare.tcpOutRsts++;
  const dontFragment = personality.dfTcp === "always" && !tcb.blackHole;
  sendDatagram(core, tcb.remoteAddress, IP_PROTOCOL_TCP, TCP_HEADER_LEN + text.length, personality.ttlTcp, dontFragment);
}

/** Resets that answer segments without a connection, in the forms of the personality (RFC 793 section 3.4, "Reset Generation"). */

import { seqAdd } from "@pushback/bytes";
import type { ResetForm } from "@pushback/host";
import {
  getIpv4Source,
  getIpv4Ttl,
  getTcpAck,
  getTcpDstPort,
  getTcpFlags,
  getTcpHeaderLen,
  getTcpSeq,
  getTcpSrcPort,
  getTcpWindow,
  IP_PROTOCOL_TCP,
  putTcpChecksum,
  putTcpHeader,
  TCP_ACK,
  TCP_FIN,
  TCP_HEADER_LEN,
  TCP_RST,
  TCP_SYN,
} from "@pushback/wire";
import { TX_PAYLOAD } from "./core.ts";
import { isUnicastSource, sendDatagram } from "./ip-output.ts";
import type { Core } from "./tcb.ts";

/**
 * Answers the segment at `at` (`len` bytes with header) of the datagram at `ipAt` with a reset in `form`; `null` means no answer. A reset is never
 * answered.
 */
export function sendReset(core: Core, form: ResetForm | null, b: Uint8Array, ipAt: number, at: number, len: number): void {
  if (form === null || (getTcpFlags(b, at) & TCP_RST) !== 0) return;
  if (answer(core, form, form.ackFlag ? TCP_RST | TCP_ACK : TCP_RST, b, ipAt, at, len)) core.rare.tcpOutRsts++;
}

/** Sends a segment without a connection. Returns `false` if the source is not the address of a single host. */
function answer(core: Core, form: ResetForm, outFlags: number, b: Uint8Array, ipAt: number, at: number, len: number): boolean {
  const { tx, personality } = core;
  const flags = getTcpFlags(b, at);
  const source = getIpv4Source(b, ipAt);
  if (!isUnicastSource(core, source)) return false;
  const segSeq = getTcpSeq(b, at);
  const segLen = len - getTcpHeaderLen(b, at) + (flags & TCP_SYN ? 1 : 0) + (flags & TCP_FIN ? 1 : 0);
  const seq = form.seq === "zero" ? 0 : getTcpAck(b, at);
  const window = form.window === "zero" ? 0 : getTcpWindow(b, at);
  const ttl = personality.resets.copiesTtl ? getIpv4Ttl(b, ipAt) : personality.ttlTcp;
  const dstPort = getTcpSrcPort(b, at);
  const text = form.text;
  for (let i = 0; i < text.length; i++) tx[TX_PAYLOAD + TCP_HEADER_LEN + i] = text.charCodeAt(i);
  putTcpHeader(tx, TX_PAYLOAD, getTcpDstPort(b, at), dstPort, seq, ackOf(core, form, segSeq, segLen), TCP_HEADER_LEN, outFlags, window, 0);
  putTcpChecksum(tx, TX_PAYLOAD, TCP_HEADER_LEN + text.length, core.address, source);
  core.rare.tcpOutSegs++;
  sendDatagram(core, source, IP_PROTOCOL_TCP, TCP_HEADER_LEN + text.length, ttl, personality.dfTcp === "always");
  return true;
}

/**
 * Acknowledges every sequence number of a segment to a listening port, with window 0, sequence number 0 and no options. No connection is created.
 */
export function sendBareAck(core: Core, b: Uint8Array, ipAt: number, at: number, len: number): void {
  const form: ResetForm = { ackFlag: true, seq: "zero", ack: "segment-end", window: "zero", text: "" };
  answer(core, form, TCP_ACK, b, ipAt, at, len);
}

function ackOf(core: Core, form: ResetForm, segSeq: number, segLen: number): number {
  switch (form.ack) {
    case "zero":
      return 0;
    case "segment-seq":
      return segSeq;
    case "segment-end":
      return seqAdd(segSeq, segLen);
    case "segment-seq-plus-1":
      return seqAdd(segSeq, 1);
    case "leftover":
      return core.leftoverAck;
    case "unset":
      // A fork depends only on the seed of the boot, so the value stays the same as long as the stack lives.
      return core.random.fork("unset").u32();
  }
}

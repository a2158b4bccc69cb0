/**
 * ICMP messages that a host receives (RFC 792, RFC 1122 section 3.2.2): requests are answered as the personality says, errors are counted, reported
 * as events and acted on where the RFC requires it.
 */

import { getU16be, getU32be, putU32be } from "@pushback/bytes";
import {
  checkIcmp,
  checkIpv4Header,
  getIcmpCode,
  getIcmpNextHopMtu,
  getIcmpType,
  getIcmpWord,
  getIpv4Destination,
  getIpv4DontFragment,
  getIpv4HeaderLen,
  getIpv4Protocol,
  getIpv4Source,
  getIpv4Tos,
  getIpv4TotalLen,
  ICMP_ADDRESS_MASK_REPLY,
  ICMP_ADDRESS_MASK_REQUEST,
  ICMP_ECHO_REPLY,
  ICMP_ECHO_REQUEST,
  ICMP_HEADER_LEN,
  ICMP_PARAMETER_PROBLEM,
  ICMP_REDIRECT,
  ICMP_SOURCE_QUENCH,
  ICMP_TIME_EXCEEDED,
  ICMP_TIMESTAMP_REPLY,
  ICMP_TIMESTAMP_REQUEST,
  ICMP_UNREACHABLE,
  IP_PROTOCOL_ICMP,
  IP_PROTOCOL_TCP,
  IP_PROTOCOL_UDP,
  isIcmpError,
  putIcmpChecksum,
  UNREACHABLE_FRAGMENTATION_NEEDED,
  UNREACHABLE_PORT,
  UNREACHABLE_PROTOCOL,
} from "@pushback/wire";
import { TX_PAYLOAD } from "./core.ts";
import { isUnicastSource, putPayload, redirectRoute, sendDatagram } from "./ip-output.ts";
import { narrowPath } from "./path-mtu.ts";
import { type Core, NEVER } from "./tcb.ts";
import { notifyTcp } from "./tcp-demux.ts";
import { endConnection } from "./tcp-end.ts";
import { retransmit, segmentSize } from "./tcp-output.ts";
import { settle } from "./tcp-wake.ts";

const DAY_MS = 86_400_000;

/** Handles the ICMP message at `at`, `len` bytes, carried by the datagram at `ipAt`. `group`: the datagram came in a broadcast or multicast. */
export function icmpInput(core: Core, b: Uint8Array, ipAt: number, at: number, len: number, group: boolean): void {
  core.rare.icmpInMsgs++;
  if (checkIcmp(b, at, len) !== null) {
    core.rare.icmpInErrors++;
    return;
  }
  const type = getIcmpType(b, at);
  if (isIcmpError(type)) {
    errorArrives(core, b, ipAt, at, len, type);
    return;
  }
  if (type === ICMP_ECHO_REQUEST) core.rare.icmpInEchos++;
  if (!isUnicastSource(core, getIpv4Source(b, ipAt))) return;
  // RFC 1122 sections 3.2.2.6 to 3.2.2.9 allow a host to leave each kind of request to a broadcast address unanswered.
  if (group || getIpv4Destination(b, ipAt) !== core.address) {
    if (type === ICMP_ECHO_REQUEST && core.personality.answersBroadcastEcho) answerEcho(core, b, ipAt, at, len);
    return;
  }
  if (type === ICMP_ECHO_REQUEST) answerEcho(core, b, ipAt, at, len);
  else if (type === ICMP_TIMESTAMP_REQUEST && core.personality.answersTimestamp) answerTimestamp(core, b, ipAt, at);
  else if (type === ICMP_ADDRESS_MASK_REQUEST && core.personality.answersAddressMask) answerAddressMask(core, b, ipAt, at);
}

function answerEcho(core: Core, b: Uint8Array, ipAt: number, at: number, len: number): void {
  const { echoReply } = core.personality;
  putPayload(core, b, at, len, 0);
  core.tx[TX_PAYLOAD] = ICMP_ECHO_REPLY;
  if (echoReply.code === "zero") core.tx[TX_PAYLOAD + 1] = 0;
  core.rare.icmpOutEchoReps++;
  // A reply that exceeds the MTU must be fragmented, so it goes without DF; the request came in fragments too.
  const fits = 20 + len <= core.mtu;
  const dontFragment = fits && (echoReply.df === "set" || (echoReply.df === "copy" && getIpv4DontFragment(b, ipAt)));
  reply(core, b, ipAt, len, dontFragment);
}

function answerTimestamp(core: Core, b: Uint8Array, ipAt: number, at: number): void {
  putPayload(core, b, at, 20, 0);
  core.tx[TX_PAYLOAD] = ICMP_TIMESTAMP_REPLY;
  core.tx[TX_PAYLOAD + 1] = 0;
  const now = Math.floor(core.scheduler.wallClockMs()) % DAY_MS;
  putU32be(core.tx, TX_PAYLOAD + 12, now);
  putU32be(core.tx, TX_PAYLOAD + 16, now);
  reply(core, b, ipAt, 20, false);
}

function answerAddressMask(core: Core, b: Uint8Array, ipAt: number, at: number): void {
  putPayload(core, b, at, 12, 0);
  core.tx[TX_PAYLOAD] = ICMP_ADDRESS_MASK_REPLY;
  core.tx[TX_PAYLOAD + 1] = 0;
  putU32be(core.tx, TX_PAYLOAD + 8, core.netmask >>> 0);
  reply(core, b, ipAt, 12, false);
}

/** Sends the ICMP message of `len` bytes in the transmit buffer to the source of the request at `ipAt`. */
function reply(core: Core, b: Uint8Array, ipAt: number, len: number, dontFragment: boolean): void {
  const { ttlIcmp, icmpReplyTos } = core.personality;
  putIcmpChecksum(core.tx, TX_PAYLOAD, len);
  core.icmpOutMsgs++;
  const tos = icmpReplyTos === "copy" ? getIpv4Tos(b, ipAt) : 0;
  sendDatagram(core, getIpv4Source(b, ipAt), IP_PROTOCOL_ICMP, len, ttlIcmp, dontFragment, tos);
}

function errorArrives(core: Core, b: Uint8Array, ipAt: number, at: number, len: number, type: number): void {
  const { rare } = core;
  const code = getIcmpCode(b, at);
  if (type === ICMP_UNREACHABLE) rare.icmpInDestUnreachs++;
  else if (type === ICMP_SOURCE_QUENCH) rare.icmpInSrcQuenchs++;
  else if (type === ICMP_REDIRECT) rare.icmpInRedirects++;
  else if (type === ICMP_TIME_EXCEEDED) rare.icmpInTimeExcds++;
  else if (type === ICMP_PARAMETER_PROBLEM) rare.icmpInParmProbs++;

  const quoteAt = at + ICMP_HEADER_LEN;
  const quoteLen = len - ICMP_HEADER_LEN;
  if (checkIpv4Header(b, quoteAt, quoteLen) !== null || getIpv4Source(b, quoteAt) !== core.address) return;
  const protocol = getIpv4Protocol(b, quoteAt);
  const headerLen = getIpv4HeaderLen(b, quoteAt);
  const remoteAddress = getIpv4Destination(b, quoteAt);
  const from = getIpv4Source(b, ipAt);
  const hasPorts = (protocol === IP_PROTOCOL_UDP || protocol === IP_PROTOCOL_TCP) && quoteLen >= headerLen + 4;
  const srcPort = hasPorts ? getU16be(b, quoteAt + headerLen) : 0;
  const dstPort = hasPorts ? getU16be(b, quoteAt + headerLen + 2) : 0;
  core.tellIcmpErrorReceived(from, type, code, protocol, srcPort, remoteAddress, dstPort);
  if (type === ICMP_REDIRECT) redirectRoute(core, from, remoteAddress, getIcmpWord(b, at));
  if (protocol === IP_PROTOCOL_UDP && hasPorts && type === ICMP_UNREACHABLE && code === UNREACHABLE_PORT)
    core.udp?.get(srcPort)?.handlers.onUnreachable?.(remoteAddress, dstPort);
  if (protocol === IP_PROTOCOL_TCP && quoteLen >= headerLen + 8) tcpErrorArrives(core, b, at, type, code, srcPort, remoteAddress, dstPort);
}

/** Acts on an ICMP error at `at` that quotes a TCP segment. */
function tcpErrorArrives(
  core: Core,
  b: Uint8Array,
  at: number,
  type: number,
  code: number,
  srcPort: number,
  remoteAddress: number,
  dstPort: number,
): void {
  const quoteAt = at + ICMP_HEADER_LEN;
  const sequence = getU32be(b, quoteAt + getIpv4HeaderLen(b, quoteAt) + 4);
  const isHard = type === ICMP_UNREACHABLE && (code === UNREACHABLE_PROTOCOL || code === UNREACHABLE_PORT);
  const tcb = notifyTcp(core, srcPort, remoteAddress, dstPort, sequence, isHard);
  if (tcb === null) return;
  if (isHard && core.personality.icmpHardErrorEnds === "any") {
    endConnection(tcb, "unreachable", false);
    return;
  }
  if (type === ICMP_SOURCE_QUENCH && core.personality.heedsSourceQuench) tcb.cwnd = segmentSize(tcb);
  if (type !== ICMP_UNREACHABLE || code !== UNREACHABLE_FRAGMENTATION_NEEDED) return;
  if (!narrowPath(core, remoteAddress, getIpv4TotalLen(b, quoteAt), getIcmpNextHopMtu(b, at))) return;
  // RFC 1191 section 6.4: segments become smaller, and the lost one is sent again at once.
  tcb.timedAtUs = NEVER;
  retransmit(tcb);
  settle(tcb);
}

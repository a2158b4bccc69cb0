/** ICMP errors that a host sends (RFC 792, RFC 1122 section 3.2.2). */

import { copyBytes, getU16be, putU16be, putU32be } from "@pushback/bytes";
import {
  getIpv4Destination,
  getIpv4FragmentOffset,
  getIpv4HeaderLen,
  getIpv4Protocol,
  getIpv4Source,
  ICMP_HEADER_LEN,
  ICMP_TIME_EXCEEDED,
  ICMP_UNREACHABLE,
  IP_PROTOCOL_ICMP,
  IP_PROTOCOL_TCP,
  IP_PROTOCOL_UDP,
  isIcmpError,
  putIcmpChecksum,
} from "@pushback/wire";
import { TX_PAYLOAD } from "./core.ts";
import { isUnicastSource, sendDatagram } from "./ip-output.ts";
import type { Core } from "./tcb.ts";

/**
 * Answers the datagram at `ipAt` (`payloadLen` bytes follow its header) with an ICMP error that quotes as much of it as the personality says.
 * Sends nothing where RFC 1122 section 3.2.2 forbids an answer: to an ICMP error, a broadcast or multicast of IP or link (`group`), a
 * fragment other than the first, or a source that is not the address of a single host.
 */
export function sendIcmpError(
  core: Core,
  type: number,
  code: number,
  word: number,
  b: Uint8Array,
  ipAt: number,
  payloadLen: number,
  group: boolean,
): void {
  if (group || getIpv4Destination(b, ipAt) !== core.address) return;
  sendIcmpErrorAbout(core, type, code, word, b, ipAt, payloadLen);
}

/** Sends an ICMP error about a datagram that is not addressed to this machine, as routers do. The source address is that of `core`. */
export function sendIcmpErrorAbout(
  core: Core,
  type: number,
  code: number,
  word: number,
  b: Uint8Array,
  ipAt: number,
  payloadLen: number,
): void {
  const source = getIpv4Source(b, ipAt);
  if (!isUnicastSource(core, source)) return;
  if (getIpv4FragmentOffset(b, ipAt) !== 0) return;
  const headerLen = getIpv4HeaderLen(b, ipAt);
  const protocol = getIpv4Protocol(b, ipAt);
  if (protocol === IP_PROTOCOL_ICMP && (payloadLen < 1 || isIcmpError(b[ipAt + headerLen]))) return;

  const { personality, tx } = core;
  const quoteLen = headerLen + Math.min(payloadLen, personality.icmpQuoteBytes);
  tx[TX_PAYLOAD] = type;
  tx[TX_PAYLOAD + 1] = code;
  putU32be(tx, TX_PAYLOAD + 4, word);
  copyBytes(b, ipAt, tx, TX_PAYLOAD + ICMP_HEADER_LEN, quoteLen);
  if (personality.icmpQuotedIpChecksum === "zero") putU16be(tx, TX_PAYLOAD + ICMP_HEADER_LEN + 10, 0);
  putIcmpChecksum(tx, TX_PAYLOAD, ICMP_HEADER_LEN + quoteLen);
  core.icmpOutMsgs++;
  if (type === ICMP_UNREACHABLE) core.icmpOutDestUnreachs++;
  else if (type === ICMP_TIME_EXCEEDED) core.rare.icmpOutTimeExcds++;
  const hasPorts = (protocol === IP_PROTOCOL_UDP || protocol === IP_PROTOCOL_TCP) && payloadLen >= 4;
  const srcPort = hasPorts ? getU16be(b, ipAt + headerLen) : 0;
  const dstPort = hasPorts ? getU16be(b, ipAt + headerLen + 2) : 0;
  sendDatagram(core, source, IP_PROTOCOL_ICMP, ICMP_HEADER_LEN + quoteLen, personality.ttlIcmp, personality.dfIcmpError);
  core.tellIcmpErrorSent(source, type, code, srcPort, dstPort);
}

/** Reads a router's message that a segment is too big for the next network and must not be fragmented (RFC 1191 section 3). */

import {
  checkIcmp,
  checkIpv4Header,
  getIcmpCode,
  getIcmpType,
  getIpv4Destination,
  getIpv4HeaderLen,
  getIpv4Protocol,
  getIpv4Source,
  getTcpDstPort,
  getTcpSeq,
  getTcpSrcPort,
  ICMP_HEADER_LEN,
  ICMP_UNREACHABLE,
  IP_PROTOCOL_ICMP,
  IP_PROTOCOL_TCP,
  UNREACHABLE_FRAGMENTATION_NEEDED,
} from "@pushback/wire";
import type { Datagram } from "./frame-facts.ts";

/** The segment that was dropped. Addresses and ports are its own, and `seq` is the sequence number of its first byte. */
export interface TooBig {
  readonly source: number;
  readonly destination: number;
  readonly sourcePort: number;
  readonly destinationPort: number;
  readonly seq: number;
}

/** Ports and sequence number of a TCP header, of which an error quotes at least these bytes (RFC 792). */
const QUOTED_LEN = 8;

/** The TCP segment that the datagram is an error about; `null` if it is no such error. */
export function findTooBig({ b, payloadAt, payloadLen, protocol, isFragment }: Datagram): TooBig | null {
  if (protocol !== IP_PROTOCOL_ICMP || isFragment || checkIcmp(b, payloadAt, payloadLen) !== null) return null;
  if (getIcmpType(b, payloadAt) !== ICMP_UNREACHABLE || getIcmpCode(b, payloadAt) !== UNREACHABLE_FRAGMENTATION_NEEDED) return null;
  const quoteAt = payloadAt + ICMP_HEADER_LEN;
  const quoteLen = payloadLen - ICMP_HEADER_LEN;
  if (checkIpv4Header(b, quoteAt, quoteLen) !== null || getIpv4Protocol(b, quoteAt) !== IP_PROTOCOL_TCP) return null;
  const headerLen = getIpv4HeaderLen(b, quoteAt);
  if (quoteLen < headerLen + QUOTED_LEN) return null;
  const tcpAt = quoteAt + headerLen;
  return {
    source: getIpv4Source(b, quoteAt),
    destination: getIpv4Destination(b, quoteAt),
    sourcePort: getTcpSrcPort(b, tcpAt),
    destinationPort: getTcpDstPort(b, tcpAt),
    seq: getTcpSeq(b, tcpAt),
  };
}

/**
 * Classifies the frames of a recording by their bytes: push datagrams, the ICMP errors that quote them, TCP segments. It uses the frames alone and
 * not the machines.
 */

import { formatHex } from "@pushback/bytes";
import {
  ARP_REQUEST,
  checkArp,
  checkIcmp,
  checkIpv4,
  checkIpv4Header,
  checkTcpHeader,
  checkUdp,
  checkUdpChecksum,
  ETHERTYPE_ARP,
  ETHERTYPE_IPV4,
  getArpOperation,
  getArpSenderAddress,
  getArpTargetAddress,
  getEthernetPayloadAt,
  getEthernetPayloadLen,
  getEtherType,
  getIcmpCode,
  getIcmpType,
  getIcmpWord,
  getIpv4Destination,
  getIpv4FragmentOffset,
  getIpv4HeaderLen,
  getIpv4Id,
  getIpv4Protocol,
  getIpv4Source,
  getIpv4TotalLen,
  getTcpAck,
  getTcpDstPort,
  getTcpFlags,
  getTcpHeaderLen,
  getTcpSeq,
  getTcpSrcPort,
  getUdpChecksum,
  getUdpDstPort,
  getUdpLen,
  getUdpSrcPort,
  ICMP_TIME_EXCEEDED,
  ICMP_UNREACHABLE,
  IP_PROTOCOL_ICMP,
  IP_PROTOCOL_TCP,
  IP_PROTOCOL_UDP,
  TCP_FIN,
  TCP_SYN,
  UDP_HEADER_LEN,
  UNREACHABLE_PORT,
} from "@pushback/wire";
import type { FrameStore } from "./frame-store.ts";

/** A UDP datagram in the capture. Addresses are unsigned 32-bit integers; `frame` counts from 1. */
export interface DatagramFrame {
  readonly frame: number;
  readonly timeUs: number;
  readonly source: number;
  readonly destination: number;
  readonly srcPort: number;
  readonly dstPort: number;
  readonly ipId: number;
  readonly payloadHex: string;
  /** False where the checksum is wrong, or zero: the sender computed none. */
  readonly isChecked: boolean;
  /** The ICMP port unreachable that quotes the datagram; `null` if there is none. */
  answer: UnreachableFrame | null;
}

/** An ICMP port unreachable in the capture. */
export interface UnreachableFrame {
  readonly frame: number;
  readonly timeUs: number;
  /** The address that sent the error. */
  readonly source: number;
  readonly destination: number;
  /** Bytes of the offending datagram that the error carries after the quoted IP header. */
  readonly quotedBytes: number;
  /** Whether the unused word is zero (RFC 792). */
  readonly isUnusedZero: boolean;
  /** Whether the bytes after the quoted IP header equal those of the datagram; true if the capture lacks the datagram. */
  isQuoteExact: boolean;
  /** Datagram that the error quotes, if the capture has it. */
  datagram: DatagramFrame | null;
}

/** An ICMP error that says something else than port unreachable: destination unreachable with another code, or time exceeded. */
export interface RouterErrorFrame {
  readonly frame: number;
  readonly timeUs: number;
  readonly source: number;
  readonly icmpType: number;
  readonly code: number;
  /** Destination address of the quoted datagram. */
  readonly quotedDestination: number;
}

/** A TCP segment in the capture. `seq` and `ack` are the numbers on the wire. */
export interface SegmentFrame {
  readonly frame: number;
  readonly timeUs: number;
  readonly source: number;
  readonly destination: number;
  readonly srcPort: number;
  readonly dstPort: number;
  readonly seq: number;
  readonly ack: number;
  readonly flags: number;
  readonly payloadLen: number;
  /** Sequence numbers that the segment occupies: payload bytes, SYN and FIN. */
  readonly sequenceLen: number;
}

/** An ARP message: `sender` asks for `target`, or tells `target` its hardware address. */
export interface ArpFrame {
  readonly frame: number;
  readonly timeUs: number;
  readonly isRequest: boolean;
  readonly sender: number;
  readonly target: number;
}

/** The frames of a recording by kind, each list in the order of the capture. */
export interface FrameIndex {
  readonly arp: readonly ArpFrame[];
  readonly datagrams: readonly DatagramFrame[];
  readonly unreachables: readonly UnreachableFrame[];
  readonly routerErrors: readonly RouterErrorFrame[];
  readonly segments: readonly SegmentFrame[];
}

/** Key of a datagram as an ICMP error quotes it: addresses, ports and IP identification. */
function datagramKey(source: number, destination: number, srcPort: number, dstPort: number, ipId: number): string {
  return `${source}:${srcPort}>${destination}:${dstPort}#${ipId}`;
}

/** Reads every frame once; `update` reads the frames added since the last call. */
export class FrameIndexer implements FrameIndex {
  readonly arp: ArpFrame[] = [];
  readonly datagrams: DatagramFrame[] = [];
  readonly unreachables: UnreachableFrame[] = [];
  readonly routerErrors: RouterErrorFrame[] = [];
  readonly segments: SegmentFrame[] = [];
  readonly #frames: FrameStore;
  /** The latest datagram of each key; IP identifications repeat after 65,536 datagrams. */
  readonly #latest = new Map<string, DatagramFrame>();
  #read = 0;

  constructor(frames: FrameStore) {
    this.#frames = frames;
  }

  update(): void {
    while (this.#read < this.#frames.count) this.#add(++this.#read);
  }

  #add(frame: number): void {
    const frames = this.#frames;
    const b = frames.bytesOf(frame);
    const start = frames.offsetOf(frame);
    const len = frames.lengthOf(frame);
    const at = getEthernetPayloadAt(b, start);
    if (getEtherType(b, start) === ETHERTYPE_ARP && checkArp(b, at, getEthernetPayloadLen(b, start, len)) === null) {
      const isRequest = getArpOperation(b, at) === ARP_REQUEST;
      this.arp.push({
        frame,
        timeUs: frames.timeOf(frame),
        isRequest,
        sender: getArpSenderAddress(b, at),
        target: getArpTargetAddress(b, at),
      });
    }
    if (getEtherType(b, start) !== ETHERTYPE_IPV4) return;
    if (checkIpv4(b, at, getEthernetPayloadLen(b, start, len)) !== null || getIpv4FragmentOffset(b, at) !== 0) return;
    const source = getIpv4Source(b, at);
    const destination = getIpv4Destination(b, at);
    const payloadAt = at + getIpv4HeaderLen(b, at);
    const payloadLen = getIpv4TotalLen(b, at) - getIpv4HeaderLen(b, at);
    const timeUs = frames.timeOf(frame);

    switch (getIpv4Protocol(b, at)) {
      case IP_PROTOCOL_UDP: {
        if (checkUdp(b, payloadAt, payloadLen) !== null) break;
        const datagram: DatagramFrame = {
          frame,
          timeUs,
          source,
          destination,
          srcPort: getUdpSrcPort(b, payloadAt),
          dstPort: getUdpDstPort(b, payloadAt),
          ipId: getIpv4Id(b, at),
          payloadHex: formatHex(b, payloadAt + UDP_HEADER_LEN, getUdpLen(b, payloadAt) - UDP_HEADER_LEN),
          isChecked: getUdpChecksum(b, payloadAt) !== 0 && checkUdpChecksum(b, payloadAt, source, destination) === null,
          answer: null,
        };
        this.datagrams.push(datagram);
        this.#latest.set(datagramKey(source, destination, datagram.srcPort, datagram.dstPort, datagram.ipId), datagram);
        break;
      }
      case IP_PROTOCOL_ICMP: {
        if (checkIcmp(b, payloadAt, payloadLen) !== null) break;
        const icmpType = getIcmpType(b, payloadAt);
        if (icmpType !== ICMP_UNREACHABLE && icmpType !== ICMP_TIME_EXCEEDED) break;
        const quoteAt = payloadAt + 8;
        const quoteLen = payloadLen - 8;
        if (checkIpv4Header(b, quoteAt, quoteLen) !== null) break;
        const code = getIcmpCode(b, payloadAt);
        if (icmpType !== ICMP_UNREACHABLE || code !== UNREACHABLE_PORT) {
          this.routerErrors.push({ frame, timeUs, source, icmpType, code, quotedDestination: getIpv4Destination(b, quoteAt) });
          break;
        }
        const quotedBytes = quoteLen - getIpv4HeaderLen(b, quoteAt);
        const error: UnreachableFrame = {
          frame,
          timeUs,
          source,
          destination,
          quotedBytes,
          isUnusedZero: getIcmpWord(b, payloadAt) === 0,
          isQuoteExact: true,
          datagram: null,
        };
        this.unreachables.push(error);
        if (quotedBytes < 4 || getIpv4Protocol(b, quoteAt) !== IP_PROTOCOL_UDP) break;
        const udpAt = quoteAt + getIpv4HeaderLen(b, quoteAt);
        const key = datagramKey(
          getIpv4Source(b, quoteAt),
          getIpv4Destination(b, quoteAt),
          getUdpSrcPort(b, udpAt),
          getUdpDstPort(b, udpAt),
          getIpv4Id(b, quoteAt),
        );
        error.datagram = this.#latest.get(key) ?? null;
        if (error.datagram) {
          error.datagram.answer = error;
          error.isQuoteExact = this.#isQuoteOf(error.datagram, b, udpAt, quotedBytes);
        }
        break;
      }
      case IP_PROTOCOL_TCP: {
        if (checkTcpHeader(b, payloadAt, payloadLen) !== null) break;
        const flags = getTcpFlags(b, payloadAt);
        const dataLen = payloadLen - getTcpHeaderLen(b, payloadAt);
        this.segments.push({
          frame,
          timeUs,
          source,
          destination,
          srcPort: getTcpSrcPort(b, payloadAt),
          dstPort: getTcpDstPort(b, payloadAt),
          seq: getTcpSeq(b, payloadAt),
          ack: getTcpAck(b, payloadAt),
          flags,
          payloadLen: dataLen,
          sequenceLen: dataLen + (flags & TCP_SYN ? 1 : 0) + (flags & TCP_FIN ? 1 : 0),
        });
        break;
      }
    }
  }

  /** Whether `len` bytes at `at` are those with which the UDP datagram begins. */
  #isQuoteOf({ frame }: DatagramFrame, b: Uint8Array, at: number, len: number): boolean {
    const own = this.#frames.bytesOf(frame);
    const ipAt = getEthernetPayloadAt(own, this.#frames.offsetOf(frame));
    const udpAt = ipAt + getIpv4HeaderLen(own, ipAt);
    const end = Math.min(len, getIpv4TotalLen(own, ipAt) - getIpv4HeaderLen(own, ipAt));
    for (let i = 0; i < end; i++) if (own[udpAt + i] !== b[at + i]) return false;
    return true;
  }
}

/** Reads every frame once. */
export function indexFrames(frames: FrameStore): FrameIndex {
  const indexer = new FrameIndexer(frames);
  indexer.update();
  return indexer;
}

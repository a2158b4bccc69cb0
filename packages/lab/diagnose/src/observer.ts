/**
 * Watches a capture packet by packet and keeps what a diagnosis needs: flows of datagrams, ICMP errors, mail connections, and
 * what ARP tells of machines that come and go. Memory is bounded, whatever the capture; what had no room is counted.
 */

import type { CapturedPacket } from "@pushback/capture";
import {
  ARP_REPLY,
  ARP_REQUEST,
  checkArp,
  checkIcmp,
  checkIpv4Header,
  checkTcpHeader,
  checkUdp,
  ETHERTYPE_ARP,
  ETHERTYPE_IPV4,
  findNetworkLayer,
  getArpOperation,
  getArpSenderAddress,
  getArpSenderMac,
  getArpTargetAddress,
  getIcmpCode,
  getIcmpType,
  getIpv4Checksum,
  getIpv4Destination,
  getIpv4DontFragment,
  getIpv4FragmentOffset,
  getIpv4HeaderLen,
  getIpv4Id,
  getIpv4Protocol,
  getIpv4Source,
  getIpv4Tos,
  getIpv4TotalLen,
  getIpv4Ttl,
  getTcpDstPort,
  getTcpFlags,
  getTcpHeaderLen,
  getTcpSeq,
  getTcpSrcPort,
  getUdpDstPort,
  getUdpLen,
  getUdpSrcPort,
  ICMP_TIME_EXCEEDED,
  ICMP_UNREACHABLE,
  IP_PROTOCOL_ICMP,
  IP_PROTOCOL_TCP,
  IP_PROTOCOL_UDP,
  UDP_HEADER_LEN,
  UNREACHABLE_PORT,
} from "@pushback/wire";
import { type DatagramFlow, DatagramFlows, type ErrorTraits, isOnTheMinute } from "./datagram-flows.ts";
import type { FrameRef } from "./frame-ref.ts";
import { type Connection, Connections, type Registration } from "./mail-sessions.ts";
import { TrafficCounter } from "./traffic-graph.ts";

const MAX_FLOWS = 65_536;
const MAX_CONNECTIONS = 16_384;
const MAX_HOSTS = 16_384;
const MAX_ORPHANS = 4_096;
/** A poll that comes within this time of a datagram was called for by it (a live client answers within a millisecond). */
const HEARD_WITHIN_US = 2_000_000;

/** ICMP errors that quote a UDP datagram of which the capture has none. */
export interface OrphanErrors {
  readonly from: number;
  readonly source: number;
  readonly destination: number;
  readonly srcPort: number;
  readonly dstPort: number;
  readonly typeAndCode: number;
  count: number;
  readonly first: FrameRef;
  last: FrameRef;
  /** Each came a whole number of minutes after the one before. */
  onTheMinute: boolean;
  readonly traits: ErrorTraits;
}

/** What ARP told of one address. */
export interface HostTraces {
  /** Requests for the own address: the machine's IP has just started (Q120599). The latest few. */
  readonly announcements: FrameRef[];
  /** Hardware addresses that ARP showed for it, each when it was first seen after another; the first few. */
  readonly owners: (FrameRef & { readonly mac: number })[];
  /** Requests by others since the last sign of the machine, and the first of them. */
  unanswered: number;
  firstUnanswered: FrameRef | null;
}

export class Observer {
  readonly flows = new DatagramFlows(MAX_FLOWS);
  readonly connections = new Connections(MAX_CONNECTIONS);
  readonly hosts = new Map<number, HostTraces>();
  readonly orphans = new Map<string, OrphanErrors>();
  readonly registrations = new Map<number, { readonly connection: Connection; readonly registration: Registration }[]>();
  packets = 0;
  icmpErrors = 0;
  portUnreachables = 0;
  /** ICMP errors that quote something else than UDP. */
  otherErrors = 0;
  unknownLinks = 0;
  readonly traffic = new TrafficCounter();
  /** Errors that match nothing, of more kinds than fit. */
  droppedOrphans = 0;
  firstUs = 0;
  lastUs = 0;
  readonly #layer = { etherType: 0, at: 0 };

  packet(p: CapturedPacket): void {
    this.packets++;
    if (p.timed) {
      if (this.firstUs === 0) this.firstUs = p.timeUs;
      if (p.timeUs > this.lastUs) this.lastUs = p.timeUs;
      this.traffic.packet(p.timeUs);
    }
    const layer = this.#layer;
    if (!findNetworkLayer(p.linkType, p.bytes, p.at, p.len, layer)) {
      this.unknownLinks++;
      return;
    }
    const end = p.at + p.len;
    if (layer.etherType === ETHERTYPE_IPV4) this.#ipv4(p, layer.at, end - layer.at);
    else if (layer.etherType === ETHERTYPE_ARP) this.#arp(p, layer.at, end - layer.at);
  }

  #ipv4(p: CapturedPacket, at: number, available: number): void {
    const b = p.bytes;
    // The checksum is left alone: captures taken on the sending machine show what its card has yet to fill in.
    if (checkIpv4Header(b, at, available) !== null || getIpv4FragmentOffset(b, at) !== 0) return;
    const headerLen = getIpv4HeaderLen(b, at);
    const payloadAt = at + headerLen;
    const payloadLen = Math.min(getIpv4TotalLen(b, at), available) - headerLen;
    switch (getIpv4Protocol(b, at)) {
      case IP_PROTOCOL_UDP:
        this.#udp(p, at, payloadAt, payloadLen);
        break;
      case IP_PROTOCOL_TCP:
        this.#tcp(p, at, payloadAt, payloadLen);
        break;
      case IP_PROTOCOL_ICMP:
        this.#icmp(p, at, payloadAt, payloadLen);
        break;
    }
  }

  #udp(p: CapturedPacket, ip: number, at: number, len: number): void {
    const b = p.bytes;
    if (checkUdp(b, at, len) !== null) return;
    this.traffic.datagram();
    const source = getIpv4Source(b, ip);
    const destination = getIpv4Destination(b, ip);
    const srcPort = getUdpSrcPort(b, at);
    const dstPort = getUdpDstPort(b, at);
    const flow = this.flows.find(
      source,
      destination,
      srcPort,
      dstPort,
      b,
      at + UDP_HEADER_LEN,
      getUdpLen(b, at) - UDP_HEADER_LEN,
      p.number,
      p.timeUs,
    );
    if (!flow) return;
    if (flow.count === 0) flow.connection = this.#registrant(flow);
    flow.add(p.number, p.timeUs, getIpv4Id(b, ip), getIpv4Ttl(b, ip));
  }

  /** The latest connection that registered what this flow carries. */
  #registrant(flow: DatagramFlow): Connection | null {
    const all = this.registrations.get(flow.destination * 65536 + flow.dstPort);
    return all?.findLast(({ registration }) => registration.contextHex === flow.payloadHex)?.connection ?? null;
  }

  #tcp(p: CapturedPacket, ip: number, at: number, len: number): void {
    const b = p.bytes;
    if (checkTcpHeader(b, at, len) !== null) return;
    const headerLen = getTcpHeaderLen(b, at);
    const ref = { frame: p.number, timeUs: p.timeUs };
    const source = getIpv4Source(b, ip);
    const connection = this.connections.segment(
      ref,
      source,
      getIpv4Destination(b, ip),
      getTcpSrcPort(b, at),
      getTcpDstPort(b, at),
      getTcpFlags(b, at),
      getTcpSeq(b, at),
      b,
      at + headerLen,
      len - headerLen,
    );
    if (!connection.isMail) return;
    const registration = connection.registrations.at(-1);
    if (registration?.frame === ref.frame) this.#register(connection, registration);
    if (connection.lastRequest === ref || connection.lastRequest?.frame === ref.frame) this.#polled(connection, ref);
  }

  #register(connection: Connection, registration: Registration): void {
    const key = registration.address * 65536 + registration.port;
    const all = this.registrations.get(key);
    if (all) all.push({ connection, registration });
    else this.registrations.set(key, [{ connection, registration }]);
  }

  /** A client that speaks up right after its datagram has heard it. */
  #polled(connection: Connection, ref: FrameRef): void {
    for (const { address, port } of connection.registrations) {
      for (const flow of this.flows.toward(address, port)) {
        if (flow.connection === connection && flow.openSinceUs >= 0 && ref.timeUs - flow.openSinceUs <= HEARD_WITHIN_US) flow.hear();
      }
    }
  }

  #icmp(p: CapturedPacket, ip: number, at: number, len: number): void {
    const b = p.bytes;
    if (len < 8) return;
    const type = getIcmpType(b, at);
    if (type !== ICMP_UNREACHABLE && type !== ICMP_TIME_EXCEEDED) return;
    // A capture that is cut off fails the checksum, and its quote may still be read; only a whole one that is wrong is skipped.
    const whole = getIpv4TotalLen(b, ip) - getIpv4HeaderLen(b, ip) === len;
    if (whole && checkIcmp(b, at, len) !== null) return;
    this.icmpErrors++;
    this.traffic.error();
    const code = getIcmpCode(b, at);
    const isPortUnreachable = type === ICMP_UNREACHABLE && code === UNREACHABLE_PORT;
    if (isPortUnreachable) this.portUnreachables++;
    const quote = at + 8;
    const quoteLen = len - 8;
    if (checkIpv4Header(b, quote, quoteLen) !== null || getIpv4Protocol(b, quote) !== IP_PROTOCOL_UDP) {
      this.otherErrors++;
      return;
    }
    const udp = quote + getIpv4HeaderLen(b, quote);
    const quotedBytes = quoteLen - getIpv4HeaderLen(b, quote);
    if (quotedBytes < 4 || getIpv4FragmentOffset(b, quote) !== 0) {
      this.otherErrors++;
      return;
    }
    const from = getIpv4Source(b, ip);
    const source = getIpv4Source(b, quote);
    const destination = getIpv4Destination(b, quote);
    const srcPort = getUdpSrcPort(b, udp);
    const dstPort = getUdpDstPort(b, udp);
    const typeAndCode = type * 256 + code;
    const flow = this.flows.quoted(source, destination, srcPort, dstPort, getIpv4Id(b, quote));
    if (!flow) {
      const traits = traitsOf(b, ip, quote, quotedBytes);
      this.#orphan({ from, source, destination, srcPort, dstPort, typeAndCode }, { frame: p.number, timeUs: p.timeUs }, traits);
    } else if (isPortUnreachable && from === destination) {
      flow.refuse(p.number, p.timeUs);
      flow.errorTraits ??= traitsOf(b, ip, quote, quotedBytes);
    } else {
      flow.otherErrors++;
      flow.firstOtherError ??= { frame: p.number, timeUs: p.timeUs, from, typeAndCode };
    }
  }

  #orphan(
    quoted: Pick<OrphanErrors, "from" | "source" | "destination" | "srcPort" | "dstPort" | "typeAndCode">,
    ref: FrameRef,
    traits: ErrorTraits,
  ): void {
    const key = Object.values(quoted).join("/");
    const known = this.orphans.get(key);
    if (known) {
      known.count++;
      if (!isOnTheMinute(ref.timeUs - known.last.timeUs)) known.onTheMinute = false;
      known.last = ref;
    } else if (this.orphans.size < MAX_ORPHANS) {
      this.orphans.set(key, { ...quoted, count: 1, first: ref, last: ref, onTheMinute: true, traits });
    } else {
      this.droppedOrphans++;
    }
  }

  #arp(p: CapturedPacket, at: number, len: number): void {
    const b = p.bytes;
    if (checkArp(b, at, len) !== null) return;
    const ref = { frame: p.number, timeUs: p.timeUs };
    const sender = getArpSenderAddress(b, at);
    const target = getArpTargetAddress(b, at);
    const operation = getArpOperation(b, at);
    const own = this.#host(sender);
    if (own) {
      own.unanswered = 0;
      own.firstUnanswered = null;
      const mac = getArpSenderMac(b, at);
      if (own.owners.at(-1)?.mac !== mac && own.owners.length < 16) own.owners.push({ ...ref, mac });
      if (operation === ARP_REQUEST && sender === target) {
        if (own.announcements.length === 16) own.announcements.shift();
        own.announcements.push(ref);
      }
    }
    if (operation === ARP_REQUEST && sender !== target) {
      const asked = this.#host(target);
      if (asked) {
        asked.unanswered++;
        asked.firstUnanswered ??= ref;
      }
    } else if (operation === ARP_REPLY && own) own.unanswered = 0;
  }

  #host(address: number): HostTraces | null {
    const known = this.hosts.get(address);
    if (known) return known;
    if (this.hosts.size >= MAX_HOSTS || address === 0) return null;
    const traces: HostTraces = { announcements: [], owners: [], unanswered: 0, firstUnanswered: null };
    this.hosts.set(address, traces);
    return traces;
  }

  /** No more packets: datagrams that are still open drew nothing, unless the capture ended too soon to tell. */
  finish(): void {
    for (const flow of this.flows.all()) {
      if (flow.openSinceUs >= 0 && this.lastUs - flow.openSinceUs > HEARD_WITHIN_US) flow.settle();
    }
  }
}

/** What the error at `ip` says of its sender; `quote` is the IP header that it quotes. */
function traitsOf(b: Uint8Array, ip: number, quote: number, quotedBytes: number): ErrorTraits {
  return {
    ttl: getIpv4Ttl(b, ip),
    quotedBytes,
    quotedWhole: quotedBytes >= getIpv4TotalLen(b, quote) - getIpv4HeaderLen(b, quote),
    quotedChecksumZero: getIpv4Checksum(b, quote) === 0,
    dontFragment: getIpv4DontFragment(b, ip),
    tos: getIpv4Tos(b, ip),
  };
}

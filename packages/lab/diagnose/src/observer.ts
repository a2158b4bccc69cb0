/**
 * Watches a capture packet by packet and keeps what a diagnosis needs: flows of datagrams, ICMP errors, mail connections, and
 * what ARP tells of machines that come and go. Memory is bounded, whatever the capture; what had no room is counted.
 */

import type { CapturedPacket } from "@pushback/capture";
import {
  checkIcmp,
  checkIpv4Header,
  checkTcpHeader,
  checkUdp,
  ETHERTYPE_ARP,
  ETHERTYPE_IPV4,
  findNetworkLayer,
  getEthernetSource,
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
import { Connections } from "./connections.ts";
import { type DatagramFlow, type ErrorTraits, isOnTheMinute } from "./datagram-flow.ts";
import { DatagramFlows } from "./datagram-flows.ts";
import { type FrameRef, NEVER_US } from "./frame-ref.ts";
import { Hosts } from "./host-traces.ts";
import type { Connection, Registration } from "./mail-sessions.ts";
import { Queries } from "./queries.ts";
import { TrafficCounter } from "./traffic-graph.ts";

const MAX_FLOWS = 131_072;
const MAX_MAIL_CONNECTIONS = 65_536;
const MAX_CONNECTIONS = MAX_MAIL_CONNECTIONS + 8_192;
const MAX_HOSTS = 32_768;
const MAX_ORPHANS = 4_096;
const MAX_TARGETS = 131_072;
/** Registrations remembered for one address and port. */
const MAX_REGISTRATIONS = 16;
/** Senders whose refused datagrams are counted, and single tries of one that are kept apart. */
const MAX_SENDERS = 16_384;
const MAX_TRIES = 1_000;
/** A poll that comes within this time of a datagram was called for by it (a live client answers within a millisecond). */
const HEARD_WITHIN_US = 2_000_000;
const LINKTYPE_ETHERNET = 1;

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

/** Registrations of one address and port, in order. */
type Registered = { readonly connection: Connection; readonly registration: Registration }[];

export class Observer {
  readonly flows = new DatagramFlows(MAX_FLOWS);
  readonly connections = new Connections(MAX_CONNECTIONS, MAX_MAIL_CONNECTIONS);
  readonly hosts = new Hosts(MAX_HOSTS);
  readonly orphans = new Map<string, OrphanErrors>();
  readonly registrations = new Map<number, Registered>();
  /** Per sender: refused flows of a single datagram, and how many of them were more than are kept apart. */
  readonly tries = new Map<number, { kept: number; more: number }>();
  packets = 0;
  icmpErrors = 0;
  portUnreachables = 0;
  /** ICMP errors that quote something else than UDP. */
  otherErrors = 0;
  unknownLinks = 0;
  readonly traffic = new TrafficCounter();
  /** Errors that match nothing, of more kinds than fit. */
  droppedOrphans = 0;
  droppedRegistrations = 0;
  /** Negative before there is a packet with a time. */
  firstUs = NEVER_US;
  lastUs = NEVER_US;
  readonly #queries = new Queries();
  readonly #layer = { etherType: 0, at: 0 };

  packet(p: CapturedPacket): void {
    this.packets++;
    if (p.timed) {
      if (this.firstUs < 0) this.firstUs = p.timeUs;
      if (p.timeUs > this.lastUs) this.lastUs = p.timeUs;
      this.traffic.packet(p.timeUs);
    }
    const { bytes, at } = p;
    // Nearly all there is: IPv4 right behind an Ethernet header.
    if (p.linkType === LINKTYPE_ETHERNET && p.len >= 34 && bytes[at + 12] === 8 && bytes[at + 13] === 0) {
      this.#ipv4(p, at + 14, p.len - 14);
      return;
    }
    const layer = this.#layer;
    if (!findNetworkLayer(p.linkType, p.bytes, p.at, p.len, layer)) {
      this.unknownLinks++;
      return;
    }
    const end = p.at + p.len;
    if (layer.etherType === ETHERTYPE_IPV4) this.#ipv4(p, layer.at, end - layer.at);
    else if (layer.etherType === ETHERTYPE_ARP) this.hosts.arp(p.bytes, layer.at, end - layer.at, p.number, p.timeUs);
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
    // What a session registered is no query.
    if (!flow?.connection) this.#queries.note(source, destination, srcPort, dstPort, p.number, p.timeUs);
    if (!flow) return;
    if (flow.count === 0 && flow.isConstant) this.#join(flow);
    else if (flow.isOneOfMany) this.#comesAgain(flow);
    flow.add(p.number, p.timeUs, getIpv4Id(b, ip), getIpv4Ttl(b, ip));
  }

  /** To the latest registration of what this flow carries. */
  #join(flow: DatagramFlow): void {
    const all = this.registrations.get(flow.destination * 65536 + flow.dstPort);
    if (!all) return;
    const { payloadHex } = flow;
    const found = all.findLast(({ registration }) => registration.contextHex === payloadHex);
    if (!found) return;
    flow.connection = found.connection;
    flow.registration = found.registration;
    found.connection.flows = [...found.connection.flows, flow];
  }

  #tcp(p: CapturedPacket, ip: number, at: number, len: number): void {
    const b = p.bytes;
    if (checkTcpHeader(b, at, len) !== null) return;
    const headerLen = getTcpHeaderLen(b, at);
    const connection = this.connections.segment(
      p.number,
      p.timeUs,
      getIpv4Source(b, ip),
      getIpv4Destination(b, ip),
      getTcpSrcPort(b, at),
      getTcpDstPort(b, at),
      getTcpFlags(b, at),
      getTcpSeq(b, at),
      b,
      at + headerLen,
      len - headerLen,
      getIpv4TotalLen(b, ip) - getIpv4HeaderLen(b, ip) - headerLen,
    );
    if (!connection?.isMail) return;
    const registration = connection.registrations.at(-1);
    if (registration?.frame === p.number) this.#register(connection, registration);
    // A client that speaks up right after its datagram has heard it.
    if (connection.requestFrame !== p.number) return;
    for (const flow of connection.flows) {
      if (p.timeUs - flow.lastUs <= HEARD_WITHIN_US) flow.hear(p.number, p.timeUs);
    }
  }

  #register(connection: Connection, registration: Registration): void {
    const { address, port, contextHex } = registration;
    const key = address * 65536 + port;
    const all = this.registrations.get(key);
    if (all) {
      if (all.length === MAX_REGISTRATIONS) all.shift();
      all.push({ connection, registration });
    } else if (this.registrations.size < MAX_TARGETS) this.registrations.set(key, [{ connection, registration }]);
    else this.droppedRegistrations++;
    this.flows.closeConstant(connection.serverAddress, address, port, contextHex);
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
    const errorId = getIpv4Id(b, ip);
    const flow = this.flows.quoted(source, destination, dstPort, getIpv4Id(b, quote), p.timeUs);
    if (!flow) {
      const traits = traitsOf(b, ip, quote, quotedBytes);
      this.#orphan({ from, source, destination, srcPort, dstPort, typeAndCode }, { frame: p.number, timeUs: p.timeUs }, traits);
    } else if (isPortUnreachable && from === destination) {
      if (flow.isSameError(errorId, p.timeUs)) return;
      const card = p.linkType === LINKTYPE_ETHERNET ? getEthernetSource(b, p.at) : -1;
      if (card >= 0 && card !== flow.errorCard && this.hosts.isForeign(from, card)) {
        flow.doubtCard(p.number, p.timeUs);
        return;
      }
      flow.errorCard = card;
      if (flow.refuse(p.number, p.timeUs, getIpv4Id(b, quote), errorId)) {
        flow.errorTraits ??= traitsOf(b, ip, quote, quotedBytes);
        this.#refused(flow, srcPort, p.timeUs);
      }
    } else {
      flow.otherErrors++;
      flow.firstOtherError ??= { frame: p.number, timeUs: p.timeUs, from, typeAndCode };
    }
  }

  /** Looks whether the datagram came as an answer, and whether its sender tries one port after another. */
  #refused(flow: DatagramFlow, srcPort: number, timeUs: number): void {
    if (flow.connection) return;
    const query = this.#queries.answeredBy(flow.source, flow.destination, srcPort, flow.dstPort, timeUs);
    if (query) {
      flow.lateErrors++;
      flow.answersQuery = query;
    }
    if (flow.errors > 1 || flow.count > 1) return;
    const tries = this.tries.get(flow.source);
    if (!tries) {
      if (this.tries.size < MAX_SENDERS) this.tries.set(flow.source, { kept: 1, more: 0 });
    } else if (tries.kept < MAX_TRIES) tries.kept++;
    else {
      tries.more++;
      flow.isOneOfMany = true;
    }
  }

  /** It was no single try: it is kept for its own sake. */
  #comesAgain(flow: DatagramFlow): void {
    flow.isOneOfMany = false;
    const tries = this.tries.get(flow.source);
    if (tries) tries.more--;
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

/**
 * Reads a capture packet by packet and collects the facts for a diagnosis: flows of datagrams, ICMP errors, mail connections, and traces of machines in
 * ARP. Memory is bounded for every capture; packets that had no room or could not be read are counted. Read `packet-walk.ts` and `icmp-observer.ts` first.
 */

import { getU16be } from "@pushback/bytes";
import type { CapturedPacket } from "@pushback/capture";
import {
  checkTcpHeader,
  getIpv4Destination,
  getIpv4Source,
  getTcpDstPort,
  getTcpFlags,
  getTcpHeaderLen,
  getTcpSeq,
  getTcpSrcPort,
  getUdpDstPort,
  getUdpLen,
  getUdpSrcPort,
  isUdpTunnelPort,
  UDP_HEADER_LEN,
} from "@pushback/wire";
import { Connections } from "./connections.ts";
import { DatagramFlows } from "./datagram-flows.ts";
import { Hosts } from "./host-traces.ts";
import { IcmpObserver } from "./icmp-observer.ts";
import { ProbeTtls } from "./probe-ttls.ts";
import { HEARD_WITHIN_US } from "./push-times.ts";
import { Queries } from "./queries.ts";
import { Refusals } from "./refusals.ts";
import { Registrations } from "./registrations.ts";

const MAX_FLOWS = 131_072;
const MAX_MAIL_CONNECTIONS = 65_536;
const MAX_CONNECTIONS = MAX_MAIL_CONNECTIONS + 8_192;
const MAX_HOSTS = 32_768;

export class Observer extends IcmpObserver {
  readonly flows = new DatagramFlows(MAX_FLOWS);
  readonly connections = new Connections(MAX_CONNECTIONS, MAX_MAIL_CONNECTIONS);
  readonly hosts = new Hosts(MAX_HOSTS);
  readonly probes = new ProbeTtls();
  readonly registrations = new Registrations();
  readonly #queries = new Queries();
  readonly refusals = new Refusals(this.#queries, this.addresses);

  protected override arp(p: CapturedPacket, at: number, len: number): void {
    this.hosts.arp(p.bytes, at, len, p.number, p.timeUs);
  }

  protected override probe(p: CapturedPacket): void {
    this.probes.note(this.sourceOf(p.bytes), this.destinationOf(p.bytes), this.ttl);
  }

  protected override udp(p: CapturedPacket, at: number, len: number): void {
    const b = p.bytes;
    if (len < UDP_HEADER_LEN) {
      this.unread.add("transport");
      return;
    }
    const udpLen = getUdpLen(b, at);
    // The capture may have cut the payload off, and a first fragment carries only the beginning of it.
    const captured = Math.min(udpLen, len) - UDP_HEADER_LEN;
    if (captured < 0) {
      this.unread.add("transport");
      return;
    }
    this.traffic.datagram();
    const source = this.isV6 ? this.source6 : getIpv4Source(b, this.ip);
    const destination = this.isV6 ? this.destination6 : getIpv4Destination(b, this.ip);
    const srcPort = getUdpSrcPort(b, at);
    const dstPort = getUdpDstPort(b, at);
    const flow = this.flows.find(
      source,
      destination,
      srcPort,
      dstPort,
      b,
      at + UDP_HEADER_LEN,
      captured,
      udpLen - UDP_HEADER_LEN,
      p.number,
      p.timeUs,
    );
    // Push datagrams of a registered session are no queries.
    if (!flow?.connection) this.#queries.note(source, destination, srcPort, dstPort, p.number, p.timeUs);
    if (!flow) return;
    if (flow.count === 0) {
      if (flow.isConstant) this.registrations.join(flow);
    } else if (flow.isOneOfMany) this.refusals.comesAgain(flow);
    const { count } = flow;
    flow.add(p.number, p.timeUs, this.ipId, (getU16be(b, at + 6) << 16) | srcPort, this.ttl);
    if (flow.count === count) return;
    if (isUdpTunnelPort(dstPort)) this.walkUdpTunnel(p, srcPort, dstPort, at + UDP_HEADER_LEN, captured);
  }

  protected override tcp(p: CapturedPacket, at: number, len: number, wholeLen: number): void {
    const b = p.bytes;
    if (checkTcpHeader(b, at, len) !== null) {
      this.unread.add("transport");
      return;
    }
    const headerLen = getTcpHeaderLen(b, at);
    const connection = this.connections.segment(
      p.number,
      p.timeUs,
      this.isV6 ? this.source6 : getIpv4Source(b, this.ip),
      this.isV6 ? this.destination6 : getIpv4Destination(b, this.ip),
      getTcpSrcPort(b, at),
      getTcpDstPort(b, at),
      getTcpFlags(b, at),
      getTcpSeq(b, at),
      b,
      at + headerLen,
      len - headerLen,
      wholeLen - headerLen,
    );
    if (!connection?.isMail) return;
    const registration = connection.registrations.at(-1);
    if (registration?.frame === p.number) {
      this.registrations.add(connection, registration);
      this.flows.closeConstant(connection.serverAddress, registration.address, registration.port, registration.contextHex);
    }
    // A client that sends a request right after a datagram has received the datagram.
    if (connection.requestFrame !== p.number) return;
    for (const flow of connection.flows) {
      if (p.timeUs - flow.lastUs <= HEARD_WITHIN_US) flow.hear(p.number, p.timeUs);
    }
  }

  /**
   * Ends the capture. A datagram that still waits counts as unanswered, unless the capture ended less than HEARD_WITHIN_US after it: an answer may
   * have come later.
   */
  finish(): void {
    for (const flow of this.flows.all()) {
      if (flow.openSinceUs >= 0 && this.lastUs - flow.openSinceUs > HEARD_WITHIN_US) flow.settle();
    }
  }
}

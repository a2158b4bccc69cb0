/** Incoming frames and datagrams: ARP goes to arp.ts; IP is checked, reassembled and handed to its protocol (RFC 1122 section 3.2.1). */

import {
  checkEthernet,
  checkIpv4,
  ETHERTYPE_ARP,
  ETHERTYPE_IPV4,
  getEthernetPayloadAt,
  getEthernetPayloadLen,
  getEtherType,
  getIpv4Destination,
  getIpv4FragmentOffset,
  getIpv4HeaderLen,
  getIpv4MoreFragments,
  getIpv4Protocol,
  getIpv4Source,
  getIpv4TotalLen,
  ICMP_UNREACHABLE,
  IP_PROTOCOL_ICMP,
  IP_PROTOCOL_TCP,
  IP_PROTOCOL_UDP,
  isEthernetGroup,
  UNREACHABLE_PROTOCOL,
} from "@pushback/wire";
import { arpInput } from "./arp.ts";
import { icmpInput } from "./icmp-input.ts";
import { sendIcmpError } from "./icmp-output.ts";
import { reassemble } from "./reassembly.ts";
import type { Core } from "./tcb.ts";
import { tcpInput } from "./tcp-demux.ts";
import { udpInput } from "./udp.ts";

/** Takes a frame of `len` bytes. Returns false if it shows that another machine owns this stack's address, so that the stack must stop. */
export function frameInput(core: Core, b: Uint8Array, at: number, len: number): boolean {
  if (checkEthernet(b, at, len) !== null) return true;
  const etherType = getEtherType(b, at);
  if (etherType === ETHERTYPE_IPV4) {
    ipInput(core, b, getEthernetPayloadAt(b, at), getEthernetPayloadLen(b, at, len), isEthernetGroup(b, at));
    return true;
  }
  if (etherType === ETHERTYPE_ARP) return arpInput(core, b, getEthernetPayloadAt(b, at), getEthernetPayloadLen(b, at, len));
  return true;
}

/** Takes an IP datagram. `group`: the frame was a broadcast or multicast. IP options are skipped: only a router must process them. */
export function ipInput(core: Core, b: Uint8Array, ipAt: number, len: number, group: boolean): void {
  core.ipInReceives++;
  if (checkIpv4(b, ipAt, len) !== null) {
    core.rare.ipInHdrErrors++;
    return;
  }
  if (!isForUs(core, getIpv4Destination(b, ipAt)) || !isLegalSource(core, getIpv4Source(b, ipAt))) {
    core.rare.ipInAddrErrors++;
    return;
  }
  if (getIpv4MoreFragments(b, ipAt) || getIpv4FragmentOffset(b, ipAt) !== 0) {
    const whole = reassemble(core, b, ipAt, group);
    if (whole !== null) deliver(core, whole.datagram, 0, whole.datagram.length, whole.group);
    return;
  }
  deliver(core, b, ipAt, getIpv4TotalLen(b, ipAt), group);
}

function isForUs(core: Core, destination: number): boolean {
  return destination === core.address || destination === 0xffffffff || destination === core.broadcast || destination >>> 24 === 127;
}

/**
 * RFC 1122 section 3.2.1.3: a source is never a broadcast or multicast. 0.0.0.0 is a host that does not know its address yet. The stack's own
 * address is legal only in loopback.
 */
function isLegalSource(core: Core, source: number): boolean {
  return source >>> 28 < 14 && source !== core.broadcast && (source !== core.address || core.loopingBack);
}

function deliver(core: Core, b: Uint8Array, ipAt: number, totalLen: number, group: boolean): void {
  const headerLen = getIpv4HeaderLen(b, ipAt);
  const at = ipAt + headerLen;
  const len = totalLen - headerLen;
  core.ipInDelivers++;
  switch (getIpv4Protocol(b, ipAt)) {
    case IP_PROTOCOL_UDP:
      udpInput(core, b, ipAt, at, len, group);
      return;
    case IP_PROTOCOL_TCP:
      tcpInput(core, b, ipAt, at, len, group || getIpv4Destination(b, ipAt) !== core.address);
      return;
    case IP_PROTOCOL_ICMP:
      icmpInput(core, b, ipAt, at, len, group);
      return;
  }
  core.rare.ipInUnknownProtos++;
  sendIcmpError(core, ICMP_UNREACHABLE, UNREACHABLE_PROTOCOL, 0, b, ipAt, len, group);
}

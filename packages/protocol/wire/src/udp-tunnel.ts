/** Tunnels over UDP. Ports alone prove nothing: each header must look like one. */

import { getU16be, getU32be } from "@pushback/bytes";
import { ETHERTYPE_IPV4 } from "./ethernet.ts";
import { ETHERTYPE_IPV6, findNetworkLayer, LINKTYPE_ETHERNET, type NetworkLayer } from "./link-layer.ts";

const L2TP = 1701;
const GTP_U = 2152;
const TEREDO = 3544;
const IPSEC_NAT = 4500;
const VXLAN = 4789;
/** Linux used this port before one was registered. */
const VXLAN_OLD = 8472;
const GENEVE = 6081;
const ETHERNET_BRIDGED = 0x6558;

/** Whether datagrams to this port may carry packets. */
export function isUdpTunnelPort(port: number): boolean {
  return (
    port === L2TP || port === GTP_U || port === TEREDO || port === IPSEC_NAT || port === VXLAN || port === VXLAN_OLD || port === GENEVE
  );
}

function setIp(b: Uint8Array, at: number, end: number, out: NetworkLayer): boolean {
  const version = at < end ? b[at] >>> 4 : 0;
  if (version !== 4 && version !== 6) return false;
  out.etherType = version === 4 ? ETHERTYPE_IPV4 : ETHERTYPE_IPV6;
  out.at = at;
  return true;
}

/** The packet in a VXLAN (RFC 7348), GENEVE (RFC 8926), GTP-U (3GPP TS 29.281) or Teredo (RFC 4380) datagram; `false` where there is none. */
export function findUdpTunnelPayload(port: number, b: Uint8Array, at: number, end: number, out: NetworkLayer): boolean {
  if (end - at < 16) return false;
  switch (port) {
    case VXLAN:
    case VXLAN_OLD:
      if (b[at] !== 0x08 || b[at + 1] !== 0 || getU16be(b, at + 2) !== 0 || b[at + 7] !== 0) return false;
      return findNetworkLayer(LINKTYPE_ETHERNET, b, at + 8, end - at - 8, out);
    case GENEVE: {
      if (b[at] >>> 6 !== 0 || b[at + 7] !== 0 || (b[at + 1] & 0x3f) !== 0) return false;
      const payload = at + 8 + (b[at] & 0x3f) * 4;
      const type = getU16be(b, at + 2);
      if (payload >= end) return false;
      if (type === ETHERNET_BRIDGED) return findNetworkLayer(LINKTYPE_ETHERNET, b, payload, end - payload, out);
      return (type === ETHERTYPE_IPV4 || type === ETHERTYPE_IPV6) && setIp(b, payload, end, out);
    }
    case GTP_U:
      // Version 1, no extension headers, a G-PDU whose length fits.
      if (b[at] >>> 5 !== 1 || (b[at] & 0x14) !== 0x10 || b[at + 1] !== 255 || getU16be(b, at + 2) > end - at - 8) return false;
      return setIp(b, at + (b[at] & 3 ? 12 : 8), end, out);
    case TEREDO:
      return end - at >= 40 && b[at] >>> 4 === 6 && getU16be(b, at + 4) === end - at - 40 && setIp(b, at, end, out);
    default:
      return false;
  }
}

/** Name of a UDP tunnel whose packet can't be read, because it is encrypted or its headers are compressed or split; `null` for any other datagram. */
export function unreadUdpTunnel(srcPort: number, dstPort: number, b: Uint8Array, at: number, len: number): string | null {
  if (dstPort === IPSEC_NAT && srcPort === IPSEC_NAT && len >= 24 && getU32be(b, at) !== 0) return "ESP over UDP (encrypted)";
  // A data message of version 2, between the registered ports (RFC 2661 section 3.1).
  if (dstPort === L2TP && srcPort === L2TP && len >= 12 && (b[at] & 0x80) === 0 && (b[at + 1] & 15) === 2) return "L2TP";
  return null;
}

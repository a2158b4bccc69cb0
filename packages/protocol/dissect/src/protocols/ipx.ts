/** Novell's IPX header (IPX Router Specification 1.30, chapter 2). */

import { getU16be } from "@pushback/bytes";
import { defineProtocol, overEtherType, overSap, type Protocol, summary } from "../define-protocol.ts";
import type { Dissection } from "../dissection.ts";
import { dec, ether, hex, text } from "../field.ts";
import { FieldCursor } from "../field-cursor.ts";
import { dissectData } from "./data.ts";
import { SPX, SPX_HEADER_BYTES } from "./spx.ts";

const ETHERTYPE_IPX = 0x8137;
const SAP_NETWARE = 0xe0;
const SOCKETS: Readonly<Record<number, string>> = {
  1105: "NetWare Core Protocol",
  1106: "Service Advertisement Protocol",
  1107: "Routing Information Protocol",
  1109: "NetBIOS",
  1110: "Diagnostic",
  1111: "Serialization",
};
const PACKET_TYPES: Readonly<Record<number, string>> = { 0: "IPX", 1: "RIP", 4: "PEP", 5: "SPX", 17: "NCP", 20: "NetBIOS Broadcast" };

const F = {
  source: text("ipx.src", "Source"),
  destination: text("ipx.dst", "Destination"),
  address: text("ipx.addr", "Source or Destination"),
  checksum: hex("ipx.checksum", "Checksum", 16),
  len: dec("ipx.len", "Length", 16),
  hops: dec("ipx.hops", "Transport Control (Hops)", 8),
  packetType: hex("ipx.packet_type", "Packet Type", 8, PACKET_TYPES),
  dstNet: hex("ipx.dst.net", "Destination Network", 32),
  dstNode: ether("ipx.dst.node", "Destination Node"),
  dstSocket: hex("ipx.dst.socket", "Destination Socket", 16, SOCKETS),
  srcNet: hex("ipx.src.net", "Source Network", 32),
  srcNode: ether("ipx.src.node", "Source Node"),
  srcSocket: hex("ipx.src.socket", "Source Socket", 16, SOCKETS),
  socket: hex("ipx.socket", "Source or Destination Socket", 16, SOCKETS),
};

export const IPX: Protocol = defineProtocol({
  name: "ipx",
  title: "Internetwork Packet eXchange",
  specification: "IPX Router Specification 1.30",
  fields: F,
  over: [overEtherType(ETHERTYPE_IPX, ipxLength), overSap(SAP_NETWARE)],
  dissect: dissectIpx,
  summary: summary({ source: F.source, destination: F.destination, socket: F.dstSocket }, (v) =>
    v.has("source") ? `${v.text("source")} → ${v.text("destination")} ${v.name("socket")}` : "",
  ),
  frameClass: null,
});

const HEADER_BYTES = 30;
const TYPE_SPX = 5;
const LENGTH_AT = 2;
const DESTINATION_AT = 6;
const SOURCE_AT = 18;
/** A network number and a node number. */
const ADDRESS_BYTES = 10;

/** Length of the packet as its header says; -1 if the header is cut off or says something impossible. */
function ipxLength(b: Uint8Array, at: number, end: number): number {
  if (end - at < HEADER_BYTES) return -1;
  const length = getU16be(b, at + LENGTH_AT);
  return length >= HEADER_BYTES && length <= end - at ? length : -1;
}

/** Network and node in hexadecimal digits, with a point between them. */
function addressText(b: Uint8Array, at: number): string {
  const digits = [...b.subarray(at, at + ADDRESS_BYTES)].map((octet) => octet.toString(16).padStart(2, "0")).join("");
  return `${digits.slice(0, 8)}.${digits.slice(8)}`;
}

/** A packet whose header is cut off, or whose length is less than a header, is reported by name only. */
function dissectIpx(d: Dissection, at: number, frameEnd: number): void {
  const end = frameEnd - at < LENGTH_AT + 2 ? frameEnd : Math.min(frameEnd, at + Math.max(HEADER_BYTES, getU16be(d.b, at + LENGTH_AT)));
  d.protocol(IPX, at, Math.min(HEADER_BYTES, end - at));
  if (end - at < HEADER_BYTES || getU16be(d.b, at + LENGTH_AT) < HEADER_BYTES) {
    d.close();
    return;
  }
  for (const [field, address] of [
    [F.source, at + SOURCE_AT],
    [F.destination, at + DESTINATION_AT],
  ] as const) {
    d.text(field, addressText(d.b, address), at, 0);
    d.text(F.address, addressText(d.b, address), at, 0);
  }
  const c = new FieldCursor(d, at, end);
  c.u16(F.checksum);
  c.u16(F.len);
  c.u8(F.hops);
  const type = c.u8(F.packetType);
  c.u32(F.dstNet);
  c.mac(F.dstNode);
  const dstSocket = c.u16(F.dstSocket);
  d.number(F.socket, dstSocket, c.at - 2, 2);
  c.u32(F.srcNet);
  c.mac(F.srcNode);
  const srcSocket = c.u16(F.srcSocket);
  d.number(F.socket, srcSocket, c.at - 2, 2);
  d.close();
  // Packets to Novell's well-known sockets carry other protocols, which are not read.
  if (SOCKETS[dstSocket] || SOCKETS[srcSocket]) return;
  if (type === TYPE_SPX && end - c.at >= SPX_HEADER_BYTES) SPX.dissect(d, c.at, end);
  else dissectData(d, c.at, end);
}

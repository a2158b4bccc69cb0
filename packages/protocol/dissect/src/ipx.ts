/** Novell's IPX and SPX headers (IPX Router Specification 1.30, chapter 2). */

import { getU16be } from "@pushback/bytes";
import { dissectData } from "./data.ts";
import type { Dissection } from "./dissection.ts";
import { dec, ether, flag, group, hex, text } from "./field.ts";
import { FieldCursor } from "./field-cursor.ts";

const SOCKETS: Readonly<Record<number, string>> = {
  1105: "NetWare Core Protocol",
  1106: "Service Advertisement Protocol",
  1107: "Routing Information Protocol",
  1109: "NetBIOS",
  1110: "Diagnostic",
  1111: "Serialization",
};
const PACKET_TYPES: Readonly<Record<number, string>> = { 0: "IPX", 1: "RIP", 4: "PEP", 5: "SPX", 17: "NCP", 20: "NetBIOS Broadcast" };

export const IPX = {
  ipx: group("ipx", "Internetwork Packet eXchange"),
  source: text("ipx.src", "Source"),
  destination: text("ipx.dst", "Destination"),
  address: text("ipx.addr", "Source or Destination"),
  checksum: hex("ipx.checksum", "Checksum", 16),
  len: dec("ipx.len", "Length"),
  hops: dec("ipx.hops", "Transport Control (Hops)"),
  packetType: hex("ipx.packet_type", "Packet Type", 8, PACKET_TYPES),
  dstNet: hex("ipx.dst.net", "Destination Network", 32),
  dstNode: ether("ipx.dst.node", "Destination Node"),
  dstSocket: hex("ipx.dst.socket", "Destination Socket", 16, SOCKETS),
  srcNet: hex("ipx.src.net", "Source Network", 32),
  srcNode: ether("ipx.src.node", "Source Node"),
  srcSocket: hex("ipx.src.socket", "Source Socket", 16, SOCKETS),
  socket: hex("ipx.socket", "Source or Destination Socket", 16, SOCKETS),
};

const SPX = {
  spx: group("spx", "Sequenced Packet eXchange"),
  control: hex("spx.ctl", "Connection Control", 8),
  system: flag("spx.ctl.sys", "System Packet"),
  sendAck: flag("spx.ctl.send_ack", "Send Ack"),
  attention: flag("spx.ctl.attn", "Attention"),
  endOfMessage: flag("spx.ctl.eom", "End of Message"),
  type: hex("spx.type", "Datastream type", 8),
  source: dec("spx.src", "Source Connection ID"),
  destination: dec("spx.dst", "Destination Connection ID"),
  sequence: dec("spx.seq", "Sequence Number"),
  acknowledgment: dec("spx.ack", "Acknowledgment Number"),
  allocation: dec("spx.alloc", "Allocation Number"),
};

const HEADER_BYTES = 30;
const SPX_HEADER_BYTES = 12;
const TYPE_SPX = 5;

/** Digits of a network and a node. */
function addressText(b: Uint8Array, at: number): string {
  const digits = [...b.subarray(at, at + 10)].map((octet) => octet.toString(16).padStart(2, "0")).join("");
  return `${digits.slice(0, 8)}.${digits.slice(8)}`;
}

/** A header that is not all there, or says so, is named only. */
export function dissectIpx(d: Dissection, at: number, frameEnd: number): void {
  const end = frameEnd - at < 4 ? frameEnd : Math.min(frameEnd, at + Math.max(HEADER_BYTES, getU16be(d.b, at + 2)));
  d.protocol(IPX.ipx, at, Math.min(HEADER_BYTES, end - at));
  if (end - at < HEADER_BYTES || getU16be(d.b, at + 2) < HEADER_BYTES) {
    d.close();
    return;
  }
  for (const [field, address] of [
    [IPX.source, at + 18],
    [IPX.destination, at + 6],
  ] as const) {
    d.text(field, addressText(d.b, address), at, 0);
    d.text(IPX.address, addressText(d.b, address), at, 0);
  }
  const c = new FieldCursor(d, at, end);
  c.u16(IPX.checksum);
  c.u16(IPX.len);
  c.u8(IPX.hops);
  const type = c.u8(IPX.packetType);
  c.u32(IPX.dstNet);
  c.mac(IPX.dstNode);
  const dstSocket = c.u16(IPX.dstSocket);
  d.number(IPX.socket, dstSocket, c.at - 2, 2);
  c.u32(IPX.srcNet);
  c.mac(IPX.srcNode);
  const srcSocket = c.u16(IPX.srcSocket);
  d.number(IPX.socket, srcSocket, c.at - 2, 2);
  d.close();
  // What goes to the sockets that Novell gave away is no plain data.
  if (SOCKETS[dstSocket] || SOCKETS[srcSocket]) return;
  if (type === TYPE_SPX && end - c.at >= SPX_HEADER_BYTES) dissectSpx(d, c.at, end);
  else dissectData(d, c.at, end);
}

function dissectSpx(d: Dissection, at: number, end: number): void {
  // Wireshark does not count it among the frame's protocols.
  d.open(SPX.spx, at, SPX_HEADER_BYTES);
  const c = new FieldCursor(d, at, end);
  if (c.take(1) < 0) return;
  c.bits(d.b[at], 1, [
    [SPX.control, 4, 15],
    [SPX.system, 7, 1],
    [SPX.sendAck, 6, 1],
    [SPX.attention, 5, 1],
    [SPX.endOfMessage, 4, 1],
  ]);
  c.u8(SPX.type);
  for (const field of [SPX.source, SPX.destination, SPX.sequence, SPX.acknowledgment, SPX.allocation]) c.u16(field);
  d.close();
  dissectData(d, c.at, end);
}

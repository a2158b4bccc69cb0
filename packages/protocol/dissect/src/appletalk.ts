/** AppleTalk's Datagram Delivery Protocol and Address Resolution Protocol on Ethernet (Inside AppleTalk, chapters 2 and 4). */

import { getU16be } from "@pushback/bytes";
import { dissectData } from "./data.ts";
import type { Dissection } from "./dissection.ts";
import { bytes, dec, ether, group, hex } from "./field.ts";
import { FieldCursor } from "./field-cursor.ts";

export const DDP = {
  ddp: group("ddp", "Datagram Delivery Protocol"),
  hops: dec("ddp.hopcount", "Hop count"),
  len: dec("ddp.len", "Datagram length"),
  checksum: dec("ddp.checksum", "Checksum"),
  dstNet: dec("ddp.dst.net", "Destination Net"),
  srcNet: dec("ddp.src.net", "Source Net"),
  dstNode: dec("ddp.dst.node", "Destination Node"),
  srcNode: dec("ddp.src.node", "Source Node"),
  dstSocket: dec("ddp.dst_socket", "Destination Socket", { 1: "RTMP", 2: "NBP", 4: "Echo", 6: "ZIP" }),
  srcSocket: dec("ddp.src_socket", "Source Socket", { 1: "RTMP", 2: "NBP", 4: "Echo", 6: "ZIP" }),
  type: dec("ddp.type", "Protocol type", { 1: "RTMP", 2: "NBP", 3: "ATP", 4: "AEP", 5: "RTMP request", 6: "ZIP", 7: "ADSP" }),
};

export const AARP = {
  aarp: group("aarp", "AppleTalk Address Resolution Protocol"),
  hardware: hex("aarp.hard.type", "Hardware type", 16, { 1: "Ethernet" }),
  protocol: hex("aarp.proto.type", "Protocol type", 16),
  hardwareSize: dec("aarp.hard.size", "Hardware size"),
  protocolSize: dec("aarp.proto.size", "Protocol size"),
  opcode: dec("aarp.opcode", "Opcode", { 1: "request", 2: "reply", 3: "probe" }),
  srcMac: ether("aarp.src.hw_mac", "Sender MAC address"),
  srcId: bytes("aarp.src.proto_id", "Sender ID"),
  dstMac: ether("aarp.dst.hw_mac", "Target MAC address"),
  dstId: bytes("aarp.dst.proto_id", "Target ID"),
};

const DDP_HEADER_BYTES = 13;
const AARP_BYTES = 28;

/** The long header, which is the one on Ethernet. */
export function dissectDdp(d: Dissection, at: number, end: number): void {
  d.protocol(DDP.ddp, at, Math.min(DDP_HEADER_BYTES, end - at));
  if (end - at < DDP_HEADER_BYTES) {
    d.close();
    return;
  }
  const word = getU16be(d.b, at);
  d.number(DDP.hops, (word >>> 10) & 15, at, 2);
  d.number(DDP.len, word & 0x3ff, at, 2);
  const c = new FieldCursor(d, at + 2, end);
  c.u16(DDP.checksum);
  c.u16(DDP.dstNet);
  c.u16(DDP.srcNet);
  for (const field of [DDP.dstNode, DDP.srcNode, DDP.dstSocket, DDP.srcSocket, DDP.type]) c.u8(field);
  d.close();
  dissectData(d, c.at, end);
}

/** One for other hardware than Ethernet, or that is not all there, is named only. */
export function dissectAarp(d: Dissection, at: number, end: number): void {
  const { b } = d;
  const isWhole = end - at >= AARP_BYTES && b[at + 4] === 6 && b[at + 5] === 4;
  d.protocol(AARP.aarp, at, isWhole ? AARP_BYTES : end - at);
  if (isWhole) {
    const c = new FieldCursor(d, at, end);
    const isEthernet = c.u16(AARP.hardware) === 1;
    const isAppleTalk = c.u16(AARP.protocol) === 0x809b;
    c.u8(AARP.hardwareSize);
    c.u8(AARP.protocolSize);
    c.u16(AARP.opcode);
    for (const [mac, id] of [
      [AARP.srcMac, AARP.srcId],
      [AARP.dstMac, AARP.dstId],
    ]) {
      if (isEthernet) c.mac(mac);
      else c.take(6);
      if (isAppleTalk) c.bytes(id, 4);
      else c.take(4);
    }
  }
  d.close();
}

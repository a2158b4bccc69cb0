/** The AppleTalk Address Resolution Protocol on Ethernet (Inside AppleTalk, chapter 2). */

import { defineProtocol, overEtherType, type Protocol, summary } from "../define-protocol.ts";
import type { Dissection } from "../dissection.ts";
import { bytes, dec, ether, hex } from "../field.ts";
import { FieldCursor } from "../field-cursor.ts";
import { reportMalformed } from "./expert.ts";
import { joined } from "./summary-text.ts";

const ETHERTYPE_AARP = 0x80f3;
const F = {
  hardware: hex("aarp.hard.type", "Hardware type", 16, { 1: "Ethernet" }),
  protocol: hex("aarp.proto.type", "Protocol type", 16),
  hardwareSize: dec("aarp.hard.size", "Hardware size", 8),
  protocolSize: dec("aarp.proto.size", "Protocol size", 8),
  opcode: dec("aarp.opcode", "Opcode", 16, { 1: "request", 2: "reply", 3: "probe" }),
  srcMac: ether("aarp.src.hw_mac", "Sender MAC address"),
  srcId: bytes("aarp.src.proto_id", "Sender ID"),
  dstMac: ether("aarp.dst.hw_mac", "Target MAC address"),
  dstId: bytes("aarp.dst.proto_id", "Target ID"),
};

export const AARP: Protocol = defineProtocol({
  name: "aarp",
  title: "AppleTalk Address Resolution Protocol",
  specification: "Inside AppleTalk, chapter 2",
  fields: F,
  over: [overEtherType(ETHERTYPE_AARP)],
  dissect: dissectAarp,
  summary: summary({ opcode: F.opcode, srcMac: F.srcMac }, (v) => joined(v.name("opcode"), v.text("srcMac") && `from ${v.text("srcMac")}`)),
  frameClass: null,
});

const PACKET_BYTES = 28;
const HARDWARE_SIZE_AT = 4;
const PROTOCOL_SIZE_AT = 5;
const HARDWARE_ETHERNET = 1;
const PROTOCOL_APPLETALK = 0x809b;
const MAC_BYTES = 6;
const ID_BYTES = 4;

/** A packet that is cut off, or whose addresses have other sizes than on Ethernet, is reported by name only. */
function dissectAarp(d: Dissection, at: number, end: number): void {
  const { b } = d;
  const isWhole = end - at >= PACKET_BYTES && b[at + HARDWARE_SIZE_AT] === MAC_BYTES && b[at + PROTOCOL_SIZE_AT] === ID_BYTES;
  d.protocol(AARP, at, isWhole ? PACKET_BYTES : end - at);
  if (isWhole) {
    const c = new FieldCursor(d, at, end);
    const isEthernet = c.u16(F.hardware) === HARDWARE_ETHERNET;
    const isAppleTalk = c.u16(F.protocol) === PROTOCOL_APPLETALK;
    c.u8(F.hardwareSize);
    c.u8(F.protocolSize);
    c.u16(F.opcode);
    for (const [mac, id] of [
      [F.srcMac, F.srcId],
      [F.dstMac, F.dstId],
    ]) {
      if (isEthernet) c.mac(mac);
      else c.take(MAC_BYTES);
      if (isAppleTalk) c.bytes(id, ID_BYTES);
      else c.take(ID_BYTES);
    }
  }
  d.close();
  if (end - at < PACKET_BYTES) reportMalformed(d, at);
}

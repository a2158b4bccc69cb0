/** AppleTalk's Datagram Delivery Protocol with the long header, the form used on Ethernet (Inside AppleTalk, chapter 4). */

import { getU16be } from "@pushback/bytes";
import { defineProtocol, overEtherType, overSnap, type Protocol, summary } from "../define-protocol.ts";
import type { Dissection } from "../dissection.ts";
import { dec } from "../field.ts";
import { FieldCursor } from "../field-cursor.ts";
import { dissectData } from "./data.ts";
import { reportMalformed } from "./expert.ts";
import { OUI_APPLE } from "./llc.ts";

/** DDP's EtherType, and its protocol type in SNAP frames. */
const TYPE_DDP = 0x809b;
const F = {
  hops: dec("ddp.hopcount", "Hop count", 16),
  len: dec("ddp.len", "Datagram length", 16),
  checksum: dec("ddp.checksum", "Checksum", 16),
  dstNet: dec("ddp.dst.net", "Destination Net", 16),
  srcNet: dec("ddp.src.net", "Source Net", 16),
  dstNode: dec("ddp.dst.node", "Destination Node", 8),
  srcNode: dec("ddp.src.node", "Source Node", 8),
  dstSocket: dec("ddp.dst_socket", "Destination Socket", 8, { 1: "RTMP", 2: "NBP", 4: "Echo", 6: "ZIP" }),
  srcSocket: dec("ddp.src_socket", "Source Socket", 8, { 1: "RTMP", 2: "NBP", 4: "Echo", 6: "ZIP" }),
  type: dec("ddp.type", "Protocol type", 8, { 1: "RTMP", 2: "NBP", 3: "ATP", 4: "AEP", 5: "RTMP request", 6: "ZIP", 7: "ADSP" }),
};

export const DDP: Protocol = defineProtocol({
  name: "ddp",
  title: "Datagram Delivery Protocol",
  specification: "Inside AppleTalk, chapter 4",
  fields: F,
  over: [overEtherType(TYPE_DDP), overSnap(OUI_APPLE, TYPE_DDP)],
  dissect: dissectDdp,
  summary: summary(
    {
      srcNet: F.srcNet,
      srcNode: F.srcNode,
      srcSocket: F.srcSocket,
      dstNet: F.dstNet,
      dstNode: F.dstNode,
      dstSocket: F.dstSocket,
      type: F.type,
    },
    (v) => {
      if (!v.has("type")) return "";
      const source = `${v.text("srcNet")}.${v.text("srcNode")}:${v.text("srcSocket")}`;
      return `${source} → ${v.text("dstNet")}.${v.text("dstNode")}:${v.text("dstSocket")} ${v.name("type")}`;
    },
  ),
  frameClass: null,
});

const DDP_HEADER_BYTES = 13;

function dissectDdp(d: Dissection, at: number, end: number): void {
  d.protocol(DDP, at, Math.min(DDP_HEADER_BYTES, end - at));
  if (end - at < DDP_HEADER_BYTES) {
    d.close();
    reportMalformed(d, at);
    return;
  }
  const word = getU16be(d.b, at);
  d.number(F.hops, (word >>> 10) & 15, at, 2);
  d.number(F.len, word & 0x3ff, at, 2);
  const c = new FieldCursor(d, at + 2, end);
  c.u16(F.checksum);
  c.u16(F.dstNet);
  c.u16(F.srcNet);
  for (const field of [F.dstNode, F.srcNode, F.dstSocket, F.srcSocket, F.type]) c.u8(field);
  d.close();
  dissectData(d, c.at, end);
}

/** The NetBIOS Datagram Service (RFC 1002 section 4.4). */

import { defineProtocol, overUdp, type Protocol, summary } from "../define-protocol.ts";
import type { Dissection } from "../dissection.ts";
import { dec, flag, hex, ipv4, text } from "../field.ts";
import { FieldCursor } from "../field-cursor.ts";
import { dissectData } from "./data.ts";
import { reportMalformed } from "./expert.ts";
import { NAME_BYTES, reportName } from "./netbios-names.ts";
import { isSmb, SMB } from "./smb.ts";
import { joined } from "./summary-text.ts";

const PORT_NBDGM = 138;
const F = {
  type: dec("nbdgm.type", "Message Type", 8, {
    16: "Direct_unique datagram",
    17: "Direct_group datagram",
    18: "Broadcast datagram",
    19: "Datagram error",
    20: "Datagram query request",
    21: "Datagram positive query response",
    22: "Datagram negative query response",
  }),
  flags: hex("nbdgm.flags", "Flags", 8),
  next: flag("nbdgm.next", "More fragments follow"),
  first: flag("nbdgm.first", "This is first fragment"),
  nodeType: dec("nbdgm.node_type", "Node Type", 8, { 0: "B node", 1: "P node", 2: "M node", 3: "NBDD" }),
  id: hex("nbdgm.dgram_id", "Datagram ID", 16),
  sourceIp: ipv4("nbdgm.src.ip", "Source IP"),
  sourcePort: dec("nbdgm.src.port", "Source Port", 16),
  length: dec("nbdgm.dgram_len", "Datagram length", 16),
  offset: dec("nbdgm.pkt_offset", "Packet offset", 16),
  errorCode: hex("nbdgm.error_code", "Error code", 8),
  sourceName: text("nbdgm.source_name", "Source name"),
  destinationName: text("nbdgm.destination_name", "Destination name"),
};

export const NBDGM: Protocol = defineProtocol({
  name: "nbdgm",
  title: "NetBIOS Datagram Service",
  specification: "RFC 1002 section 4.4",
  fields: F,
  over: overUdp(PORT_NBDGM),
  dissect: dissectNbdgm,
  summary: summary({ type: F.type, source: F.sourceName, destination: F.destinationName }, (v) =>
    joined(v.name("type"), v.text("source"), v.text("destination") && `to ${v.text("destination")}`),
  ),
  frameClass: null,
});

/** Header of a datagram that carries data, without its two names. */
const DATA_HEADER_BYTES = 14;
const TYPE_DIRECT_UNIQUE = 0x10;
const TYPE_BROADCAST = 0x12;
const TYPE_ERROR = 0x13;
const TYPE_QUERY_REQUEST = 0x14;
const TYPE_NEGATIVE_RESPONSE = 0x16;
const FRAGMENT_BITS = 3;
const FIRST_AND_ONLY = 2;
function dissectNbdgm(d: Dissection, at: number, end: number): void {
  const carriesData = end > at && d.b[at] >= TYPE_DIRECT_UNIQUE && d.b[at] <= TYPE_BROADCAST;
  const headLen = carriesData ? Math.min(end - at, DATA_HEADER_BYTES + 2 * NAME_BYTES) : end - at;
  d.protocol(NBDGM, at, headLen);
  const c = new FieldCursor(d, at, end);
  const type = c.u8(F.type);
  const flags = c.u8(F.flags);
  c.bits(flags, 1, [
    [F.next, 0, 1],
    [F.first, 1, 1],
    [F.nodeType, 2, 3],
  ]);
  c.u16(F.id);
  c.u32(F.sourceIp);
  c.u16(F.sourcePort);
  if (carriesData) {
    c.u16(F.length);
    c.u16(F.offset);
    reportName(d, c, F.sourceName);
    reportName(d, c, F.destinationName);
  } else if (type === TYPE_ERROR) c.u8(F.errorCode);
  else if (type >= TYPE_QUERY_REQUEST && type <= TYPE_NEGATIVE_RESPONSE) reportName(d, c, F.destinationName);
  d.close();
  if (c.isMalformed) reportMalformed(d, at);
  if (!carriesData || c.ended || c.at >= end) return;
  // Fragments are not reassembled: their content is shown as data.
  if ((flags & FRAGMENT_BITS) === FIRST_AND_ONLY && isSmb(d.b, c.at, end)) SMB.dissect(d, c.at, end);
  else dissectData(d, c.at, end);
}

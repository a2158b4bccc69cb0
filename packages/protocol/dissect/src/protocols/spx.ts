/** Novell's SPX header (IPX Router Specification 1.30, chapter 2). */

import { defineProtocol, inside, type Protocol } from "../define-protocol.ts";
import type { Dissection } from "../dissection.ts";
import { dec, flag, hex } from "../field.ts";
import { FieldCursor } from "../field-cursor.ts";
import { dissectData } from "./data.ts";

const F = {
  control: hex("spx.ctl", "Connection Control", 8),
  system: flag("spx.ctl.sys", "System Packet"),
  sendAck: flag("spx.ctl.send_ack", "Send Ack"),
  attention: flag("spx.ctl.attn", "Attention"),
  endOfMessage: flag("spx.ctl.eom", "End of Message"),
  type: hex("spx.type", "Datastream type", 8),
  source: dec("spx.src", "Source Connection ID", 16),
  destination: dec("spx.dst", "Destination Connection ID", 16),
  sequence: dec("spx.seq", "Sequence Number", 16),
  acknowledgment: dec("spx.ack", "Acknowledgment Number", 16),
  allocation: dec("spx.alloc", "Allocation Number", 16),
};

export const SPX: Protocol = defineProtocol({
  name: "spx",
  title: "Sequenced Packet eXchange",
  specification: "IPX Router Specification 1.30",
  fields: F,
  over: [inside("ipx")],
  dissect: dissectSpx,
  summary: null,
  frameClass: null,
});

export const SPX_HEADER_BYTES = 12;

function dissectSpx(d: Dissection, at: number, end: number): void {
  // Wireshark does not name SPX in `frame.protocols`.
  d.open(SPX.field, at, SPX_HEADER_BYTES);
  const c = new FieldCursor(d, at, end);
  if (c.take(1) < 0) return;
  c.bits(d.b[at], 1, [
    [F.control, 4, 15],
    [F.system, 7, 1],
    [F.sendAck, 6, 1],
    [F.attention, 5, 1],
    [F.endOfMessage, 4, 1],
  ]);
  c.u8(F.type);
  for (const field of [F.source, F.destination, F.sequence, F.acknowledgment, F.allocation]) c.u16(field);
  d.close();
  dissectData(d, c.at, end);
}

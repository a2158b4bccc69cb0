/** IEEE 802.2 LLC, and SNAP. */

import { getU16be } from "@pushback/bytes";
import { defineProtocol, inside, NAME_ONLY, type Protocol } from "../define-protocol.ts";
import type { Dissection } from "../dissection.ts";
import { dec, hex } from "../field.ts";
import { dissectData } from "./data.ts";
import { dissectByEtherType, ETHERTYPES } from "./ethertype.ts";

const SAPS: Readonly<Record<number, string>> = { 66: "Spanning tree", 170: "SNAP", 224: "NetWare", 240: "NetBIOS" };

const F = {
  dsap: hex("llc.dsap", "DSAP", 8, SAPS),
  ssap: hex("llc.ssap", "SSAP", 8, SAPS),
  control: hex("llc.control", "Control field", 16),
  oui: dec("llc.oui", "Organization Code", 24),
  type: hex("llc.type", "Type", 16, ETHERTYPES),
  appleType: hex("llc.apple_atalk_pid", "Type", 16, ETHERTYPES),
};

export const LLC: Protocol = defineProtocol({
  name: "llc",
  title: "Logical-Link Control",
  specification: "IEEE 802.2, RFC 1042",
  fields: F,
  over: [inside("eth")],
  carries: ["llc", "snap", "ethertype"],
  dissect: dissectLlc,
  summary: NAME_ONLY,
  frameClass: null,
});

const SAP_SNAP = 0xaa;
const LLC_BYTES = 3;
const SNAP_BYTES = 8;
const OUI_AT = 3;
const SNAP_TYPE_AT = 6;
/** OUI of Apple. Wireshark shows the protocol type of a SNAP header with this OUI in a separate field. */
export const OUI_APPLE = 0x080007;
/** Ethernet frames that a bridge wrapped (IEEE 802.1H): an EtherType follows. */
const OUI_BRIDGED = 0x0000f8;

function dissectLlc(d: Dissection, at: number, end: number): void {
  const { b } = d;
  if (end - at < LLC_BYTES) {
    dissectData(d, at, end);
    return;
  }
  const isSnap = b[at] === SAP_SNAP && b[at + 1] === SAP_SNAP;
  const hasSnapHeader = isSnap && end - at >= SNAP_BYTES;
  d.protocol(LLC, at, hasSnapHeader ? SNAP_BYTES : LLC_BYTES);
  d.number(F.dsap, b[at], at, 1);
  d.number(F.ssap, b[at + 1], at + 1, 1);
  d.number(F.control, b[at + 2], at + 2, 1);
  if (!hasSnapHeader) {
    d.close();
    // The frame ends before the SNAP header says the protocol.
    if (isSnap) return;
    d.protocols.overSap(b[at])(d, at + LLC_BYTES, end);
    return;
  }
  const oui = (b[at + OUI_AT] << 16) | getU16be(b, at + OUI_AT + 1);
  const type = getU16be(b, at + SNAP_TYPE_AT);
  d.number(F.oui, oui, at + OUI_AT, 3);
  const isEtherType = oui === 0 || oui === OUI_BRIDGED;
  if (isEtherType) d.number(F.type, type, at + SNAP_TYPE_AT, 2);
  else if (oui === OUI_APPLE) d.number(F.appleType, type, at + SNAP_TYPE_AT, 2);
  d.close();
  if (isEtherType) {
    dissectByEtherType(d, type, at + SNAP_BYTES, end);
    return;
  }
  d.protocols.overSnap(oui, type)(d, at + SNAP_BYTES, end);
}

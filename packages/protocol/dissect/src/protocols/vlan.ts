/** IEEE 802.1Q tags. */

import { getU16be } from "@pushback/bytes";
import { defineProtocol, overEtherType, type Protocol } from "../define-protocol.ts";
import type { Dissection } from "../dissection.ts";
import { dec, hex } from "../field.ts";
import { dissectData } from "./data.ts";
import { dissectEtherType, ETHERTYPES } from "./ethertype.ts";

const F = {
  priority: dec("vlan.priority", "Priority", 16),
  dei: dec("vlan.dei", "DEI", 1),
  id: dec("vlan.id", "ID", 16),
  etype: hex("vlan.etype", "Type", 16, ETHERTYPES),
};

const ETHERTYPE_VLAN = 0x8100;

export const VLAN: Protocol = defineProtocol({
  name: "vlan",
  title: "802.1Q Virtual LAN",
  specification: "IEEE 802.1Q",
  fields: F,
  over: [overEtherType(ETHERTYPE_VLAN)],
  carries: ["ethertype"],
  dissect: dissectVlan,
  summary: null,
  frameClass: null,
});

const TAG_BYTES = 4;
const ETHERTYPE_AT = 2;

function dissectVlan(d: Dissection, at: number, end: number): void {
  if (end - at < TAG_BYTES) {
    dissectData(d, at, end);
    return;
  }
  const tag = getU16be(d.b, at);
  d.protocol(VLAN, at, TAG_BYTES);
  d.number(F.priority, tag >>> 13, at, 2);
  d.number(F.dei, (tag >>> 12) & 1, at, 2);
  d.number(F.id, tag & 0xfff, at, 2);
  const etherType = getU16be(d.b, at + ETHERTYPE_AT);
  d.number(F.etype, etherType, at + ETHERTYPE_AT, 2);
  d.close();
  dissectEtherType(d, etherType, at + TAG_BYTES, end);
}

/** NetBIOS frames (NetBEUI) on IEEE 802.2, recognised but not read. */

import { defineProtocol, NAME_ONLY, overSap, type Protocol } from "../define-protocol.ts";
import { nameOnly } from "./named-only.ts";

const SAP_NETBIOS = 0xf0;

export const NETBIOS_FRAMES: Protocol = defineProtocol({
  name: "netbios",
  title: "NetBIOS",
  specification: "IBM LAN Technical Reference: 802.2 and NetBIOS APIs",
  fields: {},
  over: [overSap(SAP_NETBIOS)],
  dissect: nameOnly(() => NETBIOS_FRAMES),
  summary: NAME_ONLY,
  frameClass: null,
});

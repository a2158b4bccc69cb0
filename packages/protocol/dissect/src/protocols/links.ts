/** Link layers of capture files other than Ethernet: Linux cooked captures, loopback captures, and raw IP. */

import { findLinkPayload, LINKTYPE_LINUX_SLL, LINKTYPE_LINUX_SLL2, LINKTYPE_LOOP, LINKTYPE_NULL, RAW_LINKTYPES } from "@pushback/wire";
import { defineProtocol, overLink, type Protocol } from "../define-protocol.ts";
import type { Dissection } from "../dissection.ts";
import { dissectData } from "./data.ts";
import { dissectByEtherType, dissectEtherType } from "./ethertype.ts";

const SPECIFICATION = "the tcpdump group's list of link-layer header types";

export const COOKED_LINK: Protocol = defineProtocol({
  name: "sll",
  title: "Linux cooked capture",
  specification: SPECIFICATION,
  fields: {},
  over: overLink(LINKTYPE_LINUX_SLL, LINKTYPE_LINUX_SLL2),
  dissect: (d, at, end) => dissectLink(d, COOKED_LINK, dissectEtherType, at, end),
  summary: null,
  frameClass: null,
});

export const NULL_LINK: Protocol = defineProtocol({
  name: "null",
  title: "Null/Loopback",
  specification: SPECIFICATION,
  fields: {},
  over: overLink(LINKTYPE_NULL, LINKTYPE_LOOP),
  dissect: (d, at, end) => dissectLink(d, NULL_LINK, dissectByEtherType, at, end),
  summary: null,
  frameClass: null,
});

export const RAW_LINK: Protocol = defineProtocol({
  name: "raw",
  title: "Raw packet data",
  specification: SPECIFICATION,
  fields: {},
  over: overLink(...RAW_LINKTYPES),
  dissect: (d, at, end) => dissectLink(d, RAW_LINK, dissectByEtherType, at, end),
  summary: null,
  frameClass: null,
});

const layer = { etherType: 0, at: 0 };

/** Reports the link header by name, then dissects its payload with `next`. */
function dissectLink(d: Dissection, link: Protocol, next: typeof dissectByEtherType, at: number, end: number): void {
  if (!findLinkPayload(d.packet?.linkType ?? -1, d.b, at, end - at, layer) || layer.at > end) {
    dissectData(d, at, end);
    return;
  }
  d.protocol(link, at, layer.at - at);
  d.close();
  next(d, layer.etherType, layer.at, end);
}

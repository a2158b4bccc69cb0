/** Link layers of capture files other than Ethernet: Linux cooked captures, loopback captures, and raw IP. */

import { getU16be, getU32be } from "@pushback/bytes";
import {
  findLinkPayload,
  getMac,
  LINKTYPE_LINUX_SLL,
  LINKTYPE_LINUX_SLL2,
  LINKTYPE_LOOP,
  LINKTYPE_NULL,
  RAW_LINKTYPES,
} from "@pushback/wire";
import { defineProtocol, overLink, type Protocol } from "../define-protocol.ts";
import type { Dissection } from "../dissection.ts";
import { dec, ether, hex } from "../field.ts";
import { dissectData } from "./data.ts";
import { dissectByEtherType, dissectEtherType, ETHERTYPES } from "./ethertype.ts";

const SPECIFICATION = "the tcpdump group's list of link-layer header types";

const F = {
  packetType: dec("sll.pkttype", "Packet type", 16, {
    0: "Unicast to us",
    1: "Broadcast",
    2: "Multicast",
    3: "Unicast to another host",
    4: "Sent by us",
  }),
  hardwareType: dec("sll.hatype", "Link-layer address type", 16, { 1: "Ethernet", 512: "PPP", 772: "Loopback" }),
  addressLen: dec("sll.halen", "Link-layer address length", 16),
  source: ether("sll.src.eth", "Source"),
  etherType: hex("sll.etype", "Protocol", 16, ETHERTYPES),
  interfaceIndex: dec("sll.ifindex", "Interface index", 32),
};

export const COOKED_LINK: Protocol = defineProtocol({
  name: "sll",
  title: "Linux cooked capture",
  specification: SPECIFICATION,
  fields: F,
  over: overLink(LINKTYPE_LINUX_SLL, LINKTYPE_LINUX_SLL2),
  carries: ["ethertype"],
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
  carries: ["ethertype"],
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
  carries: ["ethertype"],
  dissect: (d, at, end) => dissectLink(d, RAW_LINK, dissectByEtherType, at, end),
  summary: null,
  frameClass: null,
});

/** Lower values of the protocol field are no EtherTypes; they name a frame format: Novell 802.3, LLC, CAN. */
const FIRST_ETHERTYPE = 0x600;
/** Hardware type of Ethernet (RFC 826), whose addresses have six bytes. */
const ETHERNET = { type: 1, addressLen: 6 };

/** The header, which is all there; its second version has the fields in another order and some in fewer bytes. */
function dissectCooked(d: Dissection, at: number): void {
  const { b } = d;
  const isSecond = d.packet?.linkType === LINKTYPE_LINUX_SLL2;
  const [etherTypeAt, hardwareAt, typeAt, lenAt, sourceAt, width] = isSecond ? [0, 8, 10, 11, 12, 1] : [14, 2, 0, 4, 6, 2];
  const short = (from: number): number => (width === 1 ? b[from] : getU16be(b, from));
  const etherType = getU16be(b, at + etherTypeAt);
  if (etherType >= FIRST_ETHERTYPE) d.number(F.etherType, etherType, at + etherTypeAt, 2);
  if (isSecond) d.number(F.interfaceIndex, getU32be(b, at + 4), at + 4, 4);
  const hardwareType = getU16be(b, at + hardwareAt);
  d.number(F.hardwareType, hardwareType, at + hardwareAt, 2);
  d.number(F.packetType, short(at + typeAt), at + typeAt, width);
  d.number(F.addressLen, short(at + lenAt), at + lenAt, width);
  if (hardwareType === ETHERNET.type && short(at + lenAt) === ETHERNET.addressLen)
    d.number(F.source, getMac(b, at + sourceAt), at + sourceAt, ETHERNET.addressLen);
}

const layer = { etherType: 0, at: 0 };

/** Reports the link header by name, then dissects its payload with `next`. */
function dissectLink(d: Dissection, link: Protocol, next: typeof dissectByEtherType, at: number, end: number): void {
  if (!findLinkPayload(d.packet?.linkType ?? -1, d.b, at, end - at, layer) || layer.at > end) {
    dissectData(d, at, end);
    return;
  }
  d.protocol(link, at, layer.at - at);
  if (link === COOKED_LINK) dissectCooked(d, at);
  d.close();
  next(d, layer.etherType, layer.at, end);
}

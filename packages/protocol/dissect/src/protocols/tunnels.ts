/** Headers between the link and IP: 802.1ad tags, MPLS labels, PPPoE, PPP, and GRE between two IP headers. */

import { getU16be } from "@pushback/bytes";
import {
  ETHERTYPE_IPV4,
  ETHERTYPE_IPV6,
  ETHERTYPE_MPLS,
  ETHERTYPE_MPLS_MULTICAST,
  ETHERTYPE_PPPOE_SESSION,
  ETHERTYPE_QINQ,
  etherTypeOfPpp,
  LINKTYPE_PPP,
  LINKTYPE_PPP_HDLC,
  LINKTYPE_PPPOE,
} from "@pushback/wire";
import { defineProtocol, inside, overEtherType, overIp, overLink, type Protocol } from "../define-protocol.ts";
import type { Dissection } from "../dissection.ts";
import { dec, hex } from "../field.ts";
import { dissectData } from "./data.ts";
import { ETHERNET } from "./ethernet.ts";
import { dissectByEtherType, dissectEtherType, ETHERTYPES } from "./ethertype.ts";

const TAG_BYTES = 4;

const QINQ_FIELDS = {
  priority: dec("ieee8021ad.priority", "Priority", 16),
  dei: dec("ieee8021ad.dei", "DEI", 16),
  id: dec("ieee8021ad.id", "ID", 16),
};

export const QINQ: Protocol = defineProtocol({
  name: "ieee8021ad",
  title: "IEEE 802.1ad",
  specification: "IEEE 802.1ad",
  fields: QINQ_FIELDS,
  over: [overEtherType(ETHERTYPE_QINQ)],
  carries: ["ethertype"],
  dissect: (d, at, end) => {
    if (end - at < TAG_BYTES) {
      dissectData(d, at, end);
      return;
    }
    const tag = getU16be(d.b, at);
    d.protocol(QINQ, at, TAG_BYTES);
    d.number(QINQ_FIELDS.priority, tag >>> 13, at, 1);
    d.number(QINQ_FIELDS.dei, (tag >>> 12) & 1, at, 1);
    d.number(QINQ_FIELDS.id, tag & 0xfff, at, 2);
    d.close();
    dissectEtherType(d, getU16be(d.b, at + 2), at + TAG_BYTES, end);
  },
  summary: null,
  frameClass: null,
});

const LABEL_BYTES = 4;

const MPLS_FIELDS = {
  label: dec("mpls.label", "MPLS Label", 32),
  exp: dec("mpls.exp", "MPLS Experimental Bits", 32),
  bottom: dec("mpls.bottom", "MPLS Bottom Of Label Stack", 32),
  ttl: dec("mpls.ttl", "MPLS TTL", 32),
};

export const MPLS: Protocol = defineProtocol({
  name: "mpls",
  title: "MultiProtocol Label Switching Header",
  specification: "RFC 3032",
  fields: MPLS_FIELDS,
  over: [overEtherType(ETHERTYPE_MPLS), overEtherType(ETHERTYPE_MPLS_MULTICAST)],
  carries: ["ethertype"],
  dissect: dissectMpls,
  summary: null,
  frameClass: null,
});

function dissectMpls(d: Dissection, from: number, end: number): void {
  const { b } = d;
  let at = from;
  let isBottom = false;
  while (!isBottom && at + LABEL_BYTES <= end) {
    isBottom = (b[at + 2] & 1) === 1;
    d.protocol(MPLS, at, LABEL_BYTES);
    d.number(MPLS_FIELDS.label, (getU16be(b, at) << 4) | (b[at + 2] >>> 4), at, LABEL_BYTES);
    d.number(MPLS_FIELDS.exp, (b[at + 2] >>> 1) & 7, at, LABEL_BYTES);
    d.number(MPLS_FIELDS.bottom, isBottom ? 1 : 0, at, LABEL_BYTES);
    d.number(MPLS_FIELDS.ttl, b[at + 3], at, LABEL_BYTES);
    d.close();
    at += LABEL_BYTES;
  }
  const version = isBottom && at < end ? b[at] >>> 4 : 0;
  if (version === 4) dissectByEtherType(d, ETHERTYPE_IPV4, at, end);
  else if (version === 6) dissectByEtherType(d, ETHERTYPE_IPV6, at, end);
  else dissectData(d, at, end);
}

const PPP_FIELDS = {
  address: hex("ppp.address", "Address", 8),
  control: hex("ppp.control", "Control", 8),
  protocol: hex("ppp.protocol", "Protocol", 16, { 33: "Internet Protocol version 4", 87: "Internet Protocol version 6" }),
};

export const PPP: Protocol = defineProtocol({
  name: "ppp",
  title: "Point-to-Point Protocol",
  specification: "RFC 1661, RFC 1662",
  fields: PPP_FIELDS,
  over: [...overLink(LINKTYPE_PPP, LINKTYPE_PPP_HDLC), inside("pppoes"), inside("gre")],
  carries: ["ethertype"],
  dissect: dissectPpp,
  summary: null,
  frameClass: null,
});

function dissectPpp(d: Dissection, at: number, end: number): void {
  const { b } = d;
  const hasAddress = at + 2 <= end && b[at] === 0xff && b[at + 1] === 3;
  const protocolAt = hasAddress ? at + 2 : at;
  const isShort = protocolAt < end && (b[protocolAt] & 1) === 1;
  const payloadAt = protocolAt + (isShort ? 1 : 2);
  if (payloadAt > end) {
    dissectData(d, at, end);
    return;
  }
  const protocol = isShort ? b[protocolAt] : getU16be(b, protocolAt);
  d.protocol(PPP, at, payloadAt - at);
  if (hasAddress) {
    d.number(PPP_FIELDS.address, b[at], at, 1);
    d.number(PPP_FIELDS.control, b[at + 1], at + 1, 1);
  }
  d.number(PPP_FIELDS.protocol, protocol, protocolAt, payloadAt - protocolAt);
  d.close();
  dissectByEtherType(d, etherTypeOfPpp(protocol), payloadAt, end);
}

const PPPOE_BYTES = 6;

const PPPOE_FIELDS = {
  version: dec("pppoe.version", "Version", 8),
  type: dec("pppoe.type", "Type", 8),
  code: hex("pppoe.code", "Code", 8),
  session: hex("pppoe.session_id", "Session ID", 16),
  length: dec("pppoe.payload_length", "Payload Length", 16),
};

export const PPPOE: Protocol = defineProtocol({
  name: "pppoes",
  title: "PPP-over-Ethernet Session",
  specification: "RFC 2516",
  fields: PPPOE_FIELDS,
  fieldPrefixes: ["pppoe"],
  over: [overEtherType(ETHERTYPE_PPPOE_SESSION), ...overLink(LINKTYPE_PPPOE)],
  dissect: (d, at, end) => {
    const { b } = d;
    if (end - at < PPPOE_BYTES) {
      dissectData(d, at, end);
      return;
    }
    d.protocol(PPPOE, at, PPPOE_BYTES);
    d.number(PPPOE_FIELDS.version, b[at] >>> 4, at, 1);
    d.number(PPPOE_FIELDS.type, b[at] & 15, at, 1);
    d.number(PPPOE_FIELDS.code, b[at + 1], at + 1, 1);
    d.number(PPPOE_FIELDS.session, getU16be(b, at + 2), at + 2, 2);
    d.number(PPPOE_FIELDS.length, getU16be(b, at + 4), at + 4, 2);
    d.close();
    PPP.dissect(d, at + PPPOE_BYTES, Math.min(end, at + PPPOE_BYTES + getU16be(b, at + 4)));
  },
  summary: null,
  frameClass: null,
});

const IP_PROTOCOL_GRE = 47;
const GRE_PPP = 0x880b;
const GRE_BRIDGED = 0x6558;

const GRE_FIELDS = {
  flags: hex("gre.flags_and_version", "Flags and Version", 16),
  proto: hex("gre.proto", "Protocol Type", 16, ETHERTYPES),
  key: hex("gre.key", "Key", 32),
};

export const GRE: Protocol = defineProtocol({
  name: "gre",
  title: "Generic Routing Encapsulation",
  specification: "RFC 2784, RFC 2890, RFC 2637",
  fields: GRE_FIELDS,
  over: [overIp(IP_PROTOCOL_GRE)],
  carries: ["ethertype"],
  dissect: dissectGre,
  summary: null,
  frameClass: null,
});

function dissectGre(d: Dissection, at: number, end: number): void {
  const { b } = d;
  if (end - at < 4) {
    dissectData(d, at, end);
    return;
  }
  const flags = getU16be(b, at);
  const type = getU16be(b, at + 2);
  const keyAt = at + 4 + (flags & 0xc000 ? 4 : 0);
  let payloadAt = keyAt + (flags & 0x2000 ? 4 : 0) + (flags & 0x1000 ? 4 : 0);
  if ((flags & 7) === 1 && flags & 0x80) payloadAt += 4;
  if (payloadAt > end) {
    dissectData(d, at, end);
    return;
  }
  d.protocol(GRE, at, payloadAt - at);
  d.number(GRE_FIELDS.flags, flags, at, 2);
  d.number(GRE_FIELDS.proto, type, at + 2, 2);
  if (flags & 0x2000) d.number(GRE_FIELDS.key, getU16be(b, keyAt) * 0x10000 + getU16be(b, keyAt + 2), keyAt, 4);
  d.close();
  if (type === GRE_PPP) PPP.dissect(d, payloadAt, end);
  else if (type === GRE_BRIDGED) ETHERNET.dissect(d, payloadAt, end);
  else dissectByEtherType(d, type, payloadAt, end);
}

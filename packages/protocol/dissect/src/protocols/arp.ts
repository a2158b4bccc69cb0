/** ARP over Ethernet and IPv4 (RFC 826). */

import { getU16be, getU32be } from "@pushback/bytes";
import { ARP_LEN, checkArp, ETHERTYPE_ARP, getMac } from "@pushback/wire";
import { defineProtocol, overEtherType, type Protocol, summary } from "../define-protocol.ts";
import type { Dissection } from "../dissection.ts";
import { dec, ether, flag, hex, ipv4 } from "../field.ts";
import { reportMalformed } from "./expert.ts";

const F = {
  hwType: dec("arp.hw.type", "Hardware type", 16, { 1: "Ethernet" }),
  protoType: hex("arp.proto.type", "Protocol type", 16, { 2048: "IPv4" }),
  hwSize: dec("arp.hw.size", "Hardware size", 8),
  protoSize: dec("arp.proto.size", "Protocol size", 8),
  opcode: dec("arp.opcode", "Opcode", 16, { 1: "request", 2: "reply" }),
  isGratuitous: flag("arp.isgratuitous", "Is gratuitous"),
  srcMac: ether("arp.src.hw_mac", "Sender MAC address"),
  srcIp: ipv4("arp.src.proto_ipv4", "Sender IP address"),
  dstMac: ether("arp.dst.hw_mac", "Target MAC address"),
  dstIp: ipv4("arp.dst.proto_ipv4", "Target IP address"),
};

export const ARP: Protocol = defineProtocol({
  name: "arp",
  title: "Address Resolution Protocol",
  specification: "RFC 826",
  fields: F,
  over: [overEtherType(ETHERTYPE_ARP, (_, at, end) => (end - at >= ARP_LEN ? ARP_LEN : -1))],
  dissect: dissectArp,
  summary: summary({ isGratuitous: F.isGratuitous, opcode: F.opcode, srcIp: F.srcIp, srcMac: F.srcMac, dstIp: F.dstIp }, (v) => {
    if (v.has("isGratuitous")) return `Gratuitous ARP for ${v.text("srcIp")}`;
    return v.text("opcode") === "1"
      ? `Who has ${v.text("dstIp")}? Tell ${v.text("srcIp")}`
      : `${v.text("srcIp")} is at ${v.text("srcMac")}`;
  }),
  frameClass: "arp",
  addresses: { source: F.srcIp, destination: F.dstIp, yieldsToBroadcast: true },
});

const PROTOCOL_TYPE_AT = 2;
const HARDWARE_SIZE_AT = 4;
const PROTOCOL_SIZE_AT = 5;
const OPCODE_AT = 6;
const SENDER_MAC_AT = 8;
const SENDER_IP_AT = 14;
const TARGET_MAC_AT = 18;
const TARGET_IP_AT = 24;

function dissectArp(d: Dissection, at: number, end: number): void {
  const { b } = d;
  if (checkArp(b, at, end - at) !== null) {
    d.protocol(ARP, at, end - at);
    d.close();
    // RFC 826: two hardware and two protocol addresses follow the eight bytes that say how long they are.
    const isWhole = end - at >= SENDER_MAC_AT && end - at >= SENDER_MAC_AT + 2 * (b[at + HARDWARE_SIZE_AT] + b[at + PROTOCOL_SIZE_AT]);
    if (!isWhole) reportMalformed(d, at);
    return;
  }
  d.protocol(ARP, at, ARP_LEN);
  d.number(F.hwType, getU16be(b, at), at, 2);
  d.number(F.protoType, getU16be(b, at + PROTOCOL_TYPE_AT), at + PROTOCOL_TYPE_AT, 2);
  d.number(F.hwSize, b[at + HARDWARE_SIZE_AT], at + HARDWARE_SIZE_AT, 1);
  d.number(F.protoSize, b[at + PROTOCOL_SIZE_AT], at + PROTOCOL_SIZE_AT, 1);
  d.number(F.opcode, getU16be(b, at + OPCODE_AT), at + OPCODE_AT, 2);
  const sender = getU32be(b, at + SENDER_IP_AT);
  const target = getU32be(b, at + TARGET_IP_AT);
  if (sender === target) d.number(F.isGratuitous, 1, at, 0);
  d.number(F.srcMac, getMac(b, at + SENDER_MAC_AT), at + SENDER_MAC_AT, 6);
  d.number(F.srcIp, sender, at + SENDER_IP_AT, 4);
  d.number(F.dstMac, getMac(b, at + TARGET_MAC_AT), at + TARGET_MAC_AT, 6);
  d.number(F.dstIp, target, at + TARGET_IP_AT, 4);
  d.close();
}

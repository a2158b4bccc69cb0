/** ARP over Ethernet and IPv4 (RFC 826). */

import { getU16be, getU32be } from "@pushback/bytes";
import { checkArp, getMac } from "@pushback/wire";
import type { Dissection } from "./dissection.ts";
import { dec, ether, flag, group, hex, ipv4 } from "./field.ts";

const ARP = {
  arp: group("arp", "Address Resolution Protocol"),
  hwType: dec("arp.hw.type", "Hardware type", { 1: "Ethernet" }),
  protoType: hex("arp.proto.type", "Protocol type", 16, { 2048: "IPv4" }),
  hwSize: dec("arp.hw.size", "Hardware size"),
  protoSize: dec("arp.proto.size", "Protocol size"),
  opcode: dec("arp.opcode", "Opcode", { 1: "request", 2: "reply" }),
  isGratuitous: flag("arp.isgratuitous", "Is gratuitous"),
  srcMac: ether("arp.src.hw_mac", "Sender MAC address"),
  srcIp: ipv4("arp.src.proto_ipv4", "Sender IP address"),
  dstMac: ether("arp.dst.hw_mac", "Target MAC address"),
  dstIp: ipv4("arp.dst.proto_ipv4", "Target IP address"),
};

export function dissectArp(d: Dissection, at: number, end: number): void {
  const { b } = d;
  if (checkArp(b, at, end - at) !== null) {
    d.protocol(ARP.arp, at, end - at);
    d.close();
    return;
  }
  d.protocol(ARP.arp, at, 28);
  d.number(ARP.hwType, getU16be(b, at), at, 2);
  d.number(ARP.protoType, getU16be(b, at + 2), at + 2, 2);
  d.number(ARP.hwSize, b[at + 4], at + 4, 1);
  d.number(ARP.protoSize, b[at + 5], at + 5, 1);
  d.number(ARP.opcode, getU16be(b, at + 6), at + 6, 2);
  const sender = getU32be(b, at + 14);
  const target = getU32be(b, at + 24);
  if (sender === target) d.number(ARP.isGratuitous, 1, at, 0);
  d.number(ARP.srcMac, getMac(b, at + 8), at + 8, 6);
  d.number(ARP.srcIp, sender, at + 14, 4);
  d.number(ARP.dstMac, getMac(b, at + 18), at + 18, 6);
  d.number(ARP.dstIp, target, at + 24, 4);
  d.close();
}

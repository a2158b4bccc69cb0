/** ICMP (RFC 792). */

import { foldChecksum, getU16be, getU32be, sumWords } from "@pushback/bytes";
import { isIcmpError } from "@pushback/wire";
import { dissectData } from "./data.ts";
import type { Dissection } from "./dissection.ts";
import { bytes, CHECKSUM_STATUS, dec, group, hex, ipv4 } from "./field.ts";

const TYPES: Readonly<Record<number, string>> = {
  0: "Echo (ping) reply",
  3: "Destination unreachable",
  4: "Source quench",
  5: "Redirect",
  8: "Echo (ping) request",
  11: "Time-to-live exceeded",
  12: "Parameter problem",
  13: "Timestamp request",
  14: "Timestamp reply",
  17: "Address mask request",
  18: "Address mask reply",
};

const ICMP = {
  icmp: group("icmp", "Internet Control Message Protocol"),
  type: dec("icmp.type", "Type", TYPES),
  code: dec("icmp.code", "Code"),
  checksum: hex("icmp.checksum", "Checksum", 16),
  checksumStatus: dec("icmp.checksum.status", "Checksum Status", CHECKSUM_STATUS),
  unused: bytes("icmp.unused", "Unused"),
  mtu: dec("icmp.mtu", "MTU of next hop"),
  gateway: ipv4("icmp.redir_gw", "Gateway Address"),
  ident: dec("icmp.ident", "Identifier"),
  seq: dec("icmp.seq", "Sequence Number"),
};

export function dissectIcmp(d: Dissection, at: number, end: number, whole: boolean): void {
  const { b } = d;
  if (end - at < 8) {
    d.protocol(ICMP.icmp, at, end - at);
    d.close();
    return;
  }
  const type = b[at];
  d.protocol(ICMP.icmp, at, end - at);
  d.number(ICMP.type, type, at, 1);
  d.number(ICMP.code, b[at + 1], at + 1, 1);
  d.number(ICMP.checksum, getU16be(b, at + 2), at + 2, 2);
  if (d.sink.wants(ICMP.checksumStatus)) {
    const status = whole && d.quoted === 0 ? Number(foldChecksum(sumWords(b, at, end - at)) === 0) : 2;
    d.number(ICMP.checksumStatus, status, at + 2, 0);
  }
  if (!isIcmpError(type)) {
    if (type === 0 || type === 8 || type === 13 || type === 14 || type === 17 || type === 18) {
      d.number(ICMP.ident, getU16be(b, at + 4), at + 4, 2);
      d.number(ICMP.seq, getU16be(b, at + 6), at + 6, 2);
    }
    if ((type === 0 || type === 8) && end > at + 8) dissectData(d, at + 8, end);
    d.close();
    return;
  }
  if (type === 3 && b[at + 1] === 4) {
    d.bytes(ICMP.unused, at + 4, 2);
    d.number(ICMP.mtu, getU16be(b, at + 6), at + 6, 2);
  } else if (type === 5) d.number(ICMP.gateway, getU32be(b, at + 4), at + 4, 4);
  else if (type === 3 || type === 11) d.bytes(ICMP.unused, at + 4, 4);
  if (end > at + 8) {
    d.quoted++;
    d.dissectQuote(d, at + 8, end);
    d.quoted--;
  }
  d.close();
}

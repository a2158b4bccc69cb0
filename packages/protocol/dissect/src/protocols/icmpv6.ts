/** ICMPv6 (RFC 4443); neighbour discovery by its type only (RFC 4861). */

import { foldChecksum, getU16be, getU32be, sumWords } from "@pushback/bytes";
import { ETHERTYPE_IPV6, ICMP_HEADER_LEN, IP_PROTOCOL_ICMPV6 } from "@pushback/wire";
import { defineProtocol, overIp, type Protocol, summary } from "../define-protocol.ts";
import type { Dissection } from "../dissection.ts";
import { CHECKSUM_STATUS, dec, hex } from "../field.ts";
import { dissectData } from "./data.ts";
import { dissectByEtherType } from "./ethertype.ts";

const PACKET_TOO_BIG = 2;
const PARAMETER_PROBLEM = 4;
const ECHO_REQUEST = 128;
const ECHO_REPLY = 129;
/** Types below this are errors and quote a packet (RFC 4443 section 2.1). */
const FIRST_INFORMATIONAL = 128;

const TYPES: Readonly<Record<number, string>> = {
  1: "Destination Unreachable",
  2: "Packet Too Big",
  3: "Time Exceeded",
  4: "Parameter Problem",
  128: "Echo (ping) request",
  129: "Echo (ping) reply",
  130: "Multicast Listener Query",
  131: "Multicast Listener Report",
  132: "Multicast Listener Done",
  133: "Router Solicitation",
  134: "Router Advertisement",
  135: "Neighbor Solicitation",
  136: "Neighbor Advertisement",
  137: "Redirect",
  138: "Router Renumbering",
  139: "Node Information Query",
  140: "Node Information Reply",
  141: "Inverse Neighbor Discovery Solicitation",
  142: "Inverse Neighbor Discovery Advertisement",
  143: "Multicast Listener Report Message v2",
};
/** Names of codes (IANA, "ICMPv6 Parameters"; RFC 4443 section 3), spelled as Wireshark spells them. */
const CODES: Readonly<Record<number, readonly string[]>> = {
  1: [
    "no route to destination",
    "Administratively prohibited",
    "Beyond scope of source address",
    "Address unreachable",
    "Port unreachable",
    "Source address failed ingress/egress policy",
    "Reject route to destination",
    "Error in Source Routing Header",
  ],
  3: ["hop limit exceeded in transit", "fragment reassembly time exceeded"],
  4: [
    "erroneous header field encountered",
    "unrecognized Next Header type encountered",
    "unrecognized IPv6 option encountered",
    "IPv6 First Fragment has incomplete IPv6 Header Chain",
  ],
};

const F = {
  type: dec("icmpv6.type", "Type", 8, TYPES),
  code: dec("icmpv6.code", "Code", 8),
  checksum: hex("icmpv6.checksum", "Checksum", 16),
  checksumStatus: dec("icmpv6.checksum.status", "Checksum Status", 8, CHECKSUM_STATUS),
  mtu: dec("icmpv6.mtu", "MTU", 32),
  pointer: dec("icmpv6.pointer", "Pointer", 32),
  ident: hex("icmpv6.echo.identifier", "Identifier", 16),
  seq: dec("icmpv6.echo.sequence_number", "Sequence", 16),
};

export { F as ICMPV6_FIELDS };

export const ICMPV6: Protocol = defineProtocol({
  name: "icmpv6",
  title: "Internet Control Message Protocol v6",
  specification: "RFC 4443",
  fields: F,
  over: [overIp(IP_PROTOCOL_ICMPV6)],
  dissect: dissectIcmpv6,
  summary: summary({ type: F.type, code: F.code }, (v) => {
    if (!v.has("type")) return "Truncated";
    const codes = CODES[Number(v.text("type"))];
    return codes ? `${v.name("type")} (${codes[Number(v.text("code"))] ?? `code ${v.text("code")}`})` : v.name("type");
  }),
  quotes: true,
  frameClass: "icmp",
});

const CODE_AT = 1;
const CHECKSUM_AT = 2;
const REST_AT = 4;
const SEQUENCE_AT = 6;

function dissectIcmpv6(d: Dissection, at: number, end: number): void {
  const { b } = d;
  d.protocol(ICMPV6, at, end - at);
  if (end - at < ICMP_HEADER_LEN) {
    d.close();
    return;
  }
  const type = b[at];
  d.number(F.type, type, at, 1);
  d.number(F.code, b[at + CODE_AT], at + CODE_AT, 1);
  d.number(F.checksum, getU16be(b, at + CHECKSUM_AT), at + CHECKSUM_AT, 2);
  if (d.sink.wants(F.checksumStatus)) {
    const isGood = () => foldChecksum(sumWords(b, at, end - at, d.sumPseudoHeader(IP_PROTOCOL_ICMPV6, end - at))) === 0;
    d.number(F.checksumStatus, d.isWholeDatagram && d.quoted === 0 ? Number(isGood()) : 2, at + CHECKSUM_AT, 0);
  }
  const bodyAt = at + ICMP_HEADER_LEN;
  if (type === PACKET_TOO_BIG) d.number(F.mtu, getU32be(b, at + REST_AT), at + REST_AT, 4);
  else if (type === PARAMETER_PROBLEM) d.number(F.pointer, getU32be(b, at + REST_AT), at + REST_AT, 4);
  if (type < FIRST_INFORMATIONAL) {
    if (end > bodyAt) {
      d.quoted++;
      dissectByEtherType(d, ETHERTYPE_IPV6, bodyAt, end);
      d.quoted--;
    }
  } else if (type === ECHO_REQUEST || type === ECHO_REPLY) {
    d.number(F.ident, getU16be(b, at + REST_AT), at + REST_AT, 2);
    d.number(F.seq, getU16be(b, at + SEQUENCE_AT), at + SEQUENCE_AT, 2);
    dissectData(d, bodyAt, end);
  }
  d.close();
}

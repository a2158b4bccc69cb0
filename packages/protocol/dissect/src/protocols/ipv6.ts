/** IPv6 (RFC 8200), recognised but not read: the machines of the lab speak IPv4. */

import { defineProtocol, NAME_ONLY, overEtherType, type Protocol } from "../define-protocol.ts";
import { nameOnly } from "./named-only.ts";

const ETHERTYPE_IPV6 = 0x86dd;

export const IPV6: Protocol = defineProtocol({
  name: "ipv6",
  title: "Internet Protocol Version 6",
  specification: "RFC 8200",
  fields: {},
  over: [overEtherType(ETHERTYPE_IPV6)],
  dissect: nameOnly(() => IPV6),
  summary: NAME_ONLY,
  frameClass: null,
});

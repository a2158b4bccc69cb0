/** The Service Location Protocol (RFC 2165), recognised by its port, but not read. */

import { defineProtocol, overUdp, type Protocol } from "../define-protocol.ts";
import { nameOnly } from "./named-only.ts";
import { PORTS_AND_LENGTH } from "./udp.ts";

const PORT_SRVLOC = 427;

export const SRVLOC: Protocol = defineProtocol({
  name: "srvloc",
  title: "Service Location Protocol",
  specification: "RFC 2165",
  fields: {},
  over: overUdp(PORT_SRVLOC),
  dissect: nameOnly(() => SRVLOC),
  summary: PORTS_AND_LENGTH,
  frameClass: null,
});

/** A tunnel that a program outside the package adds: VXLAN (RFC 7348), without its fields. */

import { defineProtocol, overUdp, type Protocol } from "@pushback/dissect";

export const VXLAN_PORT = 4789;
const HEADER_BYTES = 8;
const LINKTYPE_ETHERNET = 1;

export const VXLAN: Protocol = defineProtocol({
  name: "vxlan",
  title: "Virtual eXtensible Local Area Network",
  specification: "RFC 7348",
  fields: {},
  over: overUdp(VXLAN_PORT),
  carries: ["link"],
  dissect: (d, at, end) => {
    const payloadAt = Math.min(at + HEADER_BYTES, end);
    d.protocol(VXLAN, at, payloadAt - at);
    d.close();
    d.protocols.overLink(LINKTYPE_ETHERNET)(d, payloadAt, end);
  },
  summary: null,
  frameClass: null,
});

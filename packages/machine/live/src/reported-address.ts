import { parseIpv4 } from "@pushback/bytes";
import type { Ipv4Address } from "@pushback/host";

/** Takes what Node's sockets report: dotted decimal, or such an address mapped into IPv6; 0 for anything else. */
export function reportedIpv4(text: string | undefined): Ipv4Address {
  return parseIpv4((text ?? "").replace(/^::ffff:/, "")) ?? 0;
}

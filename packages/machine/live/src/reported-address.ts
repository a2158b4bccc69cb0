import { parseIpv4 } from "@pushback/bytes";
import type { Ipv4Address } from "@pushback/host";

/** Parses an address as Node's sockets report it: dotted decimal, or IPv4 mapped into IPv6. Returns 0 for anything else. */
export function reportedIpv4(text: string | undefined): Ipv4Address {
  return parseIpv4((text ?? "").replace(/^::ffff:/, "")) ?? 0;
}

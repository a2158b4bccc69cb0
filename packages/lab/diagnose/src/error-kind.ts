/** Kinds of ICMP and ICMPv6 errors, by type and code. */

/** Added to type × 256 + code for an ICMPv6 error. */
export const ICMPV6_ERROR = 0x10000;

export type ErrorKind =
  | "port"
  | "host"
  | "network"
  | "protocol"
  | "filtered"
  | "too-big"
  | "source-route"
  | "time-exceeded"
  | "reassembly"
  | "redirect"
  | "source-quench"
  | "parameter";

/** Codes of Destination Unreachable (RFC 792, RFC 1122 section 3.2.2.1, RFC 1812 section 5.2.7.1). */
const UNREACHABLE: readonly (readonly [ErrorKind, string])[] = [
  ["network", "network unreachable"],
  ["host", "host unreachable"],
  ["protocol", "protocol unreachable"],
  ["port", "port unreachable"],
  ["too-big", "fragmentation needed"],
  ["source-route", "source route failed"],
  ["network", "network unknown"],
  ["host", "host unknown"],
  ["host", "source host isolated"],
  ["filtered", "network administratively prohibited"],
  ["filtered", "host administratively prohibited"],
  ["network", "network unreachable for this type of service"],
  ["host", "host unreachable for this type of service"],
  ["filtered", "communication administratively prohibited"],
  ["filtered", "host precedence violation"],
  ["filtered", "precedence cutoff in effect"],
];

/** Codes of ICMPv6 type 1 (RFC 4443 section 3.1). */
const UNREACHABLE_6: readonly (readonly [ErrorKind, string])[] = [
  ["network", "no route to destination"],
  ["filtered", "communication administratively prohibited"],
  ["network", "beyond scope of source address"],
  ["host", "address unreachable"],
  ["port", "port unreachable"],
  ["filtered", "source address failed ingress or egress policy"],
  ["filtered", "reject route to destination"],
];

function lookUp(typeAndCode: number): readonly [ErrorKind, string] | null {
  const isV6 = typeAndCode >= ICMPV6_ERROR;
  const type = (typeAndCode >> 8) & 255;
  const code = typeAndCode & 255;
  if (isV6) {
    if (type === 1) return UNREACHABLE_6[code] ?? ["network", `unreachable, code ${code}`];
    if (type === 2) return ["too-big", "packet too big"];
    if (type === 3) return code === 1 ? ["reassembly", "fragment reassembly time exceeded"] : ["time-exceeded", "hop limit exceeded"];
    if (type === 4) return ["parameter", "parameter problem"];
    return type === 137 ? ["redirect", "redirect"] : null;
  }
  if (type === 3) return UNREACHABLE[code] ?? ["network", `unreachable, code ${code}`];
  if (type === 4) return ["source-quench", "source quench"];
  if (type === 5) return ["redirect", "redirect"];
  if (type === 11) return code === 1 ? ["reassembly", "fragment reassembly time exceeded"] : ["time-exceeded", "time exceeded"];
  return type === 12 ? ["parameter", "parameter problem"] : null;
}

/** `typeAndCode`: type × 256 + code, plus `ICMPV6_ERROR`; `null` for a type that is no error. */
export function errorKindOf(typeAndCode: number): ErrorKind | null {
  return lookUp(typeAndCode)?.[0] ?? null;
}

export function describeIcmpError(typeAndCode: number): string {
  return lookUp(typeAndCode)?.[1] ?? `ICMP type ${(typeAndCode >> 8) & 255}, code ${typeAndCode & 255}`;
}

/** Whether a router reports that no machine has the address (host or address unreachable; RFC 1812 section 5.2.7.1, RFC 4443 section 3.1). */
export function saysMachineIsAbsent(typeAndCode: number): boolean {
  return typeAndCode === 3 * 256 + 1 || typeAndCode === 3 * 256 + 7 || typeAndCode === ICMPV6_ERROR + 256 + 3;
}

/** ICMP errors in words. */

/** Codes of Destination Unreachable (RFC 792, RFC 1122 section 3.2.2.1, RFC 1812 section 5.2.7.1). */
const UNREACHABLE_TEXTS: Readonly<Record<number, string>> = {
  0: "network unreachable",
  1: "host unreachable",
  2: "protocol unreachable",
  3: "port unreachable",
  4: "fragmentation needed",
  5: "source route failed",
  6: "network unknown",
  7: "host unknown",
  8: "source host isolated",
  9: "network administratively prohibited",
  10: "host administratively prohibited",
  11: "network unreachable for this type of service",
  12: "host unreachable for this type of service",
  13: "communication administratively prohibited",
};

/** `typeAndCode`: type × 256 + code. */
export function describeIcmpError(typeAndCode: number): string {
  const type = typeAndCode >> 8;
  if (type === 11) return "time exceeded";
  return UNREACHABLE_TEXTS[typeAndCode & 255] ?? `unreachable, code ${typeAndCode & 255}`;
}

/** Whether a router says that the machine itself is not there: it found nobody with that address (RFC 1812 section 5.2.7.1). */
export function saysMachineIsAbsent(typeAndCode: number): boolean {
  return typeAndCode === 3 * 256 + 1 || typeAndCode === 3 * 256 + 7;
}

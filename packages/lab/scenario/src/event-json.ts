/** Events and machines of a recording as JSON, with IP and hardware addresses as text (`10.1.9.1`, `02:00:0a:01:09:65`). */

import { formatIpv4 } from "@pushback/bytes";

/** Keys whose numbers are IPv4 addresses. A string under such a key, such as the sender of mail, is not changed. */
const ADDRESS = /^(from|to)$|[aA]ddress$/;

/** Six bytes as `02:00:0a:01:09:65`. */
function macText(mac: number): string {
  return mac
    .toString(16)
    .padStart(12, "0")
    .replace(/..(?!$)/g, "$&:");
}

function readable(key: string, value: unknown): unknown {
  if (typeof value !== "number") return value;
  if (ADDRESS.test(key)) return formatIpv4(value);
  return key === "mac" ? macText(value) : value;
}

/** An event or a machine as one line of JSON, without a line break. */
export function eventJson(value: object): string {
  return JSON.stringify(value, readable);
}

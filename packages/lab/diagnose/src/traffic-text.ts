/** What the terminal's and the report's account of a diagnosis have in common. */

import type { Finding } from "./finding.ts";

function counted(count: number, what: string): string {
  return `${count} ${what}${count === 1 ? "" : "s"}`;
}

/** "117 datagrams, mostly 60 s apart, 116 errors". */
export function describeTraffic({ datagrams, errors, intervalUs }: Finding): string {
  if (datagrams === 0) return counted(errors, "error");
  const pace = intervalUs === null || intervalUs <= 0 || datagrams < 3 ? "" : `, mostly ${describePause(intervalUs)} apart`;
  return `${counted(datagrams, "datagram")}${pace}, ${counted(errors, "error")}`;
}

function describePause(us: number): string {
  if (us < 1_000) return `${us} µs`;
  return us < 1_000_000 ? `${Math.round(us / 1_000)} ms` : `${Math.round(us / 100_000) / 10} s`;
}

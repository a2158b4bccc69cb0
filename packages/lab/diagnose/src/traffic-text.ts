/** Texts about traffic that the terminal, the report and the studio share. */

import type { Finding } from "./finding.ts";

function counted(count: number, what: string): string {
  return `${count} ${what}${count === 1 ? "" : "s"}`;
}

/** "117 datagrams, mostly 60 s apart, 116 errors". */
export function describeTraffic({ datagrams, errors, intervalUs }: Pick<Finding, "datagrams" | "errors" | "intervalUs">): string {
  if (datagrams === 0) return counted(errors, "error");
  const pace = intervalUs === null || intervalUs <= 0 || datagrams < 3 ? "" : `, mostly ${describePause(intervalUs)} apart`;
  return `${counted(datagrams, "datagram")}${pace}, ${counted(errors, "error")}`;
}

/** Who sends to whom, and what: "10.0.0.1 to 10.0.0.2, port 1044: 117 datagrams, mostly 60 s apart, 116 errors". */
export function describeFlow(finding: Pick<Finding, "from" | "to" | "port" | "senders" | "datagrams" | "errors" | "intervalUs">): string {
  const { from, to, port, senders = 1 } = finding;
  const ends = `${senders < 2 ? from : `${senders} machines`} to ${to ?? "many"}`;
  return `${ends}${port === null ? "" : `, port ${port}`}: ${describeTraffic(finding)}`;
}

function describePause(us: number): string {
  if (us < 1_000) return `${us} µs`;
  return us < 1_000_000 ? `${Math.round(us / 1_000)} ms` : `${Math.round(us / 100_000) / 10} s`;
}

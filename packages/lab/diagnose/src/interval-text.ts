/** How often the datagrams of a flow come, in words. */

import type { DatagramFlow } from "./datagram-flow.ts";

/** ", one every 60 s"; empty if the interval is not known. */
export function describeInterval({ intervalUs, count }: DatagramFlow): string {
  if (intervalUs <= 0 || count < 3) return "";
  if (intervalUs < 1_000_000) return `, one every ${Math.max(1, Math.round(intervalUs / 1000))} ms`;
  const seconds = Math.round(intervalUs / 1_000_000);
  return `, one every ${seconds} s`;
}

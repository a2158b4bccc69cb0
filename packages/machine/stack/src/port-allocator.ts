/** Dynamic ports of one protocol, as the personality's `PortRule` says. */

import type { PortRule } from "@pushback/host";
import type { Core } from "./tcb.ts";

/** A start by the clock moves by one port each millisecond of uptime. No source names the unit; this one is ours. */
const CLOCK_UNIT_US = 1000;

/** Next free TCP port; 0 if all are in use. */
export function allocateTcpPort(core: Core): number {
  const rule = core.personality.tcpPorts;
  const port = findFree(rule, core.nextTcpPort < 0 ? firstPort(rule, core.uptimeUs()) : core.nextTcpPort, core.tcp);
  core.nextTcpPort = following(rule, port);
  return port;
}

/** Next free UDP port; 0 if all are in use. */
export function allocateUdpPort(core: Core): number {
  const rule = core.personality.udpPorts;
  const port = findFree(rule, core.nextUdpPort < 0 ? firstPort(rule, core.uptimeUs()) : core.nextUdpPort, core.udp);
  core.nextUdpPort = following(rule, port);
  return port;
}

function lowest(rule: PortRule): number {
  return rule.first + rule.takenAtBoot;
}

/** Port to try first after a boot. */
function firstPort(rule: PortRule, uptimeUs: number): number {
  const first = lowest(rule);
  return rule.order === "clock" ? first + (Math.floor(uptimeUs / CLOCK_UNIT_US) % (rule.last - first + 1)) : first;
}

function following(rule: PortRule, port: number): number {
  return port >= rule.last || port === 0 ? lowest(rule) : port + 1;
}

function findFree(rule: PortRule, from: number, taken: ReadonlyMap<number, unknown> | null): number {
  let port = from;
  for (let i = lowest(rule); i <= rule.last; i++) {
    if (!taken?.has(port)) return port;
    port = following(rule, port);
  }
  return 0;
}

/** The frames behind metrics: display filters, and the first frame that each selects. */

import { formatIpv4 } from "@pushback/bytes";
import type { DatagramFrame } from "../frame-index.ts";
import type { SessionView } from "../session-view.ts";
import type { Evidence, MetricView } from "./metric.ts";

interface Counted {
  readonly frame: number;
}

function evidence(filter: string, frames: readonly Counted[]): Evidence {
  return { filter, frames: frames.length, firstFrame: frames[0]?.frame ?? null };
}

/** Push datagrams to the machine; if `counts` is given, only those for which it returns true. */
export function pushEvidence({ machine, server, datagrams }: MetricView, counts: (d: DatagramFrame) => boolean = () => true): Evidence {
  const filter = `udp && ip.src == ${formatIpv4(server.address)} && ip.dst == ${formatIpv4(machine.address)} && !icmp`;
  return evidence(filter, datagrams.filter(counts));
}

/** Port unreachables that the machine sent. */
export function errorEvidence({ machine, unreachables }: MetricView): Evidence {
  return evidence(`icmp.type == 3 && icmp.code == 3 && ip.src == ${formatIpv4(machine.address)}`, unreachables);
}

/** ICMP errors that the router sent about datagrams to the machine; `null` if there are none. */
export function routerErrorEvidence({ machine, routerErrors }: MetricView): Evidence | null {
  if (routerErrors.length === 0) return null;
  const filter = `icmp && ip.src == ${formatIpv4(routerErrors[0].source)} && ip.dst == ${formatIpv4(machine.address)}`;
  return evidence(filter, routerErrors);
}

/** The TCP connection of a session, from its first frame. */
export function sessionEvidence(view: MetricView, session: SessionView | null): Evidence | null {
  if (session === null) return null;
  return evidence(`tcp.port == ${session.remotePort} && ip.addr == ${formatIpv4(session.remoteAddress)}`, view.segmentsOf(session));
}

/** The TCP connection of the stale session, from its last frame. */
export function sessionEndEvidence(view: MetricView): Evidence | null {
  const stale = view.staleSession;
  const found = sessionEvidence(view, stale);
  return stale && found && { ...found, firstFrame: view.segmentsOf(stale).at(-1)?.frame ?? null };
}

/** Push datagrams of the session after the reboot. */
export function nextSessionPushEvidence(view: MetricView): Evidence | null {
  const next = view.nextSession;
  if (next === null) return null;
  const filter = `udp.dstport == ${next.callbackPort ?? 0} && ip.dst == ${formatIpv4(view.machine.address)} && !icmp`;
  return evidence(filter, view.datagramsOf(next));
}

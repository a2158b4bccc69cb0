/** Puts a diagnosis together: feed it packets in order, then ask. */

import type { CapturedPacket } from "@pushback/capture";
import type { DatagramFlow } from "./datagram-flow.ts";
import type { Diagnosis, Finding } from "./finding.ts";
import { Observer } from "./observer.ts";
import { diagnoseDoubtful, diagnoseOrphan, diagnoseOthers } from "./other-findings.ts";
import { diagnoseSession } from "./session-findings.ts";
import { diagnoseUnregistered, MailServers } from "./unregistered-findings.ts";

export class Diagnostician {
  readonly #observer = new Observer();

  /** Takes the next packet; nothing of it is kept that is not copied. */
  packet(p: CapturedPacket): void {
    this.#observer.packet(p);
  }

  /** Call once, after the last packet. Findings that need attention come first. */
  finish(): Diagnosis {
    const observer = this.#observer;
    observer.finish();
    const findings: Finding[] = [];
    const others: DatagramFlow[] = [];
    let pushesHeard = 0;
    const servers = new MailServers(observer.connections, observer.flows.all());
    for (const flow of observer.flows.all()) {
      pushesHeard += flow.heard;
      if (flow.doubtfulErrors > 0) findings.push(diagnoseDoubtful(flow));
      if (flow.connection && flow.registration) {
        findings.push(...diagnoseSession(observer, flow.connection, flow.registration, flow));
      } else if (servers.isPush(flow) && !servers.searchesPorts(flow)) {
        findings.push(diagnoseUnregistered(servers, flow));
      } else if ((flow.errors > 0 || flow.otherErrors > 0) && !flow.isOneOfMany) {
        others.push(flow);
      }
    }
    findings.push(...diagnoseOthers(others, (source) => observer.tries.get(source)?.more ?? 0));
    for (const orphan of observer.orphans.values()) findings.push(diagnoseOrphan(orphan));
    for (const { evidence } of findings) evidence.sort((a, b) => a.frame - b.frame);
    findings.sort((a, b) => Number(a.benign) - Number(b.benign) || (a.evidence[0]?.frame ?? 0) - (b.evidence[0]?.frame ?? 0));
    return {
      packets: observer.packets,
      firstUs: Math.max(0, observer.firstUs),
      lastUs: Math.max(0, observer.lastUs),
      icmpErrors: observer.icmpErrors,
      portUnreachables: observer.portUnreachables,
      otherErrors: observer.otherErrors,
      mailSessions: observer.connections.mail.size,
      pushesHeard,
      traffic: observer.traffic.graph(),
      findings,
      benign: findings.every((f) => f.benign),
      limits: limitsOf(observer),
    };
  }
}

function limitsOf(observer: Observer): string[] {
  const limits: string[] = [];
  if (observer.flows.dropped > 0) limits.push(`${observer.flows.dropped} datagrams of more flows than fit were not looked at`);
  if (observer.droppedOrphans > 0)
    limits.push(`${observer.droppedOrphans} errors that match nothing, of more kinds than fit, were only counted`);
  if (observer.connections.dropped > 0) limits.push(`${observer.connections.dropped} mail connections more than fit were not looked at`);
  if (observer.connections.lost > 0)
    limits.push(`${observer.connections.lost} TCP segments of more connections than fit were not looked at`);
  if (observer.droppedRegistrations > 0) limits.push(`${observer.droppedRegistrations} registrations more than fit were not looked at`);
  if (observer.unknownLinks > 0)
    limits.push(`${observer.unknownLinks} packets of a link type that is not known, or cut off within their link header`);
  return limits;
}

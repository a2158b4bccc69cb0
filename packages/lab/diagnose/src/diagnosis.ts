/** Puts a diagnosis together: feed it packets in order, then ask. */

import type { CapturedPacket } from "@pushback/capture";
import type { DatagramFlow } from "./datagram-flows.ts";
import type { Diagnosis, Finding } from "./finding.ts";
import { Observer } from "./observer.ts";
import { diagnoseOrphan, diagnoseOthers } from "./other-findings.ts";
import { diagnoseSession, diagnoseUnregistered, isOnTheMinutes, looksLikePush } from "./push-findings.ts";

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
    for (const flow of observer.flows.all()) {
      pushesHeard += flow.heard;
      if (flow.connection) {
        const registration = flow.connection.registrations.findLast((r) => r.contextHex === flow.payloadHex && r.port === flow.dstPort);
        const found = registration ? diagnoseSession(observer, flow.connection, registration, flow) : null;
        if (found) findings.push(found);
      } else if (looksLikePush(flow) && (flow.errors > 0 || isFromServer(observer, flow))) {
        findings.push(diagnoseUnregistered(observer, flow));
      } else if (flow.errors > 0 || flow.otherErrors > 0) {
        others.push(flow);
      }
    }
    findings.push(...diagnoseOthers(others));
    for (const orphan of observer.orphans.values()) findings.push(diagnoseOrphan(orphan));
    for (const { evidence } of findings) evidence.sort((a, b) => a.frame - b.frame);
    findings.sort((a, b) => Number(a.benign) - Number(b.benign) || (a.evidence[0]?.frame ?? 0) - (b.evidence[0]?.frame ?? 0));
    return {
      packets: observer.packets,
      firstUs: observer.firstUs,
      lastUs: observer.lastUs,
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

/** A flow on the minute without errors counts only where the capture shows its sender to be an Exchange server. */
function isFromServer(observer: Observer, flow: DatagramFlow): boolean {
  if (!isOnTheMinutes(flow)) return false;
  for (const connection of observer.connections.mail) if (connection.serverAddress === flow.source) return true;
  return false;
}

function limitsOf(observer: Observer): string[] {
  const limits: string[] = [];
  if (observer.flows.dropped > 0) limits.push(`${observer.flows.dropped} datagrams of more flows than fit were not looked at`);
  if (observer.droppedOrphans > 0)
    limits.push(`${observer.droppedOrphans} errors that match nothing, of more kinds than fit, were only counted`);
  if (observer.connections.dropped > 0) limits.push(`${observer.connections.dropped} mail connections more than fit were not looked at`);
  if (observer.unknownLinks > 0)
    limits.push(`${observer.unknownLinks} packets of a link type that is not known, or cut off within their link header`);
  return limits;
}

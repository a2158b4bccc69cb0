/** Puts a diagnosis together: feed it packets in order, then ask. */

import type { CapturedPacket } from "@pushback/capture";
import type { DatagramFlow } from "./datagram-flow.ts";
import { diagnoseDoubtful } from "./doubtful-findings.ts";
import { diagnoseErrors } from "./error-findings.ts";
import { describeIcmpError, errorKindOf } from "./error-kind.ts";
import type { ErrorSeries } from "./error-series.ts";
import type { Diagnosis, Evidence, Finding } from "./finding.ts";
import { evidenceAt, groupBy } from "./finding-parts.ts";
import { diagnoseHalfOpen } from "./half-open-findings.ts";
import { Observer } from "./observer.ts";
import { diagnoseRefused } from "./refused-findings.ts";
import { diagnoseSession } from "./session-findings.ts";
import { bySeverity } from "./severity.ts";
import type { UnreadKind } from "./unread.ts";
import { diagnoseUnregistered, MailServers } from "./unregistered-findings.ts";

/** Diagnoses a capture in bounded memory: pass each packet to `packet` in the order of the file, then call `finish`. */
export class Diagnostician {
  readonly #observer = new Observer();

  /** Takes the next packet. Copies what it keeps, so the caller may reuse the buffer. */
  packet(p: CapturedPacket): void {
    this.#observer.packet(p);
  }

  /** Says that the file has more than the packets that were fed: records or a rest that the caller could not read. */
  notRead(kind: UnreadKind, detail: string, count = 1): void {
    this.#observer.unread.add(kind, detail, count);
  }

  /** The diagnosis of the packets up to now, the most important findings first. More packets and further calls may follow. */
  finish(): Diagnosis {
    const observer = this.#observer;
    observer.finish();
    const { addresses } = observer;
    const findings: Finding[] = [];
    const refused: DatagramFlow[] = [];
    let pushesHeard = 0;
    const servers = new MailServers(observer.connections, observer.flows.all());
    for (const flow of observer.flows.all()) {
      pushesHeard += flow.heard;
      if (flow.doubtfulErrors > 0) findings.push(diagnoseDoubtful(flow, addresses));
      if (flow.connection && flow.registration) {
        for (const finding of diagnoseSession(observer, flow.connection, flow.registration, flow)) findings.push(finding);
      } else if (servers.isPush(flow) && !servers.searchesPorts(flow)) {
        findings.push(diagnoseUnregistered(servers, flow, addresses));
      } else if (flow.errors > 0 && !flow.isOneOfMany) {
        refused.push(flow);
      }
    }
    const series = observer.series.values();
    const hops = groupBy(
      series.filter((s) => errorKindOf(s.typeAndCode) === "time-exceeded"),
      (s) => `${s.source}/${s.destination}`,
    );
    const hopsOf = (source: number, destination: number): readonly Evidence[] =>
      (hops.get(`${source}/${destination}`) ?? [])
        .slice(0, MAX_HOPS)
        .map((s: ErrorSeries) =>
          evidenceAt(
            s.first,
            "other",
            `a router on the way, ${addresses.format(s.from)}, reports ${describeIcmpError(s.typeAndCode)}`,
            "error",
          ),
        );
    const isTrace = (source: number, destination: number): boolean => observer.probes.isTrace(source, destination);
    const told = diagnoseRefused(refused, {
      addresses,
      all: observer.flows.all(),
      more: (source) => observer.refusals.withoutFlow(source),
      isTrace: (source, destination) => isTrace(source, destination) && hops.has(`${source}/${destination}`),
      hopsOf,
    });
    const traced = new Set(told.filter((f) => f.verdict === "traceroute").map((f) => `${f.from}/${f.to}`));
    const isTold = (source: number, destination: number) => traced.has(`${addresses.format(source)}/${addresses.format(destination)}`);
    const halfOpen = diagnoseHalfOpen(observer.connections, addresses, observer.lastUs);
    for (const list of [told, diagnoseErrors(series, { addresses, isTrace, isTold }), halfOpen])
      for (const finding of list) findings.push(finding);
    for (const { evidence } of findings) evidence.sort((a, b) => a.frame - b.frame);
    findings.sort(bySeverity);
    this.#countDropped();
    const unread = observer.unread.list();
    const isHarmless = findings.every((f) => f.benign);
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
      benign: isHarmless && unread.length === 0,
      answer: !isHarmless ? "not-harmless" : unread.length > 0 ? "not-looked-at" : "harmless",
      unread,
      limits: unread.map(({ text }) => text),
    };
  }

  #countDropped(): void {
    const { unread, flows, series, connections, registrations, addresses } = this.#observer;
    unread.set("room", "datagrams of more flows than fit", flows.dropped);
    unread.set("room", "ICMP errors of more kinds than fit, which were only counted", series.dropped);
    unread.set("room", "mail connections more than fit", connections.dropped);
    unread.set("room", "TCP segments of more connections than fit", connections.lost);
    unread.set("room", "registrations more than fit", registrations.dropped);
    unread.set("room", "packets with more IPv6 addresses than fit", addresses.dropped);
  }
}

/** Routers' reports that are evidence of a traceroute. */
const MAX_HOPS = 3;

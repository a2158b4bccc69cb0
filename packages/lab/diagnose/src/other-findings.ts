/** Findings that are not about push: scans, traceroutes, late replies, heartbeats, errors that match nothing. */

import { formatIpv4 } from "@pushback/bytes";
import { ICMP_TIME_EXCEEDED } from "@pushback/wire";
import type { DatagramFlow } from "./datagram-flows.ts";
import type { Evidence, Finding, Verdict } from "./finding.ts";
import type { FrameRef } from "./frame-ref.ts";
import type { OrphanErrors } from "./observer.ts";
import { guessPlatforms } from "./platform-guess.ts";

/** Closed ports of one machine, or machines of one port, that one sender must have tried to be a scanner. */
const SCAN_TARGETS = 10;
/** Where traceroute programs start (Van Jacobson's): the port grows with each probe. */
const TRACEROUTE_PORTS = { first: 33_434, last: 33_689 };
/** Cluster heartbeats go to UDP port 3343 (IANA: ms-cluster-net). */
const CLUSTER_PORT = 3343;

function at(ref: FrameRef, text: string): Evidence {
  return { frame: ref.frame, timeUs: ref.timeUs, text };
}

interface Subject {
  readonly verdict: Verdict;
  readonly benign: boolean;
  readonly confidence: Finding["confidence"];
  readonly summary: string;
  readonly flows: readonly DatagramFlow[];
  readonly confirm?: readonly string[];
  readonly advice: readonly string[];
  readonly evidence?: readonly Evidence[];
}

function finding(subject: Subject): Finding {
  const { flows } = subject;
  const [first] = flows;
  const evidence: Evidence[] = [...(subject.evidence ?? [])];
  for (const flow of flows.slice(0, 3)) {
    evidence.push(at(flow.first, `${formatIpv4(flow.source)}:${flow.srcPort} to ${formatIpv4(flow.destination)}:${flow.dstPort}`));
    if (flow.firstError) evidence.push(at(flow.firstError, "the port is closed"));
  }
  const sameTarget = flows.every((f) => f.destination === first.destination);
  return {
    verdict: subject.verdict,
    benign: subject.benign,
    confidence: subject.confidence,
    summary: subject.summary,
    from: first.source,
    to: sameTarget ? first.destination : 0,
    port: flows.length === 1 ? first.dstPort : null,
    contextHex: null,
    session: null,
    datagrams: flows.reduce((sum, f) => sum + f.count, 0),
    errors: flows.reduce((sum, f) => sum + f.errors, 0),
    evidence,
    confirm: subject.confirm ?? [],
    endsAtUs: null,
    endSeen: false,
    ends: "It ends when the sender stops.",
    advice: subject.advice,
    platforms: first.errorTraits ? guessPlatforms(first.errorTraits) : [],
  };
}

/** Sorts flows that drew errors, and are no pushes, into findings; each flow goes into exactly one. */
export function diagnoseOthers(flows: readonly DatagramFlow[]): Finding[] {
  const findings: Finding[] = [];
  const bySource = new Map<number, DatagramFlow[]>();
  for (const flow of flows) {
    const list = bySource.get(flow.source);
    if (list) list.push(flow);
    else bySource.set(flow.source, [flow]);
  }
  for (const ofSource of bySource.values()) {
    const late = ofSource.filter((flow) => flow.answersQuery !== null);
    const rest = ofSource.filter((flow) => flow.answersQuery === null);
    for (const flow of late) findings.push(lateReply(flow));
    const traces = rest.filter((flow) => flow.dstPort >= TRACEROUTE_PORTS.first && flow.dstPort <= TRACEROUTE_PORTS.last);
    const traced = traces.length > 0 ? traceroute(traces) : null;
    if (traced) findings.push(traced);
    const left = traced ? rest.filter((flow) => !traces.includes(flow)) : rest;
    const targets = new Set(left.map((flow) => flow.destination * 65536 + flow.dstPort));
    if (targets.size >= SCAN_TARGETS) findings.push(scan(left, targets.size));
    else for (const flow of left) findings.push(flow.dstPort === CLUSTER_PORT ? heartbeat(flow) : closedPort(flow));
  }
  return findings;
}

function lateReply(flow: DatagramFlow): Finding {
  const asked = formatIpv4(flow.destination);
  return finding({
    verdict: "late-reply",
    benign: true,
    confidence: "certain",
    flows: [flow],
    evidence: flow.answersQuery ? [at(flow.answersQuery, `${asked} had asked from this port`)] : [],
    summary: `${formatIpv4(flow.source)} answered ${asked}'s query when the program that asked had closed its port: an answer too late, no push datagram.`,
    advice: [`If there are many, look why ${formatIpv4(flow.source)} is slow or why ${asked} gives up so early.`],
  });
}

/** `null` unless routers answered too: the ports alone prove nothing. */
function traceroute(flows: readonly DatagramFlow[]): Finding | null {
  const hop = flows.find((flow) => flow.firstOtherError && flow.firstOtherError.typeAndCode >> 8 === ICMP_TIME_EXCEEDED);
  if (!hop?.firstOtherError && Math.min(...flows.map((f) => f.minTtl)) > 30) return null;
  const routers = hop?.firstOtherError
    ? [at(hop.firstOtherError, `a router on the way, ${formatIpv4(hop.firstOtherError.from)}, reports time exceeded`)]
    : [];
  return finding({
    verdict: "traceroute",
    benign: hop !== undefined,
    confidence: hop ? "certain" : "likely",
    flows,
    evidence: routers,
    summary: `Somebody on ${formatIpv4(flows[0].source)} traces the route to ${formatIpv4(flows[0].destination)}: the last host's port unreachable is how a traceroute ends.`,
    confirm: hop ? [] : ["A capture nearer to the sender shows the routers' answers."],
    advice: ["Nothing to do with Exchange."],
  });
}

function scan(flows: readonly DatagramFlow[], targets: number): Finding {
  const machines = new Set(flows.map((flow) => flow.destination)).size;
  return finding({
    verdict: "port-scan",
    benign: false,
    confidence: "certain",
    flows,
    summary: `${formatIpv4(flows[0].source)} tries ${targets} closed UDP ports on ${machines === 1 ? "one machine" : `${machines} machines`}: a port scan, or a program that behaves like one.`,
    advice: [`Find out what runs on ${formatIpv4(flows[0].source)}.`],
  });
}

function heartbeat(flow: DatagramFlow): Finding {
  return finding({
    verdict: "cluster-heartbeat",
    benign: false,
    confidence: "likely",
    flows: [flow],
    summary: `${formatIpv4(flow.source)} sends cluster heartbeats to ${formatIpv4(flow.destination)}, where no cluster service listens.`,
    advice: [`Is the cluster service on ${formatIpv4(flow.destination)} meant to be down?`],
  });
}

function closedPort(flow: DatagramFlow): Finding {
  return finding({
    verdict: "closed-port",
    benign: false,
    confidence: "possible",
    flows: [flow],
    summary: `${formatIpv4(flow.source)} sends to UDP port ${flow.dstPort} of ${formatIpv4(flow.destination)}, which nobody has open; nothing in the capture ties it to Exchange.`,
    confirm: [
      `What program on ${formatIpv4(flow.source)} sends from port ${flow.srcPort}? A longer capture would show whether it repeats, and how often.`,
    ],
    advice: [],
  });
}

/** An error that quotes what the capture does not have: taken on one side only, or made up. */
export function diagnoseOrphan(orphan: OrphanErrors): Finding {
  const server = formatIpv4(orphan.source);
  const client = formatIpv4(orphan.destination);
  const minutes = orphan.count > 1 && orphan.onTheMinute;
  const byOther = orphan.from !== orphan.destination;
  return {
    verdict: "orphan-errors",
    benign: false,
    confidence: "possible",
    summary: `${formatIpv4(orphan.from)} reports ${client}:${orphan.dstPort} closed or unreachable to ${server}, but the capture has no datagram that the error quotes: it was taken on one side only, or the error is made up${minutes ? "; the errors come on the minute, as with a stale push registration (Q159302)" : ""}.`,
    from: orphan.source,
    to: orphan.destination,
    port: orphan.dstPort,
    contextHex: null,
    session: null,
    datagrams: 0,
    errors: orphan.count,
    evidence: [at(orphan.first, `the first of ${orphan.count}, quoting ${server}:${orphan.srcPort} to ${client}:${orphan.dstPort}`)],
    confirm: [`Capture where both ${server} and ${client} can be seen, or on ${server} itself.`],
    endsAtUs: null,
    endSeen: false,
    ends: "The capture does not tell.",
    advice: [],
    platforms: byOther ? [] : guessPlatforms(orphan.traits),
  };
}

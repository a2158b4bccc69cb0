/** Findings that are not about push: scans, traceroutes, late replies, heartbeats, errors that match nothing. */

import { formatIpv4 } from "@pushback/bytes";
import { ICMP_TIME_EXCEEDED } from "@pushback/wire";
import type { DatagramFlow } from "./datagram-flow.ts";
import type { Evidence, Finding, Verdict } from "./finding.ts";
import type { FrameRef } from "./frame-ref.ts";
import { describeIcmpError } from "./icmp-text.ts";
import type { OrphanErrors } from "./observer.ts";
import { guessPlatforms } from "./platform-guess.ts";

/** Closed ports of one machine, or machines of one port, that one sender must have tried to be a scanner. */
const SCAN_TARGETS = 10;
/** Where traceroute programs start (Van Jacobson's): the port grows with each probe. */
const TRACEROUTE_PORTS = { first: 33_434, last: 33_689 };
/** Cluster heartbeats go to UDP port 3343 (IANA: ms-cluster-net). */
const CLUSTER_PORT = 3343;

function at(ref: FrameRef, by: Evidence["by"], text: string): Evidence {
  return { frame: ref.frame, timeUs: ref.timeUs, by, text };
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
    evidence.push(
      at(flow.first, "sender", `${formatIpv4(flow.source)}:${flow.srcPort} to ${formatIpv4(flow.destination)}:${flow.dstPort}`),
    );
    if (flow.firstError) evidence.push(at(flow.firstError, "target", "the port is closed"));
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
    intervalUs: flows.length === 1 && first.intervalUs >= 0 ? first.intervalUs : null,
    evidence,
    confirm: subject.confirm ?? [],
    endsAtUs: null,
    endSeen: false,
    ends: "It ends when the sender stops.",
    advice: subject.advice,
    platforms: first.errorTraits ? guessPlatforms(first.errorTraits) : [],
  };
}

/**
 * Sorts flows that drew errors, and are no pushes, into findings; each flow goes into exactly one. `more` says of a sender how many
 * further targets it tried than there are flows.
 */
export function diagnoseOthers(flows: readonly DatagramFlow[], more: (source: number) => number): Finding[] {
  const findings: Finding[] = [];
  for (const [source, ofSource] of groupBy(flows, (flow) => flow.source)) {
    const rest: DatagramFlow[] = [];
    for (const flow of ofSource) {
      if (flow.errors > 0 && flow.lateErrors === flow.errors) findings.push(lateReply(flow));
      else rest.push(flow);
    }
    const left: DatagramFlow[] = [];
    for (const ofTarget of groupBy(rest, (flow) => flow.destination).values()) {
      const traces = ofTarget.filter((flow) => flow.dstPort >= TRACEROUTE_PORTS.first && flow.dstPort <= TRACEROUTE_PORTS.last);
      const traced = traces.length > 0 ? traceroute(traces) : null;
      if (traced) findings.push(traced);
      left.push(...(traced ? ofTarget.filter((flow) => !traces.includes(flow)) : ofTarget));
    }
    const refused = left.filter((flow) => flow.errors > 0);
    const targets = new Set(refused.map((flow) => flow.destination * 65536 + flow.dstPort)).size + more(source);
    const isScan = targets >= SCAN_TARGETS;
    if (isScan) findings.push(scan(refused, targets, more(source)));
    for (const flow of left) {
      if (flow.errors === 0) findings.push(unreachable(flow));
      else if (!isScan) findings.push(flow.dstPort === CLUSTER_PORT ? heartbeat(flow) : closedPort(flow));
    }
  }
  return findings;
}

function groupBy(flows: readonly DatagramFlow[], keyOf: (flow: DatagramFlow) => number): Map<number, DatagramFlow[]> {
  const groups = new Map<number, DatagramFlow[]>();
  for (const flow of flows) {
    const group = groups.get(keyOf(flow));
    if (group) group.push(flow);
    else groups.set(keyOf(flow), [flow]);
  }
  return groups;
}

function lateReply(flow: DatagramFlow): Finding {
  const asked = formatIpv4(flow.destination);
  return finding({
    verdict: "late-reply",
    benign: true,
    confidence: "certain",
    flows: [flow],
    evidence: flow.answersQuery ? [at(flow.answersQuery, "target", `${asked} had asked from this port`)] : [],
    summary: `${formatIpv4(flow.source)} answered ${asked}'s query when the program that asked had closed its port: an answer too late, no push datagram.`,
    advice: [`If there are many, look why ${formatIpv4(flow.source)} is slow or why ${asked} gives up so early.`],
  });
}

/** Probes of one traceroute: its programs send at most three for each of thirty hops, as a rule. */
const MAX_PROBES = 100;

/** `null` unless probes had a small time to live, as only a traceroute's have: the ports alone prove nothing. */
function traceroute(flows: readonly DatagramFlow[]): Finding | null {
  const hop = flows.find((flow) => flow.firstOtherError && flow.firstOtherError.typeAndCode >> 8 === ICMP_TIME_EXCEEDED);
  if (flows.length > MAX_PROBES || Math.min(...flows.map((f) => f.minTtl)) > 30) return null;
  const routers = hop?.firstOtherError
    ? [at(hop.firstOtherError, "other", `a router on the way, ${formatIpv4(hop.firstOtherError.from)}, reports time exceeded`)]
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

function scan(flows: readonly DatagramFlow[], targets: number, more: number): Finding {
  const machines = new Set(flows.map((flow) => flow.destination)).size;
  const found = finding({
    verdict: "port-scan",
    benign: false,
    confidence: "certain",
    flows,
    summary: `${formatIpv4(flows[0].source)} tries ${targets} closed UDP ports on ${machines === 1 ? "one machine" : `${machines} machines`}: a port scan, or a program that behaves like one.`,
    advice: [`Find out what runs on ${formatIpv4(flows[0].source)}.`],
  });
  return { ...found, datagrams: found.datagrams + more, errors: found.errors + more };
}

/** No port was refused: a router could not, or would not, deliver. */
function unreachable(flow: DatagramFlow): Finding {
  const other = flow.firstOtherError as NonNullable<DatagramFlow["firstOtherError"]>;
  const who = formatIpv4(other.from);
  return finding({
    verdict: "unreachable",
    benign: false,
    confidence: "possible",
    flows: [flow],
    evidence: [at(other, "other", `${who} reports: ${describeIcmpError(other.typeAndCode)}`)],
    summary: `${who} reports to ${formatIpv4(flow.source)} that UDP port ${flow.dstPort} of ${formatIpv4(flow.destination)} can't be reached: ${describeIcmpError(other.typeAndCode)}. Nothing in the capture ties it to Exchange.`,
    confirm: [`What program on ${formatIpv4(flow.source)} sends from port ${flow.srcPort}?`],
    advice: [`Is ${formatIpv4(flow.destination)} meant to be there?`],
  });
}

/** Errors about datagrams of one flow that can't be what they claim. */
export function diagnoseDoubtful(flow: DatagramFlow): Finding {
  const client = formatIpv4(flow.destination);
  const first = flow.firstDoubtful as NonNullable<DatagramFlow["firstDoubtful"]>;
  const found = finding({
    verdict: "doubtful-errors",
    benign: false,
    confidence: "likely",
    flows: [flow],
    evidence: [at(first, "target", `${first.why}; the first of ${flow.doubtfulErrors}`)],
    summary: `${flow.doubtfulErrors} port unreachables in the name of ${client} can't all be its own: ${first.why}. Forged, or something answers in its place.`,
    confirm: [`Capture at ${client} itself: errors that it does not send there are somebody else's.`],
    advice: ["Whatever else explains the datagrams does not explain these errors."],
  });
  return { ...found, datagrams: flow.count, errors: flow.doubtfulErrors, platforms: [] };
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
    intervalUs: null,
    evidence: [
      at(
        orphan.first,
        byOther ? "other" : "target",
        `the first of ${orphan.count}, quoting ${server}:${orphan.srcPort} to ${client}:${orphan.dstPort}`,
      ),
    ],
    confirm: [`Capture where both ${server} and ${client} can be seen, or on ${server} itself.`],
    endsAtUs: null,
    endSeen: false,
    ends: "The capture does not tell.",
    advice: [],
    platforms: byOther ? [] : guessPlatforms(orphan.traits),
  };
}

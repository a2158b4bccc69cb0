/** Functions for building findings about flows of datagrams and about series of errors. */

import type { AddressNumbers } from "@pushback/bytes";
import type { DatagramFlow } from "./datagram-flow.ts";
import type { Evidence, Finding, Verdict } from "./finding.ts";
import type { FrameRef } from "./frame-ref.ts";
import { guessPlatforms } from "./platform-guess.ts";

/** Frames of a flow or series that are evidence, per finding. */
const SHOWN = 3;

export function evidenceAt(ref: FrameRef, by: Evidence["by"], text: string, kind: Evidence["kind"] = "other"): Evidence {
  return { frame: ref.frame, timeUs: ref.timeUs, by, kind, text };
}

export interface Subject {
  readonly verdict: Verdict;
  readonly benign: boolean;
  readonly confidence: Finding["confidence"];
  readonly summary: string;
  readonly flows: readonly DatagramFlow[];
  readonly confirm?: readonly string[];
  readonly advice: readonly string[];
  readonly evidence?: readonly Evidence[];
  readonly ends?: string;
}

/** Groups items by a key; groups are in the order of their first items. */
export function groupBy<T, K>(items: readonly T[], keyOf: (item: T) => K): Map<K, T[]> {
  const groups = new Map<K, T[]>();
  for (const item of items) {
    const key = keyOf(item);
    const group = groups.get(key);
    if (group) group.push(item);
    else groups.set(key, [item]);
  }
  return groups;
}

/** Datagrams per second of all flows together; `null` for too few datagrams. */
export function rateOf(flows: readonly DatagramFlow[]): number | null {
  let count = 0;
  let firstUs = Number.POSITIVE_INFINITY;
  let lastUs = Number.NEGATIVE_INFINITY;
  for (const flow of flows) {
    count += flow.count;
    if (flow.first.timeUs < firstUs) firstUs = flow.first.timeUs;
    if (flow.lastUs > lastUs) lastUs = flow.lastUs;
  }
  return count < 3 || lastUs <= firstUs ? null : ((count - 1) * 1e6) / (lastUs - firstUs);
}

/** "100 a second", "12 a minute". */
export function describeRate(perSecond: number): string {
  if (perSecond >= 1) return `${Math.round(perSecond)} a second`;
  return perSecond * 60 >= 1 ? `${Math.round(perSecond * 60)} a minute` : `${Math.round(perSecond * 3600)} an hour`;
}

/** "0.8 ms", "5.0 s". */
export function describeWait(us: number): string {
  if (us < 1_000) return `${us} µs`;
  return us < 1_000_000 ? `${(us / 1_000).toFixed(us < 10_000 ? 1 : 0)} ms` : `${(us / 1_000_000).toFixed(1)} s`;
}

/** A finding about flows of datagrams that were refused. */
export function findingOf(subject: Subject, addresses: AddressNumbers): Finding {
  const { flows } = subject;
  const [first] = flows;
  const evidence: Evidence[] = [...(subject.evidence ?? [])];
  for (const flow of flows.slice(0, SHOWN)) {
    const ends = `${addresses.format(flow.source)}:${flow.srcPort} to ${addresses.format(flow.destination)}:${flow.dstPort}`;
    evidence.push(evidenceAt(flow.first, "sender", flow.count > 1 ? `${ends}, the first of ${flow.count}` : ends, "datagram"));
    if (flow.firstError) evidence.push(evidenceAt(flow.firstError, "target", "the port is closed", "error"));
  }
  const targets = new Set(flows.map((flow) => flow.destination));
  const senders = new Set(flows.map((flow) => flow.source));
  const ports = new Set(flows.map((flow) => flow.dstPort));
  return {
    verdict: subject.verdict,
    benign: subject.benign,
    confidence: subject.confidence,
    summary: subject.summary,
    from: addresses.format(first.source),
    to: targets.size === 1 ? addresses.format(first.destination) : null,
    port: ports.size === 1 ? first.dstPort : null,
    contextHex: null,
    session: null,
    datagrams: flows.reduce((sum, f) => sum + f.count, 0),
    errors: flows.reduce((sum, f) => sum + f.errors, 0),
    senders: senders.size,
    targets: targets.size,
    perSecond: rateOf(flows),
    intervalUs: flows.length === 1 && first.intervalUs >= 0 ? first.intervalUs : null,
    evidence,
    confirm: subject.confirm ?? [],
    endsAtUs: null,
    endSeen: false,
    ends: subject.ends ?? "It ends when the sender stops.",
    advice: subject.advice,
    platforms: first.errorTraits ? guessPlatforms(first.errorTraits) : [],
  };
}

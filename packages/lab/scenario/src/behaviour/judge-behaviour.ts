/**
 * Judges whether the machines of a run behave as the facts of their platforms and the settings of the scenario say: boot, ARP, the headers of their
 * datagrams, their ICMP errors, the pace of their mail clients. It reads frames and events and knows nothing of the stack's code.
 */

import type { Personality } from "@pushback/host";
import { isTranslated } from "../addressing.ts";
import type { ExpectationResult } from "../comparison-types.ts";
import { MachineView } from "../machine-view.ts";
import { spansOfBoth } from "../presence.ts";
import type { Recording } from "../recording.ts";
import type { IndexedRecording } from "../recording-index.ts";
import { longestHopUs, losesFrames } from "../wires.ts";
import { ArpLog, judgeArp } from "./arp-behaviour.ts";
import { BehaviourFaults } from "./behaviour-faults.ts";
import { judgeBoots } from "./boot-behaviour.ts";
import { type ClientConditions, judgeClient } from "./client-behaviour.ts";
import { type Datagram, readFrames } from "./frame-facts.ts";
import { HeaderJudge, ROUTER_PERSONALITY, type Sender } from "./header-behaviour.ts";
import { MissedSegments } from "./missed-segments.ts";
import { judgeRouter } from "./router-behaviour.ts";
import { judgeSessions } from "./session-behaviour.ts";
import { judgeSteps } from "./step-behaviour.ts";
import { findSubjects, type Subject } from "./subject.ts";
import { judgeTcp, type TcpConditions } from "./tcp-behaviour.ts";

/** One result for each machine and rule that is broken. Fleets are not judged: their recordings may be without frames. */
export function judgeBehaviour(run: IndexedRecording): ExpectationResult[] {
  const { recording } = run;
  const { machines, scenario, durationUs } = recording;
  if (machines.some(({ role }) => role === "fleet") || recording.frames.count === 0) return [];
  const faults = new BehaviourFaults();
  const subjects = findSubjects(recording);
  const frames = readFrames(recording.frames);
  const hopUs = longestHopUs(scenario);
  const arp = new ArpLog(frames.arp);
  const missed = new MissedSegments(arp, hopUs);
  for (const subject of subjects) {
    judgeBoots(subject, durationUs, faults);
    judgeArp(subject, arp, frames.datagrams, hopUs, scenario.network, durationUs, faults);
    if (subject.machine.role === "server") continue;
    const view = new MachineView(run.index, subject.machine);
    judgeClient(subject, clientConditions(run, subject, subjects, view, missed), faults);
    judgeSessions(subject, view.sessions, view.serverEvents, faults);
  }
  judgeSteps(recording, subjects, faults);
  judgeTcp(frames.datagrams, tcpConditions(run, subjects, missed), faults);
  judgeRouter(run, frames.datagrams, subjects, faults);
  judgePresence(subjects, frames.frames, faults);
  new HeaderJudge(
    faults,
    scenario.network.segments.every(({ mtu }) => mtu === undefined),
  ).judge(frames, sendersOf(recording, subjects), durationUs);
  return faults.results();
}

/** Hops that a call takes at most: an endpoint's queue of two calls, each of some segments and their acknowledgments. */
const CALL_HOPS = 60;
const MARGIN_US = 1000;

function clientConditions(
  { recording, index }: IndexedRecording,
  subject: Subject,
  subjects: readonly Subject[],
  view: MachineView,
  missed: MissedSegments,
): ClientConditions {
  const { machine, spans, personality } = subject;
  const { scenario, durationUs } = recording;
  // A filter may drop calls, and address translation may end connections.
  const isOpen = !isTranslated(scenario, machine.address) && scenario.network.firewall.every(({ protocol }) => protocol === "udp");
  const server = subjects.find(({ machine: { role } }) => role === "server");
  const both = isOpen && !index.sharesAddresses ? spansOfBoth(spans, index.serverSpans) : [];
  return {
    callUs: CALL_HOPS * longestHopUs(scenario) + MARGIN_US,
    isLossy: losesFrames(scenario),
    durationUs,
    // A probe of keep-alive carries one byte at most.
    callsUs: view.sessions.flatMap((session) =>
      view.segmentsOf(session).flatMap(({ payloadLen, timeUs }) => (payloadLen > 1 ? [timeUs] : [])),
    ),
    repeatsWithinUs: Math.max(...[personality, server?.personality ?? null].map(longestRepetitionUs)),
    isReachable: (fromUs, toUs) => both.some((span) => span.fromUs <= fromUs && toUs < span.toUs),
    mayLack: (fromUs, toUs) => [subject, server].some((end) => end !== undefined && missed.mayLack(end, fromUs, toUs)),
  };
}

/** Longest time between two copies of a segment; `null`: the personality is unknown. */
function longestRepetitionUs(personality: Personality | null): number {
  return personality === null ? Number.POSITIVE_INFINITY : Math.max(personality.rtoMaxUs, ...(personality.retryScheduleUs ?? []));
}

function tcpConditions({ recording, index }: IndexedRecording, subjects: readonly Subject[], missed: MissedSegments): TcpConditions {
  const { scenario, durationUs } = recording;
  // The ends of translated connections are the router's.
  const settled = index.sharesAddresses
    ? []
    : subjects.filter(({ machine, isSettled }) => isSettled && !isTranslated(scenario, machine.address));
  const byAddress = new Map(settled.map((subject) => [subject.machine.address, subject]));
  const hopUs = longestHopUs(scenario);
  return {
    hopUs,
    isLossy: losesFrames(scenario),
    durationUs,
    serverAddress: index.server.address,
    subjectOf: (address) => byAddress.get(address) ?? null,
    missed,
  };
}

/** No frame comes from a machine whose stack is not up, or whose cable is out. */
function judgePresence(subjects: readonly Subject[], frames: ReturnType<typeof readFrames>["frames"], faults: BehaviourFaults): void {
  const byMac = new Map(subjects.filter(({ isAnalyzed }) => isAnalyzed).map((subject) => [subject.mac, subject]));
  for (const { timeUs, fromMac } of frames) {
    const subject = byMac.get(fromMac);
    if (subject === undefined || subject.spans.some(({ fromUs, toUs }) => fromUs <= timeUs && timeUs <= toUs)) continue;
    faults.add(subject.machine.name, "sends frames only while its stack is up", "a frame came", timeUs);
  }
}

/** Returns a function that finds a datagram's sender: by source hardware address on the analyzed segment, by IP address if it came through the router. */
function sendersOf({ machines }: Recording, subjects: readonly Subject[]): (d: Datagram) => Sender | null {
  const router = machines.find(({ role }) => role === "router");
  const routerMac = router === undefined ? -1 : Number.parseInt(router.mac.replaceAll(":", ""), 16);
  const senderOf = ({ machine, personality, loadsUs }: Subject, hops: number): Sender | null =>
    personality === null ? null : { name: machine.name, personality, hops, loadsUs };
  const here = new Map(subjects.map((subject) => [subject.mac, senderOf(subject, 0)]));
  // An address that machines hand on belongs to several of them.
  const settled = subjects.filter(({ isSettled, isAnalyzed }) => isSettled && !isAnalyzed);
  const behind = subjects.every(({ isSettled }) => isSettled)
    ? new Map(settled.map((s) => [s.machine.address, senderOf(s, 1)]))
    : new Map<number, Sender | null>();
  const own = router && { name: router.name, personality: ROUTER_PERSONALITY, hops: 0, loadsUs: [] };
  return (d) => {
    if (d.fromMac !== routerMac) return here.get(d.fromMac) ?? null;
    // Datagrams with translated addresses have the router's address, too. The router itself sends only ICMP.
    if (d.source === router?.address) return d.protocol === 1 && own !== undefined ? own : null;
    return behind.get(d.source) ?? null;
  };
}

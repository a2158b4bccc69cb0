/**
 * Evaluates the article's claims, each on one machine's part of a recording. A claim that a run can neither show nor refute
 * has no result (`null`). Evidence is frame numbers.
 */

import { formatDuration } from "@pushback/host";
import { TCP_ACK } from "@pushback/wire";
import { CLAIM_IDS, type ClaimId } from "./claim-texts.ts";
import type { ClaimResult } from "./comparison-types.ts";
import type { DatagramFrame } from "./frame-index.ts";
import { type MachineView, SETTLE_US } from "./machine-view.ts";
import type { RecordedEvent } from "./recorded-event.ts";
import type { SessionView } from "./session-view.ts";

/** Result of a claim on one machine. */
interface Verdict {
  /** `null`: nothing in the run can show or refute the claim. */
  readonly holds: boolean | null;
  readonly evidence: readonly number[];
  readonly finding: string;
}

const NOTHING_TO_SHOW: Verdict = { holds: null, evidence: [], finding: "nothing in this run can show it" };

/** Tolerance: datagrams of one series are whole intervals apart, plus or minus the wire's delays and up to three ARP requests a second apart. */
const PACE_TOLERANCE_US = 3_000_000;
/** Tolerance of a keep-alive probe's time: the wire's delays. */
const PROBE_TOLERANCE_US = 1_000_000;

function isOnPace(from: DatagramFrame, to: DatagramFrame, intervalUs: number): boolean {
  const off = (to.timeUs - from.timeUs) % intervalUs;
  return off <= PACE_TOLERANCE_US || intervalUs - off <= PACE_TOLERANCE_US;
}

/** Returns the first and last few frame numbers, as evidence that a reader can look up. */
function sample(frames: readonly number[]): number[] {
  return frames.length <= 6 ? [...frames] : [...frames.slice(0, 3), ...frames.slice(-3)];
}

/** Whether the session is open at `us`. */
function isOpenAt({ startUs, endUs }: SessionView, us: number): boolean {
  return us >= startUs && (endUs === null || us < endUs);
}

function notify(view: MachineView): Verdict {
  const stale = view.staleSession;
  // Mail that waits at the logon is read with the table and draws no datagram.
  const firstMail = stale === null ? undefined : view.deliveriesUs.find((us) => isOpenAt(stale, us));
  if (!stale || firstMail === undefined || stale.contextHex === null) return NOTHING_TO_SHOW;
  const pushes = view.datagramsOf(stale);
  const first = pushes.find((d) => d.timeUs >= firstMail && d.timeUs - firstMail <= SETTLE_US);
  if (!first) return { holds: false, evidence: [], finding: "the first message drew no datagram" };
  const intervalUs = view.recording.notificationIntervalUs;
  // A datagram repeats the one before it unless the mail was fetched in between.
  const repeats: number[] = [];
  for (let i = 1; i < pushes.length; i++) {
    const fetched = stale.retrievedUs.some((us) => us >= pushes[i - 1].timeUs && us <= pushes[i].timeUs);
    if (!fetched) repeats.push(i);
  }
  const offPace = repeats.find((i) => !isOnPace(pushes[i - 1], pushes[i], intervalUs));
  if (offPace) return { holds: false, evidence: [pushes[offPace].frame], finding: "a repetition came off its pace" };
  const strangers = view.datagrams.filter((d) => !view.sessions.some((s) => s.contextHex === d.payloadHex));
  if (strangers.length > 0)
    return { holds: false, evidence: strangers.map((d) => d.frame), finding: "a datagram carries a context that no session registered" };
  return {
    holds: true,
    evidence: sample([first.frame, ...repeats.map((i) => pushes[i].frame)]),
    finding: `a datagram ${first.timeUs === firstMail ? "at once" : `${formatDuration(first.timeUs - firstMail)} after delivery`}, ${repeats.length} repetitions ${formatDuration(intervalUs)} apart, all with the registered context`,
  };
}

function stopOnRetrieve(view: MachineView): Verdict {
  const evidence: number[] = [];
  let shown = 0;
  for (const session of view.sessions) {
    for (const retrieved of session.retrievedUs) {
      const nextMail = view.deliveriesUs.find((us) => us > retrieved) ?? Number.POSITIVE_INFINITY;
      const late = view.datagramsOf(session).find((d) => d.timeUs > retrieved && d.timeUs < nextMail);
      if (late) return { holds: false, evidence: [late.frame], finding: "a datagram followed the retrieval" };
      const push = view.datagramsOf(session).findLast((d) => d.timeUs <= retrieved);
      const response = view.segmentsOf(session).find((s) => s.timeUs >= retrieved && s.source === view.server.address && s.payloadLen > 0);
      if (push && response) {
        shown++;
        evidence.push(push.frame, response.frame);
      }
    }
  }
  if (shown === 0) return NOTHING_TO_SHOW;
  return {
    holds: true,
    evidence,
    finding: `no datagram between ${shown === 1 ? "the retrieval" : `any of ${shown} retrievals`} and the next message`,
  };
}

function continueAfterReboot(view: MachineView): Verdict {
  const down = view.downAtUs;
  const stale = view.staleSession;
  if (down === null || !stale || stale.how === "disconnect") return NOTHING_TO_SHOW;
  const pushes = view.datagramsOf(stale).filter((d) => d.timeUs > down);
  if (view.deliveriesUs.every((us) => us < down) || pushes.length === 0) return NOTHING_TO_SHOW;
  const intervalUs = view.recording.notificationIntervalUs;
  const endUs = Math.min(stale.endUs ?? Number.POSITIVE_INFINITY, view.recording.durationUs);
  if (endUs - pushes[0].timeUs < intervalUs) return NOTHING_TO_SHOW;
  const offPace = pushes.find((d, i) => i > 0 && !isOnPace(pushes[i - 1], d, intervalUs));
  if (offPace || pushes.length < 2) {
    return { holds: false, evidence: offPace ? [offPace.frame] : [], finding: "the datagrams did not go on at their pace" };
  }
  return { holds: true, evidence: sample(pushes.map((d) => d.frame)), finding: `${pushes.length} datagrams after the machine went down` };
}

function isPortUnreachable(event: { readonly icmpType: number; readonly code: number }): boolean {
  return event.icmpType === 3 && event.code === 3;
}

function portUnreachable(view: MachineView): Verdict {
  const closed = view.events.filter((e) => e.layer === "machine" && e.event.type === "udp-no-port");
  if (closed.length === 0 && view.unreachables.length === 0) return NOTHING_TO_SHOW;
  const orphan = view.unreachables.find((u) => u.datagram === null);
  if (orphan) return { holds: false, evidence: [orphan.frame], finding: "an error quotes no datagram of this capture" };
  // A wire that loses frames may lose an error before the analyzer sees it; the machine must have sent it all the same.
  const sent = view.events.filter((e) => e.layer === "machine" && e.event.type === "icmp-error-sent" && isPortUnreachable(e.event)).length;
  const captured = view.unreachables.length;
  if (closed.length !== sent || (mayHaveLost(view) ? captured > sent : captured !== sent)) {
    return {
      holds: false,
      evidence: [],
      finding: `${closed.length} datagrams to a closed port, ${sent} errors sent, ${captured} captured`,
    };
  }
  const pairs = view.unreachables.map((u) => [(u.datagram as DatagramFrame).frame, u.frame]);
  return { holds: true, evidence: sample(pairs.flat()), finding: `${closed.length} datagrams, one error each, quoting it` };
}

function endWithSession(view: MachineView): Verdict {
  const stale = view.staleSession;
  if (!stale || stale.endUs === null) return NOTHING_TO_SHOW;
  const endUs = stale.endUs;
  const pushes = view.datagramsOf(stale);
  const late = pushes.find((d) => d.timeUs > endUs);
  if (late) return { holds: false, evidence: [late.frame], finding: "a datagram followed the session's end" };
  const last = pushes.at(-1);
  const end = view.segmentsOf(stale).at(-1);
  return {
    holds: true,
    evidence: [last?.frame, end?.frame].filter((frame) => frame !== undefined),
    finding: `no datagram after ${formatDuration(endUs)}${stale.cause ? `, ${stale.cause}` : ""}`,
  };
}

/** KeepAliveTime in force at `us`: as the run set it, or as the latest `registry` step before that. */
function keepAliveAt({ recording }: MachineView, us: number): number {
  const changes = recording.scenario.steps.flatMap(({ at, registry }) =>
    at <= us && registry?.KeepAliveTime !== undefined ? [{ at, keepAliveUs: registry.KeepAliveTime }] : [],
  );
  return changes.sort((a, b) => a.at - b.at).at(-1)?.keepAliveUs ?? recording.keepAliveUs;
}

function twoHours(view: MachineView): Verdict {
  const stale = view.staleSession;
  if (!stale) return NOTHING_TO_SHOW;
  // A later session may have the same ports: probes from its start on are not this session's.
  const successor = view.sessions.find((s) => s.startUs > stale.startUs && s.remotePort === stale.remotePort);
  const probe = view.serverEvents.find(
    (e) =>
      e.layer === "machine" &&
      e.event.type === "keepalive-probe-sent" &&
      e.event.remotePort === stale.remotePort &&
      e.event.probe === 1 &&
      e.atUs >= stale.startUs &&
      e.atUs < (successor?.startUs ?? Number.POSITIVE_INFINITY),
  );
  if (!probe) return NOTHING_TO_SHOW;
  const segments = view.segmentsOf(stale);
  const before = segments.findLast((s) => s.timeUs < probe.atUs);
  const frame = segments.find((s) => s.timeUs >= probe.atUs && s.source === view.server.address && s.flags === TCP_ACK);
  if (!before) return { holds: false, evidence: [], finding: "the session has no segment before its probe" };
  const idleUs = probe.atUs - before.timeUs;
  const keepAliveUs = keepAliveAt(view, probe.atUs);
  const asSet = Math.abs(idleUs - keepAliveUs) <= PROBE_TOLERANCE_US;
  return {
    holds: asSet,
    evidence: frame ? [before.frame, frame.frame] : [before.frame],
    finding: `probed ${formatDuration(idleUs)} after the last segment, KeepAliveTime is ${formatDuration(keepAliveUs)}`,
  };
}

function nextLogon(view: MachineView): Verdict {
  const next = view.nextSession;
  if (!next) return NOTHING_TO_SHOW;
  const mail = view.deliveriesUs.find((us) => us > next.startUs && isOpenAt(next, us));
  if (mail === undefined) return NOTHING_TO_SHOW;
  const push = view.datagramsOf(next).find((d) => d.timeUs >= mail);
  const retrieved = next.retrievedUs.find((us) => us >= mail);
  if (!push || retrieved === undefined)
    return { holds: false, evidence: push ? [push.frame] : [], finding: "new mail did not reach the new session" };
  const exchange = view.segmentsOf(next).filter((s) => s.timeUs >= push.timeUs && s.payloadLen > 0);
  const poll = exchange.find((s) => s.source !== view.server.address);
  const response = exchange.find((s) => s.source === view.server.address && s.timeUs >= retrieved);
  return {
    holds: true,
    evidence: [push.frame, poll?.frame, response?.frame].filter((frame) => frame !== undefined),
    finding: `datagram to port ${push.dstPort}, poll and notification ${formatDuration(retrieved - mail)} after delivery`,
  };
}

/** Whether an event says that a mail program learned of an ICMP error: the closed set of events through which a Host could tell it. */
function learnedOfError({ layer, event }: RecordedEvent): boolean {
  if (layer === "server") return event.type === "registration-withdrawn" || ("cause" in event && event.cause === "unreachable");
  return layer === "client" && event.type === "disconnected" && event.cause === "unreachable";
}

/** Whether the wires of the run lose frames. */
function mayHaveLost({ recording: { scenario } }: MachineView): boolean {
  return scenario.network.loss > 0 || scenario.network.segments.some((segment) => segment.loss > 0);
}

function analyzerOnly(view: MachineView): Verdict {
  if (view.unreachables.length === 0) return NOTHING_TO_SHOW;
  const programs = [...view.events, ...view.serverEvents].filter((e) => e.layer === "client" || e.layer === "server");
  const told = programs.find(learnedOfError);
  const counted = view.serverEvents.filter((e) => e.layer === "machine" && e.event.type === "icmp-error-received");
  return {
    holds: !told && counted.length > 0,
    evidence: sample(view.unreachables.map((u) => u.frame)),
    finding: told
      ? `${told.machine}'s mail program was told: ${told.event.type}`
      : `the server's stack counted ${counted.length} errors; none of ${programs.length} events of the mail programs mentions them`,
  };
}

/** Evaluated on a machine beside the compared one, whose client has no push. */
function tcpIpOnly(_view: MachineView, pollers: readonly MachineView[]): Verdict {
  const polled = pollers.filter(
    (p) => p.sessions.length > 0 && p.sessions.every((s: SessionView) => s.callbackPort === null) && p.deliveriesUs.length > 0,
  );
  if (polled.length === 0) return NOTHING_TO_SHOW;
  const frames = polled.flatMap((p) => [...p.datagrams.map((d) => d.frame), ...p.unreachables.map((u) => u.frame)]);
  const polls = polled.flatMap((p) =>
    p.events.filter((e) => e.layer === "client" && e.event.type === "polled" && e.event.why === "fallback"),
  );
  const evidence = polled.flatMap((p) => p.sessions.map((s) => p.segmentsOf(s)[0]?.frame)).filter((frame) => frame !== undefined);
  return {
    holds: frames.length === 0 && polls.length > 0,
    evidence: frames.length > 0 ? sample(frames) : evidence,
    finding: `${polled.map((p) => p.machine.name).join(", ")} polled ${polls.length} times and drew ${frames.length} datagrams and errors`,
  };
}

const JUDGES: Readonly<Record<ClaimId, (view: MachineView, others: readonly MachineView[]) => Verdict>> = {
  notify,
  "stop-on-retrieve": stopOnRetrieve,
  "continue-after-reboot": continueAfterReboot,
  "port-unreachable": portUnreachable,
  "end-with-session": endWithSession,
  "two-hours": twoHours,
  "next-logon": nextLogon,
  "analyzer-only": analyzerOnly,
  "tcp-ip-only": tcpIpOnly,
};

/** Evaluates every claim on the compared machine `view`; `others` are the machines beside it. */
export function judgeClaims(view: MachineView, others: readonly MachineView[]): ClaimResult[] {
  return CLAIM_IDS.map((id) => ({ id, ...JUDGES[id](view, others) }));
}

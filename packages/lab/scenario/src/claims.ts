/**
 * Evaluates the article's claims, each on one machine's part of a recording. A claim that a run can neither show nor refute
 * has no result (`null`). Evidence is frame numbers.
 */

import { formatDuration } from "@pushback/host";
import { isTranslated } from "./addressing.ts";
import { CLAIM_IDS, type ClaimId } from "./claim-texts.ts";
import type { ClaimResult } from "./comparison-types.ts";
import { NEEDS_COUNTERPART } from "./counterparts.ts";
import type { DatagramFrame } from "./frame-index.ts";
import { judgeKeepAlive } from "./keep-alive-claim.ts";
import { MachineStates } from "./machine-states.ts";
import type { MachineView } from "./machine-view.ts";
import { presentSpans } from "./presence.ts";
import { followPushes, type PushChain } from "./push-chain.ts";
import { dueTimes, type PushSeries } from "./push-series.ts";
import type { RecordedEvent } from "./recorded-event.ts";
import { isSameEnd, type SessionView } from "./session-view.ts";
import { ARP_LIMIT_US, filtersErrors, longestHopUs, losesFrames } from "./wires.ts";

/** Result of a claim on one machine. */
interface Verdict {
  /** Whether the claim holds; `null` if nothing in the run can confirm or refute it. */
  readonly holds: boolean | null;
  readonly evidence: readonly number[];
  readonly finding: string;
}

const NOTHING_TO_SHOW: Verdict = { holds: null, evidence: [], finding: "nothing in this run can show it" };

/** Time within which datagrams of several sessions count as sent together. */
const SAME_MOMENT_US = 100_000;
/** Time within which a notified client reads its contents table again, on a wire that loses some frames. */
const READ_US = 30_000_000;

/** Whether the session is open at `us`. */
function isOpenAt({ startUs, endUs }: SessionView, us: number): boolean {
  return us >= startUs && (endUs === null || us < endUs);
}

/** Returns the first and last few frame numbers, as evidence that a reader can look up. */
function sample(frames: readonly number[]): number[] {
  return frames.length <= 6 ? [...frames] : [...frames.slice(0, 3), ...frames.slice(-3)];
}

/** The verdict "refuted" if the push chain has faults that concern this claim; otherwise `null`. */
function refuted(id: ClaimId, { faults }: PushChain): Verdict | null {
  const found = faults.all.filter(({ claim }) => claim === id);
  if (found.length === 0) return null;
  const more = found.length === 1 ? "" : `, and ${found.length - 1} more`;
  return { holds: false, evidence: sample(found.flatMap(({ frames }) => frames)), finding: `${found[0].finding}${more}` };
}

function notify(view: MachineView, _others: readonly MachineView[], chain: PushChain): Verdict {
  const fault = refuted("notify", chain);
  if (fault) return fault;
  const shown = chain.series.filter(({ series, datagrams }) => series.isCertain && datagrams.length > 0);
  if (shown.length === 0) return NOTHING_TO_SHOW;
  const repetitions = shown.reduce((sum, { datagrams }) => sum + datagrams.length - 1, 0);
  const { series, datagrams } = shown[0];
  const firstAfterUs = datagrams[0].timeUs - series.startUs;
  const first = firstAfterUs === 0 ? "at once" : `${formatDuration(firstAfterUs)} after delivery`;
  const interval = formatDuration(view.recording.notificationIntervalUs);
  const read = chain.completed.length === 0 ? "" : `; ${chain.completed.length} fetched, shown in the Inbox`;
  return {
    holds: true,
    evidence: sample(shown.flatMap((s) => s.datagrams.map((d) => d.frame))),
    finding: `a datagram ${first}, ${repetitions} repetitions ${interval} apart, all with the registered context${read}`,
  };
}

function stopOnRetrieve(view: MachineView, _others: readonly MachineView[], chain: PushChain): Verdict {
  const fault = refuted("stop-on-retrieve", chain);
  if (fault) return fault;
  const retrievals = chain.series.filter(({ series, datagrams }) => series.end === "retrieved" && datagrams.length > 0);
  if (retrievals.length === 0) return NOTHING_TO_SHOW;
  const evidence = retrievals.flatMap(({ series, datagrams }) => {
    const session = view.sessions.find(({ id }) => id === series.session);
    const segments = session === undefined ? [] : view.segmentsOf(session);
    const response = segments.find((s) => s.timeUs >= series.endUs && s.source === view.server.address && s.payloadLen > 0);
    return [datagrams.at(-1)?.frame, response?.frame].filter((frame) => frame !== undefined);
  });
  const after = retrievals.length === 1 ? "the retrieval" : `any of ${retrievals.length} retrievals`;
  return { holds: true, evidence, finding: `no datagram between ${after} and the next message` };
}

function continueAfterReboot(view: MachineView, _others: readonly MachineView[], chain: PushChain): Verdict {
  const fault = refuted("continue-after-reboot", chain);
  if (fault) return fault;
  const withdrawn = chain.series.find(({ series }) => series.end === "withdrawn");
  if (withdrawn) {
    const evidence = withdrawn.datagrams.slice(-1).map((d) => d.frame);
    return { holds: false, evidence, finding: "the server withdrew the registration and sent no further datagram" };
  }
  const after = view.staleSessions.map(({ session, downUs }) =>
    chain.series.filter(({ series }) => series.session === session.id).flatMap((s) => s.datagrams.filter((d) => d.timeUs > downUs)),
  );
  // A single datagram shows no interval.
  const datagrams = after.filter((of) => of.length >= 2).flat();
  if (datagrams.length === 0) return NOTHING_TO_SHOW;
  return {
    holds: true,
    evidence: sample(datagrams.map((d) => d.frame)),
    finding: `${datagrams.length} datagrams after the machine went down`,
  };
}

function isPortUnreachable(event: { readonly icmpType: number; readonly code: number }): boolean {
  return event.icmpType === 3 && event.code === 3;
}

/**
 * Number of ICMP errors that the stack sent and that may be missing on the wire: errors that still waited for the server's hardware address when the
 * machine or the server left the network, and errors that a later error or segment replaced in the ARP queue (RFC 1122 section 2.3.2.2).
 */
function neverLeft(view: MachineView): number {
  const { events, index, recording } = view;
  const ends = [...presentSpans(events), ...index.serverSpans].map(({ toUs }) => toUs);
  const sent = events.filter(({ event }) => event.type === "icmp-error-sent").map(({ atUs }) => atUs);
  const withinUs = SAME_MOMENT_US + 2 * longestHopUs(recording.scenario);
  const isReplaced = (us: number) => view.hasAskedAt(us) && view.hasSegmentFromMachine(us, us + withinUs);
  return sent.filter(
    (us, i) => sent[i + 1] - us <= SAME_MOMENT_US || isReplaced(us) || ends.some((end) => end >= us && end - us <= ARP_LIMIT_US),
  ).length;
}

function portUnreachable(view: MachineView, _others: readonly MachineView[], chain: PushChain): Verdict {
  const fault = refuted("port-unreachable", chain);
  if (fault) return fault;
  const closed = view.events.filter((e) => e.layer === "machine" && e.event.type === "udp-no-port");
  if (closed.length === 0 && view.unreachables.length === 0) return NOTHING_TO_SHOW;
  const orphan = view.unreachables.find((u) => u.datagram === null);
  if (orphan) return { holds: false, evidence: [orphan.frame], finding: "an error quotes no datagram of this capture" };
  const sent = view.events.filter((e) => e.layer === "machine" && e.event.type === "icmp-error-sent" && isPortUnreachable(e.event)).length;
  const captured = view.unreachables.length;
  const missing = sent - captured;
  const { scenario } = view.recording;
  const mayLose = losesFrames(scenario) || filtersErrors(scenario);
  if (captured === 0 && mayLose && closed.length === sent) return NOTHING_TO_SHOW;
  if (closed.length !== sent || missing < 0 || (!mayLose && missing > neverLeft(view))) {
    return {
      holds: false,
      evidence: [],
      finding: `${closed.length} datagrams to a closed port, ${sent} errors sent, ${captured} captured`,
    };
  }
  const pairs = view.unreachables.map((u) => [(u.datagram as DatagramFrame).frame, u.frame]);
  const seen = mayLose && missing > 0 ? `, ${captured} of them captured` : "";
  return { holds: true, evidence: sample(pairs.flat()), finding: `${closed.length} datagrams, one error each${seen}, quoting it` };
}

/** The first session that was still open after its TCP connection had ended; `undefined` if there is none. */
function endedApart(view: MachineView): SessionView | undefined {
  const ends = view.serverEvents.flatMap((e) =>
    e.layer === "machine" && e.event.type === "tcp-ended" ? [{ atUs: e.atUs, ...e.event }] : [],
  );
  return view.sessions.find((session) => {
    // The client may have used the same port for a connection to another service, so the server's port is compared, too.
    const { emsmdb } = view.index.portsAt(session.startUs);
    const end = ends.find((e) => isSameEnd(e, session) && e.localPort === emsmdb && e.atUs >= session.startUs);
    return end !== undefined && (session.endUs === null || session.endUs > end.atUs);
  });
}

function endWithSession(view: MachineView, _others: readonly MachineView[], chain: PushChain): Verdict {
  const fault = refuted("end-with-session", chain);
  if (fault) return fault;
  const apart = endedApart(view);
  if (apart)
    return {
      holds: false,
      evidence: view
        .segmentsOf(apart)
        .slice(-1)
        .map((s) => s.frame),
      finding: "a session outlived its TCP connection",
    };
  const ended = view.sessions.filter((s) => s.endUs !== null && view.datagramsOf(s).length > 0);
  const stale = ended.find((s) => s.id === view.staleSession?.id) ?? ended[0];
  if (stale === undefined || stale.endUs === null) return NOTHING_TO_SHOW;
  const last = view.datagramsOf(stale).at(-1);
  const end = view.segmentsOf(stale).at(-1);
  return {
    holds: true,
    evidence: [last?.frame, end?.frame].filter((frame) => frame !== undefined),
    finding: `no datagram after ${formatDuration(stale.endUs)}${stale.cause ? `, ${stale.cause}` : ""}`,
  };
}

function twoHours(view: MachineView): Verdict {
  const found = judgeKeepAlive(view);
  if (found === null) return NOTHING_TO_SHOW;
  const { fault, evidence, idleUs, keepAliveUs } = found;
  const asSet = `probed ${formatDuration(idleUs)} after the last segment, KeepAliveTime is ${formatDuration(keepAliveUs)}`;
  return { holds: fault === null, evidence, finding: fault ?? asSet };
}

/** Whether the datagram to a registered address never reached the machine's stack, and a router stands between that translates addresses or filters. */
function isKeptOut(view: MachineView, address: number, { timeUs, dstPort }: DatagramFrame): boolean {
  const { scenario } = view.recording;
  if (!isTranslated(scenario, address) && scenario.network.firewall.length === 0) return false;
  return !view.events.some(
    ({ atUs, event }) =>
      (event.type === "udp-delivered" || event.type === "udp-no-port") &&
      event.localPort === dstPort &&
      atUs >= timeUs &&
      atUs <= timeUs + READ_US,
  );
}

/**
 * Judges the claim next-logon. It cannot be judged without a stale session to which datagrams still go: nothing else could affect the new session. Nor
 * can it be judged where the new session's mail makes no datagram due, as when the response to the session's own call brings the notification, or where
 * something else keeps the datagram or the client's call away, as a cable that is out or a logoff.
 */
function nextLogon(view: MachineView, _others: readonly MachineView[], chain: PushChain): Verdict {
  const seriesOf = ({ id }: SessionView) => chain.series.filter(({ series }) => series.session === id);
  let shown: Verdict | null = null;
  let finding: string | null = null;
  for (const { session: stale, downUs } of view.staleSessions) {
    const pushes = seriesOf(stale).flatMap(({ datagrams }) => datagrams);
    for (const next of view.sessions.filter(({ startUs }) => startUs > downUs)) {
      for (const { series, datagrams, hasFailed } of seriesOf(next).filter((s) => s.series.isCertain)) {
        const isBeside =
          pushes.some((d) => d.timeUs > next.startUs && d.timeUs < series.startUs) && pushes.some((d) => d.timeUs > series.startUs);
        if (!isBeside) continue;
        if (hasFailed)
          return { holds: false, evidence: datagrams.slice(0, 1).map((d) => d.frame), finding: "new mail did not reach the new session" };
        const fetched = datagrams.find((d) => chain.completed.includes(d));
        if (fetched === undefined) {
          finding ??= whyUnfetched(view, series, datagrams);
          continue;
        }
        if (shown !== null) continue;
        const exchange = view.segmentsOf(next).filter((s) => s.timeUs >= fetched.timeUs && s.payloadLen > 0);
        const poll = exchange.find((s) => s.source !== view.server.address);
        const response = exchange.find((s) => s.source === view.server.address && s.timeUs >= series.endUs);
        shown = {
          holds: true,
          evidence: [fetched.frame, poll?.frame, response?.frame].filter((frame) => frame !== undefined),
          finding: `datagram to port ${fetched.dstPort}, poll and notification ${formatDuration(series.endUs - series.startUs)} after delivery, while the stale session got ${pushes.filter((d) => d.timeUs > next.startUs).length} datagrams`,
        };
      }
    }
  }
  if (shown !== null) return shown;
  finding ??= view.staleSessions.length === 0 ? NOTHING_TO_SHOW.finding : "no stale session was pushed to while a new one got mail";
  return { ...NOTHING_TO_SHOW, finding };
}

/** Why a series without a fault ended without a fetch, or went on to the end of the run. */
function whyUnfetched(view: MachineView, series: PushSeries, datagrams: readonly DatagramFrame[]): string {
  if (dueTimes(series, view.recording.notificationIntervalUs).length === 0) return "the new session learned of its mail without a datagram";
  if (datagrams.length > 0 && isKeptOut(view, series.address, datagrams[0])) return "the router lets no datagram through to the machine";
  if (losesFrames(view.recording.scenario)) return "the wire loses frames, and new mail did not reach the new session at once";
  return "the new session was cut off, or ended, before it could fetch its mail";
}

/** Whether an event says that a mail program learned of an ICMP error: the closed set of events through which a Host could tell it. */
function learnedOfError({ layer, event }: RecordedEvent): boolean {
  if (layer === "server") return event.type === "registration-withdrawn" || ("cause" in event && event.cause === "unreachable");
  return layer === "client" && event.type === "disconnected" && event.cause === "unreachable";
}

function analyzerOnly(view: MachineView): Verdict {
  if (view.unreachables.length === 0) return NOTHING_TO_SHOW;
  const programs = [...view.events, ...view.serverEvents].filter((e) => e.layer === "client" || e.layer === "server");
  const told = programs.find(learnedOfError);
  const counted = view.serverEvents.filter((e) => e.layer === "machine" && e.event.type === "icmp-error-received");
  if (!told && counted.length === 0 && losesFrames(view.recording.scenario))
    return { ...NOTHING_TO_SHOW, finding: "the wire lost every error before it reached the server" };
  // No counter includes an error that arrives while the server is down.
  const met = view.unreachables.filter(({ timeUs }) => view.index.isServerPresent(timeUs, timeUs + ARP_LIMIT_US));
  if (!told && counted.length === 0 && met.length === 0)
    return { ...NOTHING_TO_SHOW, finding: "the server was gone before an error reached it" };
  return {
    holds: !told && counted.length > 0,
    evidence: sample(view.unreachables.map((u) => u.frame)),
    finding: told
      ? `${told.machine}'s mail program was told: ${told.event.type}`
      : `the server's stack counted ${counted.length} errors; none of ${programs.length} events of the mail programs mentions them`,
  };
}

/** Names the machine once for each message that came while it was logged on and is not in its Inbox after its next poll. */
function unreadAfterPoll(view: MachineView): string[] {
  const { machine, events, recording, sessions, serverEvents } = view;
  const screen = new MachineStates(view);
  const polls = events.filter((e) => e.layer === "client" && e.event.type === "polled" && e.event.why === "fallback").map((e) => e.atUs);
  const mail = serverEvents.flatMap((e) =>
    e.layer === "server" && e.event.type === "delivered" ? [{ atUs: e.atUs, mid: e.event.mid }] : [],
  );
  return mail.flatMap(({ atUs, mid }) => {
    const polledUs = polls.find((us) => us >= atUs);
    const session = sessions.find((s) => isOpenAt(s, atUs));
    if (polledUs === undefined || !session || !isOpenAt(session, polledUs + READ_US) || polledUs + READ_US > recording.durationUs)
      return [];
    return screen.isShown(mid, 0, polledUs + READ_US) ? [] : [machine.name];
  });
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
  const unread = polled.flatMap((p) => unreadAfterPoll(p));
  if (unread.length > 0)
    return { holds: false, evidence, finding: `${unread[0]} polled, and a message from before the poll is not in its Inbox` };
  return {
    holds: frames.length === 0 && polls.length > 0,
    evidence: frames.length > 0 ? sample(frames) : evidence,
    finding: `${polled.map((p) => p.machine.name).join(", ")} polled ${polls.length} times and drew ${frames.length} datagrams and errors`,
  };
}

/** Judges the claim inbox-changes. A client that subscribes to new mail only can neither confirm nor refute it. */
function inboxChanges(view: MachineView, _others: readonly MachineView[], chain: PushChain): Verdict {
  const fault = refuted("inbox-changes", chain);
  if (fault) return fault;
  if (!view.machine.watchesInbox) return { ...NOTHING_TO_SHOW, finding: "the client asks for new mail alone" };
  const shown = chain.series.filter(({ series, datagrams }) => series.isByChange && series.isCertain && datagrams.length > 0);
  if (shown.length === 0) return { ...NOTHING_TO_SHOW, finding: "no other change of the Inbox in this run" };
  const fetched = shown.filter(({ datagrams }) => chain.completed.includes(datagrams[0])).length;
  return {
    holds: true,
    evidence: sample(shown.map(({ datagrams }) => datagrams[0].frame)),
    finding: `${shown.length} changes without new mail drew a datagram at once, ${fetched} of them fetched`,
  };
}

/** Gives the ICMP errors as evidence for the claim considered-normal; `counterparts.ts` judges it by comparison with a run without the errors. */
function consideredNormal(view: MachineView): Verdict {
  return { holds: null, evidence: sample(view.unreachables.map((u) => u.frame)), finding: NEEDS_COUNTERPART };
}

/**
 * Gives the probes to machines that had not gone down as evidence for the claim not-recommended; `counterparts.ts` judges it by comparison with a run with
 * the default KeepAliveTime.
 */
function notRecommended(view: MachineView, others: readonly MachineView[]): Verdict {
  const evidence = [view, ...others].flatMap((v) => judgeKeepAlive(v)?.evidence ?? []);
  return { holds: null, evidence: sample(evidence), finding: NEEDS_COUNTERPART };
}

const JUDGES: Readonly<Record<ClaimId, (view: MachineView, others: readonly MachineView[], chain: PushChain) => Verdict>> = {
  notify,
  "stop-on-retrieve": stopOnRetrieve,
  "continue-after-reboot": continueAfterReboot,
  "port-unreachable": portUnreachable,
  "end-with-session": endWithSession,
  "two-hours": twoHours,
  "next-logon": nextLogon,
  "analyzer-only": analyzerOnly,
  "tcp-ip-only": tcpIpOnly,
  "considered-normal": consideredNormal,
  "inbox-changes": inboxChanges,
  "not-recommended": notRecommended,
};

/** Evaluates every claim on the compared machine `view`; `others` are the machines beside it. */
export function judgeClaims(view: MachineView, others: readonly MachineView[]): ClaimResult[] {
  const chain = followPushes(view);
  return CLAIM_IDS.map((id) => ({ id, ...JUDGES[id](view, others, chain) }));
}

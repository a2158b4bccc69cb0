/** Checks the pace of a machine's mail client: its polls without a datagram, what a datagram makes it do, and the logon that it tries by itself. */

import { formatDuration } from "@pushback/host";
import type { RecordedEvent } from "../recorded-event.ts";
import { FIRST_REPETITION_US } from "../wires.ts";
import type { BehaviourFaults } from "./behaviour-faults.ts";
import { withoutEarlierSessions } from "./session-ends.ts";
import { hadStep, type Subject } from "./subject.ts";

/** Conditions of the run on which a client's expected timing depends. */
export interface ClientConditions {
  /** Longest time of one call on a network that loses no frame. */
  readonly callUs: number;
  readonly isLossy: boolean;
  readonly durationUs: number;
  /** Times at which data of the client's calls and their responses was on the wire; microseconds. */
  readonly callsUs: readonly number[];
  /** Longest time from a segment of a call to its next copy, in microseconds. */
  readonly repeatsWithinUs: number;
  /** Whether frames between machine and server arrived all the time between these times. */
  readonly isReachable: (fromUs: number, toUs: number) => boolean;
  /** Whether a segment of the machine or the server may be missing that was sent between these times: it waited for a hardware address. */
  readonly mayLack: (fromUs: number, toUs: number) => boolean;
}

/** Events that end a mail client's session or its program. */
const ENDS: ReadonlySet<string> = new Set(["logged-off", "disconnected", "machine-going-down", "machine-off", "stack-down"]);

export function judgeClient(subject: Subject, conditions: ClientConditions, faults: BehaviourFaults): void {
  // Events carry the machine's name only, so those of two mail programs on one machine cannot be separated.
  if (!subject.isTimed || subject.machine.programs !== undefined || subject.machine.role === "server") return;
  judgeReconnects(subject, conditions, faults);
  if (conditions.isLossy) return;
  judgeFallbackPolls(subject, conditions, faults);
  judgeIdlePolls(subject, conditions, faults);
  judgeHeardDatagrams(subject, conditions, faults);
}

/** Longest pause in a call: the second segment of an answer may wait for the acknowledgment of the first (slow start, RFC 2001 section 1). */
function pauseOf(callUs: number, personality: Subject["personality"]): number {
  return callUs + (personality?.delayedAckUs ?? 0);
}

/** The end of the session that began with the event at `from`; the end of the run without one. */
function endOf(events: readonly RecordedEvent[], from: number, durationUs: number): number {
  for (let i = from + 1; i < events.length; i++) if (ENDS.has(events[i].event.type)) return events[i].atUs;
  return durationUs;
}

/** A client without push calls once in each interval from its logon on. */
function judgeFallbackPolls({ machine, mail, events }: Subject, conditions: ClientConditions, faults: BehaviourFaults): void {
  const { callUs, durationUs, isReachable } = conditions;
  const fault = (finding: string, atUs: number) => void faults.add(machine.name, "polls as its platform", finding, atUs);
  const polls = events.flatMap(({ atUs, event }) => (event.type === "polled" && event.why === "fallback" ? [atUs] : []));
  for (const [i, { atUs: logonUs, event }] of events.entries()) {
    if (event.type !== "logged-on") continue;
    const endUs = endOf(events, i, durationUs);
    const own = polls.filter((us) => us > logonUs && us <= endUs);
    if (event.callbackPort !== null) {
      if (own.length > 0) fault("a client with push polled as one without", own[0]);
      continue;
    }
    const unused = new Set(own);
    for (let dueUs = logonUs + mail.fallbackPollUs; dueUs + callUs < endUs; dueUs += mail.fallbackPollUs) {
      if (!isReachable(logonUs, dueUs + callUs)) return;
      const found = own.find((us) => us >= dueUs && us <= dueUs + callUs);
      if (found === undefined) fault(`no poll came, ${formatDuration(mail.fallbackPollUs)} after the last`, dueUs);
      else unused.delete(found);
    }
    const early = [...unused].find((us) => us < endUs - callUs);
    if (early !== undefined) fault("a poll came that was not due", early);
  }
}

/** A client with push registration polls when it has made no call for `idlePollUs`, and not earlier. */
function judgeIdlePolls({ machine, mail, personality, events }: Subject, conditions: ClientConditions, faults: BehaviourFaults): void {
  const { callUs, durationUs, isReachable, callsUs } = conditions;
  const fault = (finding: string, atUs: number) => void faults.add(machine.name, "polls as its platform", finding, atUs);
  const polls = events.flatMap(({ atUs, event }) => (event.type === "polled" && event.why === "idle" ? [atUs] : []));
  const marginUs = pauseOf(callUs, personality);
  for (const [i, { atUs: logonUs, event }] of events.entries()) {
    if (event.type !== "logged-on") continue;
    const endUs = endOf(events, i, durationUs);
    if (event.callbackPort === null || !isReachable(logonUs, endUs - 1)) continue;
    const calls = callsUs.filter((us) => us >= logonUs - callUs && us <= endUs);
    const gap = calls.findIndex((us, n) => (calls[n + 1] ?? endUs) - us > mail.idlePollUs + marginUs);
    if (gap >= 0) fault(`no call came for ${formatDuration((calls[gap + 1] ?? endUs) - calls[gap])}`, calls[gap]);
    for (const us of polls.filter((poll) => poll > logonUs && poll <= endUs)) {
      // The first call of the poll ends the idle time.
      const own = calls.findLastIndex((call, n) => call <= us && call - (calls[n - 1] ?? logonUs) > callUs);
      const silentUs = own < 0 ? us - logonUs : calls[own] - (calls[own - 1] ?? logonUs);
      if (silentUs < mail.idlePollUs - marginUs) fault(`an idle client polled after ${formatDuration(silentUs)}`, us);
    }
  }
}

/** A datagram with the client's context makes it call, at once or as soon as its logon is complete. */
function judgeHeardDatagrams({ machine, events, personality }: Subject, conditions: ClientConditions, faults: BehaviourFaults): void {
  const { callUs, callsUs, durationUs, repeatsWithinUs, isReachable, mayLack } = conditions;
  const calls = events.flatMap(({ atUs, event }) => (event.type === "polled" ? [atUs] : []));
  let call = 0;
  let data = 0;
  const pauseUs = pauseOf(callUs, personality);
  /** A client that is in the middle of a call makes the next one after it. */
  const latestUs = (fromUs: number) => {
    while (data < callsUs.length && callsUs[data] <= fromUs) data++;
    const isInCall = data > 0 && fromUs - callsUs[data - 1] <= pauseUs;
    if (isInCall)
      while (data < callsUs.length && callsUs[data] - callsUs[data - 1] <= pauseUs && !(calls[call] <= callsUs[data - 1] + callUs)) data++;
    return (isInCall ? Math.max(fromUs, callsUs[data - 1]) : fromUs) + callUs;
  };
  /** Datagrams of a logon that is not complete, and of a session whose end is not known yet: each with the time from which a call is due. */
  let heard: { readonly atUs: number; fromUs: number | null }[] = [];
  let isConnecting = false;
  let connectUs = 0;
  const settle = (endUs: number) => {
    for (const { atUs, fromUs } of heard) {
      if (fromUs === null) continue;
      while (call < calls.length && calls[call] < fromUs) call++;
      // As a rule the call comes at once.
      const untilUs = calls[call] <= fromUs + callUs ? fromUs + callUs : latestUs(fromUs);
      // A call that was under way while machine and server were apart goes on when its segment is repeated.
      if (untilUs > durationUs || endUs <= untilUs || !isReachable(Math.max(connectUs, atUs - repeatsWithinUs), untilUs)) continue;
      if (!(calls[call] <= untilUs) && !mayLack(atUs - FIRST_REPETITION_US, untilUs))
        faults.add(machine.name, "calls when a datagram comes", "none of its calls followed one", atUs);
    }
    heard = [];
  };
  for (const { atUs, event } of withoutEarlierSessions(events)) {
    if (event.type === "datagram-received") heard.push({ atUs, fromUs: isConnecting ? null : atUs });
    else if (event.type === "connecting") {
      isConnecting = true;
      connectUs = atUs;
    } else if (event.type === "logged-on") {
      isConnecting = false;
      for (const one of heard) one.fromUs ??= atUs;
    } else if (ENDS.has(event.type)) {
      isConnecting = false;
      settle(atUs);
    }
  }
  settle(durationUs);
}

/** A client that lost its session tries to log on again after the time that the scenario says, unless its user or its machine does otherwise. */
function judgeReconnects(
  { machine, events, reconnectUs, goingDown }: Subject,
  { durationUs }: ClientConditions,
  faults: BehaviourFaults,
): void {
  // Not judged for a machine that loses its address: its client keeps trying to log on, and gets no error.
  if (hadStep(events, "lease-end")) return;
  const fault = (finding: string, atUs: number) => void faults.add(machine.name, "logs on again as the scenario says", finding, atUs);
  let hadSession = false;
  /** Time at which the client must log on again without a step; `null` if it must not. */
  let dueUs: number | null = null;
  let isAsked = false;
  let dueBeforeStep: number | null = null;
  let wasAsked = false;
  for (const { atUs, layer, event } of withoutEarlierSessions(events)) {
    if (dueUs !== null && atUs > dueUs) {
      fault("no attempt came", dueUs);
      dueUs = null;
    }
    if (layer === "scenario" && event.type === "step" && (event.action === "logon" || event.action === "logoff")) {
      wasAsked = isAsked;
      isAsked ||= event.action === "logon";
      dueBeforeStep = dueUs;
      dueUs = null;
      if (event.action === "logoff") hadSession = false;
    }
    if (layer === "scenario" && event.type === "step-failed" && event.action === "logon") {
      // A second step fails at once and leaves the logon that waits as it was; the failure of that logon itself comes later, without a step.
      isAsked = wasAsked;
      wasAsked = false;
      dueUs = dueBeforeStep;
    }
    switch (event.type) {
      case "logged-on":
        hadSession = true;
        break;
      case "logged-off":
        hadSession = false;
        break;
      case "disconnected":
        if (hadSession && reconnectUs !== null) dueUs = atUs + reconnectUs;
        break;
      case "connecting":
        if (!isAsked && atUs !== dueUs) fault("an attempt came that was not due", atUs);
        isAsked = false;
        dueUs = null;
        break;
      case "machine-going-down":
        // Programs that are not told run on until the machine is off.
        if (!goingDown[event.way].logsOff) break;
        hadSession = false;
        dueUs = null;
        break;
      case "machine-off":
        // `isAsked` stays: a logon step that waits for the machine remains valid through a reboot.
        hadSession = false;
        dueUs = null;
        break;
    }
  }
  if (dueUs !== null && dueUs < durationUs) fault("no attempt came", dueUs);
}

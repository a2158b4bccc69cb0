/** Checks a machine's address resolution: announcements when its stack starts, answers to requests, and how often and how fast it asks. */

import { formatIpv4 } from "@pushback/bytes";
import { formatDuration } from "@pushback/host";
import { MAC_BROADCAST } from "@pushback/wire";
import type { BehaviourFaults } from "./behaviour-faults.ts";
import type { ArpMessage, Datagram } from "./frame-facts.ts";
import { type Subject, wasPresent } from "./subject.ts";

/** Tolerance in microseconds, for rounding and for events at the same moment. */
const MARGIN_US = 1000;

/** ARP messages by sender and target address. */
export class ArpLog {
  readonly #ofSender = new Map<number, ArpMessage[]>();
  readonly #toTarget = new Map<number, ArpMessage[]>();
  readonly #ofMac = new Map<number, ArpMessage[]>();

  constructor(messages: readonly ArpMessage[]) {
    const add = (map: Map<number, ArpMessage[]>, key: number, message: ArpMessage) => {
      const list = map.get(key);
      if (list) list.push(message);
      else map.set(key, [message]);
    };
    for (const message of messages) {
      add(this.#ofSender, message.sender, message);
      add(this.#toTarget, message.target, message);
      add(this.#ofMac, message.senderMac, message);
    }
  }

  /** ARP messages whose sender protocol address is this one. */
  ofSender(address: number): readonly ArpMessage[] {
    return this.#ofSender.get(address) ?? [];
  }

  /** ARP messages whose target protocol address is this one. */
  toTarget(address: number): readonly ArpMessage[] {
    return this.#toTarget.get(address) ?? [];
  }

  /** ARP messages whose sender hardware address is this one, given as a 48-bit integer. */
  ofMac(mac: number): readonly ArpMessage[] {
    return this.#ofMac.get(mac) ?? [];
  }
}

/** Delay of the analyzed segment, and the largest random addition to it; microseconds. */
interface AnalyzedWire {
  readonly latency: number;
  readonly jitter: number;
}

/** `arp`: all messages on the analyzed segment; `hopUs`: longest time of a frame on the wire. */
export function judgeArp(
  subject: Subject,
  arp: ArpLog,
  datagrams: readonly Datagram[],
  hopUs: number,
  wire: AnalyzedWire,
  durationUs: number,
  faults: BehaviourFaults,
): void {
  if (!subject.isAnalyzed || !subject.isTimed || subject.personality === null) return;
  judgeAnnouncements(subject, arp, durationUs, faults);
  judgeAnswers(subject, arp, hopUs, wire, durationUs, faults);
  judgeRequests(subject, arp, hopUs, durationUs, faults);
  judgeEntries(subject, arp, datagrams, hopUs, faults);
}

function judgeAnnouncements(subject: Subject, arp: ArpLog, durationUs: number, faults: BehaviourFaults): void {
  const { machine, mac, personality, events } = subject;
  if (personality === null) return;
  const { arpAnnouncementWaitsUs: waitsUs, arpAnnouncementTarget } = personality;
  const fault = (finding: string, atUs: number) => void faults.add(machine.name, "announces its address as its platform", finding, atUs);
  // A machine that defends its address announces it once more, and a conflict ends the announcements.
  if (events.some(({ event }) => event.type === "arp-conflict")) return;
  const announced = arp.ofMac(mac).filter(({ isRequest, sender, target }) => isRequest && sender === target);
  const due = events.flatMap(({ atUs, layer, event }) => {
    if (layer !== "machine" || event.type !== "stack-up") return [];
    let us = atUs;
    return waitsUs.map((waitUs) => {
      const dueUs = us;
      us += waitUs;
      return { upUs: atUs, dueUs };
    });
  });
  const unused = new Set(announced);
  for (const { upUs, dueUs } of due) {
    const found = announced.find((a) => unused.has(a) && a.timeUs === dueUs);
    if (found) unused.delete(found);
    // If the run or the stack ends at the moment at which the request is due, either may come first, so a missing request is no fault then.
    else if (dueUs < durationUs && (dueUs === upUs ? wasPresent(subject, dueUs, dueUs) : wasPresent(subject, upUs, dueUs + 1)))
      fault(`the request for its own address of ${formatDuration(dueUs)} is missing`, dueUs);
    if (found && found.targetMac !== (arpAnnouncementTarget === "broadcast" ? MAC_BROADCAST : 0))
      fault("a request for its own address names another target hardware address", found.timeUs);
  }
  for (const { timeUs } of unused) fault("a request for its own address was not due", timeUs);
}

function judgeAnswers(subject: Subject, arp: ArpLog, hopUs: number, wire: AnalyzedWire, durationUs: number, faults: BehaviourFaults): void {
  const { machine, mac, personality, isSettled } = subject;
  if (personality === null || !isSettled) return;
  const limitUs = hopUs + MARGIN_US;
  const answers = byTarget(arp.ofMac(mac).filter(({ isRequest }) => !isRequest));
  const isAsked = ({ isRequest, senderMac, sender, isLost }: ArpMessage) =>
    isRequest && !isLost && senderMac !== mac && (sender !== 0 || personality.arpAnswersProbe);
  for (const request of arp.toTarget(machine.address)) {
    const { timeUs } = request;
    if (!isAsked(request) || timeUs + limitUs > durationUs || !wasPresent(subject, timeUs, timeUs + limitUs)) continue;
    const first = answers.get(request.sender)?.find((a) => a.timeUs >= timeUs && a.timeUs <= timeUs + limitUs);
    // An answer that comes after two requests may be that to the first one.
    const isSecond = arp.toTarget(machine.address).some((r) => r.isRequest && r.timeUs < timeUs && r.timeUs >= timeUs - limitUs);
    if (first && !isSecond && (first.timeUs < timeUs + wire.latency || first.timeUs > timeUs + wire.latency + 2 * wire.jitter))
      faults.add(machine.name, "hears frames after the wire's delay", `one took ${formatDuration(first.timeUs - timeUs)}`, timeUs);
    const isAnswered = answers
      .get(request.sender)
      ?.some((a) => a.targetMac === request.senderMac && a.timeUs >= timeUs && a.timeUs <= timeUs + limitUs);
    if (!isAnswered) faults.add(machine.name, "answers ARP requests at once", "no answer came in time", timeUs);
  }
}

function judgeRequests(subject: Subject, arp: ArpLog, hopUs: number, durationUs: number, faults: BehaviourFaults): void {
  const { machine, mac, personality, events } = subject;
  if (personality === null) return;
  const { arpRetryUs, arpTries } = personality;
  const rule = "asks for addresses as its platform";
  const all = byTarget(arp.ofMac(mac).filter(({ isRequest, sender, target }) => isRequest && sender !== target && sender !== 0));
  const failures = events.flatMap(({ atUs, event }) => (event.type === "arp-resolve-failed" ? [{ atUs, address: event.address }] : []));
  /** Whether an ARP message with this sender address was sent between the times, or at most one hop earlier: it may have been under way at `fromUs`. */
  const isTold = (address: number, fromUs: number, toUs: number) =>
    arp.ofSender(address).some((a) => a.timeUs > fromUs - hopUs - MARGIN_US && a.timeUs <= toUs);
  for (const requests of all.values())
    for (const [i, { timeUs, target }] of requests.entries()) {
      const nextUs = timeUs + arpRetryUs;
      if (nextUs >= durationUs || !wasPresent(subject, timeUs, nextUs)) continue;
      const isGoingOn =
        requests.slice(i + 1, i + 9).some((r) => r.timeUs === nextUs) || failures.some((f) => f.address === target && f.atUs === nextUs);
      if (!isGoingOn && !isTold(target, timeUs, nextUs))
        faults.add(
          machine.name,
          rule,
          `a request for ${formatIpv4(target)} was neither answered nor repeated after ${formatDuration(arpRetryUs)}`,
          timeUs,
        );
      const early = requests[i + 1];
      if (early !== undefined && early.timeUs < nextUs && !isTold(target, timeUs, early.timeUs))
        faults.add(
          machine.name,
          rule,
          `a request for ${formatIpv4(target)} was repeated after ${formatDuration(early.timeUs - timeUs)}`,
          early.timeUs,
        );
    }
  // Without a wait, the requests of several searches may come at one moment.
  if (arpRetryUs === 0) return;
  for (const { atUs, address } of failures) {
    const firstUs = atUs - arpTries * arpRetryUs;
    if (!wasPresent(subject, firstUs, atUs)) continue;
    const requests = all.get(address) ?? [];
    const asked = requests.filter((r) => r.timeUs >= firstUs && r.timeUs < atUs).length;
    const isLonger =
      requests.some((r) => r.timeUs === firstUs - arpRetryUs) && !failures.some((f) => f.address === address && f.atUs === firstUs);
    if (asked !== arpTries || isLonger)
      faults.add(
        machine.name,
        rule,
        `it gave ${formatIpv4(address)} up after ${isLonger ? "more than " : ""}${asked} requests, not ${arpTries}`,
        atUs,
      );
  }
}

/**
 * Checks how long ARP entries are used: as long as the personality says since the entry was heard or used. While an entry is valid, no ARP request is sent
 * for its address (RFC 1122 section 2.3.2.1).
 */
function judgeEntries(subject: Subject, arp: ArpLog, datagrams: readonly Datagram[], hopUs: number, faults: BehaviourFaults): void {
  const { machine, mac, personality, spans, loadsUs } = subject;
  if (personality === null) return;
  const { arpUnusedUs, arpUsedUs } = personality;
  const rule = "keeps addresses as its platform";
  const toleranceUs = hopUs + MARGIN_US;
  /** How many of the messages of a hardware address came before the datagram; datagrams are in the order of time. */
  const heardCounts = new Map<number, number>();
  /** When the machine last heard from that hardware address before `us`. */
  const heardUs = (from: number, us: number) => {
    const messages = arp.ofMac(from);
    let count = heardCounts.get(from) ?? 0;
    while (count < messages.length && messages[count].timeUs <= us) count++;
    heardCounts.set(from, count);
    let last = count - 1;
    while (last >= 0 && messages[last].isLost) last--;
    return last < 0 ? Number.NEGATIVE_INFINITY : messages[last].timeUs;
  };
  const usedUs = new Map<number, number>();
  /** When the machine last sent frames that the analyzer did not see, because its cable was out; the stack was up all the time. */
  const unseenUs = (us: number) => {
    const span = spans.find(({ fromUs, toUs }) => fromUs <= us && us <= toUs);
    return span === undefined || loadsUs.includes(span.fromUs) ? Number.NEGATIVE_INFINITY : span.fromUs;
  };
  for (const { timeUs, fromMac, toMac } of datagrams) {
    if (fromMac !== mac || Math.floor(toMac / 2 ** 40) % 2 === 1) continue;
    const heard = heardUs(toMac, timeUs);
    const sinceUs = Math.max(heard, usedUs.get(toMac) ?? heard, unseenUs(timeUs));
    usedUs.set(toMac, timeUs);
    if (timeUs - heard > arpUsedUs + toleranceUs)
      faults.add(machine.name, rule, `it used one that it heard ${formatDuration(timeUs - heard)} before`, timeUs);
    else if (timeUs - sinceUs > arpUnusedUs + toleranceUs)
      faults.add(machine.name, rule, `it used one that was unused for ${formatDuration(timeUs - sinceUs)}`, timeUs);
  }
  // The following holds only for a machine that never changes its address: it ignores messages to an earlier address.
  if (!subject.isSettled) return;
  for (const { timeUs, isRequest, sender, target } of arp.ofMac(mac)) {
    if (!isRequest || sender === target || sender === 0) continue;
    const fromUs = spans.find((span) => span.fromUs <= timeUs && timeUs <= span.toUs)?.fromUs ?? timeUs;
    const told = arp.ofSender(target).findLast((a) => !a.isLost && a.target === machine.address && a.timeUs < timeUs);
    if (
      told !== undefined &&
      told.timeUs > fromUs &&
      timeUs - told.timeUs > 2 * toleranceUs &&
      timeUs - told.timeUs < Math.min(arpUnusedUs, arpUsedUs) - toleranceUs
    )
      faults.add(machine.name, rule, `it asked for one that it was told ${formatDuration(timeUs - told.timeUs)} before`, timeUs);
  }
}

function byTarget(messages: readonly ArpMessage[]): Map<number, ArpMessage[]> {
  return Map.groupBy(messages, ({ target }) => target);
}

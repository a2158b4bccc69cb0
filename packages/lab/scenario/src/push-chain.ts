/**
 * Follows every push from end to end: the message in the mailbox, the datagram on the wire, the client's call, its notification, the row of the
 * Inbox on the screen. Each step is compared with the one that the step before it makes due, to the microsecond where the programs decide, and within
 * the wires' delays where a frame travels. Contradictions are faults of one claim each.
 */

import { formatIpv4 } from "@pushback/bytes";
import { formatDuration } from "@pushback/host";
import { ChainFaults } from "./chain-faults.ts";
import type { ClaimId } from "./claim-texts.ts";
import type { ArpFrame, DatagramFrame } from "./frame-index.ts";
import { MachineStates } from "./machine-states.ts";
import type { MachineView } from "./machine-view.ts";
import { mailFaults } from "./mail-faults.ts";
import { dueTimes, findSeries, type PushSeries, type SeriesStart } from "./push-series.ts";
import type { RecordedEvent } from "./recorded-event.ts";
import type { SessionView } from "./session-view.ts";
import { ARP_LIMIT_US, FIRST_REPETITION_US, longestHopUs, losesFrames } from "./wires.ts";

/** A series of notifications and the datagrams that the server sent for it. */
interface FollowedSeries {
  readonly series: PushSeries;
  readonly datagrams: readonly DatagramFrame[];
  /**
   * Whether one of the series' datagrams was not sent, not received or not followed by the fetch of its mail, although nothing prevented that: no wire lost
   * the frame, server and client were on the network, and the session stayed open.
   */
  readonly hasFailed: boolean;
}

/** Result of following all pushes of a machine. */
export interface PushChain {
  readonly faults: ChainFaults;
  readonly series: readonly FollowedSeries[];
  /** Datagrams that a client got on its port and fetched mail for, down to the row in its Inbox. */
  readonly completed: readonly DatagramFrame[];
}

/** Hops that a client's call and the answers before it take, at most: an endpoint's queue of two calls, each of some segments and their acknowledgments. */
const CALL_HOPS = 60;
/** A segment on Ethernet with at least this many bytes of payload is full, so more data follows it. */
const FULL_SEGMENT = 1400;
/** Longest time that delayed acknowledgments add to the calls for a long list: two of at most half a second (RFC 1122 section 4.2.3.2). */
const LONG_ANSWER_US = 1_000_000;
/** Rounding of times and the machines' own work, which takes no virtual time. */
const MARGIN_US = 1000;

class Follower {
  readonly #view: MachineView;
  readonly #faults = new ChainFaults();
  readonly #states: MachineStates;
  readonly #stale: MachineView["staleSessions"];
  readonly #hopUs: number;
  readonly #isLossy: boolean;
  /** Index of the event by which the machine's stack delivered or refused a datagram. */
  readonly #arrivals: ReadonlyMap<DatagramFrame, number>;
  /** Times at which a user began to log off, or the machine to go down; microseconds. */
  readonly #logoffsUs: readonly number[];
  /** Indices of the events by which a client logged on, by the context that it registered. */
  readonly #logons: ReadonlyMap<string, readonly number[]>;
  /** Indices of the events that end a logon, or begin to end it. */
  readonly #logonEnds: readonly number[];
  /** Series for which `FollowedSeries.hasFailed` holds. */
  readonly #failed = new Set<PushSeries>();

  constructor(view: MachineView) {
    const { scenario } = view.recording;
    this.#view = view;
    this.#stale = view.staleSessions;
    this.#states = new MachineStates(view);
    this.#hopUs = longestHopUs(scenario);
    this.#isLossy = losesFrames(scenario);
    this.#arrivals = this.#findArrivals();
    this.#logoffsUs = view.events.filter((e) => isLogoffStep(e) || e.event.type === "machine-going-down").map(({ atUs }) => atUs);
    const logons = new Map<string, number[]>();
    const ends: number[] = [];
    for (const [i, e] of view.events.entries()) {
      if (e.event.type === "logged-on" && e.event.contextHex !== null) {
        const known = logons.get(e.event.contextHex);
        if (known) known.push(i);
        else logons.set(e.event.contextHex, [i]);
      } else if (ENDS_LOGON.has(e.event.type) || isLogoffStep(e)) ends.push(i);
    }
    this.#logons = logons;
    this.#logonEnds = ends;
  }

  follow(): PushChain {
    const view = this.#view;
    const logons = view.events.flatMap((e) => (e.layer === "client" && e.event.type === "logged-on" ? [e] : []));
    const isLoggedOn = (id: number, us: number) => {
      const session = view.sessions.find((s) => s.id === id);
      if (session === undefined || this.#isLoggingOff(id, us)) return false;
      return logons.some(({ atUs }) => atUs > session.startUs && atUs <= us);
    };
    const hasBegun = (start: SeriesStart) => this.#hasBegun(start);
    const all = findSeries(view.serverEvents, view.recording.durationUs, isLoggedOn, view.machine.watchesInbox, hasBegun);
    const unused = new Set(view.datagrams);
    const sent = all.map((series) => ({ series, datagrams: this.#followSeries(series, unused) }));
    const completed = sent.flatMap((followed) => this.#followClient(followed));
    for (const one of all) this.#checkOwnCall(one);
    this.#checkRest(unused, all);
    for (const fault of mailFaults(view)) this.#faults.add("notify", fault);
    const series = sent.map((followed) => ({ ...followed, hasFailed: this.#failed.has(followed.series) }));
    return { faults: this.#faults, series, completed };
  }

  /** Adds the fault of a datagram that nothing hindered. */
  #fail(series: PushSeries, claim: ClaimId, finding: string, ...frames: readonly number[]): void {
    this.#failed.add(series);
    this.#faults.add(claim, finding, ...frames);
  }

  /** Finds the datagrams of a series at the times when they are due, and reports those that are missing. Removes the found ones from `unused`. */
  #followSeries(series: PushSeries, unused: Set<DatagramFrame>): DatagramFrame[] {
    const intervalUs = this.#view.recording.notificationIntervalUs;
    const candidates = this.#view.datagrams.filter((d) => d.payloadHex === series.contextHex && d.timeUs >= series.startUs);
    const due = dueTimes(series, intervalUs);
    const datagrams: DatagramFrame[] = [];
    for (const [n, us] of due.entries()) {
      const found = candidates.find((d) => unused.has(d) && d.timeUs >= us && d.timeUs < us + intervalUs);
      if (!found) {
        if (!this.#isHeldBack(series.address, us) && !this.#isLoggingOff(series.session, us))
          this.#fail(series, this.#claimOf(series, n, us), `the datagram of ${formatDuration(us)} is missing`);
        continue;
      }
      unused.delete(found);
      datagrams.push(found);
      this.#checkDatagram(series, n, us, found);
    }
    // A datagram may leave at the very moment at which the series ends.
    const last = candidates.find((d) => unused.has(d) && d.timeUs === series.endUs && (d.timeUs - series.startUs) % intervalUs === 0);
    if (last) unused.delete(last);
    return datagrams;
  }

  /** Whether the server's stack rightly sent no datagram at `us`: its cable was out, or no machine answered for the next hop. */
  #isHeldBack(address: number, us: number): boolean {
    const { index, recording } = this.#view;
    return !index.isServerPresent(us, us) || this.#isUnresolved(address, us, us + recording.notificationIntervalUs);
  }

  /**
   * Whether the first datagram of a series, due at `startUs`, came in time: at once, after the search for the hardware address of its next hop, or, if it was
   * held back, as a repetition a whole number of intervals later.
   */
  #hasBegun({ contextHex, address, startUs }: SeriesStart): boolean {
    const first = this.#view.datagrams.find((d) => d.payloadHex === contextHex && d.timeUs >= startUs);
    if (first === undefined || first.timeUs === startUs) return first !== undefined;
    const lateUs = first.timeUs - startUs;
    if (lateUs <= this.#arpDelayUs(address, startUs, first.timeUs)) return true;
    return lateUs % this.#view.recording.notificationIntervalUs === 0 && this.#isHeldBack(address, startUs);
  }

  /**
   * Whether the session's user was logging off at `us`. The client first gives up its subscription, and mail that comes between that call and the
   * session's end draws no datagram.
   */
  #isLoggingOff(id: number, us: number): boolean {
    const session = this.#view.sessions.find((s) => s.id === id);
    if (session?.how !== "disconnect" || session.endUs === null || us > session.endUs) return false;
    const { startUs, endUs } = session;
    const begunUs = this.#logoffsUs.findLast((atUs) => atUs <= endUs);
    return begunUs !== undefined && begunUs > startUs && begunUs <= us;
  }

  /** The claim that a datagram's absence or lateness contradicts. */
  #claimOf(series: PushSeries, n: number, us: number): "notify" | "continue-after-reboot" | "inbox-changes" {
    if (n === 0 && series.isByChange) return "inbox-changes";
    const isStale = this.#stale.some(({ session, downUs }) => session.id === series.session && downUs < us);
    return n > 0 && isStale ? "continue-after-reboot" : "notify";
  }

  #checkDatagram(series: PushSeries, n: number, dueUs: number, d: DatagramFrame): void {
    const claim = this.#claimOf(series, n, dueUs);
    const lateUs = d.timeUs - dueUs;
    if (lateUs > 0 && lateUs > this.#arpDelayUs(series.address, dueUs, d.timeUs))
      this.#faults.add(claim, `a datagram is ${formatDuration(lateUs)} late`, d.frame);
    this.#checkSourcePort(dueUs, d);
    if (d.dstPort !== series.dstPort || d.destination !== series.address) {
      const registered = `${formatIpv4(series.address)}:${series.dstPort}`;
      this.#faults.add("notify", `a datagram goes to ${formatIpv4(d.destination)}:${d.dstPort}, registered is ${registered}`, d.frame);
    }
    if (!d.isChecked) this.#faults.add("notify", "a datagram has no right UDP checksum", d.frame);
  }

  #checkSourcePort(dueUs: number, { srcPort, frame }: DatagramFrame): void {
    const { index, recording } = this.#view;
    if (recording.scenario.server.pushPort === "moves") {
      if (!index.hadUdpPort(srcPort, dueUs))
        this.#faults.add("notify", `a datagram comes from port ${srcPort}, which the server had not opened`, frame);
      return;
    }
    const { notifier } = index.portsAt(dueUs);
    if (srcPort !== notifier)
      this.#faults.add("notify", `a datagram comes from port ${srcPort}, not from the notifier's ${notifier}`, frame);
  }

  /** Whether a datagram sent at `fromUs` was rightly dropped: no ARP reply came for its next hop, and no machine was present that had to send one. */
  #isUnresolved(address: number, fromUs: number, untilUs: number): boolean {
    const { serverStack, routerAddress } = this.#view.index;
    const failed = serverStack.find(
      ({ atUs, event }) =>
        event.type === "arp-resolve-failed" &&
        atUs >= fromUs &&
        atUs <= untilUs &&
        (event.address === address || event.address === routerAddress),
    );
    const { durationUs } = this.#view.recording;
    const asked = this.#view.index.arp.find(
      ({ timeUs, isRequest, target }) =>
        timeUs >= fromUs && timeUs <= fromUs + ARP_LIMIT_US && isRequest && (target === address || target === routerAddress),
    );
    if (this.#isDisplaced(address, fromUs)) return true;
    // The datagram is dropped if the server leaves the network while it waits.
    if (asked && !this.#view.index.isServerPresent(fromUs, fromUs + ARP_LIMIT_US)) return true;
    // When the run ends, the datagram may still wait for the ARP reply.
    if (asked && durationUs - fromUs <= 2 * this.#hopUs + MARGIN_US) return true;
    const endUs = failed?.atUs ?? (asked && durationUs <= fromUs + ARP_LIMIT_US ? durationUs : null);
    // If the wire is slower than the server's search for the address, no answer comes in time.
    return endUs !== null && (this.#isLossy || 2 * this.#hopUs >= ARP_LIMIT_US || !this.#states.isReachable(fromUs, endUs));
  }

  /**
   * Whether a datagram of `fromUs` waited for the hardware address of its next hop, a router perhaps that others share, and a later datagram for the
   * same hop, or a probe of keep-alive, took its place (RFC 1122 section 2.3.2.2).
   */
  #isDisplaced(address: number, fromUs: number): boolean {
    const { arp, pushes, routerAddress, server } = this.#view.index;
    const asked = arp.findLast(
      ({ timeUs, isRequest, sender, target }) =>
        isRequest &&
        sender === server.address &&
        (target === address || target === routerAddress) &&
        timeUs <= fromUs &&
        timeUs >= fromUs - ARP_LIMIT_US,
    );
    if (asked === undefined) return false;
    const told = arp.find(
      ({ timeUs, isRequest, sender }) =>
        !isRequest && sender === asked.target && timeUs >= asked.timeUs && timeUs <= asked.timeUs + ARP_LIMIT_US,
    );
    const toldUs = (told?.timeUs ?? asked.timeUs + ARP_LIMIT_US) + this.#hopUs + MARGIN_US;
    const isSameHop = ({ destination }: DatagramFrame) => destination === address || asked.target === routerAddress;
    if (toldUs < fromUs) return false;
    // With a notification interval of one or two seconds, several datagrams wait for the same ARP reply, which never comes.
    const isNext = ({ atUs, event }: RecordedEvent) => event.type === "datagram-sent" && atUs > fromUs && atUs <= toldUs;
    if (told === undefined && this.#view.serverEvents.some(isNext)) return true;
    return pushes.some((d) => d.timeUs > fromUs && d.timeUs <= toldUs && isSameHop(d)) || this.#view.hasSegmentFromServer(fromUs, toldUs);
  }

  /** Time in microseconds for which a datagram sent at `fromUs` waits for the ARP reply of its next hop; 0 if no request was sent. */
  #arpDelayUs(address: number, fromUs: number, untilUs: number): number {
    const { arp, routerAddress, server } = this.#view.index;
    const isNextHop = (hop: number) => hop === address || hop === routerAddress;
    const isRequested = ({ isRequest, sender, target }: ArpFrame) => isRequest && sender === server.address && isNextHop(target);
    // An earlier datagram may have caused the request.
    const during = arp.filter(({ timeUs }) => timeUs >= fromUs - ARP_LIMIT_US && timeUs <= untilUs);
    // The reply may have been sent before the datagram.
    const told = during.findLast(({ timeUs, sender }) => timeUs >= fromUs - this.#hopUs && isNextHop(sender));
    // A message that tells the address may be under way when the request is sent, such as the other machine's own request.
    const asked = told && during.find((frame) => isRequested(frame) && frame.timeUs <= told.timeUs + this.#hopUs + MARGIN_US);
    // A datagram that is sent on time sends its ARP request on time too.
    if (asked !== undefined && asked.timeUs > fromUs + MARGIN_US) return 0;
    return told === undefined || asked === undefined ? 0 : told.timeUs - fromUs + this.#hopUs + MARGIN_US;
  }

  /** Checks the datagrams of one series at the client that registered for them. Returns those that the client received and answered with a fetch. */
  #followClient({ series, datagrams }: Pick<FollowedSeries, "series" | "datagrams">): DatagramFrame[] {
    return datagrams.filter((d) => this.#arrives(series, d) && this.#isFetched(series, d));
  }

  /** Joins each datagram with the event by which the machine's stack delivered or refused it, in the order of the wire. */
  #findArrivals(): Map<DatagramFrame, number> {
    const { datagrams, events } = this.#view;
    const arrivals = new Map<DatagramFrame, number>();
    const taken = new Set<number>();
    for (const d of datagrams) {
      const untilUs = this.#latestArrival(d);
      for (let i = this.#states.firstEventAfter(d.timeUs); i < events.length && events[i].atUs <= untilUs; i++) {
        const { event } = events[i];
        if (event.type !== "udp-delivered" && event.type !== "udp-no-port") continue;
        if (taken.has(i) || event.localPort !== d.dstPort || event.fromPort !== d.srcPort) continue;
        taken.add(i);
        arrivals.set(d, i);
        break;
      }
    }
    return arrivals;
  }

  #latestArrival(d: DatagramFrame): number {
    return d.timeUs + 4 * this.#hopUs + MARGIN_US;
  }

  /** Whether the datagram reached the socket of the session that it is for. */
  #arrives(series: PushSeries, d: DatagramFrame): boolean {
    const untilUs = this.#latestArrival(d);
    const { events, recording } = this.#view;
    const at = this.#arrivals.get(d);
    if (at === undefined) {
      if (!this.#isLossy && untilUs <= recording.durationUs && this.#states.isReachable(d.timeUs, untilUs))
        this.#fail(series, "port-unreachable", "a datagram reached a running stack, which neither delivered nor refused it", d.frame);
      return false;
    }
    const { atUs, event } = events[at];
    if (event.type === "udp-no-port") {
      this.#checkError(d, atUs);
      if (this.#hasOpenPort(series, d, atUs))
        this.#fail(series, "notify", "the port that a client registered is closed while it is logged on", d.frame);
      return false;
    }
    const heard = events.slice(at, at + 4).find((e) => e.atUs === atUs && e.layer === "client" && isHeard(e));
    if (!heard && !this.#isLossy) this.#fail(series, "notify", "the client ignored a datagram on the port that it registered", d.frame);
    if (heard?.event.type !== "foreign-datagram") return true;
    const session = this.#view.sessions.find((s) => s.contextHex === d.payloadHex);
    if (this.#isLossy || session === undefined || this.#isOtherSessions(session, d)) return false;
    this.#fail(series, "notify", "the client took a datagram with its own context for another session's", d.frame);
    return true;
  }

  /** Whether the client that registered for the series has its port open at `us`: no event has ended its logon, or begun to end it. */
  #hasOpenPort({ contextHex }: PushSeries, { destination }: DatagramFrame, us: number): boolean {
    const { events, index, machine } = this.#view;
    const at = this.#logons.get(contextHex)?.findLast((i) => events[i].atUs <= us);
    if (at === undefined || destination !== machine.address || index.sharesAddresses) return false;
    const end = this.#logonEnds.find((i) => i > at);
    return end === undefined || end >= this.#states.firstEventAfter(us + 1);
  }

  /** Checks that the error about a datagram to a closed port is sent at once, and to the server. */
  #checkError(d: DatagramFrame, refusedUs: number): void {
    const error = d.answer;
    if (error === null) return;
    if (error.destination !== d.source)
      this.#faults.add("port-unreachable", "an error went to another machine than the server", error.frame);
    if (error.timeUs - refusedUs > 12 * this.#hopUs + MARGIN_US && !this.#isLossy)
      this.#faults.add("port-unreachable", `an error came ${formatDuration(error.timeUs - refusedUs)} late`, error.frame);
    if (!error.isUnusedZero) this.#faults.add("port-unreachable", "the unused word of an error is not zero", error.frame);
    if (!error.isQuoteExact) this.#faults.add("port-unreachable", "an error quotes other bytes than the datagram's", error.frame);
    if (error.quotedBytes < 8) this.#faults.add("port-unreachable", "an error quotes less than the header of the datagram", error.frame);
  }

  /** Whether the client fetched the notifications that the datagram announced, and shows the messages. */
  #isFetched(series: PushSeries, d: DatagramFrame): boolean {
    const { durationUs } = this.#view.recording;
    const session = this.#view.sessions.find(({ id }) => id === series.session);
    const limitUs = this.#callUs(session, d.timeUs);
    // A wire that loses frames makes calls as late as TCP's retransmissions; a client that goes down does not finish.
    const isOver = session !== undefined && session.endUs !== null && session.endUs <= d.timeUs + limitUs;
    const isDisturbed =
      this.#isLossy || isOver || d.timeUs + 3 * limitUs > durationUs || !this.#states.isReachable(d.timeUs, d.timeUs + 3 * limitUs);
    const retrievedUs = session?.retrievedUs.find((us) => us >= d.timeUs);
    const latestUs = d.timeUs + limitUs + (this.#mayLoseCall(d, limitUs) ? FIRST_REPETITION_US : 0);
    if (retrievedUs === undefined || (!isDisturbed && retrievedUs > latestUs)) {
      if (!isDisturbed && !this.#isOtherSessions(session, d))
        this.#fail(series, "stop-on-retrieve", "no call after a datagram brought its notification", d.frame);
      return false;
    }
    const isShown = this.#showsMail(series, retrievedUs, limitUs);
    if (!isShown && !isDisturbed) this.#fail(series, "notify", NOT_SHOWN, d.frame);
    return isShown;
  }

  /** Whether the messages of the series that had come by `retrievedUs` are in the Inbox on the screen within `limitUs`. */
  #showsMail({ mail }: PushSeries, retrievedUs: number, limitUs: number): boolean {
    return mail.every(({ mid, atUs }) => atUs > retrievedUs || this.#states.isShown(mid, retrievedUs, retrievedUs + limitUs));
  }

  /**
   * Checks a series that ends as it begins, because the response to a call of the session brings its notification: no datagram is due, as for a message
   * that the session's user sends to the same mailbox. The client shows the message all the same.
   */
  #checkOwnCall(series: PushSeries): void {
    const { startUs, endUs, end } = series;
    if (end !== "retrieved" || startUs !== endUs || !series.isCertain || this.#isLossy) return;
    const session = this.#view.sessions.find(({ id }) => id === series.session);
    const limitUs = this.#callUs(session, endUs);
    if (session === undefined || (session.endUs !== null && session.endUs <= endUs + limitUs)) return;
    const untilUs = endUs + 3 * limitUs;
    if (untilUs > this.#view.recording.durationUs || !this.#states.isReachable(endUs - limitUs, untilUs)) return;
    if (!this.#showsMail(series, endUs, limitUs)) this.#fail(series, "notify", NOT_SHOWN);
  }

  /** Longest time that a call of the session takes about `us`, with the answers that are under way before it. */
  #callUs(session: SessionView | undefined, us: number): number {
    return CALL_HOPS * this.#hopUs + MARGIN_US + (session && this.#hasLongAnswer(session, us) ? LONG_ANSWER_US : 0);
  }

  /**
   * Whether a segment of the client's call, or of the one before it, may have been dropped: the machine has to ask for the hardware address of the server or
   * router, and other segments or an error about another session's datagram wait for it too. Only the latest one is kept (RFC 1122 section 2.3.2.2), and TCP
   * repeats its segment.
   */
  #mayLoseCall({ timeUs, destination }: DatagramFrame, limitUs: number): boolean {
    const { events, index } = this.#view;
    const untilUs = timeUs + limitUs;
    const isAsked = index.arp.some(
      (a) =>
        a.isRequest &&
        a.sender === destination &&
        a.target !== destination &&
        a.timeUs >= timeUs - FIRST_REPETITION_US &&
        a.timeUs <= untilUs,
    );
    if (isAsked || index.routerAddress === 0) return isAsked;
    // The analyzer does not see an ARP request on another segment than its own.
    let isErrorSent = false;
    for (let i = this.#states.firstEventAfter(timeUs); i < events.length && events[i].atUs <= untilUs; i++)
      isErrorSent ||= events[i].event.type === "icmp-error-sent";
    return isErrorSent;
  }

  /** Whether an answer of several segments is under way about that time: the second one waits for the acknowledgment of the first. */
  #hasLongAnswer(session: SessionView, us: number): boolean {
    return this.#view
      .segmentsOf(session)
      .some(
        ({ source, payloadLen, timeUs }) =>
          source === this.#view.server.address && payloadLen >= FULL_SEGMENT && Math.abs(timeUs - us) <= LONG_ANSWER_US,
      );
  }

  /** Whether the port belonged to the socket of a later session of the machine when the datagram arrived. */
  #isOtherSessions(session: SessionView | undefined, { timeUs, dstPort }: DatagramFrame): boolean {
    return this.#view.sessions.some(
      (s) => s !== session && s.callbackPort === dstPort && s.startUs <= timeUs && (session?.startUs ?? 0) < s.startUs,
    );
  }

  /** Datagrams that no series made due. */
  #checkRest(unused: ReadonlySet<DatagramFrame>, all: readonly PushSeries[]): void {
    const { sessions } = this.#view;
    for (const d of unused) {
      const session = sessions.find(
        (s) => s.contextHex === d.payloadHex || all.some((o) => o.session === s.id && o.contextHex === d.payloadHex),
      );
      if (session === undefined) {
        this.#faults.add("notify", "a datagram carries a context that no session registered", d.frame);
      } else if (session.endUs !== null && d.timeUs > session.endUs) {
        this.#faults.add("end-with-session", "a datagram followed the session's end", d.frame);
      } else if (session.retrievedUs.some((us) => us < d.timeUs) && !all.some((s) => isDuring(s, session.id, d.timeUs))) {
        this.#faults.add("stop-on-retrieve", "a datagram followed the retrieval", d.frame);
      } else {
        this.#faults.add("notify", "a datagram came that was not due", d.frame);
      }
    }
  }
}

const NOT_SHOWN = "a message that was notified is not in the Inbox on the screen";

/** Events after which a mail client has no port open, or closes it. */
const ENDS_LOGON: ReadonlySet<string> = new Set(["logged-off", "disconnected", "machine-going-down", "machine-off", "stack-down"]);

function isLogoffStep({ layer, event }: RecordedEvent): boolean {
  return layer === "scenario" && event.type === "step" && event.action === "logoff";
}

function isDuring({ session, startUs, endUs }: PushSeries, id: number, us: number): boolean {
  return session === id && us >= startUs && us <= endUs;
}

function isHeard({ event }: RecordedEvent): boolean {
  return event.type === "datagram-received" || event.type === "foreign-datagram";
}

/** Follows all pushes to one machine. */
export function followPushes(view: MachineView): PushChain {
  return new Follower(view).follow();
}

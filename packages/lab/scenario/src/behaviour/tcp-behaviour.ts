/**
 * Checks TCP between the server and the machines on the wire: repetitions come at the personality's pace and as often as it says, data is acknowledged in
 * time, sequence numbers follow each other, windows open again, probes of keep-alive have their form, and a closed connection ends with FIN on both sides.
 */

import { getU16be } from "@pushback/bytes";
import { formatDuration } from "@pushback/host";
import {
  checkTcp,
  findTcpOption,
  getTcpAck,
  getTcpDstPort,
  getTcpFlags,
  getTcpHeaderLen,
  getTcpSeq,
  getTcpSrcPort,
  getTcpWindow,
  IP_PROTOCOL_TCP,
  TCP_ACK,
  TCP_FIN,
  TCP_HEADER_LEN,
  TCP_OPTION_MSS,
  TCP_RST,
  TCP_SYN,
} from "@pushback/wire";
import type { BehaviourFaults } from "./behaviour-faults.ts";
import type { Datagram } from "./frame-facts.ts";
import { NumberRow } from "./isn-behaviour.ts";
import type { MissedSegments } from "./missed-segments.ts";
import { withoutEarlierSessions } from "./session-ends.ts";
import { isSameLoad, type Subject, wasPresent } from "./subject.ts";
import { findTooBig, type TooBig } from "./too-big.ts";

/** Rounding, and the moment at which a frame that waits for ARP leaves. */
const MARGIN_US = 1000;
/** The largest segment that Ethernet carries (RFC 879). */
const ETHERNET_MSS = 1460;
const MSS_OPTION_LEN = 4;
/** Time after the last data within which a reduced receive window must be back at its initial size; microseconds. */
const REOPENS_US = 5_000_000;

export interface TcpConditions {
  readonly hopUs: number;
  readonly isLossy: boolean;
  readonly durationUs: number;
  readonly serverAddress: number;
  /** The machine that has an address during the whole run; `null` if no machine or several in turn have it. */
  readonly subjectOf: (address: number) => Subject | null;
  readonly missed: MissedSegments;
}

interface Segment {
  readonly timeUs: number;
  readonly seq: number;
  readonly ack: number;
  readonly flags: number;
  readonly window: number;
  readonly payloadLen: number;
  readonly isLost: boolean;
}

/** Data that has arrived and is not acknowledged yet. */
interface Unacknowledged {
  readonly timeUs: number;
  readonly end: number;
  /** Whether data before it may be missing: it is acknowledged only when that has come. */
  isBehindGap: boolean;
  /** Whether it came again, so that it is acknowledged at once (RFC 793 section 3.9, SEGMENT ARRIVES). */
  isRepeated: boolean;
}

/** The copies that were seen of a segment with data, SYN or FIN, while it was its end's first unacknowledged one. */
interface Copies {
  readonly seq: number;
  readonly isSyn: boolean;
  readonly firstUs: number;
  count: number;
  /** Times of the latest copies, without those before the last time at which one may have been missed. */
  timesUs: number[];
  /** Whether the first copy that was seen is the first one, and none was missed since. */
  isWhole: boolean;
}

/** One end of a connection. */
interface End {
  readonly subject: Subject;
  /** SND.NXT: the sequence number after everything this end has sent; `null` before its first segment. */
  next: number | null;
  /** Highest acknowledgment number that this end has sent. */
  acked: number | null;
  /** Latest time at which a segment showed that none before it was missed. */
  completeUs: number;
  /** `null` if the latest segment with data, SYN or FIN was not the first unacknowledged one, or the peer's window was closed. */
  repeated: Copies | null;
  /** Whether the RTO may be longer than round trips on the wire make it: a segment was repeated (Karn), or one waited for a hardware address. */
  hasLongRto: boolean;
  /** Sequence number of the first byte of the peer that may not have arrived although later ones did; `null`: none. */
  missing: number | null;
  readonly arrived: Unacknowledged[];
  firstWindow: number | null;
  lastWindow: { readonly bytes: number; readonly timeUs: number } | null;
  lastDataUs: number;
  hasFinished: boolean;
}

/** Whether a segment moves the right edge of the window so far that it must be sent at once, even without new data to acknowledge (RFC 1122 section 4.2.3.3). */
function opensItsWindow({ subject, acked, firstWindow, lastWindow }: End, ack: number, window: number): boolean {
  if (acked === null || firstWindow === null || lastWindow === null || subject.personality === null) return false;
  const gain = after((ack + window) >>> 0, (acked + lastWindow.bytes) >>> 0);
  return gain >= Math.min(firstWindow >>> 1, subject.personality.mss);
}

class Connection {
  server: End;
  readonly client: End;
  readonly clientPort: number;
  readonly startUs: number;
  /** Time at which the client's next connection between the same ports began, in microseconds. */
  untilUs = Number.POSITIVE_INFINITY;
  hasReset = false;
  /** The server sent the reset: a refused SYN is tried again at another pace (Q175523). */
  isRefused = false;

  constructor(server: Subject, client: Subject, clientPort: number, startUs: number) {
    this.clientPort = clientPort;
    this.startUs = startUs;
    this.server = newEnd(server);
    this.client = newEnd(client);
  }
}

function newEnd(subject: Subject): End {
  return {
    subject,
    next: null,
    acked: null,
    completeUs: 0,
    repeated: null,
    hasLongRto: false,
    missing: null,
    arrived: [],
    firstWindow: null,
    lastWindow: null,
    lastDataUs: 0,
    hasFinished: false,
  };
}

/** Difference of sequence numbers (RFC 793 section 3.3). */
function after(a: number, b: number): number {
  return (a - b) | 0;
}

class TcpJudge {
  readonly #conditions: TcpConditions;
  readonly #faults: BehaviourFaults;
  readonly #missed: MissedSegments;
  /** The latest connection for each client address and pair of ports. */
  readonly #connections = new Map<string, Connection>();
  readonly #all: Connection[] = [];
  /** Initial sequence numbers of each machine's latest connections. */
  readonly #numbers = new Map<Subject, NumberRow>();
  /** Times of keep-alive probes in the server's events, by the client's endpoint; microseconds. */
  readonly #probes = new Map<string, Set<number>>();

  constructor(conditions: TcpConditions, faults: BehaviourFaults) {
    this.#conditions = conditions;
    this.#faults = faults;
    this.#missed = conditions.missed;
    for (const { atUs, event } of conditions.subjectOf(conditions.serverAddress)?.events ?? []) {
      if (event.type !== "keepalive-probe-sent") continue;
      const key = `${event.remoteAddress} ${event.remotePort} ${event.localPort}`;
      this.#probes.set(key, (this.#probes.get(key) ?? new Set()).add(atUs));
    }
  }

  judge(datagrams: readonly Datagram[]): void {
    const { serverAddress } = this.#conditions;
    for (const d of datagrams) {
      const tooBig = findTooBig(d);
      if (tooBig !== null) this.#noteTooBig(tooBig);
      if (d.protocol !== IP_PROTOCOL_TCP || d.isFragment || checkTcp(d.b, d.payloadAt, d.payloadLen) !== null) continue;
      const isFromServer = d.source === serverAddress;
      if (!isFromServer && d.destination !== serverAddress) continue;
      this.#segment(d, isFromServer);
    }
    for (const connection of this.#connections.values()) this.#finish(connection);
    for (const connection of this.#all) this.#judgeGivenUp(connection);
    if (!this.#conditions.isLossy) this.#judgeLogoffs();
  }

  /** A router has dropped a segment: its sender repeats it in smaller ones, without its timer (RFC 1191 section 6.4), and what follows it cannot be acknowledged yet. */
  #noteTooBig({ source, destination, sourcePort, destinationPort, seq }: TooBig): void {
    const isFromServer = source === this.#conditions.serverAddress;
    const [client, ports] = isFromServer ? [destination, `${destinationPort} ${sourcePort}`] : [source, `${sourcePort} ${destinationPort}`];
    const connection = this.#connections.get(`${client} ${ports}`);
    if (connection === undefined) return;
    const [from, to] = isFromServer ? [connection.server, connection.client] : [connection.client, connection.server];
    from.repeated = null;
    from.hasLongRto = true;
    if (to.missing === null || after(to.missing, seq) > 0) to.missing = seq;
    for (const data of to.arrived) data.isBehindGap ||= after(data.end, seq) > 0;
  }

  /** A machine gives a segment up after as many repetitions as its personality says. */
  #judgeGivenUp({ client, clientPort, startUs, untilUs, isRefused }: Connection): void {
    const { subject, repeated } = client;
    const { events, personality } = subject;
    if (personality === null || repeated === null || isRefused || !this.#seesAllOf(client)) return;
    const end = events.find(({ atUs, event }) => event.type === "tcp-ended" && event.localPort === clientPort && atUs >= startUs);
    if (end?.event.type !== "tcp-ended" || end.atUs >= untilUs || !isSameLoad(subject, startUs, end.atUs)) return;
    const { cause } = end.event;
    const isConnect = cause === "connect-timeout";
    if (!(isConnect ? personality.connectTimeoutUs === null && repeated.isSyn : cause === "retransmission-timeout")) return;
    const most = isConnect ? personality.maxConnectRetries : personality.maxDataRetries;
    const { count, firstUs, timesUs, isWhole } = repeated;
    const repetitions = count - 1;
    const least = isWhole && !this.#missed.mayLack(subject, timesUs[timesUs.length - 1], end.atUs - 1) ? most : 0;
    if ((repetitions < least || repetitions > most) && wasPresent(subject, firstUs, end.atUs - 1))
      this.#fault(client, "repeats segments as its platform", `it gave up after ${repetitions} repetitions, not ${most}`, end.atUs);
  }

  /** The connection of a session that its user ended is closed by FIN on both sides, and by no reset. */
  #judgeLogoffs(): void {
    const server = this.#conditions.subjectOf(this.#conditions.serverAddress);
    for (const [client, connections] of Map.groupBy(this.#all, ({ client }) => client.subject)) {
      const { machine } = client;
      // Events carry the machine's name only, so those of two mail programs on one machine cannot be separated.
      if (machine.programs !== undefined) continue;
      const events = withoutEarlierSessions(client.events);
      for (const [i, { event, atUs: logonUs }] of events.entries()) {
        if (event.type !== "logged-on") continue;
        const end = events
          .slice(i + 1)
          .find((e) => e.layer === "client" && ["logged-off", "disconnected", "logged-on"].includes(e.event.type));
        // A machine that shuts down may be off before the last segment.
        if (end?.event.type !== "logged-off" || events.slice(i, events.indexOf(end)).some((e) => e.event.type === "machine-going-down"))
          continue;
        const untilUs = end.atUs + 20 * this.#conditions.hopUs + MARGIN_US;
        if (untilUs > this.#conditions.durationUs || server === null) continue;
        if (!wasPresent(client, logonUs, untilUs) || !wasPresent(server, logonUs, untilUs)) continue;
        const own = connections.findLast(({ clientPort, startUs }) => clientPort === event.localTcpPort && startUs <= logonUs);
        if (own === undefined || (own.client.hasFinished && own.server.hasFinished && !own.hasReset)) continue;
        const finding = own.hasReset ? "a reset ended one" : `the ${own.client.hasFinished ? "server" : "client"} sent no FIN`;
        this.#faults.add(machine.name, "closes the connection of a session that ends", finding, end.atUs);
      }
    }
  }

  #segment(d: Datagram, isFromServer: boolean): void {
    const { b, payloadAt: at } = d;
    const [client, server] = isFromServer ? [d.destination, d.source] : [d.source, d.destination];
    const [clientPort, serverPort] = isFromServer
      ? [getTcpDstPort(b, at), getTcpSrcPort(b, at)]
      : [getTcpSrcPort(b, at), getTcpDstPort(b, at)];
    const key = `${client} ${clientPort} ${serverPort}`;
    const segment: Segment = {
      timeUs: d.timeUs,
      seq: getTcpSeq(b, at),
      ack: getTcpAck(b, at),
      flags: getTcpFlags(b, at),
      window: getTcpWindow(b, at),
      payloadLen: d.payloadLen - getTcpHeaderLen(b, at),
      isLost: d.isLost,
    };
    let connection = this.#connections.get(key);
    // A machine that has loaded its stack again may begin with the same ports and sequence numbers as before.
    const isAgain =
      connection !== undefined &&
      connection.client.next === (segment.seq + 1) >>> 0 &&
      isSameLoad(connection.client.subject, connection.startUs, d.timeUs);
    if ((segment.flags & (TCP_SYN | TCP_ACK)) === TCP_SYN && (!isAgain || connection?.hasReset === true)) {
      const isRefused = isAgain && connection?.isRefused === true;
      if (connection) this.#finish(connection);
      const before = connection;
      const [a, z] = [this.#conditions.subjectOf(server), this.#conditions.subjectOf(client)];
      if (a === null || z === null) return;
      connection = new Connection(a, z, clientPort, d.timeUs);
      connection.isRefused = isRefused;
      connection.client.hasLongRto = isRefused;
      if (before) before.untilUs = d.timeUs;
      // After half-open discovery the client repeats its SYN by the same timer (RFC 793 section 3.4, figure 10).
      if (before && isAgain && !isRefused) connection.client.repeated = before.client.repeated;
      if (!isAgain) this.#judgeSyn(isFromServer ? connection.server : connection.client, d, segment);
      this.#all.push(connection);
      this.#connections.set(key, connection);
    }
    if (connection === undefined || connection.hasReset) return;
    if (segment.flags & TCP_RST) {
      connection.hasReset = true;
      connection.isRefused ||= isFromServer;
      return;
    }
    if (isFromServer && segment.flags & TCP_SYN && this.#isAnswerAnew(connection, segment))
      connection.server = newEnd(connection.server.subject);
    const [from, to] = isFromServer ? [connection.server, connection.client] : [connection.client, connection.server];
    const isProbe = isFromServer && this.#probes.get(key)?.has(d.timeUs) === true;
    if (isProbe) this.#judgeProbe(from, segment);
    this.#judgeAcknowledgment(from, segment);
    if (!isProbe) this.#judgeSequence(from, to, segment);
    this.#noteWindow(from, segment);
  }

  /** Whether the server answers the repetition of a SYN with another number: it has given up the connection of the first SYN in the meantime. */
  #isAnswerAnew({ server, client }: Connection, { seq, ack }: Segment): boolean {
    return server.next !== null && server.next !== (seq + 1) >>> 0 && client.next === ack && client.acked === null;
  }

  /** An active open: the MSS option, a port of the platform's range, and a sequence number of its own (RFC 793 section 3.3). */
  #judgeSyn({ subject }: End, { b, payloadAt: at, timeUs }: Datagram, { seq }: Segment): void {
    const { personality, machine } = subject;
    if (personality === null) return;
    const fault = (finding: string) => void this.#faults.add(machine.name, "opens connections as its platform", finding, timeUs);
    const optionAt = findTcpOption(b, at + TCP_HEADER_LEN, at + getTcpHeaderLen(b, at), TCP_OPTION_MSS, MSS_OPTION_LEN);
    const mss = optionAt < 0 ? null : getU16be(b, optionAt + 2);
    const due = personality.synOptions.includes("mss") ? Math.min(personality.mss, ETHERNET_MSS) : null;
    if (mss !== due) fault(`the MSS option of a SYN was ${mss}, not ${due}`);
    const { first, last } = personality.tcpPorts;
    const port = getTcpSrcPort(b, at);
    if (port < first || port > last) fault(`it used port ${port}, the range is ${first} to ${last}`);
    // Where the first SYN may have been missed, the time of the open is unknown.
    if (this.#conditions.isLossy || this.#missed.mayLackFirst(subject, true, 0, timeUs)) this.#numbers.delete(subject);
    else {
      const row = this.#numbers.get(subject) ?? new NumberRow(subject, personality.isn);
      this.#numbers.set(subject, row);
      if (!row.fits(seq, timeUs, this.#missed.waitUs(subject, timeUs))) fault("two connections began with the same sequence number");
    }
  }

  #fault({ subject }: End, rule: string, finding: string, atUs: number): void {
    this.#faults.add(subject.machine.name, rule, finding, atUs);
  }

  #judgeProbe(from: End, { seq, payloadLen, timeUs }: Segment): void {
    const { personality } = from.subject;
    if (personality === null || from.next === null) return;
    const len = personality.keepAliveGarbage ? 1 : 0;
    const rule = "probes idle connections as its platform";
    if (payloadLen !== len) this.#fault(from, rule, `a probe carried ${payloadLen} bytes, not ${len}`, timeUs);
    if (after(from.next, seq) !== 1)
      this.#fault(from, rule, `the sequence number of a probe was ${after(seq, from.next)} from the next one, not -1`, timeUs);
  }

  /** Checks when and how a segment acknowledges data that its sender received. */
  #judgeAcknowledgment(from: End, { flags, ack, window, payloadLen, timeUs }: Segment): void {
    if ((flags & TCP_ACK) === 0) return;
    const opensWindow = opensItsWindow(from, ack, window);
    if (from.acked === null || after(ack, from.acked) > 0) from.acked = ack;
    const limitUs = this.#acknowledgedWithinUs(from);
    const { personality } = from.subject;
    const earlyUs =
      personality === null ? 0 : personality.delayedAckUs - (personality.delayedAckTickUs ?? 0) - this.#conditions.hopUs - MARGIN_US;
    const isPure = payloadLen === 0 && (flags & (TCP_FIN | TCP_SYN)) === 0;
    const [first] = from.arrived;
    const isOfOne = from.arrived.length === 1 && ack === first.end && !first.isRepeated;
    if (isPure && !opensWindow && isOfOne && timeUs - first.timeUs < earlyUs)
      this.#fault(from, "delays the acknowledgment of one segment", `one came after ${formatDuration(timeUs - first.timeUs)}`, timeUs);
    if (from.missing !== null && after(ack, from.missing) > 0) from.missing = null;
    while (from.arrived.length > 0 && after(ack, from.arrived[0].end) >= 0) {
      const { timeUs: arrivedUs, isBehindGap } = from.arrived.shift() as Unacknowledged;
      if (limitUs === null || isBehindGap || timeUs - arrivedUs <= limitUs) continue;
      if (!this.#missed.mayLack(from.subject, arrivedUs, timeUs))
        this.#fault(from, "acknowledges data in time", `an acknowledgment came after ${formatDuration(timeUs - arrivedUs)}`, timeUs);
    }
  }

  /** Longest time from data on the wire to its acknowledgment there, with address resolution by a router; `null` where frames may be lost. */
  #acknowledgedWithinUs({ subject }: End): number | null {
    const { isLossy, hopUs } = this.#conditions;
    return isLossy || subject.personality === null || !subject.isTimed ? null : subject.personality.delayedAckUs + 4 * hopUs + MARGIN_US;
  }

  #judgeSequence(from: End, to: End, segment: Segment): void {
    const { seq, flags, payloadLen, timeUs, isLost } = segment;
    const isSyn = (flags & TCP_SYN) !== 0;
    const isFin = (flags & TCP_FIN) !== 0;
    const len = payloadLen + (isSyn ? 1 : 0) + (isFin ? 1 : 0);
    const end = (seq + len) >>> 0;
    if (isFin) from.hasFinished = true;
    const gap = from.next === null ? 0 : after(seq, from.next);
    if (gap > 0) {
      to.missing ??= from.next;
      if (this.#seesAllOf(from) && !this.#conditions.isLossy && !this.#missed.mayLack(from.subject, from.completeUs, timeUs))
        this.#fault(from, "numbers what it sends without a gap", `${gap} bytes were left out`, timeUs);
    }
    const { completeUs } = from;
    if (gap === 0) from.completeUs = timeUs;
    if (len === 0) return;
    const isNew = from.next === null || after(end, from.next) > 0;
    if (isNew) from.next = end;
    // A SYN/ACK answers each SYN, so its repetitions follow the peer's timer.
    if (!isSyn || (flags & TCP_ACK) === 0) {
      if (this.#noteCopy(from, to, seq, isSyn, timeUs, isNew && gap === 0 ? completeUs : null)) this.#judgeRepetition(from, to, timeUs);
    }
    // A repeated segment gives no round-trip time, and the RTO stays backed off (Karn).
    if (!isNew) from.hasLongRto = true;
    if (payloadLen > 0 && !isNew) for (const data of to.arrived) data.isRepeated = true;
    // The receiver need not accept the byte of a window probe.
    if (payloadLen > 1 && isNew && !isLost && !to.hasFinished) {
      to.arrived.push({ timeUs, end, isBehindGap: to.missing !== null, isRepeated: false });
      to.lastDataUs = timeUs;
    }
  }

  /** Whether every segment of this end is on the analyzed segment when it is sent. */
  #seesAllOf({ subject }: End): boolean {
    return subject.isAnalyzed && subject.isTimed;
  }

  /**
   * Adds a segment to the copies of its end's first unacknowledged one; false if it is none or the first copy. `completeUs`: time from which on an earlier copy
   * may have been missed; `null` if there was an earlier one.
   */
  #noteCopy(from: End, to: End, seq: number, isSyn: boolean, timeUs: number, completeUs: number | null): boolean {
    const { subject } = from;
    const isFirstUnacknowledged = to.acked === null || to.acked === seq;
    if (!isFirstUnacknowledged || to.lastWindow?.bytes === 0) {
      from.repeated = null;
      return false;
    }
    const copies = from.repeated;
    if (copies?.seq !== seq) {
      const isWhole = completeUs !== null && !(isSyn && from.hasLongRto) && !this.#missed.mayLackFirst(subject, isSyn, completeUs, timeUs);
      from.hasLongRto ||= !isWhole;
      from.repeated = { seq, isSyn, firstUs: timeUs, count: 1, timesUs: [timeUs], isWhole };
      return false;
    }
    copies.count++;
    const lastUs = copies.timesUs[copies.timesUs.length - 1];
    if (this.#missed.mayLackCopy(subject, lastUs, timeUs)) {
      copies.isWhole = false;
      copies.timesUs = [];
    }
    copies.timesUs.push(timeUs);
    return true;
  }

  /** Checks the times of repeated segments while no new data is acknowledged: only the retransmission timer may send them. */
  #judgeRepetition(from: End, to: End, timeUs: number): void {
    const { personality } = from.subject;
    const copies = from.repeated;
    if (copies === null) return;
    const n = copies.count - 1;
    const isFirst = n === 1 && copies.isWhole;
    if (personality === null || !this.#seesAllOf(from) || !wasPresent(from.subject, copies.firstUs, timeUs)) return;
    const { retryScheduleUs, rtoMaxUs } = personality;
    const rule = "repeats segments as its platform";
    const most = copies.isSyn ? personality.maxConnectRetries : personality.maxDataRetries;
    if (n > most) this.#fault(from, rule, `repetition ${n} came, ${most} are the limit`, timeUs);
    const [beforeUs, lastUs] = copies.timesUs.length < 3 ? [null, copies.timesUs[0]] : copies.timesUs.slice(-3);
    if (copies.timesUs.length < 2 || lastUs === null) return;
    const gapUs = timeUs - lastUs;
    const hasSchedule = retryScheduleUs !== null && retryScheduleUs.length > 0;
    if (isFirst && !hasSchedule) this.#judgeFirstRepetition(from, to, copies.isSyn, gapUs, timeUs);
    const scheduledUs = hasSchedule && copies.isWhole ? retryScheduleUs[Math.min(n, retryScheduleUs.length) - 1] : null;
    const dueUs = hasSchedule || beforeUs === null ? scheduledUs : Math.min(rtoMaxUs, 2 * (lastUs - beforeUs));
    if (dueUs === null) return;
    // A copy that waited for an address makes the wait before it longer, and the one after it shorter, of which the double is due.
    const waitUs = beforeUs === null ? 0 : Math.max(...[beforeUs, lastUs, timeUs].map((us) => this.#missed.waitUs(from.subject, us)));
    const { quickUs } = this.#missed;
    if (waitUs <= quickUs && Math.abs(gapUs - dueUs) > (waitUs > 0 ? 3 : 1) * quickUs)
      this.#fault(from, rule, `repetition ${n} came after ${formatDuration(gapUs)}, not ${formatDuration(dueUs)}`, timeUs);
  }

  /** Without a schedule of its own the first repetition comes after the RTO, which a connection's round trips bound (RFC 1122 section 4.2.3.1). */
  #judgeFirstRepetition(from: End, to: End, isSyn: boolean, gapUs: number, timeUs: number): void {
    const { personality } = from.subject;
    if (personality === null) return;
    const { rtoInitialUs, rtoMinUs, rtoMaxUs, fastRetransmitAfter } = personality;
    const { hopUs, isLossy } = this.#conditions;
    // The first SYN may wait for an address, on a wire that loses frames for seconds.
    if (isSyn && isLossy) return;
    const toleranceUs = 2 * hopUs + MARGIN_US;
    const leastUs = isSyn ? rtoInitialUs : fastRetransmitAfter === null ? rtoMinUs : 0;
    // SRTT is at most the longest round trip, and four times the deviation at most four times as much. Later ones are backed off (Karn).
    const longestUs = (to.subject.personality?.delayedAckUs ?? 0) + 4 * hopUs;
    const mostUs = isSyn ? rtoInitialUs : from.hasLongRto || isLossy ? Number.POSITIVE_INFINITY : Math.max(rtoMinUs, 5 * longestUs);
    if (gapUs < Math.min(rtoMaxUs, leastUs) - toleranceUs || gapUs > Math.min(rtoMaxUs, mostUs) + toleranceUs)
      this.#fault(from, "repeats segments as its platform", `the first repetition came after ${formatDuration(gapUs)}`, timeUs);
  }

  #noteWindow(from: End, { flags, window, timeUs }: Segment): void {
    if ((flags & TCP_SYN) !== 0) return;
    from.firstWindow ??= window;
    from.lastWindow = { bytes: window, timeUs };
  }

  #finish({ server, client, startUs, hasReset }: Connection): void {
    const { durationUs } = this.#conditions;
    if (hasReset) return;
    // A machine that has loaded its stack again knows nothing of the connection, and what waits for an address may never leave.
    const owes = ({ subject }: End, fromUs: number, toUs: number): boolean =>
      isSameLoad(subject, startUs, toUs) && !this.#missed.mayLack(subject, fromUs, toUs);
    for (const end of [server, client]) {
      const limitUs = this.#acknowledgedWithinUs(end);
      const late = end.arrived[0];
      if (
        late !== undefined &&
        limitUs !== null &&
        !late.isBehindGap &&
        late.timeUs + limitUs < durationUs &&
        owes(end, late.timeUs, late.timeUs + limitUs)
      )
        this.#fault(end, "acknowledges data in time", "no acknowledgment came", late.timeUs);
      const { firstWindow, lastWindow, lastDataUs, hasFinished } = end;
      if (firstWindow === null || lastWindow === null || hasFinished || durationUs - lastDataUs < REOPENS_US) continue;
      if (lastWindow.bytes < firstWindow / 2 && owes(end, lastDataUs, lastDataUs + REOPENS_US))
        this.#fault(end, "opens its window again", `it stayed at ${lastWindow.bytes} of ${firstWindow} bytes`, lastWindow.timeUs);
    }
  }
}

export function judgeTcp(datagrams: readonly Datagram[], conditions: TcpConditions, faults: BehaviourFaults): void {
  new TcpJudge(conditions, faults).judge(datagrams);
}

/** Findings about series of ICMP errors that no flow of datagrams explains. */

import type { AddressNumbers } from "@pushback/bytes";
import { IP_PROTOCOL_ICMP, IP_PROTOCOL_ICMPV6, IP_PROTOCOL_TCP, IP_PROTOCOL_UDP } from "@pushback/wire";
import { describeIcmpError, type ErrorKind, errorKindOf, ICMPV6_ERROR } from "./error-kind.ts";
import type { ErrorSeries } from "./error-series.ts";
import type { Evidence, Finding, Verdict } from "./finding.ts";
import { describeRate, evidenceAt, groupBy } from "./finding-parts.ts";
import { guessPlatforms } from "./platform-guess.ts";
import { describePort } from "./port-names.ts";

/**
 * Thresholds for backscatter, the answers to packets with a spoofed source: at least `reporters` machines send errors to one address about packets that
 * the capture does not have, each at most `perReporter`.
 */
const BACKSCATTER = { reporters: 10, perReporter: 3 };
const SCAN_PORTS = 10;
/** Smallest MTU that a link may have (RFC 791, RFC 8200 section 5). */
const MIN_MTU = 576;
const MIN_MTU_6 = 1280;
/** Thresholds for a sender that ignores the errors: number of errors, duration, and mean interval. */
const IGNORED = { errors: 4, us: 3_000_000, meanGapUs: 120_000_000 };
const NAMED = 3;
const SHOWN = 3;

interface Subject {
  readonly verdict: Verdict;
  readonly benign: boolean;
  readonly confidence: Finding["confidence"];
  readonly summary: string;
  readonly series: readonly ErrorSeries[];
  readonly confirm?: readonly string[];
  readonly advice?: readonly string[];
  readonly ends?: string;
}

export interface ErrorContext {
  readonly addresses: AddressNumbers;
  /** Whether the sender tried growing times to live towards the target. */
  readonly isTrace: (source: number, destination: number) => boolean;
  /** Whether another finding already covers the traceroute of this pair. */
  readonly isTold: (source: number, destination: number) => boolean;
}

/** Each series goes into exactly one finding; series of one cause share one. */
export function diagnoseErrors(all: readonly ErrorSeries[], context: ErrorContext): Finding[] {
  return new ErrorFindings(context).diagnose(all);
}

class ErrorFindings {
  readonly #context: ErrorContext;
  readonly #findings: Finding[] = [];

  constructor(context: ErrorContext) {
    this.#context = context;
  }

  diagnose(all: readonly ErrorSeries[]): Finding[] {
    const left = this.#backscatter(all);
    const byKind = groupBy(left, (s) => errorKindOf(s.typeAndCode) as ErrorKind);
    for (const [kind, series] of byKind) this.#ofKind(kind, series);
    return this.#findings;
  }

  #name(address: number): string {
    return this.#context.addresses.format(address);
  }

  #names(addresses: readonly number[], what: string): string {
    const different = [...new Set(addresses)];
    if (different.length > NAMED) return `${different.length} ${what}`;
    const names = different.map((address) => this.#name(address));
    return names.length > 1 ? `${names.slice(0, -1).join(", ")} and ${names.at(-1)}` : names[0];
  }

  #add(subject: Subject): void {
    const { series } = subject;
    const [first] = series;
    const errors = series.reduce((sum, s) => sum + s.count, 0);
    const lastUs = series.reduce((latest, s) => Math.max(latest, s.last.timeUs), first.last.timeUs);
    const firstUs = series.reduce((earliest, s) => Math.min(earliest, s.first.timeUs), first.first.timeUs);
    const spanUs = lastUs - firstUs;
    const targets = new Set(series.map((s) => s.destination));
    const sources = new Set(series.map((s) => s.source));
    const ports = new Set(series.map((s) => s.dstPort));
    const [port] = ports;
    const isPlain = series.length === 1 && first.from === first.destination && first.traits !== null;
    this.#findings.push({
      verdict: subject.verdict,
      benign: subject.benign,
      confidence: subject.confidence,
      summary: subject.summary,
      from: this.#name(first.source),
      to: targets.size === 1 ? this.#name(first.destination) : null,
      port: ports.size === 1 && port >= 0 ? port : null,
      contextHex: null,
      session: null,
      datagrams: 0,
      errors,
      senders: sources.size,
      targets: targets.size,
      perSecond: errors >= 3 && spanUs > 0 ? ((errors - 1) * 1e6) / spanUs : null,
      intervalUs: series.length === 1 && errors > 1 ? Math.round(spanUs / (errors - 1)) : null,
      evidence: series.slice(0, SHOWN).map((s) => this.#evidence(s)),
      confirm: subject.confirm ?? [],
      endsAtUs: null,
      endSeen: false,
      ends: subject.ends ?? "The capture does not tell.",
      advice: subject.advice ?? [],
      platforms: isPlain && first.traits ? guessPlatforms(first.traits) : [],
    });
  }

  #evidence(s: ErrorSeries): Evidence {
    const ends =
      s.dstPort >= 0
        ? `${this.#name(s.source)}:${s.srcPort} to ${this.#name(s.destination)}:${s.dstPort}`
        : `${this.#name(s.source)} to ${this.#name(s.destination)}`;
    return evidenceAt(
      s.first,
      s.from === s.destination ? "target" : "other",
      `${this.#name(s.from)} reports: ${describeIcmpError(s.typeAndCode)}, quoting ${protocolName(s.protocol)} from ${ends}${s.count > 1 ? `; the first of ${s.count}` : ""}`,
      "error",
    );
  }

  /** Takes out errors of many machines to one address, about packets that the capture does not have. */
  #backscatter(all: readonly ErrorSeries[]): ErrorSeries[] {
    const left: ErrorSeries[] = [];
    for (const [source, ofSource] of groupBy(all, (s) => s.source)) {
      const unseen = ofSource.filter((s) => s.seenCount === 0 && errorKindOf(s.typeAndCode) !== "redirect");
      const reporters = new Set(unseen.map((s) => s.from)).size;
      const errors = unseen.reduce((sum, s) => sum + s.count, 0);
      const isOneTarget = new Set(unseen.map((s) => s.destination)).size < BACKSCATTER.reporters;
      if (isOneTarget || reporters < BACKSCATTER.reporters || errors > reporters * BACKSCATTER.perReporter) {
        for (const one of ofSource) left.push(one);
        continue;
      }
      const taken = new Set(unseen);
      for (const one of ofSource) if (!taken.has(one)) left.push(one);
      const victim = this.#name(source);
      const ports = new Set(unseen.map((s) => s.dstPort));
      const isOnePort = ports.size === 1 && unseen[0].dstPort >= 0;
      const rate = this.#rate(unseen);
      this.#add({
        verdict: "backscatter",
        benign: false,
        confidence: isOnePort ? "possible" : "likely",
        series: unseen,
        summary: isOnePort
          ? `${reporters} machines report errors to ${victim}${rate} about packets to ${describePort(unseen[0].dstPort, protocolName(unseen[0].protocol))} that the capture does not have: ${victim} searches for machines with that port, a worm does, or packets are sent in its name.`
          : `${reporters} machines report errors to ${victim}${rate} about packets that the capture does not have, to ${ports.size} ports: the answers to a flood of packets in the name of ${victim}, or to a search by it.`,
        confirm: [`A capture next to ${victim} shows whether it sends such packets itself.`],
        advice: [`If it does not, its address is being spoofed: there is nothing to mend on ${victim}.`],
        ends: "It ends with the flood.",
      });
    }
    return left;
  }

  #rate(series: readonly ErrorSeries[]): string {
    const errors = series.reduce((sum, s) => sum + s.count, 0);
    const firstUs = series.reduce((earliest, s) => Math.min(earliest, s.first.timeUs), Number.POSITIVE_INFINITY);
    const lastUs = series.reduce((latest, s) => Math.max(latest, s.last.timeUs), Number.NEGATIVE_INFINITY);
    return errors >= 3 && lastUs > firstUs ? `, ${describeRate(((errors - 1) * 1e6) / (lastUs - firstUs))},` : "";
  }

  #ofKind(kind: ErrorKind, series: readonly ErrorSeries[]): void {
    switch (kind) {
      case "port":
        this.#ports(series);
        break;
      case "too-big":
        for (const group of groupBy(series, (s) => s.from).values()) this.#tooBig(group);
        break;
      case "filtered":
        for (const group of groupBy(series, (s) => s.from).values()) this.#filtered(group);
        break;
      case "host":
      case "network":
        for (const group of groupBy(series, (s) => `${s.from}/${s.source}`).values()) this.#unreachable(group);
        break;
      case "time-exceeded":
        for (const group of groupBy(series, (s) => `${s.source}/${s.destination}`).values()) this.#timeExceeded(group);
        break;
      case "redirect":
        for (const group of groupBy(series, (s) => s.from).values()) this.#redirect(group);
        break;
      case "reassembly":
      case "protocol":
      case "source-route":
      case "source-quench":
      case "parameter":
        for (const group of groupBy(series, (s) => `${s.from}/${s.source}`).values()) this.#other(kind, group);
        break;
    }
  }

  #ports(all: readonly ErrorSeries[]): void {
    const udp = all.filter((s) => s.protocol === IP_PROTOCOL_UDP);
    for (const group of groupBy(
      all.filter((s) => s.protocol !== IP_PROTOCOL_UDP),
      (s) => s.from,
    ).values())
      this.#filtered(group);
    for (const group of groupBy(udp, (s) => `${s.from}/${s.source}`).values()) {
      const ports = new Set(group.map((s) => s.dstPort)).size;
      if (ports >= SCAN_PORTS) this.#orphanScan(group, ports);
      else for (const series of group) this.#orphan(series);
    }
  }

  #orphanScan(group: readonly ErrorSeries[], ports: number): void {
    const [{ from, source }] = group;
    this.#add({
      verdict: "port-scan",
      benign: false,
      confidence: "possible",
      series: group,
      summary: `${this.#name(from)} reports ${ports} closed UDP ports to ${this.#name(source)}, and the capture has none of the datagrams: ${this.#name(source)} scans ports, or something does in its name.`,
      confirm: [`Capture where both ${this.#name(source)} and ${this.#name(from)} can be seen.`],
      advice: [`Find out what runs on ${this.#name(source)}.`],
    });
  }

  /** Finding about errors that quote packets missing in the capture: it shows one direction only, or the errors are forged. */
  #orphan(s: ErrorSeries): void {
    const server = this.#name(s.source);
    const client = this.#name(s.destination);
    const isOnMinute = s.count > 1 && s.onTheMinute;
    const moves = isOnMinute && s.srcPorts.size > 1 ? ", from changing ports of the sender, as Exchange servers do too (Q264035)" : "";
    const isSeen = s.seenCount > 0;
    const port = s.dstPort >= 0 ? `${client}:${s.dstPort}` : client;
    this.#add({
      verdict: isSeen ? "unreachable" : "orphan-errors",
      benign: false,
      confidence: "possible",
      series: [s],
      summary: isSeen
        ? `${this.#name(s.from)}, which is not ${client}, reports ${port} closed to ${server}: something answers in its place.`
        : `${this.#name(s.from)} reports ${port} closed or unreachable to ${server}${s.count > 1 ? `, ${s.count} times` : ""}, but the capture has no datagram that the error quotes: it was taken on one side only, or the error is made up${isOnMinute ? `; the errors come on the minute${moves}, as with a stale push registration (Q159302)` : ""}.`,
      confirm: [`Capture where both ${server} and ${client} can be seen, or on ${server} itself.`],
    });
  }

  #tooBig(group: readonly ErrorSeries[]): void {
    const [first] = group;
    const router = this.#name(first.from);
    const senders = this.#names(
      group.map((s) => s.source),
      "senders",
    );
    const isV6 = first.typeAndCode >= ICMPV6_ERROR;
    const mtus = group.map((s) => s.minMtu).filter((mtu) => mtu > 0);
    const mtu = mtus.length > 0 ? mtus.reduce((least, one) => Math.min(least, one)) : 0;
    const isImpossible = mtu > 0 && mtu < (isV6 ? MIN_MTU_6 : MIN_MTU);
    const isIgnored = group.some((s) => {
      const spanUs = s.last.timeUs - s.first.timeUs;
      return s.count >= IGNORED.errors && spanUs > IGNORED.us && spanUs / (s.count - 1) < IGNORED.meanGapUs;
    });
    const isShown = group.every((s) => s.allTooLong && s.seenCount === s.count);
    const benign = isShown && !isImpossible && !isIgnored;
    const size = mtu > 0 ? ` (MTU ${mtu} bytes)` : "";
    this.#add({
      verdict: "path-mtu",
      benign,
      confidence: benign ? "likely" : "possible",
      series: group,
      summary: isImpossible
        ? `${router} tells ${senders} to send packets of at most ${mtu} bytes, less than any link needs: an attack that slows connections down, or a broken router.`
        : isIgnored
          ? `${router} goes on telling ${senders} that packets are too big for the next link${size}: path MTU discovery does not work, and big packets do not arrive.`
          : `${router} tells ${senders} that a packet is too big for the next link${size}: path MTU discovery at work${benign ? "" : ", as far as the capture shows"}.`,
      confirm: benign ? [] : [`Does ${senders} send smaller packets afterwards?`],
      advice: benign
        ? ["Nothing needs to be done: the sender takes smaller packets from here on."]
        : [`Look whether ICMP "fragmentation needed" reaches ${senders}.`],
      ends: "Each sender needs it once a path, and again some minutes later (RFC 1191).",
    });
  }

  #filtered(group: readonly ErrorSeries[]): void {
    const [first] = group;
    const filter = this.#name(first.from);
    const senders = this.#names(
      group.map((s) => s.source),
      "senders",
    );
    const targets = new Set(group.map((s) => s.destination)).size;
    const ports = [...new Set(group.map((s) => s.dstPort))];
    const isTarget = first.from === first.destination;
    const where = targets === 1 ? (isTarget ? "itself" : this.#name(first.destination)) : `${targets} machines`;
    const what =
      ports.length === 1 && ports[0] >= 0
        ? describePort(ports[0], protocolName(first.protocol))
        : ports.length > 1
          ? `${ports.length} ports (${protocolName(first.protocol)})`
          : protocolName(first.protocol);
    this.#add({
      verdict: "filtered",
      benign: false,
      confidence: "likely",
      series: group,
      summary: `${filter} refuses what ${senders} ${new Set(group.map((s) => s.source)).size > 1 ? "send" : "sends"} to ${what} of ${where}: ${describeIcmpError(first.typeAndCode)}. A packet filter forbids it.`,
      confirm: [`Look at the rules of ${filter}: is the traffic meant to pass?`],
      advice: [`Allow it there, or stop ${senders} from sending it.`],
      ends: "It goes on as long as the rule stands and the sender tries.",
    });
  }

  #unreachable(group: readonly ErrorSeries[]): void {
    const [first] = group;
    const reporter = this.#name(first.from);
    const sender = this.#name(first.source);
    const targets = this.#names(
      group.map((s) => s.destination),
      "machines",
    );
    const ports = [...new Set(group.map((s) => s.dstPort))];
    const port = ports.length === 1 && ports[0] >= 0 ? `${describePort(ports[0], protocolName(first.protocol))} of ` : "";
    this.#add({
      verdict: "unreachable",
      benign: false,
      confidence: "possible",
      series: group,
      summary: `${reporter} reports to ${sender} that ${port}${targets} can't be reached: ${describeIcmpError(first.typeAndCode)}. Nothing in the capture ties it to Exchange.`,
      confirm: [`What program on ${sender} sends there?`],
      advice: [`${new Set(group.map((s) => s.destination)).size > 1 ? "Are" : "Is"} ${targets} meant to be there?`],
      ends: "It ends when the sender stops, or the target is back.",
    });
  }

  #timeExceeded(group: readonly ErrorSeries[]): void {
    const [{ source, destination }] = group;
    if (this.#context.isTold(source, destination)) return;
    const isTrace = this.#context.isTrace(source, destination);
    const reporters = this.#names(
      group.map((s) => s.from),
      "routers",
    );
    const [from, to] = [this.#name(source), this.#name(destination)];
    this.#add({
      verdict: isTrace ? "traceroute" : "time-exceeded",
      benign: isTrace,
      confidence: isTrace ? "likely" : "possible",
      series: group,
      summary: isTrace
        ? `A program on ${from} traces the route to ${to} with growing times to live; ${reporters} ${group.length > 1 ? "report" : "reports"} time exceeded, as it wants.`
        : `Packets from ${from} to ${to} live too short: ${reporters} ${group.length > 1 ? "report" : "reports"} time exceeded. A routing loop, or a traceroute whose packets the capture does not have.`,
      confirm: isTrace ? [] : [`Does a traceroute from ${from} to ${to} name the same routers again and again?`],
      advice: isTrace ? ["Nothing to do with Exchange."] : [`Look at the routes to ${to} on ${reporters}.`],
      ends: isTrace ? "It ends with the traceroute." : "It ends when the routes are right.",
    });
  }

  #redirect(group: readonly ErrorSeries[]): void {
    const [first] = group;
    const router = this.#name(first.from);
    const senders = this.#names(
      group.map((s) => s.source),
      "senders",
    );
    const targets = this.#names(
      group.map((s) => s.destination),
      "targets",
    );
    this.#add({
      verdict: "redirect",
      benign: false,
      confidence: "possible",
      series: group,
      summary: `${router} tells ${senders} to use another router for ${targets}: its routes and theirs differ, or it is an attempt to draw traffic elsewhere.`,
      confirm: [`Is ${router} the router of ${senders}, and does the router that it names exist?`],
      advice: [`Correct the routes of ${senders}, or let them ignore redirects.`],
    });
  }

  #other(kind: ErrorKind, group: readonly ErrorSeries[]): void {
    const [first] = group;
    const text = describeIcmpError(first.typeAndCode);
    const meaning: Partial<Record<ErrorKind, string>> = {
      reassembly: "fragments get lost on the way, or are dropped",
      protocol: `nothing there takes IP protocol ${first.protocol}`,
      "source-quench": "it has no room for what comes (RFC 6633 asks hosts to ignore it)",
      parameter: "it can't read the header",
      "source-route": "the packets name a way that does not exist",
    };
    this.#add({
      verdict: "icmp-error",
      benign: false,
      confidence: "possible",
      series: group,
      summary: `${this.#name(first.from)} reports to ${this.#name(first.source)}: ${text}; ${meaning[kind] ?? text}.`,
      confirm: [`Look at what ${this.#name(first.source)} sends to ${this.#name(first.destination)}.`],
    });
  }
}

function protocolName(protocol: number): string {
  if (protocol === IP_PROTOCOL_UDP) return "UDP";
  if (protocol === IP_PROTOCOL_TCP) return "TCP";
  if (protocol === IP_PROTOCOL_ICMP) return "ICMP";
  if (protocol === IP_PROTOCOL_ICMPV6) return "ICMPv6";
  return protocol < 0 ? "a packet" : `IP protocol ${protocol}`;
}

/** Findings about refused datagrams that are no pushes: late and rejected answers, streams, reflection, scans, traceroutes, closed ports. */

import type { AddressNumbers } from "@pushback/bytes";
import type { DatagramFlow, RefusedAnswers } from "./datagram-flow.ts";
import type { Evidence, Finding } from "./finding.ts";
import { describeRate, describeWait, evidenceAt, findingOf, groupBy, rateOf } from "./finding-parts.ts";
import { FlowIndex } from "./flow-index.ts";
import { describePort, portName } from "./port-names.ts";

/** Closed ports of one machine, or machines of one port, that one sender must have tried to be a scanner. */
const SCAN_TARGETS = 10;
/** Destination ports of traceroute probes (Van Jacobson's program and its successors): the port is incremented for each probe. */
const TRACEROUTE_PORTS = { first: 33_434, last: 33_689 };
/** Probes of one traceroute: its programs send at most three for each of thirty hops, as a rule. */
const MAX_PROBES = 100;
/** Cluster heartbeats go to UDP port 3343 (IANA: ms-cluster-net). */
const CLUSTER_PORT = 3343;
/** Thresholds for a stream: number of datagrams, and their rate. */
const STREAM = { datagrams: 20, perSecond: 4 };
/** Thresholds for a reflection attack: ratio of the lengths of answers and queries, rate, number of datagrams, and number of sources. */
const REFLECTION = { ratio: 3, perSecond: 3, datagrams: 5, sources: 10 };
/** Answers that one machine may give to one multicast query: devices announce each of their services. */
const MAX_GROUP_ANSWERS = 40;
const FIRST_DYNAMIC_PORT = 1024;
/** Thresholds for datagrams that are repeated every minute: least number of datagrams, and most ports of one machine. */
const REMINDER = { datagrams: 3, ports: 8 };
/** Different servers or clients that a sentence names before it counts them. */
const NAMED = 3;

export interface RefusedContext {
  readonly addresses: AddressNumbers;
  /** Every flow of the capture, refused or not. */
  readonly all: Iterable<DatagramFlow>;
  /** How many more targets a sender tried once than there are flows. */
  readonly more: (source: number) => number;
  /** Whether the sender tried growing times to live towards the target, or routers reported time exceeded about it. */
  readonly isTrace: (source: number, destination: number) => boolean;
  /** Routers' reports of time exceeded about the pair, as evidence. */
  readonly hopsOf: (source: number, destination: number) => readonly Evidence[];
}

/** Groups the flows with errors that are no push datagrams into findings. Each flow is in exactly one finding. */
export function diagnoseRefused(flows: readonly DatagramFlow[], context: RefusedContext): Finding[] {
  if (flows.length === 0) return [];
  return new RefusedFlows(context).diagnose(flows);
}

class RefusedFlows {
  readonly #context: RefusedContext;
  readonly #index: FlowIndex;
  readonly #findings: Finding[] = [];

  constructor(context: RefusedContext) {
    this.#context = context;
    this.#index = new FlowIndex(context.all);
  }

  diagnose(flows: readonly DatagramFlow[]): Finding[] {
    const late: DatagramFlow[] = [];
    const early: DatagramFlow[] = [];
    const unasked: DatagramFlow[] = [];
    for (const flow of flows) {
      if (isLate(flow) || this.#wasBeaten(flow)) late.push(flow);
      else if (answersMostly(flow)) early.push(flow);
      else unasked.push(flow);
    }
    for (const group of groupBy(late, (f) => `${f.destination}/${f.srcPort}/${isToGroup(f)}`).values()) this.#late(group);
    this.#early(early);
    this.#unasked(this.#streams(unasked));
    return this.#findings;
  }

  #add(subject: Parameters<typeof findingOf>[0]): Finding {
    const finding = findingOf(subject, this.#context.addresses);
    this.#findings.push(finding);
    return finding;
  }

  #name(address: number): string {
    return this.#context.addresses.format(address);
  }

  /** "10.0.0.1, 10.0.0.2 and 10.0.0.3", or "12 machines". */
  #names(addresses: readonly number[]): string {
    const different = [...new Set(addresses)];
    if (different.length > NAMED) return `${different.length} machines`;
    const names = different.map((address) => this.#name(address));
    return names.length > 1 ? `${names.slice(0, -1).join(", ")} and ${names.at(-1)}` : names[0];
  }

  /** Another server, which was asked too, had answered and was not refused: the slower answer came to a socket that was closed by then. */
  #wasBeaten(flow: DatagramFlow): boolean {
    const { answers } = flow;
    if (!answers || answers.early + answers.late !== flow.errors) return false;
    return this.#index
      .into(flow.destination, flow.dstPort)
      .some(
        (other) =>
          other.source !== flow.source &&
          other.errors === 0 &&
          other.srcPort === flow.srcPort &&
          other.first.timeUs <= flow.first.timeUs &&
          other.lastUs >= answers.query.timeUs - answers.maxUs &&
          this.#index.between(flow.destination, other.source, other.srcPort).length > 0,
      );
  }

  #late(flows: readonly DatagramFlow[]): void {
    const [first] = flows;
    const answers = answersOf(flows);
    const client = this.#name(first.destination);
    const servers = this.#names(flows.map((f) => f.source));
    const isGroup = isToGroup(first);
    const service = portName(first.srcPort);
    const what = service ? `${service.name} query` : "query";
    const isBeaten = !flows.every(isLate);
    const wait =
      answers.minUs === answers.maxUs ? describeWait(answers.maxUs) : `${describeWait(answers.minUs)} to ${describeWait(answers.maxUs)}`;
    const asked = isGroup
      ? `${client} had asked ${this.#name(first.answers?.queriedAddress ?? 0)} from this port`
      : `${client} had asked from this port`;
    this.#add({
      verdict: "late-reply",
      benign: true,
      confidence: "likely",
      flows,
      evidence: [evidenceAt(answers.query, "target", asked)],
      summary: isGroup
        ? `${servers} answered ${client}'s multicast or broadcast ${what} after ${wait}, when the program that asked had closed its port: answers too late, no push datagrams.`
        : isBeaten
          ? `${servers} answered ${client}'s ${what} after another server had, when the program that asked had closed its port: no push datagram.`
          : `${servers} answered ${client}'s ${what} after ${wait}, when the program that asked had closed its port: an answer too late, no push datagram.`,
      confirm: isGroup || isBeaten ? [] : [`Does the program on ${client} wait for less than ${describeWait(answers.minUs)}?`],
      advice: isGroup
        ? [`If there are many, let the program on ${client} keep its port open for longer.`]
        : [`If there are many, look why ${servers} ${flows.length === 1 ? "is" : "are"} slow or why ${client} gives up so early.`],
    });
  }

  #early(flows: readonly DatagramFlow[]): void {
    const rejected: DatagramFlow[] = [];
    for (const group of groupBy(flows, (f) => `${f.source}/${f.destination}/${f.srcPort}`).values()) {
      if (this.#isReflection(group)) this.#reflectionHere(group);
      else {
        const rest = group.filter((flow) => !this.#isStream(flow));
        for (const flow of group) if (this.#isStream(flow)) this.#stream(flow, true);
        for (const flow of rest) rejected.push(flow);
      }
    }
    for (const group of groupBy(rejected, (f) => `${f.destination}/${f.srcPort}`).values()) this.#rejected(group);
  }

  #isStream(flow: DatagramFlow): boolean {
    if (portName(flow.srcPort)?.answers || portName(flow.dstPort)?.answers) return false;
    return flow.count >= STREAM.datagrams && (rateOf([flow]) ?? 0) >= STREAM.perSecond;
  }

  #stream(flow: DatagramFlow, isTwoWay: boolean): void {
    const [from, to] = [this.#name(flow.source), this.#name(flow.destination)];
    const rate = describeRate(rateOf([flow]) ?? 0);
    this.#add({
      verdict: "stream-refused",
      benign: false,
      confidence: "likely",
      flows: [flow],
      evidence: flow.answers ? [evidenceAt(flow.answers.query, "target", `${to} sends to ${from} from the same port`)] : [],
      summary: isTwoWay
        ? `${from} and ${to} send each other streams (${rate} this way), and ${to} refuses what it gets on ${describePort(flow.dstPort)}: one side does not hear or see the other, as in a call with one-way audio.`
        : `${from} sends a stream (${rate}) to ${describePort(flow.dstPort)} of ${to}, which refuses it.`,
      confirm: [`Which program on ${to} should have UDP port ${flow.dstPort} open, and does a packet filter there refuse it?`],
      advice: [isTwoWay ? `Look at the program and the packet filter on ${to}.` : `Stop the sender on ${from}, or start what it sends to.`],
    });
  }

  /** Whether the answers are much longer than their queries and come fast. Then an attacker sent the queries in the name of the supposed client. */
  #isReflection(flows: readonly DatagramFlow[]): boolean {
    const [first] = flows;
    if (!portName(first.srcPort)?.answers) return false;
    const queries = this.#index.between(first.destination, first.source, first.srcPort);
    if (queries.length === 0) return false;
    const asked = queries.reduce((sum, q) => sum + q.payloadLen, 0) / queries.length;
    const answered = flows.reduce((sum, f) => sum + f.payloadLen, 0) / flows.length;
    const datagrams = flows.reduce((sum, f) => sum + f.count, 0);
    return answered >= asked * REFLECTION.ratio && datagrams >= REFLECTION.datagrams && (rateOf(flows) ?? 0) >= REFLECTION.perSecond;
  }

  #reflectionHere(flows: readonly DatagramFlow[]): void {
    const [first] = flows;
    const [reflector, victim] = [this.#name(first.source), this.#name(first.destination)];
    const [query] = this.#index.between(first.destination, first.source, first.srcPort);
    const ratio = Math.round(first.payloadLen / Math.max(1, query?.payloadLen ?? 1));
    this.#add({
      verdict: "reflection",
      benign: false,
      confidence: "likely",
      flows,
      summary: `An attack by reflection: queries in the name of ${victim} make ${reflector} (${describePort(first.srcPort)}) send it ${describeRate(rateOf(flows) ?? 0)} answers, ${ratio} times as long as the queries; ${victim} did not ask, and refuses them.`,
      confirm: [
        `Do the queries come from where ${victim} is? Compare their time to live and their network card with other packets of ${victim}.`,
      ],
      advice: [`Do not let ${reflector} answer everybody: limit who may ask, and how often one address is answered.`],
    });
  }

  #rejected(flows: readonly DatagramFlow[]): void {
    const [first] = flows;
    const answers = answersOf(flows);
    const client = this.#name(first.destination);
    const servers = this.#names(flows.map((f) => f.source));
    const service = portName(first.srcPort);
    const isStray = answers.stray > 0 && answers.stray >= answers.early;
    const refused = flows.reduce((sum, f) => sum + f.errors, 0);
    const isBeside = isStray && flows.every((flow) => this.#wasAnswered(flow));
    const asked = this.#name(first.answers?.queriedAddress ?? 0);
    const consequence = first.srcPort === 53 && !isBeside ? `: name resolution is broken on ${client}` : "";
    this.#add({
      verdict: "answers-refused",
      benign: false,
      confidence: "likely",
      flows,
      evidence: [evidenceAt(answers.query, "target", `${client} asks from this port`)],
      summary: isStray
        ? `${client} asks ${asked}, and ${servers} answers ${isBeside ? `besides ${asked}, whose answers it takes` : "in its place"}; ${client} refuses answers from an address that it did not ask${consequence}.`
        : `${client} asks ${servers}${service ? ` (${service.name})` : ""} and refuses ${refused === 1 ? "the answer, which comes" : `${refused} answers, which come`} ${describeWait(answers.minUs)}${answers.maxUs > answers.minUs * 2 ? ` to ${describeWait(answers.maxUs)}` : ""} after the query${consequence}. That is too soon for an answer that was given up: its socket is closed, or a packet filter rejects.`,
      confirm: [
        isBeside
          ? `Is ${servers} a server behind ${asked}? If not, something answers in the name of the service.`
          : `Look on ${client} whether a packet filter rejects, and whether the program keeps its port open.`,
      ],
      advice: [
        isBeside
          ? `Let only ${asked} answer; ${client} loses nothing meanwhile.`
          : isStray
            ? `Let the load balancer answer from the address that was asked, or the program on ${client} accept other addresses.`
            : `Let answers from UDP port ${first.srcPort} through on ${client}.`,
      ],
    });
  }

  /** Whether the address that was asked answered too, and was not refused. */
  #wasAnswered({ answers, destination, dstPort, srcPort }: DatagramFlow): boolean {
    return (
      answers !== null &&
      this.#index.between(answers.queriedAddress, destination, dstPort).some((own) => own.srcPort === srcPort && own.errors === 0)
    );
  }

  /** Reports the refused one-way streams as findings. Returns the other flows. */
  #streams(flows: readonly DatagramFlow[]): DatagramFlow[] {
    const rest: DatagramFlow[] = [];
    for (const flow of flows) {
      if (flow.errors > 0 && this.#isStream(flow))
        this.#stream(flow, this.#index.between(flow.destination, flow.source, flow.srcPort).length > 0);
      else rest.push(flow);
    }
    return rest;
  }

  #unasked(flows: readonly DatagramFlow[]): void {
    const left = this.#reflectedHere(this.#traceroutes(flows));
    const single: DatagramFlow[] = [];
    for (const [source, ofSource] of groupBy(left, (flow) => flow.source)) {
      const more = this.#context.more(source);
      const tries = withoutReminders(ofSource);
      const targets = new Set(tries.map((flow) => flow.destination * 65536 + flow.dstPort)).size + more;
      if (targets >= SCAN_TARGETS) this.#scan(tries, targets, more);
      else for (const flow of tries) single.push(flow);
      if (tries.length < ofSource.length) {
        const tried = new Set(tries);
        for (const flow of ofSource) if (!tried.has(flow)) single.push(flow);
      }
    }
    const toPort = groupBy(single, (flow) => flow.destination * 65536 + flow.dstPort);
    const fromOne: DatagramFlow[] = [];
    for (const group of toPort.values()) {
      if (new Set(group.map((flow) => flow.source)).size > 1) this.#closedPort(group);
      else for (const flow of group) fromOne.push(flow);
    }
    for (const group of groupBy(fromOne, (flow) => `${flow.source}/${flow.dstPort}`).values()) this.#closedPort(group);
  }

  /** Takes traceroutes out: their ports, and a time to live that was small at some probe. */
  #traceroutes(flows: readonly DatagramFlow[]): DatagramFlow[] {
    const left: DatagramFlow[] = [];
    for (const ofPair of groupBy(flows, (flow) => `${flow.source}/${flow.destination}`).values()) {
      const [{ source, destination }] = ofPair;
      const probes = ofPair.filter((flow) => flow.dstPort >= TRACEROUTE_PORTS.first && flow.dstPort <= TRACEROUTE_PORTS.last);
      const isTrace = probes.length > 0 && probes.length <= MAX_PROBES && Math.min(...probes.map((flow) => flow.minTtl)) <= 30;
      if (!isTrace) {
        for (const flow of ofPair) left.push(flow);
        continue;
      }
      const isShown = this.#context.isTrace(source, destination);
      this.#add({
        verdict: "traceroute",
        benign: isShown,
        confidence: "likely",
        flows: probes,
        evidence: this.#context.hopsOf(source, destination),
        summary: `A program on ${this.#name(source)} traces the route to ${this.#name(destination)}: the last machine's port unreachable is how a traceroute ends.`,
        confirm: isShown ? [] : ["A capture nearer to the sender shows the routers' answers."],
        advice: ["Nothing to do with Exchange."],
      });
      for (const flow of ofPair) {
        if (flow.dstPort < TRACEROUTE_PORTS.first || flow.dstPort > TRACEROUTE_PORTS.last) left.push(flow);
      }
    }
    return left;
  }

  /** Makes findings about the victims of reflection attacks (answers of many servers to queries not sent); returns the other flows. */
  #reflectedHere(flows: readonly DatagramFlow[]): DatagramFlow[] {
    const left: DatagramFlow[] = [];
    for (const group of groupBy(flows, (f) => (portName(f.srcPort)?.amplifies ? `${f.destination}/${f.srcPort}` : "")).values()) {
      const [first] = group;
      const sources = new Set(group.map((flow) => flow.source)).size;
      if (!portName(first.srcPort)?.amplifies || sources < REFLECTION.sources) {
        for (const flow of group) left.push(flow);
        continue;
      }
      const victim = this.#name(first.destination);
      this.#add({
        verdict: "reflection",
        benign: false,
        confidence: "likely",
        flows: group,
        summary: `An attack by reflection on ${victim}: ${sources} machines send it answers from ${describePort(first.srcPort)} that it did not ask for${describeGroupRate(group)}.`,
        confirm: [`The queries, in the name of ${victim}, are not in the capture: they come from elsewhere.`],
        advice: [`Ask the network's provider to filter UDP from port ${first.srcPort} to ${victim}.`],
      });
    }
    return left;
  }

  #scan(flows: readonly DatagramFlow[], targets: number, more: number): void {
    const [first] = flows;
    const source = this.#name(first.source);
    const machines = new Set(flows.map((flow) => flow.destination)).size;
    const ports = new Set(flows.map((flow) => flow.dstPort));
    const service = portName(first.srcPort);
    const isAnswer =
      service?.answers === true &&
      flows.every((flow) => flow.srcPort === first.srcPort && flow.dstPort >= FIRST_DYNAMIC_PORT && !ports.has(first.srcPort));
    const found = findingOf(
      isAnswer
        ? {
            verdict: "answers-refused",
            benign: false,
            confidence: "possible",
            flows,
            summary: `${this.#names(flows.map((f) => f.destination))} refuse${machines === 1 ? "s" : ""} ${targets} datagrams from ${describePort(first.srcPort)} of ${source}: answers whose queries the capture does not have, or a port scan that looks like them.`,
            confirm: ["A capture that has both directions shows whether there were queries."],
            advice: [`Find out what runs on ${source}.`],
          }
        : {
            verdict: "port-scan",
            benign: false,
            confidence: "likely",
            flows,
            summary: `${source} tries ${targets} closed UDP ports on ${machines === 1 ? "one machine" : `${machines} machines`}${ports.size === 1 && machines > 1 ? `, always ${describePort(first.dstPort)}` : ""}: a port scan${ports.size === 1 && machines > 1 ? ", a worm" : ""}, or a program that behaves like one.`,
            advice: [`Find out what runs on ${source}.`],
          },
      this.#context.addresses,
    );
    this.#findings.push({
      ...found,
      port: ports.size === 1 && more === 0 && machines === 1 ? found.port : ports.size === 1 ? found.port : null,
      datagrams: found.datagrams + more,
      errors: found.errors + more,
    });
  }

  #closedPort(flows: readonly DatagramFlow[]): void {
    const [first] = flows;
    const senders = new Set(flows.map((flow) => flow.source)).size;
    const from = this.#names(flows.map((f) => f.source));
    const to = this.#names(flows.map((f) => f.destination));
    const isHeartbeat = first.dstPort === CLUSTER_PORT;
    const answered = portName(first.srcPort);
    const isAnswer = !isHeartbeat && answered?.answers === true && first.dstPort >= FIRST_DYNAMIC_PORT;
    if (isHeartbeat) {
      this.#add({
        verdict: "cluster-heartbeat",
        benign: false,
        confidence: "likely",
        flows,
        summary: `${from} sends cluster heartbeats to ${to}, where no cluster service listens.`,
        advice: [`Is the cluster service on ${to} meant to be down?`],
      });
      return;
    }
    const rate = describeGroupRate(flows);
    this.#add({
      verdict: "closed-port",
      benign: false,
      confidence: "possible",
      flows,
      summary: `${from} ${senders > 1 ? "send" : "sends"} to ${describePort(first.dstPort)} of ${to}, which is closed there${rate}${isAnswer ? `; they come from ${describePort(first.srcPort)}, as answers do, but the capture has no query` : ""}; nothing in the capture ties it to Exchange.`,
      confirm: [`What program on ${from} sends from port ${first.srcPort}? A longer capture would show whether it repeats, and how often.`],
      advice: portName(first.dstPort) ? [`Is the ${portName(first.dstPort)?.name} service meant to run on ${to}?`] : [],
    });
  }
}

function describeGroupRate(flows: readonly DatagramFlow[]): string {
  const rate = rateOf(flows);
  return rate === null ? "" : `, ${describeRate(rate)}`;
}

/** Every refused datagram answers a query, and came a plausible timeout after it. */
function isLate({ answers, errors }: DatagramFlow): boolean {
  if (!answers) return false;
  return answers.late + answers.groupLate === errors && answers.groupLate <= MAX_GROUP_ANSWERS;
}

function isToGroup({ answers }: DatagramFlow): boolean {
  return answers !== null && answers.groupLate + answers.groupEarly > answers.late + answers.early;
}

/** Whether at least half of the refused datagrams answer a query. */
function answersMostly({ answers, errors }: DatagramFlow): boolean {
  if (!answers) return false;
  const { late, early, groupEarly, groupLate, stray } = answers;
  const group = groupEarly + groupLate;
  return 2 * (late + early + stray + (group <= MAX_GROUP_ANSWERS ? group : 0)) >= errors;
}

/**
 * Removes flows that repeat one small datagram every minute to a few ports of a machine: such a sender is a server with clients on these ports, which
 * may be well-known ones. A scanner sends to each port once.
 */
function withoutReminders(flows: readonly DatagramFlow[]): readonly DatagramFlow[] {
  const isReminder = (flow: DatagramFlow): boolean =>
    flow.isConstant && flow.payloadLen > 0 && flow.count >= REMINDER.datagrams && flow.gapsOnMinute > 0 && flow.gapsOff === 0;
  const ports = groupBy(flows.filter(isReminder), (flow) => flow.destination);
  return flows.filter((flow) => !isReminder(flow) || (ports.get(flow.destination)?.length ?? 0) > REMINDER.ports);
}

function answersOf(flows: readonly DatagramFlow[]): Pick<RefusedAnswers, "minUs" | "maxUs" | "query" | "early" | "stray"> {
  let minUs = Number.POSITIVE_INFINITY;
  let maxUs = 0;
  let early = 0;
  let stray = 0;
  let query = flows[0].first;
  for (const { answers } of flows) {
    if (!answers) continue;
    if (query === flows[0].first) query = answers.query;
    minUs = Math.min(minUs, answers.minUs);
    maxUs = Math.max(maxUs, answers.maxUs);
    early += answers.early + answers.groupEarly;
    stray += answers.stray;
  }
  return { minUs, maxUs, query, early, stray };
}

/** Checks the errors of the router: one for each datagram that it cannot forward, none twice, and each when it is due (RFC 1812 section 5.2.7.1). */

import { formatIpv4 } from "@pushback/bytes";
import { formatDuration } from "@pushback/host";
import {
  checkIcmp,
  checkIpv4Header,
  getIcmpCode,
  getIcmpType,
  getIpv4Destination,
  getIpv4Id,
  getIpv4Source,
  ICMP_HEADER_LEN,
  IP_PROTOCOL_ICMP,
  IP_PROTOCOL_UDP,
  isIcmpError,
  UNREACHABLE_HOST,
} from "@pushback/wire";
import type { IndexedRecording } from "../recording-index.ts";
import { longestHopUs, losesFrames } from "../wires.ts";
import type { BehaviourFaults } from "./behaviour-faults.ts";
import type { Datagram } from "./frame-facts.ts";
import { ROUTER_NAME, ROUTER_PERSONALITY } from "./header-behaviour.ts";
import type { Subject } from "./subject.ts";

const MARGIN_US = 1000;

/** An error of the router, and the datagram that it quotes. */
interface RouterError {
  readonly timeUs: number;
  readonly isHostUnreachable: boolean;
  readonly about: Datagram;
}

function keyOf(source: number, destination: number, id: number): string {
  return `${source} ${destination} ${id}`;
}

/** The router's ICMP errors in order of time, without those that quote a datagram which is not in the recording. */
function findErrors(datagrams: readonly Datagram[], router: number): RouterError[] {
  const sent = new Map<string, Datagram>();
  const errors: RouterError[] = [];
  for (const d of datagrams) {
    const { b, payloadAt, payloadLen } = d;
    sent.set(keyOf(d.source, d.destination, d.id), d);
    if (d.source !== router || d.protocol !== IP_PROTOCOL_ICMP || d.isFragment || checkIcmp(b, payloadAt, payloadLen) !== null) continue;
    const quoteAt = payloadAt + ICMP_HEADER_LEN;
    const isReadable = isIcmpError(getIcmpType(b, payloadAt)) && checkIpv4Header(b, quoteAt, payloadLen - ICMP_HEADER_LEN) === null;
    if (!isReadable) continue;
    const about = sent.get(keyOf(getIpv4Source(b, quoteAt), getIpv4Destination(b, quoteAt), getIpv4Id(b, quoteAt)));
    const isHostUnreachable = getIcmpType(b, payloadAt) === 3 && getIcmpCode(b, payloadAt) === UNREACHABLE_HOST;
    if (about !== undefined) errors.push({ timeUs: d.timeUs, isHostUnreachable, about });
  }
  return errors;
}

export function judgeRouter(
  { recording, index }: IndexedRecording,
  datagrams: readonly Datagram[],
  subjects: readonly Subject[],
  faults: BehaviourFaults,
): void {
  const { scenario } = recording;
  if (index.routerAddress === 0) return;
  const hopUs = longestHopUs(scenario);
  const fault = (rule: string, finding: string, atUs: number) => void faults.add(ROUTER_NAME, rule, finding, atUs);
  const errors = findErrors(datagrams, index.routerAddress);
  const quoted = new Set<Datagram>();
  for (const { timeUs, about } of errors) {
    if (quoted.has(about))
      fault("sends one error about a datagram", `a second one about a datagram to ${formatIpv4(about.destination)} came`, timeUs);
    quoted.add(about);
  }
  if (losesFrames(scenario)) return;
  const { arpTries, arpRetryUs } = ROUTER_PERSONALITY;
  const unresolvedUs = arpTries * arpRetryUs;
  const pushes = datagrams.filter(({ source, protocol }) => source === index.server.address && protocol === IP_PROTOCOL_UDP);
  const toAddress = Map.groupBy(datagrams, ({ destination }) => destination);
  for (const { timeUs, isHostUnreachable, about } of errors) {
    const afterUs = timeUs - about.timeUs;
    // A datagram that arrives while the router is resolving its next hop waits only for the remaining ARP requests.
    const isFirst = !toAddress
      .get(about.destination)
      ?.some((d) => d.timeUs < about.timeUs && d.timeUs >= about.timeUs - unresolvedUs - 2 * hopUs);
    const leastUs = isHostUnreachable && isFirst ? unresolvedUs : 0;
    // The router may have to ask for the hardware address of the sender, too.
    const mostUs = (isHostUnreachable ? unresolvedUs : 0) + 4 * hopUs + MARGIN_US;
    if (afterUs < leastUs || afterUs > mostUs)
      fault("sends errors when they are due", `one came ${formatDuration(afterUs)} after its datagram`, timeUs);
  }
  const arrivals = new Map(subjects.map((subject) => [subject.machine.address, arrivalsOf(subject)]));
  for (const own of Map.groupBy(pushes, ({ destination }) => destination).values()) {
    for (const [i, d] of own.entries()) {
      if (i === 0 || i === own.length - 1 || quoted.has(d) || !quoted.has(own[i - 1]) || !quoted.has(own[i + 1])) continue;
      const limitUs = d.timeUs + 4 * hopUs + unresolvedUs + MARGIN_US;
      const isArrived = arrivals.get(d.destination)?.some((us) => us >= d.timeUs && us <= limitUs);
      if (!isArrived)
        fault("sends an error about each datagram that it cannot forward", `none came about one to ${formatIpv4(d.destination)}`, d.timeUs);
    }
  }
}

/** Times at which the machine's stack received datagrams. */
function arrivalsOf({ events }: Subject): number[] {
  return events.flatMap(({ atUs, event }) => (event.type === "udp-delivered" || event.type === "udp-no-port" ? [atUs] : []));
}

/** Findings about push datagrams whose registration is in the capture. */

import type { DatagramFlow } from "./datagram-flow.ts";
import { describeIcmpError, saysMachineIsAbsent } from "./error-kind.ts";
import type { Evidence, Finding } from "./finding.ts";
import { evidenceAt } from "./finding-parts.ts";
import { describeInterval } from "./interval-text.ts";
import type { Connection, Registration } from "./mail-sessions.ts";
import type { Observer } from "./observer.ts";
import { guessPlatforms } from "./platform-guess.ts";
import { ALIVE_AFTER_US, CONFLICT_US } from "./push-times.ts";
import { expectedEnd } from "./session-end.ts";

export const KEEPALIVE_ADVICE =
  "Do not shorten KeepAliveTime on the server for this: the article advises against it, because every idle connection would then be probed as often.";
const NOTHING_TO_DO = "Nothing needs to be done: new logons are notified as usual.";

/** The facts about one registration on which its verdict depends. */
interface Case {
  readonly observer: Observer;
  readonly connection: Connection;
  readonly registration: Registration;
  readonly flow: DatagramFlow;
  readonly client: string;
  readonly server: string;
  /** A later session has the same port of the client, under another context. */
  readonly takenOver: Registration | null;
  /** Another network card has the client's address now. */
  readonly heir: Evidence | null;
  /** Signs that the machine was started again after it registered. */
  readonly reboot: readonly Evidence[];
  /** Evidence that the client's side of the session was alive after a datagram that it refused or did not receive; `null` if there is none. */
  readonly alive: Evidence | null;
}

/** Findings about one registration and the datagrams with its context; empty if the client received all of them. */
export function diagnoseSession(observer: Observer, connection: Connection, registration: Registration, flow: DatagramFlow): Finding[] {
  const findings: Finding[] = [];
  const c = caseOf(observer, connection, registration, flow);
  const unheard = flow.errors + flow.silent + flow.otherErrors;
  if (flow.afterEnd > 0) findings.push(afterTheEnd(c));
  else if (unheard > 0) findings.push(unheardFinding(c));
  return findings;
}

function caseOf(observer: Observer, connection: Connection, registration: Registration, flow: DatagramFlow): Case {
  const takenOver = observer.registrations
    .of(flow.destination, flow.dstPort)
    .find(
      (other) =>
        other.connection !== connection &&
        other.connection.clientAddress === connection.clientAddress &&
        other.registration.timeUs > registration.timeUs &&
        other.registration.timeUs <= flow.lastUs,
    )?.registration;
  const unheardUs = flow.firstError?.timeUs ?? flow.firstSilentUs;
  const isAlive = unheardUs >= 0 && connection.aliveUs > unheardUs + ALIVE_AFTER_US;
  return {
    observer,
    connection,
    registration,
    flow,
    client: observer.addresses.format(connection.clientAddress),
    server: observer.addresses.format(connection.serverAddress),
    takenOver: takenOver ?? null,
    heir: heirOf(observer, connection, registration.timeUs),
    reboot: rebootEvidence(observer, connection, registration.timeUs),
    alive: isAlive
      ? evidenceAt(
          { frame: connection.aliveFrame, timeUs: connection.aliveUs },
          "target",
          "the client still speaks in the session that registered",
        )
      : null,
  };
}

/** ARP shows the client's address at another hardware address than when it registered. */
function heirOf(observer: Observer, connection: Connection, registeredUs: number): Evidence | null {
  const owners = observer.hosts.get(connection.clientAddress)?.owners ?? [];
  const before = owners.findLast((owner) => owner.timeUs <= registeredUs);
  const after = owners.find((owner) => owner.timeUs > registeredUs && owner.mac !== before?.mac);
  return before && after
    ? evidenceAt(after, "other", `${observer.addresses.format(connection.clientAddress)} now belongs to another network card`)
    : null;
}

/** The first card comes back soon after the second one showed: both answer for the address. */
function conflictOf({ observer, connection, registration }: Case): Evidence | null {
  const owners = observer.hosts.get(connection.clientAddress)?.owners ?? [];
  for (let i = 2; i < owners.length; i++) {
    const back = owners[i];
    if (back.timeUs > registration.timeUs && back.mac === owners[i - 2].mac && back.timeUs - owners[i - 1].timeUs < CONFLICT_US)
      return evidenceAt(back, "target", "and the first card answers for the address again");
  }
  return null;
}

/** Signs that the machine of the client was started again after `us`. */
function rebootEvidence(observer: Observer, connection: Connection, us: number): Evidence[] {
  const { clientAddress, synInto, end, probes } = connection;
  const found: Evidence[] = [];
  const announced = observer.hosts.get(clientAddress)?.announcements.find((ref) => ref.timeUs > us);
  if (announced) found.push(evidenceAt(announced, "target", "the machine asks for its own address by ARP: its TCP/IP has just started"));
  const restart = observer.connections.restartsOf(clientAddress).find((ref) => ref.timeUs > us);
  if (restart)
    found.push(evidenceAt(restart, "target", "its new connections begin again at the bottom of the ports: the machine was started anew"));
  if (synInto)
    found.push(evidenceAt(synInto, "target", "a new connection from the same port, into the old one: the machine has forgotten it"));
  if (end?.how === "keepalive-reset" || end?.how === "half-open-reset") {
    if (probes[0]) found.push(evidenceAt(probes[0], "sender", "the server's keep-alive probe"));
    found.push(evidenceAt(end, "target", "the machine resets the session that it does not know"));
  }
  return found;
}

function baseOf(c: Case): Omit<Finding, "verdict" | "benign" | "confidence" | "summary" | "confirm" | "advice"> & { evidence: Evidence[] } {
  const { observer, connection, registration, flow, client } = c;
  const end = expectedEnd(connection, observer.lastUs);
  const arp = observer.hosts.get(connection.clientAddress);
  const evidence: Evidence[] = [
    evidenceAt(registration, "target", `${client} registers UDP port ${registration.port} with context ${registration.contextHex}`),
    evidenceAt(
      flow.sample[0],
      "sender",
      `the first datagram with that context${flow.count > 1 ? `, of ${flow.count}${describeInterval(flow)}` : ""}`,
      "datagram",
    ),
  ];
  if (flow.firstError) {
    const often = flow.errors > 1 ? ` (${flow.errors} times)` : "";
    evidence.push(
      evidenceAt(
        flow.firstError,
        "target",
        `${observer.addresses.format(flow.destination)} answers: no program has port ${flow.dstPort} open${often}`,
        "error",
      ),
    );
  }
  if (c.takenOver)
    evidence.push(
      evidenceAt(c.takenOver, "target", `a new session registers the same port with another context, ${c.takenOver.contextHex}`),
    );
  const other = flow.firstOtherError;
  if (other)
    evidence.push(
      evidenceAt(other, "other", `${observer.addresses.format(other.from)} reports: ${describeIcmpError(other.typeAndCode)}`, "error"),
    );
  evidence.push(...c.reboot);
  const [probe] = connection.probes;
  if (probe && !evidence.some((e) => e.frame === probe.frame)) evidence.push(evidenceAt(probe, "sender", "the server's keep-alive probe"));
  if (connection.givenUp)
    evidence.push(evidenceAt(connection.givenUp, "target", "the client has given the connection up: nothing answered it"));
  if (c.heir) evidence.push(c.heir);
  if (c.alive) evidence.push(c.alive);
  if (arp?.firstUnanswered && arp.unanswered > 0)
    evidence.push(evidenceAt(arp.firstUnanswered, "other", `no machine answers ARP requests for ${client}`));
  if (!connection.end && !c.alive) evidence.push(evidenceAt(connection.last, "other", "the session's last segment"));
  return {
    from: observer.addresses.format(flow.source),
    to: observer.addresses.format(flow.destination),
    port: flow.dstPort,
    contextHex: registration.contextHex,
    session: { clientPort: connection.clientPort, serverPort: connection.serverPort, userDn: connection.userDn },
    datagrams: flow.count,
    errors: flow.errors,
    intervalUs: flow.intervalUs < 0 ? null : flow.intervalUs,
    evidence,
    endsAtUs: end.us,
    endSeen: end.seen,
    ends: end.text,
    platforms: flow.errorTraits ? guessPlatforms(flow.errorTraits) : [],
  };
}

/** Finding about datagrams that go on after the end of the TCP session, where by the article they should stop. */
function afterTheEnd(c: Case): Finding {
  const { connection, flow, server, client } = c;
  const base = baseOf(c);
  if (connection.end) base.evidence.push(evidenceAt(connection.end, "other", "the session ends"));
  if (flow.firstAfterEnd)
    base.evidence.push(evidenceAt(flow.firstAfterEnd, "sender", `and yet a datagram, the first of ${flow.afterEnd}`, "datagram"));
  return {
    ...base,
    verdict: "push-after-session",
    benign: false,
    confidence: "certain",
    summary: `${server} goes on notifying ${client} after the TCP session that registered has ended: no Exchange server does this (Q159302).`,
    confirm: [],
    endsAtUs: null,
    endSeen: false,
    ends: "Nothing in the capture ends it.",
    advice: [
      `Find out what sends from UDP port ${flow.srcPort} of ${server}: the information store, or something that repeats its datagrams.`,
    ],
  };
}

function unheardFinding(c: Case): Finding {
  const { flow, registration, connection } = c;
  const conflict = conflictOf(c);
  if (registration.address !== connection.clientAddress && !(c.alive && flow.errors === 0)) return misdirected(c);
  if (conflict && flow.errors > 0) return conflicting(c, conflict);
  const later = flow.lastHeardUs > Math.max(flow.lastSilentUs, flow.firstError?.timeUs ?? -1);
  if (later && flow.errors === 0 && !c.takenOver) return interrupted(c);
  if (c.alive && !c.takenOver) return flow.errors > 0 ? refusedAlive(c) : notHeard(c);
  if (isRejectedOnTheWay(flow)) return rejected(c);
  return flow.errors > 0 || c.takenOver ? stale(c) : unanswered(c);
}

/** A device on the path refuses the datagrams: neither the machine itself nor a router that cannot reach it. */
function isRejectedOnTheWay({ firstOtherError, errors }: DatagramFlow): boolean {
  return errors === 0 && firstOtherError !== null && !saysMachineIsAbsent(firstOtherError.typeAndCode);
}

function misdirected(c: Case): Finding {
  const { flow, registration, client, server } = c;
  const target = c.observer.addresses.format(registration.address);
  return {
    ...baseOf(c),
    verdict: "push-misdirected",
    benign: false,
    confidence: "certain",
    summary: `${client} registered an address that is not the one it speaks from: ${server} sends its push datagrams to ${target}${flow.errors > 0 ? ", which refuses them" : ""}. The client sits behind address translation or has several addresses, or a third party aims the datagrams at this address.`,
    confirm: [`Does ${target} belong to the machine that logged on from ${client}?`],
    advice: ["Where it does, let the client register an address that the server reaches; where it does not, find out who logged on."],
  };
}

function conflicting(c: Case, conflict: Evidence): Finding {
  const base = baseOf(c);
  base.evidence.push(conflict);
  return {
    ...base,
    verdict: "address-conflict",
    benign: false,
    confidence: "certain",
    summary: `Two network cards answer for ${c.client}: an address that was given twice, or ARP answers that are forged. Who refuses the push datagrams of ${c.server} can't be told.`,
    confirm: [`Compare the hardware addresses that ARP shows for ${c.client} with the machine's own.`],
    advice: ["Find the second card before anything else."],
  };
}

function interrupted(c: Case): Finding {
  const { flow, client } = c;
  return {
    ...baseOf(c),
    verdict: "push-interrupted",
    benign: true,
    confidence: "certain",
    summary: `${client} missed ${flow.silent} push ${flow.silent === 1 ? "datagram" : "datagrams"} and then heard the next: it was not to be reached for a while.`,
    confirm: [],
    ends: "It is over.",
    endsAtUs: flow.lastHeardUs,
    endSeen: true,
    advice: ["Nothing needs to be done if the interruption is known; otherwise find its cause."],
  };
}

function notHeard(c: Case): Finding {
  const { flow, client, server } = c;
  return {
    ...baseOf(c),
    verdict: "push-not-heard",
    benign: false,
    confidence: flow.heard === 0 ? "certain" : "likely",
    summary: `${client} is alive and polls, but its push datagrams from ${server} do not reach it: new mail shows up late.`,
    confirm: ["Capture on the client's side: the datagrams are missing there."],
    ends: "It goes on as long as the way is blocked.",
    endsAtUs: null,
    endSeen: false,
    advice: [
      `Let UDP from ${server}, any port above 1023, to the clients' ports above 1023 pass (Q264035); address translation between them breaks the registration.`,
      "Servers with more than one gateway and proxy clients do the same (Q270065).",
    ],
  };
}

function refusedAlive(c: Case): Finding {
  const { flow, client, server } = c;
  return {
    ...baseOf(c),
    verdict: "push-refused",
    benign: false,
    confidence: "certain",
    summary: `${client} refuses push datagrams of ${server} although the session that asked for them is alive: it was not restarted, and new mail shows up late.`,
    confirm: [`Look on ${client} whether its mail program has UDP port ${flow.dstPort} open, and what filters packets there.`],
    ends: "It goes on as long as something refuses them.",
    endsAtUs: null,
    endSeen: false,
    advice: [`Let UDP from ${server} through to the mail program; errors that ${client} did not send itself would be forged.`],
  };
}

function rejected(c: Case): Finding {
  const { flow, client, server } = c;
  const other = flow.firstOtherError as NonNullable<DatagramFlow["firstOtherError"]>;
  const who = c.observer.addresses.format(other.from);
  return {
    ...baseOf(c),
    verdict: "push-rejected",
    benign: false,
    confidence: "certain",
    summary: `${who}, which is not ${client}, refuses the push datagrams of ${server}: ${describeIcmpError(other.typeAndCode)}. A firewall or a router on the way keeps them from the client.`,
    confirm: [`Look at the rules or the routes of ${who}.`],
    ends: "It goes on as long as the way is blocked.",
    endsAtUs: null,
    endSeen: false,
    advice: [`Let UDP from ${server}, any port above 1023, to the clients' ports above 1023 pass (Q264035).`],
  };
}

function stale(c: Case): Finding {
  const { connection, flow, client } = c;
  const isMonitor = /system attendant/i.test(connection.userDn ?? "");
  // A router reported the machine as absent before the machine itself answered with an error, so the machine was off at first.
  const other = flow.firstOtherError;
  const wasOff =
    other !== null && saysMachineIsAbsent(other.typeAndCode) && flow.firstError !== null && other.timeUs < flow.firstError.timeUs;
  const hasGivenUp = connection.givenUp !== null;
  const isSeen = c.reboot.length > 0 || c.takenOver !== null || c.heir !== null || connection.end !== null || hasGivenUp || wasOff;
  // The port was open earlier in the capture and is closed now, and the session has been silent since then. So the program that had opened the port has
  // ended.
  const isShown = isSeen || flow.heard > 0;
  return {
    ...baseOf(c),
    verdict: isMonitor ? "link-monitor" : "stale-push",
    benign: isShown,
    confidence: isSeen ? "certain" : isShown ? "likely" : "possible",
    summary: isShown ? staleSummary(c, isMonitor) : doubtfulSummary(c),
    confirm: isSeen
      ? []
      : [
          `Is the mail program on ${client} in use? Then something on that machine refuses the datagrams, and new mail shows up late.`,
          "A longer capture shows how the session ends: the server's keep-alive probe is answered by a machine that was not restarted, and reset by one that was.",
        ],
    advice: [
      isShown ? NOTHING_TO_DO : "If the machine was restarted, nothing needs to be done: new logons are notified as usual.",
      KEEPALIVE_ADVICE,
    ],
  };
}

function doubtfulSummary({ client, server, flow }: Case): string {
  return `${client} refuses the push datagrams of ${server} to UDP port ${flow.dstPort}, which it registered: as after a restart without logging off (Q159302), but nothing in the capture shows a restart.`;
}

function staleSummary({ client, server, flow, takenOver, heir, reboot, connection }: Case, isMonitor: boolean): string {
  const who = isMonitor ? `The link monitor on ${client}` : client;
  const gone = heir
    ? `${who} went away without logging off and another machine has its address`
    : connection.givenUp && reboot.length === 0
      ? `${who} has given up its session while nothing answered, and the server need not have heard of it`
      : `${who} was restarted without logging off`;
  const what = `${gone}; ${server} still sends push datagrams to the old registration`;
  const answerer = heir ? "the new owner's TCP/IP" : "the machine's TCP/IP";
  const answers = flow.errors > 0 ? `, and ${answerer} answers ${flow.errors === 1 ? "with" : "each with"} ICMP port unreachable` : "";
  return `${what}${answers}${takenOver ? "; the new mail client has the same port open and ignores what is not its own" : ""}. This is normal (Q159302).`;
}

function unanswered(c: Case): Finding {
  const { observer, connection, flow, client, server } = c;
  const arp = observer.hosts.get(connection.clientAddress);
  const absent = (arp !== undefined && arp.unanswered > 0) || flow.firstOtherError !== null || connection.end?.how === "keepalive-timeout";
  const rebooted = connection.end?.how === "keepalive-reset" || connection.end?.how === "half-open-reset";
  return {
    ...baseOf(c),
    verdict: "stale-push-unanswered",
    benign: absent || rebooted,
    confidence: absent || rebooted ? "likely" : "possible",
    summary: absent
      ? `${server} keeps notifying ${client}, which is not there: switched off or unplugged without logging off.`
      : rebooted
        ? `${server} kept notifying ${client} after it went down without logging off; nothing answered while the datagrams came.`
        : `${server} keeps notifying ${client}, and nothing answers: the machine is off, or something drops the datagrams or the errors.`,
    confirm: absent ? [] : [`Ping ${client}: if it answers, something drops the datagrams or the ICMP errors on the way.`],
    advice: ["If the machine is off, nothing needs to be done.", KEEPALIVE_ADVICE],
  };
}

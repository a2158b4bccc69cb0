/** Findings about push datagrams: of sessions in the capture, and of flows that only look like them. */

import { formatIpv4 } from "@pushback/bytes";
import type { DatagramFlow } from "./datagram-flows.ts";
import type { Evidence, Finding } from "./finding.ts";
import type { FrameRef } from "./frame-ref.ts";
import type { Connection, Registration } from "./mail-sessions.ts";
import type { Observer } from "./observer.ts";
import { guessPlatforms } from "./platform-guess.ts";

/** KeepAliveTime of the server where nothing else is known (Q183786). */
const KEEPALIVE_TIME_US = 7_200_000_000;
/** Unanswered probes go on for five more, a second apart (Q183786). */
const PROBE_SERIES_US = 6_000_000;
/** Dynamic ports begin here (Q264035). */
const FIRST_DYNAMIC_PORT = 1024;
/** A client that sends requests this long after a datagram that it did not hear is alive. */
const ALIVE_AFTER_US = 10_000_000;

const KEEPALIVE_ADVICE =
  "Do not shorten KeepAliveTime on the server for this: the article advises against it, because every idle connection would then be probed as often.";

function at(ref: FrameRef, text: string): Evidence {
  return { frame: ref.frame, timeUs: ref.timeUs, text };
}

/** When the server's side of the connection ended, or when it will if KeepAliveTime has its default. */
function endOf(connection: Connection, lastUs: number): { us: number; seen: boolean; text: string } {
  const { end } = connection;
  if (end) return { us: end.timeUs, seen: true, text: `It ended with the TCP session (${END_TEXTS[end.how]}, frame ${end.frame}).` };
  const [probe] = connection.probes;
  if (probe && !connection.probeAnswered) {
    return {
      us: probe.timeUs + PROBE_SERIES_US,
      seen: false,
      text: "The server is probing the dead connection: it ends within seconds of the first probe.",
    };
  }
  const us = connection.last.timeUs + KEEPALIVE_TIME_US;
  const text =
    "Two hours after the session's last TCP segment, if the server's KeepAliveTime has its default; a logon that takes the same TCP port again ends it sooner.";
  return { us, seen: false, text: us <= lastUs ? `It should have ended by now. ${text}` : text };
}

const END_TEXTS: Readonly<Record<NonNullable<Connection["end"]>["how"], string>> = {
  logoff: "the client logged off",
  fin: "closed in order",
  "keepalive-reset": "the rebooted machine reset it when the server probed",
  "keepalive-timeout": "nobody answered the server's probes",
  "half-open-reset": "the rebooted machine opened a connection from the same port and reset the old one",
  reset: "reset",
  replaced: "a new connection took its place",
};

/** Signs that the machine at `address` was started again after `us`. */
function rebootEvidence(observer: Observer, connection: Connection, us: number): Evidence[] {
  const found: Evidence[] = [];
  const announced = observer.hosts.get(connection.clientAddress)?.announcements.find((ref) => ref.timeUs > us);
  if (announced) found.push(at(announced, "the machine asks for its own address by ARP: its TCP/IP has just started"));
  if (connection.synInto)
    found.push(at(connection.synInto, "a new connection from the same port, into the old one: the machine has forgotten it"));
  const [probe] = connection.probes;
  if (probe) found.push(at(probe, "the server's keep-alive probe"));
  if (connection.end && (connection.end.how === "keepalive-reset" || connection.end.how === "half-open-reset")) {
    found.push(at(connection.end, "the machine resets the session that it does not know"));
  }
  return found;
}

/** One registration and the datagrams that carry its context; `null` when all of them were heard. */
export function diagnoseSession(
  observer: Observer,
  connection: Connection,
  registration: Registration,
  flow: DatagramFlow,
): Finding | null {
  const unheard = flow.count - flow.heard - (flow.openSinceUs >= 0 ? 1 : 0);
  if (unheard <= 0) return null;
  const end = endOf(connection, observer.lastUs);
  const { clientAddress, serverAddress } = connection;
  const client = formatIpv4(clientAddress);
  const server = formatIpv4(serverAddress);
  const isMonitor = /system attendant/i.test(connection.userDn ?? "");
  const takenOver = observer.registrations
    .get(flow.destination * 65536 + flow.dstPort)
    ?.find(
      (other) =>
        other.connection !== connection && other.registration.timeUs > registration.timeUs && other.registration.timeUs <= flow.last.timeUs,
    );
  const alive =
    flow.firstSilentUs >= 0 && connection.lastRequest !== null && connection.lastRequest.timeUs > flow.firstSilentUs + ALIVE_AFTER_US;
  const arp = observer.hosts.get(clientAddress);

  const evidence: Evidence[] = [
    at(registration, `${client} registers UDP port ${registration.port} with context ${registration.contextHex}`),
  ];
  evidence.push(at(flow.sample[0], `the first datagram with that context${flow.count > 1 ? `, of ${flow.count}` : ""}`));
  if (flow.firstError)
    evidence.push(
      at(flow.firstError, `${client} answers: nobody has port ${flow.dstPort} open${flow.errors > 1 ? ` (${flow.errors} times)` : ""}`),
    );
  if (takenOver)
    evidence.push(
      at(takenOver.registration, `a new session registers the same port with another context, ${takenOver.registration.contextHex}`),
    );
  if (flow.firstOtherError)
    evidence.push(at(flow.firstOtherError, `${formatIpv4(flow.firstOtherError.from)} reports ${client} unreachable`));
  evidence.push(...rebootEvidence(observer, connection, registration.timeUs));
  if (arp?.firstUnanswered && arp.unanswered > 0) evidence.push(at(arp.firstUnanswered, `nobody answers ARP for ${client}`));
  if (!connection.end) evidence.push(at(connection.last, "the session's last segment"));

  const base = {
    from: flow.source,
    to: flow.destination,
    port: flow.dstPort,
    contextHex: registration.contextHex,
    session: { clientPort: connection.clientPort, serverPort: connection.serverPort, userDn: connection.userDn },
    datagrams: flow.count,
    errors: flow.errors,
    evidence,
    endsAtUs: end.us,
    endSeen: end.seen,
    ends: end.text,
    platforms: flow.errorTraits ? guessPlatforms(flow.errorTraits) : [],
  };
  if (flow.errors === 0 && !takenOver && flow.lastHeardUs > flow.lastSilentUs) {
    return {
      ...base,
      verdict: "push-interrupted",
      benign: true,
      confidence: "certain",
      summary: `${client} missed ${flow.silent} push ${flow.silent === 1 ? "datagram" : "datagrams"} and then heard the next: it was not to be reached for a while.`,
      confirm: [],
      ends: "It is over.",
      endsAtUs: flow.lastHeardUs,
      endSeen: true,
      advice: ["Nothing needs to be done, unless nobody knows of the interruption."],
    };
  }
  if (alive && !takenOver && flow.errors === 0) {
    return {
      ...base,
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
  if (flow.errors > 0 || takenOver) {
    const heir = takeover(observer, connection, registration.timeUs);
    if (heir) evidence.push(heir);
    return {
      ...base,
      verdict: isMonitor ? "link-monitor" : "stale-push",
      benign: true,
      confidence: "certain",
      summary: staleSummary(client, server, flow, { samePort: takenOver !== undefined, isMonitor, hasHeir: heir !== null }),
      confirm: [],
      advice: ["Nothing needs to be done: new logons are notified as usual.", KEEPALIVE_ADVICE],
    };
  }
  const absent = (arp !== undefined && arp.unanswered > 0) || flow.firstOtherError !== null || connection.end?.how === "keepalive-timeout";
  const rebooted = connection.end?.how === "keepalive-reset" || connection.end?.how === "half-open-reset";
  return {
    ...base,
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

/** ARP shows the client's address at another hardware address than when it registered. */
function takeover(observer: Observer, connection: Connection, registeredUs: number): Evidence | null {
  const owners = observer.hosts.get(connection.clientAddress)?.owners ?? [];
  const before = owners.findLast((owner) => owner.timeUs <= registeredUs);
  const after = owners.find((owner) => owner.timeUs > registeredUs && owner.mac !== before?.mac);
  return before && after ? at(after, `${formatIpv4(connection.clientAddress)} now belongs to another network card`) : null;
}

function staleSummary(
  client: string,
  server: string,
  flow: DatagramFlow,
  { samePort, isMonitor, hasHeir }: { readonly samePort: boolean; readonly isMonitor: boolean; readonly hasHeir: boolean },
): string {
  const who = isMonitor ? `The link monitor on ${client}` : client;
  const gone = hasHeir
    ? `${who} went away without logging off and another machine has its address`
    : `${who} was restarted without logging off`;
  const what = `${gone}; ${server} still sends push datagrams to the old registration`;
  const answerer = hasHeir ? "the new owner's TCP/IP" : "the machine's TCP/IP";
  const answers = flow.errors > 0 ? `, and ${answerer} answers ${flow.errors === 1 ? "with" : "each with"} ICMP port unreachable` : "";
  return `${what}${answers}${samePort ? "; the new mail client has the same port open and ignores what is not its own" : ""}. This is normal (Q159302).`;
}

/** A series on the server's minutes. */
export function isOnTheMinutes(flow: DatagramFlow): boolean {
  return flow.gapsOnMinute > 0 && flow.gapsOff === 0;
}

/** Whether a flow without registration looks like pushes: a small constant payload between dynamic ports, on the server's minutes. */
export function looksLikePush(flow: DatagramFlow): boolean {
  return (
    flow.payloadHex !== null &&
    flow.payloadLen > 0 &&
    flow.srcPort >= FIRST_DYNAMIC_PORT &&
    flow.dstPort >= FIRST_DYNAMIC_PORT &&
    isOnTheMinutes(flow)
  );
}

/** Pushes whose registration is not in the capture. They are benign only where the capture shows their sender to be an Exchange server. */
export function diagnoseUnregistered(observer: Observer, flow: DatagramFlow): Finding {
  const server = formatIpv4(flow.source);
  const client = formatIpv4(flow.destination);
  const isServer = [...observer.connections.mail].find((connection) => connection.serverAddress === flow.source);
  const session = [...observer.connections.mail].find((c) => c.clientAddress === flow.destination && c.serverAddress === flow.source);
  const evidence = flow.sample.map((ref) => at(ref, `a datagram of ${flow.payloadLen} bytes, ${flow.payloadHex}, to port ${flow.dstPort}`));
  if (flow.firstError) evidence.push(at(flow.firstError, `${client} answers: nobody has port ${flow.dstPort} open`));
  if (isServer) evidence.push(at(isServer.first, `${server} is an Exchange server: EMSMDB on TCP port ${isServer.serverPort}`));
  return {
    verdict: flow.errors > 0 ? "stale-push" : "stale-push-unanswered",
    benign: isServer !== undefined && flow.errors > 0,
    confidence: isServer ? "likely" : "possible",
    summary: `${server} sends ${client} the same ${flow.payloadLen} bytes every minute to a closed port, as an Exchange server does to a client that was restarted without logging off (Q159302)${isServer ? "" : "; the capture does not show whether it is one"}.`,
    from: flow.source,
    to: flow.destination,
    port: flow.dstPort,
    contextHex: flow.payloadHex,
    session: session ? { clientPort: session.clientPort, serverPort: session.serverPort, userDn: session.userDn } : null,
    datagrams: flow.count,
    errors: flow.errors,
    evidence,
    confirm: [
      ...(isServer ? [] : [`Is ${server} an Exchange server? Its information store answers to the endpoint mapper on TCP port 135.`]),
      `A capture that begins before ${client} logs on shows the registration: EMSMDB opnum 4 with ${flow.payloadHex} and port ${flow.dstPort}.`,
    ],
    // Of a sender that may be anything the end is anybody's guess.
    endsAtUs: isServer ? flow.first.timeUs + KEEPALIVE_TIME_US : null,
    endSeen: false,
    ends: isServer
      ? "At the latest two hours after the first of these datagrams, if the server's KeepAliveTime has its default."
      : "If the sender is an Exchange server whose KeepAliveTime has its default, at the latest two hours after the first of these datagrams.",
    advice: isServer
      ? ["Nothing needs to be done: new logons are notified as usual.", KEEPALIVE_ADVICE]
      : ["Find out what the sender is before calling it harmless."],
    platforms: flow.errorTraits ? guessPlatforms(flow.errorTraits) : [],
  };
}

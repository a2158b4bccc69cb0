/** Findings about flows that look like push datagrams, but whose registration is not in the capture. */

import type { AddressNumbers } from "@pushback/bytes";
import type { Connections } from "./connections.ts";
import type { DatagramFlow } from "./datagram-flow.ts";
import type { Finding } from "./finding.ts";
import { evidenceAt } from "./finding-parts.ts";
import { describeInterval } from "./interval-text.ts";
import type { Connection } from "./mail-sessions.ts";
import { guessPlatforms } from "./platform-guess.ts";
import { portName } from "./port-names.ts";
import { ALIVE_AFTER_US } from "./push-times.ts";
import { KEEPALIVE_TIME_US } from "./session-end.ts";
import { KEEPALIVE_ADVICE } from "./session-findings.ts";

/** Dynamic ports begin here (Q264035). */
const FIRST_DYNAMIC_PORT = 1024;
/** A machine has few registrations. At this many closed ports the datagrams are a port scan. */
const MAX_PORTS = 8;

/** Whether each gap between two datagrams is one or more whole minutes, as with the server's default interval. */
function isOnTheMinutes(flow: DatagramFlow): boolean {
  return flow.gapsOnMinute > 0 && flow.gapsOff === 0;
}

/** Whether a flow without registration looks like pushes: a small constant payload between dynamic ports, whole minutes apart. */
function looksLikePush(flow: DatagramFlow): boolean {
  return (
    flow.isConstant &&
    flow.payloadLen > 0 &&
    flow.srcPort >= FIRST_DYNAMIC_PORT &&
    flow.dstPort >= FIRST_DYNAMIC_PORT &&
    isOnTheMinutes(flow)
  );
}

/** The mail servers in the capture, for judging flows without a captured registration. */
export class MailServers {
  readonly #byServer = new Map<number, Connection>();
  readonly #byPair = new Map<number, Connection[]>();
  readonly #portsPerPair = new Map<number, number>();

  constructor(connections: Connections, flows: Iterable<DatagramFlow>) {
    const servers = new Map<number, Set<number>>();
    for (const connection of connections.mail) {
      const { serverAddress, serverPort } = connection;
      if (!this.#byServer.has(serverAddress)) this.#byServer.set(serverAddress, connection);
      const ports = servers.get(serverAddress);
      if (ports) ports.add(serverPort);
      else servers.set(serverAddress, new Set([serverPort]));
      this.#add(connection);
    }
    if (servers.size === 0) return;
    for (const connection of connections.all())
      if (!connection.isMail && servers.get(connection.serverAddress)?.has(connection.serverPort)) this.#add(connection);
    for (const flow of flows) {
      if (flow.connection || flow.errors === 0 || !looksLikePush(flow)) continue;
      const pair = pairOf(flow.source, flow.destination);
      this.#portsPerPair.set(pair, (this.#portsPerPair.get(pair) ?? 0) + 1);
    }
  }

  #add(connection: Connection): void {
    const pair = pairOf(connection.serverAddress, connection.clientAddress);
    const list = this.#byPair.get(pair);
    if (list) list.push(connection);
    else this.#byPair.set(pair, [connection]);
  }

  /** A mail connection to this address, where there is one. */
  connectionTo(server: number): Connection | null {
    return this.#byServer.get(server) ?? null;
  }

  /** Connections of a client to the server's mail port, also those whose beginning the capture has not. */
  between(server: number, client: number): readonly Connection[] {
    return this.#byPair.get(pairOf(server, client)) ?? [];
  }

  /** Whether the flow looks like pushes: the target is a client of the sender, or nothing is known of the sender and the datagrams are refused. */
  isPush(flow: DatagramFlow): boolean {
    if (!looksLikePush(flow) || portName(flow.dstPort) !== null) return false;
    // The capture shows the server's clients, and the target is none of them: the flow is something else, such as a beacon.
    const isServer = this.#byServer.has(flow.source);
    if (isServer) return this.between(flow.source, flow.destination).length > 0;
    return flow.errors > 0;
  }

  /** Whether the sender of the flow repeats datagrams to more closed ports of one machine than the machine's clients can have registered. */
  searchesPorts(flow: DatagramFlow): boolean {
    return (this.#portsPerPair.get(pairOf(flow.source, flow.destination)) ?? 0) > MAX_PORTS;
  }
}

/** Key of a pair of addresses. Pairs that share a key are rare; their connections and ports are counted together. */
function pairOf(server: number, client: number): number {
  return (server % 2 ** 20) * 2 ** 33 + client;
}

/** Pushes whose registration is not in the capture. They are benign only where the capture shows their sender to be an Exchange server. */
export function diagnoseUnregistered(servers: MailServers, flow: DatagramFlow, addresses: AddressNumbers): Finding {
  const server = addresses.format(flow.source);
  const client = addresses.format(flow.destination);
  const isServer = servers.connectionTo(flow.source);
  const own = servers
    .between(flow.source, flow.destination)
    .filter((c) => c.clientAddress === flow.destination && c.serverAddress === flow.source);
  const session = own.find((c) => c.isMail) ?? null;
  const refusedUs = flow.firstError?.timeUs ?? flow.firstSilentUs;
  const alive = own.find((c) => !c.beganHere && c.first.timeUs < refusedUs && c.requestUs > refusedUs + ALIVE_AFTER_US) ?? null;
  const isLong = flow.lastUs - flow.first.timeUs > KEEPALIVE_TIME_US;
  // A mail server also sends other datagrams: only one of its clients can have a registration.
  const isShown = isServer !== null && own.length > 0 && flow.errors > 0 && !alive && !isLong;
  const evidence = flow.sample.map((ref) =>
    evidenceAt(ref, "sender", `a datagram of ${flow.payloadLen} bytes, ${flow.payloadHex}, to port ${flow.dstPort}`, "datagram"),
  );
  if (flow.firstError) {
    const often = flow.errors > 1 ? ` (${flow.errors} times${describeInterval(flow)})` : "";
    evidence.push(evidenceAt(flow.firstError, "target", `${client} answers: no program has port ${flow.dstPort} open${often}`, "error"));
  }
  if (isServer)
    evidence.push(evidenceAt(isServer.first, "other", `${server} is an Exchange server: EMSMDB on TCP port ${isServer.serverPort}`));
  if (alive) {
    const ref = { frame: alive.requestFrame, timeUs: alive.requestUs };
    evidence.push(evidenceAt(ref, "target", `a session that is older than the errors goes on, from ${client}'s port ${alive.clientPort}`));
  }
  return {
    verdict: alive && flow.errors > 0 ? "push-refused" : flow.errors > 0 ? "stale-push" : "stale-push-unanswered",
    benign: isShown,
    confidence: isShown ? "likely" : "possible",
    summary: summaryOf({ server, client, flow, isServer: isServer !== null, isAlive: alive !== null, isLong }),
    from: server,
    to: client,
    port: flow.dstPort,
    contextHex: flow.payloadHex,
    session: session ? { clientPort: session.clientPort, serverPort: session.serverPort, userDn: session.userDn } : null,
    datagrams: flow.count,
    errors: flow.errors,
    intervalUs: flow.intervalUs < 0 ? null : flow.intervalUs,
    evidence,
    confirm: [
      ...(isServer ? [] : [`Is ${server} an Exchange server? Its information store answers to the endpoint mapper on TCP port 135.`]),
      `A capture that begins before ${client} logs on shows the registration: EMSMDB opnum 4 with ${flow.payloadHex} and port ${flow.dstPort}.`,
    ],
    // The end is predicted only for a sender that is shown to be an Exchange server.
    endsAtUs: isShown ? flow.first.timeUs + KEEPALIVE_TIME_US : null,
    endSeen: false,
    ends: isShown
      ? "At the latest two hours after the first of these datagrams, if the server's KeepAliveTime has its default."
      : isLong
        ? "They have gone on for longer than the two hours after which a session ends by default."
        : "If the sender is an Exchange server whose KeepAliveTime has its default, at the latest two hours after the first of these datagrams.",
    advice: isShown
      ? ["Nothing needs to be done: new logons are notified as usual.", KEEPALIVE_ADVICE]
      : alive
        ? [`Find out what on ${client} refuses the datagrams before calling it harmless.`]
        : ["Find out what the sender is, and what it sends, before calling it harmless."],
    platforms: flow.errorTraits ? guessPlatforms(flow.errorTraits) : [],
  };
}

function summaryOf(about: {
  readonly server: string;
  readonly client: string;
  readonly flow: DatagramFlow;
  readonly isServer: boolean;
  readonly isAlive: boolean;
  readonly isLong: boolean;
}): string {
  const { server, client, flow, isServer, isAlive, isLong } = about;
  const what = `${server} sends ${client} the same ${flow.payloadLen} bytes every minute${flow.errors > 0 ? " to a closed port" : ""}`;
  if (isAlive) return `${what}, and a session of ${client} that is older than that goes on: it was not restarted.`;
  const how = `${what}, as an Exchange server does to a client that was restarted without logging off (Q159302)`;
  if (!isServer) return `${how}; the capture does not show whether it is one.`;
  return isLong ? `${how}; but it has done so for longer than the two hours after which such a session ends by default.` : `${how}.`;
}

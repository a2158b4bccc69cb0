/** TCP sessions of which one end is gone while the other still holds them, and when they will end. Mail sessions have findings of their own. */

import type { AddressNumbers } from "@pushback/bytes";
import type { Connections } from "./connections.ts";
import type { Evidence, Finding } from "./finding.ts";
import { describeWait, evidenceAt, groupBy } from "./finding-parts.ts";
import type { Connection, Silence } from "./mail-sessions.ts";
import { KEEPALIVE_TIME_US } from "./session-end.ts";

/** Thresholds for a silent peer: with at least this many unanswered retransmissions or probes over this time, a lost frame cannot be the cause. */
const SILENT = { count: 3, us: 2_000_000 };
const SHOWN = 4;

/**
 * Default keep-alive of systems, for programs that switch it on: after `KEEPALIVE_TIME_US` without a segment, `probes` probes at intervals of
 * `intervalUs`. Windows: Q183786. Linux: tcp(7), tcp_keepalive_intvl and tcp_keepalive_probes. macOS: xnu, bsd/netinet/tcp_timer.h,
 * TCPTV_KEEPINTVL and TCPTV_KEEPCNT.
 */
const PLATFORMS: readonly { readonly name: string; readonly intervalUs: number; readonly probes: number }[] = [
  { name: "Windows", intervalUs: 1_000_000, probes: 6 },
  { name: "Linux", intervalUs: 75_000_000, probes: 9 },
  { name: "macOS", intervalUs: 75_000_000, probes: 8 },
];

/**
 * Data that is not acknowledged is sent again: five times by Windows (Q170359, TcpMaxDataRetransmissions), fifteen by Linux, which takes 924.6 s
 * (ip-sysctl, tcp_retries2), twelve by macOS (xnu, TCP_MAXRXTSHIFT).
 */
const UNACKNOWLEDGED_ENDS =
  "It ends when the sender gives its data up: Windows sends them five times more (Q170359), macOS twelve times, Linux fifteen times, about a quarter of an hour. Keep-alive has no part in it while data are unacknowledged.";

interface HalfOpen {
  readonly connection: Connection;
  /** The address that still holds the session, and the one that is silent. */
  readonly holder: number;
  readonly gone: number;
  readonly silence: Silence | null;
}

/** One finding per machine that does not answer its TCP sessions any more. `lastUs`: time of the capture's last packet. */
export function diagnoseHalfOpen(connections: Connections, addresses: AddressNumbers, lastUs: number): Finding[] {
  const mailEnds = new Set([...connections.mail].flatMap((c) => [pairOf(c.clientAddress, c.serverAddress)]));
  const found: HalfOpen[] = [];
  for (const connection of connections.all()) {
    const { clientAddress, serverAddress, silence, synInto, end } = connection;
    if (end !== null || connection.isMail || mailEnds.has(pairOf(clientAddress, serverAddress))) continue;
    if (silence !== null && silence.count >= SILENT.count && silence.lastUs - silence.first.timeUs >= SILENT.us) {
      const [holder, gone] = silence.sender === 0 ? [clientAddress, serverAddress] : [serverAddress, clientAddress];
      found.push({ connection, holder, gone, silence });
    } else if (synInto !== null) found.push({ connection, holder: serverAddress, gone: clientAddress, silence: null });
  }
  return [...groupBy(found, ({ gone }) => gone).values()].map((sessions) => findingOf(sessions, addresses, lastUs));
}

function pairOf(a: number, b: number): string {
  return a < b ? `${a}/${b}` : `${b}/${a}`;
}

function findingOf(sessions: readonly HalfOpen[], addresses: AddressNumbers, lastUs: number): Finding {
  const [{ connection, holder, gone, silence }] = sessions;
  const holders = new Set(sessions.map((session) => session.holder));
  const name = addresses.format(gone);
  const keeper = holders.size === 1 ? addresses.format(holder) : `${holders.size} machines`;
  const which =
    sessions.length === 1
      ? `The TCP session of ${addresses.format(connection.clientAddress)} with ${addresses.format(connection.serverAddress)}, TCP port ${connection.serverPort},`
      : `${sessions.length} TCP sessions with ${name}`;
  const sign = silence === null ? restartSign(name) : silenceSign(silence, name);
  const { endsAtUs, ends } = endOf(connection, silence, lastUs);
  return {
    verdict: "half-open",
    benign: false,
    confidence: silence === null ? "likely" : "possible",
    summary: `${which} ${sessions.length === 1 ? "is" : "are"} half open: ${sign} ${keeper} still ${holders.size === 1 ? "holds" : "hold"} ${sessions.length === 1 ? "it" : "them"}.`,
    from: addresses.format(holder),
    to: name,
    port: null,
    contextHex: null,
    session: { clientPort: connection.clientPort, serverPort: connection.serverPort, userDn: null },
    datagrams: 0,
    errors: 0,
    senders: holders.size,
    targets: 1,
    intervalUs: null,
    evidence: sessions.slice(0, SHOWN).flatMap(evidenceOf),
    confirm: [`Ping ${name}, and look at its log for a restart.`],
    endsAtUs,
    endSeen: false,
    ends,
    advice: ["Programs that must notice sooner ask for keep-alive with a shorter time, or end a session that is silent themselves."],
    platforms: [],
  };
}

function restartSign(name: string): string {
  return `${name} opens a connection from the port that the session has, as a machine does that was restarted and knows nothing of it.`;
}

function silenceSign({ count, probes, first, lastUs }: Silence, name: string): string {
  const what = probes === count ? `${count} keep-alive probes` : `${count} repetitions`;
  return `${name} answers none of ${what} in ${describeWait(lastUs - first.timeUs)}. It is off, was unplugged, or something on the way drops the segments.`;
}

function evidenceOf({ connection, silence }: HalfOpen): Evidence[] {
  const last = evidenceAt(connection.last, "other", "the session's last new segment");
  if (silence === null) return connection.synInto ? [last, evidenceAt(connection.synInto, "target", "a SYN into the session")] : [last];
  const { first, lastFrame, count, probes } = silence;
  const what = probes === count ? "keep-alive probe" : "repetition";
  const latest = { frame: lastFrame, timeUs: silence.lastUs };
  return [last, evidenceAt(first, "sender", `the first unanswered ${what}`), evidenceAt(latest, "sender", `the last of ${count}`)];
}

function endOf(
  connection: Connection,
  silence: Silence | null,
  lastUs: number,
): { readonly endsAtUs: number | null; readonly ends: string } {
  if (silence !== null && silence.probes < silence.count) return { endsAtUs: null, ends: UNACKNOWLEDGED_ENDS };
  if (silence !== null) {
    const intervalUs = (silence.lastUs - silence.first.timeUs) / (silence.count - 1);
    const likely = PLATFORMS.filter((platform) => Math.abs(platform.intervalUs - intervalUs) < platform.intervalUs / 4);
    const [platform] = likely;
    if (!platform)
      return {
        endsAtUs: null,
        ends: "It ends when the sender has sent the last of its probes; their distance is no default that is known.",
      };
    const names = likely.map(({ name, probes }) => `${name} (${probes} probes)`).join(" or ");
    return {
      endsAtUs: silence.first.timeUs + platform.intervalUs * platform.probes,
      ends: `With the probe after the last; probes ${describeWait(platform.intervalUs)} apart are those of ${names}.`,
    };
  }
  const idleFromUs = connection.last.timeUs;
  const parts = PLATFORMS.map(({ name, intervalUs, probes }) => `${name} ${describeSpan(KEEPALIVE_TIME_US + intervalUs * probes)}`);
  const endsAtUs = idleFromUs + KEEPALIVE_TIME_US + PLATFORMS[0].intervalUs * PLATFORMS[0].probes;
  const late = endsAtUs <= lastUs ? "It should have ended by now. " : "";
  return {
    endsAtUs,
    ends: `${late}Keep-alive ends it, if the program asked for it, after the session's last segment by default in: ${parts.join(", ")}. Without keep-alive it stays until the holder sends.`,
  };
}

/** "2 h 11 min 15 s". */
function describeSpan(us: number): string {
  const seconds = Math.round(us / 1_000_000);
  const parts = [
    [Math.floor(seconds / 3600), "h"],
    [Math.floor((seconds % 3600) / 60), "min"],
    [seconds % 60, "s"],
  ] as const;
  return parts
    .filter(([count]) => count > 0)
    .map(([count, unit]) => `${count} ${unit}`)
    .join(" ");
}

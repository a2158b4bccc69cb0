/** The metrics of every comparison, in the order of their names in JSON. Tables have them by group, within a group in this order. */

import { datagramsIntoNewSession, datagramsOnWire, datagramsSent, datagramsToClosedPort, datagramsUnanswered } from "./datagrams.ts";
import { firstIcmpAtUs, icmpFromRouter, icmpPortUnreachable, icmpQuotedBytes } from "./icmp-errors.ts";
import { newMailNotifiedAfterRelogon, relogonAtUs, relogonReusedTcpPort, relogonReusedUdpPort } from "./next-logon.ts";
import { rebootedAtUs, stackUpAtUs } from "./reboot.ts";
import { sessionEndCause, sessionEndedAtUs } from "./stale-session.ts";

/** The built-in metrics, in the order of tables. */
export const METRICS = [
  rebootedAtUs,
  stackUpAtUs,
  firstIcmpAtUs,
  datagramsSent,
  datagramsOnWire,
  datagramsToClosedPort,
  icmpPortUnreachable,
  icmpQuotedBytes,
  icmpFromRouter,
  datagramsUnanswered,
  datagramsIntoNewSession,
  relogonAtUs,
  relogonReusedUdpPort,
  relogonReusedTcpPort,
  sessionEndedAtUs,
  sessionEndCause,
  newMailNotifiedAfterRelogon,
] as const;

/** Title and severity of each verdict, and whether it is about push datagrams. */

import type { Verdict } from "./finding.ts";

/** Properties of a verdict that do not depend on the finding. */
export interface VerdictInfo {
  /** Name of the verdict for users: a phrase without a full stop. */
  readonly title: string;
  /** Lower numbers are more important: attacks come first, then broken services, then unexplained traffic. */
  readonly severity: number;
  /** Whether the finding's datagrams are push datagrams, with or without a captured registration. */
  readonly isPush: boolean;
}

/** What is known about each verdict. Serious verdicts come first. */
export const VERDICT_INFO: Readonly<Record<Verdict, VerdictInfo>> = {
  reflection: { title: "An attack by reflection", severity: 0, isPush: false },
  "port-scan": { title: "A port scan", severity: 0, isPush: false },
  backscatter: { title: "Errors about packets in the name of one machine", severity: 1, isPush: false },
  "address-conflict": { title: "Two network cards with the client's address", severity: 1, isPush: true },
  "doubtful-errors": { title: "ICMP errors that can't be what they claim", severity: 1, isPush: false },
  "push-misdirected": { title: "Push notifications to an address that is not the client's", severity: 1, isPush: true },
  "push-after-session": { title: "Push notifications that outlive their session", severity: 1, isPush: true },
  "answers-refused": { title: "A client that refuses answers to its queries", severity: 2, isPush: false },
  "stream-refused": { title: "A stream that its target refuses", severity: 2, isPush: false },
  "push-refused": { title: "A live client that refuses its push notifications", severity: 2, isPush: true },
  "push-rejected": { title: "Push notifications that a device on the path refuses", severity: 2, isPush: true },
  "push-not-heard": { title: "A live client that does not hear its push notifications", severity: 2, isPush: true },
  redirect: { title: "A router that names another one", severity: 3, isPush: false },
  "path-mtu": { title: "Packets too big for a link", severity: 3, isPush: false },
  "time-exceeded": { title: "Packets that are forwarded too often", severity: 3, isPush: false },
  filtered: { title: "Packets that a filter refuses", severity: 3, isPush: false },
  unreachable: { title: "Packets that can't be delivered", severity: 4, isPush: false },
  "icmp-error": { title: "Other ICMP errors", severity: 4, isPush: false },
  "cluster-heartbeat": { title: "A cluster's heartbeats to a closed port", severity: 4, isPush: false },
  "closed-port": { title: "Datagrams to a closed port", severity: 4, isPush: false },
  "half-open": { title: "TCP sessions whose other end is gone", severity: 4, isPush: false },
  "stale-push": { title: "Push notifications to a client that was rebooted without logging off", severity: 5, isPush: true },
  "stale-push-unanswered": { title: "Push notifications that nothing answers", severity: 5, isPush: true },
  "link-monitor": { title: "Push notifications to a link monitor's mailbox", severity: 5, isPush: true },
  "push-interrupted": { title: "A client that missed some push notifications and then heard the next", severity: 5, isPush: true },
  "orphan-errors": { title: "ICMP errors about datagrams that are not in the capture", severity: 5, isPush: false },
  traceroute: { title: "A trace of a route", severity: 6, isPush: false },
  "late-reply": { title: "Answers that came too late", severity: 6, isPush: false },
};

/** Every verdict, the serious ones first. */
export const VERDICTS = Object.keys(VERDICT_INFO) as readonly Verdict[];

/** Text of `Finding.benign`. */
export function describeHarm(benign: boolean): string {
  return benign ? "harmless" : "not shown to be harmless";
}

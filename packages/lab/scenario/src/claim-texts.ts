/** Texts of the article's claims, by the ids that scenario files and JSON use. `claims.ts` evaluates each of them. */

const CLAIM_TEXTS = {
  notify: "a change in the Inbox draws a UDP datagram, repeated every interval",
  "stop-on-retrieve": "the datagrams stop when the client retrieves the mail",
  "continue-after-reboot": "a reboot without logging off does not stop them",
  "port-unreachable": "each one that reaches a closed port draws ICMP port unreachable",
  "end-with-session": "they end when the TCP session ends",
  "two-hours": "an idle session is probed after KeepAliveTime",
  "next-logon": "the next logon is notified as usual",
  "analyzer-only": "only a network analyzer sees the errors",
  "tcp-ip-only": "a client that polls draws none",
  "considered-normal": "nothing but the errors differs from a run without them",
  "not-recommended": "a shorter KeepAliveTime costs probes and idle clients' sessions",
  "inbox-changes": "other changes of the Inbox are notified to a client that asks for them",
} as const;

/** Id of a claim of the article. */
export type ClaimId = keyof typeof CLAIM_TEXTS;

/** Ids in the order in which tables have them; a new one goes to the end. */
export const CLAIM_IDS = Object.keys(CLAIM_TEXTS) as ClaimId[];

/** Text of a claim. */
export function claimText(id: ClaimId): string {
  return CLAIM_TEXTS[id];
}

/** Text of an outcome. `null`: nothing in the run can show or refute the claim. */
export function claimVerdict(holds: boolean | null): string {
  if (holds === null) return "cannot be shown";
  return holds ? "holds" : "does not hold";
}

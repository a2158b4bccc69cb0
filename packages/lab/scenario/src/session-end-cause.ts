/** How the server's side of a session can end, with the words that the command line, the report and the studio use for it. */

export const SESSION_END_CAUSES = {
  logoff: "log off",
  "keepalive-reset": "keep-alive, reset",
  "keepalive-timeout": "keep-alive, no answer",
  "half-open-reset": "half-open, reset",
  "retransmission-timeout": "never acknowledged",
  reset: "reset",
  "host-down": "server or its service stopped",
  closed: "closed",
  /** The session had not ended by the end of the run. */
  open: "still open",
} as const;

/** Why a session ended, as comparisons name it. */
export type SessionEndCause = keyof typeof SESSION_END_CAUSES;

/** All values of SessionEndCause. */
export const SESSION_END_CAUSE_IDS = Object.keys(SESSION_END_CAUSES) as SessionEndCause[];

/** The words for a cause; an unknown cause is returned unchanged. */
export function causeText(cause: string): string {
  return SESSION_END_CAUSES[cause as SessionEndCause] ?? cause;
}

/** Why a session ended, in words. */
export function sessionEndText({ how, cause }: Pick<SessionEnd, "how" | "cause">): string {
  return causeText(endCauseOf({ endUs: 0, how, cause }));
}

/** How a session ended at the server; `endUs` is `null` while it is open. */
export interface SessionEnd {
  readonly endUs: number | null;
  readonly how: "disconnect" | "rundown" | null;
  readonly cause: string | null;
}

/** The cause of a session's end; `null`: the machine had no session. */
export function endCauseOf(session: SessionEnd | null): SessionEndCause {
  if (!session || session.endUs === null) return "open";
  if (session.how === "disconnect") return "logoff";
  return SESSION_END_CAUSE_IDS.find((cause) => cause === session.cause) ?? "closed";
}

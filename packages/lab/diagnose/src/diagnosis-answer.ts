/** A diagnosis in a sentence. */

import type { Diagnosis } from "./finding.ts";

export interface DiagnosisAnswer {
  /** What there is to say first. */
  readonly short: string;
  /** What belongs to it: how many explanations follow, or what else was seen; may be empty. */
  readonly more: string;
}

export function answerOf({ findings, pushesHeard }: Pick<Diagnosis, "findings" | "pushesHeard">): DiagnosisAnswer {
  if (findings.length === 0) {
    const heard = pushesHeard > 0 ? ` ${pushesHeard} push datagrams did what they are for.` : "";
    return { short: "Nothing to explain:", more: `no ICMP error and no push datagram without its poll.${heard}` };
  }
  const alarming = findings.filter((f) => !f.benign).length;
  const rest = findings.length - alarming;
  if (alarming === 0) return { short: "Harmless.", more: rest === 1 ? "There is one explanation:" : `There are ${rest} explanations:` };
  return {
    short: alarming === 1 ? "One thing is not shown to be harmless" : `${alarming} things are not shown to be harmless`,
    more: rest > 0 ? (rest === 1 ? "one is:" : `${rest} are:`) : "",
  };
}

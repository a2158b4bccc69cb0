/** A diagnosis in a sentence. */

import type { Diagnosis } from "./finding.ts";

/** The answer of a diagnosis as a sentence in two parts. */
export interface DiagnosisAnswer {
  /** The beginning of the sentence, sufficient as a headline. */
  readonly short: string;
  /** The rest of the sentence: how many explanations there are, or which other traffic was found. May be empty. */
  readonly more: string;
}

/** Puts the answer of a diagnosis into words. */
export function answerOf({
  findings,
  pushesHeard,
  icmpErrors,
  answer,
}: Pick<Diagnosis, "findings" | "pushesHeard" | "icmpErrors" | "answer">): DiagnosisAnswer {
  const alarming = findings.filter((f) => !f.benign).length;
  const rest = findings.length - alarming;
  const explained = rest === 1 ? "There is one explanation:" : `There are ${rest} explanations:`;
  if (alarming > 0) {
    return {
      short: alarming === 1 ? "One thing is not shown to be harmless" : `${alarming} things are not shown to be harmless`,
      more: rest > 0 ? (rest === 1 ? "one is:" : `${rest} are:`) : "",
    };
  }
  if (answer === "not-looked-at") {
    const seen = rest > 0 ? ` What was looked at is harmless. ${explained}` : "";
    return { short: "Not everything was looked at:", more: `the list at the end says what.${seen}` };
  }
  if (rest > 0) return { short: "Harmless.", more: explained };
  const heard = pushesHeard > 0 ? ` ${pushesHeard} push datagrams did what they are for.` : "";
  return {
    short: "Nothing to explain:",
    more: icmpErrors === 0 ? `no ICMP error and no push datagram without its poll.${heard}` : heard.trim(),
  };
}

/** Findings about errors that can't be what they claim. */

import type { AddressNumbers } from "@pushback/bytes";
import type { DatagramFlow } from "./datagram-flow.ts";
import type { Finding } from "./finding.ts";
import { evidenceAt, findingOf } from "./finding-parts.ts";

/** The finding about a flow's errors that contradict the capture (`DatagramFlow.doubtfulErrors`). */
export function diagnoseDoubtful(flow: DatagramFlow, addresses: AddressNumbers): Finding {
  const client = addresses.format(flow.destination);
  const first = flow.firstDoubtful as NonNullable<DatagramFlow["firstDoubtful"]>;
  const found = findingOf(
    {
      verdict: "doubtful-errors",
      benign: false,
      confidence: "likely",
      flows: [flow],
      evidence: [evidenceAt(first, "target", `${first.why}; the first of ${flow.doubtfulErrors}`, "error")],
      summary: `${flow.doubtfulErrors} port unreachables in the name of ${client} can't all be its own: ${first.why}. Forged, or something answers in its place.`,
      confirm: [`Capture at ${client} itself: errors that it does not send there come from another machine.`],
      advice: ["Whatever else explains the datagrams does not explain these errors."],
    },
    addresses,
  );
  return { ...found, datagrams: flow.count, errors: flow.doubtfulErrors, platforms: [] };
}

/** Remarks of Wireshark's expert about a frame, and the mark of a malformed message. */

import { anywhere, defineProtocol, type Protocol } from "../define-protocol.ts";
import type { Dissection } from "../dissection.ts";
import { dec, type Field, REMARK_GROUPS, remark, SEVERITIES, text } from "../field.ts";

function namesOf(numbers: Readonly<Record<string, number>>): Readonly<Record<number, string>> {
  return Object.fromEntries(Object.entries(numbers).map(([name, value]) => [value, `${name[0].toUpperCase()}${name.slice(1)}`]));
}

const F = {
  message: text("_ws.expert.message", "Message"),
  severity: dec("_ws.expert.severity", "Severity level", 32, namesOf(SEVERITIES)),
  group: dec("_ws.expert.group", "Group", 32, namesOf(REMARK_GROUPS)),
};

/** Text of a remark. */
export const EXPERT_MESSAGE: Field = F.message;

const M = { expert: remark("_ws.malformed.expert", "Malformed Packet (Exception occurred)", "error", "malformed") };

export const EXPERT: Protocol = defineProtocol({
  name: "_ws.expert",
  title: "Expert Info",
  specification: "Wireshark User's Guide, 7.4 Expert Information",
  fields: F,
  over: [anywhere],
  dissect: () => {},
  summary: null,
  frameClass: null,
});

export const MALFORMED: Protocol = defineProtocol({
  name: "_ws.malformed",
  title: "Malformed Packet",
  specification: "Wireshark User's Guide, A.1.1 Packet is malformed",
  fields: M,
  over: [anywhere],
  dissect: () => {},
  summary: null,
  frameClass: null,
});

/** Reports a remark inside the current protocol; `message` where it says more than its title. */
export function reportRemark(d: Dissection, item: Field, at: number, message = item.title): void {
  const { remark: about } = item;
  if (about === null) return;
  d.open(EXPERT.field, at, 0);
  d.open(item, d.base, 0);
  d.close();
  d.text(F.message, message, d.base, 0);
  d.number(F.severity, SEVERITIES[about.severity], d.base, 0);
  d.number(F.group, REMARK_GROUPS[about.group], d.base, 0);
  d.close();
}

/**
 * Marks the protocol that begins at `at`, and was closed, as malformed: it needs more bytes than it says it has. What a capture or a quote cut off is not
 * malformed.
 */
export function reportMalformed(d: Dissection, at: number): void {
  if (d.isCutOff) return;
  d.open(MALFORMED.field, at, 0);
  reportRemark(d, M.expert, at);
  d.close();
}

/** Rules that colour the packet list: the first rule that selects a frame gives it its colour and its name. */

import { FRAME_CLASS_INFO, FRAME_CLASSES, type FrameClass } from "@pushback/dissect";
import type { FrameRule } from "../analyzer/analyzer-api.ts";
import { freeId } from "./free-id.ts";

/** The colours: each is a token that has a light and a dark value, on both of which text is readable (design/tokens.test.ts). */
export const RULE_COLOURS = {
  push: { title: "Blue", token: "push-soft" },
  icmp: { title: "Orange", token: "icmp-soft" },
  mail: { title: "Turquoise", token: "mail-soft" },
  session: { title: "Green", token: "session-soft" },
  probe: { title: "Violet", token: "probe-soft" },
  danger: { title: "Red", token: "danger-soft" },
  warning: { title: "Yellow", token: "warning-soft" },
  boot: { title: "Grey blue", token: "boot-soft" },
  plain: { title: "Grey", token: "surface-3" },
} as const satisfies Readonly<Record<string, { readonly title: string; readonly token: string }>>;

export type RuleColour = keyof typeof RULE_COLOURS;

export interface ColourRule extends FrameRule {
  readonly name: string;
  readonly colour: RuleColour;
  readonly isOn: boolean;
}

const ruleOf = (id: string, name: string, filter: string, colour: RuleColour, kind: FrameClass | null = null): ColourRule => ({
  ...{ id, name, filter, colour, kind, isOn: true },
});
/** A rule for a kind of frames, by the filter that selects the kind. */
const ruleOfKind = (kind: FrameClass, colour: RuleColour): ColourRule => {
  const { title, filter } = FRAME_CLASS_INFO[kind];
  return ruleOf(kind, title, filter ?? "", colour, filter === null ? kind : null);
};

export const DEFAULT_RULES: readonly ColourRule[] = [
  ruleOf("malformed", "Malformed", "_ws.malformed", "danger"),
  ruleOfKind("push", "push"),
  ruleOfKind("icmp-error", "icmp"),
  ruleOfKind("tcp-mark", "danger"),
  ruleOfKind("mail", "mail"),
  ruleOfKind("tcp", "session"),
  ruleOfKind("arp", "boot"),
  ruleOf("broadcast", "Broadcast", "eth.dst == ff:ff:ff:ff:ff:ff", "plain"),
  ruleOfKind("udp", "probe"),
  ruleOfKind("icmp", "warning"),
];

export const MAX_RULES = 64;
export const MAX_NAME_CHARS = 60;
export const MAX_FILTER_CHARS = 2000;

function textOf(value: unknown, most: number): string {
  return typeof value === "string" ? value.slice(0, most) : "";
}

/** Restores stored rules: entries that are not rules are dropped, missing or unknown values are replaced, ids are made unique. */
export function restoreRules(kept: unknown): readonly ColourRule[] {
  if (!Array.isArray(kept)) return DEFAULT_RULES;
  const rules: ColourRule[] = [];
  for (const entry of kept.slice(0, MAX_RULES) as readonly (Partial<Record<keyof ColourRule, unknown>> | null)[]) {
    if (typeof entry !== "object" || entry === null) continue;
    // An id becomes part of elements' ids.
    const id = typeof entry.id === "string" && /^[\w-]{1,60}$/.test(entry.id) ? entry.id : "";
    rules.push({
      id: id === "" || rules.some((rule) => rule.id === id) ? freeId("rule", rules) : id,
      name: textOf(entry.name, MAX_NAME_CHARS) || "Rule",
      filter: textOf(entry.filter, MAX_FILTER_CHARS),
      kind: FRAME_CLASSES.find((each) => each === entry.kind) ?? null,
      colour: Object.hasOwn(RULE_COLOURS, String(entry.colour)) ? (entry.colour as RuleColour) : "plain",
      isOn: entry.isOn !== false,
    });
  }
  return rules;
}

export function changeRule(rules: readonly ColourRule[], id: string, change: Partial<ColourRule>): readonly ColourRule[] {
  return rules.map((rule) => (rule.id === id ? { ...rule, ...change } : rule));
}

/** The rules with the one of `id` moved by `by` places. */
export function moveRule(rules: readonly ColourRule[], id: string, by: number): readonly ColourRule[] {
  const from = rules.findIndex((rule) => rule.id === id);
  const to = Math.min(rules.length - 1, Math.max(0, from + by));
  const moved = [...rules];
  moved.splice(to, 0, ...moved.splice(from, 1));
  return moved;
}

/** Title of a rule where it is shown: its name, otherwise what it selects. */
export function titleOfRule({ name, kind, filter }: Pick<ColourRule, "name" | "kind" | "filter">): string {
  return name.trim() || filter.trim() || (kind === null ? "any frame" : FRAME_CLASS_INFO[kind].title);
}

/** The display filter that selects the same frames as a colour rule; `null` if no filter can express the rule. */
export function filterOfRule({ kind, filter }: ColourRule): string | null {
  if (kind === null) return filter.trim() === "" ? null : filter;
  const ofKind = FRAME_CLASS_INFO[kind].filter;
  if (ofKind === null) return null;
  return filter.trim() === "" ? ofKind : `(${ofKind}) && (${filter})`;
}

/** Completion of display filters: the fields, operators, values or conjunctions that may follow. */

import type { Field, FieldKind } from "./field.ts";
import { STANDARD_PROTOCOLS } from "./protocols/protocol-list.ts";
import type { Protocols } from "./protocols.ts";

/** Completions of a display filter at the cursor: `items` in order, each with a description. */
export interface Completion {
  /** The chosen text replaces the characters from `from` up to `to`. */
  readonly from: number;
  readonly to: number;
  readonly items: readonly { readonly text: string; readonly detail: string }[];
}

const MAX_ITEMS = 60;

type Item = Completion["items"][number];

const COMPARISONS: readonly Item[] = [
  { text: "==", detail: "is" },
  { text: "!=", detail: "is not" },
];
const ORDERS: readonly Item[] = [
  { text: ">", detail: "is greater than" },
  { text: "<", detail: "is less than" },
  { text: ">=", detail: "is at least" },
  { text: "<=", detail: "is at most" },
];
const SET: Item = { text: "in {", detail: "is one of" };
const CONTAINS: Item = { text: "contains", detail: "has within it" };
const MATCHES: Item = { text: "matches", detail: "matches a regular expression" };
const JOINTS: readonly Item[] = [
  { text: "&&", detail: "and" },
  { text: "||", detail: "or" },
];
const PREFIXES: readonly Item[] = [
  { text: "!", detail: "not" },
  { text: "len(", detail: "length of a field" },
  { text: "count(", detail: "how often a field is there" },
];

function operatorsOf(kind: FieldKind): readonly Item[] {
  switch (kind) {
    case "none":
      return JOINTS;
    case "number":
    case "seconds":
    case "time":
      return [...COMPARISONS, ...ORDERS, SET, ...JOINTS];
    case "ipv4":
    case "ipv6":
    case "ether":
      return [...COMPARISONS, SET, ...ORDERS, ...JOINTS];
    case "text":
      return [CONTAINS, MATCHES, ...COMPARISONS, ...JOINTS];
    case "bytes":
      return [...COMPARISONS, CONTAINS, ...JOINTS];
  }
}

const OPERATOR = String.raw`(?:===?|!==?|~=|<=?|>=?|~|\b(?:eq|ne|any_eq|any_ne|lt|gt|le|ge|contains|matches)\b)`;
const BEFORE_VALUE = new RegExp(String.raw`([a-z_][\w.-]*)\s*${OPERATOR}\s*$`, "i");
const IN_SET = /([a-z_][\w.-]*)\s+(?:not\s+)?in\s*\{[^}]*$/i;
const AFTER_FIELD = /(?:^|[\s(!])([a-z_][\w.-]*)\s+$/i;
const BEFORE_TEST = /(?:^|[(!]|&&|\|\||\b(?:and|or|not))\s*$/i;

/** Completions that may follow at `cursor`. `valuesOf` returns the field's values in the capture, as a filter writes them. */
export function completeFilter(
  text: string,
  cursor: number,
  valuesOf: (field: Field) => readonly string[],
  protocols: Protocols = STANDARD_PROTOCOLS,
): Completion {
  const before = text.slice(0, cursor);
  const word = /[\w.:/-]*$/.exec(before)?.[0] ?? "";
  const rest = /^[\w.:/-]*/.exec(text.slice(cursor))?.[0] ?? "";
  const from = cursor - word.length;
  const context = before.slice(0, from);
  const complete = (items: readonly Item[]): Completion => ({ from, to: cursor + rest.length, items: items.slice(0, MAX_ITEMS) });

  const compared = BEFORE_VALUE.exec(context) ?? IN_SET.exec(context);
  if (compared) {
    const field = protocols.field(compared[1]);
    if (field) return complete(startingWith(valueItems(field, valuesOf), word));
  }
  const named = AFTER_FIELD.exec(context);
  const field = named && !/^(?:and|or|not)$/i.test(named[1]) ? protocols.field(named[1]) : null;
  if (field) return complete(startingWith(operatorsOf(field.kind), word));
  if (BEFORE_TEST.test(context)) return complete([...fieldItems(word, protocols), ...(word === "" ? PREFIXES : [])]);
  return complete(startingWith(JOINTS, word));
}

function startingWith(items: readonly Item[], word: string): Item[] {
  const wanted = word.toLowerCase();
  return items.filter(
    (item) => item.text.toLowerCase().startsWith(wanted) || (wanted.length > 1 && item.detail.toLowerCase().startsWith(wanted)),
  );
}

/** Names that begin like the word, protocols first; then those that have it, or have it in their title. */
function fieldItems(word: string, { fields }: Protocols): Item[] {
  const wanted = word.toLowerCase();
  const rank = (field: Field): number => {
    if (field.name === wanted) return 0;
    if (field.name.startsWith(wanted))
      return field.kind === "none" && !field.name.includes(".") ? 1 : 2 + field.name.split(".").length / 10;
    if (wanted.length > 1 && field.name.includes(wanted)) return 4;
    return wanted.length > 2 && field.title.toLowerCase().includes(wanted) ? 5 : 9;
  };
  return fields
    .map((field) => ({ field, order: rank(field) }))
    .filter(({ order }) => order < 9)
    .sort((a, b) => a.order - b.order || (a.field.name < b.field.name ? -1 : 1))
    .map(({ field }) => ({ text: field.name, detail: field.title }));
}

/** Named values first, then those that are in the capture. */
function valueItems(field: Field, valuesOf: (field: Field) => readonly string[]): Item[] {
  const items: Item[] = Object.entries(field.values ?? {}).map(([value, name]) => ({ text: field.show(Number(value)), detail: name }));
  const known = new Set(items.map((item) => item.text));
  for (const text of valuesOf(field)) if (!known.has(text)) items.push({ text, detail: "in this capture" });
  return items;
}

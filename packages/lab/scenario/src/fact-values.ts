/** Checks of the values of facts, in custom platforms and in a client's `set`. */

import { type Fact, type FactGroup, rfcBaseline } from "@pushback/host";
import { CHOICES, KINDS, LENGTHS, NULLABLE, RULES, rangeOf, textFormOf } from "./fact-tables.ts";
import { shown } from "./named-errors.ts";
import { PLATFORMS } from "./platforms.ts";

/** A value that does not fit: what is wrong, in one line, and where. */
export interface ValueFault {
  /** Keys from the group of facts to the value, as in `personality`, `windowRule`, `bytes`. */
  readonly path: readonly string[];
  /** The rest of a sentence that begins with the path. */
  readonly message: string;
}

/** Name of a value's type, for messages. */
export function kindOf(value: unknown): string {
  if (value === null) return "null";
  return Array.isArray(value) ? "list" : typeof value;
}

function numberFault(value: number, path: readonly string[], place: string): ValueFault | null {
  const [lowest, highest, part] = rangeOf(place);
  const fits = (part === "fraction" || Number.isInteger(value)) && value >= lowest && value <= highest;
  return fits ? null : faultAt(path, `a ${part === "fraction" ? "" : "whole "}number from ${lowest} to ${highest}`, value);
}

function faultAt(path: readonly string[], what: string, value: unknown): ValueFault {
  return { path, message: `takes ${what}, not ${shown(value)}` };
}

/** Values of a fact in the built-in variants and the baseline: the examples of its type. */
export function examplesOf(group: FactGroup, name: string): readonly unknown[] {
  const tables = PLATFORMS.flatMap(({ variants }) => variants.map((variant) => variant[group] as object));
  if (group === "personality") tables.push(rfcBaseline);
  return tables
    .filter((table) => Object.hasOwn(table, name))
    .map((table) => (table as Readonly<Record<string, Fact<unknown>>>)[name].value);
}

/** Fault of the value of a fact, or `null`. */
export function factFault(group: FactGroup, name: string, value: unknown): ValueFault | null {
  const path = [group, name];
  const fault = valueFault(value, examplesOf(group, name), path);
  if (fault !== null) return fault;
  const message = RULES[path.join(".")]?.(value as never) ?? null;
  return message === null ? null : { path, message };
}

/** The fault in one line. */
export function faultText({ path, message }: ValueFault): string {
  return `${path.join(".")} ${message}`;
}

/** Fault of a value, or `null`: whether it is of a type that one of the examples has. Records are compared key by key. */
export function valueFault(
  value: unknown,
  examples: readonly unknown[],
  path: readonly string[],
  /** Where the tables above have it: the path without positions in lists. */
  place: string = path.join("."),
): ValueFault | null {
  if (value === null && (NULLABLE.has(place) || examples.includes(null))) return null;
  return presentFault(value, examples, path, place);
}

function presentFault(value: unknown, examples: readonly unknown[], path: readonly string[], place: string): ValueFault | null {
  const types = new Set(examples.filter((example) => example !== null).map(kindOf));
  const type = kindOf(value);
  if (types.size > 0 && !types.has(type) && !(type === "object" && isTextOrRecord(place)))
    return faultAt(path, [...types].map((one) => (one === "object" ? "an object" : `a ${one}`)).join(" or "), value);
  if (type === "number") return numberFault(value as number, path, place);
  if (Array.isArray(value)) return listFault(value, examples, path, place);
  if (type === "object") return recordFault(value as Readonly<Record<string, unknown>>, examples, path, place);
  return type === "string" ? textFault(value as string, path, place) : null;
}

function textFault(value: string, path: readonly string[], place: string): ValueFault | null {
  const choices = CHOICES[place];
  if (choices !== undefined) return choices.includes(value) ? null : faultAt(path, choices.join(", "), value);
  const form = textFormOf(place);
  return form === undefined || new RegExp(form.pattern).test(value) ? null : { path, message: `takes ${form.words}` };
}

/** Whether the tables have choices both at a path and inside of it, as for `resets.synFinToListener`: a text or a record. */
export function isTextOrRecord(place: string): boolean {
  return Object.hasOwn(CHOICES, place) && Object.keys(CHOICES).some((other) => other.startsWith(`${place}.`));
}

function listFault(items: readonly unknown[], examples: readonly unknown[], path: readonly string[], place: string): ValueFault | null {
  const length = LENGTHS[place];
  if (length !== undefined && items.length !== length) return { path, message: `takes ${length} items, not ${items.length}` };
  const choices = CHOICES[place];
  // Each choice is an example, so that an item must be a text even if no variant's list has items.
  const known = [...(choices ?? []), ...examples.flatMap((example) => (Array.isArray(example) ? example : []))];
  for (const [i, item] of items.entries()) {
    const fault = presentFault(item, known, [...path, `${i}`], place);
    if (fault !== null) return fault;
  }
  return null;
}

function recordFault(
  record: Readonly<Record<string, unknown>>,
  examples: readonly unknown[],
  path: readonly string[],
  place: string,
): ValueFault | null {
  const tagged = KINDS[place];
  const records = [...examples, ...(tagged ?? [])].filter((example) => kindOf(example) === "object") as Readonly<Record<string, unknown>>[];
  const models = tagged === undefined ? records : records.filter((example) => example["kind"] === record["kind"]);
  if (tagged !== undefined && models.length === 0)
    return faultAt([...path, "kind"], tagged.map((example) => example["kind"]).join(", "), record["kind"]);
  const names = new Set(models.flatMap((model) => Object.keys(model)));
  for (const key of new Set([...names, ...Object.keys(record)])) {
    const known = models.filter((model) => Object.hasOwn(model, key)).map((model) => model[key]);
    if (!Object.hasOwn(record, key)) {
      if (known.length === models.length) return { path, message: `lacks \`${key}\`` };
      continue;
    }
    if (models.length > 0 && known.length === 0) return { path: [...path, key], message: `is unknown; there are ${[...names].join(", ")}` };
    const fault = valueFault(record[key], known, [...path, key], `${place}.${key}`);
    if (fault !== null) return fault;
  }
  return null;
}

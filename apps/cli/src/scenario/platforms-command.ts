/** `pushback platforms`. */

import { FACT_GROUP_NAMES, FACT_GROUPS, type Fact, factsOfGroup } from "@pushback/host";
import { findVariant, PLATFORMS, unknownPlatform } from "@pushback/scenario";
import { UsageError } from "@pushback/usage-error";
import type { PlatformsOutput } from "../shared/json-outputs.ts";
import { layOutTable, style } from "../shared/terminal.ts";
import { type CheckedFact, checkFacts } from "./fact-check.ts";

export function listPlatforms(options: { readonly json?: boolean }): void {
  if (options.json) {
    process.stdout.write(`${JSON.stringify(PLATFORMS satisfies PlatformsOutput, null, 2)}\n`);
    return;
  }
  const rows = PLATFORMS.flatMap((p) =>
    p.variants.map((v, i) => [i === 0 ? style("bold", p.id) : "", v.id, v.title, i === 0 ? p.summary : ""]),
  );
  process.stdout.write(layOutTable([["Platform", "Variant", "System", "What is special"], ...rows], 1));
  process.stdout.write("\nEvery fact of one and its source: pushback platforms NAME. Assumptions can be replaced in a scenario (set:).\n");
}

/** Formats a value on one line: times with units, records without quotes. */
function valueText(name: string, value: unknown): string {
  if (typeof value === "number" && name.endsWith("Us")) return `${value} µs`;
  return typeof value === "string" ? value : JSON.stringify(value).replace(/"(\w+)":/g, "$1: ");
}

/** Formats a fact as lines: name and value, then the source. */
function factText(name: string, fact: Fact<unknown>): string {
  const value = valueText(name, fact.value);
  const confidence = fact.confidence === "assumption" ? style("yellow", "assumption") : style("green", fact.confidence);
  const from = fact.carriedFrom === undefined ? "" : ` (carried over from ${fact.carriedFrom})`;
  return `  ${style("bold", name)}  ${value}\n      ${confidence}${from}: ${style("dim", fact.source)}\n`;
}

/** Finds a variant. Throws a UsageError if there is none of this name. */
export function showPlatform(name: string, options: { readonly json?: boolean }): void {
  const variant = findVariant(name);
  if (!variant) throw new UsageError(unknownPlatform(name));
  if (options.json) {
    process.stdout.write(`${JSON.stringify(variant, null, 2)}\n`);
    return;
  }
  const parts = [`${style("bold", variant.title)}  ${style("dim", `${variant.platform}, ${variant.id}`)}\n`];
  for (const group of FACT_GROUP_NAMES) {
    parts.push(`\n${style("underline", FACT_GROUPS[group])}\n`);
    for (const [key, fact] of factsOfGroup(variant, group)) parts.push(factText(key, fact));
  }
  process.stdout.write(parts.join(""));
}

function checkedText(title: string, facts: readonly (CheckedFact & { readonly carriedFrom?: string })[]): string {
  const lines = facts.map(({ fact, value, source, carriedFrom }) => {
    const of = carriedFrom === undefined ? "" : `carried over from ${carriedFrom}: `;
    return `  ${style("bold", fact)}  ${valueText(fact, value)}\n      ${style("dim", of + source)}\n`;
  });
  return `\n${style("underline", `${title}: ${facts.length}`)}\n${lines.join("")}`;
}

/** Prints what is weak in a variant's facts. Throws a UsageError if there is no variant of this name. */
export function checkPlatform(name: string | undefined, options: { readonly json?: boolean }): void {
  if (name === undefined) throw new UsageError("platforms --check needs a platform, as in: pushback platforms windows-nt --check");
  const variant = findVariant(name);
  if (!variant) throw new UsageError(unknownPlatform(name));
  const check = checkFacts(variant);
  if (options.json) {
    process.stdout.write(`${JSON.stringify(check, null, 2)}\n`);
    return;
  }
  process.stdout.write(
    `${style("bold", variant.title)}  ${style("dim", `${variant.id}, ${check.facts} facts`)}\n` +
      checkedText("Assumptions", check.assumptions) +
      checkedText("Facts carried over from another system", check.carriedOver) +
      checkedText("Facts that cite no document", check.withoutDocument),
  );
}

/**
 * A scenario may change any value of a platform: the assumptions above all. Settings are checked against the values that
 * they replace, so a misspelt name or a value of another kind is an error and not a silent nothing.
 */

import type { Fact, PlatformVariant } from "@pushback/host";

export interface SettingFault {
  /** Where in the settings, from the outside in. */
  readonly path: readonly string[];
  readonly message: string;
}

const GROUPS = ["personality", "boot", "goingDown", "mail"] as const;

type FactTable = Readonly<Record<string, Fact<unknown>>>;

function kindOf(value: unknown): string {
  if (value === null) return "null";
  return Array.isArray(value) ? "list" : typeof value;
}

/** The new value in the old one's place: records are merged key by key, everything else is replaced. */
function merge(old: unknown, value: unknown, path: readonly string[], faults: SettingFault[]): unknown {
  if (old === null || value === null) return value;
  if (kindOf(old) !== kindOf(value)) {
    faults.push({ path, message: `takes a ${kindOf(old)}, not a ${kindOf(value)}` });
    return old;
  }
  if (kindOf(old) !== "object") {
    if (typeof value === "number" && !(Number.isFinite(value) && value >= 0)) faults.push({ path, message: "takes a number of 0 or more" });
    return value;
  }
  const merged: Record<string, unknown> = { ...(old as Record<string, unknown>) };
  for (const [key, part] of Object.entries(value as Record<string, unknown>)) {
    const inner = [...path, key];
    if (!(key in merged)) faults.push({ path: inner, message: `is unknown; there are ${Object.keys(merged).join(", ")}` });
    else merged[key] = merge(merged[key], part, inner, faults);
  }
  return merged;
}

/** The variant with `settings` in place of its own values; faults where a setting does not fit, and then the variant is unchanged. */
export function applySettings(
  variant: PlatformVariant,
  settings: Readonly<Record<string, unknown>>,
): { variant: PlatformVariant; faults: SettingFault[] } {
  const faults: SettingFault[] = [];
  const changed: Record<string, FactTable> = {};
  for (const [group, values] of Object.entries(settings)) {
    if (!GROUPS.includes(group as (typeof GROUPS)[number])) {
      faults.push({ path: [group], message: `is unknown; there are ${GROUPS.join(", ")}` });
      continue;
    }
    const table = variant[group as (typeof GROUPS)[number]] as unknown as FactTable;
    if (kindOf(values) !== "object") {
      faults.push({ path: [group], message: "takes names and values" });
      continue;
    }
    const copy: Record<string, Fact<unknown>> = { ...table };
    for (const [name, value] of Object.entries(values as Record<string, unknown>)) {
      const fact = table[name];
      if (!fact) faults.push({ path: [group, name], message: `is unknown; there are ${Object.keys(table).join(", ")}` });
      else copy[name] = { value: merge(fact.value, value, [group, name], faults), source: "set by the scenario", confidence: "assumption" };
    }
    changed[group] = copy;
  }
  return faults.length > 0 ? { variant, faults } : { variant: { ...variant, ...changed }, faults };
}

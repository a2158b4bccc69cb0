/**
 * Applies a client's `set`, which may replace any value of a platform; assumptions are the usual reason. A misspelt name is an error, and so is a value
 * that the fact does not take.
 */

import { assumed, type BootModel, FACT_GROUP_NAMES, type Fact, type FactGroup, type PlatformVariant } from "@pushback/host";
import { KINDS } from "./fact-tables.ts";
import { factFault, kindOf, type ValueFault } from "./fact-values.ts";

type FactTable = Readonly<Record<string, Fact<unknown>>>;

/** The record that a new value is merged into: the example of the `kind` that `value` names, or the old record if the kind stays. */
function startOf(
  old: Readonly<Record<string, unknown>>,
  value: Readonly<Record<string, unknown>>,
  path: readonly string[],
  faults: ValueFault[],
) {
  const kinds = KINDS[path.join(".")];
  const { kind } = value;
  if (kinds === undefined || kind === undefined || kind === old["kind"]) return old;
  const example = kinds.find((candidate) => candidate["kind"] === kind);
  if (example === undefined) {
    const message = `${JSON.stringify(kind)} is unknown; there are ${kinds.map((candidate) => candidate["kind"]).join(", ")}`;
    faults.push({ path: [...path, "kind"], message });
    return old;
  }
  for (const key of Object.keys(example)) {
    if (!(key in value)) faults.push({ path, message: `of kind ${String(kind)} needs ${key}` });
  }
  return example;
}

/** The value that replaces the old one: records are merged key by key, everything else is replaced. The result is not checked here. */
function merge(old: unknown, value: unknown, path: readonly string[], faults: ValueFault[]): unknown {
  if (kindOf(old) !== "object" || kindOf(value) !== "object") return value;
  const start = startOf(old as Record<string, unknown>, value as Record<string, unknown>, path, faults);
  const parts = Object.entries(value as Record<string, unknown>).map(([key, part]): [string, unknown] => {
    return [key, merge(Object.hasOwn(start, key) ? start[key] : undefined, part, [...path, key], faults)];
  });
  return { ...start, ...Object.fromEntries(parts) };
}

/** Checks that the stack comes up after a phase that exists. */
export function checkBoot(variant: PlatformVariant, changed: Readonly<Record<string, FactTable>>, faults: ValueFault[]): void {
  const boot = (changed["boot"] ?? variant.boot) as PlatformVariant["boot"];
  const stack: BootModel["stack"] = boot.stack.value;
  const phases = boot.phases.value.map((phase) => phase.id);
  if (stack.kind !== "after-phase" || phases.includes(stack.phase)) return;
  faults.push({ path: ["boot", "stack", "phase"], message: `"${stack.phase}" is unknown; there are ${phases.join(", ")}` });
}

function isFactGroup(name: string): name is FactGroup {
  return (FACT_GROUP_NAMES as readonly string[]).includes(name);
}

/** The variant with its values replaced by `settings`. If a setting does not fit there are faults, and the variant is unchanged. */
export function applySettings(
  variant: PlatformVariant,
  settings: Readonly<Record<string, unknown>>,
): { variant: PlatformVariant; faults: ValueFault[] } {
  const faults: ValueFault[] = [];
  const changed: Record<string, FactTable> = {};
  for (const [group, values] of Object.entries(settings)) {
    if (!isFactGroup(group)) {
      faults.push({ path: [group], message: `is unknown; there are ${FACT_GROUP_NAMES.join(", ")}` });
      continue;
    }
    const table = variant[group] as unknown as FactTable;
    if (kindOf(values) !== "object") {
      faults.push({ path: [group], message: "takes names and values" });
      continue;
    }
    const copy: Record<string, Fact<unknown>> = { ...table };
    for (const [name, value] of Object.entries(values as Record<string, unknown>)) {
      const fact = Object.hasOwn(table, name) ? table[name] : undefined;
      if (fact === undefined) {
        faults.push({ path: [group, name], message: `is unknown; there are ${Object.keys(table).join(", ")}` });
        continue;
      }
      const before = faults.length;
      const merged = merge(fact.value, value, [group, name], faults);
      const fault = faults.length > before ? null : factFault(group, name, merged);
      if (fault !== null) faults.push(fault);
      copy[name] = assumed(merged, "set by the scenario");
    }
    changed[group] = copy;
  }
  if (faults.length === 0) checkBoot(variant, changed, faults);
  return faults.length > 0 ? { variant, faults } : { variant: { ...variant, ...changed }, faults };
}

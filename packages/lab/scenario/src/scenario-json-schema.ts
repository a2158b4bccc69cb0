/**
 * The JSON Schema of a scenario file as editors and other validators use it. Names that the checks of `scenario-checks.ts` look up, and the rule that a
 * step names one action, are in it, so that an editor completes and refuses what the program does.
 */

import type { Platform } from "@pushback/host";
import * as z from "zod";
import type { ScenarioSchema } from "./scenario-schema.ts";
import type { StepDefinition } from "./steps/step.ts";
import { SETTING_GROUPS } from "./variant-settings.ts";

interface Node {
  type?: string;
  description?: string;
  enum?: unknown[];
  anyOf?: Node[];
  oneOf?: Node[];
  required?: string[];
  items?: Node;
  properties?: Record<string, Node>;
  propertyNames?: Node;
  additionalProperties?: Node | boolean;
}

/** A name of `names`, or one of the words that stand for other things in that place. */
function nameNode(names: readonly string[], words: readonly string[], description?: string): Node {
  return { type: "string", enum: [...words, ...names], ...(description !== undefined && { description }) };
}

const JSON_TYPES: Readonly<Record<string, string>> = { number: "number", string: "string", boolean: "boolean", object: "object" };

/** The type of a fact's value in all variants that have it; no type where they differ, or where it may be left out. */
function valueNode(values: readonly unknown[]): Node {
  const types = new Set(
    values.map((value) => (value === null ? "null" : Array.isArray(value) ? "array" : (JSON_TYPES[typeof value] ?? ""))),
  );
  const [type] = types;
  return types.size === 1 && type !== "null" ? { type } : {};
}

/** What `set` may replace: the facts of the variants, by group. */
function settingsNode(platforms: readonly Platform[], description?: string): Node {
  const variants = platforms.flatMap((platform) => platform.variants);
  const groups = SETTING_GROUPS.map((group): [string, Node] => {
    const tables = variants.map((variant) => variant[group] as unknown as Readonly<Record<string, { readonly value: unknown }>>);
    const names = [...new Set(tables.flatMap((table) => Object.keys(table)))];
    const properties = names.map((name) => [
      name,
      valueNode(tables.filter((table) => Object.hasOwn(table, name)).map((table) => table[name].value)),
    ]);
    return [group, { type: "object", properties: Object.fromEntries(properties), additionalProperties: false }];
  });
  return {
    type: "object",
    ...(description !== undefined && { description }),
    properties: Object.fromEntries(groups),
    additionalProperties: false,
  };
}

function at(node: Node | undefined, ...path: readonly string[]): Node {
  let inner = node;
  for (const key of path) inner = key === "[]" ? inner?.items : inner?.properties?.[key];
  if (inner === undefined) throw new RangeError(`the schema has no ${path.join(".")}`);
  return inner;
}

/** JSON Schema, draft 2020-12. */
export function scenarioJsonSchemaOf(schema: ScenarioSchema, steps: readonly StepDefinition[], platforms: readonly Platform[]): object {
  const root = z.toJSONSchema(schema, { io: "input" }) as Node;
  const names = platforms.flatMap(({ id, variants }) => [id, ...variants.map((variant) => variant.id)]);

  const server = at(root, "server", "platform");
  Object.assign(server, nameNode(names, [], "A platform or one of its variants"));
  const clients = at(root, "clients", "[]");
  const platform = at(clients, "platform");
  platform.anyOf = [
    nameNode(names, ["each", "same"], "`each`: every platform that is compared; `same`: that of the client which `beside` or `on` names"),
    { type: "object", propertyNames: nameNode(names, []), additionalProperties: { type: "number", exclusiveMinimum: 0 } as Node },
  ];
  const set = at(clients, "set");
  Object.assign(set, settingsNode(platforms, set.description));
  delete set.propertyNames;
  at(root, "expect", "platforms").propertyNames = nameNode(names, []);

  const step = at(root, "steps", "[]");
  step.oneOf = steps.map(({ name }) => ({ required: [name] }));
  return root;
}

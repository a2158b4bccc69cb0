/**
 * JSON Schema of scenario files for editors and other validators. It includes the names that `scenario-checks.ts` looks up and the rule that a step has
 * exactly one action, so that an editor accepts the same files as the program.
 */

import { FACT_GROUP_NAMES, type Platform } from "@pushback/host";
import * as z from "zod";
import { MOST_FLEET_NAME } from "./addressing.ts";
import { factSchema } from "./fact-schema.ts";
import type { ScenarioSchema } from "./scenario-schema.ts";
import type { StepDefinition } from "./steps/step.ts";

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
  allOf?: unknown[];
  dependentRequired?: Record<string, readonly string[]>;
  [keyword: string]: unknown;
}

/** Schema node for one of `names`, or for one of the keywords `words` that are legal in their place. */
function nameNode(names: readonly string[], words: readonly string[], description?: string): Node {
  return { type: "string", enum: [...words, ...names], ...(description !== undefined && { description }) };
}

/** Schema node of `set`: the facts of the variants that it may replace, by group. */
function settingsNode(platforms: readonly Platform[], description?: string): Node {
  const variants = platforms.flatMap((platform) => platform.variants);
  const groups = FACT_GROUP_NAMES.map((group): [string, Node] => {
    const names = [...new Set(variants.flatMap((variant) => Object.keys(variant[group])))];
    const properties = Object.fromEntries(names.map((name) => [name, factSchema(group, name)])) as Record<string, Node>;
    return [group, { type: "object", properties, additionalProperties: false }];
  });
  return {
    type: "object",
    ...(description !== undefined && { description }),
    properties: Object.fromEntries(groups),
    additionalProperties: false,
  };
}

/** Schema rule: a record that meets `condition` must meet `then`. */
function rule(condition: Node, then: Node): object {
  return { if: condition, then };
}

const has = (...keys: readonly string[]): Node => ({ required: [...keys] });
/** Schema node for a record without any of these keys. */
const lacks = (...keys: readonly string[]): Node => ({ properties: Object.fromEntries(keys.map((key) => [key, false])) as never });

/** Rules about several keys of a client; `scenario-checks.ts` checks the same rules and has their messages. */
const CLIENT_RULES: readonly object[] = [
  rule({ properties: { platform: { type: "object" } }, ...has("platform") }, has("count")),
  rule(has("count"), {
    properties: {
      platform: { not: { enum: ["each", "same"] } },
      name: { maxLength: MOST_FLEET_NAME },
      ...(lacks("beside", "address", "mailbox", "on").properties as object),
    },
  }),
  rule({ properties: { platform: { const: "same" } }, ...has("platform"), not: { anyOf: [has("beside"), has("on")] } }, { not: {} }),
  rule({ anyOf: [has("beside"), { properties: { platform: { const: "each" } } }] }, lacks("address")),
  rule(has("on"), {
    properties: {
      platform: { const: "same" },
      off: { const: false },
      set: { maxProperties: 0 },
      ...(lacks("beside", "address", "mailbox", "hostName").properties as object),
    },
  }),
];

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
    {
      type: "object",
      minProperties: 1,
      propertyNames: nameNode(names, []),
      additionalProperties: { type: "number", exclusiveMinimum: 0 } as Node,
    },
  ];
  clients.allOf = [...CLIENT_RULES];
  const set = at(clients, "set");
  Object.assign(set, settingsNode(platforms, set.description));
  delete set.propertyNames;
  at(root, "expect", "platforms").propertyNames = nameNode(names, []);

  const step = at(root, "steps", "[]");
  step.oneOf = steps.map(({ name }) => ({ required: [name] }));
  step.allOf = steps.filter(({ staggers }) => !staggers).map(({ name }) => rule(has(name), lacks("stagger")));
  step.dependentRequired = Object.fromEntries(
    steps.flatMap(({ name, companions }) => Object.keys(companions).map((key) => [key, [name]] as const)),
  );
  at(root, "network").allOf = [
    rule(
      { properties: { firewall: { minItems: 1 } }, ...has("firewall") },
      { properties: { segments: { minItems: 1 } }, ...has("segments") },
    ),
  ];
  return root;
}

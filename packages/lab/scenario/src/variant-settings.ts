/**
 * Applies a client's `set`, which may replace any value of a platform; assumptions are the usual reason. Settings are checked against the values
 * that they replace, so a misspelt name or a value of another type is an error.
 */

import {
  assumed,
  type BootModel,
  type DownBehaviour,
  FACT_GROUP_NAMES,
  type Fact,
  type FactGroup,
  type GoingDown,
  type IsnRule,
  type MailHabits,
  type Personality,
  type PlatformVariant,
  type PortRule,
  type StackLifetime,
  type WindowRule,
} from "@pushback/host";

/** A setting that does not fit: what is wrong, in one line, and where. */
export interface SettingFault {
  /** Keys from the root of the settings to the value. */
  readonly path: readonly string[];
  readonly message: string;
}

type FactTable = Readonly<Record<string, Fact<unknown>>>;

/** Name of a value's type, for messages. */
export function kindOf(value: unknown): string {
  if (value === null) return "null";
  return Array.isArray(value) ? "list" : typeof value;
}

/**
 * Values that are tagged unions, by their path: one example of each `kind` that is allowed. Only the types of an example's fields matter, not
 * their values.
 */
export const KINDS: Readonly<Record<string, readonly Readonly<Record<string, unknown>>[]>> = {
  "boot.stack": [
    { kind: "after-phase", phase: "" },
    { kind: "on-demand", unloadAfterUs: 0 },
  ] satisfies StackLifetime[],
  "personality.windowRule": [
    { kind: "fixed", bytes: 0 },
    { kind: "segments", targetBytes: 0, minSegments: 0 },
  ] satisfies WindowRule[],
  "personality.isn": [
    { kind: "clock", unitsPerSecond: 0 },
    { kind: "steps", step: 0, stepsPerSecond: 0 },
    { kind: "random-increments", unitsPerSecond: 0, minIncrement: 0, maxIncrement: 0 },
  ] satisfies IsnRule[],
};

const CONNECTIONS: readonly DownBehaviour["connections"][] = ["silent", "close", "reset"];

/** Texts that must be one of a list, and lists of such texts, by their path. */
export const CHOICES: Readonly<Record<string, readonly string[]>> = {
  "goingDown.shutdown.connections": CONNECTIONS,
  "goingDown.warm-boot.connections": CONNECTIONS,
  "goingDown.reset.connections": CONNECTIONS,
  "goingDown.power-cut.connections": CONNECTIONS,
  "goingDown.uncleanReboot": ["warm-boot", "reset", "power-cut"] satisfies GoingDown["uncleanReboot"][],
  "mail.watches": ["new-mail", "inbox"] satisfies MailHabits["watches"][],
  "mail.ntlmResponses": ["lm", "lm-and-nt"] satisfies MailHabits["ntlmResponses"][],
  "personality.dfTcp": ["never", "except-reset", "always"] satisfies Personality["dfTcp"][],
  "personality.ipId": ["increment", "increment-little-endian"] satisfies Personality["ipId"][],
  "personality.icmpReplyTos": ["copy", "zero"] satisfies Personality["icmpReplyTos"][],
  "personality.icmpQuotedIpChecksum": ["intact", "zero"] satisfies Personality["icmpQuotedIpChecksum"][],
  "personality.arpAnnouncementTarget": ["broadcast", "zero"] satisfies Personality["arpAnnouncementTarget"][],
  "personality.arpConflict": ["correct-and-stop", "stop"] satisfies Personality["arpConflict"][],
  "personality.tcpPorts.order": ["sequential", "clock"] satisfies PortRule["order"][],
  "personality.udpPorts.order": ["sequential", "clock"] satisfies PortRule["order"][],
  "personality.systemServices": ["endpoint-mapper", "netbios"] satisfies Personality["systemServices"][number][],
};

type NullableOf<T> = { [K in keyof T]-?: null extends T[K] ? K : never }[keyof T];

/** Facts that may be `null`, by their path. All others take a value of the type that they have. */
export const NULLABLE: ReadonlySet<string> = new Set([
  ...Object.keys({
    synWindow: true,
    pathMtuDiscovery: true,
    fastRetransmitAfter: true,
    retryScheduleUs: true,
    connectTimeoutUs: true,
    delayedAckTickUs: true,
    finWait2Us: true,
  } satisfies Record<NullableOf<Personality>, true>).map((name) => `personality.${name}`),
  ...Object.keys({
    synToClosed: true,
    ackToClosed: true,
    otherToClosed: true,
    ackToListener: true,
    synFinToListener: true,
    otherToListener: true,
  } satisfies Record<NullableOf<Personality["resets"]>, true>).map((name) => `personality.resets.${name}`),
  ...Object.keys({ hostNameLimit: true } satisfies Record<NullableOf<MailHabits>, true>).map((name) => `mail.${name}`),
]);

/**
 * JSON Schema of the value at a path, derived from the values that the variants have there. Records are merged key by key, so no key is required.
 */
export function settingSchema(values: readonly unknown[], path: readonly string[]): Readonly<Record<string, unknown>> {
  const known = values.filter((value) => value !== null && value !== undefined);
  const kinds = new Set(known.map(kindOf));
  const place = path.join(".");
  if (kinds.size !== 1 || known.length < values.length || NULLABLE.has(place)) return {};
  const choices = CHOICES[place];
  const [kind] = kinds;
  if (kind === "list") return { type: "array", ...(choices && { items: { enum: choices } }) };
  if (choices) return { enum: choices };
  if (kind === "number") return { type: "number", minimum: 0 };
  if (kind !== "object") return { type: kind };
  const examples = [...(known as Readonly<Record<string, unknown>>[]), ...(KINDS[place] ?? [])];
  const names = [...new Set(examples.flatMap((example) => Object.keys(example)))];
  const properties = names.map((name): [string, object] => {
    if (name === "kind" && KINDS[place]) return [name, { enum: KINDS[place].map((example) => example["kind"]) }];
    return [
      name,
      settingSchema(
        examples.filter((example) => Object.hasOwn(example, name)).map((example) => example[name]),
        [...path, name],
      ),
    ];
  });
  return { type: "object", properties: Object.fromEntries(properties), additionalProperties: false };
}

/** The record that a new value is merged into: the example of the `kind` that `value` names, or the old record if the kind stays. */
function startOf(
  old: Readonly<Record<string, unknown>>,
  value: Readonly<Record<string, unknown>>,
  path: readonly string[],
  faults: SettingFault[],
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

/** The value that replaces the old one: records are merged key by key, everything else is replaced. */
function merge(old: unknown, value: unknown, path: readonly string[], faults: SettingFault[]): unknown {
  if (old === null || (value === null && NULLABLE.has(path.join(".")))) return value;
  if (kindOf(old) !== kindOf(value)) {
    faults.push({ path, message: `takes a ${kindOf(old)}, not a ${kindOf(value)}` });
    return old;
  }
  if (kindOf(old) !== "object") {
    const choices = CHOICES[path.join(".")];
    const texts: readonly unknown[] = Array.isArray(value) ? value : [value];
    if (choices !== undefined && !texts.every((text) => choices.includes(String(text))))
      faults.push({ path, message: `takes ${choices.join(", ")}` });
    if (typeof value === "number" && !(Number.isFinite(value) && value >= 0)) faults.push({ path, message: "takes a number of 0 or more" });
    return value;
  }
  const merged: Record<string, unknown> = { ...startOf(old as Record<string, unknown>, value as Record<string, unknown>, path, faults) };
  for (const [key, part] of Object.entries(value as Record<string, unknown>)) {
    const inner = [...path, key];
    if (!(key in merged)) faults.push({ path: inner, message: `is unknown; there are ${Object.keys(merged).join(", ")}` });
    else merged[key] = merge(merged[key], part, inner, faults);
  }
  return merged;
}

/** Checks that the stack comes up after a phase that exists. */
export function checkBoot(variant: PlatformVariant, changed: Readonly<Record<string, FactTable>>, faults: SettingFault[]): void {
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
): { variant: PlatformVariant; faults: SettingFault[] } {
  const faults: SettingFault[] = [];
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
      const fact = table[name];
      if (!fact) faults.push({ path: [group, name], message: `is unknown; there are ${Object.keys(table).join(", ")}` });
      else copy[name] = assumed(merge(fact.value, value, [group, name], faults), "set by the scenario");
    }
    changed[group] = copy;
  }
  checkBoot(variant, changed, faults);
  return faults.length > 0 ? { variant, faults } : { variant: { ...variant, ...changed }, faults };
}

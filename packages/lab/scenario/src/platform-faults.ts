/** Checks of a custom platform, for programs that are not compiled and for what its type cannot express. */

import {
  FACT_GROUP_NAMES,
  type Fact,
  factsOfGroup,
  type Personality,
  type Platform,
  type PlatformVariant,
  rfcBaseline,
} from "@pushback/host";
import { shown } from "./named-errors.ts";
import { PLATFORMS } from "./platforms.ts";
import { CHOICES, checkBoot, KINDS, kindOf, NULLABLE, type SettingFault } from "./variant-settings.ts";

/** Names that mean something else in scenario files, options and recordings. */
const TAKEN: readonly string[] = ["server", "router", "each", "same", "all", "default", "together"];
const NAME = /^[a-z0-9][a-z0-9.-]*$/;

type Range = readonly [lowest: number, highest: number];

/** Lowest and highest value of the facts that are fields of packet headers, or counts of bytes of a packet. */
const HEADER_VALUES: Readonly<Record<string, Range>> = {
  "personality.ttlTcp": [1, 0xff],
  "personality.ttlUdp": [1, 0xff],
  "personality.ttlIcmp": [1, 0xff],
  "personality.icmpQuoteBytes": [0, 0xffff],
  "personality.mss": [1, 0xffff],
  "personality.defaultMss": [1, 0xffff],
  "personality.synWindow": [0, 0xffff],
} satisfies { readonly [Path in `personality.${keyof Personality}`]?: Range };

/** Throws a RangeError unless a list of platforms has platforms with names and variants only, so that the names can be compared. */
export function checkPlatformShape(platform: Platform): void {
  if (typeof platform !== "object" || platform === null)
    throw new RangeError(`the list of platforms has ${shown(platform)} in place of a platform`);
  const { id, variants } = platform;
  checkName("platform", id);
  if (!Array.isArray(variants) || variants.length === 0)
    throw new RangeError(`platform ${id}: needs at least one variant; the first one is the default`);
  checkTexts(`platform ${id}`, platform, ["title", "summary"]);
  for (const variant of variants) {
    if (typeof variant !== "object" || variant === null) throw new RangeError(`platform ${id}: ${shown(variant)} is no variant`);
    checkName("variant", variant.id);
  }
}

/** Throws a RangeError that names the platform or variant and says what is wrong with it. The built-in platforms pass. */
export function checkPlatform(platform: Platform): void {
  if (PLATFORMS.includes(platform)) return;
  const skins = new Set<string>(PLATFORMS.flatMap(({ variants }) => variants.map(({ appearance }) => appearance.skin)));
  for (const variant of platform.variants) {
    const what = `variant ${variant.id}`;
    if (variant.platform !== platform.id)
      throw new RangeError(`${what}: its \`platform\` is "${variant.platform}", and it is listed under "${platform.id}"`);
    checkTexts(what, variant, ["title"]);
    const fault = factFault(variant);
    if (fault !== null) throw new RangeError(`${what}: ${fault}`);
    checkTexts(`${what}, appearance`, variant.appearance, ["mailTitle"]);
    if (!skins.has(variant.appearance.skin))
      throw new RangeError(`${what}: there is no skin ${shown(variant.appearance.skin)}; there are ${[...skins].join(", ")}`);
  }
}

function checkName(what: string, name: string): void {
  if (typeof name !== "string" || !NAME.test(name))
    throw new RangeError(`${what} "${name}": a name has small letters, digits, dots and hyphens, as windows-95`);
  if (TAKEN.includes(name)) throw new RangeError(`${what} "${name}": the name means something else in scenario files and options`);
}

function checkTexts<T extends object>(what: string, record: T, names: readonly (keyof T & string)[]): void {
  const missing = names.find((name) => typeof record?.[name] !== "string");
  if (missing !== undefined) throw new RangeError(`${what}: its \`${missing}\` must be a text`);
}

/** Error text for a fact of the variant, which names its path, as in `personality.rtoInitialUs`; `null` if all facts are valid. */
function factFault(variant: PlatformVariant): string | null {
  const models = PLATFORMS.flatMap(({ variants }) => variants);
  for (const group of FACT_GROUP_NAMES) {
    if (kindOf(variant[group]) !== "object") return `it lacks its facts of \`${group}\``;
    for (const name of new Set(models.flatMap((model) => factsOfGroup(model, group).map(([each]) => each)))) {
      const facts = models.flatMap((model) => factsOfGroup(model, group).filter(([each]) => each === name));
      const baseline = group === "personality" ? [rfcBaseline[name as keyof Personality].value] : [];
      const fault = faultOfFact(factsOf(variant, group)[name], [...baseline, ...facts.map(([, { value }]) => value)], `${group}.${name}`);
      if (fault !== null) return fault;
    }
  }
  const registries = models.map(({ tcpRegistry }) => tcpRegistry.value);
  return faultOfFact(variant.tcpRegistry, registries, "tcpRegistry") ?? stackFault(variant);
}

function stackFault(variant: PlatformVariant): string | null {
  const faults: SettingFault[] = [];
  checkBoot(variant, {}, faults);
  return faults.length === 0 ? null : `${faults[0].path.join(".")}: ${faults[0].message}`;
}

function factsOf(variant: PlatformVariant, group: (typeof FACT_GROUP_NAMES)[number]): Readonly<Record<string, Fact<unknown>>> {
  return variant[group] as unknown as Readonly<Record<string, Fact<unknown>>>;
}

/** `examples`: the values that the built-in variants have there. */
function faultOfFact(fact: Fact<unknown> | undefined, examples: readonly unknown[], path: string): string | null {
  if (fact === undefined) return `${path} is missing: write \`known(…)\`, or \`assumed(value, "why")\``;
  if (kindOf(fact) !== "object" || !Object.hasOwn(fact, "value"))
    return `${path} is ${shown(fact)} and no fact: write \`known(…)\`, or \`assumed(value, "why")\``;
  return faultOfValue(fact.value, examples, path);
}

/** Whether `value` is of a kind that the built-in variants have at `path`. Records are compared key by key. */
function faultOfValue(value: unknown, examples: readonly unknown[], path: string): string | null {
  const kinds = new Set(examples.filter((example) => example !== null).map(kindOf));
  const kind = kindOf(value);
  if (value === null && (NULLABLE.has(path) || examples.includes(null))) return null;
  // A record may stand in place of a text, as in `resets.synFinToListener`.
  if (kinds.size > 0 && !kinds.has(kind) && !(kinds.has("string") && kind === "object"))
    return `${path} is ${shown(value)}: takes ${[...kinds].map((one) => (one === "object" ? "an object" : `a ${one}`)).join(" or ")}`;
  if (kind === "number") return numberFault(value as number, path);
  const choices = CHOICES[path];
  const texts: readonly unknown[] = Array.isArray(value) ? value : [value];
  const wrong = choices === undefined ? undefined : texts.find((text) => !choices.includes(text as string));
  if (choices !== undefined && wrong !== undefined) return `${path} is ${shown(wrong)}: takes ${choices.join(", ")}`;
  if (Array.isArray(value)) return itemFault(value, examples, path);
  return kind === "object" ? recordFault(value as Readonly<Record<string, unknown>>, examples, path) : null;
}

function numberFault(value: number, path: string): string | null {
  if (!Number.isFinite(value)) return `${path} has a number that is not finite`;
  const range = HEADER_VALUES[path];
  if (range === undefined) return value < 0 ? `${path} is ${value}: takes a number of 0 or more` : null;
  const [lowest, highest] = range;
  const fits = Number.isInteger(value) && value >= lowest && value <= highest;
  return fits ? null : `${path} is ${value}: takes a whole number from ${lowest} to ${highest}`;
}

function itemFault(items: readonly unknown[], examples: readonly unknown[], path: string): string | null {
  const known = examples.flatMap((example) => (Array.isArray(example) ? example : []));
  for (const [i, item] of items.entries()) {
    const fault = faultOfValue(item, known, `${path}.${i}`);
    if (fault !== null) return fault;
  }
  return null;
}

function recordFault(record: Readonly<Record<string, unknown>>, examples: readonly unknown[], path: string): string | null {
  const tagged = KINDS[path];
  const records = [...examples, ...(tagged ?? [])].filter((example) => kindOf(example) === "object") as Readonly<Record<string, unknown>>[];
  const models = tagged === undefined ? records : records.filter((example) => example["kind"] === record["kind"]);
  if (tagged !== undefined && models.length === 0)
    return `${path}.kind is ${shown(record["kind"])}: takes ${tagged.map((example) => example["kind"]).join(", ")}`;
  for (const key of new Set([...models.flatMap((model) => Object.keys(model)), ...Object.keys(record)])) {
    const known = models.filter((model) => Object.hasOwn(model, key)).map((model) => model[key]);
    if (Object.hasOwn(record, key)) {
      const fault = faultOfValue(record[key], known, `${path}.${key}`);
      if (fault !== null) return fault;
    } else if (known.length === models.length) return `${path} lacks \`${key}\``;
  }
  return null;
}

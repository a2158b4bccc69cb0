/** Checks of a custom platform, for programs that are not compiled and for what its type cannot express. */

import {
  type Citation,
  type Confidence,
  DOCUMENTS,
  FACT_GROUP_NAMES,
  type Fact,
  type FactGroup,
  factsOfGroup,
  type Platform,
  type PlatformVariant,
} from "@pushback/host";
import { factFault, faultText, kindOf, type ValueFault, valueFault } from "./fact-values.ts";
import { shown } from "./named-errors.ts";
import { PLATFORMS } from "./platforms.ts";
import { checkBoot } from "./variant-settings.ts";

/** Names that mean something else in scenario files, options and recordings. */
const TAKEN: readonly string[] = ["server", "router", "each", "same", "all", "default", "together"];
const NAME = /^[a-z0-9][a-z0-9.-]*$/;

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
    const fault = faultOfFacts(variant);
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
function faultOfFacts(variant: PlatformVariant): string | null {
  const models = PLATFORMS.flatMap(({ variants }) => variants);
  for (const group of FACT_GROUP_NAMES) {
    if (kindOf(variant[group]) !== "object") return `it lacks its facts of \`${group}\``;
    for (const name of new Set(models.flatMap((model) => factsOfGroup(model, group).map(([each]) => each)))) {
      const fact = factsOf(variant, group)[name];
      const fault = faultOfFact(fact, `${group}.${name}`) ?? textOf(factFault(group, name, (fact as Fact<unknown>).value));
      if (fault !== null) return fault;
    }
  }
  const { tcpRegistry } = variant;
  const registries = models.map((model) => model.tcpRegistry.value);
  return (
    faultOfFact(tcpRegistry, "tcpRegistry") ?? textOf(valueFault(tcpRegistry.value, registries, ["tcpRegistry"])) ?? stackFault(variant)
  );
}

function stackFault(variant: PlatformVariant): string | null {
  const faults: ValueFault[] = [];
  checkBoot(variant, {}, faults);
  return textOf(faults[0] ?? null);
}

function textOf(fault: ValueFault | null): string | null {
  return fault && faultText(fault);
}

function factsOf(variant: PlatformVariant, group: FactGroup): Readonly<Record<string, Fact<unknown> | undefined>> {
  return variant[group] as unknown as Readonly<Record<string, Fact<unknown>>>;
}

const CONFIDENCES: Readonly<Record<Confidence, true>> = { high: true, medium: true, low: true, assumption: true };

/** Error text unless this is a fact: a value with its confidence and its sources. */
function faultOfFact(fact: Fact<unknown> | undefined, path: string): string | null {
  if (fact === undefined) return `${path} is missing: write \`known(…)\`, or \`assumed(value, "why")\``;
  if (kindOf(fact) !== "object" || !Object.hasOwn(fact, "value"))
    return `${path} is ${shown(fact)} and no fact: write \`known(…)\`, or \`assumed(value, "why")\``;
  const { confidence, source, cites, carriedFrom } = fact;
  if (typeof confidence !== "string" || !Object.hasOwn(CONFIDENCES, confidence))
    return `${path}: its \`confidence\` is ${shown(confidence)}; there are ${Object.keys(CONFIDENCES).join(", ")}`;
  if (typeof source !== "string") return `${path}: its \`source\` must be a text`;
  if (!Array.isArray(cites) || !cites.every(isCitation))
    return `${path}: its \`cites\` must be a list of citations, such as \`cite("Q140552", "…", "…")\``;
  if (confidence !== "assumption" && source === "" && cites.length === 0)
    return `${path} has no source: give \`known\` its citations, or write \`assumed(value, "why")\``;
  return carriedFrom === undefined || typeof carriedFrom === "string" ? null : `${path}: its \`carriedFrom\` must be the name of a system`;
}

function isCitation(value: Partial<Citation> | null): boolean {
  const { document, at, quote } = value ?? {};
  return typeof document === "string" && Object.hasOwn(DOCUMENTS, document) && typeof at === "string" && typeof quote === "string";
}

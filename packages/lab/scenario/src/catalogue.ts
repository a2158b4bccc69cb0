/**
 * The building blocks of scenarios: the steps that a file may use, the metrics of its comparison, the platforms of its machines.
 * `parseScenario` takes a catalogue and keeps it in the scenario; runs, comparisons and reports of that scenario then use it too. To add
 * something, spread the built-in list: `createCatalogue({ steps: [...STEPS, mine] })`.
 */

import type { Platform, PlatformVariant } from "@pushback/host";
import type * as z from "zod";
import { METRICS } from "./metrics/index.ts";
import type { Metric } from "./metrics/metric.ts";
import { checkMetrics } from "./metrics/metric-checks.ts";
import { shown } from "./named-errors.ts";
import { checkPlatform, checkPlatformShape } from "./platform-faults.ts";
import { PLATFORMS } from "./platforms.ts";
import { scenarioJsonSchemaOf } from "./scenario-json-schema.ts";
import { createScenarioSchema, type ScenarioSchema, type ScenarioStep, STEP_TIME_KEYS, stepSchema } from "./scenario-schema.ts";
import { STEPS } from "./steps/index.ts";
import { checkStep, type StepDefinition } from "./steps/step.ts";
import { checkJsonSchema } from "./steps/step-json-schema.ts";

/** The steps, metrics and platforms of which a catalogue consists. */
export interface CatalogueParts {
  readonly steps: readonly StepDefinition[];
  readonly metrics: readonly Metric[];
  readonly platforms: readonly Platform[];
}

/**
 * The steps, metrics and platforms that scenario files may use, with the schema that follows from them. The constructor throws a RangeError if two
 * parts have the same name, or if a step, metric or platform is declared wrongly.
 */
export class Catalogue implements CatalogueParts {
  readonly steps: readonly StepDefinition[];
  readonly metrics: readonly Metric[];
  readonly platforms: readonly Platform[];
  /** Schema of a step of a scenario file. */
  readonly stepSchema: z.ZodType;
  /** Schema of scenario files. */
  readonly schema: ScenarioSchema;
  readonly #variants: ReadonlyMap<string, PlatformVariant>;

  constructor({ steps, metrics, platforms }: CatalogueParts) {
    checkLists({ steps, metrics, platforms });
    steps.forEach(checkStep);
    // The built-in steps are known to be right; a schema of each would take time at every start of a program.
    const builtIn: readonly StepDefinition[] = STEPS;
    for (const step of steps) if (!builtIn.includes(step)) checkJsonSchema(step);
    checkUnique("steps or keys of steps", [
      ...STEP_TIME_KEYS,
      ...steps.flatMap(({ name, companions }) => [name, ...Object.keys(companions)]),
    ]);
    checkMetrics(metrics, METRICS);
    platforms.forEach(checkPlatformShape);
    checkUnique(
      "platforms or variants",
      platforms.flatMap(({ id, variants }) => [id, ...variants.map((variant) => variant.id)]),
    );
    platforms.forEach(checkPlatform);
    this.steps = steps;
    this.metrics = metrics;
    this.platforms = platforms;
    this.stepSchema = stepSchema(steps);
    this.schema = createScenarioSchema(this.stepSchema, metrics);
    this.#variants = new Map(
      platforms.flatMap(({ id, variants }) => [[id, variants[0]] as const, ...variants.map((variant) => [variant.id, variant] as const)]),
    );
  }

  /** Finds a variant by name; the name of a platform means its default variant. */
  findVariant(id: string): PlatformVariant | null {
    return this.#variants.get(id) ?? null;
  }

  /** Every name that `findVariant` accepts, for messages. */
  platformNames(): string[] {
    return this.platforms.flatMap((platform) => [platform.id, ...platform.variants.map((v) => v.id)]);
  }

  /** The default variant of each platform: those that `platform: each` means unless the caller names others. */
  defaultVariants(): string[] {
    return this.platforms.map((platform) => platform.variants[0].id);
  }

  /** Platform of a variant; for an unknown variant, the name itself. */
  platformOf(variantId: string): string {
    return this.findVariant(variantId)?.platform ?? variantId;
  }

  /** Name of a compared machine: that of its platform for the default variant, otherwise that of the variant. */
  runName(variantId: string): string {
    return this.platforms.find((platform) => platform.variants[0].id === variantId)?.id ?? variantId;
  }

  /** Definition of the action that a step names. Throws a RangeError if there is none, which the check of the file rules out. */
  actionOf(step: ScenarioStep): StepDefinition {
    const definition = this.steps.find(({ name }) => keyValue(step, name) !== undefined);
    if (!definition) throw new RangeError(`a step names no action of ${this.steps.map(({ name }) => name).join(", ")}`);
    return definition;
  }

  /** Names of the machines that a step refers to, as the scenario has them. */
  machinesOf(step: ScenarioStep): readonly string[] {
    const definition = this.actionOf(step);
    return definition.machines(keyValue(step, definition.name));
  }

  /** Names of all settings that a scenario file may have, at any depth, for messages. */
  settingNames(): ReadonlySet<string> {
    const names = new Set<string>();
    const collect = (value: unknown): void => {
      if (typeof value !== "object" || value === null) return;
      for (const [key, inner] of Object.entries(value)) {
        // A name that the schema always refuses is left out, because it must not be suggested.
        if (key === "properties") for (const [name, schema] of Object.entries(inner)) if (!isRefused(schema)) names.add(name);
        collect(inner);
      }
    };
    collect(this.scenarioJsonSchema());
    return names;
  }

  /** The JSON Schema (draft 2020-12) of a scenario file as an editor sees it. */
  scenarioJsonSchema(): object {
    return scenarioJsonSchemaOf(this.schema, this.steps, this.platforms);
  }
}

function isRefused(schema: unknown): boolean {
  return typeof schema === "object" && schema !== null && "not" in schema;
}

/** Value of a key that the step itself has, not its prototype; a custom step has keys that `ScenarioStep` does not list. */
export function keyValue(step: ScenarioStep, key: string): unknown {
  return Object.hasOwn(step, key) ? (step as Readonly<Record<string, unknown>>)[key] : undefined;
}

/** Throws a RangeError unless each part is a list. */
function checkLists(parts: CatalogueParts): void {
  for (const [name, list] of Object.entries<unknown>({ ...parts })) {
    if (!Array.isArray(list))
      throw new RangeError(`the ${name} of a catalogue are a list, not ${shown(list)}: \`${name}: [...${name.toUpperCase()}, yours]\``);
  }
}

function checkUnique(kind: string, names: readonly string[]): void {
  const twice = names.find((name, i) => names.indexOf(name) !== i);
  if (twice !== undefined) throw new RangeError(`the catalogue has two ${kind} called "${twice}"`);
}

/**
 * Creates a catalogue from the built-in lists; each given list replaces one. The metrics must include the built-in ones. Throws a RangeError if two things
 * have the same name, if a step, metric or platform is declared wrongly, or if a part is no list or has another name.
 */
export function createCatalogue(parts: Partial<CatalogueParts> = {}): Catalogue {
  if (typeof parts !== "object" || parts === null)
    throw new RangeError(`createCatalogue takes { steps, metrics, platforms }, each of which may be left out, not ${shown(parts)}`);
  const { steps = STEPS, metrics = METRICS, platforms = PLATFORMS, ...others } = parts;
  const [unknown] = Object.keys(others);
  if (unknown !== undefined) throw new RangeError(`a catalogue has no \`${unknown}\`; it has steps, metrics and platforms`);
  return new Catalogue({ steps, metrics, platforms });
}

/** The built-in steps, metrics and platforms. */
export const CATALOGUE: Catalogue = createCatalogue();

/** The default variant of a built-in platform, or the variant of that name; `null` if there is none. */
export function findVariant(id: string): PlatformVariant | null {
  return CATALOGUE.findVariant(id);
}

/** Every name that `findVariant` accepts. */
export function platformNames(): string[] {
  return CATALOGUE.platformNames();
}

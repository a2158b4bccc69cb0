/**
 * What scenarios are made of: the steps that a file may use, the metrics of its comparison, the platforms that its machines may have.
 * `parseScenario` takes a catalogue and keeps it in the scenario; runs, comparisons and reports of that scenario then use it too. To add
 * something from outside, spread the built-in list: `createCatalogue({ steps: [...STEPS, mine] })`.
 */

import type { Platform, PlatformVariant } from "@pushback/host";
import * as z from "zod";
import { METRICS } from "./metrics/index.ts";
import type { Metric } from "./metrics/metric.ts";
import { PLATFORMS } from "./platforms.ts";
import { createScenarioSchema, type ScenarioSchema, type ScenarioStep, STEP_TIME_KEYS } from "./scenario-schema.ts";
import { STEPS } from "./steps/index.ts";
import type { StepDefinition } from "./steps/step.ts";

/** Keys of rows that are no metrics. */
const ROW_KEYS: readonly string[] = ["name", "platform", "variant", "machines", "capture"];

export interface CatalogueParts {
  readonly steps: readonly StepDefinition[];
  readonly metrics: readonly Metric[];
  readonly platforms: readonly Platform[];
}

export class Catalogue implements CatalogueParts {
  readonly steps: readonly StepDefinition[];
  readonly metrics: readonly Metric[];
  readonly platforms: readonly Platform[];
  /** The schema of scenario files. */
  readonly schema: ScenarioSchema;

  constructor({ steps, metrics, platforms }: CatalogueParts) {
    checkUnique("steps or keys of steps", [
      ...STEP_TIME_KEYS,
      ...steps.flatMap(({ name, companions }) => [name, ...Object.keys(companions)]),
    ]);
    checkUnique("metrics or keys of a row", [...ROW_KEYS, ...metrics.map(({ key }) => key)]);
    checkUnique(
      "platforms or variants",
      platforms.flatMap(({ id, variants }) => [id, ...variants.map((variant) => variant.id)]),
    );
    this.steps = steps;
    this.metrics = metrics;
    this.platforms = platforms;
    this.schema = createScenarioSchema(steps, metrics);
  }

  /** The platform's default variant, or the variant of that name. */
  findVariant(id: string): PlatformVariant | null {
    for (const platform of this.platforms) {
      if (platform.id === id) return platform.variants[0];
      const variant = platform.variants.find((v) => v.id === id);
      if (variant) return variant;
    }
    return null;
  }

  /** Every name that `findVariant` knows, for messages. */
  platformNames(): string[] {
    return this.platforms.flatMap((platform) => [platform.id, ...platform.variants.map((v) => v.id)]);
  }

  /** The variants that stand for their platforms unless others are asked for. */
  defaultVariants(): string[] {
    return this.platforms.map((platform) => platform.variants[0].id);
  }

  /** The platform of a variant; an unknown variant stands for itself. */
  platformOf(variantId: string): string {
    return this.findVariant(variantId)?.platform ?? variantId;
  }

  /** A compared machine's name: its platform's where it is the default variant, its variant's otherwise. */
  runName(variantId: string): string {
    return this.platforms.find((platform) => platform.variants[0].id === variantId)?.id ?? variantId;
  }

  /** The definition of the action that a step names. Throws a RangeError where it names none: the file has passed no check. */
  actionOf(step: ScenarioStep): StepDefinition {
    const definition = this.steps.find(({ name }) => keyValue(step, name) !== undefined);
    if (!definition) throw new RangeError(`a step names no action of ${this.steps.map(({ name }) => name).join(", ")}`);
    return definition;
  }

  /** The scenario's names of the machines that a step speaks of. */
  machinesOf(step: ScenarioStep): readonly string[] {
    const definition = this.actionOf(step);
    return definition.machines(keyValue(step, definition.name));
  }

  /** The JSON Schema (draft 2020-12) of a scenario file as an editor sees it. */
  scenarioJsonSchema(): object {
    return z.toJSONSchema(this.schema, { io: "input" });
  }
}

/** The value of a step's key; a step from outside has keys that `ScenarioStep` does not list. */
export function keyValue(step: ScenarioStep, key: string): unknown {
  return (step as Readonly<Record<string, unknown>>)[key];
}

function checkUnique(kind: string, names: readonly string[]): void {
  const twice = names.find((name, i) => names.indexOf(name) !== i);
  if (twice !== undefined) throw new RangeError(`the catalogue has two ${kind} called "${twice}"`);
}

/** A catalogue of the built-in lists, each replaced where one is given. Throws a RangeError where two things have one name. */
export function createCatalogue({ steps = STEPS, metrics = METRICS, platforms = PLATFORMS }: Partial<CatalogueParts> = {}): Catalogue {
  return new Catalogue({ steps, metrics, platforms });
}

/** The built-in steps, metrics and platforms. */
export const CATALOGUE: Catalogue = createCatalogue();

/** The default variant of a built-in platform, or the variant of that name; `null` if there is none. */
export function findVariant(id: string): PlatformVariant | null {
  return CATALOGUE.findVariant(id);
}

/** Every name that `findVariant` knows. */
export function platformNames(): string[] {
  return CATALOGUE.platformNames();
}

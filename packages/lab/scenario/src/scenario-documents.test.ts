/** The published schema and documentation say what the code does. */

import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { CATALOGUE } from "./catalogue.ts";
import { comparisonJsonSchema } from "./comparison-schema.ts";
import { metricTable } from "./metrics/metric-table.ts";
import { registryShape } from "./registry-parameters.ts";
import { stepTable } from "./steps/step-table.ts";

const published = (name: string) => readFileSync(new URL(`../../../../docs/${name}`, import.meta.url), "utf8");

/** To write it anew: `pushback scenarios --schema > docs/scenario.schema.json`, then `npx biome check --write docs`. */
test("docs/scenario.schema.json is the schema of scenario files", () => {
  expect(JSON.parse(published("scenario.schema.json"))).toEqual(CATALOGUE.scenarioJsonSchema());
});

/** To write it anew: `pushback compare --schema > docs/comparison.schema.json`, then `npx biome check --write docs`. */
test("docs/comparison.schema.json is the schema of `compare --json`", () => {
  expect(JSON.parse(published("comparison.schema.json"))).toEqual(comparisonJsonSchema());
});

test("docs/SCENARIOS.md names every parameter of the registry", () => {
  for (const name of Object.keys(registryShape)) expect(published("SCENARIOS.md")).toContain(`\`${name}\``);
});

test("docs/SCENARIOS.md has the tables of steps and metrics", () => {
  expect(published("SCENARIOS.md")).toContain(stepTable(CATALOGUE.steps));
  expect(published("SCENARIOS.md")).toContain(metricTable(CATALOGUE.metrics));
});

/** The published schema and documentation say what the code does. */

import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { CATALOGUE } from "./catalogue.ts";
import { stepTable } from "./steps/step-table.ts";

const published = (name: string) => readFileSync(new URL(`../../../../docs/${name}`, import.meta.url), "utf8");

/** To write it anew: `pushback scenarios --schema > docs/scenario.schema.json`, then `npx biome check --write docs`. */
test("docs/scenario.schema.json is the schema of scenario files", () => {
  expect(JSON.parse(published("scenario.schema.json"))).toEqual(CATALOGUE.scenarioJsonSchema());
});

test("docs/SCENARIOS.md has the table of steps", () => {
  expect(published("SCENARIOS.md")).toContain(stepTable(CATALOGUE.steps));
});

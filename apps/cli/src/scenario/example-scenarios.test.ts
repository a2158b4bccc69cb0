/** Scenarios as newcomers write them (examples/scenarios): the schema accepts each, and each does what it expects. */

import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { CATALOGUE, compareScenario, parseScenario, rowsOfRun, runScenario } from "@pushback/scenario";
import { Ajv2020 } from "ajv/dist/2020.js";
import addFormats from "ajv-formats";
import { expect, it } from "vitest";
import { parse } from "yaml";
import { variantsOption } from "../shared/options.ts";

const FOLDER = join(import.meta.dirname, "../../../../examples/scenarios");
const FILES = readdirSync(FOLDER).filter((file) => file.endsWith(".yaml"));
const READERS = ["admin", "implementer", "teacher", "retro"];

const ajv = new Ajv2020({ strict: false });
addFormats.default(ajv);
const validate = ajv.compile(CATALOGUE.scenarioJsonSchema());

it("has scenarios of all kinds of readers", () => {
  expect(FILES.length).toBeGreaterThanOrEqual(10);
  for (const reader of READERS) expect(FILES.filter((file) => file.startsWith(`${reader}-`)).length).toBeGreaterThanOrEqual(2);
});

it.each(FILES)("%s", (file) => {
  const text = readFileSync(join(FOLDER, file), "utf8");
  expect(validate(parse(text)), ajv.errorsText(validate.errors)).toBe(true);
  const parsed = parseScenario(file.replace(".yaml", ""), text);
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.faults));
  const { scenario } = parsed;
  const variants = variantsOption(undefined, undefined);
  const isCompared = scenario.clients.some((client) => client.platform === "each");
  const { expectations } = isCompared
    ? compareScenario(scenario, { variants, seed: "1" }).comparison
    : rowsOfRun(runScenario(scenario, { variants: [], seed: "1" }));
  expect(expectations.length).toBeGreaterThan(0);
  expect(expectations.filter(({ met }) => !met).map((result) => result.text)).toEqual([]);
});

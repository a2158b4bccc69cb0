/** The schema of each fact and its check accept and refuse the same values. */

import { FACT_GROUP_NAMES } from "@pushback/host";
import { Ajv2020 } from "ajv/dist/2020.js";
import { describe, expect, it } from "vitest";
import { factSchema } from "./fact-schema.ts";
import { examplesOf, factFault, faultText } from "./fact-values.ts";
import { PLATFORMS } from "./platforms.ts";

const ajv = new Ajv2020({ strict: false });
const [{ variants }] = PLATFORMS;
const FACTS = FACT_GROUP_NAMES.flatMap((group) => Object.keys(variants[0][group]).map((name) => [group, name] as const));

const VALUES: readonly unknown[] = [
  null,
  true,
  "",
  "x",
  "é",
  "a".repeat(600),
  -1,
  0,
  0.5,
  1,
  256,
  65_536,
  2 ** 32,
  1e300,
  [],
  [null],
  ["x"],
  [0.5],
  {},
  { x: 1 },
];

/** What a schema cannot say: which parts a record needs, the parts of each kind of a union, and rules that span several parts. */
const BEYOND_SCHEMA =
  /lacks `|kind takes .* not undefined|is unknown; there are |leaves no port|takes options of|has two phases|takes no `minIncrement`/;

/** The value with each of its parts, and itself, replaced by `replacement`. */
function replaced(value: unknown, replacement: unknown): unknown[] {
  if (typeof value !== "object" || value === null) return [replacement];
  const parts = Object.entries(value).flatMap(([key, part]) =>
    replaced(part, replacement).map((next) => {
      const copy = structuredClone(value) as Record<string, unknown>;
      copy[key] = next;
      return copy;
    }),
  );
  return [replacement, ...parts];
}

describe("schema and check of a fact", () => {
  it.each(FACTS)("%s.%s", (group, name) => {
    const accepts = ajv.compile(factSchema(group, name));
    const examples = examplesOf(group, name);
    expect(examples.filter((example) => !accepts(example) || factFault(group, name, example) !== null)).toEqual([]);
    const disagreed = new Set<string>();
    for (const value of examples.flatMap((example) => VALUES.flatMap((one) => replaced(example, one)))) {
      const fault = factFault(group, name, value);
      if (accepts(value) === (fault === null)) continue;
      if (fault === null || !BEYOND_SCHEMA.test(faultText(fault)))
        disagreed.add(`${JSON.stringify(value)}: ${fault === null ? "accepted" : faultText(fault)}`);
    }
    expect([...disagreed]).toEqual([]);
  });

  it("refuses what hung a run", () => {
    expect(factFault("personality", "delayedAckTickUs", 0)?.message).toBe("takes a whole number from 1 to 31622400000000, not 0");
    expect(factFault("personality", "retryScheduleUs", [1_000_000, null])?.message).toBe("takes a number, not null");
    for (const name of ["maxConnectRetries", "maxDataRetries", "arpTries", "refusedConnectRetries"])
      expect(factFault("personality", name, 1_000_000_000)?.message).toBe("takes a whole number from 0 to 255, not 1000000000");
  });
});

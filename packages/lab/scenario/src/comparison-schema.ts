/** JSON Schema of the output of `pushback compare --json`. */

import * as z from "zod";
import { CATALOGUE, type Catalogue } from "./catalogue.ts";
import { CLAIM_IDS } from "./claim-texts.ts";
import { unitSchema } from "./metrics/units.ts";
import { SESSION_END_CAUSE_IDS } from "./session-end-cause.ts";

const count = z.int().min(0);
const frames = z.record(z.string(), z.array(z.int().min(1)));
const spread = z.strictObject({
  sum: z.number(),
  mean: z.number(),
  min: z.number(),
  p50: z.number(),
  p90: z.number(),
  p99: z.number(),
  max: z.number(),
});
const peak = z.strictObject({ perSecond: count, atUs: count });

function comparisonSchema({ metrics }: Catalogue): z.ZodType {
  const row = z.strictObject({
    platform: z.string(),
    variant: z.string(),
    ...Object.fromEntries(metrics.map(({ key, unit, about }) => [key, unitSchema(unit).meta({ description: about })])),
    capture: z.string().nullable().meta({ description: "The path of the run's capture, where one was written" }),
  });
  const spreads = metrics.filter(({ unit, fleet }) => fleet !== null && unit === "count");
  const part = z.strictObject({
    platform: z.string().nullable().meta({ description: "null: all machines" }),
    variant: z.string().nullable(),
    machines: count,
    ...Object.fromEntries(spreads.map(({ key, about }) => [key, spread.meta({ description: `${about}; over the machines` })])),
    staleForUs: spread.nullable(),
    sessionEndCauses: z.partialRecord(z.enum(SESSION_END_CAUSE_IDS), count),
    peakDatagrams: peak,
    peakIcmp: peak,
  });
  return z
    .strictObject({
      scenario: z.string(),
      seed: z.string(),
      engine: z.string(),
      platforms: z.array(row),
      claims: z.array(
        z.strictObject({
          id: z.enum(CLAIM_IDS),
          text: z.string(),
          holds: z.boolean().nullable(),
          evidence: frames,
          findings: z.record(z.string(), z.string()),
          scenario: z
            .string()
            .optional()
            .meta({ description: "The companion scenario that judged the claim; the scenario itself if left out" }),
        }),
      ),
      expectations: z.array(z.strictObject({ met: z.boolean(), text: z.string() })),
      notJudged: z.array(z.string()).meta({ description: "Expectations that the runs cannot judge, with the reason" }),
      fleet: z
        .strictObject({
          minutes: z.strictObject({ datagrams: z.array(count), icmp: z.array(count) }),
          all: part,
          variants: z.array(part),
        })
        .nullable(),
      together: z.strictObject({ capture: z.string().nullable(), agrees: z.boolean().nullable(), differences: z.array(z.string()) }),
    })
    .meta({ title: "A Pushback comparison", description: "Times are integer microseconds of virtual time" });
}

/** Draft 2020-12; the names of the rows are those of the catalogue's metrics. */
export function comparisonJsonSchema(catalogue: Catalogue = CATALOGUE): object {
  return z.toJSONSchema(comparisonSchema(catalogue), { io: "output" });
}

/** Checks that a value is a comparison of this form; returns the first problem, or `null`. For tests and for programs that read results. */
export function checkComparison(value: unknown, catalogue: Catalogue = CATALOGUE): string | null {
  const result = comparisonSchema(catalogue).safeParse(value);
  if (result.success) return null;
  const [issue] = result.error.issues;
  return `${issue.path.join(".")}: ${issue.message}`;
}

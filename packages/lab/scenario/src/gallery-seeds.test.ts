/** Every scenario of the gallery with all variants does what its file expects, for seeds 1 to PUSHBACK_GALLERY_SEEDS; 10 if it is not set. */

import { describe, expect, it } from "vitest";
import { CATALOGUE } from "./catalogue.ts";
import { compareScenario } from "./compare.ts";
import { GALLERY_NAMES, loadScenario } from "./testing/gallery.ts";

const SEEDS = Number(process.env["PUSHBACK_GALLERY_SEEDS"] ?? 10);
const ALL = CATALOGUE.platforms.flatMap(({ variants }) => variants.map(({ id }) => id));

describe.each(GALLERY_NAMES)("%s", (name) => {
  it(`does what its file expects, all variants, seeds 1 to ${SEEDS}`, { timeout: SEEDS * 30_000 }, () => {
    const scenario = loadScenario(name);
    const failures: string[] = [];
    for (let seed = 1; seed <= SEEDS; seed++) {
      const { comparison } = compareScenario(scenario, { variants: ALL, seed: String(seed) });
      const failed = [...comparison.expectations.filter(({ met }) => !met).map(({ text }) => text), ...comparison.together.differences];
      failures.push(...failed.map((text) => `seed ${seed}: ${text}`));
    }
    expect(failures).toEqual([]);
  });
});

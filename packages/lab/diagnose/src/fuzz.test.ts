/**
 * Mutated frames through the diagnosis: no exception, no hang, no byte read outside the frame (the same frames between zeros and
 * between ones must give the same findings), bounded memory. `PUSHBACK_FUZZ=10000000` runs longer.
 */

import { readFileSync } from "node:fs";
import { PLATFORMS, parseScenario, runScenario } from "@pushback/scenario";
import { expect, it } from "vitest";
import { Diagnostician } from "./diagnosis.ts";
import { framesOf } from "./testing/capture-mix.ts";
import { LINK_TYPES, mutate, Surroundings, seededBelow } from "./testing/mutations.ts";

const COUNT = Number(process.env["PUSHBACK_FUZZ"] ?? 300_000);

it(`${COUNT} mutated frames`, { timeout: 60_000 + COUNT / 10 }, () => {
  const parsed = parseScenario("kb", readFileSync(new URL("../../../../scenarios/kb-q159302.yaml", import.meta.url), "utf8"));
  if (!parsed.ok) throw new Error("kb-q159302");
  const recording = runScenario(parsed.scenario, { variants: PLATFORMS.map((p) => p.variants[0].id), seed: "1" });
  const frames = framesOf(recording);
  const zeros = new Surroundings(0);
  const ones = new Surroundings(0xff);
  const one = new Diagnostician();
  const other = new Diagnostician();
  const below = seededBelow(159_302);
  for (let i = 1; i <= COUNT; i++) {
    const frame = mutate(frames, below);
    const linkType = LINK_TYPES[below(LINK_TYPES.length)];
    one.packet(zeros.packet(frame, i * 1000, i, linkType));
    other.packet(ones.packet(frame, i * 1000, i, linkType));
  }
  const findings = one.finish();
  expect(findings.packets).toBe(COUNT);
  expect(findings.findings.length).toBeGreaterThan(0);
  expect(other.finish()).toEqual(findings);
});

/** A capture with a finding for each machine: a fleet that was rebooted without logging off, as the benchmark of the diagnosis has it, but smaller. Node only. */

import { readFileSync } from "node:fs";
import { encodeCapture, parseScenario, runScenario } from "@pushback/scenario";

const FLEET = new URL("../../../../../bench/stale-fleet.yaml", import.meta.url);

/** Simulates half an hour of a fleet of `machines` machines. Returns its capture file. */
export function staleFleet(machines: number): Uint8Array {
  const text = readFileSync(FLEET, "utf8").replace("count: 5000", `count: ${machines}`).replace("duration: 2h12m", "duration: 30m");
  const parsed = parseScenario("stale-fleet", text);
  if (!parsed.ok) throw new Error(parsed.faults[0].message);
  return encodeCapture(runScenario(parsed.scenario, { variants: [], seed: "1" }));
}

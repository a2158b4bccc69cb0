/** What-if runs: the article's scenario, run again for each point with other settings. */

import { rowsOfRun, runScenario, type Scenario, type ScenarioStep } from "@pushback/scenario";
import type { WhatIfPoint, WhatIfSettings } from "./lab-types.ts";

const MINUTE_US = 60_000_000;

/** The scenario, its logons after the reboot moved to `relogonUs`, and long enough to see the session end. */
function withSettings(scenario: Scenario, settings: WhatIfSettings): Scenario {
  const { relogonUs, keepAliveUs, honourIcmp } = settings;
  const server = { ...scenario.server, honourIcmp };
  const reboot = scenario.steps.findIndex((step) => step.reboot !== undefined || step["power-off"] !== undefined);
  if (reboot < 0) return { ...scenario, server };
  const before = scenario.steps.slice(0, reboot + 1);
  const later = scenario.steps.slice(reboot + 1);
  const again = later.findIndex((step) => step.logon !== undefined);
  const between = (again < 0 ? later : later.slice(0, again)).filter((step) => relogonUs === null || step.at < relogonUs);
  const after: ScenarioStep[] = [];
  if (again >= 0 && relogonUs !== null) {
    const shift = relogonUs - later[again].at;
    after.push(...later.slice(again).map((step) => ({ ...step, at: step.at + shift })));
  }
  const steps = [...before, ...between, ...after];
  const lastStep = steps.reduce((latest, step) => Math.max(latest, step.at), 0);
  return {
    ...scenario,
    server,
    steps,
    duration: Math.max(lastStep, scenario.steps[reboot].at + keepAliveUs + 5 * MINUTE_US) + 3 * MINUTE_US,
  };
}

export function whatIfPoint(scenario: Scenario, settings: WhatIfSettings, variants: readonly string[], seed: string): WhatIfPoint {
  const { keepAliveUs, intervalUs } = settings;
  const recording = runScenario(withSettings(scenario, settings), { variants, seed, keepAliveUs, intervalUs });
  const { rows } = rowsOfRun(recording);
  const names = recording.machines.filter((m) => m.role === "compared").map((m) => m.name);
  return {
    settings,
    icmp: Object.fromEntries(rows.map((row, i) => [names[i], row.icmpPortUnreachable])),
    sessionEndedUs: Object.fromEntries(rows.map((row, i) => [names[i], row.sessionEndedAtUs])),
  };
}

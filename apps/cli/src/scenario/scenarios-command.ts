/** `pushback scenarios`. */

import { readFileSync } from "node:fs";
import { formatDuration } from "@pushback/host";
import { CATALOGUE } from "@pushback/scenario";
import { UsageError } from "@pushback/usage-error";
import { findScenarioFile, galleryNames, loadScenario } from "../shared/gallery.ts";
import { commandLine } from "../shared/invocation.ts";
import type { ScenariosOutput } from "../shared/json-outputs.ts";
import { layOutTable, style } from "../shared/terminal.ts";

export function listScenarios(name: string | undefined, options: { readonly json?: boolean; readonly schema?: boolean }): void {
  if (name !== undefined) {
    if (options.json || options.schema)
      throw new UsageError("scenarios: a name prints that scenario's file; leave out --json and --schema");
    process.stdout.write(readFileSync(findScenarioFile(name), "utf8"));
    return;
  }
  if (options.schema) {
    process.stdout.write(`${JSON.stringify(CATALOGUE.scenarioJsonSchema(), null, 2)}\n`);
    return;
  }
  const scenarios = galleryNames().map(loadScenario);
  if (options.json) {
    const rows: ScenariosOutput = scenarios.map(({ id, title, about, duration }) => ({
      id,
      title,
      about: about.trim(),
      durationUs: duration,
    }));
    process.stdout.write(`${JSON.stringify(rows, null, 2)}\n`);
    return;
  }
  const rows = scenarios.map((s) => [style("bold", s.id), formatDuration(s.duration), s.title]);
  process.stdout.write(layOutTable([["Scenario", "Lasts", "What happens"], ...rows], 1));
  process.stdout.write(
    `\nRun one with ${commandLine("compare", "NAME")}, or ${commandLine("run", "NAME")} to see its events.\nIts file: ${commandLine("scenarios", "NAME")}\n`,
  );
}

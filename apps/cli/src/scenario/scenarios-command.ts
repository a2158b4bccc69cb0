/** `pushback scenarios`. */

import { formatDuration } from "@pushback/host";
import { CATALOGUE } from "@pushback/scenario";
import { galleryNames, loadScenario } from "../shared/gallery.ts";
import { commandLine } from "../shared/invocation.ts";
import { layOutTable, style } from "../shared/terminal.ts";

export function listScenarios(options: { readonly json?: boolean; readonly schema?: boolean }): void {
  if (options.schema) {
    process.stdout.write(`${JSON.stringify(CATALOGUE.scenarioJsonSchema(), null, 2)}\n`);
    return;
  }
  const scenarios = galleryNames().map(loadScenario);
  if (options.json) {
    const rows = scenarios.map(({ id, title, about, duration }) => ({ id, title, about: about.trim(), durationUs: duration }));
    process.stdout.write(`${JSON.stringify(rows, null, 2)}\n`);
    return;
  }
  const rows = scenarios.map((s) => [style("bold", s.id), formatDuration(s.duration), s.title]);
  process.stdout.write(layOutTable([["Scenario", "Lasts", "What happens"], ...rows], 1));
  process.stdout.write(`\nRun one with ${commandLine("compare", "NAME")}, or ${commandLine("run", "NAME")} to see its events.\n`);
}

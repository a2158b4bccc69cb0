/** Writes the file of a run: a scenario's text with other settings and with the steps that were taken in the run. */

import { formatDuration } from "@pushback/host";
import { isMap, isScalar, isSeq, type Node, parseDocument } from "yaml";
import { CATALOGUE, type Catalogue } from "./catalogue.ts";
import { stepInFile } from "./run-limits.ts";
import type { ScenarioStep } from "./scenario-schema.ts";
import { settingPath } from "./scenario-settings.ts";

/** Changes to the text of a scenario file. */
export interface ScenarioChanges {
  /** By path, as `withSettings` has it, a value of JSON; `undefined` removes the setting. */
  readonly settings: Readonly<Record<string, unknown>>;
  /** Lengths of time by path, in microseconds. */
  readonly times: Readonly<Record<string, number | undefined>>;
  /** The clients that stay. Default: all of them. */
  readonly clients?: ReadonlySet<string>;
  /** Whether the steps of the scenario stay. */
  readonly keepsSteps: boolean;
  /** Steps that follow. */
  readonly steps: readonly ScenarioStep[];
}

/**
 * The scenario's text with these changes; throws a RangeError if the text has no place for one of them. `catalogue`: that of the scenario, which declares
 * the steps.
 */
export function changedScenario(text: string, changes: ScenarioChanges, catalogue: Catalogue = CATALOGUE): string {
  const { settings, times, clients, keepsSteps, steps } = changes;
  const document = parseDocument(text);
  try {
    const written = Object.entries(times).flatMap(([name, us]) => (us === undefined ? [] : [[name, formatDuration(us)] as const]));
    for (const [name, value] of [...Object.entries(settings), ...written]) {
      const path = settingPath(name).split(".");
      if (value === undefined) document.deleteIn(path);
      else document.setIn(path, document.createNode(value));
    }
    const list = document.get("clients");
    if (clients !== undefined && isSeq(list))
      list.items = list.items.filter((item) => isMap(item) && clients.has(nameOf(item.get("name"))));
    if (!keepsSteps) document.set("steps", document.createNode([]));
    const own = document.get("steps");
    if (!isSeq(own)) throw new RangeError("it has no list of steps");
    for (const step of steps) own.items.push(document.createNode(readableStep(step, catalogue), { flow: true }) as Node);
    if (!keepsSteps) own.flow = false;
    return document.toString({ lineWidth: 0 });
  } catch (error) {
    throw new RangeError(`the scenario's text can't be changed: ${error instanceof Error ? error.message : String(error)}`);
  }
}

function nameOf(value: unknown): string {
  return String(isScalar(value) ? value.value : value);
}

/** The step as a file has it, its time first. */
function readableStep({ at, ...action }: ScenarioStep, catalogue: Catalogue): object {
  return { at: formatDuration(at), ...stepInFile(action, catalogue) };
}

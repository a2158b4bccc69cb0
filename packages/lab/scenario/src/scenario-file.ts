/** Reads a scenario file: YAML, then the schema, then the checks that a schema cannot make. Every fault has a line and a column. */

import { didYouMean } from "@pushback/bytes";
import { isMap, type Node } from "yaml";
import type * as z from "zod";
import { CATALOGUE, type Catalogue } from "./catalogue.ts";
import { checkReferences, type FaultAt, type FaultPath } from "./scenario-checks.ts";
import type { ScenarioFile } from "./scenario-schema.ts";
import { readYaml, type YamlFault } from "./yaml-text.ts";

/** A scenario that has passed every check. */
export interface Scenario extends ScenarioFile {
  /** The file's name without folder and ending. */
  readonly id: string;
  /** The steps and platforms that it was read with, and runs with. */
  readonly catalogue: Catalogue;
}

/** A fault in a scenario file with its position. */
export type ScenarioFault = Omit<YamlFault, "code">;

/** A parsed scenario, or all faults of the file. */
export type ScenarioResult =
  | { readonly ok: true; readonly scenario: Scenario }
  | { readonly ok: false; readonly faults: readonly ScenarioFault[] };

function describeIssue(issue: z.core.$ZodIssue, catalogue: Catalogue): FaultAt[] {
  const name = issue.path.length > 0 ? String(issue.path.at(-1)) : "the file";
  if (issue.code === "unrecognized_keys") {
    const inStep = issue.path[0] === "steps" && issue.path.length === 2;
    const actions = catalogue.steps.map((step) => step.name);
    return issue.keys.map((key) => ({
      path: [...issue.path, key],
      message: inStep
        ? `unknown step "${key}"${didYouMean(key, actions)}; there are ${actions.join(", ")}`
        : `unknown setting "${key}"${didYouMean(key, catalogue.settingNames())}`,
    }));
  }
  if (issue.code === "invalid_type" && issue.input === undefined) {
    return [{ path: issue.path.slice(0, -1), message: `"${name}" is missing` }];
  }
  if (issue.code === "invalid_union") {
    const inner = issue.errors.flat();
    return [
      {
        path: issue.path,
        message: `"${name}": ${inner.length > 0 ? inner.map((i) => lowerFirst(i.message)).join(", or ") : issue.message}`,
      },
    ];
  }
  const subject =
    typeof issue.path.at(-1) === "number" ? `${String(issue.path.at(-2))} number ${Number(issue.path.at(-1)) + 1}` : `"${name}"`;
  return [{ path: issue.path, message: `${subject} ${lowerFirst(issue.message)}` }];
}

function lowerFirst(text: string): string {
  return text.charAt(0).toLowerCase() + text.slice(1);
}

/** Parses and checks `text`; `id` names the scenario in results. It throws only if a schema or function of a custom step throws. */
export function parseScenario(id: string, text: string, catalogue: Catalogue = CATALOGUE): ScenarioResult {
  const read = readYaml(text);
  if (!read.ok) return { ok: false, faults: read.faults.map(({ line, column, message }) => ({ line, column, message })) };
  const { document, value, locate } = read;

  /** The innermost node on the path that exists; where the path names an entry of a map, the entry's key. */
  const offsetOf = (path: FaultPath): number => {
    for (let depth = path.length; depth > 0; depth--) {
      const parent = depth === 1 ? document.contents : document.getIn(path.slice(0, depth - 1), true);
      const last = path[depth - 1];
      if (isMap(parent)) {
        const pair = parent.items.find((item) => String((item.key as Node | null)?.toJSON()) === String(last));
        const key = pair?.key as Node | undefined;
        if (key?.range) return key.range[0];
      }
      const node = document.getIn(path.slice(0, depth), true) as Node | undefined;
      if (node?.range) return node.range[0];
    }
    return document.contents?.range?.[0] ?? 0;
  };

  const parsed = catalogue.schema.safeParse(value, { reportInput: true });
  const faults = parsed.success
    ? checkReferences(parsed.data, catalogue)
    : parsed.error.issues.flatMap((issue) => describeIssue(issue, catalogue));
  if (!parsed.success || faults.length > 0) {
    return {
      ok: false,
      faults: faults
        .map(({ path, message }) => ({ ...locate(offsetOf(path)), message }))
        .sort((a, b) => a.line - b.line || a.column - b.column),
    };
  }
  return { ok: true, scenario: { id, catalogue, ...parsed.data } };
}

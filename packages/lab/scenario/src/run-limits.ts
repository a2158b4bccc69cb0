/** Applies the limits of scenario files to times and numbers from other sources, such as stored runs of the studio. */

import { formatDuration } from "@pushback/host";
import { CATALOGUE, type Catalogue } from "./catalogue.ts";
import { keepAliveRegistry, notificationInterval } from "./steps/values.ts";

const TIMES = { keepAliveUs: keepAliveRegistry.KeepAliveTime, intervalUs: notificationInterval } as const;

/** A length of time in the notation of scenario files; "", which no schema accepts, unless `us` is a non-negative integer. */
const written = (us: number): string => (Number.isSafeInteger(us) && us >= 0 ? formatDuration(us) : "");

/** Checks a time in microseconds that overrides one of the scenario. Returns the fault in a few words, or `null`. */
export function runTimeFault(name: keyof typeof TIMES, us: number): string | null {
  return TIMES[name].safeParse(written(us)).error?.issues[0].message ?? null;
}

type Members = Readonly<Record<PropertyKey, unknown>>;

function valueAt(step: object, path: readonly PropertyKey[]): unknown {
  return path.reduce<unknown>((inner, key) => (typeof inner === "object" && inner !== null ? (inner as Members)[key] : undefined), step);
}

function withValue(value: unknown, [key, ...rest]: readonly PropertyKey[], text: string): unknown {
  if (key === undefined) return text;
  const inner = withValue((value as Members)[key], rest, text);
  return Array.isArray(value) ? value.with(Number(key), inner) : { ...(value as Members), [key]: inner };
}

/** The step as a file has it: lengths of time, which are microseconds in a step, are texts there. `catalogue`: it has the step's declaration. */
export function stepInFile(step: object, catalogue: Catalogue = CATALOGUE): object {
  const times = (catalogue.stepSchema.safeParse(step).error?.issues ?? []).filter(
    (issue) => issue.code === "invalid_type" && issue.expected === "string" && typeof valueAt(step, issue.path) === "number",
  );
  return times.reduce<object>((all, { path }) => withValue(all, path, written(valueAt(step, path) as number)) as object, step);
}

/** Checks the numbers of a step. Returns the first fault in a few words, or `null`. Names are not checked here, but when the step runs. */
export function stepNumberFault(step: object, catalogue: Catalogue = CATALOGUE): string | null {
  const isNumber = ({ path }: { readonly path: readonly PropertyKey[] }) => typeof valueAt(step, path) === "number";
  const issue = catalogue.stepSchema.safeParse(stepInFile(step, catalogue)).error?.issues.find(isNumber);
  return issue ? `“${issue.path.map(String).join(".")}” ${issue.message}` : null;
}

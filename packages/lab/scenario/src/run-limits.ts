/** Limits of the times and numbers of a run that comes from elsewhere than a scenario file: those of scenario files. */

import { formatDuration } from "@pushback/host";
import { CATALOGUE } from "./catalogue.ts";
import { keepAliveRegistry, notificationInterval } from "./steps/values.ts";

const TIMES = { keepAliveUs: keepAliveRegistry.KeepAliveTime, intervalUs: notificationInterval } as const;

/** As a scenario file writes a length of time; no length of time for what is no whole number of microseconds. */
const written = (us: number): string => (Number.isSafeInteger(us) && us >= 0 ? formatDuration(us) : "");

/** What is wrong with a time that replaces one of the scenario, in microseconds, in a few words; `null` if nothing is. */
export function runTimeFault(name: keyof typeof TIMES, us: number): string | null {
  return TIMES[name].safeParse(written(us)).error?.issues[0].message ?? null;
}

type Members = Readonly<Record<PropertyKey, unknown>>;

function valueAt(step: object, path: readonly PropertyKey[]): unknown {
  return path.reduce<unknown>((inner, key) => (typeof inner === "object" && inner !== null ? (inner as Members)[key] : undefined), step);
}

function withValue(value: unknown, [key, ...rest]: readonly PropertyKey[], text: string): unknown {
  return key === undefined ? text : { ...(value as Members), [key]: withValue((value as Members)[key], rest, text) };
}

/** The step as a file has it: lengths of time, which are microseconds in a step, are texts there. */
export function stepInFile(step: object): object {
  const times = (CATALOGUE.stepSchema.safeParse(step).error?.issues ?? []).filter(
    (issue) => issue.code === "invalid_type" && issue.expected === "string" && typeof valueAt(step, issue.path) === "number",
  );
  return times.reduce<object>((all, { path }) => withValue(all, path, written(valueAt(step, path) as number)) as object, step);
}

/** What is wrong with a number of a step, in a few words; `null` if nothing is. Names are not checked: the run knows them. */
export function stepNumberFault(step: object): string | null {
  const isNumber = ({ path }: { readonly path: readonly PropertyKey[] }) => typeof valueAt(step, path) === "number";
  const issue = CATALOGUE.stepSchema.safeParse(stepInFile(step)).error?.issues.find(isNumber);
  return issue ? `“${issue.path.map(String).join(".")}” ${issue.message}` : null;
}

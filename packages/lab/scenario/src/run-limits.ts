/** Limits of the times and numbers of a run that comes from elsewhere than a scenario file: those of scenario files. */

import { CATALOGUE } from "./catalogue.ts";
import { keepAliveRegistry, notificationInterval } from "./steps/values.ts";

const TIMES = { keepAliveUs: keepAliveRegistry.KeepAliveTime, intervalUs: notificationInterval } as const;

/** As a scenario file writes a length of time; no length of time for what is no whole number of microseconds. */
const written = (us: number): string => (Number.isSafeInteger(us) ? `${us}us` : "");

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

/**
 * What is wrong with a number of a step, in a few words; `null` if nothing is. Lengths of time are microseconds in a step, and texts in a
 * file. Names are not checked: the run knows them.
 */
export function stepNumberFault(step: object): string | null {
  const isNumber = ({ path }: { readonly path: readonly PropertyKey[] }) => typeof valueAt(step, path) === "number";
  const times = (CATALOGUE.stepSchema.safeParse(step).error?.issues ?? []).filter(
    (issue) => issue.code === "invalid_type" && issue.expected === "string" && isNumber(issue),
  );
  const file = times.reduce<unknown>((all, { path }) => withValue(all, path, written(valueAt(step, path) as number)), step);
  const issue = CATALOGUE.stepSchema.safeParse(file).error?.issues.find(isNumber);
  return issue ? `“${issue.path.map(String).join(".")}” ${issue.message}` : null;
}

/** A run as text: its settings and what a person did in it, which together give the same recording again. */

import { findVariant, runTimeFault, stepNumberFault } from "@pushback/scenario";
import type { LabSettings, PersonAction } from "../lab/lab-types.ts";
import type { EarlierWork } from "./lab-control.ts";
import { VIEWS, type View } from "./studio-store.ts";

export interface RunDocument extends EarlierWork {
  readonly settings: LabSettings;
  readonly view: View;
}

type Members = Readonly<Record<string, unknown>>;

function isObject(value: unknown): value is Members {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

const isTime = (value: unknown): value is number => typeof value === "number" && Number.isSafeInteger(value) && value >= 0;
const isOptional = (value: unknown, test: (value: unknown) => boolean): boolean => value === undefined || test(value);
const isText = (value: unknown): value is string => typeof value === "string";

export function isSettings(value: unknown): value is LabSettings {
  if (!isObject(value)) return false;
  const { scenario, text, play, seed, variants } = value;
  return (
    isText(scenario) &&
    isOptional(text, isText) &&
    (play === "scenario" || play === "free") &&
    isText(seed) &&
    isOptional(variants, (v) => Array.isArray(v) && v.every((id) => isText(id) && findVariant(id) !== null)) &&
    timesFault(value) === null
  );
}

/** Times of a run's settings, by what messages call them. */
const TIMES = [
  ["keepAliveUs", "KeepAliveTime"],
  ["intervalUs", "The notification interval"],
] as const;

/** What is wrong with the times of a run's settings: a run with a time outside the limits of scenario files may never end. */
export function timesFault(settings: Members): string | null {
  for (const [key, name] of TIMES) {
    const value = settings[key];
    if (value === undefined) continue;
    const fault = runTimeFault(key, typeof value === "number" ? value : Number.NaN);
    if (fault !== null) return `${name} ${fault}`;
  }
  return null;
}

function isActions(value: unknown): value is readonly PersonAction[] {
  if (!Array.isArray(value)) return false;
  return value.every(
    (a, i) =>
      isObject(a) &&
      isTime(a["atUs"]) &&
      isObject(a["step"]) &&
      stepNumberFault(a["step"]) === null &&
      (i === 0 || a["atUs"] >= value[i - 1].atUs),
  );
}

function isBookmarks(value: unknown): value is RunDocument["bookmarks"] {
  return Array.isArray(value) && value.every((b) => isObject(b) && isTime(b["atUs"]) && isText(b["label"]));
}

function readJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** The document that `JSON.stringify` made; `null` for any other text. */
export function parseRunDocument(text: string): RunDocument | null {
  const value = readJson(text);
  if (!isObject(value)) return null;
  const { settings, actions, bookmarks, timeUs, view } = value;
  if (!isSettings(settings) || !isActions(actions) || !isBookmarks(bookmarks) || !isTime(timeUs)) return null;
  return { settings, actions, bookmarks, timeUs, view: VIEWS.find((name) => name === view) ?? "bench" };
}

/** The run of a recording, exported by the studio or by `pushback run --out`; otherwise one line that says what is wrong. */
export function parseRecording(
  text: string,
): { readonly ok: true; readonly run: RunDocument } | { readonly ok: false; readonly message: string } {
  const value = readJson(text);
  if (value === undefined) return { ok: false, message: "is not JSON, or is cut off" };
  if (!isObject(value) || !isObject(value["recording"])) return { ok: false, message: "is JSON, but not a recording of a run" };
  const head = value["recording"];
  const rest = { bookmarks: [], view: "bench" } as const;
  const { run } = value;
  if (run !== undefined) {
    const fault = isObject(run) && isObject(run["settings"]) ? timesFault(run["settings"]) : null;
    if (fault !== null) return { ok: false, message: fault };
    if (!isObject(run) || !isSettings(run["settings"]) || !isActions(run["actions"]))
      return { ok: false, message: "its run is not one that the studio wrote" };
    const { settings, actions } = run;
    return { ok: true, run: { settings, actions, timeUs: actions.at(-1)?.atUs ?? 0, ...rest } };
  }
  const settings = {
    scenario: head["scenario"],
    play: "scenario",
    seed: head["seed"],
    variants: variantsOf(head["machines"]),
    keepAliveUs: head["keepAliveUs"],
    intervalUs: head["notificationIntervalUs"],
  };
  const fault = timesFault(settings);
  if (fault !== null) return { ok: false, message: fault };
  if (!isSettings(settings)) return { ok: false, message: "its scenario, seed or machines can't be read" };
  return { ok: true, run: { settings, actions: [], timeUs: 0, ...rest } };
}

/** The variants of the compared machines; `undefined` where there are none. */
function variantsOf(machines: unknown): readonly unknown[] | undefined {
  const compared = (Array.isArray(machines) ? machines : []).filter((machine) => isObject(machine) && machine["role"] === "compared");
  return compared.length === 0 ? undefined : compared.map((machine) => machine["variant"]);
}

/** A run as text: its settings and what a person did in it, which together give the same recording again. */

import { findVariant, runTimeFault, stepNumberFault } from "@pushback/scenario";
import { keptInScenario } from "../lab/kept-in-scenario.ts";
import type { LabInfo, LabSettings, PersonAction, PlayedRun } from "../lab/lab-types.ts";
import type { EarlierWork } from "./lab-control.ts";
import type { LabView } from "./lab-view.ts";
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

/** The settings of a run that are times, with their names in error messages. */
const TIMES = [
  ["keepAliveUs", "KeepAliveTime"],
  ["intervalUs", "The notification interval"],
] as const;

/** Describes the first time of a run's settings outside the limits of scenario files, with which the run might never end; `null` if there is none. */
export function timesFault(settings: Members): string | null {
  for (const [key, name] of TIMES) {
    const value = settings[key];
    if (value === undefined) continue;
    const fault = runTimeFault(key, typeof value === "number" ? value : Number.NaN);
    if (fault !== null) return `${name} ${fault}`;
  }
  return null;
}

function isAction(value: unknown): value is PersonAction {
  return isObject(value) && isTime(value["atUs"]) && isObject(value["step"]) && stepNumberFault(value["step"]) === null;
}

const isInOrder = (actions: readonly PersonAction[]): boolean => actions.every(({ atUs }, i) => i === 0 || atUs >= actions[i - 1].atUs);

function isActions(value: unknown): value is readonly PersonAction[] {
  return Array.isArray(value) && value.every(isAction) && isInOrder(value);
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

type Lists = LabView["undos"];

/** Most actions in the stored undo and redo lists together; the oldest lists are dropped first. */
const MOST_STORED = 20_000;

/** The document as plain data. Lists of undo and redo share their actions: each is stored once, and the lists say which they have. */
export function storedRun({ undos = [], redos = [], ...run }: RunDocument): object {
  let room = MOST_STORED;
  const latest = (lists: Lists): Lists => {
    let from = lists.length;
    while (from > 0 && room > lists[from - 1].length) room -= lists[--from].length + 1;
    return lists.slice(from);
  };
  const kept = { redos: latest(redos), undos: latest(undos) };
  const all = new Set([...run.actions, ...kept.undos.flat(), ...kept.redos.flat()]);
  const numbers = new Map([...all].map((action, i) => [action, i]));
  const numbered = (lists: Lists) => lists.map((list) => list.map((action) => numbers.get(action)));
  return { ...run, others: [...all].slice(run.actions.length), undos: numbered(kept.undos), redos: numbered(kept.redos) };
}

/** Turns lists of indices into `all` into lists of actions; `undefined` if the value is anything else. */
function readLists(value: unknown, all: readonly PersonAction[]): Lists | undefined {
  if (!Array.isArray(value)) return undefined;
  const lists = value.map((list) => (Array.isArray(list) ? list.map((number) => all[number]) : [undefined]));
  return lists.every((list): list is PersonAction[] => !list.includes(undefined as never) && isInOrder(list as PersonAction[]))
    ? lists
    : undefined;
}

/** The document whose `storedRun` `JSON.stringify` made; `null` for any other text. */
export function parseRunDocument(text: string): RunDocument | null {
  const value = readJson(text);
  if (!isObject(value)) return null;
  const { settings, actions, others, bookmarks, timeUs, view } = value;
  if (!isSettings(settings) || !isActions(actions) || !isBookmarks(bookmarks) || !isTime(timeUs)) return null;
  const all = [...actions, ...(Array.isArray(others) ? others.filter(isAction) : [])];
  const [undos, redos] = [readLists(value["undos"], all), readLists(value["redos"], all)];
  return { settings, actions, bookmarks, timeUs, view: viewOf(view), ...(undos && redos && { undos, redos }) };
}

const viewOf = (value: unknown): View => VIEWS.find((name) => name === value) ?? "bench";

/** The run of a file with bookmarks, playhead and view from `place`; members that `place` lacks or that are malformed get defaults. */
function placedRun(settings: LabSettings, actions: readonly PersonAction[], place: Members): RunDocument {
  const { bookmarks, timeUs, view } = place;
  return {
    settings,
    actions,
    bookmarks: isBookmarks(bookmarks) ? bookmarks : [],
    timeUs: isTime(timeUs) ? timeUs : (actions.at(-1)?.atUs ?? 0),
    view: viewOf(view),
  };
}

/** Settings and actions of a run as `JSON.parse` gives them; `null` for anything else. */
export function parsePlayedRun(value: unknown): PlayedRun | null {
  if (!isObject(value)) return null;
  const { settings, actions } = value;
  return isSettings(settings) && isActions(actions) ? { settings, actions } : null;
}

/** The run of a scenario file that the studio saved, with its bookmarks, playhead and view; `null` for any other scenario file. */
export function parseSavedScenario(scenario: string, text: string): RunDocument | null {
  const kept = keptInScenario(text);
  if (!isObject(kept)) return null;
  const { seed, variants } = kept;
  const settings = { scenario, text, play: "scenario", seed, ...(variants !== undefined && { variants }) };
  return isSettings(settings) ? placedRun(settings, [], kept) : null;
}

/**
 * The run of a recording, exported by the studio or by `pushback run --out`, and whether the recording is of an opened run; otherwise one line that
 * says what is wrong.
 */
export function parseRecording(
  text: string,
): { readonly ok: true; readonly run: RunDocument; isOf(info: LabInfo): boolean } | { readonly ok: false; readonly message: string } {
  const value = readJson(text);
  if (value === undefined) return { ok: false, message: "is not JSON, or is cut off" };
  if (!isObject(value) || !isObject(value["recording"])) return { ok: false, message: "is JSON, but not a recording of a run" };
  const head = value["recording"];
  const { run } = value;
  if (run !== undefined) {
    const fault = isObject(run) && isObject(run["settings"]) ? timesFault(run["settings"]) : null;
    if (fault !== null) return { ok: false, message: fault };
    if (!isObject(run) || !isSettings(run["settings"]) || !isActions(run["actions"]))
      return { ok: false, message: "its run is not one that the studio wrote" };
    return { ok: true, run: placedRun(run["settings"], run["actions"], run), isOf: () => true };
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
  return { ok: true, run: placedRun(settings, [], {}), isOf: (info) => isRecordedOf(head, info) };
}

/** Whether a recording's head, which has the scenario's name alone, may be of this run: its clock and its machines are the same. */
function isRecordedOf(head: Members, { durationUs, epochMs, machines }: LabInfo): boolean {
  const recorded = Array.isArray(head["machines"]) ? head["machines"].map((machine: unknown) => isObject(machine) && machine["name"]) : [];
  return head["durationUs"] === durationUs && head["epochMs"] === epochMs && recorded.join() === machines.map(({ name }) => name).join();
}

/** The variants of the compared machines; `undefined` where there are none. */
function variantsOf(machines: unknown): readonly unknown[] | undefined {
  const compared = (Array.isArray(machines) ? machines : []).filter((machine) => isObject(machine) && machine["role"] === "compared");
  return compared.length === 0 ? undefined : compared.map((machine) => machine["variant"]);
}

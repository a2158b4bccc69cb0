/** Profiles: named sets of the monitor's settings, and the file in which they travel. */

import { type ColourRule, DEFAULT_RULES, restoreRules } from "./colour-rules.ts";
import { type Column, DEFAULT_COLUMNS, restoreColumns, TIME_FORMATS, type TimeFormat } from "./columns.ts";
import { freeId } from "./free-id.ts";

/** The settings of the monitor that a profile stores. */
export interface ProfileSettings {
  readonly columns: readonly Column[];
  readonly timeFormat: TimeFormat;
  readonly coloured: boolean;
  readonly rules: readonly ColourRule[];
  /** The packet list's share of the height. */
  readonly listShare: number;
  /** The field tree's share of the width. */
  readonly treeShare: number;
}

export interface Profile {
  readonly id: string;
  readonly name: string;
  readonly settings: ProfileSettings;
}

/** The profiles, of which there is at least one, and the one in use. */
export interface Profiles {
  readonly list: readonly Profile[];
  readonly current: string;
}

/** Accepts a stored share of the space between `low` and `high`; any other value becomes `otherwise`. */
const restoreShare = (low: number, high: number, otherwise: number) => (kept: unknown) =>
  typeof kept === "number" && kept > low && kept < high ? kept : otherwise;

/** For each setting a function that turns any stored value into a valid one. */
export const RESTORE: { readonly [K in keyof ProfileSettings]: (kept: unknown) => ProfileSettings[K] } = {
  columns: restoreColumns,
  timeFormat: (kept) => TIME_FORMATS.find((format) => format === kept) ?? "first",
  coloured: (kept) => kept !== false,
  rules: restoreRules,
  listShare: restoreShare(0.1, 0.9, 0.52),
  treeShare: restoreShare(0.2, 0.8, 0.55),
};

const isObject = (value: unknown): value is Readonly<Record<string, unknown>> => typeof value === "object" && value !== null;

export function restoreSettings(kept: unknown): ProfileSettings {
  const of = isObject(kept) ? kept : {};
  return {
    columns: RESTORE.columns(of["columns"]),
    timeFormat: RESTORE.timeFormat(of["timeFormat"]),
    coloured: RESTORE.coloured(of["coloured"]),
    rules: RESTORE.rules(of["rules"]),
    listShare: RESTORE.listShare(of["listShare"]),
    treeShare: RESTORE.treeShare(of["treeShare"]),
  };
}

export const DEFAULT_SETTINGS: ProfileSettings = restoreSettings({ columns: DEFAULT_COLUMNS, rules: DEFAULT_RULES });
export const MAX_PROFILES = 50;
export const MAX_PROFILE_NAME = 40;

/** `name` without white space around it, or with a number behind it if a profile of the list has it. */
export function freeName(list: readonly Profile[], name: string): string {
  const wanted = name.trim().slice(0, MAX_PROFILE_NAME) || "Profile";
  const isTaken = (text: string): boolean => list.some((profile) => profile.name.toLowerCase() === text.toLowerCase());
  if (!isTaken(wanted)) return wanted;
  let n = 2;
  while (isTaken(`${wanted} ${n}`)) n++;
  return `${wanted} ${n}`;
}

/** The list with one more profile at its end; unchanged if it is full. */
export function addProfile(list: readonly Profile[], name: string, settings: ProfileSettings): readonly Profile[] {
  return list.length >= MAX_PROFILES ? list : [...list, { id: freeId("profile", list), name: freeName(list, name), settings }];
}

function readList(kept: unknown): readonly Profile[] {
  let list: readonly Profile[] = [];
  for (const entry of Array.isArray(kept) ? kept : []) {
    if (!isObject(entry) || typeof entry["name"] !== "string") continue;
    list = addProfile(list, entry["name"], restoreSettings(entry["settings"]));
  }
  return list;
}

/** Restores stored profiles and drops malformed ones. Without a valid one the result is a single profile "Standard" with the default settings. */
export function restoreProfiles(kept: unknown): Profiles {
  const of = isObject(kept) ? kept : {};
  const list = readList(of["list"]);
  if (list.length === 0) return { list: [{ id: "profile-1", name: "Standard", settings: DEFAULT_SETTINGS }], current: "profile-1" };
  return { list, current: list.find(({ name }) => name === of["current"])?.id ?? list[0].id };
}

/** The stored form of the profiles, which `restoreProfiles` reads. */
export function storedProfiles({ list, current }: Profiles): unknown {
  return { list: list.map(({ name, settings }) => ({ name, settings })), current: list.find(({ id }) => id === current)?.name };
}

const FORMAT = "pushback-monitor-profiles";
const VERSION = 1;
/** Largest file that is read, in bytes. */
export const MAX_FILE_BYTES = 4 << 20;

/** The profiles as the text of a file. */
export function profileFile(list: readonly Profile[]): string {
  return `${JSON.stringify({ format: FORMAT, version: VERSION, profiles: list.map(({ name, settings }) => ({ name, settings })) }, null, 2)}\n`;
}

/** The profiles of a file, or in one line why there are none. */
export function readProfileFile(
  text: string,
): { readonly ok: true; readonly profiles: readonly Profile[] } | { readonly ok: false; readonly message: string } {
  let file: unknown;
  try {
    file = JSON.parse(text);
  } catch {
    return { ok: false, message: "is not JSON" };
  }
  if (!isObject(file) || file["format"] !== FORMAT) return { ok: false, message: `has no profiles: its "format" is not "${FORMAT}"` };
  if (file["version"] !== VERSION)
    return { ok: false, message: `is of version ${String(file["version"])}; this one reads version ${VERSION}` };
  const profiles = readList(file["profiles"]);
  return profiles.length > 0 ? { ok: true, profiles } : { ok: false, message: "has no profiles" };
}

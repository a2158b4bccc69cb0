/** The part of the page's address after `#`: which run at which moment, the view, and the frame that is selected. Anyone may have written it. */

import type { LabSettings, PersonAction } from "../lab/lab-types.ts";
import { parseRunDocument, type RunDocument, timesFault } from "./run-document.ts";
import { VIEWS, type View } from "./studio-store.ts";

export interface Address {
  /** The lab's run. The text of a scenario that is not in the gallery is left out. */
  readonly settings: LabSettings | null;
  /** Actions of the run; only copied links contain them. */
  readonly actions: readonly PersonAction[];
  readonly view: View | null;
  readonly timeUs: number | null;
  /** Selected frame of the capture, or of the lab if the address names no capture. */
  readonly frame: number | null;
  /** Name of the capture that is shown. */
  readonly capture: string | null;
}

/** Returns the address as the fragment of a URL, including the `#`. */
export function formatAddress({ settings, actions, view, timeUs, frame, capture }: Address): string {
  const parts = new URLSearchParams();
  if (settings !== null) {
    parts.set("run", settings.scenario);
    parts.set("play", settings.play);
    parts.set("seed", settings.seed);
    if (settings.variants) parts.set("variants", settings.variants.join(","));
    if (settings.keepAliveUs !== undefined) parts.set("keepalive", String(settings.keepAliveUs));
    if (settings.intervalUs !== undefined) parts.set("interval", String(settings.intervalUs));
  }
  if (view !== null) parts.set("view", view);
  if (timeUs !== null) parts.set("t", String(Math.round(timeUs)));
  if (capture !== null) parts.set("capture", capture);
  if (frame !== null) parts.set("frame", String(frame));
  if (actions.length > 0) parts.set("did", JSON.stringify(actions));
  return `#${parts}`;
}

/** Longest address that is read: browsers and mail programs cut longer ones. */
const MOST_CHARACTERS = 8000;

const LOOKS_LIKE: Readonly<Record<string, RegExp>> = {
  t: /^\d{1,15}$/,
  frame: /^[1-9]\d{0,8}$/,
  keepalive: /^\d{1,15}$/,
  interval: /^\d{1,15}$/,
};

/** Parses the fragment of the page's URL. `address` is `null` if the fragment names none; `message` is one line about the first fault. */
export function parseAddress(
  hash: string,
): { readonly ok: true; readonly address: Address | null } | { readonly ok: false; readonly message: string } {
  const wrong = (what: string) => ({ ok: false, message: `The address can’t be followed: ${what}.` }) as const;
  if (hash.length > MOST_CHARACTERS) return wrong("it is too long");
  const parts = new URLSearchParams(hash.replace(/^#/, ""));
  const text = (name: string): string | null => parts.get(name) || null;
  for (const [name, pattern] of Object.entries(LOOKS_LIKE)) {
    const value = text(name);
    if (value !== null && !pattern.test(value)) return wrong(`“${name}” is not a number that it can have`);
  }
  const number = (name: string): number | null => (text(name) === null ? null : Number(text(name)));
  const view = text("view");
  if (view !== null && !(VIEWS as readonly string[]).includes(view)) return wrong("it names an unknown view");
  const rest = { view: view as View | null, timeUs: number("t"), frame: number("frame"), capture: text("capture") };
  const scenario = text("run");
  if (scenario === null) {
    const isEmpty = Object.values(rest).every((value) => value === null);
    return { ok: true, address: isEmpty ? null : { settings: null, actions: [], ...rest } };
  }
  const fault = timesFault(timesOf(number));
  if (fault !== null) return wrong(fault);
  const run = parseRun(parts, scenario, number);
  return run === null ? wrong("its run can’t be read") : { ok: true, address: { settings: run.settings, actions: run.actions, ...rest } };
}

function timesOf(number: (name: string) => number | null) {
  const [keepAliveUs, intervalUs] = [number("keepalive"), number("interval")];
  return { ...(keepAliveUs !== null && { keepAliveUs }), ...(intervalUs !== null && { intervalUs }) };
}

function parseRun(parts: URLSearchParams, scenario: string, number: (name: string) => number | null): RunDocument | null {
  const variants = parts.get("variants");
  const did = parts.get("did");
  let actions: unknown = [];
  try {
    if (did !== null) actions = JSON.parse(did);
  } catch {
    return null;
  }
  const settings = {
    scenario,
    play: parts.get("play") ?? "scenario",
    seed: parts.get("seed") ?? "1",
    ...(variants !== null && { variants: variants.split(",") }),
    ...timesOf(number),
  };
  return parseRunDocument(JSON.stringify({ settings, actions, bookmarks: [], timeUs: 0, view: "bench" }));
}

/** Whether both are the same run, apart from what a person does in it. */
export function isSameRun(a: LabSettings, b: LabSettings): boolean {
  const key = ({ scenario, play, seed, variants, keepAliveUs, intervalUs }: LabSettings) =>
    JSON.stringify([scenario, play, seed, variants ?? null, keepAliveUs ?? null, intervalUs ?? null]);
  return key(a) === key(b);
}

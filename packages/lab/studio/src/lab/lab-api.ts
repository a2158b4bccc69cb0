/** The lab in its worker, as the page calls it. One session at a time; a second one beside it for comparisons. */

import {
  compareScenario,
  DEFAULT_SCENARIO,
  encodeCapture,
  type FleetSummary,
  findVariant,
  PLATFORMS,
  parseScenario,
  type Recording,
  recordingJson,
  reportHtml,
  rowsOfRun,
  runReportHtml,
  type Scenario,
  type ScenarioStep,
} from "@pushback/scenario";
import { type EventKind, isOfKind } from "./event-kinds.ts";
import { liveRows } from "./evidence.ts";
import { GALLERY } from "./gallery.ts";
import { LabSession } from "./lab-session.ts";
import type {
  BesideResult,
  GalleryEntry,
  LabInfo,
  LabSettings,
  LabUpdate,
  LiveRow,
  OpenResult,
  PersonAction,
  RunChange,
  RunPlace,
  WhatIfPoint,
  WhatIfSettings,
} from "./lab-types.ts";
import { type LessonQuestion, lessonQuestions } from "./lessons.ts";
import { type SavedScenario, savedScenario } from "./saved-scenario.ts";
import { findMoments, type TourMoment } from "./tour-moments.ts";
import { whatIfPoint } from "./what-if.ts";

const DEFAULT_VARIANTS: readonly string[] = PLATFORMS.map((platform) => platform.variants[0].id);

/** Length of a run in free play, whose scenario defines no end. */
const FREE_DURATION_US = 6 * 3_600_000_000;

export class LabApi {
  #scenario: Scenario | null = null;
  #session: LabSession | null = null;
  #settings: LabSettings | null = null;
  /** The second run, with which the open run is compared, as far as it has been simulated. */
  #beside: { readonly key: string; readonly session: LabSession } | null = null;
  readonly #onOtherFrames: () => void;

  /** `onOtherFrames` is called when the frames are replaced: another run was opened, or the run was replayed with other actions. */
  constructor(onOtherFrames: () => void = () => {}) {
    this.#onOtherFrames = onOtherFrames;
  }

  gallery(): GalleryEntry[] {
    return [...GALLERY].flatMap(([id, text]) => {
      const parsed = parseScenario(id, text);
      if (!parsed.ok) return [];
      const { title, about, duration, clients } = parsed.scenario;
      const isCompared = clients.some((client) => client.platform === "each" && client.beside === undefined);
      return [{ id, title, about: about.trim(), durationUs: duration, isCompared }];
    });
  }

  variants(): { platform: string; title: string; variants: { id: string; title: string }[] }[] {
    return PLATFORMS.map(({ id, title, variants }) => ({
      platform: id,
      title,
      variants: variants.map((v) => ({ id: v.id, title: v.title })),
    }));
  }

  /** Opens a run; with `actions`, a run in which a person took these already. */
  open(settings: LabSettings, actions: readonly PersonAction[] = []): OpenResult {
    const parsed = parseNamed(settings.scenario, settings.text);
    if (!parsed.ok) return parsed;
    const session = new LabSession(playedScenario(parsed.scenario, settings), runOptions(settings));
    const info = this.#info(session, settings);
    if (actions.length > 0) session.rerun(actions, 0);
    // Actions that do not fit have thrown: the run before stays.
    this.#scenario = parsed.scenario;
    this.#settings = settings;
    this.#session = session;
    this.#onOtherFrames();
    return { ok: true, info };
  }

  #info(session: LabSession, settings: LabSettings): LabInfo {
    const { recording, scenario } = session;
    return {
      settings,
      title: scenario.title,
      about: scenario.about.trim(),
      durationUs: scenario.duration,
      epochMs: recording.epochMs,
      keepAliveUs: recording.keepAliveUs,
      notificationIntervalUs: recording.notificationIntervalUs,
      machines: recording.machines.map((machine) => {
        const variant = findVariant(machine.variant);
        return {
          ...machine,
          platform: variant?.platform ?? machine.variant,
          skin: variant?.appearance.skin ?? "nt-4.0",
          mailTitle: variant?.appearance.mailTitle ?? "",
          phaseCount: variant?.boot.phases.value.length ?? 0,
        };
      }),
      readyUs: settings.play === "free" ? runUntilReady(session) : 0,
    };
  }

  advance(us: number): LabUpdate {
    this.#here().advance(us);
    return this.#here().update();
  }

  act(step: ScenarioStep, atUs: number): LabUpdate {
    this.#here().act(step, atUs);
    const update = this.#here().update();
    if (update.restart) this.#onOtherFrames();
    return update;
  }

  /** Replaces the person's actions: for undo and redo. */
  rerun(actions: readonly PersonAction[], untilUs: number): LabUpdate {
    this.#here().rerun(actions, untilUs);
    const update = this.#here().update();
    this.#onOtherFrames();
    return update;
  }

  runToNext(kind: EventKind, fromUs: number, machine: string | null): { atUs: number | null; update: LabUpdate } {
    const atUs = this.#here().runToNext(kind, fromUs, machine);
    return { atUs, update: this.#here().update() };
  }

  /** The moments of this run for a tour, actions included: from a run of its own that goes to the end. */
  tour(): TourMoment[] {
    const settings = this.#settings as LabSettings;
    const { scenario, actions } = this.#here();
    const whole = new LabSession(scenario, runOptions(settings), actions);
    const info = this.#info(whole, { ...settings, play: "scenario" });
    whole.advance(info.durationUs);
    return findMoments([...whole.recording.events], info);
  }

  /** The questions of a lesson, with answers from runs of their own. Throws a RangeError for an unknown lesson. */
  lesson(id: string): LessonQuestion[] {
    return lessonQuestions(id, (settings) => {
      const parsed = parseNamed(settings.scenario, settings.text);
      if (!parsed.ok) throw new RangeError(parsed.message);
      const whole = new LabSession(parsed.scenario, runOptions(settings));
      whole.advance(parsed.scenario.duration);
      return { info: this.#info(whole, settings), events: [...whole.recording.events] };
    });
  }

  /** Rows of the comparison, for the part of the run that has been simulated. */
  rows(): LiveRow[] {
    return liveRows(this.#here().recording);
  }

  /** The machines that are not compared, summed up by variant; `null` where the scenario has no fleet. */
  fleet(): FleetSummary | null {
    return rowsOfRun(this.#here().recording).fleet;
  }

  /**
   * Another run on the same clock, as far as this one has gone: this one with other settings (the same steps at the same times, the
   * person's too), another scenario, or one that was kept.
   */
  rowsBeside(change: RunChange): BesideResult {
    const here = this.#here();
    const key = JSON.stringify([change, this.#settings, here.actions]);
    if (this.#beside?.key !== key || this.#beside.session.nowUs > here.nowUs) {
      const opened = this.#openBeside(change);
      if (!opened.ok) return opened;
      this.#beside = { key, session: opened.session };
    }
    const { session } = this.#beside;
    session.advance(here.nowUs);
    return { ok: true, rows: liveRows(session.recording) };
  }

  #openBeside(change: RunChange): { readonly ok: true; readonly session: LabSession } | { readonly ok: false; readonly message: string } {
    const here = this.#here();
    const { kept, scenario, text, ...changed } = change;
    const own = this.#settings as LabSettings;
    if (kept !== undefined) {
      const { settings, actions } = kept;
      const parsed = parseNamed(settings.scenario, settings.text);
      if (!parsed.ok) return parsed;
      try {
        return { ok: true, session: new LabSession(playedScenario(parsed.scenario, settings), runOptions(settings), actions) };
      } catch {
        // The run was stored by another build, in which its actions fit.
        return { ok: false, message: "the actions of that run do not fit its scenario" };
      }
    }
    if (scenario === undefined)
      return { ok: true, session: new LabSession(here.scenario, runOptions({ ...own, ...changed }), here.actions) };
    const parsed = parseNamed(scenario, text);
    if (!parsed.ok) return parsed;
    // The other run has its own server settings.
    const { seed, variants } = { ...own, ...changed };
    return { ok: true, session: new LabSession(parsed.scenario, runOptions({ ...own, seed, ...(variants && { variants }), ...NO_TIMES })) };
  }

  whatIf(settings: WhatIfSettings): WhatIfPoint {
    const article = parseScenario(DEFAULT_SCENARIO, GALLERY.get(DEFAULT_SCENARIO) as string);
    const scenario = this.#scenario?.steps.some((step) => step.reboot !== undefined)
      ? this.#scenario
      : article.ok
        ? article.scenario
        : null;
    const { seed, variants = DEFAULT_VARIANTS } = this.#settings as LabSettings;
    return whatIfPoint(scenario as Scenario, settings, variants, seed);
  }

  capture(): Uint8Array {
    return encodeCapture(this.#here().recording);
  }

  /** The recording up to the simulated time as JSON. `place`: bookmarks, playhead and view, which are stored with it and restored on opening. */
  recordingJson(place: RunPlace | null = null): string {
    const { recording, actions } = this.#here();
    const json = recordingJson(recording);
    const settings = this.#settings as LabSettings;
    const isAsInGallery = settings.play === "scenario" && settings.text === undefined;
    // An unchanged scenario of the gallery gives the same file as the command line. For any other run the file also has the settings and actions.
    if (isAsInGallery && actions.length === 0 && (place === null || place.bookmarks.length === 0)) return json;
    // The text ends with a brace and a line feed.
    return `${json.slice(0, -2)},\n"run":${JSON.stringify({ settings, actions, ...place })}}\n`;
  }

  /** The whole run as a scenario file, or one line that says why it cannot be one. `name` is the file's name without its ending. */
  scenarioText(name: string, place: RunPlace): SavedScenario {
    const { scenario, actions } = this.#here();
    const settings = this.#settings as LabSettings;
    const text = settings.text ?? (GALLERY.get(settings.scenario) as string);
    return savedScenario(name, { text, scenario, options: runOptions(settings), settings, actions, place });
  }

  /**
   * The report as HTML. For a scenario without actions of the user: the comparison of its platforms, each alone and all together, as the
   * command line's `--out` writes it. In free play or after an action of the user: a report of this run.
   */
  report(): string {
    const here = this.#here();
    const settings = this.#settings as LabSettings;
    if (here.actions.length > 0 || settings.play === "free") return runReportHtml(here.recording);
    const scenario = this.#scenario as Scenario;
    const { comparison, recordings } = compareScenario(scenario, runOptions(settings));
    return reportHtml(scenario, comparison, recordings);
  }

  /** The recording whose frames the analyzer shows; `null` if no run is open. */
  recordingNow(): Recording | null {
    return this.#session?.recording ?? null;
  }

  #here(): LabSession {
    if (this.#session === null) throw new Error("no lab is open");
    return this.#session;
  }
}

/** A scenario of the gallery, or of a text; where it can't be used, one line that says where and why. */
function parseNamed(
  name: string,
  own?: string,
): { readonly ok: true; readonly scenario: Scenario } | { readonly ok: false; readonly message: string } {
  const text = own ?? GALLERY.get(name);
  if (text === undefined) return { ok: false, message: `unknown scenario "${name}"` };
  const parsed = parseScenario(name, text);
  if (parsed.ok) return parsed;
  const { line, column, message } = parsed.faults[0];
  return { ok: false, message: `${name}:${line}:${column}: ${message}` };
}

const NO_TIMES = { keepAliveUs: undefined, intervalUs: undefined };

function runOptions(
  settings: Pick<LabSettings, "seed" | "variants"> & { keepAliveUs?: number | undefined; intervalUs?: number | undefined },
) {
  const { seed, variants = DEFAULT_VARIANTS, keepAliveUs, intervalUs } = settings;
  return { seed, variants, ...(keepAliveUs !== undefined && { keepAliveUs }), ...(intervalUs !== undefined && { intervalUs }) };
}

/** The scenario as these settings play it. */
function playedScenario(scenario: Scenario, { play }: Pick<LabSettings, "play">): Scenario {
  return play === "free" ? freePlay(scenario) : scenario;
}

/** The scenario's compared machines, or all where none are, without its steps. */
function freePlay(scenario: Scenario): Scenario {
  const compared = scenario.clients.filter((client) => client.platform === "each" && client.beside === undefined);
  return {
    ...scenario,
    clients: compared.length > 0 ? compared : scenario.clients,
    title: "Free play",
    steps: [],
    duration: FREE_DURATION_US,
    expect: { ...scenario.expect, claims: [], every: {}, some: [], platforms: {} },
  };
}

/** Runs until all machines that are switched on at the start are ready, and no further. Returns that time in microseconds. */
function runUntilReady(session: LabSession): number {
  session.advance(1);
  const { events } = session.recording;
  const machines = new Set(events.flatMap((e) => (isOfKind(e, "boot") ? e.machine : [])));
  let readyUs = 0;
  for (const e of events) if (isOfKind(e, "ready") && machines.delete(e.machine)) readyUs = e.atUs;
  while (machines.size > 0) {
    const next = session.runToNext("ready", readyUs);
    if (next === null) break;
    readyUs = next;
    for (const e of events) if (isOfKind(e, "ready")) machines.delete(e.machine);
  }
  return readyUs;
}

/** Saves a run as a scenario file. Actions of the person become steps; state that the format lacks is written into a comment, which the studio reads. */

import { changedScenario, eventJson, parseScenario, type Recording, type RunOptions, runScenario, type Scenario } from "@pushback/scenario";
import { elapsedText } from "./clock-text.ts";
import { keepingLine, MARK } from "./kept-in-scenario.ts";
import { LabSession } from "./lab-session.ts";
import type { LabSettings, PlayedRun, RunPlace } from "./lab-types.ts";

export type SavedScenario = { readonly ok: true; readonly text: string } | { readonly ok: false; readonly message: string };

/** A run that is to be saved. */
interface SavedRun extends PlayedRun {
  /** The scenario's text. */
  readonly text: string;
  /** The scenario as it is played, without the person's actions. */
  readonly scenario: Scenario;
  readonly options: RunOptions;
  readonly place: RunPlace;
}

/** The run as a scenario file called `name`, without its ending: `pushback run` of it gives the recording of the run. */
export function savedScenario(name: string, { text, scenario, options, settings, actions, place }: SavedRun): SavedScenario {
  const { keepAliveUs, intervalUs, play } = settings;
  const isFree = play === "free";
  if (isFree && actions.length === 0) return { ok: false, message: "a scenario file needs a step, and nothing was done in this run yet" };
  const isAsWritten = actions.length === 0 && keepAliveUs === undefined && intervalUs === undefined;
  const changed = changedScenario(
    withoutMark(text, settings.text === undefined),
    {
      settings: {
        ...(isFree && { title: scenario.title, about: undefined }),
        ...(!isAsWritten && { expect: undefined }),
      },
      times: { duration: isFree ? scenario.duration : undefined, keepalive: keepAliveUs, interval: intervalUs },
      clients: new Set(scenario.clients.map((client) => client.name)),
      keepsSteps: !isFree,
      steps: actions.map(({ step }) => step),
    },
    scenario.catalogue,
  );
  const remarks =
    isAsWritten || !/^["']?expect/m.test(text)
      ? []
      : ["What the scenario expected is left out: it holds for the run without these changes."];
  const difference = differenceOf(name, changed, scenario, options, actions);
  if (difference !== null && !difference.ok) return difference;
  if (difference !== null) remarks.push(`It is not quite the run in the studio: ${difference.text}.`);
  return { ok: true, text: `${head(name, settings, place, remarks).join("\n")}\n${changed}` };
}

function head(name: string, { seed, variants }: LabSettings, place: RunPlace, remarks: readonly string[]): string[] {
  const words = (text: string): string => (/^[\w.,-]+$/.test(text) ? text : `'${text}'`);
  const platforms = variants === undefined ? "" : ` --platforms ${words(variants.join(","))}`;
  return [
    `${MARK} saved this run. The same recording: pushback run ${words(`${name}.yaml`)} --seed ${words(seed)}${platforms}`,
    `${MARK} reads the next line: seed, variants of the platforms, bookmarks, playhead and view have no other place in a scenario file.`,
    keepingLine({ seed, variants, ...place }),
    ...remarks.map((remark) => `${MARK}: ${remark}`),
  ];
}

/**
 * The text without the comment of an earlier save. A text of the gallery also loses the line that names its schema: the path in it holds in the gallery alone.
 */
function withoutMark(text: string, isOfGallery: boolean): string {
  const lines = text.split("\n").filter((line) => !line.startsWith(MARK));
  return lines.filter((line) => !isOfGallery || !line.startsWith("# yaml-language-server:")).join("\n");
}

/** Where the file's run differs from the run in the studio; `null` where it does not. Runs both to their end. */
function differenceOf(
  name: string,
  text: string,
  scenario: Scenario,
  options: RunOptions,
  actions: PlayedRun["actions"],
): SavedScenario | null {
  const parsed = parseScenario(name, text, scenario.catalogue);
  if (!parsed.ok) return { ok: false, message: `a scenario file can't say this run: ${parsed.faults[0].message}` };
  const session = new LabSession(scenario, options, actions);
  session.advance(scenario.duration);
  const atUs = firstDifference(session.recording, runScenario(parsed.scenario, { seed: options.seed, variants: options.variants }));
  return atUs === null ? null : { ok: true, text: `something differs from ${elapsedText(atUs, true)} on` };
}

/** Time of the first event or frame that two recordings do not share; `null` if they are the same. */
function firstDifference(a: Recording, b: Recording): number | null {
  const times: number[] = [];
  for (let i = 0; i < Math.max(a.events.length, b.events.length); i++) {
    const [one, other] = [a.events.at(i), b.events.at(i)];
    if (one !== undefined && other !== undefined && eventJson(one) === eventJson(other)) continue;
    times.push(Math.min(one?.atUs ?? Number.POSITIVE_INFINITY, other?.atUs ?? Number.POSITIVE_INFINITY));
    break;
  }
  for (let i = 1; i <= Math.max(a.frames.count, b.frames.count); i++) {
    if (i <= Math.min(a.frames.count, b.frames.count) && isSameFrame(a.frames, b.frames, i)) continue;
    times.push(Math.min(...[a, b].filter(({ frames }) => i <= frames.count).map(({ frames }) => frames.timeOf(i))));
    break;
  }
  return times.length === 0 ? null : Math.min(...times);
}

function isSameFrame(a: Recording["frames"], b: Recording["frames"], frame: number): boolean {
  const length = a.lengthOf(frame);
  if (a.timeOf(frame) !== b.timeOf(frame) || length !== b.lengthOf(frame)) return false;
  const [one, other] = [a.bytesOf(frame), b.bytesOf(frame)];
  const [from, start] = [a.offsetOf(frame), b.offsetOf(frame)];
  for (let i = 0; i < length; i++) if (one[from + i] !== other[start + i]) return false;
  return true;
}

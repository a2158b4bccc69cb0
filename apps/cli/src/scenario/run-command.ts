/** `pushback run`. */

import { setImmediate } from "node:timers/promises";
import { formatClock } from "@pushback/host";
import {
  describeEvent,
  encodeCapture,
  eventJson,
  FleetTally,
  openScenario,
  type RecordedEvent,
  type Recording,
  type RunOptions as RunSettings,
  recordingJson,
  rowsOfRun,
  runScenario,
  type Scenario,
} from "@pushback/scenario";
import { UsageError } from "@pushback/usage-error";
import { outputsInto, outputTo, requireDistinctOutputs } from "../shared/distinct-outputs.ts";
import { loadScenario, scenarioInput } from "../shared/gallery.ts";
import { fleetSizeOption, runTimeOptions, seedOption, variantsOption } from "../shared/options.ts";
import { STANDARD_STREAM } from "../shared/output-file.ts";
import { prepareFolder, writeFiles } from "../shared/output-folder.ts";
import { printable } from "../shared/printable.ts";
import { showProgress, style } from "../shared/terminal.ts";
import { notJudgedText } from "./comparison-table.ts";
import { compileLate, inlineWidely } from "./engine.ts";
import { fleetTable } from "./fleet-table.ts";
import { openJunit, scenarioJunit } from "./junit-report.ts";
import { RecordingStream, streamFileNames } from "./recording-stream.ts";

/** Virtual time between two progress reports, in microseconds. */
const PROGRESS_US = 60_000_000;

export interface RunOptions {
  readonly platforms?: string;
  readonly seed: string;
  readonly keepalive?: string;
  readonly interval?: string;
  readonly count?: string;
  readonly out?: string;
  readonly stream?: boolean;
  readonly junit?: string;
  readonly json?: boolean;
  readonly quiet?: boolean;
}

/** Outputs of a run in addition to its exit code. */
interface Reporting {
  readonly junit: ReturnType<typeof openJunit>;
  readonly quiet: boolean;
}

/** Resolves to the exit code: 0 if every expectation of the scenario was met, 1 otherwise. */
export async function runScenarioCommand(name: string, options: RunOptions): Promise<number> {
  const scenario = loadScenario(name);
  compileLate(scenario);
  const variants = variantsOption(options.platforms, undefined);
  const seed = seedOption(options.seed);
  const times = runTimeOptions(options);
  const count = fleetSizeOption(scenario, options.count);
  if (options.stream && options.out === undefined) throw new UsageError("--stream needs --out: a folder to write to");
  if (options.stream && options.json) throw new UsageError("--stream writes the events into a file: leave out --json");
  if (options.stream && !scenario.clients.some((client) => client.count !== undefined)) {
    throw new UsageError(`${scenario.id}: --stream is for scenarios with a fleet (a client with a count)`);
  }
  const toStandardOutput = options.stream && options.out === STANDARD_STREAM;
  const { out } = options;
  requireDistinctOutputs(
    [scenarioInput(name)],
    [
      ...outputTo("--json", options.json && !options.quiet ? STANDARD_STREAM : undefined),
      ...(toStandardOutput
        ? outputTo("--out", out)
        : outputsInto("--out", out, Object.values(options.stream ? streamFileNames(scenario) : keptFileNames(scenario)))),
      ...outputTo("--junit", options.junit),
    ],
  );
  if (out !== undefined && !toStandardOutput) prepareFolder(out);
  const reporting: Reporting = { junit: openJunit(options.junit), quiet: options.quiet ?? false };

  const settings: RunSettings = {
    variants,
    seed,
    ...times,
    ...(count !== undefined && { count }),
  };
  return options.stream
    ? await runStreaming(scenario, settings, out as string, reporting)
    : runKeeping(scenario, settings, out, options.json ?? false, reporting);
}

/** Names of the files in the folder of a run that is kept in memory. */
function keptFileNames({ id }: Scenario) {
  return { capture: `${id}.pcapng`, recording: `${id}.json` };
}

function runKeeping(scenario: Scenario, settings: RunSettings, out: string | undefined, json: boolean, reporting: Reporting): number {
  // A fleet has too many events to read; its table summarizes them.
  const isFleet = scenario.clients.some((client) => client.count !== undefined);
  const textOf = reporting.quiet ? null : json ? jsonLine : isFleet ? null : eventLine;
  const lines = textOf && new EventLines(textOf);
  let recording: Recording;
  try {
    recording = inlineWidely(() => runScenario(scenario, { ...settings, ...(lines && { onEvent: (event) => lines.add(event) }) }));
  } finally {
    lines?.flush();
  }
  if (out !== undefined) {
    const names = keptFileNames(scenario);
    writeFiles(out, [
      { name: names.capture, content: encodeCapture(recording) },
      { name: names.recording, content: recordingJson(recording) },
    ]);
  }
  return reportRun(scenario, rowsOfRun(recording), recording.frames.count, json ? "failures" : "stdout", reporting);
}

/** Writes frames and events to disk, and keeps only what the table needs of each machine. */
async function runStreaming(scenario: Scenario, settings: RunSettings, out: string, reporting: Reporting): Promise<number> {
  let stream: RecordingStream | undefined;
  let tally: FleetTally | undefined;
  let lastShownUs = 0;
  const watch: RunSettings["watch"] = (machines, serverAddress) => {
    const written = new RecordingStream(out, scenario, settings.seed, machines);
    const counted = new FleetTally(machines, serverAddress, scenario.catalogue);
    [stream, tally] = [written, counted];
    return {
      frame: (timeUs, b, at, len) => {
        written.frame(timeUs, b, at, len);
        counted.frame(timeUs, b, at);
        if (reporting.quiet || timeUs - lastShownUs < PROGRESS_US) return;
        lastShownUs = timeUs;
        showProgress(`${formatClock(timeUs)} of ${formatClock(scenario.duration)}, ${written.frames} frames`);
      },
      event: (atUs, machine, layer, event) => {
        written.event(atUs, machine, layer, event);
        counted.event(atUs, machine, layer, event);
      },
    };
  };
  try {
    const run = openScenario(scenario, { ...settings, keep: false, watch });
    // Between two slices the program handles signals.
    for (let us = 0; us < scenario.duration; await setImmediate()) {
      us = Math.min(us + PROGRESS_US, scenario.duration);
      inlineWidely(() => run.runUntil(us));
    }
    stream?.end();
    showProgress("");
    const to = out === STANDARD_STREAM ? "stderr" : "stdout";
    return reportRun(scenario, rowsOfRun(run.recording, tally), stream?.frames ?? 0, to, reporting);
  } catch (error) {
    showProgress("");
    stream?.discard();
    throw error;
  }
}

/** Characters that are written at once. */
const PIECE = 8192;

/** Prints events, many lines at once: a call for each took a twentieth of the article's run. */
class EventLines {
  readonly #textOf: (event: RecordedEvent) => string;
  #pending = "";

  /** `textOf`: the line of an event, "" for an event that is not shown. */
  constructor(textOf: (event: RecordedEvent) => string) {
    this.#textOf = textOf;
  }

  add(event: RecordedEvent): void {
    this.#pending += this.#textOf(event);
    if (this.#pending.length >= PIECE) this.flush();
  }

  flush(): void {
    process.stdout.write(this.#pending);
    this.#pending = "";
  }
}

function jsonLine(event: RecordedEvent): string {
  return `${eventJson(event)}\n`;
}

function eventLine(event: RecordedEvent): string {
  const text = describeEvent(event);
  return text === null ? "" : `${style("dim", formatClock(event.atUs))}  ${printable(`${event.machine.padEnd(20)} ${text}`)}\n`;
}

/** Prints the fleet's table, the failed expectations and a summary; for "failures" only the failed expectations, on standard error. */
function reportRun(
  { id }: Scenario,
  outcome: ReturnType<typeof rowsOfRun>,
  frames: number,
  to: "stdout" | "stderr" | "failures",
  reporting: Reporting,
): number {
  const { fleet, expectations, notJudged } = outcome;
  reporting.junit?.finish(scenarioJunit(id, outcome));
  const failed = expectations.filter((e) => !e.met);
  const quiet = to === "failures" || reporting.quiet;
  const stream = to === "stdout" && !quiet ? process.stdout : process.stderr;
  if (fleet !== null && !quiet) stream.write(`${fleetTable(fleet)}\n`);
  for (const e of failed) stream.write(`${style("red", "✗")} ${printable(e.text)}\n`);
  stream.write(notJudgedText(notJudged));
  if (!quiet) stream.write(`${expectations.length - failed.length} of ${expectations.length} expectations met, ${frames} frames\n`);
  return failed.length === 0 ? 0 : 1;
}

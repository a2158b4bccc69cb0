/** `pushback run`. */

import { formatClock } from "@pushback/host";
import { describeEvent, encodeCapture, type Recording, recordingJson, rowsOfRun, runScenario } from "@pushback/scenario";
import { loadScenario } from "./gallery.ts";
import { durationOption, seedOption, variantsOption } from "./options.ts";
import { prepareFolder, writeFiles } from "./output-folder.ts";
import { style } from "./terminal.ts";

export interface RunOptions {
  readonly platforms?: string;
  readonly seed: string;
  readonly keepalive?: string;
  readonly interval?: string;
  readonly out?: string;
  readonly json?: boolean;
}

/** The exit code: 0 when every expectation of the scenario was met, 1 otherwise. */
export function runScenarioCommand(name: string, options: RunOptions): number {
  const scenario = loadScenario(name);
  const variants = variantsOption(options.platforms, undefined);
  const seed = seedOption(options.seed);
  const keepAliveUs = durationOption("--keepalive", options.keepalive, 1_000_000);
  const intervalUs = durationOption("--interval", options.interval, 1_000_000);
  if (options.out !== undefined) prepareFolder(options.out);

  const recording = runScenario(scenario, {
    variants,
    seed,
    ...(keepAliveUs !== undefined && { keepAliveUs }),
    ...(intervalUs !== undefined && { intervalUs }),
    onEvent: (event) => {
      if (options.json) process.stdout.write(`${JSON.stringify(event)}\n`);
      else {
        const text = describeEvent(event);
        if (text !== null) process.stdout.write(`${style("dim", formatClock(event.atUs))}  ${event.machine.padEnd(20)} ${text}\n`);
      }
    },
  });
  if (options.out !== undefined) {
    writeFiles(options.out, [
      { name: `${scenario.id}.pcapng`, content: encodeCapture(recording) },
      { name: `${scenario.id}.json`, content: recordingJson(recording) },
    ]);
  }
  return reportExpectations(recording, options.json ?? false);
}

function reportExpectations(recording: Recording, quiet: boolean): number {
  const { expectations } = rowsOfRun(recording);
  const failed = expectations.filter((e) => !e.met);
  const stream = quiet ? process.stderr : process.stdout;
  for (const e of failed) stream.write(`${style("red", "✗")} ${e.text}\n`);
  if (!quiet)
    stream.write(`${expectations.length - failed.length} of ${expectations.length} expectations met, ${recording.frames.count} frames\n`);
  return failed.length === 0 ? 0 : 1;
}

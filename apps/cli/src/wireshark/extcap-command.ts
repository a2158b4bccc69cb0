/** `pushback extcap`: answers Wireshark's questions, and runs a scenario at a chosen pace as a capture that grows. */

import { setTimeout } from "node:timers/promises";
import { createCaptureWriter, DEFAULT_SCENARIO, openScenario, PRODUCT_VERSION, type Scenario } from "@pushback/scenario";
import { UsageError } from "@pushback/usage-error";
import { type ExtcapSetting, extcapConfig, extcapInterfaces, extcapLinkTypes } from "@pushback/wireshark";
import { inlineWidely } from "../scenario/engine.ts";
import { outputTo, requireDistinctOutputs } from "../shared/distinct-outputs.ts";
import { galleryNames, loadScenario, scenarioInput } from "../shared/gallery.ts";
import { seedOption, variantsOption } from "../shared/options.ts";
import { type OutputFile, writeOutputFile } from "../shared/output-file.ts";

const LAB = "pushback";
const ARTICLE = `pushback-${DEFAULT_SCENARIO}`;
/** Real time between two deliveries of frames, milliseconds. */
const PAUSE_MS = 40;
/** Virtual time between two deliveries where the run goes as fast as it can, microseconds. */
const STEP_US = 60_000_000;
/** Largest speed factor. */
const MAX_SPEED = 1_000_000;

export interface ExtcapOptions {
  readonly extcapInterfaces?: boolean;
  readonly extcapInterface?: string;
  readonly extcapDlts?: boolean;
  readonly extcapConfig?: boolean;
  readonly extcapCaptureFilter?: string;
  readonly capture?: boolean;
  readonly fifo?: string;
  readonly scenario?: string;
  readonly file?: string;
  readonly platforms?: string;
  readonly seed: string;
  readonly speed: string;
}

const INTERFACES = [
  { name: LAB, title: "Pushback lab: a scenario of your choice" },
  { name: ARTICLE, title: "Pushback: the article, Q159302" },
];

const SETTINGS_OF_RUN: readonly ExtcapSetting[] = [
  {
    call: "--platforms",
    title: "Platforms",
    tooltip: "Platforms or variants, separated by commas; empty: one of each",
    type: "string",
  },
  { call: "--seed", title: "Seed", tooltip: "The same seed gives the same frames", type: "string", initial: "1" },
  {
    call: "--speed",
    title: "Speed",
    tooltip: "Seconds of the scenario in a second; 0: as fast as it goes",
    type: "double",
    initial: "60",
  },
];

function settingsOf(name: string): readonly ExtcapSetting[] {
  if (name === ARTICLE) return SETTINGS_OF_RUN;
  const choices = galleryNames().map((value) => ({ value, title: loadScenario(value).title }));
  return [
    { call: "--scenario", title: "Scenario", tooltip: "What happens", type: "selector", initial: DEFAULT_SCENARIO, choices },
    { call: "--file", title: "Or a file", tooltip: "A scenario file of your own", type: "fileselect" },
    ...SETTINGS_OF_RUN,
  ];
}

/** Resolves to the exit code. */
export async function runExtcap(options: ExtcapOptions): Promise<number> {
  if (options.extcapInterfaces) {
    process.stdout.write(extcapInterfaces(PRODUCT_VERSION, INTERFACES));
    return 0;
  }
  const name = options.extcapInterface;
  if (name === undefined)
    throw new UsageError(
      "extcap: Wireshark starts this command; `pushback wireshark` installs it. To list its interfaces: --extcap-interfaces",
    );
  if (!INTERFACES.some((known) => known.name === name))
    throw new UsageError(`--extcap-interface ${name}: no such interface; there are ${INTERFACES.map((known) => known.name).join(", ")}`);
  if (options.extcapDlts) {
    process.stdout.write(extcapLinkTypes());
    return 0;
  }
  if (options.extcapConfig) {
    process.stdout.write(extcapConfig(settingsOf(name)));
    return 0;
  }
  if (options.extcapCaptureFilter) throw new UsageError("capture filters are not supported here; use a display filter");
  if (!options.capture) throw new UsageError("extcap: takes one of --extcap-dlts, --extcap-config and --capture with an interface");
  if (options.fifo === undefined) throw new UsageError("--capture needs --fifo: where the frames go");
  const scenarioName = name === ARTICLE ? DEFAULT_SCENARIO : options.file || options.scenario || DEFAULT_SCENARIO;
  requireDistinctOutputs([scenarioInput(scenarioName)], outputTo("--fifo", options.fifo));
  const scenario = loadScenario(scenarioName);
  await capture(scenario, options.fifo, options);
  return 0;
}

function speedOption(text: string): number {
  const speed = Number(text);
  if (text.trim() === "" || !(speed >= 0 && speed <= MAX_SPEED))
    throw new UsageError(`--speed ${text}: takes a number from 0 (as fast as it goes) to ${MAX_SPEED}`);
  return speed;
}

async function capture(scenario: Scenario, path: string, options: ExtcapOptions): Promise<void> {
  const speed = speedOption(options.speed);
  const seed = seedOption(options.seed);
  const variants = variantsOption(options.platforms || undefined, undefined);
  await writeOutputFile(path, async (file) => {
    const { writer, run } = open(scenario, { seed, variants }, file);
    const began = performance.now();
    for (let us = 0; us < scenario.duration; ) {
      const due = speed === 0 ? us + STEP_US : (performance.now() - began) * 1000 * speed;
      us = Math.min(Math.max(Math.round(due), us), scenario.duration);
      inlineWidely(() => run.runUntil(us));
      writer.flush();
      await setTimeout(speed === 0 ? 0 : PAUSE_MS);
    }
    writer.end();
  });
}

function open(scenario: Scenario, settings: { readonly seed: string; readonly variants: readonly string[] }, file: OutputFile) {
  const writer = createCaptureWriter((chunk) => file.write(chunk, null), scenario, settings.seed);
  const run = openScenario(scenario, {
    ...settings,
    keep: false,
    watch: (machines) => {
      writer.writeHostNames(machines.map((machine) => [machine.address, machine.name] as const));
      return { frame: (timeUs, b, at, len) => writer.writePacket(0, timeUs, b, at, len), event: () => {} };
    },
  });
  return { writer, run };
}

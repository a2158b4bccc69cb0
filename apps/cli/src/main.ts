/**
 * `pushback`: registers the command groups and turns errors into exit codes. Each folder holds one group; its `commands.ts` declares arguments and
 * options.
 */

import { UsageError } from "@pushback/usage-error";
import { Command, CommanderError } from "commander";
import manifest from "../package.json" with { type: "json" };
import { addCaptureCommands } from "./capture/commands.ts";
import { addClientCommands } from "./client/commands.ts";
import { addConformCommands } from "./conform/commands.ts";
import { addDiagnoseCommands } from "./diagnose/commands.ts";
import { addScenarioCommands } from "./scenario/commands.ts";
import { addServeCommands } from "./serve/commands.ts";
import { ClosedOutput } from "./shared/output-file.ts";
import { addStudioCommands } from "./studio/commands.ts";
import { addSweepCommands } from "./sweep/commands.ts";

const EXIT_USAGE = 2;

/** The command groups, in the order of the help text. */
const GROUPS = [
  addScenarioCommands,
  addSweepCommands,
  addCaptureCommands,
  addDiagnoseCommands,
  addClientCommands,
  addStudioCommands,
  addServeCommands,
  addConformCommands,
];

function createProgram(): Command {
  const program = new Command("pushback")
    .description("A packet-exact lab for the push notifications of Microsoft Exchange Server 4.0")
    .version(manifest.version)
    .exitOverride();
  for (const add of GROUPS) add(program);
  return program;
}

try {
  // EPIPE: the reader of standard output has closed it (`| head`). The command goes on without output, so that its exit code is right.
  process.stdout.on("error", (error: NodeJS.ErrnoException) => {
    if (error.code !== "EPIPE" && error.code !== "ERR_STREAM_DESTROYED") throw error;
  });
  await createProgram().parseAsync();
} catch (error) {
  if (error instanceof CommanderError) {
    // Commander has printed its message already; help and version on request are no errors.
    process.exitCode = error.exitCode === 0 ? 0 : EXIT_USAGE;
  } else if (error instanceof ClosedOutput) {
    // The reader has what it wanted.
    process.exitCode = 0;
  } else if (error instanceof UsageError) {
    process.stderr.write(`pushback: ${error.message}\n`);
    process.exitCode = EXIT_USAGE;
  } else {
    throw error;
  }
}

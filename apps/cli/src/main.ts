/** `pushback`: runs the program and turns errors into exit codes. */

import { systemReason, UsageError } from "@pushback/usage-error";
import { type Command, CommanderError } from "commander";
import { createProgram, unknownTopic } from "./program.ts";
import { ClosedOutput } from "./shared/closed-output.ts";
import { addOpposites, withPlace } from "./shared/command-options.ts";
import { applyPresets, hasPresets } from "./shared/presets.ts";
import { printFault, printNote } from "./shared/printable.ts";

const EXIT_USAGE = 2;
const VERSION_OPTIONS = ["-V", "--version"];
const HELP_OPTIONS = ["-h", "--help", ...VERSION_OPTIONS];

/** The command that runs; `null` until the command line is parsed. */
let running: Command | null = null;

try {
  // EPIPE: the reader of standard output has closed it (`| head`). The command goes on without output, so that its exit code is right.
  process.stdout.on("error", (error: NodeJS.ErrnoException) => {
    if (error.code === "EPIPE" || error.code === "ERR_STREAM_DESTROYED") return;
    printNote(`standard output: cannot be written: ${systemReason(error)}`);
    process.exit(EXIT_USAGE);
  });
  const words = process.argv.slice(2);
  const isAsked = ({ commands }: Command) => VERSION_OPTIONS.includes(words[0]) || commands.some((each) => each.name() === words[0]);
  // A preset may be for any command, and a wrong one is reported for every command. So all commands are declared if there is a preset.
  const isPreset = hasPresets();
  const program = createProgram(isPreset ? undefined : isAsked);
  program.hook("preAction", (_program, command) => {
    running = command;
  });
  // Help and completion ignore the configuration file, so that they work while it is faulty.
  const isHelp = ["completion", "complete", "help", "man"].includes(words[0]) || words.some((word) => HELP_OPTIONS.includes(word));
  if (isPreset && !isHelp) await applyPresets(program);
  if (words.some((word) => word.startsWith("--no-"))) addOpposites(program);
  await program.parseAsync(unknownTopic(program, words) ?? words, { from: "user" });
} catch (error) {
  if (error instanceof CommanderError) {
    // Commander has printed its message already; help and version on request are no errors.
    process.exitCode = error.exitCode === 0 ? 0 : EXIT_USAGE;
  } else if (error instanceof ClosedOutput) {
    // The reader of standard output has closed the pipe, as `head` does: no error.
    process.exitCode = 0;
  } else if (error instanceof UsageError) {
    printFault(running === null ? error : withPlace(running, error));
    process.exitCode = EXIT_USAGE;
  } else {
    throw error;
  }
}

/** `pushback`: runs the program and turns errors into exit codes. */

import { UsageError } from "@pushback/usage-error";
import { CommanderError } from "commander";
import { createProgram } from "./program.ts";
import { ClosedOutput } from "./shared/output-file.ts";
import { applyPresets } from "./shared/presets.ts";

const EXIT_USAGE = 2;

try {
  // EPIPE: the reader of standard output has closed it (`| head`). The command goes on without output, so that its exit code is right.
  process.stdout.on("error", (error: NodeJS.ErrnoException) => {
    if (error.code !== "EPIPE" && error.code !== "ERR_STREAM_DESTROYED") throw error;
  });
  const program = createProgram();
  await applyPresets(program);
  await program.parseAsync();
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

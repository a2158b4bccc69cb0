/** The program as a tree of commands. Each folder holds one group; its `commands.ts` declares arguments and options. */

import { Command } from "commander";
import manifest from "../package.json" with { type: "json" };
import { addCaptureCommands } from "./capture/commands.ts";
import { addClientCommands } from "./client/commands.ts";
import { addConformCommands } from "./conform/commands.ts";
import { addDiagnoseCommands } from "./diagnose/commands.ts";
import { addGuestCommands } from "./guest/commands.ts";
import { addManualCommands } from "./manual/commands.ts";
import { addScenarioCommands } from "./scenario/commands.ts";
import { addServeCommands } from "./serve/commands.ts";
import { printableError } from "./shared/printable.ts";
import { addStudioCommands } from "./studio/commands.ts";
import { addSweepCommands } from "./sweep/commands.ts";
import { addWiresharkCommands } from "./wireshark/commands.ts";

/** The command groups, in the order of the help text. */
const GROUPS = [
  addScenarioCommands,
  addSweepCommands,
  addCaptureCommands,
  addDiagnoseCommands,
  addWiresharkCommands,
  addClientCommands,
  addGuestCommands,
  addStudioCommands,
  addServeCommands,
  addConformCommands,
  addManualCommands,
];

/** Adds groups until `isEnough` says that no further one is needed: declaring all of them takes some 3 ms of each start. */
export function createProgram(isEnough: (program: Command) => boolean = () => false): Command {
  const program = new Command("pushback")
    .description("A packet-exact lab for the push notifications of Microsoft Exchange Server 4.0")
    .version(manifest.version)
    .configureOutput({ outputError: (text, write) => write(printableError(text)) })
    .exitOverride();
  for (const add of GROUPS) {
    if (isEnough(program)) break;
    add(program);
  }
  return program;
}

/** The unknown name in `help NAME`, or in `GROUP help NAME`, as a command line of its own, which the program refuses with a suggestion; otherwise `null`. */
export function unknownTopic(program: Command, words: readonly string[]): readonly string[] | null {
  const at = words.indexOf("help");
  if (at < 0) return null;
  const path = [...words.slice(0, at), ...words.slice(at + 1)];
  let command = program;
  for (const [i, name] of path.entries()) {
    const found = command.commands.find((each) => each.name() === name);
    if (!found) return command.commands.length > 0 && name !== "help" && !name.startsWith("-") ? path.slice(0, i + 1) : null;
    command = found;
  }
  return null;
}

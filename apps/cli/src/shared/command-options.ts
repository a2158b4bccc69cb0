/** The options of a program's commands, and their values before the command line is read. */

import type { Command, Option } from "commander";

export const takesValue = (option: Option) => option.required || option.optional;

/** Options by the names that a file and the environment use: long names without dashes, and `open` for `--no-open`. */
export function optionsOf(command: Command): Map<string, Option> {
  const named = command.options.filter(({ long }) => long !== undefined && long !== "--version");
  return new Map(named.map((option) => [option.negate ? option.name().replace(/^no-/, "") : option.name(), option]));
}

/** A command and those below it, each with its name on the command line, as `mailbox add`. */
export function* commandsOf(program: Command, prefix = ""): Generator<readonly [string, Command]> {
  for (const command of program.commands) {
    const name = `${prefix}${command.name()}`;
    yield [name, command];
    yield* commandsOf(command, `${name} `);
  }
}

export function preset(command: Command, option: Option, value: string | boolean | readonly string[], source: "env" | "config"): void {
  const key = option.attributeName();
  const parse = option.parseArg as ((value: string, previous: unknown) => unknown) | undefined;
  let parsed: unknown = value;
  if (typeof value === "string" && parse) parsed = parse(value, command.getOptionValue(key));
  else if (typeof value === "object") {
    // A list is an option that is repeated, or one value with commas.
    if (parse) parsed = value.reduce((before: unknown, each) => parse(each, before), command.getOptionValue(key));
    else parsed = value.join(",");
  }
  command.setOptionValueWithSource(key, parsed, source);
}

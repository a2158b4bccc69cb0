/** The options of a program's commands, and their values before the command line is read. */

import type { Command, Option } from "commander";

export const takesValue = (option: Option) => option.required || option.optional;

export function optionsOf(command: Command): Map<string, Option> {
  const named = command.options.filter(({ long, negate }) => long !== undefined && !negate && long !== "--version");
  return new Map(named.map((option) => [option.name(), option]));
}

/** A command and those below it, each with its name on the command line, as `mailbox add`. */
export function* commandsOf(program: Command, prefix = ""): Generator<readonly [string, Command]> {
  for (const command of program.commands) {
    const name = `${prefix}${command.name()}`;
    yield [name, command];
    yield* commandsOf(command, `${name} `);
  }
}

export function preset(command: Command, option: Option, value: string | boolean, source: "env" | "config"): void {
  const key = option.attributeName();
  const parse = option.parseArg as ((value: string, previous: unknown) => unknown) | undefined;
  const parsed = typeof value === "string" && parse ? parse(value, command.getOptionValue(key)) : value;
  command.setOptionValueWithSource(key, parsed, source);
}

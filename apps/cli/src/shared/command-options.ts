/** The options of a program's commands, and their values before the command line is read. */

import { UsageError } from "@pushback/usage-error";
import { type Command, Option } from "commander";

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

/** Adds the flag that takes back `option` on the command line: `--no-json` for `--json`, `--open` for `--no-open`. */
function addOpposite(command: Command, option: Option): void {
  const name = option.name();
  const long = option.negate ? `--${name.replace(/^no-/, "")}` : `--no-${name}`;
  if (!command.options.some((each) => each.long === long)) command.addOption(new Option(long).hideHelp());
}

/** Adds the hidden opposite of each flag, so that the command line can override a flag of the configuration file or of a variable. */
export function addOpposites(program: Command): void {
  for (const [, command] of commandsOf(program))
    for (const option of optionsOf(command).values()) if (!takesValue(option)) addOpposite(command, option);
}

/** Where a value comes from: its kind, and the name of the variable or the place in the file. */
interface PresetSource {
  readonly kind: "env" | "config";
  readonly place: string;
}

const PRESETS = new WeakMap<Option, PresetSource>();

/**
 * The error with the place where the value at fault was written, if that is not the command line and the error begins with an option of `command`,
 * as in `--seed a b: takes letters`.
 */
export function withPlace(command: Command, error: UsageError): UsageError {
  const [first, ...rest] = error.lines;
  const option = command.options.find(({ long }) => long !== undefined && /^--[a-z-]+/.exec(first)?.[0] === long);
  const source = option && PRESETS.get(option);
  if (!source || command.getOptionValueSource(option.attributeName()) !== source.kind) return error;
  return new UsageError(`${source.place}: ${first}`, ...rest);
}

/** Sets a default before the command line is parsed. Later sources override it: the environment the file, the command line both. */
export function preset(command: Command, option: Option, value: string | boolean | readonly string[], from: PresetSource): void {
  const key = option.attributeName();
  const source = from.kind;
  PRESETS.set(option, from);
  const parse = option.parseArg as ((value: string, previous: unknown) => unknown) | undefined;
  const texts = typeof value === "string" ? [value] : value;
  // A list is an option that is repeated, or one value with commas.
  if (typeof texts === "boolean") addOpposite(command, option);
  if (typeof texts === "boolean" || !parse)
    command.setOptionValueWithSource(key, typeof value === "object" ? value.join(",") : value, source);
  else {
    command.setOptionValueWithSource(
      key,
      texts.reduce((before: unknown, each) => parse(each, before), option.defaultValue),
      source,
    );
    // A repeated option begins anew on the command line.
    let isFirst = true;
    option.argParser((text, previous) => {
      const before = isFirst ? option.defaultValue : previous;
      isFirst = false;
      return parse(text, before);
    });
  }
}

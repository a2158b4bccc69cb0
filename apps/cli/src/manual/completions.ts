/**
 * Completes a command line. Commands and options come from the program's command tree; the kind of a value follows from its placeholder there, as in
 * `--out <folder>`.
 */

import { PLATFORMS } from "@pushback/scenario";
import type { Argument, Command, Option } from "commander";
import { takesValue } from "../shared/command-options.ts";
import { galleryNames } from "../shared/gallery.ts";

interface Completion {
  readonly value: string;
  /** Text that the shell shows next to the value. */
  readonly description: string;
}

/** Completions that the shell adds to the values itself. */
type Besides = "files" | "folders" | "nothing";

export interface Completions {
  readonly values: readonly Completion[];
  readonly besides: Besides;
}

interface ValueKind {
  /** `before`: the complete items of a comma-separated list in the unfinished word, up to the last comma. */
  readonly values: (before: string) => readonly Completion[];
  readonly besides: Besides;
}

const plain = (values: readonly string[]): readonly Completion[] => values.map((value) => ({ value, description: "" }));
const scenarios = () => plain(galleryNames());
const files: ValueKind = { values: () => [], besides: "files" };

function platforms(before: string): readonly Completion[] {
  return PLATFORMS.flatMap(({ id, summary, variants }) => [
    { value: `${before}${id}`, description: summary },
    ...variants.map((variant) => ({ value: `${before}${variant.id}`, description: variant.title })),
  ]);
}

/** How values are completed, by their name in the program's tree; a name that is missing completes to nothing. */
const VALUE_KINDS: Readonly<Record<string, ValueKind>> = {
  scenario: { values: scenarios, besides: "files" },
  document: { values: scenarios, besides: "files" },
  platform: { values: () => platforms(""), besides: "nothing" },
  names: { values: platforms, besides: "nothing" },
  which: { values: () => plain(["all", "default"]), besides: "nothing" },
  time: { values: () => plain(["1m", "5m", "30m", "1h", "2h"]), besides: "nothing" },
  folder: { values: () => [], besides: "folders" },
  file: files,
  captures: files,
  input: files,
  output: files,
};
const NOTHING: ValueKind = { values: () => [], besides: "nothing" };
const valueKind = (name: string) => (Object.hasOwn(VALUE_KINDS, name) ? VALUE_KINDS[name] : NOTHING);

function findOption(command: Command, word: string): Option | undefined {
  return command.options.find(({ long, short }) => word === long || word === short);
}

function completeOption(option: Option, word: string, prefix: string): Completions {
  const choices = option.argChoices;
  const before = word.slice(0, word.lastIndexOf(",") + 1);
  const name = /[<[]([^>\]]+)/.exec(option.flags)?.[1].replace(/\.{3}$/, "") ?? "";
  const { values, besides } = choices ? { ...NOTHING, values: () => plain(choices) } : valueKind(name);
  const fitting = values(before).filter(({ value }) => value.startsWith(word));
  return { values: fitting.map((each) => ({ ...each, value: `${prefix}${each.value}` })), besides };
}

function completeArgument(argument: Argument | undefined, word: string): Completions {
  if (argument === undefined) return { values: [], besides: "nothing" };
  const choices = argument.argChoices;
  const { values, besides } = choices ? { ...NOTHING, values: () => plain(choices) } : valueKind(argument.name());
  return { values: values("").filter(({ value }) => value.startsWith(word)), besides };
}

/** Completions of the last of `words`, which may be empty; the others are finished. */
export function complete(program: Command, words: readonly string[]): Completions {
  const word = words.at(-1) ?? "";
  let command = program;
  let position = 0;
  let waiting: Option | undefined;
  for (const done of words.slice(0, -1)) {
    if (waiting !== undefined) {
      waiting = undefined;
      continue;
    }
    if (done.startsWith("-") && done !== "-") {
      const option = findOption(command, done);
      if (option !== undefined && takesValue(option)) waiting = option;
      continue;
    }
    const child = command.commands.find((each) => each.name() === done || each.aliases().includes(done));
    if (child !== undefined && position === 0) command = child;
    else position++;
  }
  if (waiting !== undefined) return completeOption(waiting, word, "");
  const assigned = /^(--[^=]+=)(.*)$/s.exec(word);
  if (assigned) {
    const option = findOption(command, assigned[1].slice(0, -1));
    return option === undefined ? { values: [], besides: "nothing" } : completeOption(option, assigned[2], assigned[1]);
  }
  if (word.startsWith("-")) {
    const options = command.createHelp().visibleOptions(command);
    const names = options.flatMap(({ long, short, description }) => [long, short].map((name) => ({ value: name ?? "", description })));
    return { values: names.filter(({ value }) => value !== "" && value.startsWith(word)), besides: "nothing" };
  }
  const commands = command.createHelp().visibleCommands(command);
  const names = commands.map((each) => ({ value: each.name(), description: each.description() }));
  const fitting = position === 0 ? names.filter(({ value }) => value.startsWith(word)) : [];
  if (commands.length > 0) return { values: fitting, besides: "nothing" };
  const { registeredArguments } = command;
  const last = registeredArguments.at(-1);
  return completeArgument(registeredArguments[position] ?? (last?.variadic ? last : undefined), word);
}

/** The manual page in troff, made from the program's tree; see man(7) and groff_man(7) for the macros. */

import type { Command } from "commander";
import { EXIT_CODES } from "../shared/exit-codes.ts";

/** Escapes text for roff: backslashes and hyphens are printed as such, and a line that begins with `.` or `'` is no request. */
function escaped(text: string): string {
  return text
    .replaceAll("\\", "\\e")
    .replaceAll("-", "\\-")
    .replace(/^([.'])/gm, "\\&$1");
}

function term(flags: string, description: string): string {
  return `.TP\n\\fB${escaped(flags)}\\fR\n${escaped(description)}\n`;
}

/** The command and the commands below it, as `serve` or `mailbox add`. */
function section(command: Command, name: string): string {
  const help = command.createHelp();
  const parts = [`.SS "pushback ${escaped(name)} ${escaped(command.usage())}"\n${escaped(command.description())}.\n`];
  for (const argument of help.visibleArguments(command)) parts.push(term(help.argumentTerm(argument), help.argumentDescription(argument)));
  for (const option of help.visibleOptions(command))
    if (option.long !== "--help") parts.push(term(help.optionTerm(option), help.optionDescription(option)));
  for (const child of help.visibleCommands(command)) if (child.name() !== "help") parts.push(section(child, `${name} ${child.name()}`));
  return parts.join("");
}

export function manualPage(program: Command): string {
  const commands = program.createHelp().visibleCommands(program);
  return [
    `.TH PUSHBACK 1 "" "pushback ${program.version()}" "User commands"\n`,
    `.SH NAME\npushback \\- ${escaped(program.description())}\n`,
    ".SH SYNOPSIS\n.B pushback\n.I command\n[\\fIoptions\\fR] [\\fIarguments\\fR]\n",
    `.SH COMMANDS\n${commands
      .filter((command) => command.name() !== "help")
      .map((command) => section(command, command.name()))
      .join("")}`,
    `.SH EXIT STATUS\n${EXIT_CODES.map(({ code, meaning }) => term(String(code), meaning)).join("")}`,
  ].join("");
}

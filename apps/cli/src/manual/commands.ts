/** Arguments of `completion`, `complete` and `man`, which are made from the declarations of all commands. */

import { Argument, type Command } from "commander";
import { SHELL_SCRIPTS, type Shell } from "./shell-scripts.ts";

export function addManualCommands(program: Command): void {
  program
    .command("completion")
    .description("print the script that completes commands, options, scenarios and platforms in a shell")
    .addArgument(new Argument("<shell>", "the shell that reads the script").choices(Object.keys(SHELL_SCRIPTS)))
    .action((shell: Shell) => {
      process.stdout.write(SHELL_SCRIPTS[shell]);
    });

  program
    .command("complete", { hidden: true })
    .description("print what may follow the words of a command line; the script of `completion` asks this")
    .argument("[words...]", "the words after the program's name, the unfinished one last")
    .allowUnknownOption()
    .action(async (words) => {
      const { printCompletions } = await import("./completion-command.ts");
      printCompletions(program, words);
    });

  program
    .command("man")
    .description("print the manual page: pushback man | man -l -")
    .action(async () => {
      const { manualPage } = await import("./manual-page.ts");
      process.stdout.write(manualPage(program));
    });
}

/** Arguments and options of `studio`; each command loads its implementation when it runs, so that every command starts fast. */

import type { Command } from "commander";

export function addStudioCommands(program: Command): void {
  program
    .command("studio")
    .description("the user interface in a browser, served to this computer only")
    .argument("[document]", "a scenario of the gallery, a scenario file or a capture to open")
    .option("--port <number>", "TCP port; 0 takes any free port", "4159")
    .option("--no-open", "don't open the browser")
    .action(async (document, options) => {
      const { runStudio } = await import("./studio-command.ts");
      process.exitCode = await runStudio(document, options);
    });
}

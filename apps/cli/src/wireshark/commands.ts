/** Arguments and options of `wireshark` and `extcap`; each command loads its implementation when it runs, so that every command starts fast. */

import type { Command } from "commander";

export function addWiresharkCommands(program: Command): void {
  program
    .command("wireshark")
    .description("make Wireshark name push datagrams and verdicts (a Lua plugin), and list the lab as an interface (an extcap program)")
    .option("--plugins <folder>", "folder of Lua plugins (default: the user's own; in Wireshark, Help, About, Folders names them)")
    .option("--extcap <folder>", "folder of extcap programs (default: the user's own)")
    .option("--lua", "only print the Lua plugin")
    .action(async (options) => {
      const { runWireshark } = await import("./wireshark-command.ts");
      process.exitCode = runWireshark(options);
    });

  program
    .command("extcap")
    .description("run a scenario as an interface of Wireshark, which starts this command through the program that `wireshark` writes")
    .option("--extcap-interfaces", "list the interfaces")
    .option("--extcap-version <version>", "Wireshark's version; not used")
    .option("--extcap-interface <name>", "the interface of the options below")
    .option("--extcap-dlts", "name the interface's link type")
    .option("--extcap-config", "list the interface's settings")
    .option("--extcap-capture-filter <filter>", "refused: extcap programs filter for themselves, and this one does not")
    .option("--capture", "run the scenario and write its frames to --fifo")
    .option("--fifo <path>", "where the frames go, as pcapng; - for standard output")
    .option("--scenario <name>", "a scenario of the gallery")
    .option("--file <path>", "a scenario file, instead of --scenario")
    .option("--platforms <list>", "platforms or variants for `platform: each`, separated by commas")
    .option("--seed <seed>", "seed of the run", "1")
    .option("--speed <factor>", "seconds of the scenario in a second; 0: as fast as it goes", "60")
    .action(async (options) => {
      const { runExtcap } = await import("./extcap-command.ts");
      process.exitCode = await runExtcap(options);
    });
}

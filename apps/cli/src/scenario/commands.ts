/** Arguments and options of `compare`, `run`, `scenarios` and `platforms`; each command loads its implementation when it runs, so that every command starts fast. */

import { DEFAULT_SCENARIO } from "@pushback/scenario/default-scenario";
import type { Command } from "commander";

export function addScenarioCommands(program: Command): void {
  program
    .command("compare")
    .description("run a scenario on each platform and compare the results")
    .argument(
      "[scenario]",
      `a name of the gallery, or a file (default: ${DEFAULT_SCENARIO}, with a short companion for a claim that it cannot show)`,
    )
    .option("--platforms <names>", "platforms or variants, separated by commas")
    .option("--variants <which>", "all, or default")
    .option("--seed <seed>", "seed of all randomness; another seed changes timing, never a claim", "1")
    .option("--keepalive <time>", "the server's KeepAliveTime, as in 5m; the scenario's if left out")
    .option("--interval <time>", "the server's notification interval, as in 5m; the scenario's if left out")
    .option("--count <n>", "machines in each fleet of the scenario")
    .option("--out <folder>", "write captures, recordings and report.html there")
    .option("--junit <file>", "write claims and expectations as JUnit's XML")
    .option("--json", "print JSON")
    .option("--schema", "print the JSON Schema of --json")
    .option("-q, --quiet", "print nothing but what fails, on standard error")
    .action(async (scenario, options) => {
      const { runCompare } = await import("./compare-command.ts");
      process.exitCode = runCompare(scenario, options);
    });

  program
    .command("run")
    .description("run a scenario once, all machines on one segment, and print its events as they happen")
    .argument("<scenario>", "a name of the gallery, or a file; - for standard input")
    .option("--platforms <names>", "platforms or variants, separated by commas")
    .option("--seed <seed>", "seed of all randomness; another seed changes timing, never a claim", "1")
    .option("--keepalive <time>", "the server's KeepAliveTime, as in 5m; the scenario's if left out")
    .option("--interval <time>", "the server's notification interval, as in 5m; the scenario's if left out")
    .option("--count <n>", "machines in each fleet of the scenario")
    .option("--out <folder>", "write the capture and the recording there; with --stream, - writes the capture to standard output")
    .option("--stream", "write them during the run instead of keeping them in memory")
    .option("--junit <file>", "write claims and expectations as JUnit's XML")
    .option("--json", "print the events as JSON, one per line")
    .option("-q, --quiet", "print nothing but what fails, on standard error")
    .action(async (scenario, options) => {
      const { runScenarioCommand } = await import("./run-command.ts");
      process.exitCode = await runScenarioCommand(scenario, options);
    });

  program
    .command("scenarios")
    .description("list the gallery, or print the file of one scenario, to begin your own with")
    .argument("[scenario]", "a name of the gallery")
    .option("--json", "print JSON")
    .option("--schema", "print the JSON Schema of scenario files")
    .action(async (scenario, options) => {
      const { listScenarios } = await import("./scenarios-command.ts");
      listScenarios(scenario, options);
    });

  program
    .command("platforms")
    .description("list the platforms, or show one with every fact and its source")
    .argument("[platform]", "a platform or one of its variants")
    .option("--check", "list assumptions, facts shared with another variant, and sources that name no document")
    .option("--json", "print JSON")
    .action(async (platform, options) => {
      const { checkPlatform, listPlatforms, showPlatform } = await import("./platforms-command.ts");
      if (options.check) checkPlatform(platform, options);
      else if (platform === undefined) listPlatforms(options);
      else showPlatform(platform, options);
    });
}

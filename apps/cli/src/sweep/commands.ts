/** Arguments and options of `sweep` and `worker`; each command loads its implementation when it runs, so that every command starts fast. */

import type { Command } from "commander";
import { collect } from "../shared/collect.ts";

export function addSweepCommands(program: Command): void {
  program
    .command("sweep")
    .description("run a scenario many times with different settings and seeds, in parallel, on one machine or many")
    .argument("<scenario>", "a name of the gallery, or a file")
    .option(
      "--vary <setting=values>",
      "a setting and its values, as in keepalive=5m,30m,2h or clients.pc.count=10,100; may be repeated",
      collect,
      [],
    )
    .option("--points <file>", "a file with a list of settings (YAML or JSON), instead of --vary")
    .option("--runs <n>", "runs at each point, each with another seed", "1")
    .option("--seed <seed>", "seed of the first run", "1")
    .option("--platforms <names>", "platforms or variants that are compared, separated by commas")
    .option("--variants <which>", "all, or default")
    .requiredOption("--out <folder>", "results and report; a sweep that was stopped goes on there")
    .option("--threads <n>", "runs at a time; by default as many as there are processors")
    .option("--shard <i/n>", "only every n-th run, from the i-th on")
    .option(
      "--queue <url>",
      "let workers do the runs, through Redis: redis://host:port, or rediss:// for TLS; its password is in PUSHBACK_REDIS_PASSWORD",
    )
    .option("--json", "print the results as JSON, one line each")
    .action(async (scenario, options) => {
      const { runSweep } = await import("./sweep-command.ts");
      process.exitCode = await runSweep(scenario, options);
    });

  program
    .command("worker")
    .description("take runs of sweeps from a queue until told to stop")
    .requiredOption(
      "--queue <url>",
      "the Redis of the sweep: redis://host:port, or rediss:// for TLS; its password is in PUSHBACK_REDIS_PASSWORD",
    )
    .option("--threads <n>", "runs at a time; by default as many as there are processors")
    .action(async (options) => {
      const { runWorker } = await import("./worker-command.ts");
      process.exitCode = await runWorker(options);
    });
}

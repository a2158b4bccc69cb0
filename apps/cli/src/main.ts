/**
 * `pushback`: the command line. Each command has a file of its own; this one names them and turns errors into exit codes. What a
 * command needs is read when it is asked for, so that each starts fast.
 */

import { Command, CommanderError } from "commander";
import manifest from "../package.json" with { type: "json" };
import { CliError } from "./cli-error.ts";
import { DEFAULT_SCENARIO } from "./default-scenario.ts";
import { OUTPUT_FORMAT_NAMES } from "./output-formats.ts";
import { addServeCommands } from "./serve-cli.ts";

const EXIT_USAGE = 2;

function collect(value: string, before: readonly string[]): string[] {
  return [...before, value];
}

function createProgram(): Command {
  const program = new Command("pushback")
    .description("A packet-exact lab for the push notifications of Microsoft Exchange Server 4.0")
    .version(manifest.version)
    .exitOverride();

  program
    .command("compare")
    .description("run a scenario on each platform and compare what came out")
    .argument("[scenario]", "a name of the gallery, or a file", DEFAULT_SCENARIO)
    .option("--platforms <names>", "platforms or variants, separated by commas")
    .option("--variants <which>", "all, or default")
    .option("--seed <seed>", "another seed moves timing, never a claim", "1")
    .option("--keepalive <time>", "the server's KeepAliveTime, as in 5m")
    .option("--interval <time>", "the server's notification interval, as in 60s")
    .option("--count <n>", "machines in each fleet of the scenario")
    .option("--out <folder>", "write captures, recordings and report.html there")
    .option("--json", "print JSON")
    .action(async (scenario, options) => {
      const { runCompare } = await import("./compare-command.ts");
      process.exitCode = runCompare(scenario, options);
    });

  program
    .command("run")
    .description("run a scenario once, all machines on one segment, and print its events as they happen")
    .argument("<scenario>", "a name of the gallery, or a file")
    .option("--platforms <names>", "platforms or variants, separated by commas")
    .option("--seed <seed>", "another seed moves timing, never a claim", "1")
    .option("--keepalive <time>", "the server's KeepAliveTime, as in 5m")
    .option("--interval <time>", "the server's notification interval, as in 60s")
    .option("--count <n>", "machines in each fleet of the scenario")
    .option("--out <folder>", "write the capture and the recording there")
    .option("--stream", "write them as the run goes, and keep nothing in memory")
    .option("--json", "print the events as JSON, one a line")
    .action(async (scenario, options) => {
      const { runScenarioCommand } = await import("./run-command.ts");
      process.exitCode = runScenarioCommand(scenario, options);
    });

  program
    .command("sweep")
    .description("run a scenario many times with other settings and seeds, in parallel, on one machine or many")
    .argument("<scenario>", "a name of the gallery, or a file")
    .option(
      "--vary <setting=values>",
      "a setting and its values, as in keepalive=5m,30m,2h or clients.pc.count=10,100; may be repeated",
      collect,
      [],
    )
    .option("--points <file>", "a list of settings instead (YAML or JSON)")
    .option("--runs <n>", "runs at each point, each with a seed of its own", "1")
    .option("--seed <seed>", "of the first run", "1")
    .option("--platforms <names>", "platforms or variants that are compared, separated by commas")
    .option("--variants <which>", "all, or default")
    .requiredOption("--out <folder>", "results and report; a sweep that was stopped goes on there")
    .option("--threads <n>", "runs at a time; as many as there are processors")
    .option("--shard <i/n>", "only each n-th run, from the i-th on")
    .option("--queue <url>", "leave the runs to workers, through Redis: redis://host:port")
    .option("--json", "print the results as JSON, one line each")
    .action(async (scenario, options) => {
      const { runSweep } = await import("./sweep-command.ts");
      process.exitCode = await runSweep(scenario, options);
    });

  program
    .command("worker")
    .description("take runs of sweeps from a queue until told to stop")
    .requiredOption("--queue <url>", "the Redis of the sweep: redis://host:port")
    .option("--threads <n>", "runs at a time; as many as there are processors")
    .action(async (options) => {
      const { runWorker } = await import("./worker-command.ts");
      process.exitCode = await runWorker(options);
    });

  program
    .command("show")
    .description("list a capture's frames, or show one with its fields and bytes")
    .argument("<capture>", "a pcapng, pcap, Network Monitor or Sniffer file, gzip'd or not")
    .option("-Y <filter>", "display filter, as in Wireshark")
    .option("--fields <names>", "print these fields, separated by commas, instead of a summary")
    .option("--frame <number>", "one frame: its tree of fields, and its bytes")
    .option("--count", "print only how many frames are selected")
    .action(async (capture, options) => {
      const { runShow } = await import("./show-command.ts");
      process.exitCode = await runShow(capture, options);
    });

  program
    .command("convert")
    .description("write a capture in another format; Network Monitor and Sniffer files have no time zone, their times are taken as UTC")
    .argument("<input>", "a pcapng, pcap, Network Monitor or Sniffer file, gzip'd or not")
    .argument("<output>", "the file to write; its ending names the format")
    .option("--format <format>", OUTPUT_FORMAT_NAMES.join(", "))
    .action(async (input, output, options) => {
      const { runConvert } = await import("./convert-command.ts");
      process.exitCode = await runConvert(input, output, options);
    });

  program
    .command("diagnose")
    .description("explain the ICMP errors in a capture: are they harmless, and when will they end")
    .argument("<capture>", "a pcapng, pcap, Network Monitor or Sniffer file, gzip'd or not")
    .option("--report <file>", "write an HTML report with the sequence of the evidence and the traffic over time")
    .option("--json", "print JSON")
    .action(async (capture, options) => {
      const { runDiagnose } = await import("./diagnose-command.ts");
      process.exitCode = await runDiagnose(capture, options);
    });

  program
    .command("client")
    .description("a platform's mail client in real time: with its own TCP/IP on a TAP interface, or on this computer's sockets")
    .argument("<platform>", "a platform or one of its variants")
    .requiredOption("--server <address>", "the mail server, with :PORT where it has no endpoint mapper")
    .requiredOption("--mailbox <alias>", "an alias, or a distinguished name")
    .option("--user <account>", "who logs on; without it nobody in particular, which a server may refuse")
    .option("--password-file <file>", "the account's password")
    .option("--password <password>", "visible to everybody on this computer")
    .option("--domain <name>", "the account's domain", "PUSHBACK")
    .option("--ntlm <version>", "1 as clients of 1996, or 2", "1")
    .option("--tap <name>", "the TAP interface to make (Linux, as root)")
    .option("--address <a.b.c.d/len>", "the machine's own address and the length of its network")
    .option("--gateway <address>", "the router of its network")
    .option("--mac <address>", "its network card's address")
    .option("--bridge <name>", "a bridge of this computer that the interface joins")
    .option("--computer <a.b.c.d/len>", "this computer's own address on the interface")
    .option("--record <file>", "write every frame on the interface to this pcapng file")
    .option("--name <name>", "the machine's own name")
    .option("--boot-speed <n>", "boot so many times as fast")
    .option("--fast-boot", "boot at once")
    .option("--json", "print the events as JSON, one a line")
    .action(async (platform, options) => {
      const { runClient } = await import("./client-command.ts");
      process.exitCode = await runClient(platform, options);
    });

  program
    .command("scenarios")
    .description("list the gallery")
    .option("--json", "print JSON")
    .option("--schema", "print the JSON Schema of scenario files")
    .action(async (options) => {
      const { listScenarios } = await import("./scenarios-command.ts");
      listScenarios(options);
    });

  program
    .command("platforms")
    .description("list the platforms, or show one with every fact and its source")
    .argument("[platform]", "a platform or one of its variants")
    .option("--json", "print JSON")
    .action(async (platform, options) => {
      const { listPlatforms, showPlatform } = await import("./platforms-command.ts");
      if (platform === undefined) listPlatforms(options);
      else showPlatform(platform, options);
    });

  program
    .command("studio")
    .description("the user interface in a browser, served to this computer alone")
    .argument("[document]", "a scenario of the gallery, a scenario file or a capture to open")
    .option("--port <number>", "the TCP port; 0 takes any", "4159")
    .option("--no-open", "don't open the browser")
    .action(async (document, options) => {
      const { runStudio } = await import("./studio-command.ts");
      process.exitCode = await runStudio(document, options);
    });

  addServeCommands(program);
  return program;
}

try {
  // A reader that has seen enough (`| head`) is no error of ours.
  process.stdout.on("error", (error: NodeJS.ErrnoException) => {
    if (error.code !== "EPIPE") throw error;
    process.exit(0);
  });
  await createProgram().parseAsync();
} catch (error) {
  if (error instanceof CommanderError) {
    // Commander has printed its line; help and version that were asked for are no errors.
    process.exitCode = error.exitCode === 0 ? 0 : EXIT_USAGE;
  } else if (error instanceof CliError) {
    process.stderr.write(`pushback: ${error.message}\n`);
    process.exitCode = EXIT_USAGE;
  } else {
    throw error;
  }
}

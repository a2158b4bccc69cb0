/** Arguments and options of `diagnose`; each command loads its implementation when it runs, so that every command starts fast. */

import type { Command } from "commander";

const EXIT_CODES = `
Exit code: 0 harmless; 1 something is not shown to be harmless; 3 nothing is, but part of the capture was not looked at;
2 no packet could be read. Of several captures the worst: 2, then 1, then 3.`;

export function addDiagnoseCommands(program: Command): void {
  program
    .command("diagnose")
    .description("explain the ICMP errors in a capture: are they harmless, and when will they end")
    .argument("[captures...]", "pcapng, pcap, Network Monitor or Sniffer files, gzip'd or not; - for standard input")
    .option("-i <interface>", "instead of a capture: what dumpcap hears on an interface, verdicts as they come, until Ctrl-C")
    .option("--until <verdict|duration>", "with -i: stop at the first such verdict, or after this time (90s, 5m, 2h)")
    .option("--report <file>", "write an HTML report with the sequence of the evidence and the traffic over time")
    .option("--annotate <file>", "write a pcapng copy whose frames carry the verdicts as comments")
    .option("--json", "print JSON")
    .addHelpText("after", EXIT_CODES)
    .action(async (captures, options) => {
      const { runDiagnose } = await import("./diagnose-command.ts");
      process.exitCode = await runDiagnose(captures, options);
    });
}

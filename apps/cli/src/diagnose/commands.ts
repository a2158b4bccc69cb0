/** Arguments and options of `diagnose`; each command loads its implementation when it runs, so that every command starts fast. */

import type { Command } from "commander";

export function addDiagnoseCommands(program: Command): void {
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
}

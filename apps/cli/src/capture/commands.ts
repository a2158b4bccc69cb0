/** Arguments and options of `show` and `convert`; each command loads its implementation when it runs, so that every command starts fast. */

import type { Command } from "commander";
import { collect } from "../shared/collect.ts";
import { OUTPUT_FORMAT_NAMES } from "./output-formats.ts";

export function addCaptureCommands(program: Command): void {
  program
    .command("show")
    .description("list a capture's frames, or show one with its fields and bytes")
    .argument("[captures...]", "pcapng, pcap, Network Monitor or Sniffer files, gzip'd or not; - for standard input")
    .option("-r <capture>", "the capture, as tshark takes it")
    .option("-Y <filter>", "display filter, as in Wireshark")
    .option("-c <packets>", "read at most so many packets")
    .option("-T <type>", "text (a line a frame), fields (those of -e), or json (an array of objects, as tshark)")
    .option("-e <field>", "a field of -T fields or -T json; repeat for more", collect, [])
    .option("-E <setting>", "of -T fields: header=y, separator=/t, /s or a character; repeat for more", collect, [])
    .option("-w <file>", "write the selected packets to a file; its ending names the format; - for standard output (pcapng)")
    .option("-x", "print each frame's bytes behind its line")
    .option("-q", "print no frames, only what -z asks for")
    .option(
      "-z <statistics>",
      "conv,TYPE or endpoints,TYPE (eth, ip, ipv6, tcp, udp), expert[,SEVERITY][,FILTER], io,phs, or io,stat,SECONDS[,FILTER...]; repeat for more",
      collect,
      [],
    )
    .option("-n", "accepted as in tshark; names are never resolved")
    .option("--fields <names>", "print these fields, separated by commas, instead of a summary")
    .option("--frame <number>", "one frame: its tree of fields, and its bytes")
    .option("--count", "print only how many frames are selected")
    .option(
      "--json",
      "print an object a line for each frame: number, source, destination, protocol, info, fields (lists of values by name)",
    )
    .action(async (captures, options) => {
      const { runShow } = await import("./show-command.ts");
      process.exitCode = await runShow(captures, options);
    });

  program
    .command("convert")
    .description("write a capture in another format; Network Monitor and Sniffer files have no time zone, their times are taken as UTC")
    .argument("[input]", "a pcapng, pcap, Network Monitor or Sniffer file, gzip'd or not; - for standard input")
    .argument("[output]", "the file to write; its ending names the format; - for standard output (pcapng)")
    .option("-r <input>", "the input, as tshark and editcap take it")
    .option("-w <output>", "the output")
    .option("-Y <filter>", "write only the packets that a display filter selects")
    .option("-c <packets>", "read at most so many packets")
    .option("-F <format>", "the same as --format")
    .option("--format <format>", OUTPUT_FORMAT_NAMES.join(", "))
    .action(async (input, output, options) => {
      const { runConvert } = await import("./convert-command.ts");
      process.exitCode = await runConvert(input, output, options);
    });
}

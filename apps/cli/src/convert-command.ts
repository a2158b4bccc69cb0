/** `pushback convert`. */

import { closeSync, existsSync, openSync, renameSync, rmSync, writeSync } from "node:fs";
import { extname, resolve } from "node:path";
import { type CapturedPacket, type CaptureListener, PcapngWriter, PcapWriter } from "@pushback/capture";
import { readCaptureFile } from "./capture-input.ts";
import { CliError, systemReason } from "./cli-error.ts";
import { showProgress } from "./terminal.ts";

const FORMATS = ["pcapng", "pcap", "nsecpcap"] as const;
type Format = (typeof FORMATS)[number];

function formatOf(path: string, named: string | undefined): Format {
  if (named !== undefined) {
    const format = FORMATS.find((f) => f === named);
    if (!format) throw new CliError(`--format ${named}: there are ${FORMATS.join(", ")}`);
    return format;
  }
  const ending = extname(path).toLowerCase();
  if (ending === ".pcapng" || ending === ".ntar") return "pcapng";
  if (ending === ".pcap" || ending === ".cap" || ending === ".dmp") return "pcap";
  throw new CliError(`${path}: its ending names no format; give one with --format: ${FORMATS.join(", ")}`);
}

/** What a writer of either format needs to be told. */
interface Output {
  packet(p: CapturedPacket): void;
  end(): void;
}

function pcapngOutput(sink: (chunk: Uint8Array) => void): Output & CaptureListener {
  const writer = new PcapngWriter(sink, { application: "Pushback" });
  const interfaces: number[] = [];
  return {
    interface: (i) => {
      interfaces[i.index] = writer.addInterface({
        linkType: i.linkType,
        snapLen: 0,
        ...(i.name !== null && { name: i.name }),
        ...(i.description !== null && { description: i.description }),
      });
    },
    packet: (p) => {
      interfaces[p.interfaceIndex] ??= writer.addInterface({ linkType: p.linkType });
      writer.writePacket(interfaces[p.interfaceIndex], p.timeUs, p.bytes, p.at, p.len, p.origLen, p.comment ?? undefined);
    },
    end: () => writer.end(),
  };
}

function pcapOutput(path: string, sink: (chunk: Uint8Array) => void, nanoseconds: boolean): Output {
  let writer: PcapWriter | null = null;
  let linkType = -1;
  return {
    packet: (p) => {
      if (!writer) {
        linkType = p.linkType;
        writer = new PcapWriter(sink, { linkType, nanoseconds });
      }
      if (p.linkType !== linkType)
        throw new CliError(`${path}: pcap holds packets of one link type; packet ${p.number} has another. Write pcapng`);
      writer.writePacket(p.timeUs, p.bytes, p.at, p.len, p.origLen, nanoseconds ? p.timeNs : 0);
    },
    end: () => (writer ?? new PcapWriter(sink, { nanoseconds })).end(),
  };
}

/** Writes beside `output` first and renames when all is done: a file of that name is replaced whole or not at all. */
export async function runConvert(input: string, output: string, options: { readonly format?: string }): Promise<number> {
  const format = formatOf(output, options.format);
  if (existsSync(output) && resolve(output) === resolve(input)) throw new CliError(`${output}: is the input; name another file`);
  const staging = `${output}.part`;
  let file: number;
  try {
    file = openSync(staging, "w");
  } catch (error) {
    throw new CliError(`${output}: cannot be written: ${systemReason(error)}`);
  }
  let packets = 0;
  try {
    const sink = (chunk: Uint8Array) => {
      for (let done = 0; done < chunk.length; ) done += writeSync(file, chunk, done);
    };
    const to = format === "pcapng" ? pcapngOutput(sink) : pcapOutput(output, sink, format === "nsecpcap");
    const listener: CaptureListener = {
      ...to,
      packet: (p) => {
        packets++;
        to.packet(p);
      },
    };
    const problem = await readCaptureFile(input, listener, (part) => showProgress(`converting ${Math.floor(part * 100)} %`));
    showProgress("");
    to.end();
    closeSync(file);
    renameSync(staging, output);
    if (problem) process.stderr.write(`pushback: ${input} is damaged: ${problem}; what comes after was not read\n`);
    process.stdout.write(`${packets} packets written to ${output} (${format})\n`);
    return problem ? 1 : 0;
  } catch (error) {
    rmSync(staging, { force: true });
    throw error;
  }
}

/** `pushback convert`. */

import { type CapturedPacket, MAX_RECORD_LEN } from "@pushback/capture";
import { UsageError } from "@pushback/usage-error";
import { outputTo, requireDistinctOutputs } from "../shared/distinct-outputs.ts";
import { isStandardOutput, writeOutputFile } from "../shared/output-file.ts";
import { printable, printNote } from "../shared/printable.ts";
import { showProgress } from "../shared/terminal.ts";
import { type ReadProblem, readCaptureFile } from "./capture-input.ts";
import { destinationOf, type OutputFormat, outputFormatOf } from "./capture-output.ts";
import { EnoughPackets, filterOption, packetLimit, pathOption } from "./packet-options.ts";

const UNITS = new Map([
  [1_000_000, "milliseconds"],
  [1000, "microseconds"],
]);

/** Counts the properties of packets that the output format cannot store, and reports them at the end. */
class Losses {
  readonly #resolutionNs: number;
  readonly #isPcapng: boolean;
  #times = 0;
  #comments = 0;
  #untimed = 0;
  #blocks = 0;

  constructor({ resolutionNs, name }: OutputFormat) {
    this.#resolutionNs = resolutionNs;
    this.#isPcapng = name === "pcapng";
  }

  packet(p: CapturedPacket): void {
    const resolutionUs = this.#resolutionNs / 1000;
    if (this.#resolutionNs > 1 && (p.timeNs > 0 || (resolutionUs > 1 && p.timeUs % resolutionUs !== 0))) this.#times++;
    if (this.#isPcapng) return;
    if (p.comment !== null) this.#comments++;
    if (!p.timed) this.#untimed++;
  }

  /** Counts a block that is left out: one of a type that is not read or, if the output is pcapng, one longer than MAX_RECORD_LEN. */
  skipped(lenBytes: number): void {
    if (!this.#isPcapng || lenBytes > MAX_RECORD_LEN) this.#blocks++;
  }

  /** Describes each kind of loss in one line; empty if nothing was lost. */
  describe(format: string): string[] {
    const notes: string[] = [];
    const packets = (count: number) => (count === 1 ? "1 packet" : `${count} packets`);
    if (this.#times > 0) {
      const unit = UNITS.get(this.#resolutionNs) ?? "less";
      notes.push(`${format} keeps ${unit}: the times of ${packets(this.#times)} were rounded down`);
    }
    if (this.#comments > 0) notes.push(`${format} keeps no comments: those of ${packets(this.#comments)} were left out`);
    if (this.#blocks > 0) {
      const blocks = this.#blocks === 1 ? "1 block" : `${this.#blocks} blocks`;
      const which = this.#isPcapng ? "more than 16 MiB" : "a type that is not read";
      notes.push(`${blocks} of ${which} ${this.#blocks === 1 ? "was" : "were"} left out`);
    }
    if (this.#untimed > 0) notes.push(`${packets(this.#untimed)} had no time in the input and got that of 1970`);
    return notes;
  }
}

export interface ConvertOptions {
  readonly r?: string;
  readonly w?: string;
  readonly Y?: string;
  readonly c?: string;
  /** Name of the output format, from `-F` or `--format`. */
  readonly F?: string;
  readonly format?: string;
}

/** The exit code: 0, or 1 for a capture that was read in part. */
export async function runConvert(from: string | undefined, into: string | undefined, options: ConvertOptions): Promise<number> {
  const usage = "pushback convert INPUT OUTPUT, or -r INPUT -w OUTPUT";
  // With -r, the only positional argument is the output.
  const isOutput = options.r !== undefined && into === undefined;
  const input = pathOption(isOutput ? undefined : from, "-r", options.r, "input", usage);
  const output = pathOption(isOutput ? from : into, "-w", options.w, "output", usage);
  if (options.F !== undefined && options.format !== undefined) throw new UsageError("-F: --format says the same; leave out one");
  const format = outputFormatOf(output, options.F ?? options.format);
  const filter = filterOption(options.Y);
  const most = packetLimit(options.c);
  requireDistinctOutputs([input], outputTo(null, output));
  const losses = new Losses(format);
  let packets = 0;
  let read = 0;
  const problem = await writeOutputFile(output, async (file) => {
    const to = format.create(destinationOf(file, output, format));
    const found: ReadProblem = await readCaptureFile(
      input,
      {
        ...(to.block && { block: (b) => to.block?.(b) }),
        skipped: (_type, lenBytes) => losses.skipped(lenBytes),
        interface: (i) => to.interface?.(i),
        packet: (p) => {
          read++;
          if (filter === null || filter.matches(p)) {
            packets++;
            losses.packet(p);
            try {
              to.packet(p);
            } catch (error) {
              if (error instanceof RangeError) throw new UsageError(`${output}: packet ${p.number}: ${error.message}`);
              throw error;
            }
          }
          if (read === most) throw new EnoughPackets();
        },
      },
      (part) => showProgress(`converting ${Math.floor(part * 100)} %`),
    ).catch((error: unknown) => {
      if (error instanceof EnoughPackets) return null;
      throw error;
    });
    showProgress("");
    to.end();
    return found;
  });
  for (const note of losses.describe(format.name)) printNote(note);
  if (problem) printNote(`${input} is damaged: ${problem}; what comes after was not read`);
  const done = isStandardOutput(output) ? process.stderr : process.stdout;
  done.write(`${packets} packets written to ${printable(output)} (${format.name})\n`);
  return problem ? 1 : 0;
}

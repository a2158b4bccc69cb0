/** `pushback convert`. */

import type { CapturedPacket } from "@pushback/capture";
import { UsageError } from "@pushback/usage-error";
import { areSameFile, isStandardOutput, writeOutputFile } from "../shared/output-file.ts";
import { showProgress } from "../shared/terminal.ts";
import { readCaptureFile } from "./capture-input.ts";
import { destinationOf, outputFormatOf } from "./capture-output.ts";

const UNITS = new Map([
  [1_000_000, "milliseconds"],
  [1000, "microseconds"],
]);

/** What of the packets has no place in the output; counted, and told at the end. */
class Losses {
  readonly #resolutionNs: number;
  readonly #keepsComments: boolean;
  #times = 0;
  #comments = 0;
  #untimed = 0;

  constructor(resolutionNs: number, keepsComments: boolean) {
    this.#resolutionNs = resolutionNs;
    this.#keepsComments = keepsComments;
  }

  packet(p: CapturedPacket): void {
    const resolutionUs = this.#resolutionNs / 1000;
    if (this.#resolutionNs > 1 && (p.timeNs > 0 || (resolutionUs > 1 && p.timeUs % resolutionUs !== 0))) this.#times++;
    if (p.comment !== null && !this.#keepsComments) this.#comments++;
    if (!p.timed) this.#untimed++;
  }

  /** A line each. */
  describe(format: string): string[] {
    const notes: string[] = [];
    const packets = (count: number) => (count === 1 ? "1 packet" : `${count} packets`);
    if (this.#times > 0) {
      const unit = UNITS.get(this.#resolutionNs) ?? "less";
      notes.push(`${format} keeps ${unit}: the times of ${packets(this.#times)} were rounded down`);
    }
    if (this.#comments > 0) notes.push(`${format} keeps no comments: those of ${packets(this.#comments)} were left out`);
    if (this.#untimed > 0) notes.push(`${packets(this.#untimed)} had no time in the input and got that of 1970`);
    return notes;
  }
}

/** The exit code: 0, or 1 for a capture that was read in part. */
export async function runConvert(input: string, output: string, options: { readonly format?: string }): Promise<number> {
  const format = outputFormatOf(output, options.format);
  if (areSameFile(input, output)) throw new UsageError(`${output}: is the input; name another file`);
  const losses = new Losses(format.resolutionNs, format.name === "pcapng");
  let packets = 0;
  const problem = await writeOutputFile(output, async (file) => {
    const to = format.create(destinationOf(file, output, format));
    const found = await readCaptureFile(
      input,
      {
        section: (s) => to.section?.(s),
        hostName: (address, name) => to.hostName?.(address, name),
        interface: (i) => to.interface?.(i),
        packet: (p) => {
          packets++;
          losses.packet(p);
          try {
            to.packet(p);
          } catch (error) {
            if (error instanceof RangeError) throw new UsageError(`${output}: packet ${p.number}: ${error.message}`);
            throw error;
          }
        },
      },
      (part) => showProgress(`converting ${Math.floor(part * 100)} %`),
    );
    showProgress("");
    to.end();
    return found;
  });
  for (const note of losses.describe(format.name)) process.stderr.write(`pushback: ${note}\n`);
  if (problem) process.stderr.write(`pushback: ${input} is damaged: ${problem}; what comes after was not read\n`);
  const done = isStandardOutput(output) ? process.stderr : process.stdout;
  done.write(`${packets} packets written to ${output} (${format.name})\n`);
  return problem ? 1 : 0;
}

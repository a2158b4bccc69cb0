/**
 * Writes a run to disk while it runs: the capture, and every event except those about single datagrams, which the capture shows. With `-` in
 * place of a folder only the capture is written, to standard output. Memory use does not grow with the length of the run.
 */

import { closeSync, openSync, writeFileSync } from "node:fs";
import type { PcapngWriter } from "@pushback/capture";
import {
  createCaptureWriter,
  eventJson,
  type RecordedEvent,
  type RecordedMachine,
  type RunWatcher,
  type Scenario,
} from "@pushback/scenario";
import { systemReason, UsageError } from "@pushback/usage-error";
import { OutputFile, STANDARD_STREAM } from "../shared/output-file.ts";
import { GrowingFiles } from "../shared/output-folder.ts";

/** Events that occur millions of times and that the capture shows as well. */
const IN_CAPTURE: ReadonlySet<RecordedEvent["event"]["type"]> = new Set([
  "datagram-sent",
  "udp-no-port",
  "udp-delivered",
  "icmp-error-sent",
  "icmp-error-received",
]);

const TEXT_CHUNK = 1 << 16;

/** Names of the files in the folder. */
export function streamFileNames({ id }: Scenario) {
  return { capture: `${id}.pcapng`, events: `${id}.events.ndjson` };
}

function openFiles(folder: string, scenario: Scenario) {
  const files = new GrowingFiles(folder);
  const { capture, events } = streamFileNames(scenario);
  return { folder: files, capture: openSync(files.pathOf(capture), "w"), events: openSync(files.pathOf(events), "w") };
}

export class RecordingStream implements RunWatcher {
  readonly #folder: string;
  readonly #names: readonly string[];
  readonly #files: { readonly folder: GrowingFiles; readonly capture: number; readonly events: number } | null;
  readonly #writer: PcapngWriter;
  #text = "";
  #isOpen = true;
  frames = 0;

  /** Creates the files in `folder`, named after the scenario. Throws a UsageError if it can't write them. */
  constructor(folder: string, scenario: Scenario, seed: string, machines: readonly RecordedMachine[]) {
    this.#folder = folder;
    this.#names = machines.map((machine) => machine.name);
    this.#files = folder === STANDARD_STREAM ? null : openFiles(folder, scenario);
    const { capture } = this.#files ?? {};
    const output = capture === undefined ? new OutputFile(STANDARD_STREAM) : null;
    const sink = (chunk: Uint8Array) => (capture === undefined ? output?.append(chunk) : this.#write(capture, chunk));
    this.#writer = createCaptureWriter(sink, scenario, seed);
    this.#writer.writeHostNames(machines.map((m) => [m.address, m.name] as const));
  }

  frame(timeUs: number, b: Uint8Array, at: number, len: number): void {
    this.frames++;
    this.#writer.writePacket(0, timeUs, b, at, len);
  }

  event(atUs: number, machine: number, layer: RecordedEvent["layer"], event: RecordedEvent["event"]): void {
    if (IN_CAPTURE.has(event.type) || this.#files === null) return;
    this.#text += `${eventJson({ atUs, machine: this.#names[machine], layer, event })}\n`;
    if (this.#text.length >= TEXT_CHUNK) this.#flush();
  }

  #flush(): void {
    if (this.#files) this.#write(this.#files.events, this.#text);
    this.#text = "";
  }

  #write(file: number, content: Uint8Array | string): void {
    try {
      writeFileSync(file, content);
    } catch (error) {
      throw new UsageError(`--out ${this.#folder}: cannot write there: ${systemReason(error)}`);
    }
  }

  /** Closes the files and gives them their final names. */
  end(): void {
    this.#flush();
    this.#writer.end();
    this.#close();
    try {
      this.#files?.folder.finish();
    } catch (error) {
      this.#files?.folder.discard();
      throw new UsageError(`--out ${this.#folder}: cannot write there: ${systemReason(error)}`);
    }
  }

  /** Closes the files and removes them. */
  discard(): void {
    this.#close();
    this.#files?.folder.discard();
  }

  #close(): void {
    if (!this.#isOpen) return;
    this.#isOpen = false;
    if (!this.#files) return;
    closeSync(this.#files.capture);
    closeSync(this.#files.events);
  }
}

/**
 * Writes a run to disk as it goes: the capture, and the events that are not a datagram's alone, which the capture has. What is in memory
 * stays the same however long the run.
 */

import { closeSync, openSync, writeSync } from "node:fs";
import { PcapngWriter } from "@pushback/capture";
import { ENGINE_VERSION, type RecordedEvent, type RecordedMachine, type RunWatcher, type Scenario } from "@pushback/scenario";
import { CliError, systemReason } from "./cli-error.ts";

/** Told millions of times, and each to be seen in the capture. */
const IN_CAPTURE: ReadonlySet<RecordedEvent["event"]["type"]> = new Set([
  "datagram-sent",
  "udp-no-port",
  "udp-delivered",
  "icmp-error-sent",
  "icmp-error-received",
]);

const TEXT_CHUNK = 1 << 16;

export class RecordingStream implements RunWatcher {
  readonly #names: readonly string[];
  readonly #capture: number;
  readonly #events: number;
  readonly #writer: PcapngWriter;
  #text = "";
  frames = 0;

  constructor(capturePath: string, eventsPath: string, scenario: Scenario, seed: string, machines: readonly RecordedMachine[]) {
    this.#names = machines.map((machine) => machine.name);
    try {
      this.#capture = openSync(capturePath, "w");
      this.#events = openSync(eventsPath, "w");
    } catch (error) {
      throw new CliError(`cannot write ${capturePath}: ${systemReason(error)}`);
    }
    this.#writer = new PcapngWriter((chunk) => writeSync(this.#capture, chunk), {
      application: `Pushback ${ENGINE_VERSION}`,
      comment: `Scenario ${scenario.id}, seed ${seed}: ${scenario.title}`,
      epochUs: Date.parse(scenario.start) * 1000,
    });
    this.#writer.addInterface({ name: "segment", description: "Emulated Ethernet segment" });
    this.#writer.writeHostNames(machines.map((m) => [m.address, m.name] as const));
  }

  frame(timeUs: number, b: Uint8Array, at: number, len: number): void {
    this.frames++;
    this.#writer.writePacket(0, timeUs, b, at, len);
  }

  event(atUs: number, machine: number, layer: RecordedEvent["layer"], event: RecordedEvent["event"]): void {
    if (IN_CAPTURE.has(event.type)) return;
    this.#text += `${JSON.stringify({ atUs, machine: this.#names[machine], layer, event })}\n`;
    if (this.#text.length >= TEXT_CHUNK) this.#flush();
  }

  #flush(): void {
    writeSync(this.#events, this.#text);
    this.#text = "";
  }

  end(): void {
    this.#flush();
    this.#writer.end();
    closeSync(this.#capture);
    closeSync(this.#events);
  }
}

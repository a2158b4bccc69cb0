/** A platform's machine without an emulated stack: its programs run on this computer's sockets; its boot and ways down are the platform's. */

import { type Host, type Ipv4Address, type PlatformVariant, valuesOf, type WayDown } from "@pushback/host";
import { createKernelHost, type KernelHost, LiveScheduler } from "@pushback/live";
import { fasterBoot, type LiveMachine, type MachineEventListener } from "./live-machine.ts";

export interface KernelMachineSettings {
  readonly variant: PlatformVariant;
  readonly name: string;
  /** Address of this computer on the path to the server. */
  readonly address: Ipv4Address;
  readonly bootSpeed: number;
  readonly onEvent: MachineEventListener;
}

/** Creates a machine that is switched off. The computer's kernel is not part of it: it answers for closed ports even while this machine is off. */
export class KernelMachine implements LiveMachine {
  readonly #settings: KernelMachineSettings;
  readonly #scheduler = new LiveScheduler();
  #state: LiveMachine["state"] = "off";
  #host: KernelHost | null = null;
  #pending = 0;
  #ready: (() => void)[] = [];
  #leaving: ((way: WayDown) => void)[] = [];

  constructor(settings: KernelMachineSettings) {
    this.#settings = settings;
  }

  get state(): LiveMachine["state"] {
    return this.#state;
  }

  host(): Host | null {
    return this.#host;
  }

  onReady(run: () => void): void {
    if (this.#state === "ready") this.#later(0, run);
    else this.#ready.push(run);
  }

  onGoingDown(run: (way: WayDown) => void): void {
    this.#leaving.push(run);
  }

  powerOn(): void {
    if (this.#state !== "off") return;
    this.#state = "booting";
    this.#boot([...(fasterBoot(this.#settings.variant, this.#settings.bootSpeed).phases ?? [])]);
  }

  goDown(way: WayDown, { thenBoot } = { thenBoot: false }): void {
    if (this.#state !== "booting" && this.#state !== "ready") return;
    const { logsOff, takesUs } = valuesOf(this.#settings.variant.goingDown)[way];
    const leaving = this.#leaving;
    this.#leaving = [];
    if (logsOff && this.#state === "ready") for (const run of leaving) run(way);
    this.#state = "going-down";
    this.#settings.onEvent({ type: "machine-going-down", way });
    this.#scheduler.cancel(this.#pending);
    const off = () => {
      this.#host?.kill();
      this.#host = null;
      this.#state = "off";
      this.#settings.onEvent({ type: "machine-off" });
      if (thenBoot) this.powerOn();
    };
    if (takesUs === 0) off();
    else this.#later(takesUs, off);
  }

  #boot(phases: NonNullable<ReturnType<typeof fasterBoot>["phases"]>[number][]): void {
    const phase = phases.shift();
    if (phase !== undefined) {
      this.#settings.onEvent({ type: "boot-phase", phase });
      this.#later(phase.durationUs, () => this.#boot(phases));
      return;
    }
    const { name, address, onEvent } = this.#settings;
    this.#host = createKernelHost({ name, address });
    this.#state = "ready";
    onEvent({ type: "machine-ready" });
    const ready = this.#ready;
    this.#ready = [];
    for (const run of ready) run();
  }

  #later(delayUs: number, run: () => void): void {
    this.#pending = this.#scheduler.schedule(delayUs, (call: () => void) => call(), run);
  }
}

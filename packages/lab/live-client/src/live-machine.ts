/** A machine of a platform in real time: with its own stack on a TAP interface, or on the sockets of this computer. */

import { formatMac } from "@pushback/bytes";
import { type BootModel, type Ipv4Address, type PlatformVariant, valuesOf } from "@pushback/host";
import { createTapCard, LiveScheduler } from "@pushback/live";
import { createSystemServices } from "@pushback/services";
import { createRandom } from "@pushback/sim";
import { createMachine, type Machine, type MachineEvent, type StackEvent } from "@pushback/stack";
import { type LiveRecording, startRecording } from "./live-recording.ts";

/** The part of `Machine` (package stack) that the actions of a user need. */
export type LiveMachine = Pick<Machine, "state" | "host" | "onReady" | "onGoingDown" | "goDown" | "powerOn">;

/** Called with each event of the machine and of its stack. */
export type MachineEventListener = (event: MachineEvent | StackEvent) => void;

/** Speed of the boot: 1 takes as long as the platform says, 10 a tenth of that, Infinity no time. */
export function fasterBoot(variant: PlatformVariant, speed: number): Partial<BootModel> {
  return { phases: valuesOf(variant.boot).phases.map((phase) => ({ ...phase, durationUs: Math.round(phase.durationUs / speed) })) };
}

/**
 * Settings of a machine on a TAP interface. `tap` is the interface's name, `computer` an address that this computer gets on it, and `record` the path
 * of a capture file.
 */
export interface TapMachineSettings {
  readonly variant: PlatformVariant;
  readonly name: string;
  readonly tap: string;
  readonly bridge?: string;
  readonly computer?: { readonly address: Ipv4Address; readonly prefixLength: number };
  readonly mac: Uint8Array;
  readonly address: Ipv4Address;
  readonly netmask: Ipv4Address;
  readonly gateway: Ipv4Address | null;
  readonly bootSpeed: number;
  readonly record?: string;
  readonly onEvent: MachineEventListener;
}

/** A machine on a TAP interface. */
export interface TapMachine {
  readonly machine: LiveMachine;
  /** Removes the interface and ends the recording. */
  close(): void;
}

/** Creates the interface and a machine on it that is switched off. Throws a LiveError or a UsageError; then nothing is left behind. */
export function createTapMachine(settings: TapMachineSettings): TapMachine {
  const { variant, name, tap, bridge, computer, mac, address, netmask, gateway, bootSpeed, record, onEvent } = settings;
  const scheduler = new LiveScheduler();
  let recording: LiveRecording | null = null;
  const card = createTapCard({
    name: tap,
    mac,
    scheduler,
    ...(bridge !== undefined && { bridge }),
    ...(computer !== undefined && { computer }),
    onFrame: (b, at, len) => recording?.write(scheduler.nowUs(), b, at, len),
  });
  try {
    if (record !== undefined) recording = startRecording(record, tap, `${variant.title}, ${formatMac(mac)}`);
  } catch (error) {
    card.close();
    throw error;
  }
  const machine = createMachine({
    name,
    address,
    netmask,
    gateway,
    variant,
    boot: fasterBoot(variant, bootSpeed),
    card,
    scheduler,
    // Every run is seeded differently: random numbers become contexts and ISNs, by which a server tells clients apart.
    random: createRandom(`${process.pid} ${process.hrtime.bigint()}`),
    onEvent,
    services: createSystemServices(valuesOf(variant.personality).systemServices),
  });
  return {
    machine,
    close() {
      card.close();
      scheduler.stop();
      recording?.close();
    },
  };
}

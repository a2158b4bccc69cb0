/** One machine of a platform on a segment, and a card without a stack beside it, whose frames a test writes and reads. */

import { formatHex } from "@pushback/bytes";
import { type BootModel, type Host, type Personality, type PlatformVariant, valuesOf } from "@pushback/host";
import { createSystemServices } from "@pushback/services";
import { Segment, type SegmentCard, Simulation } from "@pushback/sim";
import { createMachine, type Machine, type MachineEvent, type StackEvent } from "@pushback/stack";
import { ARP_REQUEST, getArpTargetAddress, putMac } from "@pushback/wire";
import {
  arpReplyFrame,
  frameOfHex,
  MACHINE_ADDRESS,
  MACHINE_MAC,
  PEER_ADDRESS,
  PEER_MAC,
  type ReadFrame,
  readFrame,
  type SeenFrame,
} from "./frames.ts";

export const SECOND = 1_000_000;

/** Delay from card to card, in microseconds. */
const LATENCY_US = 100;

export interface BenchOptions {
  readonly seed?: string;
  /** Jitter of the boot; 0 where left out, so that phases last exactly as long as declared. */
  readonly jitter?: number;
  readonly hostName?: string;
  readonly boot?: Partial<BootModel>;
  readonly personality?: Partial<Personality>;
}

export interface TimedMachineEvent {
  readonly atUs: number;
  readonly event: MachineEvent | StackEvent;
}

/** Six bytes of a 48-bit integer. */
export function macBytes(mac: number): Uint8Array {
  const b = new Uint8Array(6);
  putMac(b, 0, mac);
  return b;
}

/** The machine under test: switched off until `boot` or `machine.powerOn()`. */
export class PlatformBench {
  readonly simulation: Simulation;
  readonly segment: Segment;
  readonly machine: Machine;
  readonly events: TimedMachineEvent[] = [];
  readonly frames: SeenFrame[] = [];
  readonly #variant: PlatformVariant;
  readonly #peer: SegmentCard | null;
  #taken = 0;

  /** Without `withPeer` the peer's address is free for a real server. */
  constructor(variant: PlatformVariant, options: BenchOptions = {}, withPeer = true) {
    this.#variant = variant;
    this.simulation = new Simulation({ seed: options.seed ?? "bench", epochMs: Date.UTC(1996, 11, 2, 9) });
    const random = this.simulation.random;
    this.segment = new Segment(this.simulation, random.fork("segment"), { latencyUs: LATENCY_US, jitterUs: 0, loss: 0 });
    this.segment.tap((b, at, len, from) =>
      this.frames.push({ atUs: this.simulation.nowUs(), from: this.segment.nameAt(from), bytes: b.slice(at, at + len) }),
    );
    this.#peer = withPeer ? this.segment.connect("peer", macBytes(PEER_MAC)) : null;
    const receiveFrame = (b: Uint8Array, at: number): void => {
      // The peer has no stack; it only answers ARP requests for its address.
      const isArpRequest = b[at + 12] === 0x08 && b[at + 13] === 0x06 && b[at + 21] === ARP_REQUEST;
      if (isArpRequest && getArpTargetAddress(b, at + 14) === PEER_ADDRESS) this.#transmit(arpReplyFrame());
    };
    this.#peer?.setReceiver({ receiveFrame });
    this.machine = createMachine({
      name: options.hostName ?? "WORKSTATION",
      address: MACHINE_ADDRESS,
      netmask: 0xffffff00,
      gateway: null,
      variant,
      card: this.segment.connect("machine", macBytes(MACHINE_MAC)),
      scheduler: this.simulation,
      random: random.fork("machine"),
      services: createSystemServices(valuesOf(variant.personality).systemServices),
      boot: { jitter: options.jitter ?? 0, ...options.boot },
      ...(options.personality && { personality: options.personality }),
      onEvent: (event) => this.events.push({ atUs: this.simulation.nowUs(), event }),
    });
  }

  get nowUs(): number {
    return this.simulation.nowUs();
  }

  runFor(us: number): void {
    this.simulation.runUntil(this.nowUs + us);
  }

  /** Switches the machine on, waits until it is ready and its stack is loaded, and tells it the peer's hardware address. */
  boot(): this {
    this.machine.powerOn();
    this.runFor(600 * SECOND);
    if (this.machine.state !== "ready") throw new Error("the machine did not boot within ten minutes");
    // A program that keeps an endpoint open keeps an on-demand stack loaded.
    if (this.#variant.boot.stack.value.kind === "on-demand") this.host().openUdp(9, { onDatagram: () => {} });
    this.runFor(60 * SECOND);
    if (this.#peer) this.send(arpReplyFrame());
    this.take();
    return this;
  }

  /** Host that programs run on; throws if there is none. */
  host(): Host {
    const host = this.machine.host();
    if (!host) throw new Error("the machine runs no programs now");
    return host;
  }

  /** Puts a frame of the peer on the wire and lets `waitUs` pass. */
  send(frame: Uint8Array, waitUs = 10_000): void {
    this.#transmit(frame);
    this.runFor(waitUs);
  }

  #transmit(frame: Uint8Array): void {
    this.#peer?.transmit(frame, 0, frame.length);
  }

  /** Frames that the machine has sent since the last call. */
  take(): ReadFrame[] {
    const fresh = this.frames.slice(this.#taken);
    this.#taken = this.frames.length;
    return fresh.filter((frame) => frame.from === "machine").map(readFrame);
  }

  /** Sends a frame and returns the machine's answers within `waitUs`. */
  ask(frame: Uint8Array, waitUs = 10_000): ReadFrame[] {
    this.take();
    this.send(frame, waitUs);
    return this.take();
  }

  /** As `ask`, with the frame sent and the frames returned in hexadecimal. */
  askHex(hex: string, waitUs = 10_000): string[] {
    return this.ask(frameOfHex(hex), waitUs).map((frame) => formatHex(frame.bytes));
  }

  /** Opens a listener on the machine that accepts and reads everything. */
  listen(port: number): void {
    this.host().listenTcp(port, { onAccept: () => ({ onData: () => {}, onClosed: () => {} }) });
    this.runFor(1000);
  }

  /** Virtual time of the first event of this type in microseconds; -1 if there was none. */
  firstUs(type: (MachineEvent | StackEvent)["type"]): number {
    return this.events.find((e) => e.event.type === type)?.atUs ?? -1;
  }
}

/** A machine of this variant that has booted and knows the peer's hardware address. */
export function bootedBench(variant: PlatformVariant, options: BenchOptions = {}): PlatformBench {
  return new PlatformBench(variant, options).boot();
}

export { PEER_ADDRESS };

/** Network card of an emulated machine on a TAP interface: frames go to the kernel of this computer and come from it. */

import type { FrameReceiver, NetworkCard } from "@pushback/host";
import { type ForeignCalls, foreignCalls } from "./foreign-calls.ts";
import type { LiveScheduler } from "./live-scheduler.ts";
import { unwatch, watchReadable } from "./readiness.ts";
import { openTap, type TapDevice, type TapSettings } from "./tap-device.ts";

/** Shortest Ethernet frame without FCS (IEEE 802.3); a real card pads to it. */
const MIN_FRAME = 60;
const MAX_FRAME = 1514;

/** Frames read at once before other events of the program run. */
const BATCH = 64;

/** Settings of a network card on a TAP interface. */
export interface TapCardSettings extends TapSettings {
  /** Hardware address, six bytes. */
  readonly mac: Uint8Array;
  readonly scheduler: LiveScheduler;
  /** Sees every frame on the cable, in both directions, whether or not it is for the card; bytes are valid during the call only. */
  readonly onFrame?: (b: Uint8Array, at: number, len: number, sent: boolean) => void;
}

/** Opens the interface. Throws a LiveError. */
export function createTapCard(settings: TapCardSettings): TapCard {
  return new TapCard(settings, openTap(settings), foreignCalls());
}

/** A network card that is a TAP interface of this computer: frames of an emulated machine cross to the kernel's stack. Linux only; needs the right to create one. */
export class TapCard implements NetworkCard {
  readonly mac: Uint8Array;
  readonly mtu = 1500;
  readonly #scheduler: LiveScheduler;
  readonly #onFrame: TapCardSettings["onFrame"];
  readonly #device: TapDevice;
  readonly #calls: ForeignCalls;
  readonly #in = new Uint8Array(MAX_FRAME + 64);
  readonly #out = new Uint8Array(MAX_FRAME);
  #receiver: FrameReceiver | null = null;
  #closed = false;

  constructor(settings: TapCardSettings, device: TapDevice, calls: ForeignCalls) {
    this.mac = settings.mac.slice(0, 6);
    this.#scheduler = settings.scheduler;
    this.#onFrame = settings.onFrame;
    this.#device = device;
    this.#calls = calls;
    watchReadable(device.fd, () => this.#readFrames());
  }

  /** A frame that the kernel does not accept, for example because the interface is down, is lost as on an unplugged cable. */
  transmit(b: Uint8Array, at: number, len: number): void {
    if (this.#closed || len > MAX_FRAME) return;
    this.#out.set(b.subarray(at, at + len));
    const padded = Math.max(len, MIN_FRAME);
    this.#out.fill(0, len, padded);
    this.#onFrame?.(this.#out, 0, padded, true);
    this.#calls.write(this.#device.fd, this.#out.subarray(0, padded));
  }

  setReceiver(receiver: FrameReceiver | null): void {
    this.#receiver = receiver;
  }

  /** Removes the interface. */
  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#receiver = null;
    unwatch(this.#device.fd);
    this.#device.close();
  }

  #readFrames(): void {
    for (let i = 0; i < BATCH && !this.#closed; i++) {
      const len = this.#calls.read(this.#device.fd, this.#in);
      if (len < 14) return;
      this.#scheduler.enter(() => this.#take(len));
    }
  }

  #take(len: number): void {
    const frame = this.#in;
    this.#onFrame?.(frame, 0, len, false);
    if (this.#receiver !== null && this.#isForUs(frame)) this.#receiver.receiveFrame(frame, 0, len);
  }

  /** Whether the destination is this card's address or a group address (IEEE 802.3). */
  #isForUs(frame: Uint8Array): boolean {
    if (frame[0] & 1) return true;
    for (let i = 0; i < 6; i++) if (frame[i] !== this.mac[i]) return false;
    return true;
  }
}

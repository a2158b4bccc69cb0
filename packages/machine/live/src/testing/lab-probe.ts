/** A machine of a variant on a simulated cable, and a probe at the other end that sends frames and records the answers. */

import { type PlatformVariant, valuesOf } from "@pushback/host";
import { findVariant } from "@pushback/scenario";
import { createSystemServices } from "@pushback/services";
import { Segment, Simulation } from "@pushback/sim";
import { createMachine, type Machine } from "@pushback/stack";
import { COMPUTER_ADDRESS, MACHINE_ADDRESS, NETMASK } from "./bench-addresses.ts";

const MACHINE_MAC = [2, 0, 10, 77, 0, 2];
const COMPUTER_MAC = [2, 0, 10, 77, 0, 1];

function checksum(bytes: readonly number[], start = 0): number {
  let sum = start;
  for (let i = 0; i < bytes.length; i += 2) sum += (bytes[i] << 8) | (bytes[i + 1] ?? 0);
  while (sum > 0xffff) sum = (sum & 0xffff) + (sum >>> 16);
  return ~sum & 0xffff;
}

const u16 = (n: number) => [(n >>> 8) & 255, n & 255];
const u32 = (n: number) => [...u16(n >>> 16), ...u16(n)];

/** Builds a frame with a datagram from the computer to the machine. `checksumAt` is the offset of the checksum in `payload`. */
function datagram(protocol: number, payload: number[], checksumAt: number, tos = 0, df = false): Uint8Array {
  const pseudo = protocol === 1 ? [] : [...u32(COMPUTER_ADDRESS), ...u32(MACHINE_ADDRESS), 0, protocol, ...u16(payload.length)];
  const body = [...payload];
  body.splice(checksumAt, 2, ...u16(checksum([...pseudo, ...payload])));
  const ip = [
    0x45,
    tos,
    ...u16(20 + body.length),
    ...u16(0x1042),
    df ? 0x40 : 0,
    0,
    61,
    protocol,
    0,
    0,
    ...u32(COMPUTER_ADDRESS),
    ...u32(MACHINE_ADDRESS),
  ];
  ip.splice(10, 2, ...u16(checksum(ip)));
  return Uint8Array.from([...MACHINE_MAC, ...COMPUTER_MAC, 8, 0, ...ip, ...body]);
}

/** Like nmap's U1 probe: 300 bytes to a closed port. */
export function udpProbe(port: number): Uint8Array {
  return datagram(17, [...u16(40000), ...u16(port), ...u16(308), 0, 0, ...new Array<number>(300).fill(0x43)], 6);
}

/** A SYN with an MSS of 1460 and the options of a modern peer. */
export function synProbe(port: number): Uint8Array {
  const options = [2, 4, ...u16(1460), 4, 2, 8, 10, ...u32(1), ...u32(0), 1, 3, 3, 7];
  return datagram(6, [...u16(40001), ...u16(port), ...u32(1000), ...u32(0), 0xa0, 2, ...u16(64240), 0, 0, 0, 0, ...options], 16);
}

/** Acknowledgment number and sequence number of a `tcpProbe`. */
export const PROBE_ACK = 0x12345678;
export const PROBE_SEQ = 1000;

/** A segment with these flag bits, window and options; the list of options is padded with zeros. */
export function tcpProbe(port: number, flags: number, window: number, options: readonly number[] = [], srcPort = 40002): Uint8Array {
  const padded = [...options, ...new Array<number>(-options.length & 3).fill(0)];
  const words = (20 + padded.length) / 4;
  const ack = flags & 0x10 ? PROBE_ACK : 0;
  return datagram(
    6,
    [...u16(srcPort), ...u16(port), ...u32(PROBE_SEQ), ...u32(ack), words << 4, flags, ...u16(window), 0, 0, 0, 0, ...padded],
    16,
  );
}

/** An ICMP message of this type and code: identifier 1, number 1, and `rest`. */
export function icmpProbe(type: number, code: number, rest: readonly number[], tos = 0, df = false): Uint8Array {
  return datagram(1, [type, code, 0, 0, 0, 1, 0, 1, ...rest], 2, tos, df);
}

export class LabProbe {
  readonly variant: PlatformVariant;
  readonly machine: Machine;
  /** Frames that the machine sent, except ARP. */
  readonly heard: Uint8Array[] = [];
  readonly #simulation = new Simulation({ seed: 1, epochMs: 0 });
  readonly #send: (frame: Uint8Array) => void;

  constructor(variantId: string) {
    const variant = findVariant(variantId);
    if (!variant) throw new Error(`unknown variant ${variantId}`);
    this.variant = variant;
    const segment = new Segment(this.#simulation, this.#simulation.random, { latencyUs: 10, jitterUs: 0, loss: 0 });
    const computer = segment.connect("computer", Uint8Array.from(COMPUTER_MAC));
    this.#send = (frame) => computer.transmit(frame, 0, frame.length);
    const receiveFrame = (b: Uint8Array, at: number, len: number): void => {
      const frame = b.slice(at, at + len);
      const isArpForUs =
        frame[12] === 8 && frame[13] === 6 && frame[21] === 1 && frame.slice(38, 42).join() === u32(COMPUTER_ADDRESS).join();
      if (isArpForUs) {
        const reply = [...frame.slice(6, 12), ...COMPUTER_MAC, 8, 6, 0, 1, 8, 0, 6, 4, 0, 2, ...COMPUTER_MAC, ...u32(COMPUTER_ADDRESS)];
        this.#send(Uint8Array.from([...reply, ...frame.slice(22, 32)]));
      } else if (frame[12] === 8 && frame[13] === 0) {
        this.heard.push(frame);
      }
    };
    computer.setReceiver({ receiveFrame });
    this.machine = createMachine({
      name: "PROBED",
      address: MACHINE_ADDRESS,
      netmask: NETMASK,
      gateway: null,
      variant,
      card: segment.connect("machine", Uint8Array.from(MACHINE_MAC)),
      scheduler: this.#simulation,
      random: this.#simulation.random,
      services: createSystemServices(valuesOf(variant.personality).systemServices),
      boot: { phases: valuesOf(variant.boot).phases.map((phase) => ({ ...phase, durationUs: 0 })) },
    });
    this.machine.powerOn();
    this.pass();
    // An on-demand stack is loaded only while a program has an endpoint open.
    this.machine.host()?.listenTcp(139, { onAccept: () => ({ onData() {}, onClosed() {} }) });
    this.pass();
  }

  /** Lets virtual time pass, one second unless told otherwise. */
  pass(us = 1_000_000): void {
    this.#simulation.runUntil(this.#simulation.nowUs() + us);
  }

  /** Sends a frame and returns the first frame that comes back; `undefined` if none does. */
  askFor(frame: Uint8Array): Uint8Array | undefined {
    return this.ask(frame);
  }

  /** Like `askFor`, for a frame that is certainly answered. `passUs`: virtual time to wait for the answer, in microseconds. */
  ask(frame: Uint8Array, passUs = 1_000_000): Uint8Array {
    this.heard.length = 0;
    this.#send(frame);
    this.pass(passUs);
    return this.heard[0];
  }

  /** Lets a program connect and returns the machine's SYN. */
  syn(): Uint8Array {
    this.heard.length = 0;
    this.machine.host()?.connectTcp(COMPUTER_ADDRESS, 80, { onData() {}, onClosed() {} });
    this.pass();
    return this.heard[0];
  }
}

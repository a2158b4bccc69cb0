/** Plays dialogues with the stack of a variant, in virtual time. */

import { internetChecksum, putU16be, putU32be } from "@pushback/bytes";
import { type FrameReceiver, type NetworkCard, type TcpConnection, type TcpHandlers, valuesOf } from "@pushback/host";
import { findVariant } from "@pushback/scenario";
import { Simulation } from "@pushback/sim";
import { createStack } from "@pushback/stack";
import { COMPUTER_ADDRESS, MACHINE_ADDRESS, NETMASK } from "./bench-addresses.ts";
import { LISTENER_PORT, type ProgramStep, playDialogue, type TcpDialogue, UNREAD_PORT } from "./dialogue-player.ts";
import { type HeardSegment, segmentOfFrame } from "./dialogue-segment.ts";

const STACK_MAC = Uint8Array.of(2, 0, 10, 77, 0, 2);
const OWN_MAC = Uint8Array.of(2, 0, 10, 77, 0, 1);
const OWN_PORT = 20_000;

/** A card whose cable ends in the script. */
class ScriptCard implements NetworkCard {
  readonly mac = STACK_MAC;
  readonly mtu = 1500;
  receiver: FrameReceiver | null = null;
  readonly #onFrame: (frame: Uint8Array) => void;

  constructor(onFrame: (frame: Uint8Array) => void) {
    this.#onFrame = onFrame;
  }

  transmit(b: Uint8Array, at: number, len: number): void {
    this.#onFrame(b.slice(at, at + len));
  }

  setReceiver(receiver: FrameReceiver | null): void {
    this.receiver = receiver;
  }
}

/** An ICMP error of the script's machine: it quotes the IP header of `about`, a frame of the stack, and 8 bytes (RFC 792; RFC 1191 section 4). */
function icmpErrorFrame(about: Uint8Array, type: number, code: number, nextHopMtu: number): Uint8Array {
  const frame = new Uint8Array(14 + 20 + 8 + 28);
  frame.set([...STACK_MAC, ...OWN_MAC, 8, 0, 0x45, 0, 0, 56], 0);
  frame.set([64, 1], 22);
  putU32be(frame, 26, COMPUTER_ADDRESS);
  putU32be(frame, 30, MACHINE_ADDRESS);
  putU16be(frame, 24, internetChecksum(frame, 14, 20));
  frame.set([type, code], 34);
  putU16be(frame, 40, nextHopMtu);
  frame.set(about.subarray(14, 42), 42);
  putU16be(frame, 36, internetChecksum(frame, 34, 36));
  return frame;
}

/** Like `playDialogue`, with a stack that has just started. */
export async function playWithStack(variantId: string, dialogue: TcpDialogue): Promise<string[]> {
  const variant = findVariant(variantId);
  if (!variant) throw new Error(`unknown variant ${variantId}`);
  const simulation = new Simulation({ seed: "dialogue", epochMs: 0 });
  const queue: HeardSegment[] = [];
  let last: Uint8Array = new Uint8Array(0);
  const send = (frame: Uint8Array) => card.receiver?.receiveFrame(frame, 0, frame.length);
  const card = new ScriptCard((frame) => {
    const isArpForUs = frame[12] === 8 && frame[13] === 6 && frame[21] === 1 && frame[41] === (COMPUTER_ADDRESS & 255);
    if (isArpForUs) {
      const reply = [...STACK_MAC, ...OWN_MAC, 8, 6, 0, 1, 8, 0, 6, 4, 0, 2, ...OWN_MAC, ...frame.slice(38, 42), ...frame.slice(22, 32)];
      simulation.schedule(0, send, Uint8Array.from([...reply, ...new Array<number>(18).fill(0)]));
    }
    const segment = segmentOfFrame(frame);
    if (segment === null) return;
    queue.push(segment);
    last = frame;
  });
  const stack = createStack({
    name: "host",
    address: MACHINE_ADDRESS,
    netmask: NETMASK,
    gateway: null,
    personality: valuesOf(variant.personality),
    card,
    scheduler: simulation,
    random: simulation.random.fork("host"),
  });
  stack.start();
  let connection: TcpConnection | null = null;
  const handlers: TcpHandlers = { onData() {}, onClosed() {} };
  const listen = (port: number, reads: boolean) =>
    stack.host.listenTcp(port, {
      onAccept(accepted) {
        connection = accepted;
        if (!reads) accepted.pauseReading();
        return handlers;
      },
    });
  listen(LISTENER_PORT, true);
  listen(UNREAD_PORT, false);
  const wait = (ms: number) => simulation.runUntil(simulation.nowUs() + ms * 1000);
  wait(10);
  const program = (step: ProgramStep) => {
    if (step === "connect") connection = stack.host.connectTcp(COMPUTER_ADDRESS, OWN_PORT, handlers);
    else if (step === "close" || step === "leave") connection?.close();
    else if (step === "abort") connection?.abort();
    else if (step === "read") connection?.resumeReading();
    else connection?.send(new Uint8Array(Number(step.slice(5))));
  };
  const steps = await playDialogue(dialogue, {
    ends: { ownMac: OWN_MAC, ownAddress: COMPUTER_ADDRESS, ownPort: OWN_PORT, otherMac: STACK_MAC, otherAddress: MACHINE_ADDRESS },
    send: (frame) => void send(frame),
    sendIcmp: (type, code, nextHopMtu) => void send(icmpErrorFrame(last, type, code, nextHopMtu)),
    take: () => queue.splice(0),
    wait: async (ms) => wait(ms),
    program,
  });
  stack.kill();
  return steps;
}

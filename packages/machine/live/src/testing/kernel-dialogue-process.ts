/**
 * Plays dialogues with the kernel's TCP in a separate network namespace. This process holds the far end of a TAP interface, and also runs the
 * programs on the kernel's sockets. Input: one JSON line with an array of dialogues. Output: one JSON line per dialogue. The process ends when its
 * standard input does.
 */

import { spawnSync } from "node:child_process";
import { writeFileSync } from "node:fs";
import { connect, createServer, type Socket } from "node:net";
import { createInterface } from "node:readline";
import { getU32be, putU32be } from "@pushback/bytes";
import { foreignCalls } from "../foreign-calls.ts";
import { openTap } from "../tap-device.ts";
import { COMPUTER_ADDRESS, COMPUTER_TEXT, MACHINE_ADDRESS, MACHINE_TEXT, TAP } from "./bench-addresses.ts";
import { LISTENER_PORT, type ProgramStep, plannedMs, playDialogue, type TcpDialogue, UNREAD_PORT } from "./dialogue-player.ts";
import { type HeardSegment, segmentOfFrame } from "./dialogue-segment.ts";

/** Dialogues under way at a time: each mostly waits. */
const AT_ONCE = 12;

/** A dialogue that took this many milliseconds longer than planned may have met timers outside the script, and is played again. */
const STALLED_MS = 250;
const ATTEMPTS = 5;

const OWN_MAC = Uint8Array.of(2, 0, 10, 77, 0, 2);
const BROADCAST = new Uint8Array(6).fill(255);

const calls = foreignCalls();
const { fd } = openTap({ name: TAP, computer: { address: COMPUTER_ADDRESS, prefixLength: 24 } });
/** Makes the kernel answer every out-of-window segment; by default it answers one every half second (Documentation/networking/ip-sysctl.rst). */
writeFileSync("/proc/sys/net/ipv4/tcp_invalid_ratelimit", "0");
writeFileSync("/proc/sys/net/ipv4/tcp_challenge_ack_limit", "2147483647");
writeFileSync("/proc/sys/net/ipv4/tcp_rmem", "4096 8192 8192");
// A minimum RTO of 10 s keeps retransmissions out of the dialogues.
const route = spawnSync("ip", ["route", "replace", "10.77.0.0/24", "dev", TAP, "src", COMPUTER_TEXT, "rto_min", "10s"]);
if (route.status !== 0) throw new Error(`no route with its own time-out: ${route.stderr}`);

const kernelMac = new Uint8Array(6);
const heard = new Map<number, HeardSegment[]>();
const sockets = new Map<number, Socket>();
const frame = new Uint8Array(2048);

function arp(operation: number, targetMac: Uint8Array): Uint8Array {
  const b = new Uint8Array(60);
  b.set(operation === 1 ? BROADCAST : targetMac, 0);
  b.set(OWN_MAC, 6);
  b.set([8, 6, 0, 1, 8, 0, 6, 4, 0, operation], 12);
  b.set(OWN_MAC, 22);
  putU32be(b, 28, MACHINE_ADDRESS);
  b.set(targetMac, 32);
  putU32be(b, 38, COMPUTER_ADDRESS);
  return b;
}

function drain(): void {
  for (;;) {
    const len = calls.read(fd, frame);
    if (len < 34) return;
    if (frame[12] === 8 && frame[13] === 6 && getU32be(frame, 28) === COMPUTER_ADDRESS) {
      kernelMac.set(frame.subarray(22, 28));
      if (frame[21] === 1 && getU32be(frame, 38) === MACHINE_ADDRESS) calls.write(fd, arp(2, kernelMac));
      continue;
    }
    const segment = segmentOfFrame(frame.subarray(0, len));
    if (segment !== null) heard.get(segment.ownPort)?.push(segment);
  }
}

function adopt(port: number, socket: Socket): void {
  sockets.set(port, socket);
  socket.on("error", () => {});
}

function listen(port: number, reads: boolean): Promise<void> {
  const server = createServer({ allowHalfOpen: true, pauseOnConnect: true }, (socket) => {
    adopt(socket.remotePort ?? 0, socket);
    if (reads) socket.resume();
  });
  return new Promise((resolve) => server.listen(port, COMPUTER_TEXT, 4096, resolve));
}

function program(ownPort: number, step: ProgramStep): void {
  if (step === "connect") {
    adopt(ownPort, connect({ host: MACHINE_TEXT, port: ownPort, allowHalfOpen: true }).resume());
    return;
  }
  const socket = sockets.get(ownPort);
  if (step === "close") socket?.end();
  else if (step === "leave") socket?.destroy();
  else if (step === "abort") socket?.resetAndDestroy();
  else if (step === "read") socket?.resume();
  else socket?.write(new Uint8Array(Number(step.slice(5))));
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}

let nextPort = 20_000;

async function play(dialogue: TcpDialogue): Promise<string[]> {
  for (let attempt = 1; ; attempt++) {
    const ownPort = nextPort++;
    const queue: HeardSegment[] = [];
    heard.set(ownPort, queue);
    const startMs = performance.now();
    let filledMs = 0;
    const steps = await playDialogue(dialogue, {
      ends: { ownMac: OWN_MAC, ownAddress: MACHINE_ADDRESS, ownPort, otherMac: kernelMac, otherAddress: COMPUTER_ADDRESS },
      send: (bytes) => void calls.write(fd, bytes),
      take() {
        drain();
        return queue.splice(0);
      },
      async wait(ms) {
        await pause(ms);
        if (ms <= 10) filledMs += ms;
      },
      program: (step) => program(ownPort, step),
    });
    const stalled = performance.now() - startMs - filledMs - plannedMs(dialogue) > STALLED_MS;
    sockets.get(ownPort)?.resetAndDestroy();
    heard.delete(ownPort);
    if (!stalled || attempt === ATTEMPTS) return steps;
  }
}

async function playAll(dialogues: readonly TcpDialogue[]): Promise<void> {
  const rest = [...dialogues];
  const worker = async () => {
    for (let dialogue = rest.shift(); dialogue !== undefined; dialogue = rest.shift()) {
      const steps = await play(dialogue);
      process.stdout.write(`${JSON.stringify({ name: dialogue.name, steps })}\n`);
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, worker));
  process.stdout.write(`${JSON.stringify({ name: "", steps: [] })}\n`);
}

await Promise.all([listen(LISTENER_PORT, true), listen(UNREAD_PORT, false)]);
// An ARP request: the kernel learns this end's address from it, and its reply tells the kernel's address.
calls.write(fd, arp(1, new Uint8Array(6)));
while (kernelMac.every((byte) => byte === 0)) {
  drain();
  await pause(5);
}
// Answers ARP requests of the kernel during dialogues and between them.
setInterval(drain, 20);
const lines = createInterface({ input: process.stdin });
lines.on("line", (line) => void playAll(JSON.parse(line) as TcpDialogue[]));
lines.on("close", () => process.exit(0));

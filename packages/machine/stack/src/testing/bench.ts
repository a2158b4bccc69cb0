/** One stack on a card whose frames the test writes and reads. */

import type { FrameReceiver, NetworkCard, Personality } from "@pushback/host";
import { Simulation } from "@pushback/sim";
import { ARP_REQUEST, emitArp, emitEthernet, emitIpv4Header, getMac, type Ipv4Repr, MAC_BROADCAST } from "@pushback/wire";
import type { StackEvent } from "../events.ts";
import { createStack, type Stack } from "../stack.ts";
import { PLAIN } from "./personality.ts";

export const LOCAL = 0x0a000001;
export const PEER = 0x0a000002;
export const LOCAL_MAC = 0x02000000_0001;
export const PEER_MAC = 0x02000000_0002;

export interface SentFrame {
  readonly atUs: number;
  readonly bytes: Uint8Array;
}

export class TestCard implements NetworkCard {
  readonly mac = Uint8Array.of(2, 0, 0, 0, 0, 1);
  readonly mtu: number;
  receiver: FrameReceiver | null = null;
  readonly sent: SentFrame[] = [];
  readonly #sim: Simulation;

  constructor(sim: Simulation, mtu: number) {
    this.#sim = sim;
    this.mtu = mtu;
  }

  transmit(b: Uint8Array, at: number, len: number): void {
    this.sent.push({ atUs: this.#sim.nowUs(), bytes: b.slice(at, at + len) });
  }

  setReceiver(receiver: FrameReceiver | null): void {
    this.receiver = receiver;
  }
}

export interface Bench {
  readonly sim: Simulation;
  readonly card: TestCard;
  readonly stack: Stack;
  readonly events: StackEvent[];
  /** Passes a frame to the stack in a larger buffer that is overwritten afterwards, so that code that keeps a view of the frame fails a test. */
  frame(bytes: Uint8Array): void;
  /** A datagram from PEER to LOCAL; `over` changes the header. */
  datagram(protocol: number, payload: Uint8Array, over?: Partial<Ipv4Repr>, destinationMac?: number): void;
  /** The frames sent since the last call. */
  take(): SentFrame[];
}

export function createBench(over: Partial<Personality> = {}, options: { readonly knowsPeer?: boolean; readonly mtu?: number } = {}): Bench {
  const sim = new Simulation({ seed: "bench", epochMs: 0 });
  const card = new TestCard(sim, options.mtu ?? 1500);
  const events: StackEvent[] = [];
  const stack = createStack({
    name: "host",
    address: LOCAL,
    netmask: 0xffffff00,
    gateway: 0x0a0000fe,
    personality: { ...PLAIN, ...over },
    card,
    scheduler: sim,
    random: sim.random.fork("host"),
    onEvent: (event) => events.push(event),
  });
  const bench: Bench = {
    sim,
    card,
    stack,
    events,
    frame(bytes) {
      const b = new Uint8Array(bytes.length + 64).fill(0xa5);
      b.set(bytes, 32);
      card.receiver?.receiveFrame(b, 32, bytes.length);
      b.fill(0x5a);
    },
    datagram(protocol, payload, headerOver = {}, destinationMac = LOCAL_MAC) {
      bench.frame(datagramFrame(protocol, payload, headerOver, destinationMac));
    },
    take: () => card.sent.splice(0),
  };
  stack.start();
  if (options.knowsPeer !== false) {
    bench.frame(arpFrame(ARP_REQUEST, PEER_MAC, PEER, 0, LOCAL));
    card.sent.length = 0;
  }
  return bench;
}

export function datagramFrame(protocol: number, payload: Uint8Array, over: Partial<Ipv4Repr> = {}, destinationMac = LOCAL_MAC): Uint8Array {
  const header: Ipv4Repr = {
    tos: 0,
    id: 7,
    dontFragment: false,
    moreFragments: false,
    fragmentOffset: 0,
    ttl: 40,
    protocol,
    source: PEER,
    destination: LOCAL,
    options: new Uint8Array(0),
    payloadLen: payload.length,
    ...over,
  };
  const bytes = new Uint8Array(34 + header.options.length + payload.length);
  emitEthernet({ destination: destinationMac, source: PEER_MAC, etherType: 0x0800, encapsulation: "ethernet-2", payloadLen: 0 }, bytes, 0);
  bytes.set(payload, emitIpv4Header(header, bytes, 14));
  return bytes;
}

export function arpFrame(
  operation: number,
  senderMac: number,
  sender: number,
  targetMac: number,
  target: number,
  to = MAC_BROADCAST,
): Uint8Array {
  const bytes = new Uint8Array(60);
  emitEthernet({ destination: to, source: senderMac, etherType: 0x0806, encapsulation: "ethernet-2", payloadLen: 46 }, bytes, 0);
  emitArp({ operation, senderMac, senderAddress: sender, targetMac, targetAddress: target }, bytes, 14);
  return bytes;
}

export function destinationOf(frame: SentFrame): number {
  return getMac(frame.bytes, 0);
}

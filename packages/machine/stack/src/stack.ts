/** One host's network stack. Read core.ts first. */

import type {
  Host,
  KeepAlive,
  TcpConnection,
  TcpHandlers,
  TcpListener,
  TcpListenerHandlers,
  Timer,
  UdpHandlers,
  UdpSocket,
} from "@pushback/host";
import { startArp, stopArp } from "./arp.ts";
import { StackCore, type StackSettings, TX_IP } from "./core.ts";
import type { StackCounters } from "./counters.ts";
import { frameInput, ipInput } from "./ip-input.ts";
import { ProgramTimers } from "./program-timers.ts";
import { stopReassembly } from "./reassembly.ts";
import { type Core, ESTABLISHED, NEVER, type Tcb, type TcpPort, TIME_WAIT } from "./tcb.ts";
import { connectTcp, StackTcpConnection } from "./tcp-connection.ts";
import { listenTcp } from "./tcp-demux.ts";
import { endConnection } from "./tcp-end.ts";
import { rearmKeepAlive } from "./tcp-timers.ts";
import { settle } from "./tcp-wake.ts";
import { openUdp } from "./udp.ts";

export interface Stack {
  /** What programs see of the machine. */
  readonly host: Host;
  /** Live: read at any time. */
  readonly counters: Readonly<StackCounters>;
  /** Between `start` and `kill`, unless an address conflict stopped it. */
  readonly isRunning: boolean;
  /** Listens to the card and announces the own address by ARP. */
  start(): void;
  /** Silent death, at once: no packet, no callback into programs, no timer left, the card hears nothing. */
  kill(): void;
  /** Ends every open TCP connection with FIN or RST; the programs hear of it as usual. */
  closeAll(way: "close" | "reset"): void;
  /** The machine's keep-alive settings from now on; connections that use the machine's settings follow. */
  setKeepAliveDefaults(keepAlive: KeepAlive): void;
}

/** A stack that is not started yet. */
export function createStack(settings: StackSettings): Stack {
  return new StackInstance(settings);
}

class StackInstance implements Stack, Host {
  readonly #core: Core;
  readonly #timers: ProgramTimers;

  constructor(settings: StackSettings) {
    this.#core = new StackCore<TcpPort>(settings);
    this.#timers = new ProgramTimers(settings.scheduler);
    this.#core.loopback = (frame) => settings.scheduler.schedule(0, this.#deliverLoopback, frame);
  }

  get host(): Host {
    return this;
  }

  get counters(): StackCounters {
    return this.#core.counters;
  }

  get isRunning(): boolean {
    return this.#core.running;
  }

  get name(): string {
    return this.#core.name;
  }

  get address(): number {
    return this.#core.address;
  }

  start(): void {
    const core = this.#core;
    if (core.running || core.dead) return;
    core.running = true;
    core.card.setReceiver(this.#receive);
    startArp(core);
  }

  kill(): void {
    if (this.#core.dead) return;
    this.#core.dead = true;
    this.#timers.cancelAll();
    this.#stop();
    for (const tcb of this.#connections()) this.#core.scheduler.cancel(tcb.wakeEvent);
  }

  closeAll(way: "close" | "reset"): void {
    for (const tcb of this.#connections()) {
      if (!(tcb instanceof StackTcpConnection)) continue;
      if (way === "close") tcb.close();
      else tcb.abort();
    }
  }

  setKeepAliveDefaults(keepAlive: KeepAlive): void {
    this.#core.keepAlive = keepAlive;
    for (const tcb of this.#connections()) {
      if (!tcb.keepAliveDefault) continue;
      tcb.keepAlive = keepAlive;
      if (tcb.state < ESTABLISHED || tcb.state === TIME_WAIT) continue;
      rearmKeepAlive(tcb);
      settle(tcb);
    }
  }

  nowUs(): number {
    return this.#core.scheduler.nowUs();
  }

  wallClockMs(): number {
    return this.#core.scheduler.wallClockMs();
  }

  setTimer(delayUs: number, run: () => void): Timer {
    return this.#core.dead ? DEAD_TIMER : this.#timers.set(delayUs, run);
  }

  randomU32(): number {
    return this.#core.random.u32();
  }

  listenTcp(port: number, handlers: TcpListenerHandlers): TcpListener {
    return listenTcp(this.#core, port, handlers);
  }

  connectTcp(address: number, port: number, handlers: TcpHandlers): TcpConnection {
    return connectTcp(this.#core, address, port, handlers);
  }

  openUdp(port: number, handlers: UdpHandlers): UdpSocket {
    return openUdp(this.#core, port, handlers);
  }

  readonly #receive = (b: Uint8Array, at: number, len: number): void => {
    const core = this.#core;
    if (core.running && !frameInput(core, b, at, len)) this.#lose();
  };

  readonly #deliverLoopback = (frame: Uint8Array): void => {
    const core = this.#core;
    if (!core.running) return;
    core.loopingBack = true;
    ipInput(core, frame, TX_IP, frame.length - TX_IP, false);
    core.loopingBack = false;
  };

  /** The address is another machine's: the stack stops, and programs lose their connections (Q120599). */
  #lose(): void {
    const connections = this.#connections();
    this.#stop();
    for (const tcb of connections) {
      tcb.retransmitAtUs = NEVER;
      endConnection(tcb, "host-down", false);
    }
  }

  #stop(): void {
    const core = this.#core;
    if (!core.running) return;
    core.running = false;
    core.card.setReceiver(null);
    stopArp(core);
    stopReassembly(core);
  }

  #connections(): Tcb[] {
    const all: Tcb[] = [];
    for (const port of this.#core.tcp.values()) all.push(...port.connections.values());
    return all;
  }
}

const DEAD_TIMER: Timer = { cancel() {}, again() {} };

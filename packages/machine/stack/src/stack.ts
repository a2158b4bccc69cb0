/** One host's network stack. Read core.ts first. */

import type {
  FrameReceiver,
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

/** A TCP/IP stack. Programs use it through `host`; its owner starts and stops it. */
export interface Stack {
  /** The machine as programs see it. */
  readonly host: Host;
  /** Copy of the counters as they are now. */
  readonly counters: StackCounters;
  /** True between `start` and `kill`, unless an address conflict stopped the stack. */
  readonly isRunning: boolean;
  /** Starts receiving from the card and announces the stack's address by ARP. */
  start(): void;
  /** Stops at once and silently: no packet, no callback into programs, no timer left, no frame received. */
  kill(): void;
  /** Takes the machine's address away: the stack stops, and programs lose their connections. */
  loseAddress(): void;
  /** Ends every open TCP connection with FIN or RST; the programs are called back as usual. */
  closeAll(way: "close" | "reset"): void;
  /** Sets the machine's keep-alive values from now on, also for open connections that use the machine's values. */
  setKeepAliveDefaults(keepAlive: KeepAlive): void;
  /** Sets after how many retransmissions of data a connection ends, from now on, also for open connections. */
  setMaxDataRetries(retries: number): void;
}

/** Creates a stack that is not started yet. */
export function createStack(settings: StackSettings): Stack {
  return new StackInstance(settings);
}

/**
 * The class extends `StackCore`, so that the layers' shared state and the programs' Host are one object: a frame then needs one memory load less
 * (docs/FLEET-PROFILE.md).
 */
class StackInstance extends StackCore<TcpPort> implements Stack, Host, FrameReceiver {
  /** Timers of the programs. Created with the first timer: most machines of a fleet never set one. */
  #timers: ProgramTimers | null = null;

  get host(): Host {
    return this;
  }

  get isRunning(): boolean {
    return this.running;
  }

  start(): void {
    if (this.running || this.dead) return;
    this.running = true;
    this.card.setReceiver(this);
    startArp(this);
  }

  receiveFrame(b: Uint8Array, at: number, len: number): void {
    if (this.running && !frameInput(this, b, at, len)) this.#lose();
  }

  kill(): void {
    if (this.dead) return;
    this.dead = true;
    this.#timers?.cancelAll();
    this.#stop();
    for (const tcb of this.#connections()) this.scheduler.cancel(tcb.wakeEvent);
  }

  loseAddress(): void {
    if (this.running) this.#lose();
  }

  closeAll(way: "close" | "reset"): void {
    for (const tcb of this.#connections()) {
      if (!(tcb instanceof StackTcpConnection)) continue;
      if (way === "close") tcb.close();
      else tcb.abort();
    }
  }

  setMaxDataRetries(retries: number): void {
    this.maxDataRetries = retries;
  }

  setKeepAliveDefaults(keepAlive: KeepAlive): void {
    this.keepAlive = keepAlive;
    for (const tcb of this.#connections()) {
      if (!tcb.keepAliveDefault) continue;
      tcb.keepAlive = keepAlive;
      if (tcb.state < ESTABLISHED || tcb.state === TIME_WAIT) continue;
      rearmKeepAlive(tcb);
      settle(tcb);
    }
  }

  nowUs(): number {
    return this.scheduler.nowUs();
  }

  wallClockMs(): number {
    return this.scheduler.wallClockMs();
  }

  setTimer(delayUs: number, run: () => void): Timer {
    if (this.dead) return DEAD_TIMER;
    this.#timers ??= new ProgramTimers(this.scheduler);
    return this.#timers.set(delayUs, run);
  }

  randomU32(): number {
    return this.random.u32();
  }

  listenTcp(port: number, handlers: TcpListenerHandlers): TcpListener {
    return listenTcp(this, port, handlers);
  }

  connectTcp(address: number, port: number, handlers: TcpHandlers): TcpConnection {
    return connectTcp(this, address, port, handlers);
  }

  openUdp(port: number, handlers: UdpHandlers): UdpSocket {
    return openUdp(this, port, handlers);
  }

  override openService(protocol: "tcp" | "udp", port: number): boolean {
    return this.services?.open(this, protocol, port, this.mac) === true;
  }

  override loopback(frame: Uint8Array): void {
    this.scheduler.schedule(0, deliverLoopback, { core: this, frame });
  }

  /** Another machine owns the address: the stack stops, and programs lose their connections (Q120599). */
  #lose(): void {
    const connections = this.#connections();
    this.#stop();
    for (const tcb of connections) {
      tcb.retransmitAtUs = NEVER;
      endConnection(tcb, "host-down", false);
    }
  }

  #stop(): void {
    if (!this.running) return;
    this.running = false;
    this.card.setReceiver(null);
    stopArp(this);
    stopReassembly(this);
  }

  #connections(): Tcb[] {
    const all: Tcb[] = [];
    for (const port of this.tcp?.values() ?? []) for (const connection of port.connections.values()) all.push(connection);
    return all;
  }
}

function deliverLoopback({ core, frame }: { core: Core; frame: Uint8Array }): void {
  if (!core.running) return;
  core.loopingBack = true;
  ipInput(core, frame, TX_IP, frame.length - TX_IP, false);
  core.loopingBack = false;
}

const DEAD_TIMER: Timer = { cancel() {}, again() {} };

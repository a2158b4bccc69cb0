/** A machine whose stack is loaded only while a program has an endpoint open (Apple TIL 30993, TIL TA36540). */

import type {
  EventHandle,
  Host,
  Ipv4Address,
  RandomSource,
  Scheduler,
  TcpConnection,
  TcpHandlers,
  TcpListener,
  TcpListenerHandlers,
  Timer,
  UdpHandlers,
  UdpSocket,
} from "@pushback/host";
import { ProgramTimers } from "./program-timers.ts";
import type { Stack } from "./stack.ts";

/** Settings of an OnDemandHost. */
export interface OnDemandSettings {
  readonly name: string;
  readonly address: Ipv4Address;
  readonly scheduler: Scheduler;
  readonly random: RandomSource;
  /** Time from the closing of the last endpoint until the stack is unloaded, in microseconds. */
  readonly unloadAfterUs: number;
  /** Creates and starts a stack that reports the number of its endpoints to `endpointsChanged`. */
  load(): Stack;
  /** Called when the stack is unloaded, `unloadAfterUs` after the last endpoint was closed. */
  unload(): void;
}

/**
 * A Host whose stack is loaded when a program opens the first endpoint, and unloaded some time after the last is closed: "Load Only When Needed"
 * (Apple TIL 30993).
 */
export class OnDemandHost implements Host {
  readonly #settings: OnDemandSettings;
  readonly #timers: ProgramTimers;
  #stack: Stack | null = null;
  #unloadEvent: EventHandle = 0;

  constructor(settings: OnDemandSettings) {
    this.#settings = settings;
    this.#timers = new ProgramTimers(settings.scheduler);
  }

  get name(): string {
    return this.#settings.name;
  }

  get address(): Ipv4Address {
    return this.#settings.address;
  }

  nowUs(): number {
    return this.#settings.scheduler.nowUs();
  }

  wallClockMs(): number {
    return this.#settings.scheduler.wallClockMs();
  }

  setTimer(delayUs: number, run: () => void): Timer {
    return this.#timers.set(delayUs, run);
  }

  randomU32(): number {
    return this.#settings.random.u32();
  }

  listenTcp(port: number, handlers: TcpListenerHandlers): TcpListener {
    return this.#need().listenTcp(port, handlers);
  }

  connectTcp(address: Ipv4Address, port: number, handlers: TcpHandlers): TcpConnection {
    return this.#need().connectTcp(address, port, handlers);
  }

  openUdp(port: number, handlers: UdpHandlers): UdpSocket {
    return this.#need().openUdp(port, handlers);
  }

  /** The loaded stack must call this when its number of endpoints changes. At 0 the stack is unloaded after `unloadAfterUs`. */
  endpointsChanged(count: number): void {
    const { scheduler, unloadAfterUs } = this.#settings;
    scheduler.cancel(this.#unloadEvent);
    this.#unloadEvent = count > 0 ? 0 : scheduler.schedule(unloadAfterUs, unloadNow, this);
  }

  unload(): void {
    this.#unloadEvent = 0;
    this.#stack = null;
    this.#settings.unload();
  }

  /** The machine is down: cancels the timers of its programs as well. */
  kill(): void {
    this.#settings.scheduler.cancel(this.#unloadEvent);
    this.#unloadEvent = 0;
    this.#timers.cancelAll();
    this.#stack = null;
  }

  #need(): Host {
    this.#stack ??= this.#settings.load();
    return this.#stack.host;
  }
}

function unloadNow(host: OnDemandHost): void {
  host.unload();
}

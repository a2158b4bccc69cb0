/** A Host on the sockets of the kernel of this computer. `program.ts` of package host documents the interface. */

import { createSocket } from "node:dgram";
import { createConnection, Socket } from "node:net";
import { hostname } from "node:os";
import { formatIpv4 } from "@pushback/bytes";
import type {
  Host,
  Ipv4Address,
  KeepAlive,
  TcpConnection,
  TcpHandlers,
  TcpListener,
  TcpListenerHandlers,
  Timer,
  UdpHandlers,
  UdpSocket,
} from "@pushback/host";
import { type SetKeepAlive, setKeepAlive } from "./keep-alive-options.ts";
import { KernelTcpConnection, KernelTcpListener, type KernelTcpOwner } from "./kernel-tcp.ts";
import { type KernelUdpOwner, KernelUdpSocket } from "./kernel-udp.ts";
import { LiveScheduler } from "./live-scheduler.ts";
import { reportedIpv4 } from "./reported-address.ts";
import { systemRandom } from "./system-random.ts";

/** Settings of a Host over the kernel's sockets. */
export interface KernelHostSettings {
  /** Address that programs see as theirs. Sockets are bound to it unless `bindAddress` is given. */
  readonly address: Ipv4Address;
  /** Address that sockets are bound to; 0 binds to every address of the computer. */
  readonly bindAddress?: Ipv4Address;
  /** Name of the machine; the computer's host name where left out. */
  readonly name?: string;
  /** Keep-alive settings of the machine; the kernel's values where left out. */
  readonly keepAlive?: KeepAlive;
  /** Replaces the way in which keep-alive is set on a socket, for kernels other than Linux. */
  readonly setKeepAlive?: SetKeepAlive;
}

/** A Host over the kernel's sockets, which can also be killed like an emulated machine. */
export interface KernelHost extends Host {
  /** Sets the machine's keep-alive values, also for open connections that use the machine's values. */
  setKeepAliveDefaults(keepAlive: KeepAlive): void;
  /**
   * Emulates the machine's death: no callback into programs, no timer left, every socket closed. With CAP_NET_ADMIN on Linux the
   * kernel drops the connections without a packet; without it, the kernel resets them.
   */
  kill(): void;
}

/** A host over the sockets of this computer: programs that run in the lab run on it unchanged. `kill` closes everything that it has open. */
export function createKernelHost(settings: KernelHostSettings): KernelHost {
  return new KernelHostInstance(settings);
}

/** Address that the kernel would use as source to reach `destination`; `null` if there is no route. Sends nothing. */
export function localAddressTowards(destination: Ipv4Address): Promise<Ipv4Address | null> {
  return new Promise((resolve) => {
    const socket = createSocket("udp4");
    const finish = (address: Ipv4Address | null) => {
      socket.close();
      resolve(address);
    };
    socket.once("error", () => finish(null));
    // Port 9 (discard) is arbitrary: connecting a UDP socket only selects a route.
    socket.connect(9, formatIpv4(destination), () => finish(reportedIpv4(socket.address().address)));
  });
}

class KernelHostInstance implements KernelHost, KernelTcpOwner, KernelUdpOwner {
  readonly name: string;
  readonly address: Ipv4Address;
  readonly bindAddress: Ipv4Address;
  readonly setKeepAlive: SetKeepAlive;
  readonly connections = new Set<KernelTcpConnection>();
  readonly listeners = new Set<KernelTcpListener>();
  readonly sockets = new Set<KernelUdpSocket>();
  readonly #scheduler = new LiveScheduler();
  keepAlive: KeepAlive | "kernel";
  dead = false;

  constructor(settings: KernelHostSettings) {
    this.name = settings.name ?? hostname();
    this.address = settings.address;
    this.bindAddress = settings.bindAddress ?? settings.address;
    this.keepAlive = settings.keepAlive ?? "kernel";
    this.setKeepAlive = settings.setKeepAlive ?? setKeepAlive;
  }

  nowUs(): number {
    return this.#scheduler.nowUs();
  }

  wallClockMs(): number {
    return this.#scheduler.wallClockMs();
  }

  setTimer(delayUs: number, run: () => void): Timer {
    if (this.dead) return { cancel() {}, again() {} };
    let event = this.#scheduler.schedule(delayUs, call, run);
    const cancel = () => this.#scheduler.cancel(event);
    const again = (laterUs: number) => {
      cancel();
      if (!this.dead) event = this.#scheduler.schedule(laterUs, call, run);
    };
    return { cancel, again };
  }

  randomU32(): number {
    return systemRandom.u32();
  }

  enter(run: () => void): void {
    this.#scheduler.enter(run);
  }

  listenTcp(port: number, handlers: TcpListenerHandlers): TcpListener {
    return new KernelTcpListener(this, port, handlers);
  }

  connectTcp(address: Ipv4Address, port: number, handlers: TcpHandlers): TcpConnection {
    const socket = this.#startConnecting(address, port);
    const connection = new KernelTcpConnection(this, socket, address, port, false);
    connection.begin(handlers);
    return connection;
  }

  openUdp(port: number, handlers: UdpHandlers): UdpSocket {
    return new KernelUdpSocket(this, port, handlers);
  }

  setKeepAliveDefaults(keepAlive: KeepAlive): void {
    this.keepAlive = keepAlive;
    for (const connection of this.connections) connection.keepAliveDefaultsChanged();
  }

  kill(): void {
    if (this.dead) return;
    this.dead = true;
    this.#scheduler.stop();
    for (const connection of this.connections) connection.kill();
    for (const listener of this.listeners) listener.close();
    for (const socket of this.sockets) socket.close();
    this.connections.clear();
  }

  #startConnecting(address: Ipv4Address, port: number): Socket {
    try {
      const options = { port, host: formatIpv4(address), allowHalfOpen: true };
      return createConnection(this.bindAddress === 0 ? options : { ...options, localAddress: formatIpv4(this.bindAddress) });
    } catch (error) {
      // An argument that Node refuses, such as a port above 65535, makes a connection that fails like any other.
      const socket = new Socket();
      socket.destroy(error instanceof Error ? error : new Error(String(error)));
      return socket;
    }
  }
}

function call(run: () => void): void {
  run();
}

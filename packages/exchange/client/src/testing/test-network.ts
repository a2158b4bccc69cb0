/** Test support: machines in memory on one network with a fixed delay, in virtual time. No packet formats: bytes of a connection and payloads of datagrams. */

import type {
  Host,
  Ipv4Address,
  TcpConnection,
  TcpEndCause,
  TcpHandlers,
  TcpListenerHandlers,
  Timer,
  UdpHandlers,
  UdpSocket,
} from "@pushback/host";

export interface SentDatagram {
  readonly atUs: number;
  readonly fromAddress: Ipv4Address;
  readonly fromPort: number;
  readonly toAddress: Ipv4Address;
  readonly toPort: number;
  readonly payload: Uint8Array;
  /** Whether the datagram was delivered to an open socket. */
  heard: boolean;
}

export interface SentBytes {
  readonly atUs: number;
  readonly fromAddress: Ipv4Address;
  readonly fromPort: number;
  readonly toAddress: Ipv4Address;
  readonly toPort: number;
  readonly bytes: Uint8Array;
}

interface Event {
  readonly atUs: number;
  readonly order: number;
  readonly run: () => void;
}

const FIRST_PORT = 1025;

export class TestNetwork {
  nowUs = 0;
  readonly delayUs: number;
  readonly datagrams: SentDatagram[] = [];
  readonly sent: SentBytes[] = [];
  readonly machines = new Map<Ipv4Address, TestMachine>();
  #events: Event[] = [];
  #order = 0;

  constructor(delayUs = 500) {
    this.delayUs = delayUs;
  }

  schedule(delayUs: number, run: () => void): Event {
    const event = { atUs: this.nowUs + delayUs, order: this.#order++, run };
    let i = this.#events.length;
    while (i > 0 && this.#events[i - 1].atUs > event.atUs) i--;
    this.#events.splice(i, 0, event);
    return event;
  }

  cancel(event: Event): void {
    const i = this.#events.indexOf(event);
    if (i >= 0) this.#events.splice(i, 1);
  }

  /** Runs everything up to and including this time. */
  runUntil(untilUs: number): void {
    while (this.#events.length > 0 && this.#events[0].atUs <= untilUs) {
      const event = this.#events.shift();
      if (!event) break;
      this.nowUs = event.atUs;
      event.run();
    }
    this.nowUs = untilUs;
  }

  runFor(us: number): void {
    this.runUntil(this.nowUs + us);
  }

  machine(name: string, address: Ipv4Address): TestMachine {
    const machine = new TestMachine(this, name, address);
    this.machines.set(address, machine);
    return machine;
  }
}

export class TestMachine {
  readonly network: TestNetwork;
  readonly name: string;
  readonly address: Ipv4Address;
  alive = true;
  readonly listeners = new Map<number, TcpListenerHandlers>();
  readonly sockets = new Map<number, UdpHandlers>();
  readonly connections = new Set<TestConnection>();
  #life = 0;
  #random: number;
  #nextPort = FIRST_PORT;

  constructor(network: TestNetwork, name: string, address: Ipv4Address) {
    this.network = network;
    this.name = name;
    this.address = address;
    this.#random = address >>> 0;
  }

  /** Switches the machine off: it sends nothing, and its timers and programs end without a callback. */
  kill(): void {
    this.alive = false;
    this.#life++;
    this.listeners.clear();
    this.sockets.clear();
    this.connections.clear();
  }

  /** Switches the machine on again; its ports are numbered from the first one. */
  start(): void {
    this.alive = true;
    this.#nextPort = FIRST_PORT;
  }

  /** Ends every connection of this machine, and reports `cause` to the programs, such as a keep-alive timeout or a reset by the peer. */
  endConnections(cause: TcpEndCause): void {
    for (const connection of [...this.connections]) connection.gone(cause);
  }

  /** Runs `run` after `delayUs` unless the machine has died since. */
  later(delayUs: number, run: () => void): Event {
    const life = this.#life;
    return this.network.schedule(delayUs, () => {
      if (life === this.#life) run();
    });
  }

  choosePort(port: number): number {
    return port || this.#nextPort++;
  }

  randomU32(): number {
    this.#random = (Math.imul(this.#random, 1664525) + 1013904223) >>> 0;
    return (this.#random ^ (this.#random >>> 15)) >>> 0;
  }

  host(): Host {
    const machine = this;
    const { network } = this;
    return {
      name: this.name,
      address: this.address,
      nowUs: () => network.nowUs,
      wallClockMs: () => 868_000_000_000 + network.nowUs / 1000,
      randomU32: () => machine.randomU32(),
      setTimer(delayUs, run): Timer {
        let event = machine.later(delayUs, run);
        const cancel = () => network.cancel(event);
        const again = (laterUs: number) => {
          cancel();
          event = machine.later(laterUs, run);
        };
        return { cancel, again };
      },
      listenTcp(asked, handlers) {
        const port = machine.choosePort(asked);
        machine.listeners.set(port, handlers);
        machine.later(0, () => handlers.onListening?.(port));
        return { close: () => machine.listeners.delete(port) };
      },
      connectTcp: (address, port, handlers) => connect(machine, address, port, handlers),
      openUdp: (asked, handlers) => openUdp(machine, asked, handlers),
    };
  }
}

function openUdp(machine: TestMachine, asked: number, handlers: UdpHandlers): UdpSocket {
  const { network } = machine;
  const port = machine.choosePort(asked);
  machine.sockets.set(port, handlers);
  machine.later(0, () => handlers.onOpen?.(port));
  return {
    send(b, toAddress, toPort, at = 0, len = b.length - at) {
      const datagram: SentDatagram = {
        atUs: network.nowUs,
        fromAddress: machine.address,
        fromPort: port,
        toAddress,
        toPort,
        payload: b.slice(at, at + len),
        heard: false,
      };
      network.datagrams.push(datagram);
      network.schedule(network.delayUs, () => {
        const socket = network.machines.get(toAddress)?.sockets.get(toPort);
        datagram.heard = socket !== undefined;
        socket?.onDatagram(datagram.payload, 0, datagram.payload.length, machine.address, port);
      });
    },
    close: () => machine.sockets.delete(port),
  };
}

class TestConnection implements TcpConnection {
  readonly machine: TestMachine;
  readonly localAddress: Ipv4Address;
  readonly localPort: number;
  readonly remoteAddress: Ipv4Address;
  readonly remotePort: number;
  queuedBytes = 0;
  keepAlive = false;
  handlers: TcpHandlers | null;
  peer: TestConnection | null = null;
  #finished = false;
  #peerFinished = false;
  /** Data received while the program has paused reading, in order; `null` if reading is not paused. */
  #untaken: Uint8Array[] | null = null;

  constructor(machine: TestMachine, localPort: number, remoteAddress: Ipv4Address, remotePort: number, handlers: TcpHandlers | null) {
    this.machine = machine;
    this.localAddress = machine.address;
    this.localPort = localPort;
    this.remoteAddress = remoteAddress;
    this.remotePort = remotePort;
    this.handlers = handlers;
    machine.connections.add(this);
  }

  get open(): boolean {
    return this.machine.connections.has(this);
  }

  #toPeer(run: (peer: TestConnection) => void): void {
    const { network } = this.machine;
    network.schedule(network.delayUs, () => {
      const { peer } = this;
      if (peer?.open) run(peer);
    });
  }

  send(b: Uint8Array, at = 0, len = b.length - at): void {
    if (this.#finished || !this.open) return;
    const bytes = b.slice(at, at + len);
    const { localAddress, localPort, remoteAddress, remotePort } = this;
    const { network } = this.machine;
    network.sent.push({
      atUs: network.nowUs,
      fromAddress: localAddress,
      fromPort: localPort,
      toAddress: remoteAddress,
      toPort: remotePort,
      bytes,
    });
    this.queuedBytes += bytes.length;
    this.#toPeer((peer) => peer.#arrive(bytes));
  }

  #arrive(bytes: Uint8Array): void {
    if (this.#untaken !== null) this.#untaken.push(bytes);
    else this.#take(bytes);
  }

  #take(bytes: Uint8Array): void {
    this.handlers?.onData(bytes, 0, bytes.length);
    this.#toPeer((peer) => peer.#taken(bytes.length));
  }

  #taken(len: number): void {
    this.queuedBytes -= len;
    if (this.queuedBytes === 0) this.handlers?.onDrained?.();
  }

  close(): void {
    if (this.#finished || !this.open) return;
    this.#finished = true;
    this.#toPeer((peer) => peer.ended());
    if (this.#peerFinished) this.machine.later(0, () => this.gone("closed"));
  }

  ended(): void {
    this.#peerFinished = true;
    if (this.#finished) this.gone("closed");
    else this.handlers?.onEnd?.();
  }

  abort(): void {
    this.#toPeer((peer) => peer.gone("reset"));
    this.machine.later(0, () => this.gone("aborted"));
  }

  gone(cause: TcpEndCause): void {
    if (!this.open) return;
    this.machine.connections.delete(this);
    this.handlers?.onClosed(cause);
  }

  setKeepAlive(settings?: unknown): void {
    this.keepAlive = settings !== null;
  }

  pauseReading(): void {
    this.#untaken ??= [];
  }

  resumeReading(): void {
    const untaken = this.#untaken ?? [];
    this.#untaken = null;
    for (const bytes of untaken) this.#arrive(bytes);
  }
}

function connect(machine: TestMachine, address: Ipv4Address, port: number, handlers: TcpHandlers): TestConnection {
  const { network } = machine;
  const connection = new TestConnection(machine, machine.choosePort(0), address, port, handlers);
  network.schedule(network.delayUs, () => {
    const server = network.machines.get(address);
    if (!server?.alive) {
      machine.later(21_000_000, () => connection.gone("connect-timeout"));
      return;
    }
    const listener = server.listeners.get(port);
    if (!listener) {
      machine.later(network.delayUs, () => connection.gone("refused"));
      return;
    }
    const accepted = new TestConnection(server, port, machine.address, connection.localPort, null);
    accepted.peer = connection;
    connection.peer = accepted;
    accepted.handlers = listener.onAccept(accepted);
    network.schedule(network.delayUs, () => {
      if (connection.open) handlers.onConnected?.();
    });
  });
  return connection;
}

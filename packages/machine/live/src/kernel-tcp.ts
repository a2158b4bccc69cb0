/** A TCP connection and a listener on Node's sockets. */

import { createServer, type Server, type Socket } from "node:net";
import { formatIpv4 } from "@pushback/bytes";
import type { Ipv4Address, KeepAlive, TcpConnection, TcpEndCause, TcpHandlers, TcpListener, TcpListenerHandlers } from "@pushback/host";
import { type SetKeepAlive, silence } from "./keep-alive-options.ts";
import { causeOf, faultOf } from "./kernel-faults.ts";
import { plainBytes } from "./plain-bytes.ts";
import { reportedIpv4 } from "./reported-address.ts";

/** The parts of the Host that a connection and a listener use. */
export interface KernelTcpOwner {
  readonly address: Ipv4Address;
  readonly bindAddress: Ipv4Address;
  readonly setKeepAlive: SetKeepAlive;
  /** Keep-alive settings of the machine; "kernel" if none were set. */
  readonly keepAlive: KeepAlive | "kernel";
  readonly dead: boolean;
  /** Runs a callback into the program while the Host's clock does not advance. */
  enter(run: () => void): void;
  readonly connections: Set<KernelTcpConnection>;
  readonly listeners: Set<KernelTcpListener>;
}

/** A TCP connection of the kernel, as a host's programs see it. */
export class KernelTcpConnection implements TcpConnection {
  readonly remoteAddress: Ipv4Address;
  readonly remotePort: number;
  readonly #owner: KernelTcpOwner;
  readonly #socket: Socket;
  #handlers: TcpHandlers | null = null;
  #connected: boolean;
  #queuedBytes = 0;
  /** The program has called `close`. */
  #finished = false;
  /** Cause of the end, known before the socket emits "close". */
  #cause: TcpEndCause | null = null;
  #over = false;
  /** Keep-alive requested by the program; `undefined` until the program calls `setKeepAlive`, and keep-alive is off until then. */
  #keepAlive: KeepAlive | "machine" | null | undefined;

  constructor(owner: KernelTcpOwner, socket: Socket, remoteAddress: Ipv4Address, remotePort: number, connected: boolean) {
    this.#owner = owner;
    this.#socket = socket;
    this.remoteAddress = remoteAddress;
    this.remotePort = remotePort;
    this.#connected = connected;
    owner.connections.add(this);
  }

  /** Connects the events of the socket to the program's handlers. */
  begin(handlers: TcpHandlers): void {
    this.#handlers = handlers;
    const socket = this.#socket;
    socket.setNoDelay(true);
    socket.on("connect", () => {
      this.#connected = true;
      if (this.#keepAlive !== undefined) this.#applyKeepAlive();
      this.#call(() => handlers.onConnected?.());
    });
    socket.on("data", (chunk: Uint8Array) => this.#call(() => handlers.onData(plainBytes(chunk), 0, chunk.length)));
    socket.on("end", () => this.#call(() => handlers.onEnd?.()));
    socket.on("error", (error) => {
      this.#cause ??= causeOf(error, this.#connected);
    });
    socket.on("close", () => {
      this.#owner.connections.delete(this);
      this.#call(() => {
        this.#over = true;
        handlers.onClosed(this.#cause ?? "closed");
      });
    });
  }

  get localAddress(): Ipv4Address {
    return reportedIpv4(this.#socket.localAddress) || this.#owner.address;
  }

  get localPort(): number {
    return this.#socket.localPort ?? 0;
  }

  get queuedBytes(): number {
    return this.#queuedBytes;
  }

  send(b: Uint8Array, at = 0, len = b.length - at): void {
    if (this.#finished || this.#over || this.#cause !== null || len <= 0) return;
    this.#queuedBytes += len;
    this.#socket.write(b.slice(at, at + len), (error) => {
      this.#queuedBytes -= len;
      if (!error && this.#queuedBytes === 0) this.#call(() => this.#handlers?.onDrained?.());
    });
  }

  close(): void {
    if (this.#finished || this.#over || this.#cause !== null) return;
    this.#finished = true;
    if (!this.#connected && this.#queuedBytes === 0) {
      // RFC 793 section 3.9: closing an open that was not answered drops it.
      this.#cause = "closed";
      this.#socket.destroy();
    } else {
      this.#socket.end();
    }
  }

  abort(): void {
    if (this.#over || this.#cause !== null) return;
    this.#cause = "aborted";
    this.#destroy();
  }

  setKeepAlive(settings?: KeepAlive | null): void {
    this.#keepAlive = settings === undefined ? "machine" : settings;
    if (this.#connected && !this.#socket.destroyed) this.#applyKeepAlive();
  }

  /** Called when the machine's keep-alive settings have changed: applies them if the connection uses them. */
  keepAliveDefaultsChanged(): void {
    if (this.#keepAlive === "machine" && this.#connected && !this.#socket.destroyed) this.#applyKeepAlive();
  }

  pauseReading(): void {
    this.#socket.pause();
  }

  resumeReading(): void {
    this.#socket.resume();
  }

  /** Emulates the machine's death: silently if the kernel allows it, otherwise with RST. The program is not called back. */
  kill(): void {
    this.#over = true;
    if (this.#connected && silence(this.#socket)) this.#socket.destroy();
    else this.#destroy();
  }

  #destroy(): void {
    // For a socket that is still connecting, `resetAndDestroy` would wait for the connection first.
    if (this.#connected && !this.#socket.connecting) this.#socket.resetAndDestroy();
    else this.#socket.destroy();
  }

  #applyKeepAlive(): void {
    const settings = this.#keepAlive === "machine" ? this.#owner.keepAlive : (this.#keepAlive ?? null);
    this.#owner.setKeepAlive(this.#socket, settings);
  }

  #call(run: () => void): void {
    if (!this.#over && !this.#owner.dead) this.#owner.enter(run);
  }
}

/** A TCP port of the kernel that listens, as a host's programs see it. */
export class KernelTcpListener implements TcpListener {
  readonly #server: Server;
  readonly #owner: KernelTcpOwner;
  #closed = false;

  constructor(owner: KernelTcpOwner, port: number, handlers: TcpListenerHandlers) {
    this.#owner = owner;
    owner.listeners.add(this);
    const server = createServer({ allowHalfOpen: true });
    this.#server = server;
    server.on("connection", (socket) => {
      // `remoteAddress` is undefined if the peer reset the connection in the accept queue. The program never learns of such a connection.
      if (socket.remoteAddress === undefined || owner.dead) {
        socket.destroy();
        return;
      }
      const connection = new KernelTcpConnection(owner, socket, reportedIpv4(socket.remoteAddress), socket.remotePort ?? 0, true);
      owner.enter(() => connection.begin(handlers.onAccept(connection)));
    });
    server.on("listening", () => {
      const address = server.address();
      const chosen = address !== null && typeof address === "object" ? address.port : port;
      if (!this.#closed) owner.enter(() => handlers.onListening?.(chosen));
    });
    const fail = (error: unknown) => {
      if (this.#closed) return;
      this.close();
      owner.enter(() => handlers.onFailed?.(faultOf(error, port)));
    };
    server.on("error", fail);
    try {
      server.listen({ port, host: formatIpv4(owner.bindAddress), exclusive: true });
    } catch (error) {
      setImmediate(fail, error);
    }
  }

  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#owner.listeners.delete(this);
    this.#server.close(() => {});
  }
}

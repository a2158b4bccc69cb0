/**
 * What a program may ask of the machine that it runs on. Read this file first; `link.ts` is the layer below, `personality.ts` and
 * `platform.ts` say how machines differ. There are two kinds of Host: the emulated one (package stack) and one on the kernel's sockets
 * (package live). The mail programs run on both, unchanged.
 *
 * No callback runs before the call that requested it has returned. A buffer passed to a callback is valid during that
 * call only; a buffer passed to a Host is copied before the Host's method returns.
 */

/** An IPv4 address as an unsigned 32-bit integer, first octet most significant. */
export type Ipv4Address = number;

/** Why a Host could not do what a program asked for: a closed set of values, never an exception. */
export type HostFault = "port-in-use" | "no-free-port" | "not-permitted" | "no-network" | "bad-address";

/**
 * Why a TCP connection ended, as far as the machine can tell.
 * `closed`: both sides finished. `aborted`: this side reset it. `refused`: RST to our SYN. `reset`: RST from the peer.
 * `keepalive-reset`: RST while a keep-alive probe was unanswered. `keepalive-timeout`: no answer to any probe.
 * `half-open-reset`: RST (or our own) after the peer sent a SYN into this established connection (RFC 793 section 3.4).
 * `retransmission-timeout`: our data was never acknowledged. `connect-timeout`: our SYN was never answered.
 * `unreachable`: ICMP said so while connecting. `host-down`: the local stack went away.
 * A kernel Host knows only `closed`, `aborted`, `refused`, `reset`, `connect-timeout` and `retransmission-timeout`.
 */
export type TcpEndCause =
  | "closed"
  | "aborted"
  | "refused"
  | "reset"
  | "keepalive-reset"
  | "keepalive-timeout"
  | "half-open-reset"
  | "retransmission-timeout"
  | "connect-timeout"
  | "unreachable"
  | "host-down";

/** A timer of a program, from `Host.setTimer`. */
export interface Timer {
  /** Stops the timer; harmless when it has run or was cancelled. */
  cancel(): void;
  /** Runs the callback `delayUs` from now, whether the timer has run, was cancelled, or still waits. Use it for periodic work. */
  again(delayUs: number): void;
}

/** Keep-alive of one connection: first probe after `idleUs` without a segment from the peer, then up to `probes` more, `intervalUs` apart. */
export interface KeepAlive {
  readonly idleUs: number;
  readonly intervalUs: number;
  readonly probes: number;
}

/** Callbacks of a program for one TCP connection. */
export interface TcpHandlers {
  /** The three-way handshake is complete. On an accepted connection it has happened already and this is not called. */
  onConnected?(): void;
  /** In-order bytes from the peer: `len` bytes of `b` from `at`. */
  onData(b: Uint8Array, at: number, len: number): void;
  /** The peer has finished sending (FIN); this side may still send, and must `close()` in the end. */
  onEnd?(): void;
  /** All bytes given to `send` so far have left the send queue (they may still be unacknowledged). */
  onDrained?(): void;
  /** The connection is gone. Called exactly once, as the last callback. Not called when the machine that runs this program dies. */
  onClosed(cause: TcpEndCause): void;
}

/** A TCP connection as a program uses it. */
export interface TcpConnection {
  readonly localAddress: Ipv4Address;
  /** 0 until the Host has chosen one (a kernel Host chooses late). */
  readonly localPort: number;
  readonly remoteAddress: Ipv4Address;
  readonly remotePort: number;
  /** Bytes given to `send` that have not yet been handed to the network. */
  readonly queuedBytes: number;
  /** Queues `len` bytes (default: all of `b` from `at`). Ignored once the connection is closing or gone. */
  send(b: Uint8Array, at?: number, len?: number): void;
  /** Sends FIN after the queued data. The connection ends when the peer has finished too. */
  close(): void;
  /** Ends the connection at once with RST. `onClosed("aborted")` follows. */
  abort(): void;
  /** Turns keep-alive on, with the machine's settings if `settings` is left out, or off with `null`. */
  setKeepAlive(settings?: KeepAlive | null): void;
  /** Stops and resumes the delivery of data; while paused the receive window closes. */
  pauseReading(): void;
  /** Resumes the delivery of data after `pauseReading`. */
  resumeReading(): void;
}

/** Callbacks of a program for a listening TCP port. Either `onListening` or `onFailed` is called, unless the listener is closed before. */
export interface TcpListenerHandlers {
  /** The port is open. `localPort` is the port asked for, or the port chosen if 0 was asked for. */
  onListening?(localPort: number): void;
  /** A connection is established; the returned handlers receive its events. */
  onAccept(connection: TcpConnection): TcpHandlers;
  /** The port could not be opened, and the listener is of no further use. */
  onFailed?(fault: HostFault): void;
}

/** A TCP port on which a program accepts connections. */
export interface TcpListener {
  /** Stops listening; connections that were accepted stay open. */
  close(): void;
}

/** Callbacks of a program for a UDP socket. */
export interface UdpHandlers {
  /** The socket is open. `localPort` is the port asked for, or the port chosen if 0 was asked for. */
  onOpen?(localPort: number): void;
  /** A datagram has arrived: `len` bytes of `b` from `at`, valid during the call only. */
  onDatagram(b: Uint8Array, at: number, len: number, fromAddress: Ipv4Address, fromPort: number): void;
  /** The port could not be opened. */
  onFailed?(fault: HostFault): void;
  /** An ICMP port unreachable has arrived that quotes a datagram of this socket to `toAddress` and `toPort`. A machine need not report it, and most programs don't ask for it. */
  onUnreachable?(toAddress: Ipv4Address, toPort: number): void;
}

/** A UDP port that a program has opened. */
export interface UdpSocket {
  /** Sends one datagram of `len` bytes (default: all of `b` from `at`). ICMP errors about it reach only programs that ask for them (`onUnreachable`). */
  send(b: Uint8Array, toAddress: Ipv4Address, toPort: number, at?: number, len?: number): void;
  close(): void;
}

/** Services that an operating system itself offers on its ports, for any number of machines. */
export interface SystemServices {
  /**
   * Opens the service on this port of the machine, with `host`'s methods, and returns true; false if the system holds no such port. A stack calls it when
   * the first segment or datagram for a port that is not open arrives. `mac` is the card's hardware address as a 48-bit integer.
   */
  open(host: Host, protocol: "tcp" | "udp", port: number, mac: number): boolean;
}

/** The machine that a program runs on: its clock, randomness, and TCP and UDP sockets. Addresses are unsigned 32-bit integers in host order. */
export interface Host {
  /** Name of the machine, as gethostname() returns it. */
  readonly name: string;
  readonly address: Ipv4Address;
  /** Microseconds on this machine's monotonic clock: virtual time in the lab. */
  nowUs(): number;
  /** Milliseconds since 1970-01-01 UTC, for time stamps in messages. */
  wallClockMs(): number;
  /** Runs `run` after `delayUs` microseconds; equal times run in the order of setting. The timer ends with the machine. */
  setTimer(delayUs: number, run: () => void): Timer;
  /** A uniformly distributed unsigned 32-bit integer. */
  randomU32(): number;
  /** Listens on `port`, or on a port that the machine chooses if `port` is 0. */
  listenTcp(port: number, handlers: TcpListenerHandlers): TcpListener;
  /** Opens a connection. `onConnected` follows after the handshake; if it fails, only `onClosed` follows, with the cause. */
  connectTcp(address: Ipv4Address, port: number, handlers: TcpHandlers): TcpConnection;
  /** Opens a UDP socket on `port`, or on a port that the machine chooses if `port` is 0. */
  openUdp(port: number, handlers: UdpHandlers): UdpSocket;
}

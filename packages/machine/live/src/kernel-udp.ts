/**
 * A UDP socket on Node's `dgram`. It is never connected: the kernel reports no ICMP error to an unconnected socket (udp(7), unless IP_RECVERR is
 * set), and that is why a server goes on sending to a closed port.
 */

import { createSocket, type Socket, type SocketOptions } from "node:dgram";
import { formatIpv4 } from "@pushback/bytes";
import type { Ipv4Address, UdpHandlers, UdpSocket } from "@pushback/host";
import { createDatagramSender, type SendDatagram } from "./datagram-sender.ts";
import { faultOf } from "./kernel-faults.ts";
import { plainBytes } from "./plain-bytes.ts";
import { reportedIpv4 } from "./reported-address.ts";

/** The parts of the Host that its KernelUdpSockets use. */
export interface KernelUdpOwner {
  readonly bindAddress: Ipv4Address;
  readonly dead: boolean;
  enter(run: () => void): void;
  readonly sockets: Set<KernelUdpSocket>;
}

/** Number of addresses whose text is cached. */
const MOST_TEXTS = 10_000;

/** A UDP socket of the kernel, as a host's programs see it. */
export class KernelUdpSocket implements UdpSocket {
  readonly #owner: KernelUdpOwner;
  readonly #socket: Socket;
  readonly #texts = new Map<Ipv4Address, string>();
  /** Faster than Node's `send`; `null` if it is not available. */
  #sendNow: SendDatagram | null = null;
  #open = false;
  #closed = false;

  constructor(owner: KernelUdpOwner, port: number, handlers: UdpHandlers) {
    this.#owner = owner;
    owner.sockets.add(this);
    // The look-up is synchronous, since addresses are never names. Only the opening is deferred: no callback may come before the caller has the
    // socket.
    const lookup: SocketOptions["lookup"] = (address, _options, found) => {
      if (this.#open) found(null, address, 4);
      else setImmediate(found, null, address, 4);
    };
    const socket = createSocket({ type: "udp4", lookup });
    this.#socket = socket;
    socket.on("message", (b, from) =>
      this.#call(() => handlers.onDatagram(plainBytes(b), 0, b.length, reportedIpv4(from.address), from.port)),
    );
    const fail = (error: unknown) => {
      // Once the socket is open, no error that a datagram causes may reach the program.
      if (this.#open || this.#closed) return;
      this.close();
      if (!owner.dead) owner.enter(() => handlers.onFailed?.(faultOf(error, port)));
    };
    socket.on("error", fail);
    socket.on("listening", () => {
      this.#open = true;
      this.#sendNow = createDatagramSender(socket);
      const { port: chosen } = socket.address();
      this.#call(() => handlers.onOpen?.(chosen));
    });
    try {
      socket.bind({ port, address: formatIpv4(owner.bindAddress), exclusive: true });
    } catch (error) {
      setImmediate(fail, error);
    }
  }

  send(b: Uint8Array, toAddress: Ipv4Address, toPort: number, at = 0, len = b.length - at): void {
    const datagram = len === b.length ? b : b.subarray(at, at + len);
    if (this.#closed || toPort < 1 || toPort > 65535 || this.#sendNow?.(datagram, toAddress, toPort)) return;
    // Without a callback Node emits the error on the socket, where all errors of an open socket are ignored.
    this.#socket.send(new Uint8Array(datagram), toPort, this.#textOf(toAddress));
  }

  /** Node takes addresses as text, and a server sends to the same addresses again and again. */
  #textOf(address: Ipv4Address): string {
    let text = this.#texts.get(address);
    if (text === undefined) {
      if (this.#texts.size >= MOST_TEXTS) this.#texts.clear();
      text = formatIpv4(address);
      this.#texts.set(address, text);
    }
    return text;
  }

  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#sendNow = null;
    this.#owner.sockets.delete(this);
    this.#socket.close();
  }

  #call(run: () => void): void {
    if (!this.#closed && !this.#owner.dead) this.#owner.enter(run);
  }
}

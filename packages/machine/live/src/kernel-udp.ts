/**
 * A UDP socket on Node's. It is never connected: to an unconnected socket the kernel reports no ICMP error (udp(7), unless IP_RECVERR is asked for),
 * which is what makes a server go on sending to a port that nobody has open.
 */

import { createSocket, type Socket } from "node:dgram";
import { formatIpv4 } from "@pushback/bytes";
import type { Ipv4Address, UdpHandlers, UdpSocket } from "@pushback/host";
import { faultOf } from "./kernel-faults.ts";
import { reportedIpv4 } from "./reported-address.ts";

export interface KernelUdpOwner {
  readonly bindAddress: Ipv4Address;
  readonly dead: boolean;
  enter(run: () => void): void;
  readonly sockets: Set<KernelUdpSocket>;
}

export class KernelUdpSocket implements UdpSocket {
  readonly #owner: KernelUdpOwner;
  readonly #socket: Socket;
  #open = false;
  #closed = false;

  constructor(owner: KernelUdpOwner, port: number, handlers: UdpHandlers) {
    this.#owner = owner;
    owner.sockets.add(this);
    const socket = createSocket({ type: "udp4" });
    this.#socket = socket;
    socket.on("message", (b, from) => this.#call(() => handlers.onDatagram(b, 0, b.length, reportedIpv4(from.address), from.port)));
    const fail = (error: unknown) => {
      // Once open nothing that a datagram draws may reach the program.
      if (this.#open || this.#closed) return;
      this.close();
      if (!owner.dead) owner.enter(() => handlers.onFailed?.(faultOf(error, port)));
    };
    socket.on("error", fail);
    socket.on("listening", () => {
      this.#open = true;
      const { port: chosen } = socket.address();
      this.#call(() => handlers.onOpen?.(chosen));
    });
    try {
      socket.bind({ port, address: formatIpv4(owner.bindAddress), exclusive: true });
    } catch (error) {
      setImmediate(fail, error);
    }
  }

  send(b: Uint8Array, toAddress: Ipv4Address, toPort: number): void {
    if (this.#closed || toPort < 1 || toPort > 65535) return;
    this.#socket.send(b.slice(), toPort, formatIpv4(toAddress), () => {});
  }

  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#owner.sockets.delete(this);
    this.#socket.close();
  }

  #call(run: () => void): void {
    if (!this.#closed && !this.#owner.dead) this.#owner.enter(run);
  }
}

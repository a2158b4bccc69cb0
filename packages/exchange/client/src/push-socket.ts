/** The UDP socket on which a client waits for its own context. */

import type { Host, Ipv4Address, UdpHandlers, UdpSocket } from "@pushback/host";
import { isPushDatagram } from "@pushback/mapi";

export interface PushSocketHandlers {
  onSocketOpen(): void;
  onSocketFailed(): void;
  /** `own`: exactly the context. The bytes are valid during the call only. */
  onDatagram(own: boolean, b: Uint8Array, at: number, len: number, fromAddress: Ipv4Address, fromPort: number): void;
}

/** The context looks like client pointers, as on the wire: a heap address, the address of a thread's block, and so on. `len` at most 16. */
function randomContext(host: Host, len: number): Uint8Array {
  const b = new Uint8Array(16);
  for (let i = 0; i < 16; i += 8) {
    const heap = 0x00100000 + (host.randomU32() & 0x01fffff8);
    const block = 0x7f000000 + (host.randomU32() & 0x00fffff8);
    for (let j = 0; j < 4; j++) {
      b[i + j] = heap >>> (8 * j);
      b[i + 4 + j] = block >>> (8 * j);
    }
  }
  return b.slice(0, len);
}

/** Its own handlers: one object where there would be four, for each of thousands of clients. */
export class PushSocket implements UdpHandlers {
  readonly rgbContext: Uint8Array;
  /** 0 until it is open. */
  localPort = 0;
  readonly #handlers: PushSocketHandlers;
  readonly #socket: UdpSocket;

  constructor(host: Host, contextBytes: number, handlers: PushSocketHandlers) {
    this.rgbContext = randomContext(host, contextBytes);
    this.#handlers = handlers;
    this.#socket = host.openUdp(0, this);
  }

  onOpen(localPort: number): void {
    this.localPort = localPort;
    this.#handlers.onSocketOpen();
  }

  onFailed(): void {
    this.#handlers.onSocketFailed();
  }

  onDatagram(b: Uint8Array, at: number, len: number, fromAddress: Ipv4Address, fromPort: number): void {
    this.#handlers.onDatagram(isPushDatagram(this.rgbContext, b, at, len), b, at, len, fromAddress, fromPort);
  }

  close(): void {
    this.#socket.close();
  }
}

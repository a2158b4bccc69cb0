/** The UDP socket on which a client receives push datagrams. */

import type { Host, Ipv4Address, UdpHandlers, UdpSocket } from "@pushback/host";
import { isPushDatagram } from "@pushback/mapi";

export interface PushSocketHandlers {
  onSocketOpen(): void;
  onSocketFailed(): void;
  /** `own` is true if the payload is exactly the registered context. The bytes are valid during the call only. */
  onDatagram(own: boolean, b: Uint8Array, at: number, len: number, fromAddress: Ipv4Address, fromPort: number): void;
}

/** A context as captures show it: values that look like pointers of the client (a heap address, the address of a thread block). `len` is at most 16 bytes. */
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

/** The object is its own `UdpHandlers`: one object instead of four for each of thousands of clients (docs/FLEET-PROFILE.md). */
export class PushSocket implements UdpHandlers {
  readonly rgbContext: Uint8Array;
  /** UDP port; 0 until the socket is open. */
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

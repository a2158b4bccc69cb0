/** A transfer in both directions at once: each end sends a pattern and checks the other's, byte for byte. */

import type { TcpConnection, TcpHandlers } from "@pushback/host";

/** The byte at offset `at` of the stream that side 0 or 1 sends. */
function patternByte(i: number, side: number): number {
  return (i * 31 + (i >>> 8) * 17 + (i >>> 16) * 5 + side * 101) & 255;
}

export interface StreamResult {
  readonly sent: number;
  readonly received: number;
  /** Offset of the first wrong byte; -1 if there is none. */
  readonly wrongAt: number;
  readonly cause: string;
}

const CHUNK = 64 * 1024;

/**
 * Sends and expects `total` bytes, finishes, and reports when the connection has ended. `side` is 0 for the end that connected, 1 for the end that
 * accepted.
 */
export class ByteStream implements TcpHandlers {
  connection: TcpConnection | null = null;
  readonly #total: number;
  readonly #side: number;
  readonly #report: (result: StreamResult) => void;
  #sent = 0;
  #received = 0;
  #wrongAt = -1;

  constructor(total: number, side: 0 | 1, report: (result: StreamResult) => void) {
    this.#total = total;
    this.#side = side;
    this.#report = report;
  }

  /** Called when the connection is established. */
  begin(connection: TcpConnection): this {
    this.connection = connection;
    this.onDrained();
    return this;
  }

  onConnected(): void {
    this.onDrained();
  }

  onDrained(): void {
    if (this.#sent >= this.#total) return;
    const chunk = new Uint8Array(Math.min(CHUNK, this.#total - this.#sent));
    for (let i = 0; i < chunk.length; i++) chunk[i] = patternByte(this.#sent + i, this.#side);
    this.#sent += chunk.length;
    this.connection?.send(chunk);
    if (this.#sent === this.#total) this.connection?.close();
  }

  onData(b: Uint8Array, at: number, len: number): void {
    for (let i = 0; i < len; i++) {
      if (this.#wrongAt < 0 && b[at + i] !== patternByte(this.#received + i, 1 - this.#side)) this.#wrongAt = this.#received + i;
    }
    this.#received += len;
  }

  onClosed(cause: string): void {
    this.#report({ sent: this.#sent, received: this.#received, wrongAt: this.#wrongAt, cause });
  }
}

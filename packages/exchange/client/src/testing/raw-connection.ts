/** Test support: a TCP connection to the server on which PDUs are sent in any order. */

import {
  CallAssembler,
  emitPduHeader,
  PDU_HEADER_BYTES,
  PduStream,
  PFC_FIRST_FRAG,
  PFC_LAST_FRAG,
  PTYPE,
  pduCallId,
  pduType,
} from "@pushback/dcerpc";
import type { TcpConnection, TcpEndCause } from "@pushback/host";
import { SECOND, SERVER, type Stage } from "./stage.ts";

export interface Pdu {
  readonly type: number;
  readonly callId: number;
  readonly bytes: Uint8Array;
  /** The stub of a response. */
  readonly stub: Uint8Array;
}

/** One connection: what is sent in any order, and what comes back. */
export class RawConnection {
  readonly #s: Stage;
  readonly #connection: TcpConnection;
  readonly #assembler = new CallAssembler(0x20000);
  readonly #received: Pdu[] = [];
  ended: TcpEndCause | null = null;

  constructor(s: Stage, port: number) {
    this.#s = s;
    const stream = new PduStream(0xffff, (b, at, len) => {
      const joined = pduType(b, at) === PTYPE.RESPONSE ? this.#assembler.add(b, at) : null;
      if (pduType(b, at) === PTYPE.RESPONSE && joined === null) return true;
      if (typeof joined === "string") throw new Error(`fragments: ${joined}`);
      const stub = joined?.stub.slice() ?? new Uint8Array(0);
      this.#received.push({ type: pduType(b, at), callId: pduCallId(b, at), bytes: b.slice(at, at + len), stub });
      return true;
    });
    this.#connection = s.machine.host().connectTcp(SERVER, port, {
      onData: (b, at, len) => {
        if (stream.push(b, at, len)) throw new Error("the server sends no DCE/RPC");
      },
      onClosed: (cause) => {
        this.ended = cause;
      },
    });
    s.network.runFor(SECOND / 100);
  }

  /** Sends the PDUs; returns those received within 10 ms. */
  exchange(...pdus: readonly Uint8Array[]): Pdu[] {
    for (const pdu of pdus) this.#connection.send(pdu);
    this.#s.network.runFor(SECOND / 100);
    return this.#received.splice(0);
  }

  close(): void {
    this.#connection.abort();
    this.#s.network.runFor(SECOND / 100);
  }
}

/** A PDU without a body. */
export function bare(type: number, callId: number): Uint8Array {
  const b = new Uint8Array(PDU_HEADER_BYTES);
  emitPduHeader(b, 0, type, PFC_FIRST_FRAG | PFC_LAST_FRAG, b.length, 0, callId);
  return b;
}

/** Cuts a TCP byte stream into PDUs. */

import { copyBytes } from "@pushback/bytes";
import { checkPdu, checkPduHeader, PDU_HEADER_BYTES, type PduFault, pduCallId, pduFragLength } from "./pdu.ts";

/** Called with each whole, checked PDU; its bytes are valid during the call only. Returns `false` to have the rest of the stream ignored. */
export type PduReceiver = (b: Uint8Array, at: number, len: number) => boolean;

const NOTHING = new Uint8Array(0);

/**
 * Takes a byte stream in pieces of any size. Holds at most one PDU, of at most `maxFragBytes`, and nothing at all between PDUs. After a fault (or when the
 * receiver said `false`) every further byte is ignored.
 */
export class PduStream {
  readonly #maxFragBytes: number;
  readonly #onPdu: PduReceiver;
  #held = NOTHING;
  #heldLen = 0;
  #stopped = false;
  #refusedCallId = 0;

  constructor(maxFragBytes: number, onPdu: PduReceiver) {
    this.#maxFragBytes = maxFragBytes;
    this.#onPdu = onPdu;
  }

  /** Bytes 12 to 15 of the faulty header: the call id that the response must name. */
  get refusedCallId(): number {
    return this.#refusedCallId;
  }

  /** Whether a PDU has arrived in part. */
  get holding(): boolean {
    return this.#heldLen > 0;
  }

  /** `null` while the stream is legal, then once the fault that ends it. */
  push(b: Uint8Array, at: number, len: number): PduFault | "too-long" | null {
    const end = at + len;
    while (at < end && !this.#stopped) {
      if (this.#heldLen === 0 && end - at >= PDU_HEADER_BYTES) {
        const fault = this.#checkHeader(b, at);
        if (fault) return fault;
        const fragLength = pduFragLength(b, at);
        if (fragLength <= end - at) {
          const bad = this.#deliver(b, at, fragLength);
          if (bad) return bad;
          at += fragLength;
          continue;
        }
        this.#held = new Uint8Array(fragLength);
      } else if (this.#heldLen === 0) {
        this.#held = new Uint8Array(PDU_HEADER_BYTES);
      }
      const take = Math.min(end - at, this.#held.length - this.#heldLen);
      copyBytes(b, at, this.#held, this.#heldLen, take);
      this.#heldLen += take;
      at += take;
      if (this.#heldLen < this.#held.length) break;
      const fault = this.#grow();
      if (fault) return fault;
    }
    return null;
  }

  #checkHeader(b: Uint8Array, at: number): PduFault | "too-long" | null {
    const fault = checkPduHeader(b, at) ?? (pduFragLength(b, at) > this.#maxFragBytes ? "too-long" : null);
    if (fault) {
      this.#refusedCallId = pduCallId(b, at);
      this.#stop();
    }
    return fault;
  }

  /** The held bytes fill their buffer: a header that now says how long its PDU is, or a whole PDU. */
  #grow(): PduFault | "too-long" | null {
    const fault = this.#checkHeader(this.#held, 0);
    if (fault) return fault;
    const fragLength = pduFragLength(this.#held, 0);
    const held = this.#held;
    if (held.length < fragLength) {
      this.#held = new Uint8Array(fragLength);
      this.#held.set(held);
      return null;
    }
    this.#held = NOTHING;
    this.#heldLen = 0;
    return this.#deliver(held, 0, fragLength);
  }

  #deliver(b: Uint8Array, at: number, len: number): PduFault | null {
    const fault = checkPdu(b, at, len);
    if (fault) {
      this.#stop();
      return fault;
    }
    if (!this.#onPdu(b, at, len)) this.#stop();
    return null;
  }

  #stop(): void {
    this.#stopped = true;
    this.#held = NOTHING;
    this.#heldLen = 0;
  }
}

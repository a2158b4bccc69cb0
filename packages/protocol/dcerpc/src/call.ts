/** Requests, responses and faults (C706 sections 12.6.4.7 to 12.6.4.10), cut into fragments on the way out and joined on the way in. */

import { putU16le, putU32le } from "@pushback/bytes";
import {
  callContextId,
  emitPduHeader,
  isLittleEndian,
  MUST_RECV_FRAG_BYTES,
  PDU_HEADER_BYTES,
  PFC_DID_NOT_EXECUTE,
  PFC_FIRST_FRAG,
  PFC_LAST_FRAG,
  PTYPE,
  pduCallId,
  pduFlags,
  requestOpnum,
  SEC_TRAILER_BYTES,
  stubLength,
  stubOffset,
} from "./pdu.ts";
import { type AuthVerifier, emitAuthVerifier } from "./security.ts";

const CALL_HEADER_BYTES = PDU_HEADER_BYTES + 8;
const FAULT_BYTES = 32;

/** Alignment in bytes of a fragment's security trailer, counted from the stub's start: 16, as in a capture of an Exchange 5.5 server. */
const AUTH_ALIGNMENT = 16;
/** The stub length of every fragment except the last is a multiple of this, so that NDR alignment is preserved. */
const STUB_ALIGNMENT = 8;

/** The status codes of faults that these programs send. */
export const NCA_S_FAULT = {
  /** The opnum is beyond the interface's last. */
  OP_RNG_ERROR: 0x1c010002,
  /** The presentation context was never accepted. */
  UNK_IF: 0x1c010003,
  PROTO_ERROR: 0x1c01000b,
  /** A context handle that this association does not hold. */
  CONTEXT_MISMATCH: 0x1c00001a,
  /** The stub does not unmarshal: RPC_X_BAD_STUB_DATA as Windows puts it on the wire. */
  BAD_STUB_DATA: 0x000006f7,
  /** The caller failed to authenticate. */
  ACCESS_DENIED: 0x00000005,
} as const;

/** A request or response with its whole stub, before it is cut into fragments or after they were joined. */
export interface CallRepr {
  readonly ptype: typeof PTYPE.REQUEST | typeof PTYPE.RESPONSE;
  readonly callId: number;
  readonly contextId: number;
  /** Number of the operation in its interface; 0 in a response. */
  readonly opnum: number;
  readonly stub: Uint8Array;
}

/**
 * A request or response as one or more whole PDUs, one after the other in one buffer, none longer than `maxXmitFrag` (taken as
 * 1432 where it is less). Each fragment's alloc_hint is the number of stub bytes from its own first one to the end of the call.
 */
export function emitCall(call: CallRepr, maxXmitFrag: number, auth: AuthVerifier | null = null): Uint8Array {
  const { stub } = call;
  const authBytes = auth ? SEC_TRAILER_BYTES + auth.value.length : 0;
  const alignment = auth ? AUTH_ALIGNMENT : STUB_ALIGNMENT;
  const room = Math.max(maxXmitFrag, MUST_RECV_FRAG_BYTES) - CALL_HEADER_BYTES - authBytes;
  const pieceBytes = room - (room % alignment);
  const pieces = Math.max(1, Math.ceil(stub.length / pieceBytes));
  const lastBytes = stub.length - (pieces - 1) * pieceBytes;
  const lastPad = auth ? (AUTH_ALIGNMENT - (lastBytes % AUTH_ALIGNMENT)) % AUTH_ALIGNMENT : 0;
  const b = new Uint8Array(pieces * (CALL_HEADER_BYTES + authBytes) + stub.length + lastPad);
  let at = 0;
  for (let i = 0; i < pieces; i++) {
    const from = i * pieceBytes;
    const last = i === pieces - 1;
    const len = last ? lastBytes : pieceBytes;
    const pad = last ? lastPad : 0;
    const fragLength = CALL_HEADER_BYTES + len + pad + authBytes;
    const flags = (i === 0 ? PFC_FIRST_FRAG : 0) | (last ? PFC_LAST_FRAG : 0);
    emitPduHeader(b, at, call.ptype, flags, fragLength, auth?.value.length ?? 0, call.callId);
    putU32le(b, at + 16, stub.length - from);
    putU16le(b, at + 20, call.contextId);
    putU16le(b, at + 22, call.opnum);
    b.set(stub.subarray(from, from + len), at + CALL_HEADER_BYTES);
    if (auth) emitAuthVerifier(b, at + CALL_HEADER_BYTES + len + pad, auth, pad);
    at += fragLength;
  }
  return b;
}

/** A whole fault PDU; `executed` says whether the call may have had effects. */
export function emitFault(
  callId: number,
  contextId: number,
  status: number,
  executed = false,
  auth: AuthVerifier | null = null,
): Uint8Array {
  const b = new Uint8Array(FAULT_BYTES + (auth ? SEC_TRAILER_BYTES + auth.value.length : 0));
  const flags = PFC_FIRST_FRAG | PFC_LAST_FRAG | (executed ? 0 : PFC_DID_NOT_EXECUTE);
  emitPduHeader(b, 0, PTYPE.FAULT, flags, b.length, auth?.value.length ?? 0, callId);
  putU32le(b, 16, FAULT_BYTES);
  putU16le(b, 20, contextId);
  putU32le(b, 24, status);
  if (auth) emitAuthVerifier(b, FAULT_BYTES, auth, 0);
  return b;
}

/** Faults of a sequence of fragments. */
export type AssemblyFault = "not-first" | "interleaved" | "mixed" | "too-long";

/** A call whose fragments have all arrived. */
export interface AssembledCall {
  readonly callId: number;
  readonly contextId: number;
  readonly opnum: number;
  readonly littleEndian: boolean;
  /** Valid until the next PDU is added: a single fragment's stub is not copied. */
  readonly stub: Uint8Array;
}

const NOTHING = new Uint8Array(0);

/** Joins the fragments of requests or responses, one call at a time, and never holds more than `maxStubBytes`. */
export class CallAssembler {
  readonly #maxStubBytes: number;
  #held = NOTHING;
  #len = 0;
  #callId = -1;
  #contextId = 0;
  #opnum = 0;
  #littleEndian = true;

  constructor(maxStubBytes: number) {
    this.#maxStubBytes = maxStubBytes;
  }

  /** Discards a call in progress, if its number is `callId`. */
  drop(callId: number): void {
    if (callId === this.#callId) this.#reset();
  }

  #reset(): void {
    this.#held = NOTHING;
    this.#len = 0;
    this.#callId = -1;
  }

  /** Whether a call has arrived in part. */
  get holding(): boolean {
    return this.#callId >= 0;
  }

  /** Grows by doubling, so that many small fragments cost no more than few large ones. */
  #append(b: Uint8Array, from: number, len: number): void {
    const need = this.#len + len;
    if (need > this.#held.length) {
      const grown = new Uint8Array(Math.min(this.#maxStubBytes, Math.max(need, 2 * this.#held.length)));
      grown.set(this.#held.subarray(0, this.#len));
      this.#held = grown;
    }
    this.#held.set(b.subarray(from, from + len), this.#len);
    this.#len = need;
  }

  /** Adds a checked request or response PDU. Returns the whole call, `null` while fragments are missing, or a fault after which the association must be closed. */
  add(b: Uint8Array, at: number): AssembledCall | null | AssemblyFault {
    const flags = pduFlags(b, at);
    const callId = pduCallId(b, at);
    const from = at + stubOffset(b, at);
    const len = stubLength(b, at);
    const request = b[at + 2] === PTYPE.REQUEST;
    if (flags & PFC_FIRST_FRAG) {
      if (this.#callId >= 0) return "interleaved";
      if (len > this.#maxStubBytes) return "too-long";
      // alloc_hint is a hint (C706 section 12.6.4.9): the fragments themselves say how long the call is.
      this.#contextId = callContextId(b, at);
      this.#opnum = request ? requestOpnum(b, at) : 0;
      this.#littleEndian = isLittleEndian(b, at);
      if (flags & PFC_LAST_FRAG) return this.#call(callId, b.subarray(from, from + len));
      this.#callId = callId;
    } else if (this.#callId < 0) {
      return "not-first";
    } else if (callId !== this.#callId || isLittleEndian(b, at) !== this.#littleEndian) {
      return "mixed";
    }
    if (this.#len + len > this.#maxStubBytes) return "too-long";
    this.#append(b, from, len);
    if (!(flags & PFC_LAST_FRAG)) return null;
    const stub = this.#held.subarray(0, this.#len);
    this.#reset();
    return this.#call(callId, stub);
  }

  #call(callId: number, stub: Uint8Array): AssembledCall {
    return { callId, contextId: this.#contextId, opnum: this.#opnum, littleEndian: this.#littleEndian, stub };
  }
}

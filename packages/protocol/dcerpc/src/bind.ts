/** The PDUs bind, alter_context and their responses (C706 section 12.6.4): `parse*` reads bodies, `emit*` writes whole PDUs. */

import { ByteWriter } from "@pushback/bytes";
import { BoundedReader } from "./bounded-reader.ts";
import {
  bodyEnd,
  emitPduHeader,
  isLittleEndian,
  PDU_HEADER_BYTES,
  PFC_FIRST_FRAG,
  PFC_LAST_FRAG,
  PTYPE,
  pduCallId,
  SEC_TRAILER_BYTES,
} from "./pdu.ts";
import { type AuthVerifier, emitAuthVerifier } from "./security.ts";
import { formatUuid, isUuidAt, NIL_UUID, uuidBytes } from "./uuid.ts";

/** An interface or a transfer syntax, with its version. */
export interface SyntaxId {
  readonly uuid: string;
  readonly versionMajor: number;
  readonly versionMinor: number;
}

/** NDR with 32-bit pointers, version 2: the only transfer syntax of its time. */
export const NDR_SYNTAX: SyntaxId = { uuid: "8a885d04-1ceb-11c9-9fe8-08002b104860", versionMajor: 2, versionMinor: 0 };

const NULL_SYNTAX: SyntaxId = { uuid: NIL_UUID, versionMajor: 0, versionMinor: 0 };

/** One presentation context that a bind offers. */
export interface PresentationContext {
  readonly contextId: number;
  readonly abstractSyntax: SyntaxId;
  readonly transferSyntaxes: readonly SyntaxId[];
}

/** The body of a bind or alter_context PDU (C706 section 12.6.4). */
export interface BindRepr {
  readonly callId: number;
  readonly maxXmitFrag: number;
  readonly maxRecvFrag: number;
  /** 0 asks for a new group. */
  readonly assocGroupId: number;
  readonly contexts: readonly PresentationContext[];
}

/** `result` of a presentation context. */
export const CONTEXT_ACCEPTANCE = 0;
/** `result` of a presentation context that the server refuses; `reason` says why. */
export const CONTEXT_PROVIDER_REJECTION = 2;
/** `reason` of a provider rejection. */
export const REASON_ABSTRACT_SYNTAX = 1;
/** `reason` of a provider rejection: the server supports none of the transfer syntaxes that the client proposed. */
export const REASON_TRANSFER_SYNTAXES = 2;

/** The server's decision about one presentation context. */
export interface ContextResult {
  readonly result: number;
  readonly reason: number;
  /** Null syntax (all zero) unless the context was accepted. */
  readonly transferSyntax: SyntaxId;
}

/** The body of a bind_ack or alter_context_resp PDU (C706 section 12.6.4). */
export interface BindAckRepr {
  readonly callId: number;
  readonly maxXmitFrag: number;
  readonly maxRecvFrag: number;
  readonly assocGroupId: number;
  /** The port in decimal, ASCII, without the NUL that is on the wire; empty in an alter_context response. */
  readonly secondaryAddress: string;
  readonly results: readonly ContextResult[];
}

/** `provider_reject_reason` of a bind_nak. */
export const BIND_NAK_REASON_NOT_SPECIFIED = 0;
/** The PDU is of another version of the protocol (C706 section 12.6.3.1, p_reject_reason_t). */
export const BIND_NAK_PROTOCOL_VERSION = 4;
/** The authentication type is not recognised (C706 calls it reserved; Windows uses 8). */
export const BIND_NAK_AUTH_TYPE = 8;

/** A syntax identifier on the wire: UUID and version. */
const SYNTAX_BYTES = 20;

/** The most presentation contexts that an emitted or accepted bind may name: the count is one octet. */
const MAX_CONTEXTS = 255;

/** The result of an accepted presentation context (p_result_t of C706). */
export function acceptContext(transferSyntax: SyntaxId): ContextResult {
  return { result: CONTEXT_ACCEPTANCE, reason: 0, transferSyntax };
}

/** The result of a refused presentation context; `reason` is a p_provider_reason_t of C706. */
export function rejectContext(reason: number): ContextResult {
  return { result: CONTEXT_PROVIDER_REJECTION, reason, transferSyntax: NULL_SYNTAX };
}

/** Whether two syntaxes have one UUID and one version. */
export function sameSyntax(a: SyntaxId, b: SyntaxId): boolean {
  return a.uuid === b.uuid && a.versionMajor === b.versionMajor && a.versionMinor === b.versionMinor;
}

function bodyReader(b: Uint8Array, at: number): BoundedReader {
  return new BoundedReader(b, at + PDU_HEADER_BYTES, bodyEnd(b, at) - PDU_HEADER_BYTES, isLittleEndian(b, at));
}

function readSyntax(r: BoundedReader): SyntaxId {
  const at = r.skip(16);
  const uuid = at < 0 ? NIL_UUID : formatUuid(r.b, at, r.littleEndian);
  const version = r.u32();
  return { uuid, versionMajor: version & 0xffff, versionMinor: version >>> 16 };
}

function putSyntax(w: ByteWriter, syntax: SyntaxId): void {
  w.bytes(uuidBytes(syntax.uuid));
  w.u16le(syntax.versionMajor);
  w.u16le(syntax.versionMinor);
}

/** The body of a checked bind or alter_context; `null` when its counts promise more than it holds. */
export function parseBind(b: Uint8Array, at: number): BindRepr | null {
  const r = bodyReader(b, at);
  const maxXmitFrag = r.u16();
  const maxRecvFrag = r.u16();
  const assocGroupId = r.u32();
  const count = r.u8();
  r.skip(3);
  const contexts: PresentationContext[] = [];
  for (let i = 0; i < count && !r.failed; i++) {
    const contextId = r.u16();
    const transferCount = r.u8();
    r.skip(1);
    const abstractSyntax = readSyntax(r);
    const transferSyntaxes: SyntaxId[] = [];
    for (let j = 0; j < transferCount && !r.failed; j++) transferSyntaxes.push(readSyntax(r));
    contexts.push({ contextId, abstractSyntax, transferSyntaxes });
  }
  return r.failed ? null : { callId: pduCallId(b, at), maxXmitFrag, maxRecvFrag, assocGroupId, contexts };
}

/** Whether a checked bind or alter_context offers the interface `syntax`. Unlike `parseBind` it allocates no record. */
export function offersSyntax(b: Uint8Array, at: number, syntax: SyntaxId): boolean {
  const r = bodyReader(b, at);
  r.skip(8);
  const count = r.u8();
  r.skip(3);
  let isOffered = false;
  for (let i = 0; i < count && !r.failed; i++) {
    r.skip(2);
    const transferCount = r.u8();
    r.skip(1);
    const uuidAt = r.skip(16);
    const version = r.u32();
    if (uuidAt >= 0 && (version & 0xffff) === syntax.versionMajor && version >>> 16 === syntax.versionMinor)
      isOffered ||= isUuidAt(b, uuidAt, r.littleEndian, syntax.uuid);
    r.skip(transferCount * SYNTAX_BYTES);
  }
  return isOffered && !r.failed;
}

/** The body of a checked bind_ack or alter_context response; `null` when its counts promise more than it holds. */
export function parseBindAck(b: Uint8Array, at: number): BindAckRepr | null {
  const r = bodyReader(b, at);
  const maxXmitFrag = r.u16();
  const maxRecvFrag = r.u16();
  const assocGroupId = r.u32();
  const addressAt = r.at + 2;
  const addressLength = r.u16();
  if (r.skip(addressLength) < 0) return null;
  let secondaryAddress = "";
  for (let i = 0; i < addressLength - 1; i++) secondaryAddress += String.fromCharCode(b[addressAt + i]);
  const over = (r.at - at) % 4;
  if (over) r.skip(4 - over);
  const count = r.u8();
  r.skip(3);
  const results: ContextResult[] = [];
  for (let i = 0; i < count && !r.failed; i++) {
    const result = r.u16();
    const reason = r.u16();
    results.push({ result, reason, transferSyntax: readSyntax(r) });
  }
  return r.failed ? null : { callId: pduCallId(b, at), maxXmitFrag, maxRecvFrag, assocGroupId, secondaryAddress, results };
}

/** The `provider_reject_reason` of a checked bind_nak. */
export function bindNakReason(b: Uint8Array, at: number): number {
  return bodyReader(b, at).u16();
}

/** Puts header and trailer round a body that was written from offset 16 on. */
function finish(w: ByteWriter, ptype: number, callId: number, auth: AuthVerifier | null): Uint8Array {
  let trailerAt = 0;
  let padLength = 0;
  if (auth) {
    padLength = (4 - (w.length % 4)) % 4;
    w.skip(padLength);
    trailerAt = w.skip(SEC_TRAILER_BYTES + auth.value.length);
  }
  const b = w.toBytes();
  if (auth) emitAuthVerifier(b, trailerAt, auth, padLength);
  emitPduHeader(b, 0, ptype, PFC_FIRST_FRAG | PFC_LAST_FRAG, b.length, auth?.value.length ?? 0, callId);
  return b;
}

/** A whole bind (or, as asked, alter_context) PDU; contexts beyond 255 are left out. */
export function emitBind(bind: BindRepr, auth: AuthVerifier | null = null, ptype: number = PTYPE.BIND): Uint8Array {
  const w = new ByteWriter(128);
  w.skip(PDU_HEADER_BYTES);
  w.u16le(bind.maxXmitFrag);
  w.u16le(bind.maxRecvFrag);
  w.u32le(bind.assocGroupId);
  const contexts = bind.contexts.slice(0, MAX_CONTEXTS);
  w.u8(contexts.length);
  w.skip(3);
  for (const context of contexts) {
    w.u16le(context.contextId);
    w.u8(context.transferSyntaxes.length);
    w.skip(1);
    putSyntax(w, context.abstractSyntax);
    for (const syntax of context.transferSyntaxes) putSyntax(w, syntax);
  }
  return finish(w, ptype, bind.callId, auth);
}

/** A whole bind_ack (or, as asked, alter_context response) PDU. */
export function emitBindAck(ack: BindAckRepr, auth: AuthVerifier | null = null, ptype: number = PTYPE.BIND_ACK): Uint8Array {
  const w = new ByteWriter(128);
  w.skip(PDU_HEADER_BYTES);
  w.u16le(ack.maxXmitFrag);
  w.u16le(ack.maxRecvFrag);
  w.u32le(ack.assocGroupId);
  if (ack.secondaryAddress) {
    w.u16le(ack.secondaryAddress.length + 1);
    for (const character of ack.secondaryAddress) w.u8(character.charCodeAt(0));
    w.u8(0);
  } else {
    w.u16le(0);
  }
  w.align(4);
  w.u8(ack.results.length);
  w.skip(3);
  for (const result of ack.results) {
    w.u16le(result.result);
    w.u16le(result.reason);
    putSyntax(w, result.transferSyntax);
  }
  return finish(w, ptype, ack.callId, auth);
}

/** A whole bind_nak PDU that names version 5.0 as the one supported. */
export function emitBindNak(callId: number, reason: number): Uint8Array {
  const w = new ByteWriter(32);
  w.skip(PDU_HEADER_BYTES);
  w.u16le(reason);
  w.u8(1);
  w.u8(5);
  w.u8(0);
  // Windows pads this PDU to 24 bytes.
  w.align(4);
  return finish(w, PTYPE.BIND_NAK, callId, null);
}

/** A whole auth3 PDU: four pad bytes that repeat the fragment sizes, as Windows sends them, then the trailer. */
export function emitAuth3(callId: number, fragBytes: number, auth: AuthVerifier): Uint8Array {
  const w = new ByteWriter(64);
  w.skip(PDU_HEADER_BYTES);
  w.u16le(fragBytes);
  w.u16le(fragBytes);
  return finish(w, PTYPE.AUTH3, callId, auth);
}

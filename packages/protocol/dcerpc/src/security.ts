/** The security trailer of a PDU, and the two seams through which an authentication protocol can be added to an association. */

import { getU32be, getU32le, putU32le } from "@pushback/bytes";
import { isLittleEndian, pduAuthLength, pduFragLength, SEC_TRAILER_BYTES } from "./pdu.ts";

/** Authentication type of NTLM. */
export const RPC_C_AUTHN_WINNT = 0x0a;
/** The bind authenticates the client; calls are neither signed nor encrypted. */
export const RPC_C_AUTHN_LEVEL_CONNECT = 2;

/** Every PDU is signed; at the connection-oriented transports the same as Integrity. */
export const RPC_C_AUTHN_LEVEL_PKT = 4;
/** Every PDU is signed; stubs are not encrypted. */
export const RPC_C_AUTHN_LEVEL_PKT_INTEGRITY = 5;
/** Every PDU is signed, its stub encrypted. */
export const RPC_C_AUTHN_LEVEL_PKT_PRIVACY = 6;

/** A security trailer with its verifier: `value` is a token in bind PDUs, 16 bytes in calls. */
export interface AuthVerifier {
  readonly authType: number;
  readonly authLevel: number;
  readonly authContextId: number;
  readonly value: Uint8Array;
}

/** The security trailer of a checked PDU, with a copy of the verifier; `null` if the PDU has none. */
export function parseAuthVerifier(b: Uint8Array, at: number): AuthVerifier | null {
  const authLength = pduAuthLength(b, at);
  if (!authLength) return null;
  const valueAt = at + pduFragLength(b, at) - authLength;
  const trailer = valueAt - SEC_TRAILER_BYTES;
  return {
    authType: b[trailer],
    authLevel: b[trailer + 1],
    authContextId: isLittleEndian(b, at) ? getU32le(b, trailer + 4) : getU32be(b, trailer + 4),
    value: b.slice(valueAt, valueAt + authLength),
  };
}

/** Writes trailer and verifier, `SEC_TRAILER_BYTES + value.length` bytes. */
export function emitAuthVerifier(b: Uint8Array, at: number, auth: AuthVerifier, padLength: number): void {
  b[at] = auth.authType;
  b[at + 1] = auth.authLevel;
  b[at + 2] = padLength;
  b[at + 3] = 0;
  putU32le(b, at + 4, auth.authContextId);
  b.set(auth.value, at + SEC_TRAILER_BYTES);
}

/** The verifier that NTLMSSP puts on every call at Connect level: version 1 and twelve zero bytes. Read off a capture of an Exchange 5.5 server. */
export function connectLevelVerifier(authContextId: number): AuthVerifier {
  const value = new Uint8Array(16);
  value[0] = 1;
  return { authType: RPC_C_AUTHN_WINNT, authLevel: RPC_C_AUTHN_LEVEL_CONNECT, authContextId, value };
}

/** A client's side of the security of one association. An association without one binds and calls without trailers. */
export interface ClientAuthenticator {
  /** The first token, sent with the bind. */
  bindVerifier(): AuthVerifier;
  /** The server's token arrived with the bind_ack: what the auth3 PDU carries, or `null` to send none. */
  answer(challenge: AuthVerifier): AuthVerifier | null;
  /** The verifier of every request after the bind. */
  callVerifier(): AuthVerifier;
}

/** A server's side of the security of one association. */
export interface ServerAuthenticator {
  /** The authenticated account; `null` before authentication, and after a failed one. */
  readonly account: string | null;
  /** The authentication level that the client asked for with its bind; 0 before. */
  readonly level: number;
  /** A bind or alter_context carried a trailer: the token for the answer, or `null` to refuse with a bind_nak. */
  challenge(token: AuthVerifier): AuthVerifier | null;
  /** Handles the auth3 PDU; returns whether authentication succeeded. Calls of an unauthenticated client get a fault. */
  complete(token: AuthVerifier): boolean;
  /** Trailer of every later response and fault, with an empty verifier; `protect` fills it in. */
  callVerifier(): AuthVerifier;
  /** A checked request PDU with its signature verified and its stub decrypted, as a copy; the same bytes where nothing is signed; `null` to refuse it. */
  unprotect(pdu: Uint8Array): Uint8Array | null;
  /** Signs, and encrypts where that was agreed, each PDU of a buffer of whole PDUs, in place and in order. */
  protect(pdus: Uint8Array): void;
}

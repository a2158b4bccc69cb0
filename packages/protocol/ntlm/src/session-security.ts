/**
 * Session security of NTLM (MS-NLMP 3.4): signatures and encryption of the PDUs of an association. With extended session security each
 * direction has keys, a cipher state and a sequence number of its own; without it both directions share one of each.
 */

import { hmac } from "@noble/hashes/hmac.js";
import { md5 } from "@noble/hashes/legacy.js";
import { getU32le, putU32le } from "@pushback/bytes";
import { NTLM_FLAG } from "./messages.ts";
import { sameBytes } from "./responses.ts";

/** Bytes of a signature (MS-NLMP 2.2.2.9). */
const SIGNATURE_BYTES = 16;

const SIGNATURE_VERSION = 1;

/** A running RC4 key stream. */
export class Rc4 {
  readonly #s = new Uint8Array(256);
  #i = 0;
  #j = 0;

  constructor(key: Uint8Array) {
    const s = this.#s;
    for (let i = 0; i < 256; i++) s[i] = i;
    for (let i = 0, j = 0; i < 256; i++) {
      j = (j + s[i] + key[i % key.length]) & 0xff;
      [s[i], s[j]] = [s[j], s[i]];
    }
  }

  /** Encrypts or decrypts in place. */
  apply(b: Uint8Array): Uint8Array {
    const s = this.#s;
    for (let n = 0; n < b.length; n++) {
      this.#i = (this.#i + 1) & 0xff;
      const x = s[this.#i];
      this.#j = (this.#j + x) & 0xff;
      s[this.#i] = s[this.#j];
      s[this.#j] = x;
      b[n] ^= s[(s[this.#i] + x) & 0xff];
    }
    return b;
  }
}

/** CRC-32 of ISO 3309, as in PNG and NTLM. */
function crc32(b: Uint8Array): number {
  let crc = 0xffffffff;
  for (const octet of b) {
    crc ^= octet;
    for (let bit = 0; bit < 8; bit++) crc = (crc >>> 1) ^ (crc & 1 ? 0xedb88320 : 0);
  }
  return ~crc >>> 0;
}

interface Direction {
  /** `null` without extended session security, which signs with the cipher alone. */
  readonly signingKey: Uint8Array | null;
  readonly cipher: Rc4;
  sequence: number;
}

/** What is signed and what is encrypted of one PDU: `sealed`, inside `whole`, is the stub with its padding; `whole` ends before the signature. */
export interface ProtectedParts {
  readonly whole: Uint8Array;
  readonly sealed: Uint8Array;
}

/** Signs, encrypts and verifies the PDUs of one association; keeps the sequence numbers and cipher states of both directions. */
export interface SessionSecurity {
  /** Signs a PDU that is sent, and encrypts its `sealed` part in place if `encrypt` is true. Returns the signature. */
  protect(parts: ProtectedParts, encrypt: boolean): Uint8Array;
  /** Decrypts the `sealed` part of a received PDU in place if `encrypted` is true. Returns whether the signature is right. */
  unprotect(parts: ProtectedParts, encrypted: boolean, signature: Uint8Array): boolean;
}

function derived(key: Uint8Array, text: string): Uint8Array {
  const magic = new TextEncoder().encode(`${text}\0`);
  const b = new Uint8Array(key.length + magic.length);
  b.set(key);
  b.set(magic, key.length);
  return md5(b);
}

function direction(flags: number, sessionKey: Uint8Array, way: string): Direction {
  const len = flags & NTLM_FLAG.KEY_128 ? 16 : flags & NTLM_FLAG.KEY_56 ? 7 : 5;
  return {
    signingKey: derived(sessionKey, `session key to ${way} signing key magic constant`),
    cipher: new Rc4(derived(sessionKey.subarray(0, len), `session key to ${way} sealing key magic constant`)),
    sequence: 0,
  };
}

/** Offset in a signature from which its bytes can be compared. Without extended session security the four bytes after the version are random. */
function comparable(d: Direction): number {
  return d.signingKey ? 4 : 8;
}

function sign(d: Direction, flags: number, { whole, sealed }: ProtectedParts): Uint8Array {
  const signature = new Uint8Array(SIGNATURE_BYTES);
  putU32le(signature, 0, SIGNATURE_VERSION);
  const sequence = d.sequence++;
  if (d.signingKey === null) {
    putU32le(signature, 8, crc32(sealed));
    putU32le(signature, 12, sequence);
    // The number is XORed into the encrypted zero, which is the same as encrypting it.
    d.cipher.apply(signature.subarray(4));
    return signature;
  }
  const message = new Uint8Array(4 + whole.length);
  putU32le(message, 0, sequence);
  message.set(whole, 4);
  signature.set(hmac(md5, d.signingKey, message).subarray(0, 8), 4);
  if (flags & NTLM_FLAG.KEY_EXCHANGE) d.cipher.apply(signature.subarray(4, 12));
  putU32le(signature, 12, sequence);
  return signature;
}

const WEAK_KEY_56_END = [0xa0];
const WEAK_KEY_40_END = [0xe5, 0x38, 0xb0];

/**
 * The sealing key without extended session security: the whole session key, or, with the flag LM_KEY, a weak key made of its first bytes (MS-NLMP 3.4.5.3).
 */
function sealingKey(flags: number, sessionKey: Uint8Array): Uint8Array {
  if (!(flags & NTLM_FLAG.LM_KEY)) return sessionKey;
  const end = flags & NTLM_FLAG.KEY_56 ? WEAK_KEY_56_END : WEAK_KEY_40_END;
  return Uint8Array.from([...sessionKey.subarray(0, 8 - end.length), ...end]);
}

/** The server's end. `sessionKey` is the exported session key, 16 bytes; `flags` are those that were negotiated. */
export function createServerSecurity(flags: number, sessionKey: Uint8Array): SessionSecurity {
  const extended = (flags & NTLM_FLAG.EXTENDED_SESSION_SECURITY) !== 0;
  const received = extended
    ? direction(flags, sessionKey, "client-to-server")
    : { signingKey: null, cipher: new Rc4(sealingKey(flags, sessionKey)), sequence: 0 };
  const sent = extended ? direction(flags, sessionKey, "server-to-client") : received;
  return {
    protect(parts, encrypt) {
      if (!encrypt) return sign(sent, flags, parts);
      // The signature covers the plain text, but the cipher runs over the text first.
      const plain = { whole: parts.whole.slice(), sealed: parts.sealed.slice() };
      sent.cipher.apply(parts.sealed);
      return sign(sent, flags, plain);
    },
    unprotect(parts, encrypted, signature) {
      if (signature.length !== SIGNATURE_BYTES || getU32le(signature, 0) !== SIGNATURE_VERSION) return false;
      if (encrypted) received.cipher.apply(parts.sealed);
      const from = comparable(received);
      return sameBytes(sign(received, flags, parts).subarray(from), signature.subarray(from));
    },
  };
}

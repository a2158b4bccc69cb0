/** The cryptography of NTLM (MS-NLMP 3.3): hashes of passwords, and the responses that prove knowledge of one. */

import { hmac } from "@noble/hashes/hmac.js";
import { md5 } from "@noble/hashes/legacy.js";
import { decodeText, encodeText } from "@pushback/bytes";
import des from "des.js";
import { md4 } from "./md4.ts";

/** Bytes of a challenge, of either side. */
export const CHALLENGE_BYTES = 8;

/** Bytes of a response of version 1, and of the LM field of any. */
export const RESPONSE_V1_BYTES = 24;

/** Bytes of the proof at the head of a response of version 2. */
const PROOF_BYTES = 16;

/** The smallest response of version 2: proof, fixed fields of the blob, the end of an empty list of names. */
export const LEAST_RESPONSE_V2_BYTES = PROOF_BYTES + 28 + 4;

/** Two bytes a character, little-endian. */
export function utf16(text: string): Uint8Array {
  const b = new Uint8Array(2 * text.length);
  for (let i = 0; i < text.length; i++) {
    const unit = text.charCodeAt(i);
    b[2 * i] = unit;
    b[2 * i + 1] = unit >> 8;
  }
  return b;
}

function concat(...parts: readonly Uint8Array[]): Uint8Array {
  const b = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    b.set(part, at);
    at += part.length;
  }
  return b;
}

/** The NT hash that is stored for a password, 16 bytes. Knowing the hash is enough to log on. */
export function ntHash(password: string): Uint8Array {
  return md4(utf16(password));
}

/** Seven bytes of key become eight: the low bit of each is parity, which DES ignores. */
function desKey(b: Uint8Array, at: number): Uint8Array {
  const key = new Uint8Array(8);
  for (let i = 0; i < 8; i++) {
    const bit = 7 * i;
    const high = b[at + (bit >> 3)] << 8;
    const low = (bit >> 3) + 1 < 7 ? b[at + (bit >> 3) + 1] : 0;
    key[i] = ((high | low) >> (8 - (bit & 7))) & 0xfe;
  }
  return key;
}

/** The plaintext that LMOWF encrypts (MS-NLMP 3.3.1). */
const LM_CONSTANT = new TextEncoder().encode("KGS!@#$%");

const LM_PASSWORD_BYTES = 14;

/** The code page of the LM hash: the OEM page of Western European and US systems (assumed for every account). */
const LM_CODE_PAGE = 850;

function desBlock(key: Uint8Array, at: number, block: Uint8Array): Uint8Array {
  const cipher = des.DES.create({ type: "encrypt", key: desKey(key, at), padding: false });
  return Uint8Array.from(cipher.update(block));
}

/**
 * The LM hash of a password, 16 bytes (LMOWF v1, MS-NLMP 3.3.1): it knows no small letters, and its halves can be guessed apart. `null` for a
 * password that has none: one of more than 14 characters, or with characters that the OEM code page lacks.
 */
export function lmHash(password: string): Uint8Array | null {
  // Windows has one capital for each letter: "\u00df" stays, where JavaScript makes two letters of it.
  const capitals = [...password].map((letter) => (letter.toUpperCase().length === letter.length ? letter.toUpperCase() : letter)).join("");
  const oem = encodeText(LM_CODE_PAGE, capitals);
  if (oem.length > LM_PASSWORD_BYTES || decodeText(LM_CODE_PAGE, oem) !== capitals) return null;
  const key = new Uint8Array(LM_PASSWORD_BYTES);
  key.set(oem);
  return concat(desBlock(key, 0, LM_CONSTANT), desBlock(key, 7, LM_CONSTANT));
}

/** The key exchange key of version 1 where the LM session key was agreed on (MS-NLMP 3.4.5.1). */
export function lmKeyExchangeKey(hash: Uint8Array, lmResponse: Uint8Array): Uint8Array {
  const key = new Uint8Array(14).fill(0xbd);
  key.set(hash.subarray(0, 8));
  const block = lmResponse.subarray(0, 8);
  return concat(desBlock(key, 0, block), desBlock(key, 7, block));
}

/** The NT response of version 1: the challenge, encrypted with three DES keys taken from the hash. 24 bytes. */
export function responseV1(hash: Uint8Array, challenge: Uint8Array): Uint8Array {
  const key = new Uint8Array(21);
  key.set(hash.subarray(0, 16));
  return concat(...[0, 7, 14].map((at) => desBlock(key, at, challenge)));
}

/** Version 1 over the challenges of both sides ("NTLM2 session response"), sent by clients that require extended session security. */
export function responseV1Extended(hash: Uint8Array, serverChallenge: Uint8Array, clientChallenge: Uint8Array): Uint8Array {
  return responseV1(hash, md5(concat(serverChallenge, clientChallenge)).slice(0, CHALLENGE_BYTES));
}

/** NTOWFv2, the key of NTLM version 2. The account's name is converted to upper case, the domain is used as the client spelled it. */
export function keyV2(hash: Uint8Array, account: string, domain: string): Uint8Array {
  return hmac(md5, hash, utf16(account.toUpperCase() + domain));
}

/** The NTLMv2 response: a proof of 16 bytes (HMAC-MD5 over challenge and blob), then the blob. */
export function responseV2(key: Uint8Array, serverChallenge: Uint8Array, blob: Uint8Array): Uint8Array {
  return concat(hmac(md5, key, concat(serverChallenge, blob)), blob);
}

/** LMv2 response: version 2's value in the LM response field. 24 bytes. */
export function lmResponseV2(key: Uint8Array, serverChallenge: Uint8Array, clientChallenge: Uint8Array): Uint8Array {
  return concat(hmac(md5, key, concat(serverChallenge, clientChallenge)), clientChallenge);
}

/** The blob of version 2; `fileTime` counts 100 ns since 1601. */
export function blobV2(fileTime: bigint, clientChallenge: Uint8Array, targetInfo: Uint8Array): Uint8Array {
  const head = new Uint8Array(16);
  head[0] = 1;
  head[1] = 1;
  for (let i = 0n; i < 8n; i++) head[8 + Number(i)] = Number((fileTime >> (8n * i)) & 0xffn);
  return concat(head, clientChallenge, new Uint8Array(4), targetInfo, new Uint8Array(4));
}

/** Whether an NTLMv2 response proves that its sender knows the key. */
export function provesV2(key: Uint8Array, serverChallenge: Uint8Array, response: Uint8Array): boolean {
  return sameBytes(responseV2(key, serverChallenge, response.subarray(PROOF_BYTES)), response);
}

/** Whether two byte sequences are equal. For equal lengths the time does not depend on the contents. */
export function sameBytes(a: Uint8Array, b: Uint8Array): boolean {
  if (a.length !== b.length) return false;
  let difference = 0;
  for (let i = 0; i < a.length; i++) difference |= a[i] ^ b[i];
  return difference === 0;
}

/** The session base key of version 1: MD4 of the hash (MS-NLMP 3.3.1). */
export function sessionBaseKeyV1(hash: Uint8Array): Uint8Array {
  return md4(hash);
}

/** The key exchange key of version 1 with extended session security (MS-NLMP 3.4.5.1). */
export function extendedKeyExchangeKey(baseKey: Uint8Array, serverChallenge: Uint8Array, clientChallenge: Uint8Array): Uint8Array {
  return hmac(md5, baseKey, concat(serverChallenge, clientChallenge));
}

/** The session base key of version 2: over the proof at the head of its response (MS-NLMP 3.3.2). */
export function sessionBaseKeyV2(key: Uint8Array, ntResponse: Uint8Array): Uint8Array {
  return hmac(md5, key, ntResponse.subarray(0, PROOF_BYTES));
}

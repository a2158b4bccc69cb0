/** The three NTLM messages (MS-NLMP 2.2.1). Parsers take unchecked bytes and give `null` for bytes that are not such a message. */

import { ByteWriter, decodeText, encodeText, getU16le, getU32le } from "@pushback/bytes";
import { CHALLENGE_BYTES, utf16 } from "./responses.ts";

/** Negotiate flags (MS-NLMP 2.2.2.5). */
export const NTLM_FLAG = {
  UNICODE: 0x00000001,
  OEM: 0x00000002,
  REQUEST_TARGET: 0x00000004,
  SIGN: 0x00000010,
  SEAL: 0x00000020,
  LM_KEY: 0x00000080,
  NTLM: 0x00000200,
  ALWAYS_SIGN: 0x00008000,
  TARGET_TYPE_DOMAIN: 0x00010000,
  EXTENDED_SESSION_SECURITY: 0x00080000,
  TARGET_INFO: 0x00800000,
  VERSION: 0x02000000,
  KEY_128: 0x20000000,
  KEY_EXCHANGE: 0x40000000,
  KEY_56: 0x80000000,
} as const;

const SIGNATURE = [0x4e, 0x54, 0x4c, 0x4d, 0x53, 0x53, 0x50, 0];
const NEGOTIATE = 1;
const CHALLENGE = 2;
const AUTHENTICATE = 3;

const NEGOTIATE_BYTES = 16;
const CHALLENGE_HEAD_BYTES = 48;
const CHALLENGE_SHORT_BYTES = 32;
const AUTHENTICATE_HEAD_BYTES = 64;
/** A client that knows no session keys leaves the last two fields out. */
const AUTHENTICATE_SHORT_BYTES = 52;

/** Longer names are refused: no account has one. */
const MAX_NAME_BYTES = 512;
/** Longest response or list of AV pairs that is accepted, in bytes. */
const MAX_RESPONSE_BYTES = 4096;

const NO_BYTES = new Uint8Array(0);

function isMessage(b: Uint8Array, type: number, least: number): boolean {
  return b.length >= least && SIGNATURE.every((octet, i) => b[i] === octet) && getU32le(b, 8) === type;
}

/** The bytes that a length, room and offset at `at` describe; `null` when they are not inside the message. */
function field(b: Uint8Array, at: number, most: number): Uint8Array | null {
  const len = getU16le(b, at);
  if (len === 0) return NO_BYTES;
  const offset = getU32le(b, at + 4);
  if (len > most || offset > b.length || len > b.length - offset) return null;
  return b.slice(offset, offset + len);
}

function putField(w: ByteWriter, len: number, offset: number): void {
  w.u16le(len);
  w.u16le(len);
  w.u32le(offset);
}

function putHead(w: ByteWriter, type: number): void {
  for (const octet of SIGNATURE) w.u8(octet);
  w.u32le(type);
}

function textOf(b: Uint8Array, unicode: boolean): string {
  if (!unicode) return decodeText(1252, b);
  let text = "";
  for (let i = 0; i + 1 < b.length; i += 2) text += String.fromCharCode(getU16le(b, i));
  return text;
}

function bytesOf(text: string, unicode: boolean): Uint8Array {
  return unicode ? utf16(text) : encodeText(1252, text);
}

/** NEGOTIATE with these flags and no names: 32 bytes. */
export function emitNegotiate(flags: number): Uint8Array {
  const w = new ByteWriter(32);
  putHead(w, NEGOTIATE);
  w.u32le(flags);
  w.skip(16);
  return w.toBytes();
}

/** The flags of a NEGOTIATE. */
export function parseNegotiate(b: Uint8Array): number | null {
  return isMessage(b, NEGOTIATE, NEGOTIATE_BYTES) ? getU32le(b, 12) : null;
}

/** A CHALLENGE_MESSAGE (MS-NLMP 2.2.1.2); `serverChallenge` has 8 bytes. */
export interface ChallengeMessage {
  readonly flags: number;
  readonly serverChallenge: Uint8Array;
  readonly targetName: string;
  /** AV pairs as they are on the wire; empty without TARGET_INFO. */
  readonly targetInfo: Uint8Array;
}

const AV_NETBIOS_COMPUTER = 1;
const AV_NETBIOS_DOMAIN = 2;

/** The names that version 2 signs along with the challenge. */
export function emitTargetInfo(domain: string, computer: string): Uint8Array {
  const w = new ByteWriter(64);
  for (const [id, name] of [
    [AV_NETBIOS_DOMAIN, domain],
    [AV_NETBIOS_COMPUTER, computer],
  ] as const) {
    w.u16le(id);
    w.u16le(2 * name.length);
    w.bytes(utf16(name));
  }
  w.u32le(0);
  return w.toBytes();
}

/** A CHALLENGE_MESSAGE as octets (MS-NLMP section 2.2.1.2). */
export function emitChallenge(message: ChallengeMessage): Uint8Array {
  const name = bytesOf(message.targetName, (message.flags & NTLM_FLAG.UNICODE) !== 0);
  const w = new ByteWriter(128);
  putHead(w, CHALLENGE);
  putField(w, name.length, CHALLENGE_HEAD_BYTES);
  w.u32le(message.flags);
  w.bytes(message.serverChallenge);
  w.skip(8);
  putField(w, message.targetInfo.length, CHALLENGE_HEAD_BYTES + name.length);
  w.bytes(name);
  w.bytes(message.targetInfo);
  return w.toBytes();
}

/** Reads a CHALLENGE_MESSAGE (MS-NLMP section 2.2.1.2); `null` if it is malformed. */
export function parseChallenge(b: Uint8Array): ChallengeMessage | null {
  if (!isMessage(b, CHALLENGE, CHALLENGE_SHORT_BYTES)) return null;
  const flags = getU32le(b, 20);
  const name = field(b, 12, MAX_NAME_BYTES);
  const targetInfo = b.length >= CHALLENGE_HEAD_BYTES && flags & NTLM_FLAG.TARGET_INFO ? field(b, 40, MAX_RESPONSE_BYTES) : NO_BYTES;
  if (!name || !targetInfo) return null;
  const targetName = textOf(name, (flags & NTLM_FLAG.UNICODE) !== 0);
  return { flags, serverChallenge: b.slice(24, 24 + CHALLENGE_BYTES), targetName, targetInfo };
}

/** An AUTHENTICATE_MESSAGE (MS-NLMP 2.2.1.3); responses are empty where the message has none. */
export interface AuthenticateMessage {
  readonly flags: number;
  readonly lmResponse: Uint8Array;
  readonly ntResponse: Uint8Array;
  readonly domain: string;
  readonly account: string;
  readonly workstation: string;
  /** The session key, encrypted with the key exchange key; empty without KEY_EXCHANGE. */
  readonly sessionKey: Uint8Array;
}

/** An AUTHENTICATE_MESSAGE as octets (MS-NLMP section 2.2.1.3). */
export function emitAuthenticate(message: AuthenticateMessage): Uint8Array {
  const unicode = (message.flags & NTLM_FLAG.UNICODE) !== 0;
  const names = [message.domain, message.account, message.workstation].map((name) => bytesOf(name, unicode));
  // Names first, as Windows orders them, then responses; the fields stand in another order.
  const payload = [...names, message.lmResponse, message.ntResponse, message.sessionKey];
  const offsets: number[] = [];
  let at = AUTHENTICATE_HEAD_BYTES;
  for (const part of payload) {
    offsets.push(at);
    at += part.length;
  }
  const w = new ByteWriter(at);
  putHead(w, AUTHENTICATE);
  for (const i of [3, 4, 0, 1, 2]) putField(w, payload[i].length, offsets[i]);
  putField(w, message.sessionKey.length, offsets[5]);
  w.u32le(message.flags);
  for (const part of payload) w.bytes(part);
  return w.toBytes();
}

/** Offsets of the fields that every AUTHENTICATE has: LM response, NT response, domain, account and workstation. */
const AUTHENTICATE_FIELDS = [12, 20, 28, 36, 44] as const;

/** `flags` are `negotiated` where the message has none of its own. */
export function parseAuthenticate(b: Uint8Array, negotiated: number): AuthenticateMessage | null {
  if (!isMessage(b, AUTHENTICATE, AUTHENTICATE_SHORT_BYTES)) return null;
  const lmResponse = field(b, 12, MAX_RESPONSE_BYTES);
  const ntResponse = field(b, 20, MAX_RESPONSE_BYTES);
  const [domain, account, workstation] = [28, 36, 44].map((at) => field(b, at, MAX_NAME_BYTES));
  if (!lmResponse || !ntResponse || !domain || !account || !workstation) return null;
  // The header ends where the payload begins: without a session key field the bytes at 60 are payload, not flags.
  const payloadAt = Math.min(b.length, ...AUTHENTICATE_FIELDS.flatMap((at) => (getU16le(b, at) > 0 ? getU32le(b, at + 4) : [])));
  const isLong = payloadAt >= AUTHENTICATE_HEAD_BYTES;
  const flags = isLong ? getU32le(b, 60) : negotiated;
  const sessionKey = isLong ? field(b, 52, MAX_RESPONSE_BYTES) : NO_BYTES;
  if (!sessionKey) return null;
  const unicode = (negotiated & NTLM_FLAG.UNICODE) !== 0;
  return {
    flags,
    lmResponse,
    ntResponse,
    domain: textOf(domain, unicode),
    account: textOf(account, unicode),
    workstation: textOf(workstation, unicode),
    sessionKey,
  };
}

/**
 * The server's side of NTLM on an association: a challenge for a bind, the judgement of the answer, and, at levels above Connect, the
 * signatures and the encryption of calls.
 */

import {
  type AuthVerifier,
  connectLevelVerifier,
  PTYPE,
  parseAuthVerifier,
  pduAuthLength,
  pduFragLength,
  RPC_C_AUTHN_LEVEL_CONNECT,
  RPC_C_AUTHN_LEVEL_PKT,
  RPC_C_AUTHN_LEVEL_PKT_INTEGRITY,
  RPC_C_AUTHN_LEVEL_PKT_PRIVACY,
  RPC_C_AUTHN_WINNT,
  SEC_TRAILER_BYTES,
  type ServerAuthenticator,
  stubOffset,
} from "@pushback/dcerpc";
import { type AuthenticateMessage, emitChallenge, emitTargetInfo, NTLM_FLAG, parseAuthenticate, parseNegotiate } from "./messages.ts";
import {
  CHALLENGE_BYTES,
  extendedKeyExchangeKey,
  keyV2,
  LEAST_RESPONSE_V2_BYTES,
  lmKeyExchangeKey,
  provesV2,
  RESPONSE_V1_BYTES,
  responseV1,
  responseV1Extended,
  sameBytes,
  sessionBaseKeyV1,
  sessionBaseKeyV2,
} from "./responses.ts";
import { createServerSecurity, type ProtectedParts, Rc4, type SessionSecurity } from "./session-security.ts";

/** The reason why an authentication was refused. */
export type NtlmRefusal = "malformed" | "anonymous" | "unknown-account" | "wrong-password" | "version-1" | "lm-only";

/** The outcome of an authentication; `account` is the name that the client sent, proved or not. */
export interface NtlmOutcome {
  readonly account: string;
  readonly domain: string;
  readonly workstation: string;
  readonly version: 1 | 2;
  /** Reason of the refusal; `null` if the client is authenticated. */
  readonly refusal: NtlmRefusal | null;
}

/** Settings of the server's side of NTLM authentication: accepted versions, and the accounts. */
export interface NtlmServerSettings {
  /** NetBIOS names, in capitals. */
  readonly domain: string;
  readonly computer: string;
  /** Whether NTLMv1 responses are accepted; NTLMv2 responses always are. */
  readonly allowVersion1: boolean;
  /** Whether a logon with an LM response alone is taken, from accounts that have an LM hash; version 1 must be allowed, too. */
  readonly allowLm: boolean;
  /** Whether a client that names no account is let in (MS-NLMP 3.2.5.1.2), with an account of `null`. */
  readonly allowAnonymous: boolean;
  /** Unpredictable bytes. */
  randomBytes(len: number): Uint8Array;
  /** The stored name of the account and the hashes of its password, that of LM where there is one; `null` when there is no account. */
  findAccount(
    account: string,
    domain: string,
  ): { readonly name: string; readonly ntHash: Uint8Array; readonly lmHash?: Uint8Array | null } | null;
  /** Called for each AUTHENTICATE message that was judged, malformed ones included. */
  onOutcome?(outcome: NtlmOutcome): void;
}

/** The flags of a client's offer that this server grants at Connect level: session security stays off, as these calls have none. */
const GRANTED_FLAGS = NTLM_FLAG.REQUEST_TARGET | NTLM_FLAG.NTLM | NTLM_FLAG.ALWAYS_SIGN | NTLM_FLAG.KEY_128 | NTLM_FLAG.KEY_56;

/** Flags that the server also grants at higher levels. */
const SESSION_SECURITY_FLAGS = NTLM_FLAG.SIGN | NTLM_FLAG.SEAL | NTLM_FLAG.KEY_EXCHANGE | NTLM_FLAG.EXTENDED_SESSION_SECURITY;

const LEVELS: readonly number[] = [
  RPC_C_AUTHN_LEVEL_CONNECT,
  RPC_C_AUTHN_LEVEL_PKT,
  RPC_C_AUTHN_LEVEL_PKT_INTEGRITY,
  RPC_C_AUTHN_LEVEL_PKT_PRIVACY,
];

/** The header and the status of a fault: they are signed, and never encrypted. */
const FAULT_BYTES = 32;

/** A client that sets one of these flags understands target information; clients of 1996 do not. */
const KNOWS_TARGET_INFO = NTLM_FLAG.TARGET_INFO | NTLM_FLAG.EXTENDED_SESSION_SECURITY | NTLM_FLAG.VERSION;

/** Used in place of an unknown account's hash, so that the check takes the same time. */
const NOBODYS_HASH = new Uint8Array(16);

/** The session key of an anonymous client is zero (MS-NLMP 3.2.5.1.2). */
const ANONYMOUS_KEY = new Uint8Array(16);

/** An authenticator for the server's side of NTLM (MS-NLMP section 3.2.5); one serves all associations. */
export function createNtlmServer(settings: NtlmServerSettings): ServerAuthenticator {
  const { domain, computer } = settings;
  let serverChallenge: Uint8Array | null = null;
  let negotiated = 0;
  let authContextId = 0;
  let account: string | null = null;
  let level = 0;
  let security: SessionSecurity | null = null;

  /** Agrees on the session key (MS-NLMP 3.4.5.1). */
  function startSecurity(keyExchangeKey: Uint8Array, message: AuthenticateMessage): void {
    const exchanged = (negotiated & NTLM_FLAG.KEY_EXCHANGE) !== 0 && message.sessionKey.length === 16;
    const sessionKey = exchanged ? new Rc4(keyExchangeKey).apply(message.sessionKey.slice()) : keyExchangeKey;
    const flags = exchanged ? negotiated : negotiated & ~NTLM_FLAG.KEY_EXCHANGE;
    security = createServerSecurity(flags, sessionKey);
  }

  /** The parts of the PDU at `at` that are signed and encrypted: everything up to the signature, and the stub with its padding. */
  function partsOf(b: Uint8Array, at: number): ProtectedParts {
    const signatureAt = at + pduFragLength(b, at) - pduAuthLength(b, at);
    const isFault = b[at + 2] === PTYPE.FAULT;
    const stubAt = at + (isFault ? FAULT_BYTES : stubOffset(b, at));
    return { whole: b.subarray(at, signatureAt), sealed: b.subarray(stubAt, signatureAt - SEC_TRAILER_BYTES) };
  }

  function judge(message: AuthenticateMessage, challenge: Uint8Array): { readonly version: 1 | 2; readonly refusal: NtlmRefusal | null } {
    const { ntResponse, lmResponse } = message;
    const version = ntResponse.length > RESPONSE_V1_BYTES ? 2 : 1;
    if (message.account === "") {
      if (!settings.allowAnonymous || ntResponse.length > 0) return { version, refusal: "anonymous" };
      if (level > RPC_C_AUTHN_LEVEL_CONNECT) startSecurity(ANONYMOUS_KEY, message);
      return { version, refusal: null };
    }
    const known = settings.findAccount(message.account, message.domain);
    const hash = known?.ntHash ?? NOBODYS_HASH;
    let proven: boolean;
    let keyExchangeKey: Uint8Array;
    if (version === 2) {
      const key = keyV2(hash, message.account, message.domain);
      proven = ntResponse.length >= LEAST_RESPONSE_V2_BYTES && provesV2(key, challenge, ntResponse);
      keyExchangeKey = sessionBaseKeyV2(key, ntResponse);
    } else if (!settings.allowVersion1) {
      return { version, refusal: "version-1" };
    } else if (ntResponse.length === 0 && lmResponse.length === RESPONSE_V1_BYTES) {
      if (!settings.allowLm || (known && !known.lmHash)) return { version, refusal: "lm-only" };
      const lmKey = known?.lmHash ?? NOBODYS_HASH;
      proven = sameBytes(responseV1(lmKey, challenge), lmResponse);
      keyExchangeKey = negotiated & NTLM_FLAG.LM_KEY ? lmKeyExchangeKey(lmKey, lmResponse) : sessionBaseKeyV1(hash);
    } else {
      const extended = (message.flags & NTLM_FLAG.EXTENDED_SESSION_SECURITY) !== 0 && lmResponse.length === RESPONSE_V1_BYTES;
      const expected = extended
        ? responseV1Extended(hash, challenge, lmResponse.subarray(0, CHALLENGE_BYTES))
        : responseV1(hash, challenge);
      proven = sameBytes(expected, ntResponse);
      const baseKey = sessionBaseKeyV1(hash);
      keyExchangeKey = extended ? extendedKeyExchangeKey(baseKey, challenge, lmResponse.subarray(0, CHALLENGE_BYTES)) : baseKey;
    }
    if (!known) return { version, refusal: "unknown-account" };
    if (!proven) return { version, refusal: "wrong-password" };
    account = known.name;
    if (level > RPC_C_AUTHN_LEVEL_CONNECT) startSecurity(keyExchangeKey, message);
    return { version, refusal: null };
  }

  return {
    get account() {
      return account;
    },

    get level() {
      return level;
    },

    challenge(token) {
      const offered = parseNegotiate(token.value);
      const ours = token.authType === RPC_C_AUTHN_WINNT && LEVELS.includes(token.authLevel);
      if (!ours || offered === null || serverChallenge) return null;
      const text = offered & NTLM_FLAG.UNICODE ? NTLM_FLAG.UNICODE : NTLM_FLAG.OEM;
      const names = offered & KNOWS_TARGET_INFO ? NTLM_FLAG.TARGET_INFO : 0;
      level = token.authLevel;
      const isSecured = level > RPC_C_AUTHN_LEVEL_CONNECT;
      // LM_KEY and EXTENDED_SESSIONSECURITY exclude each other (MS-NLMP 2.2.2.5).
      const lmKey = settings.allowLm && !(offered & NTLM_FLAG.EXTENDED_SESSION_SECURITY) ? NTLM_FLAG.LM_KEY : 0;
      const granted = GRANTED_FLAGS | lmKey | (isSecured ? SESSION_SECURITY_FLAGS : 0);
      negotiated = ((offered & granted) | text | names | NTLM_FLAG.NTLM | NTLM_FLAG.TARGET_TYPE_DOMAIN) >>> 0;
      serverChallenge = settings.randomBytes(CHALLENGE_BYTES);
      authContextId = token.authContextId;
      const targetInfo = names ? emitTargetInfo(domain, computer) : new Uint8Array(0);
      const value = emitChallenge({ flags: negotiated, serverChallenge, targetName: domain, targetInfo });
      return { authType: RPC_C_AUTHN_WINNT, authLevel: level, authContextId, value };
    },

    complete(token) {
      const challenge = serverChallenge;
      // A challenge is valid for one response.
      serverChallenge = new Uint8Array(0);
      const message = challenge?.length === CHALLENGE_BYTES ? parseAuthenticate(token.value, negotiated) : null;
      if (!challenge || !message) {
        settings.onOutcome?.({ account: "", domain: "", workstation: "", version: 1, refusal: "malformed" });
        return false;
      }
      const { version, refusal } = judge(message, challenge);
      settings.onOutcome?.({ account: message.account, domain: message.domain, workstation: message.workstation, version, refusal });
      return refusal === null;
    },

    callVerifier(): AuthVerifier {
      return { ...connectLevelVerifier(authContextId), authLevel: security ? level : RPC_C_AUTHN_LEVEL_CONNECT };
    },

    unprotect(pdu) {
      const token = parseAuthVerifier(pdu, 0);
      // Some clients sign nothing at level Packet, as the transport keeps packets in order: such a call is no better protected than at Connect.
      if (!token) return level <= RPC_C_AUTHN_LEVEL_PKT ? pdu : null;
      if (!security || token.authLevel !== level) return null;
      return security.unprotect(partsOf(pdu, 0), level === RPC_C_AUTHN_LEVEL_PKT_PRIVACY, token.value) ? pdu : null;
    },

    protect(pdus) {
      if (!security) return;
      for (let at = 0; at < pdus.length; at += pduFragLength(pdus, at)) {
        const parts = partsOf(pdus, at);
        pdus.set(security.protect(parts, level === RPC_C_AUTHN_LEVEL_PKT_PRIVACY), at + parts.whole.length);
      }
    },
  };
}

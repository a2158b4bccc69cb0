/** The server's side of NTLM on an association, at Connect level: a challenge for a bind, and then the judgement of the answer. */

import {
  type AuthVerifier,
  connectLevelVerifier,
  RPC_C_AUTHN_LEVEL_CONNECT,
  RPC_C_AUTHN_WINNT,
  type ServerAuthenticator,
} from "@pushback/dcerpc";
import { type AuthenticateMessage, emitChallenge, emitTargetInfo, NTLM_FLAG, parseAuthenticate, parseNegotiate } from "./messages.ts";
import {
  CHALLENGE_BYTES,
  keyV2,
  LEAST_RESPONSE_V2_BYTES,
  provesV2,
  RESPONSE_V1_BYTES,
  responseV1,
  responseV1Extended,
  sameBytes,
} from "./responses.ts";

/** Why somebody was not let in. */
export type NtlmRefusal = "malformed" | "anonymous" | "unknown-account" | "wrong-password" | "version-1";

/** How an attempt ended; `account` is what the client called itself, whoever it is. */
export interface NtlmOutcome {
  readonly account: string;
  readonly domain: string;
  readonly workstation: string;
  readonly version: 1 | 2;
  /** `null`: let in. */
  readonly refusal: NtlmRefusal | null;
}

export interface NtlmServerSettings {
  /** NetBIOS names, in capitals. */
  readonly domain: string;
  readonly computer: string;
  /** Whether responses of version 1 are taken; those of version 2 always are. */
  readonly allowVersion1: boolean;
  /** Unpredictable bytes. */
  randomBytes(len: number): Uint8Array;
  /** The stored name of the account and the hash of its password; `null` when there is none. */
  findAccount(account: string, domain: string): { readonly name: string; readonly ntHash: Uint8Array } | null;
  onOutcome?(outcome: NtlmOutcome): void;
}

/** Of what a client offers, what this server grants: session security stays off, as calls at Connect level have none. */
const GRANTED_FLAGS = NTLM_FLAG.REQUEST_TARGET | NTLM_FLAG.NTLM | NTLM_FLAG.ALWAYS_SIGN | NTLM_FLAG.KEY_128 | NTLM_FLAG.KEY_56;

/** A client that names one of these knows what to do with target information; those of 1996 do not. */
const KNOWS_TARGET_INFO = NTLM_FLAG.TARGET_INFO | NTLM_FLAG.EXTENDED_SESSION_SECURITY | NTLM_FLAG.VERSION;

/** Stands in for the hash of an account that there is not, so that asking takes as long. */
const NOBODYS_HASH = new Uint8Array(16);

export function createNtlmServer(settings: NtlmServerSettings): ServerAuthenticator {
  const { domain, computer } = settings;
  let serverChallenge: Uint8Array | null = null;
  let negotiated = 0;
  let authContextId = 0;
  let account: string | null = null;

  function judge(message: AuthenticateMessage, challenge: Uint8Array): { readonly version: 1 | 2; readonly refusal: NtlmRefusal | null } {
    const { ntResponse, lmResponse } = message;
    const version = ntResponse.length > RESPONSE_V1_BYTES ? 2 : 1;
    if (message.account === "") return { version, refusal: "anonymous" };
    const known = settings.findAccount(message.account, message.domain);
    const hash = known?.ntHash ?? NOBODYS_HASH;
    let proven: boolean;
    if (version === 2) {
      const key = keyV2(hash, message.account, message.domain);
      proven = ntResponse.length >= LEAST_RESPONSE_V2_BYTES && provesV2(key, challenge, ntResponse);
    } else {
      if (!settings.allowVersion1) return { version, refusal: "version-1" };
      const extended = (message.flags & NTLM_FLAG.EXTENDED_SESSION_SECURITY) !== 0 && lmResponse.length === RESPONSE_V1_BYTES;
      const expected = extended
        ? responseV1Extended(hash, challenge, lmResponse.subarray(0, CHALLENGE_BYTES))
        : responseV1(hash, challenge);
      proven = sameBytes(expected, ntResponse);
    }
    if (!known) return { version, refusal: "unknown-account" };
    if (!proven) return { version, refusal: "wrong-password" };
    account = known.name;
    return { version, refusal: null };
  }

  return {
    get account() {
      return account;
    },

    challenge(token) {
      const offered = parseNegotiate(token.value);
      const ours = token.authType === RPC_C_AUTHN_WINNT && token.authLevel === RPC_C_AUTHN_LEVEL_CONNECT;
      if (!ours || offered === null || serverChallenge) return null;
      const text = offered & NTLM_FLAG.UNICODE ? NTLM_FLAG.UNICODE : NTLM_FLAG.OEM;
      const names = offered & KNOWS_TARGET_INFO ? NTLM_FLAG.TARGET_INFO : 0;
      negotiated = ((offered & GRANTED_FLAGS) | text | names | NTLM_FLAG.NTLM | NTLM_FLAG.TARGET_TYPE_DOMAIN) >>> 0;
      serverChallenge = settings.randomBytes(CHALLENGE_BYTES);
      authContextId = token.authContextId;
      const targetInfo = names ? emitTargetInfo(domain, computer) : new Uint8Array(0);
      const value = emitChallenge({ flags: negotiated, serverChallenge, targetName: domain, targetInfo });
      return { authType: RPC_C_AUTHN_WINNT, authLevel: RPC_C_AUTHN_LEVEL_CONNECT, authContextId, value };
    },

    complete(token) {
      const challenge = serverChallenge;
      // A challenge is good for one answer.
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
      return connectLevelVerifier(authContextId);
    },
  };
}

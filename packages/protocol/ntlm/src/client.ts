/** The client's side of NTLM on an association, at Connect level. */

import { type ClientAuthenticator, connectLevelVerifier, RPC_C_AUTHN_LEVEL_CONNECT, RPC_C_AUTHN_WINNT } from "@pushback/dcerpc";
import { emitAuthenticate, emitNegotiate, NTLM_FLAG, parseChallenge } from "./messages.ts";
import { blobV2, CHALLENGE_BYTES, keyV2, lmResponseV2, responseV1, responseV2 } from "./responses.ts";

/** Account and password hashes of a client; the password itself is not needed. */
export interface NtlmCredentials {
  readonly account: string;
  readonly domain: string;
  /** NT hash of the password, from `ntHash`. */
  readonly ntHash: Uint8Array;
  /** LM hash of the password, from `lmHash`; `version: "lm"` needs it, and version 1 uses it where there is one. */
  readonly lmHash?: Uint8Array | null;
}

/** Settings of the client's side of an NTLM authentication. */
export interface NtlmClientSettings {
  readonly credentials: NtlmCredentials;
  /** The machine's name. */
  readonly workstation: string;
  /**
   * `lm`: an LM response alone, as Windows 95 and older clients send (KB Q147706, KB Q239869). 1: both responses, as Windows NT of 1996
   * sends (KB Q147706). 2: NTLM 2.
   */
  readonly version: "lm" | 1 | 2;
  /** Unpredictable bytes. */
  randomBytes(len: number): Uint8Array;
  /** The current time in units of 100 ns since 1601-01-01 UTC, which version 2 signs. */
  fileTime(): bigint;
}

const FLAGS_V1 = NTLM_FLAG.UNICODE | NTLM_FLAG.OEM | NTLM_FLAG.REQUEST_TARGET | NTLM_FLAG.NTLM | NTLM_FLAG.ALWAYS_SIGN;

/** Identifier of the security context; any number is valid. */
const AUTH_CONTEXT_ID = 1;

/** Throws a RangeError for version `lm` without an LM hash. */
export function createNtlmClient(settings: NtlmClientSettings): ClientAuthenticator {
  const { credentials, workstation, version } = settings;
  const { account, domain, ntHash } = credentials;
  const lmHash = credentials.lmHash ?? null;
  if (version === "lm" && lmHash === null) throw new RangeError("an LM response needs the LM hash of the password");
  const verifier = (value: Uint8Array) => ({
    authType: RPC_C_AUTHN_WINNT,
    authLevel: RPC_C_AUTHN_LEVEL_CONNECT,
    authContextId: AUTH_CONTEXT_ID,
    value,
  });
  return {
    bindVerifier: () => verifier(emitNegotiate(version === 2 ? FLAGS_V1 | NTLM_FLAG.TARGET_INFO : FLAGS_V1)),
    answer(token) {
      const challenge = parseChallenge(token.value);
      if (!challenge) return null;
      const { serverChallenge, targetInfo, flags } = challenge;
      let lmResponse: Uint8Array;
      let ntResponse: Uint8Array;
      if (version === 2) {
        const clientChallenge = settings.randomBytes(CHALLENGE_BYTES);
        const key = keyV2(ntHash, account, domain);
        lmResponse = lmResponseV2(key, serverChallenge, clientChallenge);
        ntResponse = responseV2(key, serverChallenge, blobV2(settings.fileTime(), clientChallenge, targetInfo));
      } else if (lmHash !== null && version === "lm") {
        lmResponse = responseV1(lmHash, serverChallenge);
        ntResponse = new Uint8Array(0);
      } else {
        ntResponse = responseV1(ntHash, serverChallenge);
        // Without an LM hash the NT response stands in both places (MS-NLMP 3.3.1, NoLMResponseNTLMv1).
        lmResponse = lmHash === null ? ntResponse : responseV1(lmHash, serverChallenge);
      }
      return verifier(emitAuthenticate({ flags, lmResponse, ntResponse, domain, account, workstation, sessionKey: new Uint8Array(0) }));
    },
    callVerifier: () => connectLevelVerifier(AUTH_CONTEXT_ID),
  };
}

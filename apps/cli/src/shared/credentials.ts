/** Who logs on: an account and its password, from the options of a command to the security of its connections. */

import { randomBytes } from "node:crypto";
import { readFileSync } from "node:fs";
import { hostname } from "node:os";
import type { ClientAuthenticator } from "@pushback/dcerpc";
import { createNtlmClient, ntHash } from "@pushback/ntlm";
import { systemReason, UsageError } from "@pushback/usage-error";

export interface CredentialFlags {
  readonly password?: string;
  readonly passwordFile?: string;
  readonly passwordStdin?: boolean;
  readonly domain: string;
  /** NTLM's version. */
  readonly ntlm: string;
}

/** Standard input's file descriptor. */
const STDIN = 0;

/** `allowed` names the options that the command has, for the error that says what is missing. */
function passwordOf(account: string, { password, passwordFile, passwordStdin }: CredentialFlags, allowed: string): string {
  if (password !== undefined) return password;
  if (!passwordStdin && passwordFile === undefined) throw new UsageError(`say the password of ${account} with ${allowed}`);
  try {
    return readFileSync(passwordStdin ? STDIN : (passwordFile as string), "utf8").replace(/\r?\n$/, "");
  } catch (error) {
    throw new UsageError(`${passwordStdin ? "--password-stdin" : `--password-file ${passwordFile}`}: ${systemReason(error)}`);
  }
}

/** Makes the security of one association, again and again. Throws a UsageError that names the option. */
export function ntlmAuthenticators(
  account: string,
  flags: CredentialFlags,
  allowed: string,
  workstation = hostname().split(".")[0],
): () => ClientAuthenticator {
  const { domain, ntlm } = flags;
  if (ntlm !== "1" && ntlm !== "2") throw new UsageError(`--ntlm ${ntlm}: takes 1 or 2`);
  const version = ntlm === "1" ? 1 : 2;
  const credentials = { account, domain, ntHash: ntHash(passwordOf(account, flags, allowed)) };
  return () =>
    createNtlmClient({
      credentials,
      workstation: workstation.slice(0, 15).toUpperCase(),
      version,
      randomBytes: (len) => randomBytes(len),
      fileTime: () => (BigInt(Date.now()) + 11_644_473_600_000n) * 10_000n,
    });
}

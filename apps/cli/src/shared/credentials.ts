/** The account that logs on: from the options of a command to the security of its connections. */

import { randomBytes } from "node:crypto";
import { readFileSync } from "node:fs";
import { hostname } from "node:os";
import type { ClientAuthenticator } from "@pushback/dcerpc";
import { createNtlmClient, lmHash, ntHash } from "@pushback/ntlm";
import { systemReason, UsageError } from "@pushback/usage-error";

export interface CredentialFlags {
  readonly password?: string;
  readonly passwordFile?: string;
  readonly passwordStdin?: boolean;
  readonly domain: string;
  /** Version of NTLM: `1`, `2`, or `lm` for an LM response alone; left out: that of the emulated client. */
  readonly ntlm?: string;
}

/** File descriptor of standard input. */
const STDIN = 0;

/** Reads the credentials. `allowed` names the password options of the command, for the error message when one is missing. */
function passwordOf(account: string, { password, passwordFile, passwordStdin }: CredentialFlags, allowed: string): string {
  if (password !== undefined) return password;
  if (!passwordStdin && passwordFile === undefined) throw new UsageError(`the password of ${account} is missing: give it with ${allowed}`);
  try {
    return readFileSync(passwordStdin ? STDIN : (passwordFile as string), "utf8").replace(/\r?\n$/, "");
  } catch (error) {
    throw new UsageError(`${passwordStdin ? "--password-stdin" : `--password-file ${passwordFile}`}: ${systemReason(error)}`);
  }
}

/** Returns a function that creates the security of one association. `usual` is the version if the options name none. Throws a UsageError that names the option at fault. */
export function ntlmAuthenticators(
  account: string,
  flags: CredentialFlags,
  allowed: string,
  workstation = hostname().split(".")[0],
  usual: "lm" | "1" = "1",
): () => ClientAuthenticator {
  const { domain, ntlm = usual } = flags;
  if (ntlm !== "1" && ntlm !== "2" && ntlm !== "lm") throw new UsageError(`--ntlm ${ntlm}: takes 1, 2 or lm`);
  const version = ntlm === "lm" ? ntlm : ntlm === "1" ? 1 : 2;
  const password = passwordOf(account, flags, allowed);
  const credentials = { account, domain, ntHash: ntHash(password), lmHash: lmHash(password) };
  if (version === "lm" && credentials.lmHash === null)
    throw new UsageError(
      `${flags.ntlm === undefined ? "this client sends an LM response alone" : "--ntlm lm"}: the password of ${account} has no LM hash, since it has more than 14 characters or one that code page 850 lacks; use --ntlm 1`,
    );
  return () =>
    createNtlmClient({
      credentials,
      workstation: workstation.slice(0, 15).toUpperCase(),
      version,
      randomBytes: (len) => randomBytes(len),
      fileTime: () => (BigInt(Date.now()) + 11_644_473_600_000n) * 10_000n,
    });
}

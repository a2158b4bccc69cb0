/** The calls of the referral interface (MS-OXABREF 3.1.4). */

import type { SyntaxId } from "@pushback/dcerpc";
import { defineCall } from "./define-call.ts";
import { string8, u32, unique } from "./ndr-type.ts";

/** Version 1.0. */
export const RFR_SYNTAX: SyntaxId = { uuid: "1544f5e0-613c-11d1-93df-00c04fd7bd09", versionMajor: 1, versionMinor: 0 };

/** A [unique, string] char**: a pointer to a pointer to a text. */
const textPointer = unique(unique(string8));

/** Asks for the name of a server that answers NSPI. */
export const RfrGetNewDSA = defineCall(
  "RfrGetNewDSA",
  0,
  { ulFlags: u32, pUserDN: string8, ppszUnused: textPointer, ppszServer: textPointer },
  { ppszUnused: textPointer, ppszServer: textPointer },
);
/** Maps the DN of a mailbox server to its host name. */
export const RfrGetFQDNFromServerDN = defineCall(
  "RfrGetFQDNFromServerDN",
  1,
  { ulFlags: u32, cbMailboxServerDN: u32, szMailboxServerDN: string8 },
  { ppszServerFQDN: unique(string8) },
);

/** All calls of the interface, in order of their opnums. */
export const RFR_CALLS = [RfrGetNewDSA, RfrGetFQDNFromServerDN] as const;

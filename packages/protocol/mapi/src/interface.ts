/** The EMSMDB interface: its identity, its opnums, and the obfuscation of its ROP buffers. */

import type { SyntaxId } from "@pushback/dcerpc";

/** Version 0.81. */
export const EMSMDB_SYNTAX: SyntaxId = { uuid: "a4f1db00-ca47-1067-b31f-00dd010662da", versionMajor: 0, versionMinor: 81 };

/** Opnums of the interface's calls; LATER_EMSMDB_OP has those of later products. */
export const EMSMDB_OP = {
  EcDoConnect: 0,
  EcDoDisconnect: 1,
  EcDoRpc: 2,
  EcGetMoreRpc: 3,
  EcRRegisterPushNotification: 4,
  EcRUnregisterPushNotification: 5,
  EcDummyRpc: 6,
  EcRGetDCName: 7,
  EcRNetGetDCName: 8,
} as const;

/** Opnums of later products, with those that are known to have had each (inferred; the first one is not known). */
export const LATER_EMSMDB_OP = {
  EcDoRpcExt: { opnum: 9, since: "2000, 2003" },
  EcDoConnectEx: { opnum: 10, since: "2003" },
  EcDoRpcExt2: { opnum: 11, since: "2003" },
  EcDoAsyncConnect: { opnum: 12, since: "2007" },
  EcDoAsyncWait: { opnum: 13, since: "2007" },
  EcDoAsyncConnectEx: { opnum: 14, since: "2007" },
} as const;

/** The last opnum of a 4.0 server (inferred: later ones belong to later products). */
export const EMSMDB_LAST_OPNUM = 8;

const OBFUSCATION_BYTE = 0xa5;

/** `b` with every byte XORed with 0xA5, as a copy: both directions. */
export function obfuscate(b: Uint8Array): Uint8Array {
  const out = new Uint8Array(b.length);
  for (let i = 0; i < b.length; i++) out[i] = b[i] ^ OBFUSCATION_BYTE;
  return out;
}

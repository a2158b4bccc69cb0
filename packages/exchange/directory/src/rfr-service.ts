/** Referrals (MS-OXABREF 3.1.4): the name of the server that answers NSPI, and that of a mailbox server by its DN. Both are this server. */

import { NCA_S_FAULT } from "@pushback/dcerpc";
import { NSPI_STATUS, RfrGetFQDNFromServerDN, RfrGetNewDSA } from "@pushback/nspi";
import type { AddressBook } from "./address-book.ts";
import { type DirectoryAnswer, type DirectoryCaller, type ServedCall, serveCall } from "./served-call.ts";

/** The range of cbMailboxServerDN (MS-OXABREF 3.1.4.2). */
const LEAST_DN_BYTES = 10;
const MOST_DN_BYTES = 1024;

type Serve = ServedCall<AddressBook>;

const getNewDsa: Serve = serveCall(RfrGetNewDSA, "done", "this server, for every user", (book) => ({
  ppszUnused: null,
  ppszServer: new TextEncoder().encode(book.settings.server),
  returnValue: NSPI_STATUS.Success,
}));

const getFqdn: Serve = serveCall(RfrGetFQDNFromServerDN, "done", "the server's DN or one below it", (book, _caller, q) => {
  const { cbMailboxServerDN: size, szMailboxServerDN: name } = q;
  if (size < LEAST_DN_BYTES || size > MOST_DN_BYTES || name.length + 1 > size) return NCA_S_FAULT.BAD_STUB_DATA;
  const dn = book.settings.text.decode(1252, name).toLowerCase();
  const own = book.serverDn.toLowerCase();
  // A client may name a database of the server (MS-OXABREF 3.1.4.2).
  const known = dn === own || dn.startsWith(`${own}/`);
  return known
    ? { ppszServerFQDN: new TextEncoder().encode(book.settings.server), returnValue: NSPI_STATUS.Success }
    : { ppszServerFQDN: null, returnValue: NSPI_STATUS.NotFound };
});

/** Handlers of the RFR calls, by opnum. */
export const RFR_HANDLERS: readonly Serve[] = [getNewDsa, getFqdn];

/** The answer to a call of the referral interface. */
export function callRfr(
  book: AddressBook,
  caller: DirectoryCaller,
  opnum: number,
  stub: Uint8Array,
  littleEndian: boolean,
): DirectoryAnswer {
  const handler = RFR_HANDLERS[opnum];
  return handler ? handler.answer(book, caller, stub, littleEndian) : NCA_S_FAULT.OP_RNG_ERROR;
}

/** Work that a server does between calls, so that the first call that sorts or compares takes no longer than later ones. */

import { CP_WINUNICODE, NSPI_DEFAULT_LOCALE } from "@pushback/nspi";
import type { AddressBook } from "./address-book.ts";
import { HELD_IDS, heldValue, type RowContext } from "./properties.ts";

/** Entries whose values are computed ahead, which bounds the memory that this takes: about 2 kB an entry. Others' are computed by the first call that compares them. */
const MOST_PREPARED = 20_000;
/** Entries of one step, which takes about a millisecond. */
const STEP = 50;

/** Sorts the list and computes what conditions compare. Each `next()` of the result does one step of about a millisecond. */
export function* prepareDirectory(book: AddressBook): Generator<void> {
  yield* book.prepareOrder(NSPI_DEFAULT_LOCALE);
  const context: RowContext = { book, codePage: CP_WINUNICODE, ephemeralIds: false, serverAddress: "" };
  const users = book.inOrder(NSPI_DEFAULT_LOCALE).slice(0, MOST_PREPARED);
  for (let at = 0; at < users.length; at++) {
    const user = users[at];
    // The caller pauses after each `yield`; users that were removed meanwhile are skipped.
    if (book.findByMid(user.mid) === user) for (const id of HELD_IDS) book.columns.prepare(user, id, (one) => heldValue(one, id, context));
    if (at % STEP === STEP - 1) yield;
  }
}

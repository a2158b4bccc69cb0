/** The context handles of NSPI: each belongs to an association group and an account. */

import { contextHandleKey, NULL_CONTEXT_HANDLE } from "@pushback/dcerpc";
import { NSPI_STATUS } from "@pushback/nspi";
import type { AddressBook } from "./address-book.ts";
import type { RowContext } from "./properties.ts";
import type { DirectoryCaller } from "./served-call.ts";

/** Most handles of one association group that are open at the same time. */
const MOST_HANDLES = 64;

interface Handle {
  readonly key: string;
  readonly account: string | null;
  readonly codePage: number;
}

export class NspiHandles {
  readonly book: AddressBook;
  readonly #randomBytes: (len: number) => Uint8Array;
  readonly #handles = new Map<object, Handle[]>();

  constructor(book: AddressBook, randomBytes: (len: number) => Uint8Array) {
    this.book = book;
    this.#randomBytes = randomBytes;
  }

  /** A new handle of 20 bytes, or the return value of a refused NspiBind. */
  open(caller: DirectoryCaller, codePage: number): Uint8Array | number {
    if (!caller.mayBind) return NSPI_STATUS.LogonFailed;
    const held = this.#handles.get(caller.owner) ?? [];
    if (held.length >= MOST_HANDLES) return NSPI_STATUS.OutOfResources;
    const handle = NULL_CONTEXT_HANDLE.slice();
    handle.set(this.#randomBytes(16), 4);
    held.push({ key: contextHandleKey(handle), account: caller.account, codePage });
    this.#handles.set(caller.owner, held);
    return handle;
  }

  #find(caller: DirectoryCaller, handle: Uint8Array): Handle | null {
    const key = contextHandleKey(handle);
    return this.#handles.get(caller.owner)?.find((held) => held.key === key && held.account === caller.account) ?? null;
  }

  /** Closes the handle. Returns false if the caller has no such handle. */
  close(caller: DirectoryCaller, handle: Uint8Array): boolean {
    const found = this.#find(caller, handle);
    if (!found) return false;
    const left = (this.#handles.get(caller.owner) ?? []).filter((held) => held !== found);
    if (left.length > 0) this.#handles.set(caller.owner, left);
    else this.#handles.delete(caller.owner);
    return true;
  }

  /** The context for building rows in a call with this handle; `null` if the caller has no such handle. */
  contextOf(caller: DirectoryCaller, handle: Uint8Array, codePage: number, ephemeralIds: boolean): RowContext | null {
    const found = this.#find(caller, handle);
    return found && { book: this.book, codePage: codePage || found.codePage, ephemeralIds, serverAddress: caller.serverAddress };
  }

  /** Whether the group has handles. */
  holds(owner: object): boolean {
    return this.#handles.has(owner);
  }

  /** Context rundown: the last association of the group has ended. */
  release(owner: object): void {
    this.#handles.delete(owner);
  }
}

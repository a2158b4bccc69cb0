/** The accounts of a running server and the mailboxes that each may open: in memory, and in the store where there is one. */

import { formatHex } from "@pushback/bytes";
import type { SqliteStore, StoredAccount } from "@pushback/store-sqlite";

export interface Accounts {
  /** Finds an account. `lmHash` comes from the users file; `null` if the file gave none, or if a command has set another password since. */
  find(name: string): (StoredAccount & { readonly lmHash: Uint8Array | null }) | null;
  list(): StoredAccount[];
  /** Adds or replaces an account. Returns false if it could not be stored. */
  put(account: StoredAccount): boolean;
  remove(name: string): boolean;
  /**
   * Applies the accounts of the users file; `false` when one could not be stored. An account that an earlier file named and this one does
   * not is removed. A password in the file wins over one set by a command only when it differs from what the file said before: the later
   * decision counts.
   */
  applyFile(wanted: readonly (Omit<StoredAccount, "fileNtHash"> & { readonly lmHash?: Uint8Array | null })[]): boolean;
  /**
   * Removes the right to open this mailbox from every account, so that a later mailbox of the same alias starts without old rights. Returns false if a change
   * could not be stored.
   */
  revokeMailbox(alias: string): boolean;
  mayOpen(name: string | null, alias: string): boolean;
}

/** `anonymousOpens`: whether a client without an account may open every mailbox. */
export function createAccounts(store: SqliteStore | null, anonymousOpens: boolean): Accounts {
  const byName = new Map<string, StoredAccount>();
  for (const account of store?.accounts() ?? []) byName.set(account.name.toLowerCase(), account);
  /** Kept in memory only: the password can be guessed from an LM hash in little time, because the hash knows capitals only. */
  const lmHashes = new Map<string, Uint8Array>();
  const put = (account: StoredAccount): boolean => {
    if (store && !store.putAccount(account)) return false;
    const before = byName.get(account.name.toLowerCase());
    if (!before || formatHex(before.ntHash) !== formatHex(account.ntHash)) lmHashes.delete(account.name.toLowerCase());
    byName.set(account.name.toLowerCase(), account);
    return true;
  };
  const remove = (name: string): boolean => {
    if (!byName.has(name.toLowerCase()) || (store && !store.removeAccount(name))) return false;
    lmHashes.delete(name.toLowerCase());
    return byName.delete(name.toLowerCase());
  };
  return {
    find(name) {
      const account = byName.get(name.toLowerCase());
      return account ? { ...account, lmHash: lmHashes.get(name.toLowerCase()) ?? null } : null;
    },
    list: () => [...byName.values()],
    put,
    remove,
    applyFile(wanted) {
      const inFile = new Set(wanted.map(({ name }) => name.toLowerCase()));
      for (const { name, fileNtHash } of [...byName.values()])
        if (fileNtHash !== null && !inFile.has(name.toLowerCase()) && !remove(name)) return false;
      return wanted.every(({ name, ntHash: fileNtHash, lmHash, opens }) => {
        const known = byName.get(name.toLowerCase());
        const unchanged = known?.fileNtHash && formatHex(known.fileNtHash) === formatHex(fileNtHash);
        const ntHash = unchanged ? known.ntHash : fileNtHash;
        if (!put({ name, ntHash, opens, fileNtHash })) return false;
        if (lmHash && formatHex(ntHash) === formatHex(fileNtHash)) lmHashes.set(name.toLowerCase(), lmHash);
        return true;
      });
    },
    revokeMailbox(alias) {
      const other = (opened: string) => opened.toLowerCase() !== alias.toLowerCase();
      return [...byName.values()].every((account) => account.opens.every(other) || put({ ...account, opens: account.opens.filter(other) }));
    },
    mayOpen(name, alias) {
      if (name === null) return anonymousOpens;
      const opens = byName.get(name.toLowerCase())?.opens ?? [];
      return opens.some((opened) => opened.toLowerCase() === alias.toLowerCase());
    },
  };
}

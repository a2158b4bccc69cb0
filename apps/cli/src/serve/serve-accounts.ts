/** Who may log on to a running server, and which mailboxes he may open: in memory, and in the store where there is one. */

import type { SqliteStore, StoredAccount } from "@pushback/store-sqlite";

export interface Accounts {
  find(name: string): StoredAccount | null;
  list(): StoredAccount[];
  /** Whether it could be stored. */
  put(account: StoredAccount): boolean;
  remove(name: string): boolean;
  mayOpen(name: string | null, alias: string): boolean;
}

/** `anonymousOpens`: whether nobody in particular may open any mailbox. */
export function createAccounts(store: SqliteStore | null, anonymousOpens: boolean): Accounts {
  const byName = new Map<string, StoredAccount>();
  for (const account of store?.accounts() ?? []) byName.set(account.name.toLowerCase(), account);
  return {
    find: (name) => byName.get(name.toLowerCase()) ?? null,
    list: () => [...byName.values()],
    put(account) {
      if (store && !store.putAccount(account)) return false;
      byName.set(account.name.toLowerCase(), account);
      return true;
    },
    remove(name) {
      if (!byName.has(name.toLowerCase()) || (store && !store.removeAccount(name))) return false;
      return byName.delete(name.toLowerCase());
    },
    mayOpen(name, alias) {
      if (name === null) return anonymousOpens;
      const opens = byName.get(name.toLowerCase())?.opens ?? [];
      return opens.some((opened) => opened.toLowerCase() === alias.toLowerCase());
    },
  };
}

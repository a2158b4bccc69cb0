/** The objects of a directory. */

import type { PropertyValue } from "@pushback/mapi";

/** A value before it is written in a type: texts are strings. */
export type DirectoryValue = PropertyValue | string | readonly string[];

interface Named {
  /** The minimal entry id: at least 0x10, never given to another object. */
  readonly mid: number;
  readonly dn: string;
  readonly displayName: string;
}

/** A mailbox in the directory. `smtpAddress` is `null` if it has no Internet address. */
export interface DirectoryUser extends Named {
  readonly kind: "user";
  readonly alias: string;
  readonly smtpAddress: string | null;
  /** Display name, alias and Internet address, folded for ambiguous name resolution. */
  readonly searchKeys: readonly string[];
  /** `searchKeys` joined into one text. */
  readonly searchText: string;
}

interface DirectoryServer extends Named {
  readonly kind: "server" | "database";
}

/** An object of the directory: a mailbox, the server, or its database. */
export type DirectoryObject = DirectoryUser | DirectoryServer;

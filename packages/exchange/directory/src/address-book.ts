/** The objects of a directory: the mailboxes in its global address list, and the server with its database beside them. */

import { DISPLAY_TYPE, FIRST_MID, permanentEntryId } from "@pushback/nspi";
import { Collation } from "./collation.ts";
import { ConditionColumns } from "./condition-columns.ts";
import type { DirectoryObject, DirectoryUser } from "./directory-object.ts";
import { foldForSearch, NameIndex, searchTextOf } from "./name-resolution.ts";

/** Texts of a code page: how the directory reads and writes PtypString8. */
export interface TextCodec {
  /** Whether texts of this code page can be read and written. */
  knows(codePage: number): boolean;
  /** The octets of a text in the code page, without a terminating NUL. */
  encode(codePage: number, text: string): Uint8Array;
  /** The text of octets in the code page. */
  decode(codePage: number, b: Uint8Array): string;
}

/** Settings of the directory: names in its DNs, and the code pages that it knows. */
export interface DirectorySettings {
  /** `/o=` of the server's own objects. */
  readonly organization: string;
  /** `/ou=` of the server's own objects. */
  readonly site: string;
  /** The name of the computer. */
  readonly server: string;
  readonly serverDn: string;
  /** The domain of the addresses that mailboxes have for Internet mail; `null`: they have none. */
  readonly mailDomain: string | null;
  /** 16 bytes that no other run of a directory has (MS-OXNSPI 3.1.4.1.1): minimal entry ids are valid with them. */
  readonly serverGuid: Uint8Array;
  readonly text: TextCodec;
}

/** A mailbox as the address book shows it. */
export interface UserToList {
  readonly alias: string;
  readonly dn: string;
  readonly displayName: string;
}

/** Permanent entry ids, each made once: three properties of an entry have it as their value. */
class PermanentIds {
  readonly #byMid = new Map<number, Uint8Array>();

  of({ mid, dn }: DirectoryObject): Uint8Array {
    let id = this.#byMid.get(mid);
    if (!id) {
      id = permanentEntryId(DISPLAY_TYPE.MAILUSER, dn);
      this.#byMid.set(mid, id);
    }
    return id;
  }

  forget({ mid }: DirectoryObject): void {
    this.#byMid.delete(mid);
  }
}

/** The objects of the directory: the global address list, and the server and database objects. DNs are compared without case. */
export class AddressBook {
  readonly settings: DirectorySettings;
  readonly serverDn: string;
  /** DN of the server's database, the private information store. */
  readonly databaseDn: string;
  /** The users among whom ambiguous names are resolved. */
  readonly names = new NameIndex();
  /** Property values that restrictions compare, computed once for each user. */
  readonly columns = new ConditionColumns();
  /** Cache of the objects' permanent entry ids. */
  readonly permanentIds = new PermanentIds();
  readonly #byMid = new Map<number, DirectoryObject>();
  readonly #byDn = new Map<string, DirectoryObject>();
  readonly #collation = new Collation();
  #nextMid = FIRST_MID;

  constructor(settings: DirectorySettings) {
    this.settings = settings;
    this.serverDn = settings.serverDn;
    this.databaseDn = `${this.serverDn}/cn=Microsoft Private MDB`;
    this.#put({ kind: "server", mid: this.#nextMid++, dn: this.serverDn, displayName: settings.server });
    this.#put({
      kind: "database",
      mid: this.#nextMid++,
      dn: this.databaseDn,
      displayName: `Private Information Store (${settings.server})`,
    });
  }

  #put(object: DirectoryObject): void {
    this.#byMid.set(object.mid, object);
    this.#byDn.set(object.dn.toLowerCase(), object);
  }

  /** Adds a mailbox to the list, in place of one with the same DN. */
  add({ alias, dn, displayName }: UserToList): void {
    this.remove(dn);
    const { mailDomain } = this.settings;
    const smtpAddress = mailDomain === null ? null : `${alias}@${mailDomain}`;
    const searchKeys = [displayName, alias, smtpAddress ?? ""].map(foldForSearch);
    const searchText = searchTextOf(searchKeys);
    const user: DirectoryUser = { kind: "user", mid: this.#nextMid++, dn, displayName, alias, smtpAddress, searchKeys, searchText };
    this.#put(user);
    this.names.add(user);
    this.#collation.add(user);
  }

  /** Removes the mailbox with this DN; does nothing if none is listed. */
  remove(dn: string): void {
    const object = this.#byDn.get(dn.toLowerCase());
    if (object?.kind !== "user") return;
    this.#byDn.delete(dn.toLowerCase());
    this.#byMid.delete(object.mid);
    this.names.remove(object);
    this.columns.forget(object);
    this.permanentIds.forget(object);
    this.#collation.remove(object);
  }

  /** The object with this minimal entry id; `null` if there is none. */
  findByMid(mid: number): DirectoryObject | null {
    return this.#byMid.get(mid) ?? null;
  }

  /** The object with this DN, compared without case; `null` if there is none. */
  findByDn(dn: string): DirectoryObject | null {
    return this.#byDn.get(dn.toLowerCase()) ?? null;
  }

  /** The global address list in the order of this locale (an LCID). */
  inOrder(lcid: number): readonly DirectoryUser[] {
    return this.#collation.order(lcid);
  }

  /** Sorts the list for a locale in short steps; each `next()` of the result does one. */
  prepareOrder(lcid: number): Generator<void> {
    return this.#collation.prepare(lcid);
  }

  /** Position of a user in the order of a locale, from 0; -1 for a user who is not listed. */
  placeOf(user: DirectoryUser, lcid: number): number {
    return this.#collation.placeOf(user, lcid);
  }

  /** The first place whose display name is the text or comes after it, regardless of case and accents. */
  placeOfText(text: string, lcid: number, rows: readonly DirectoryUser[]): number {
    return this.#collation.placeOfText(text, lcid, rows);
  }

  /** Compares two users by the sort order of this locale (an LCID), as a comparator of `Array.sort` does. */
  compare(a: DirectoryUser, b: DirectoryUser, lcid: number): number {
    return this.#collation.compare(a, b, lcid);
  }
}

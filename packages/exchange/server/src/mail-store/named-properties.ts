/** Named properties of the store: each name has an id from 0x8000 on, the same in all mailboxes (MS-OXCPRPT). */

import { FIRST_NAMED_ID, LAST_NAMED_ID, type PropertyName, propertyNameKey } from "@pushback/mapi";
import type { StoreCore } from "./store-core.ts";
import type { StoredState } from "./store-persistence.ts";

export class NamedProperties {
  readonly #core: StoreCore;
  readonly #idsByName = new Map<string, number>();
  readonly #namesById = new Map<number, PropertyName>();

  constructor(core: StoreCore) {
    this.#core = core;
  }

  restore(names: StoredState["names"]): void {
    for (const { id, name } of names) this.#place(id, name);
  }

  /** All named properties of the store, by id. */
  all(): ReadonlyMap<number, PropertyName> {
    return this.#namesById;
  }

  #place(id: number, name: PropertyName): void {
    this.#idsByName.set(propertyNameKey(name), id);
    this.#namesById.set(id, name);
  }

  /** The id of a named property. If it has none, a new id is assigned if `create` is true, and the result is `null` otherwise or if no id is left. */
  idOf(name: PropertyName, create: boolean): number | null {
    const known = this.#idsByName.get(propertyNameKey(name));
    if (known !== undefined) return known;
    const id = FIRST_NAMED_ID + this.#namesById.size;
    if (!create || id > LAST_NAMED_ID || this.#core.persistence?.addName({ id, name }) === false) return null;
    this.#place(id, name);
    return id;
  }

  nameOf(id: number): PropertyName {
    return this.#namesById.get(id) ?? { kind: "none" };
  }
}

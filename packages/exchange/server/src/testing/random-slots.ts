/** Test support: the slots of the handle table that a request names, drawn at random; most have an object of the kind that the ROP operates on. */

import type { ObjectId } from "@pushback/mapi";
import type { ServerObject } from "../session/server-object.ts";
import type { Dice } from "./dice.ts";

/** Size of the handle table. A request may also have a greater index, which is beyond the table. */
export const SLOTS = 14;

const KINDS: readonly (readonly [pattern: RegExp, kind: ServerObject["kind"]])[] = [
  [/Stream(Size)?$/, "stream"],
  [
    /^(SetColumns|SortTable|Restrict|Query(Rows|Position|ColumnsAll)|GetStatus|SeekRow.*|.*Bookmark|FindRow|ResetTable|Abort|.*CollapseState|ExpandRow|CollapseRow)$/,
    "table",
  ],
  [
    /^(GetReceive.*|SetReceive.*|.*PerUser.*|GetOwning.*|PublicFolder.*|GetStoreState|.*LongTermId.*|AbortSubmit|GetAddressTypes|SetSpooler|Spooler.*|TransportNewMail|GetTransportFolder|OptionsData|Update.*)$/,
    "logon",
  ],
  [
    /^(SaveChangesMessage|.*Recipients|ReloadCachedInformation|SetMessageReadFlag|OpenAttachment|CreateAttachment|DeleteAttachment|GetAttachmentTable|GetValidAttachments|SubmitMessage|TransportSend)$/,
    "message",
  ],
  [/^(SaveChangesAttachment|OpenEmbeddedMessage)$/, "attachment"],
  [/Folder|Folders|Messages|ContentsTable|HierarchyTable|SearchCriteria|Permissions|Rules|ReadFlags|MessageStatus/, "folder"],
];

/** The kind of object that a ROP operates on. For ROPs on properties, a random kind that has properties. */
function kindFor(name: string, dice: Dice): ServerObject["kind"] {
  const isOnProperties = /Propert|CopyTo$|OpenStream/.test(name);
  if (isOnProperties) return dice.of(["message", "message", "attachment", "folder", "logon"]);
  return KINDS.find(([pattern]) => pattern.test(name))?.[1] ?? "folder";
}

export class RandomSlots {
  readonly #dice: Dice;
  readonly #objects: () => readonly (ServerObject | null)[];
  #wanted: ServerObject["kind"] | null = null;

  /** `objects`: those in the slots when a slot is drawn. */
  constructor(dice: Dice, objects: () => readonly (ServerObject | null)[]) {
    this.#dice = dice;
    this.#objects = objects;
  }

  /** From now on, most inputs are of a kind that the ROP with this name operates on. */
  beginRequest(rop: string): void {
    this.#wanted = kindFor(rop, this.#dice);
  }

  objectIn(slot: number): ServerObject | null {
    return this.#objects()[slot] ?? null;
  }

  /** Headings that the tables in the slots have now. */
  categories(): ObjectId[] {
    return this.#objects().flatMap((object) =>
      object?.kind === "table" ? object.rows.flatMap((row) => ("category" in row ? [row.category] : [])) : [],
    );
  }

  /** An object of the kind that the ROP is for, seven times of eight. */
  input(): number {
    const fitting = this.#objects().flatMap((object, slot) => (object?.kind === this.#wanted ? [slot] : []));
    return fitting.length > 0 && this.#dice.pick(8) ? this.#dice.of(fitting) : this.any();
  }

  /** A slot whose object fulfils the condition, if there is one. */
  slotWith(isWanted: (object: ServerObject) => boolean): number {
    const fitting = this.#objects().flatMap((object, slot) => (object && isWanted(object) ? [slot] : []));
    return fitting.length > 0 && this.#dice.pick(8) ? this.#dice.of(fitting) : this.input();
  }

  any(): number {
    return this.#dice.pick(40) === 0 ? SLOTS + this.#dice.pick(200) : this.#dice.pick(SLOTS);
  }
}

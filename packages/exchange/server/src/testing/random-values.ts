/** Test support: ids, tags, property values, restrictions and recipients for requests, drawn at random from a seed. */

import { ByteWriter } from "@pushback/bytes";
import {
  emitRecipientRow,
  emitRestriction,
  isKnownType,
  longTermId,
  makeObjectId,
  NULL_OBJECT_ID,
  type ObjectId,
  type PropertyValue,
  propertyType,
  type Restriction,
  type SingleValue,
  type TaggedValue,
} from "@pushback/mapi";
import type { Mailbox } from "../mail-store/mailbox.ts";
import type { Dice } from "./dice.ts";
import type { RandomRuleSource } from "./random-rules.ts";

const TYPES = [
  0x0002, 0x0003, 0x0004, 0x0005, 0x0006, 0x0007, 0x000a, 0x000b, 0x000d, 0x0014, 0x001e, 0x001f, 0x0040, 0x0048, 0x00fb, 0x0102, 0x1002,
  0x1003, 0x1004, 0x1005, 0x1006, 0x1007, 0x1014, 0x101e, 0x101f, 0x1040, 0x1048, 0x1102,
] as const;

/** Ids of properties. */
export const PROPERTY_IDS = [
  0x001a, 0x0037, 0x0039, 0x0042, 0x0c1a, 0x0e07, 0x0e08, 0x0e17, 0x0e1b, 0x0e20, 0x0e21, 0x0ff4, 0x0ff5, 0x0ff9, 0x0fff, 0x1000, 0x1013,
  0x3001, 0x3004, 0x3005, 0x3007, 0x3008, 0x3601, 0x3602, 0x36e4, 0x3701, 0x3705, 0x6619, 0x6631, 0x6671, 0x6673, 0x6674, 0x6748, 0x6749,
  0x674a, 0x8000, 0x8001, 0xffff,
] as const;

/** Tags that exist, besides those of any id and type. */
const REAL_TAGS = [
  0x0037001e, 0x1000001e, 0x0e070003, 0x0e080003, 0x3001001e, 0x674a0014, 0x67480014, 0x0c1a001e, 0x37010102, 0x3701000d, 0x36e41102,
] as const;

export class RandomValues implements RandomRuleSource {
  readonly dice: Dice;
  readonly #mailboxes: () => readonly Mailbox[];

  /** Most ids are those of folders and messages that the mailboxes have when the id is drawn. */
  constructor(dice: Dice, mailboxes: () => readonly Mailbox[]) {
    this.dice = dice;
    this.#mailboxes = mailboxes;
  }

  get dns(): string[] {
    return this.#mailboxes().map(({ dn }) => dn);
  }

  tag(): number {
    const { dice } = this;
    const kind = dice.pick(20);
    if (kind === 0) return ((dice.of(PROPERTY_IDS) << 16) | dice.pick(0x10000)) >>> 0;
    if (kind < 8) return dice.of(REAL_TAGS);
    return ((dice.of(PROPERTY_IDS) << 16) | (kind === 8 ? 0 : dice.of(TYPES))) >>> 0;
  }

  fid(): ObjectId {
    const { dice } = this;
    const kind = dice.pick(16);
    if (kind === 0) return NULL_OBJECT_ID;
    if (kind === 1) return makeObjectId(dice.pick(3), dice.pick(0x1000));
    return dice.of(dice.of(this.#mailboxes()).folders).fid;
  }

  mid(): ObjectId {
    const { dice } = this;
    const all = this.#mailboxes().flatMap(({ folders }) =>
      folders.flatMap((folder) => [...folder.messages.keys(), ...folder.associated.keys()]),
    );
    return all.length === 0 || dice.pick(10) === 0 ? makeObjectId(1, dice.pick(0x200)) : dice.of(all);
  }

  mids(): ObjectId[] {
    return this.dice.list(3, () => this.mid());
  }

  longTermId(): Uint8Array {
    const store = this.dice.of(this.#mailboxes());
    if (this.dice.pick(2)) return longTermId(this.fid(), store.databaseGuid);
    return new Uint8Array(24).fill(this.dice.pick(4));
  }

  messageClass(): string {
    return this.dice.of(["", "IPM", "IPM.Note", "IPM.Task", "REPORT.IPM.Note.NDR", ".", "a..b", "X".repeat(300)]);
  }

  #single(type: number): SingleValue {
    const { dice } = this;
    switch (type) {
      case 0x0002:
        return dice.pick(0x10000);
      case 0x0003:
      case 0x0004:
      case 0x000a:
        return dice.of([0, 1, 5, 0x40, 0x7fffffff, 0xffffffff]);
      case 0x000b:
        return dice.pick(2) === 1;
      case 0x0005:
      case 0x0006:
      case 0x0007:
      case 0x0014:
      case 0x0040:
        return dice.of([0n, 1n, 125_124_912_000_000_000n, (1n << 64n) - 1n]);
      case 0x001e:
        return dice.text(12);
      case 0x001f:
        return Uint8Array.from(dice.list(6, () => 1 + dice.pick(255)).flatMap((low) => [low, dice.pick(256)]));
      case 0x0048:
        return new Uint8Array(16).fill(dice.pick(256));
      default:
        return dice.bytes(40);
    }
  }

  #value(tag: number): PropertyValue {
    const type = propertyType(tag);
    return type & 0x1000 ? this.dice.list(3, () => this.#single(type & ~0x1000)) : this.#single(type);
  }

  tagged(): TaggedValue {
    const wanted = this.tag();
    const type = propertyType(wanted);
    const tag = isKnownType(type) && type !== 0x00fd && type !== 0x00fe ? wanted : 0x0037001e;
    return { tag, value: this.#value(tag) };
  }

  columns(): number[] {
    return this.dice.list(2, () => this.tagged().tag);
  }

  #restriction(depth = 0): Restriction {
    const { dice } = this;
    const { tag, value } = this.tagged();
    const inner = () => this.#restriction(depth + 1);
    switch (dice.pick(depth > 3 ? 6 : 12)) {
      case 0:
        return { kind: "exist", tag };
      case 1:
        return { kind: "property", relOp: dice.pick(8), tag, value };
      case 2:
        return { kind: "content", fuzzyLow: dice.pick(4), fuzzyHigh: dice.pick(8), tag, value };
      case 3:
        return { kind: "bitmask", relOp: dice.pick(2), tag, mask: dice.pick(0x10000) };
      case 4:
        return { kind: "size", relOp: dice.pick(6), tag, size: dice.pick(100) };
      case 5:
        return { kind: "compare", relOp: dice.pick(6), tag, otherTag: this.tag() };
      case 6:
        return { kind: "not", part: inner() };
      case 7:
        return { kind: "sub", tag: dice.of([0x0e12000d, 0x0e13000d, tag]), part: inner() };
      case 8:
        return { kind: "count", count: dice.pick(5), part: inner() };
      case 9:
        return { kind: "comment", values: [this.tagged()], part: dice.pick(2) ? inner() : null };
      default:
        return { kind: dice.pick(2) ? "and" : "or", parts: dice.list(3, inner) };
    }
  }

  restrictionBytes(): Uint8Array {
    const kind = this.dice.pick(8);
    if (kind === 0) return new Uint8Array(0);
    if (kind < 4) return emitRestriction({ kind: "exist", tag: this.dice.of([0x674a0014, 0x3001001e]) });
    return kind === 4 ? this.dice.bytes(30) : emitRestriction(this.#restriction());
  }

  recipient(columns: readonly number[]): Uint8Array {
    const { dice } = this;
    if (dice.pick(6) === 0) return dice.bytes(20);
    const w = new ByteWriter();
    const [addressType, address] = dice.of([
      ["EX", "/o=Pushback/ou=Lab/cn=Recipients/cn=grace"],
      ["SMTP", "ada@example.com"],
      ["FAX", "1"],
    ] as const);
    const cells = columns.map((tag) => this.#value(tag));
    const row = { addressType, address: new TextEncoder().encode(address), displayName: dice.text(9), unicode: false };
    emitRecipientRow(w, row, columns, cells);
    return w.toBytes();
  }

  bookmark(): Uint8Array {
    return this.dice.pick(3) ? Uint8Array.of(this.dice.pick(4), 0, 0, 0) : this.dice.bytes(6);
  }

  region() {
    return { regionOffset: BigInt(this.dice.pick(20)), regionSize: BigInt(this.dice.pick(20)), lockFlags: this.dice.pick(2) };
  }
}

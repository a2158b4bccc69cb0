/**
 * NDR shapes (C706 section 14.3) as values: each reads and writes one type, and calls are declared from them. Referents of embedded pointers
 * follow the construct that holds the pointers, in order (C706 section 14.3.12.3): a type hands them on as steps for later.
 */

import { ByteWriter } from "@pushback/bytes";
import { NdrReader, putContextHandle } from "@pushback/dcerpc";

/** Constructs nested deeper than this fail the reader. */
const MAX_LEVELS = 64;

/** A reader that knows how deep it is in constructs. */
export class NdrInput extends NdrReader {
  level = 0;
}

/** A writer of one stub, which numbers the referents of pointers. */
export class NdrOutput {
  readonly w = new ByteWriter(256);
  #referents = 0;

  /** Any number but zero serves as a referent id; these grow by four as NDR engines of the time count. */
  nextReferent(): number {
    return 0x00020000 + 4 * this.#referents++;
  }

  /** Aligns to 2 bytes and appends the low 16 bits of `value`. */
  u16(value: number): void {
    this.w.align(2);
    this.w.u16le(value & 0xffff);
  }

  /** Aligns to 4 bytes and appends the low 32 bits of `value`. */
  u32(value: number): void {
    this.w.align(4);
    this.w.u32le(value >>> 0);
  }
}

type Later = (() => void)[];

/** Ways in which a dissector shows a parameter; see `NdrType.shape`. */
export type NdrShape = "number" | "handle" | "text8" | "text16";

/** Reads and writes values of one NDR type (C706 chapter 14). */
export interface NdrType<T> {
  /** The fewest bytes that one takes on the wire: bounds the length of arrays by what the stub holds. */
  readonly minBytes: number;
  /** How a dissector shows a value: as a number, a context handle, text of 8-bit or 16-bit characters (lists of texts too); absent for other types. */
  readonly shape?: NdrShape;
  /** Passes on what it read, or leaves `r.failed` set. Referents are read in the steps added to `later`. */
  read(r: NdrInput, later: Later, set: (value: T) => void): void;
  /** Appends a value. Referents are written in the steps added to `later`. */
  put(out: NdrOutput, value: T, later: Later): void;
}

/** The value that a type describes. */
export type ValueOf<Type> = Type extends NdrType<infer T> ? T : never;

/** Reads a construct and everything that it points to. */
export function readWhole<T>(type: NdrType<T>, r: NdrInput, set: (value: T) => void): void {
  if (r.level >= MAX_LEVELS) r.fail();
  if (r.failed) return;
  r.level++;
  const later: Later = [];
  type.read(r, later, set);
  for (let i = 0; i < later.length && !r.failed; i++) later[i]();
  r.level--;
}

/** Writes a construct and everything that it points to. */
export function putWhole<T>(type: NdrType<T>, out: NdrOutput, value: T): void {
  const later: Later = [];
  type.put(out, value, later);
  for (const step of later) step();
}

/** 32 bits without a sign. */
export const u32: NdrType<number> = {
  shape: "number",
  minBytes: 4,
  read: (r, _later, set) => set(r.u32()),
  put: (out, value) => out.u32(value),
};

/** 32 bits in two's complement. */
export const i32: NdrType<number> = {
  shape: "number",
  minBytes: 4,
  read: (r, _later, set) => set(r.u32() | 0),
  put: (out, value) => out.u32(value),
};

/** A context handle: 20 bytes. */
export const contextHandle: NdrType<Uint8Array> = {
  shape: "handle",
  minBytes: 20,
  read: (r, _later, set) => set(r.contextHandle()),
  put: (out, value) => putContextHandle(out.w, value),
};

/** A FlatUID_r (MS-OXNSPI 2.2.2.1): 16 bytes, no integers in it. */
export const flatUid: NdrType<Uint8Array> = {
  minBytes: 16,
  read: (r, _later, set) => set(r.bytes(16)),
  put: (out, value) => out.w.bytes(value),
};

/** A [string] of 8-bit characters; the value is without the NUL that ends it on the wire. */
export const string8: NdrType<Uint8Array> = {
  shape: "text8",
  minBytes: 13,
  read: (r, _later, set) => set(r.string()),
  put(out, value) {
    out.u32(value.length + 1);
    out.w.u32le(0);
    out.w.u32le(value.length + 1);
    out.w.bytes(value);
    out.w.u8(0);
  },
};

/** A [string] of 16-bit characters; the value is UTF-16LE without the NUL that ends it on the wire. */
export const string16: NdrType<Uint8Array> = {
  shape: "text16",
  minBytes: 14,
  read(r, _later, set) {
    const max = r.u32();
    const offset = r.u32();
    const count = r.u32();
    if (offset !== 0 || count > max || count === 0) r.fail();
    const b = r.bytes(2 * count);
    if (r.failed) return;
    // The characters of a [wchar_t] are integers, in the sender's byte order.
    if (!r.littleEndian) for (let i = 0; i < b.length; i += 2) [b[i], b[i + 1]] = [b[i + 1], b[i]];
    const last = b.length - 2;
    for (let i = 0; i < b.length; i += 2) if ((b[i] | b[i + 1]) === 0 && i !== last) r.fail();
    if ((b[last] | b[last + 1]) !== 0) r.fail();
    set(b.subarray(0, last));
  },
  put(out, value) {
    const count = value.length / 2 + 1;
    out.u32(count);
    out.w.u32le(0);
    out.w.u32le(count);
    out.w.bytes(value);
    out.w.u16le(0);
  },
};

function isText(type: NdrType<unknown>): boolean {
  return type.shape === "text8" || type.shape === "text16";
}

/** A unique pointer: `null`, or what it points to. */
export function unique<T>(to: NdrType<T>): NdrType<T | null> {
  return {
    ...(to.shape && { shape: to.shape }),
    minBytes: 4,
    read(r, later, set) {
      if (r.u32() === 0) set(null);
      else later.push(() => readWhole(to, r, set));
    },
    put(out, value, later) {
      out.u32(value === null ? 0 : out.nextReferent());
      if (value !== null) later.push(() => putWhole(to, out, value));
    },
  };
}

function readItems<T>(item: NdrType<T>, count: number, r: NdrInput, later: Later, set: (value: T[]) => void): void {
  if (count * item.minBytes > r.remaining) r.fail();
  if (r.failed) return;
  const items = new Array<T>(count);
  for (let i = 0; i < count && !r.failed; i++)
    item.read(r, later, (value) => {
      items[i] = value;
    });
  set(items);
}

/** A conformant array by itself: max_count, then as many items. */
export function conformantArray<T>(item: NdrType<T>): NdrType<T[]> {
  return {
    minBytes: 4,
    read: (r, later, set) => readItems(item, r.u32(), r, later, set),
    put(out, value, later) {
      out.u32(value.length);
      for (const one of value) item.put(out, one, later);
    },
  };
}

/** A structure of a count and, as its last member, a conformant array of as many: the array's max_count comes first (C706 section 14.3.7.1). */
export function countedStructure<T>(item: NdrType<T>, most: number): NdrType<T[]> {
  return {
    ...(isText(item) && { shape: item.shape }),
    minBytes: 8,
    read(r, later, set) {
      const max = r.u32();
      const count = r.u32();
      if (max !== count || count > most) r.fail();
      readItems(item, count, r, later, set);
    },
    put(out, value, later) {
      out.u32(value.length);
      out.u32(value.length);
      for (const one of value) item.put(out, one, later);
    },
  };
}

/** A structure of a count and a pointer to an array of as many; a null pointer reads as no items. */
export function countedPointer<T>(item: NdrType<T>, most: number): NdrType<T[]> {
  const items = conformantArray(item);
  return {
    minBytes: 8,
    read(r, later, set) {
      const count = r.u32();
      const present = r.u32() !== 0;
      if (count > most || (!present && count > 0)) r.fail();
      if (!present) set([]);
      else
        later.push(() =>
          readWhole(items, r, (value) => {
            if (value.length !== count) r.fail();
            set(value);
          }),
        );
    },
    put(out, value, later) {
      out.u32(value.length);
      out.u32(out.nextReferent());
      later.push(() => putWhole(items, out, value));
    },
  };
}

/** The members of a structure or the parameters of a call, by name, in the order of the wire. */

// biome-ignore lint/suspicious/noExplicitAny: a member may be of any type, and is read as what it is.
export type AnyMembers = Readonly<Record<string, NdrType<any>>>;

/** Record of values with the NDR types `M` by name. */
export type RecordOf<M extends AnyMembers> = { [K in keyof M]: ValueOf<M[K]> };

/** A structure of these members. */
export function structure<M extends AnyMembers>(members: M): NdrType<RecordOf<M>> {
  const names = Object.keys(members);
  return {
    minBytes: names.reduce((sum, name) => sum + members[name].minBytes, 0),
    read(r, later, set) {
      const record: Record<string, unknown> = {};
      for (const name of names)
        members[name].read(r, later, (value) => {
          record[name] = value;
        });
      set(record as RecordOf<M>);
    },
    put(out, value, later) {
      for (const name of names) members[name].put(out, value[name], later);
    },
  };
}

/** Structures of NSPI (MS-OXNSPI 2.2.2 to 2.2.8). Property values have the forms of `PropertyValue` in @pushback/mapi; texts are bytes without their NUL. */

import type { PropertyValue, SingleValue } from "@pushback/mapi";
import * as mapi from "@pushback/mapi";
import {
  conformantArray,
  countedPointer,
  countedStructure,
  flatUid,
  i32,
  type NdrInput,
  type NdrOutput,
  type NdrType,
  putWhole,
  readWhole,
  string8,
  string16,
  structure,
  u32,
  unique,
  type ValueOf,
} from "./ndr-type.ts";

/** The largest counts that the IDL's range attributes let pass (MS-OXNSPI section 6). */
const MOST_TAGS = 100_001;
const MOST_ITEMS = 100_000;
const MOST_BYTES = 2_097_152;

/** STAT (MS-OXNSPI 2.2.8): a position in a table, with the table's sort order, code page and locale. */
export const stat = structure({
  SortType: u32,
  ContainerID: u32,
  CurrentRec: u32,
  Delta: i32,
  NumPos: u32,
  TotalRecs: u32,
  CodePage: u32,
  TemplateLocale: u32,
  SortLocale: u32,
});

/** STAT: a position in a table, with its sort order, code page and locale (MS-OXNSPI 2.2.8). */
export type Stat = ValueOf<typeof stat>;

/**
 * PropertyTagArray_r (MS-OXNSPI 2.2.2.2): cValues and an array that is conformant (cValues + 1) and varying (cValues). Lists of minimal entry
 * ids have this form too.
 */
export const tagArray: NdrType<number[]> = {
  minBytes: 16,
  read(r, _later, set) {
    const max = r.u32();
    const count = r.u32();
    const offset = r.u32();
    const actual = r.u32();
    if (offset !== 0 || actual !== count || count > max || count > MOST_TAGS || 4 * count > r.remaining) r.fail();
    if (r.failed) return;
    const tags: number[] = [];
    for (let i = 0; i < count; i++) tags.push(r.u32());
    set(tags);
  },
  put(out, value) {
    out.u32(value.length + 1);
    out.u32(value.length);
    out.u32(0);
    out.u32(value.length);
    for (const tag of value) out.u32(tag);
  },
};

/** Binary_r (MS-OXNSPI 2.2.2.3). */
const binary: NdrType<Uint8Array> = {
  minBytes: 8,
  read(r, later, set) {
    const count = r.u32();
    const present = r.u32() !== 0;
    if (count > MOST_BYTES || (!present && count > 0)) r.fail();
    if (!present) set(new Uint8Array(0));
    else
      later.push(() => {
        const bytes = r.conformantBytes();
        if (bytes.length !== count) r.fail();
        set(bytes);
      });
  },
  put(out, value, later) {
    out.u32(value.length);
    out.u32(out.nextReferent());
    later.push(() => {
      out.u32(value.length);
      out.w.bytes(value);
    });
  },
};

const i16: NdrType<number> = {
  minBytes: 2,
  read: (r, _later, set) => set(r.u16()),
  put: (out, value) => out.u16(value),
};

const boolean: NdrType<boolean> = {
  minBytes: 2,
  read: (r, _later, set) => set(r.u16() !== 0),
  put: (out, value) => out.u16(value ? 1 : 0),
};

const fileTime: NdrType<bigint> = {
  minBytes: 8,
  read(r, _later, set) {
    const low = r.u32();
    set((BigInt(r.u32()) << 32n) | BigInt(low));
  },
  put(out, value) {
    out.u32(Number(value & 0xffffffffn));
    out.u32(Number((value >> 32n) & 0xffffffffn));
  },
};

/** A pointer that should not be null; null reads as `none`. */
function present<T>(to: NdrType<T>, none: T): NdrType<T> {
  const pointer = unique(to);
  return {
    ...(to.shape && { shape: to.shape }),
    minBytes: 4,
    read: (r, later, set) => pointer.read(r, later, (value) => set(value ?? none)),
    put: (out, value, later) => pointer.put(out, value, later),
  };
}

const NO_BYTES = new Uint8Array(0);
const text8 = present(string8, NO_BYTES);
const text16 = present(string16, NO_BYTES);
const guid = present(flatUid, new Uint8Array(16));

// biome-ignore lint/suspicious/noExplicitAny: the arms of a union differ in type; `propertyValue` pairs each with its property type.
type Arm = NdrType<any>;

/** PROP_VAL_UNION (MS-OXNSPI 2.2.2.11): the arm of each property type. A type without an arm does not unmarshal. */
const ARMS: ReadonlyMap<number, Arm> = new Map<number, Arm>([
  [mapi.PT_SHORT, i16],
  [mapi.PT_LONG, u32],
  [mapi.PT_BOOLEAN, boolean],
  [mapi.PT_STRING8, text8],
  [mapi.PT_UNICODE, text16],
  [mapi.PT_BINARY, binary],
  [mapi.PT_CLSID, guid],
  [mapi.PT_SYSTIME, fileTime],
  [mapi.PT_ERROR, u32],
  [mapi.MV_FLAG | mapi.PT_SHORT, countedPointer(i16, MOST_ITEMS)],
  [mapi.MV_FLAG | mapi.PT_LONG, countedPointer(u32, MOST_ITEMS)],
  [mapi.PT_MV_STRING8, countedPointer(text8, MOST_ITEMS)],
  [mapi.PT_MV_UNICODE, countedPointer(text16, MOST_ITEMS)],
  [mapi.MV_FLAG | mapi.PT_BINARY, countedPointer(binary, MOST_ITEMS)],
  [mapi.MV_FLAG | mapi.PT_CLSID, countedPointer(guid, MOST_ITEMS)],
  [mapi.MV_FLAG | mapi.PT_SYSTIME, countedPointer(fileTime, MOST_ITEMS)],
  /** PtypNull, PtypEmbeddedTable, PtypUnspecified: a reserved number. */
  [0x0001, u32],
  [mapi.PT_OBJECT, u32],
  [mapi.PT_UNSPECIFIED, u32],
]);

/** Whether values of this property type can be sent by NSPI. */
export function hasNspiForm(type: number): boolean {
  return ARMS.has(type);
}

/** A property with its value (MS-OXNSPI 2.2.2.12). */
export interface NspiPropertyValue {
  readonly tag: number;
  readonly value: PropertyValue;
}

/** PropertyValue_r: tag, four reserved bytes, and the union with its type before it. */
export const propertyValue: NdrType<NspiPropertyValue> = {
  minBytes: 14,
  read(r, later, set) {
    const tag = r.u32();
    r.u32();
    const type = r.u32();
    const arm = ARMS.get(type);
    if (!arm || type !== mapi.propertyType(tag)) r.fail();
    else arm.read(r, later, (value: PropertyValue) => set({ tag, value }));
  },
  put(out, { tag, value }, later) {
    const type = mapi.propertyType(tag);
    const arm = ARMS.get(type);
    if (!arm) throw new RangeError(`property ${tag.toString(16)}: NSPI has no form of its type`);
    out.u32(tag);
    out.u32(0);
    out.u32(type);
    arm.put(out, value as SingleValue, later);
  },
};

/** PropertyRow_r (MS-OXNSPI 2.2.3). */
export const propertyRow: NdrType<NspiPropertyValue[]> = (() => {
  const values = countedPointer(propertyValue, MOST_ITEMS);
  return {
    minBytes: 12,
    read(r: NdrInput, later: (() => void)[], set: (value: NspiPropertyValue[]) => void) {
      r.u32();
      values.read(r, later, set);
    },
    put(out: NdrOutput, value: NspiPropertyValue[], later: (() => void)[]) {
      out.u32(0);
      values.put(out, value, later);
    },
  };
})();

/** PropertyRowSet_r (MS-OXNSPI 2.2.4). */
export const propertyRowSet = countedStructure(propertyRow, MOST_ITEMS);

/** PropertyName_r (MS-OXNSPI 2.2.6.1). */
export const propertyName = structure({ lpguid: unique(flatUid), ulReserved: u32, lID: u32 });
/** PropertyNameSet_r (MS-OXNSPI 2.2.6.2). */
export const propertyNameSet = countedStructure(propertyName, MOST_ITEMS);

/** StringsArray_r and WStringsArray_r (MS-OXNSPI 2.2.7). */
export const stringsArray = countedStructure(text8, MOST_ITEMS);
export const wideStringsArray = countedStructure(text16, MOST_ITEMS);

/** BinaryArray_r (MS-OXNSPI 2.2.2.7). */
export const binaryArray = countedPointer(binary, MOST_ITEMS);

/** A condition on address book objects (MS-OXNSPI 2.2.5): the forms of MS-OXCDATA 2.12 without counts and comments, with 32-bit fields. */
export type NspiRestriction =
  | { readonly kind: "and" | "or"; readonly parts: readonly NspiRestriction[] }
  | { readonly kind: "not"; readonly part: NspiRestriction }
  | { readonly kind: "content"; readonly fuzzyLevel: number; readonly tag: number; readonly target: NspiPropertyValue | null }
  | { readonly kind: "property"; readonly relOp: number; readonly tag: number; readonly target: NspiPropertyValue | null }
  | { readonly kind: "compare"; readonly relOp: number; readonly tag: number; readonly otherTag: number }
  | { readonly kind: "bitmask"; readonly relOp: number; readonly tag: number; readonly mask: number }
  | { readonly kind: "size"; readonly relOp: number; readonly tag: number; readonly size: number }
  | { readonly kind: "exist"; readonly tag: number }
  | { readonly kind: "sub"; readonly tag: number; readonly part: NspiRestriction };

/** Values of `rt` in Restriction_r. */
const RT = { and: 0, or: 1, not: 2, content: 3, property: 4, compare: 5, bitmask: 6, size: 7, exist: 8, sub: 9 } as const;

const restrictionBody: NdrType<NspiRestriction> = {
  minBytes: 12,
  read: readRestriction,
  put: putRestriction,
};

const restrictions = conformantArray(restrictionBody);
const targetPointer = unique(propertyValue);

function readRestriction(r: NdrInput, later: (() => void)[], set: (value: NspiRestriction) => void): void {
  const rt = r.u32();
  if (r.u32() !== rt) r.fail();
  switch (rt) {
    case RT.and:
    case RT.or: {
      const kind = rt === RT.and ? "and" : "or";
      const count = r.u32();
      if (r.u32() === 0) {
        if (count > 0) r.fail();
        set({ kind, parts: [] });
      } else
        later.push(() =>
          readWhole(restrictions, r, (parts) => {
            if (parts.length !== count) r.fail();
            set({ kind, parts });
          }),
        );
      return;
    }
    case RT.not:
      if (r.u32() === 0) r.fail();
      later.push(() => readWhole(restrictionBody, r, (part) => set({ kind: "not", part })));
      return;
    case RT.sub: {
      const tag = r.u32();
      if (r.u32() === 0) r.fail();
      later.push(() => readWhole(restrictionBody, r, (part) => set({ kind: "sub", tag, part })));
      return;
    }
    case RT.content: {
      const fuzzyLevel = r.u32();
      const tag = r.u32();
      targetPointer.read(r, later, (target) => set({ kind: "content", fuzzyLevel, tag, target }));
      return;
    }
    case RT.property: {
      const relOp = r.u32();
      const tag = r.u32();
      targetPointer.read(r, later, (target) => set({ kind: "property", relOp, tag, target }));
      return;
    }
    case RT.compare:
      set({ kind: "compare", relOp: r.u32(), tag: r.u32(), otherTag: r.u32() });
      return;
    case RT.bitmask:
      set({ kind: "bitmask", relOp: r.u32(), tag: r.u32(), mask: r.u32() });
      return;
    case RT.size:
      set({ kind: "size", relOp: r.u32(), tag: r.u32(), size: r.u32() });
      return;
    case RT.exist: {
      r.u32();
      const tag = r.u32();
      r.u32();
      set({ kind: "exist", tag });
      return;
    }
    default:
      r.fail();
  }
}

function putRestriction(out: NdrOutput, q: NspiRestriction, later: (() => void)[]): void {
  out.u32(RT[q.kind]);
  out.u32(RT[q.kind]);
  switch (q.kind) {
    case "and":
    case "or":
      out.u32(q.parts.length);
      out.u32(out.nextReferent());
      later.push(() => putWhole(restrictions, out, [...q.parts]));
      return;
    case "not":
    case "sub":
      if (q.kind === "sub") out.u32(q.tag);
      out.u32(out.nextReferent());
      later.push(() => putWhole(restrictionBody, out, q.part));
      return;
    case "content":
    case "property":
      out.u32(q.kind === "content" ? q.fuzzyLevel : q.relOp);
      out.u32(q.tag);
      targetPointer.put(out, q.target, later);
      return;
    case "exist":
      out.u32(0);
      out.u32(q.tag);
      out.u32(0);
      return;
    default:
      out.u32(q.relOp);
      out.u32(q.tag);
      out.u32(q.kind === "compare" ? q.otherTag : q.kind === "bitmask" ? q.mask : q.size);
  }
}

/** Restriction_r (MS-OXNSPI 2.2.5). */
export const restriction = restrictionBody;

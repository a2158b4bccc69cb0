/** Field codecs of the structures of MS-OXCDATA: property tags, values and rows, names and strings. */

import {
  type PropertyCell,
  propertyType,
  putPropertyRow,
  putTaggedValue,
  putTags,
  readPropertyRow,
  readPropertyValue,
  readTaggedValue,
  readTags,
  type TaggedValue,
} from "../property.ts";
import { type PropertyName, putPropertyName, readPropertyName } from "../property-name.ts";
import { hasUnknownLength } from "../property-value.ts";
import { putTypedString, readTypedString, type TypedString } from "../typed-string.ts";
import { type Field, group, list, type RopWithRows, u8, u16le } from "./field.ts";
import { checkList, shown } from "./field-error.ts";

/** TypedString (MS-OXCDATA 2.11.7). */
export const typedStringField: Field<TypedString> = { read: readTypedString, put: putTypedString };

/** PropertyName (MS-OXCDATA 2.6.1). */
export const propertyName: Field<PropertyName> = { read: readPropertyName, put: putPropertyName };

/** 16 bits of count, then property tags. */
export const tags: Field<readonly number[]> = {
  read: readTags,
  put: putTags,
};

/** TaggedPropertyValue (MS-OXCDATA 2.11.4). */
export const taggedValue: Field<TaggedValue> = { read: readTaggedValue, put: putTaggedValue };

const taggedValues = list(u16le, taggedValue);

/**
 * A field of a 16-bit count and as many TaggedPropertyValues. It reads as `null` if the length of a value can't be determined (`hasUnknownLength`). Then the
 * start of the next request is unknown too, so the rest of the buffer counts as part of this request, which is refused. `null`
 * is written as no values, as their bytes are not known.
 */
export const valuesOrNull: Field<readonly TaggedValue[] | null> = {
  read: (r) => {
    const count = r.u16();
    const values: TaggedValue[] = [];
    for (let i = 0; i < count && !r.failed; i++) {
      const tag = r.u32();
      if (!r.failed && hasUnknownLength(r, propertyType(tag))) {
        r.skip(r.remaining);
        return null;
      }
      values.push({ tag, value: readPropertyValue(r, tag) });
    }
    return values;
  },
  put: (w, values, record) => taggedValues.put(w, values === null ? [] : values, record),
};

/** Flags and values of one permission or rule. */
export interface FlaggedValues {
  readonly flags: number;
  readonly values: readonly TaggedValue[];
}

const flaggedValues = list(u16le, group({ flags: u8, values: taggedValues }));

/** 16 bits of count, then flags and values of each; `null` as in `valuesOrNull`. */
export const flaggedValuesOrNull: Field<readonly FlaggedValues[] | null> = {
  read: (r, record, scope) => {
    const count = r.u16();
    const rows: FlaggedValues[] = [];
    for (let i = 0; i < count && !r.failed; i++) {
      const flags = r.u8();
      const values = valuesOrNull.read(r, record, scope);
      if (values === null) return null;
      rows.push({ flags, values });
    }
    return rows;
  },
  put: (w, rows, record) => flaggedValues.put(w, rows as readonly FlaggedValues[], record),
};

/** The columns of the rows that follow. They are not on the wire: the request, or SetColumns before it, chose them. */
export function columnsFrom(rop: RopWithRows): Field<readonly number[]> {
  if (rop !== "GetPropertiesSpecific" && rop !== "QueryRows")
    throw new RangeError(`columnsFrom: takes "GetPropertiesSpecific" or "QueryRows", not ${shown(rop)}`);
  return {
    read: (r, _, scope) => {
      const columns = scope.columnsOf(rop, scope.handleIndex);
      if (!columns) r.fail();
      return columns ?? [];
    },
    put: (_, columns) => checkList(columns),
  };
}

/** A PropertyRow (MS-OXCDATA 2.8) of the columns in the field `tags` before it. */
export const propertyRow: Field<readonly PropertyCell[]> = {
  read: (r, record) => readPropertyRow(r, record["tags"] as readonly number[]),
  put: (w, cells, record) => putPropertyRow(w, record["tags"] as readonly number[], cells),
};

/** RowCount and the rows, each of the columns in the field `tags` before it. */
export const rowsOfTags: Field<readonly (readonly PropertyCell[])[]> = {
  read: (r, record) => {
    const count = r.u16();
    const rows: PropertyCell[][] = [];
    for (let i = 0; i < count && !r.failed; i++) rows.push(readPropertyRow(r, record["tags"] as readonly number[]));
    return rows;
  },
  put: (w, rows, record) => {
    checkList(rows);
    u16le.put(w, rows.length, record);
    for (const row of rows) putPropertyRow(w, record["tags"] as readonly number[], row);
  },
};

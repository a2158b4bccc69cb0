/** ROPs on properties (MS-OXCROPS 2.2.8). */

import { ByteWriter } from "@pushback/bytes";
import { BoundedReader } from "@pushback/dcerpc";
import { readTaggedValue, type TaggedValue } from "../property.ts";
import type { PropertyName } from "../property-name.ts";
import { columnsFrom, propertyName, propertyRow, taggedValue, tags } from "./data-fields.ts";
import { defineRequest, defineRop, ON_OBJECT, TO_OBJECT } from "./define-rop.ts";
import { bytes, counted, countOf, type Field, group, list, listOfCount, u8, u16le, u32le, when } from "./field.ts";
import { checkLength, checkList } from "./field-error.ts";

/** CopyTo and CopyProperties: the source loses what was copied; what the destination has stays (MS-OXCPRPT 2.2.10.1). */
export const COPY_MOVE = 0x01;
/** CopyFlags bit: properties that the destination has already are not replaced. */
export const COPY_NO_OVERWRITE = 0x02;

/** GetPropertyIdsFromNames: names that have no id yet get one. */
export const NAMES_CREATE = 0x02;

/** A property that could not be set or deleted: its position in the request, and the error (MS-OXCDATA 2.7). */
export interface PropertyProblem {
  readonly index: number;
  readonly tag: number;
  readonly errorCode: number;
}

const problem: Field<PropertyProblem> = group({ index: u16le, tag: u32le, errorCode: u32le });

const taggedValues = list(u16le, taggedValue);
const sizedBytes = counted(u16le);

/**
 * PropertyValueSize, PropertyValueCount and the values; `null` where they do not fill the size or one is of an unknown type. The size says
 * where the next request begins, so that this one alone is refused. It is written as a size
 * of 0, which has no room for the count.
 */
const sizedValues: Field<readonly TaggedValue[] | null> = {
  read: (r) => {
    const from = r.at + 2;
    const size = r.u16();
    if (r.skip(size) < 0) return null;
    const within = new BoundedReader(r.b, from, size);
    const count = within.u16();
    const values: TaggedValue[] = [];
    for (let i = 0; i < count && !within.failed; i++) values.push(readTaggedValue(within));
    return within.failed || within.remaining > 0 ? null : values;
  },
  put: (w, values, record) => {
    const content = new ByteWriter();
    if (values !== null) taggedValues.put(content, values, record);
    sizedBytes.put(w, content.toBytes(), record);
  },
};

/** MS-OXCROPS 2.2.8.1. Ids of the response are 0 for names that have none. */
export const GetPropertyIdsFromNames = defineRop("GetPropertyIdsFromNames", 0x56, {
  request: { ...ON_OBJECT, flags: u8, names: list(u16le, propertyName) },
  response: { ids: list(u16le, u16le) },
});

/** MS-OXCROPS 2.2.8.2 */
export const GetNamesFromPropertyIds = defineRop("GetNamesFromPropertyIds", 0x55, {
  request: { ...ON_OBJECT, ids: list(u16le, u16le) },
  response: { names: list(u16le, propertyName) },
});

/** MS-OXCROPS 2.2.8.3. `propertySizeLimit` 0: no limit but the buffer's. */
export const GetPropertiesSpecific = defineRop("GetPropertiesSpecific", 0x07, {
  request: { ...ON_OBJECT, propertySizeLimit: u16le, wantUnicode: u16le, tags },
  response: { tags: columnsFrom("GetPropertiesSpecific"), cells: propertyRow },
});

/** MS-OXCROPS 2.2.8.4 */
export const GetPropertiesAll = defineRop("GetPropertiesAll", 0x08, {
  request: { ...ON_OBJECT, propertySizeLimit: u16le, wantUnicode: u16le },
  response: { values: list(u16le, taggedValue) },
});

/** MS-OXCROPS 2.2.8.5 */
export const GetPropertiesList = defineRop("GetPropertiesList", 0x09, { request: ON_OBJECT, response: { tags } });

/** MS-OXCROPS 2.2.8.6 */
export const SetProperties = defineRop("SetProperties", 0x0a, {
  request: { ...ON_OBJECT, values: sizedValues },
  response: { problems: list(u16le, problem) },
});

/** MS-OXCROPS 2.2.8.7 */
export const SetPropertiesNoReplicate = defineRop("SetPropertiesNoReplicate", 0x79, {
  request: { ...ON_OBJECT, values: sizedValues },
  response: { problems: list(u16le, problem) },
});

/** MS-OXCROPS 2.2.8.8 */
export const DeleteProperties = defineRop("DeleteProperties", 0x0b, {
  request: { ...ON_OBJECT, tags },
  response: { problems: list(u16le, problem) },
});

/** MS-OXCROPS 2.2.8.9 */
export const DeletePropertiesNoReplicate = defineRop("DeletePropertiesNoReplicate", 0x7a, {
  request: { ...ON_OBJECT, tags },
  response: { problems: list(u16le, problem) },
});

const countedNames = listOfCount(propertyName);

/** As many names as `ids` has, which the same count counts. */
const namesOfIds: Field<readonly PropertyName[]> = {
  read: countedNames.read,
  put: (w, names, record) => {
    checkList(names);
    checkLength(names.length, (record["ids"] as readonly number[]).length, "items");
    countedNames.put(w, names, record);
  },
};

/** MS-OXCROPS 2.2.8.10. `ids` and `names` go together. */
export const QueryNamedProperties = defineRop("QueryNamedProperties", 0x5f, {
  request: {
    ...ON_OBJECT,
    queryFlags: u8,
    hasGuid: u8,
    propertyGuid: when<Uint8Array | null>((record) => record["hasGuid"] !== 0, bytes(16), null),
  },
  response: { idCount: countOf("ids", u16le), ids: listOfCount(u16le), names: namesOfIds },
});

/** MS-OXCROPS 2.2.8.11 */
export const CopyProperties = defineRop("CopyProperties", 0x67, {
  request: { ...TO_OBJECT, wantAsync: u8, copyFlags: u8, tags },
  response: { problems: list(u16le, problem) },
});

/** MS-OXCROPS 2.2.8.12 */
export const CopyTo = defineRop("CopyTo", 0x39, {
  request: { ...TO_OBJECT, wantAsync: u8, wantSubObjects: u8, copyFlags: u8, excludedTags: tags },
  response: { problems: list(u16le, problem) },
});

/** Declared by their requests alone: the server refuses them. */
export const UNSUPPORTED_PROPERTY_ROPS = {
  /** MS-OXCROPS 2.2.8.13. No ROP of this server is carried out later. */
  Progress: defineRequest("Progress", 0x50, { ...ON_OBJECT, wantCancel: u8 }),
} as const;

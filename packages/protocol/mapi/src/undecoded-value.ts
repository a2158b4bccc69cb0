/** Passing over property values of every type of MS-OXCDATA 2.11.1, also of those that `property.ts` does not decode. */

import type { BoundedReader } from "@pushback/dcerpc";
import { propertyType, readPropertyValue } from "./property.ts";
import { readRestriction } from "./restriction.ts";

/** The bit of a type that makes it a list (MS-OXCDATA 2.11.1.1). */
const MULTIPLE = 0x1000;
const PT_OBJECT = 0x000d;
const PT_SERVER_ID = 0x00fb;
const PT_RESTRICTION = 0x00fd;
const PT_ACTIONS = 0x00fe;

/** Passes over a value; lists have 32 bits of count before them (MS-OXCDATA 2.11.1). An unknown type fails the reader. */
function skipValue(r: BoundedReader, type: number): void {
  if (type & MULTIPLE) {
    const count = r.u32();
    for (let i = 0; i < count && !r.failed; i++) skipValue(r, type & ~MULTIPLE);
  } else if (type === PT_SERVER_ID || type === PT_OBJECT) r.skip(r.u16());
  else if (type === PT_RESTRICTION) readRestriction(r);
  else if (type === PT_ACTIONS) {
    // RuleAction (MS-OXORULE 2.2.5): a count, then blocks that begin with their size.
    const count = r.u16();
    for (let i = 0; i < count && !r.failed; i++) r.skip(r.u16());
  } else readPropertyValue(r, type);
}

/** Passes over a TaggedPropertyValue of any type of MS-OXCDATA 2.11.1; an unknown type fails the reader. */
export function skipTaggedValue(r: BoundedReader): void {
  skipValue(r, propertyType(r.u32()));
}

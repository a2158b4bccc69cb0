/** PropertyName (MS-OXCDATA 2.6.1): a property set and a number or a text in it, to which a store gives an id from 0x8000 on. */

import { type ByteWriter, formatHex } from "@pushback/bytes";
import type { BoundedReader } from "@pushback/dcerpc";
import { checkText, putBytes, putU8, putU32 } from "./checked-writes.ts";
import { outOfRange } from "./rops/field-error.ts";

/** `lid`: a number. `name`: a text. `none`: the id has no name. The GUID is 16 bytes as on the wire. */
export type PropertyName =
  | { readonly kind: "lid"; readonly guid: Uint8Array; readonly lid: number }
  | { readonly kind: "name"; readonly guid: Uint8Array; readonly name: string }
  | { readonly kind: "none" };

/** Ids from here on are those of named properties. */
export const FIRST_NAMED_ID = 0x8000;
/** The last id of a named property. */
export const LAST_NAMED_ID = 0xfffe;

/** The set whose numbers are property ids themselves (MS-OXPROPS 1.3.2: PS_MAPI). */
export const PS_MAPI = Uint8Array.of(0x28, 0x03, 0x02, 0, 0, 0, 0, 0, 0xc0, 0, 0, 0, 0, 0, 0, 0x46);

const KIND_LID = 0x00;
const KIND_NAME = 0x01;
const KIND_NONE = 0xff;
/** The size of a name is one byte: characters of two bytes, and the NUL. */
export const MAX_NAME_CHARS = 126;

/** An unknown kind fails the reader. */
export function readPropertyName(r: BoundedReader): PropertyName {
  const kind = r.u8();
  if (kind === KIND_NONE) {
    r.skip(16);
    return { kind: "none" };
  }
  const guid = r.bytes(16);
  if (kind === KIND_LID) return { kind: "lid", guid, lid: r.u32() };
  if (kind !== KIND_NAME) r.fail();
  const size = r.u8();
  let name = "";
  for (let i = 0; i + 2 <= size && !r.failed; i += 2) name += String.fromCharCode(r.u16());
  if (size & 1) r.u8();
  return { kind: "name", guid, name: name.replace(/\0.*$/s, "") };
}

/** Writes a PropertyName structure (MS-OXCDATA section 2.6.1). FieldError for what is no such name. */
export function putPropertyName(w: ByteWriter, name: PropertyName): void {
  switch (name.kind) {
    case "none":
      w.u8(KIND_NONE);
      w.skip(16);
      return;
    case "lid":
      w.u8(KIND_LID);
      putBytes(w, name.guid, 16);
      putU32(w, name.lid);
      return;
    case "name":
      w.u8(KIND_NAME);
      putBytes(w, name.guid, 16);
      putNameText(w, name.name);
      return;
    default:
      outOfRange((name as PropertyName).kind, "a kind of property name");
  }
}

function putNameText(w: ByteWriter, text: string): void {
  checkText(text);
  putU8(w, 2 * text.length + 2);
  for (let i = 0; i < text.length; i++) w.u16le(text.charCodeAt(i));
  w.u16le(0);
}

/** Key of a property name for maps: equal names have equal keys. Names are case-sensitive (MS-OXCPRPT 2.2.12.1). */
export function propertyNameKey(name: PropertyName): string {
  if (name.kind === "none") return "";
  return `${formatHex(name.guid)}/${name.kind === "lid" ? name.lid : JSON.stringify(name.name)}`;
}

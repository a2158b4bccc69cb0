/** Test support: records with values that do not fit their fields. */

import { ByteWriter } from "@pushback/bytes";
import { expect } from "vitest";
import type { FieldValues } from "../field.ts";
import { FieldError } from "../field-error.ts";

/** Values of all kinds: left out, of another type, too large, too long. */
const WRONG: readonly unknown[] = [
  undefined,
  null,
  false,
  "1",
  "ab",
  "01 00 00 00 00 0",
  "\u0416",
  {},
  [],
  ["a"],
  Array(300).fill(1),
  Number.NaN,
  -1,
  1.5,
  300,
  2 ** 70,
  5n,
  2n ** 70n,
  -1n,
  new Uint8Array(0),
  Uint8Array.of(7),
  new Uint16Array(2),
  new DataView(new ArrayBuffer(3)),
  () => 1,
  Symbol("x"),
];

/** The value itself in place of another, and in place of each part of it. */
function* changed(value: unknown, by: unknown): Generator<unknown> {
  yield by;
  if (typeof value !== "object" || value === null || value instanceof Uint8Array) return;
  for (const key of Object.keys(value)) {
    for (const inner of changed((value as FieldValues)[key], by)) {
      if (Array.isArray(value)) yield value.map((item, i) => (String(i) === key ? inner : item));
      else yield { ...value, [key]: inner };
    }
  }
}

/** Records with a wrong value in place of a part of the field `name`, and one that lacks the field. */
function* withWrong(record: FieldValues, name: string): Generator<FieldValues> {
  for (const by of WRONG) for (const value of changed(record[name], by)) yield { ...record, [name]: value };
  const { [name]: _, ...rest } = record;
  yield rest;
}

/**
 * Writes the record with wrong values in place of each of its fields `names`, one after the other, and of each part of them. Expects a FieldError that
 * names one of the fields, or bytes that `read` reads as the record that was written. Records of `isException` are not written.
 */
export function expectSameOrRefused(
  record: FieldValues,
  names: readonly string[],
  put: (w: ByteWriter, record: never) => void,
  read: (b: Uint8Array, record: FieldValues) => readonly unknown[] | null | undefined,
  isException: (record: FieldValues) => boolean = () => false,
): void {
  for (const name of names.filter((each) => Object.hasOwn(record, each))) {
    for (const wrong of withWrong(record, name)) {
      if (isException(wrong)) continue;
      const w = new ByteWriter();
      const error = errorOf(() => put(w, wrong as never));
      if (error === null) expect(read(w.toBytes(), wrong)).toStrictEqual([wrong]);
      else {
        expect(error).toBeInstanceOf(FieldError);
        expect(names).toContain((error as FieldError).field.split(".")[0]);
      }
    }
  }
}

function errorOf(call: () => void): unknown {
  try {
    call();
    return null;
  } catch (error) {
    return error;
  }
}

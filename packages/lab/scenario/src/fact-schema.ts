/** JSON Schema of the values of facts, made from what their checks use. What spans several parts of a value is left to the checks. */

import type { FactGroup } from "@pushback/host";
import { CHOICES, KINDS, LENGTHS, NULLABLE, rangeOf, textFormOf } from "./fact-tables.ts";
import { examplesOf, isTextOrRecord, kindOf } from "./fact-values.ts";

type Schema = Readonly<Record<string, unknown>>;

/** JSON Schema of a new value for a fact. A record is merged into the old one key by key, so no key is required. */
export function factSchema(group: FactGroup, name: string): Schema {
  return valueSchema(examplesOf(group, name), `${group}.${name}`);
}

function valueSchema(examples: readonly unknown[], place: string): Schema {
  const schema = presentSchema(examples, place);
  const mayBeNull = NULLABLE.has(place) || examples.includes(null);
  return mayBeNull && Object.keys(schema).length > 0 ? { anyOf: [schema, { type: "null" }] } : schema;
}

function presentSchema(examples: readonly unknown[], place: string): Schema {
  const known = examples.filter((example) => example !== null);
  const kinds = new Set(isTextOrRecord(place) ? ["string", "object"] : known.map(kindOf));
  const schemas = [...kinds].map((kind) => schemaOfKind(kind, known, place));
  if (schemas.length === 0) return {};
  return schemas.length === 1 ? schemas[0] : { anyOf: schemas };
}

function schemaOfKind(kind: string, known: readonly unknown[], place: string): Schema {
  switch (kind) {
    case "list": {
      const length = LENGTHS[place];
      const items = presentSchema([...(CHOICES[place] ?? []), ...known.filter(Array.isArray).flat()], place);
      return { type: "array", items, ...(length !== undefined && { minItems: length, maxItems: length }) };
    }
    case "number": {
      const [minimum, maximum, part] = rangeOf(place);
      return { type: part === "fraction" ? "number" : "integer", minimum, maximum };
    }
    case "string": {
      const choices = CHOICES[place];
      const form = textFormOf(place);
      return choices !== undefined ? { enum: choices } : { type: "string", ...(form && { pattern: form.pattern }) };
    }
    case "object":
      return recordSchema(known, place);
    default:
      return { type: kind };
  }
}

function recordSchema(known: readonly unknown[], place: string): Schema {
  const kinds = KINDS[place];
  const records = [...known.filter((example) => kindOf(example) === "object"), ...(kinds ?? [])] as Readonly<Record<string, unknown>>[];
  const names = [...new Set(records.flatMap((record) => Object.keys(record)))];
  const properties = names.map((name): [string, Schema] => {
    if (name === "kind" && kinds !== undefined) return [name, { enum: kinds.map((example) => example["kind"]) }];
    const values = records.filter((record) => Object.hasOwn(record, name)).map((record) => record[name]);
    return [name, valueSchema(values, `${place}.${name}`)];
  });
  return { type: "object", properties: Object.fromEntries(properties), additionalProperties: false };
}

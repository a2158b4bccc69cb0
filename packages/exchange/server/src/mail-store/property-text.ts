/** Serialises property values as JSON text (kind and value), for the store's key-value entries. */

import { formatHex, parseHex } from "@pushback/bytes";
import { isList, type PropertyData, type SingleData } from "./message-content.ts";

type Encoded = readonly [kind: string, value: unknown];

function encodeSingle(data: SingleData): Encoded {
  if (data instanceof Uint8Array) return ["bytes", formatHex(data)];
  return typeof data === "bigint" ? ["bigint", String(data)] : [typeof data, data];
}

function decodeSingle([kind, value]: Encoded): SingleData {
  if (kind === "bytes") return parseHex(String(value));
  if (kind === "bigint") return BigInt(String(value));
  if (kind !== typeof value || (kind !== "number" && kind !== "boolean" && kind !== "string"))
    throw new Error(`no property value: ${kind}`);
  return value as SingleData;
}

/** A property's value as JSON text, for a persistence. */
export function textOfData(data: PropertyData): string {
  return JSON.stringify(isList(data) ? ["list", data.map(encodeSingle)] : encodeSingle(data));
}

/** Throws an Error if the text is not one that `textOfData` wrote. */
export function dataOfText(text: string): PropertyData {
  const encoded = JSON.parse(text) as Encoded;
  return encoded[0] === "list" ? (encoded[1] as readonly Encoded[]).map(decodeSingle) : decodeSingle(encoded);
}

/** Several values by tag, as one text. */
export function textOfProperties(properties: ReadonlyMap<number, PropertyData>): string {
  return JSON.stringify([...properties].map(([tag, data]) => [tag, textOfData(data)]));
}

/** Throws an Error if the text is not one that `textOfProperties` wrote. */
export function propertiesOfText(text: string): Map<number, PropertyData> {
  return new Map((JSON.parse(text) as readonly (readonly [number, string])[]).map(([tag, data]) => [tag, dataOfText(data)]));
}

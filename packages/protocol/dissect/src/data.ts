/** Bytes that no dissector claims. */

import { type Dissection, fieldSet } from "./dissection.ts";
import { bytes, dec, group } from "./field.ts";

const DATA = { data: group("data", "Data"), bytes: bytes("data.data", "Data"), len: dec("data.len", "Length") };
const DATA_FIELDS = fieldSet(DATA);

export function dissectData(d: Dissection, at: number, end: number): void {
  if (end <= at) return;
  if (!d.namesProtocols && !d.wantsAny(DATA_FIELDS)) return;
  d.protocol(DATA.data, at, end - at);
  d.bytes(DATA.bytes, at, end - at);
  d.number(DATA.len, end - at, at, 0);
  d.close();
}

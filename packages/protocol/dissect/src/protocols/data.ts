/** Bytes that no other protocol claims. */

import { defineProtocol, type Protocol } from "../define-protocol.ts";
import type { Dissection } from "../dissection.ts";
import { bytes, dec } from "../field.ts";

const F = { bytes: bytes("data.data", "Data"), len: dec("data.len", "Length", 32) };

export const DATA: Protocol = defineProtocol({
  name: "data",
  title: "Data",
  specification: "none: uninterpreted bytes",
  fields: F,
  over: [{ carrier: "unclaimed" }],
  dissect: dissectData,
  summary: null,
  frameClass: null,
});

/** Reports the bytes as they are; nothing if there are none. */
export function dissectData(d: Dissection, at: number, end: number): void {
  if (end <= at) return;
  if (!d.keepsPath && !d.wantsAny(DATA)) return;
  d.protocol(DATA, at, end - at);
  d.bytes(F.bytes, at, end - at);
  d.number(F.len, end - at, at, 0);
  d.close();
}

/** HTTP/1.x (RFC 9112), recognised by the first bytes of a request or response, but not read. */

import { defineProtocol, NAME_ONLY, overTcpContent, type Protocol } from "../define-protocol.ts";
import { nameOnly } from "./named-only.ts";

/** Bytes of the longest beginning that is looked for. */
const LONGEST_START = 8;

export const HTTP: Protocol = defineProtocol({
  name: "http",
  title: "Hypertext Transfer Protocol",
  specification: "RFC 9112",
  fields: {},
  over: [overTcpContent(isHttp)],
  dissect: nameOnly(() => HTTP),
  summary: NAME_ONLY,
  frameClass: null,
});

/** Whether a request or a response begins here. */
function isHttp(b: Uint8Array, at: number, end: number): boolean {
  const start = String.fromCharCode(...b.subarray(at, Math.min(end, at + LONGEST_START)));
  return /^(GET |POST |HEAD |PUT |HTTP\/1\.)/.test(start);
}

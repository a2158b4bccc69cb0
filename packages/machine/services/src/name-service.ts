/** The NetBIOS name service of one machine (RFC 1002 section 4.2): node status, and queries for the machine's names. */

import { getU16be, putU16be, putU32be } from "@pushback/bytes";
import type { Host } from "@pushback/host";
import {
  ANY_NAME,
  decodeName,
  ENCODED_NAME_BYTES,
  netbiosName,
  putEncodedName,
  SUFFIX_SERVER,
  SUFFIX_WORKSTATION,
  sameName,
} from "./netbios-name.ts";

const HEADER_BYTES = 12;
/** R, OPCODE and RCODE of a query. Broadcast, recursion desired and truncation are the other bits (RFC 1002 section 4.2.1.1). */
const QUERY_MASK = 0xf80f;
const TYPE_NB = 0x20;
const TYPE_NBSTAT = 0x21;
const CLASS_IN = 1;
/** Response, authoritative answer. */
const FLAGS_STATUS_RESPONSE = 0x8400;
/** Response, authoritative answer, recursion desired (RFC 1002 section 4.2.13). */
const FLAGS_QUERY_RESPONSE = 0x8500;
/** A unique name of a B node that is active (RFC 1002 section 4.2.18). */
const NAME_ACTIVE = 0x0400;
/** Statistics of a node status response: the unit's id (its hardware address) and counters. */
const STATISTICS_BYTES = 46;
/** Time to live of a name in an answer, in seconds. RFC 1002 section 4.2.13 leaves it to the machine; this value is assumed. */
const NAME_TTL_SECONDS = 300_000;

/** Opens `port` and answers node status requests for any name or a name of the machine's, and queries for the machine's names. */
export function openNameService(host: Host, port: number, mac: number): void {
  const names = [netbiosName(host.name, SUFFIX_WORKSTATION), netbiosName(host.name, SUFFIX_SERVER)];
  const socket = host.openUdp(port, {
    onDatagram(b, at, len, fromAddress, fromPort) {
      const answer = answerQuery(b, at, len, names, host.address, mac);
      if (answer !== null) socket.send(answer, fromAddress, fromPort);
    },
  });
}

/** The response to a datagram; `null`, silence, for a datagram that is malformed, is no query, or asks for another machine's name (a B node). */
function answerQuery(
  b: Uint8Array,
  at: number,
  len: number,
  names: readonly Uint8Array[],
  address: number,
  mac: number,
): Uint8Array | null {
  if (len < HEADER_BYTES + ENCODED_NAME_BYTES + 4 || (getU16be(b, at + 2) & QUERY_MASK) !== 0 || getU16be(b, at + 4) !== 1) return null;
  const nameAt = at + HEADER_BYTES;
  const name = decodeName(b, nameAt, len - HEADER_BYTES);
  if (name === null || getU16be(b, nameAt + ENCODED_NAME_BYTES + 2) !== CLASS_IN) return null;
  const type = getU16be(b, nameAt + ENCODED_NAME_BYTES);
  const isOwn = names.some((own) => sameName(own, name));
  const id = getU16be(b, at);
  if (type === TYPE_NBSTAT && (isOwn || sameName(name, ANY_NAME))) return statusResponse(id, name, names, mac);
  if (type === TYPE_NB && isOwn) return queryResponse(id, name, address);
  return null;
}

/** Header and resource record up to its data; `dataLen` bytes follow at the offset that is returned. */
function startResponse(b: Uint8Array, id: number, flags: number, name: Uint8Array, type: number, ttl: number, dataLen: number): number {
  putU16be(b, 0, id);
  putU16be(b, 2, flags);
  putU16be(b, 6, 1);
  const at = putEncodedName(b, HEADER_BYTES, name);
  putU16be(b, at, type);
  putU16be(b, at + 2, CLASS_IN);
  putU32be(b, at + 4, ttl);
  putU16be(b, at + 8, dataLen);
  return at + 10;
}

/** RFC 1002 section 4.2.18. */
function statusResponse(id: number, name: Uint8Array, names: readonly Uint8Array[], mac: number): Uint8Array {
  const dataLen = 1 + names.length * 18 + STATISTICS_BYTES;
  const b = new Uint8Array(HEADER_BYTES + ENCODED_NAME_BYTES + 10 + dataLen);
  let at = startResponse(b, id, FLAGS_STATUS_RESPONSE, name, TYPE_NBSTAT, 0, dataLen);
  b[at++] = names.length;
  for (const own of names) {
    b.set(own, at);
    putU16be(b, at + 16, NAME_ACTIVE);
    at += 18;
  }
  putU16be(b, at, Math.floor(mac / 2 ** 32));
  putU32be(b, at + 2, mac % 2 ** 32);
  return b;
}

/** RFC 1002 section 4.2.13. */
function queryResponse(id: number, name: Uint8Array, address: number): Uint8Array {
  const b = new Uint8Array(HEADER_BYTES + ENCODED_NAME_BYTES + 10 + 6);
  const at = startResponse(b, id, FLAGS_QUERY_RESPONSE, name, TYPE_NB, NAME_TTL_SECONDS, 6);
  putU16be(b, at, 0);
  putU32be(b, at + 2, address);
  return b;
}

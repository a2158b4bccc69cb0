/** Reassembly of fragments (RFC 791 section 3.2, RFC 815, RFC 1122 section 3.3.2). */

import {
  getIpv4FragmentOffset,
  getIpv4HeaderLen,
  getIpv4Id,
  getIpv4MoreFragments,
  getIpv4Protocol,
  getIpv4Source,
  getIpv4TotalLen,
  ICMP_TIME_EXCEEDED,
  IP_PROTOCOL_TCP,
  IP_PROTOCOL_UDP,
  TIME_EXCEEDED_REASSEMBLY,
} from "@pushback/wire";
import type { Reassembly } from "./core.ts";
import { sendIcmpError } from "./icmp-output.ts";
import type { Core } from "./tcb.ts";

/** Datagrams under reassembly at once; one more discards the oldest. No source gives a limit; this one is ours. */
const MAX_REASSEMBLIES = 16;

/**
 * Takes the fragment at `ipAt`. If it was the last one missing, returns the whole datagram in a separate buffer: the header of
 * the first fragment and the payload. Returns `null` otherwise. Where fragments overlap, the personality says which bytes
 * win. A fragment that would end beyond 65,535 bytes is dropped, and so is one, other than the last, whose length is not a multiple of eight.
 */
export function reassemble(
  core: Core,
  b: Uint8Array,
  ipAt: number,
  group: boolean,
): { readonly datagram: Uint8Array; readonly group: boolean } | null {
  const headerLen = getIpv4HeaderLen(b, ipAt);
  const len = getIpv4TotalLen(b, ipAt) - headerLen;
  const offset = getIpv4FragmentOffset(b, ipAt);
  const more = getIpv4MoreFragments(b, ipAt);
  const end = offset + len;
  core.rare.ipReasmReqds++;
  if (len === 0 || (more && len % 8 !== 0) || end + headerLen > 65535) {
    core.rare.ipReasmFails++;
    return null;
  }
  const state = findOrCreate(core, b, ipAt, headerLen);
  state.group ||= group;
  // A fragment that contradicts the known length does not belong to this datagram.
  if ((state.totalLen >= 0 && (end > state.totalLen || (!more && end !== state.totalLen))) || (!more && lastEnd(state) > end)) {
    core.rare.ipReasmFails++;
    return null;
  }
  if (!more) state.totalLen = end;
  if (offset === 0 && !state.hasFirst) {
    state.hasFirst = true;
    state.header = b.slice(ipAt, ipAt + headerLen);
  }
  grow(state, end);
  fill(state, b, ipAt + headerLen, offset, end);
  if (core.personality.fragmentOverlap === "last") state.payload.set(b.subarray(ipAt + headerLen, ipAt + headerLen + len), offset);
  if (state.ranges.length !== 2 || state.ranges[0] !== 0 || state.ranges[1] !== state.totalLen) return null;
  core.scheduler.cancel(state.event);
  core.reassemblies?.delete(state.key);
  if (state.header.length + state.totalLen > 65535) {
    core.rare.ipReasmFails++;
    return null;
  }
  core.rare.ipReasmOKs++;
  const datagram = new Uint8Array(state.header.length + state.totalLen);
  datagram.set(state.header);
  datagram.set(state.payload.subarray(0, state.totalLen), state.header.length);
  return { datagram, group: state.group };
}

function findOrCreate(core: Core, b: Uint8Array, ipAt: number, headerLen: number): Reassembly {
  core.reassemblies ??= new Map();
  const protocol = getIpv4Protocol(b, ipAt);
  // RFC 791 keys by source, destination, protocol and identification; 50 bits of it make a number.
  const kind = protocol === IP_PROTOCOL_UDP ? 1 : protocol === IP_PROTOCOL_TCP ? 2 : 3;
  const key = (getIpv4Source(b, ipAt) * 65536 + getIpv4Id(b, ipAt)) * 4 + kind;
  const known = core.reassemblies.get(key);
  if (known !== undefined && known.protocol === protocol) return known;
  if (known !== undefined) discard(core, known);
  if (core.reassemblies.size >= MAX_REASSEMBLIES) {
    for (const oldest of core.reassemblies.values()) {
      discard(core, oldest);
      break;
    }
  }
  const state: Reassembly = {
    key,
    protocol,
    header: b.slice(ipAt, ipAt + headerLen),
    hasFirst: false,
    group: false,
    payload: new Uint8Array(2048),
    ranges: [],
    totalLen: -1,
    event: 0,
  };
  state.event = core.scheduler.schedule(core.personality.reassemblyTimeoutUs, onTimeout, { core, state });
  core.reassemblies.set(key, state);
  return state;
}

function discard(core: Core, state: Reassembly): void {
  core.scheduler.cancel(state.event);
  core.reassemblies?.delete(state.key);
  core.rare.ipReasmFails++;
}

function onTimeout({ core, state }: { core: Core; state: Reassembly }): void {
  if (!core.running) return;
  discard(core, state);
  if (!state.hasFirst) return;
  const have = state.ranges[1];
  const quote = new Uint8Array(state.header.length + have);
  quote.set(state.header);
  quote.set(state.payload.subarray(0, have), state.header.length);
  sendIcmpError(core, ICMP_TIME_EXCEEDED, TIME_EXCEEDED_REASSEMBLY, 0, quote, 0, have, state.group);
}

function lastEnd(state: Reassembly): number {
  return state.ranges.length === 0 ? 0 : state.ranges[state.ranges.length - 1];
}

function grow(state: Reassembly, len: number): void {
  if (len <= state.payload.length) return;
  const grown = new Uint8Array(Math.min(65535, Math.max(len, state.payload.length * 2)));
  grown.set(state.payload);
  state.payload = grown;
}

/** Copies the bytes that no earlier fragment covered, and merges the ranges. */
function fill(state: Reassembly, b: Uint8Array, at: number, start: number, end: number): void {
  const merged: number[] = [];
  let from = start;
  let low = start;
  let high = end;
  for (let i = 0; i < state.ranges.length; i += 2) {
    const left = state.ranges[i];
    const right = state.ranges[i + 1];
    if (right < start || left > end) {
      if (left > end && low >= 0) {
        merged.push(low, high);
        low = -1;
      }
      merged.push(left, right);
      continue;
    }
    if (left > from) state.payload.set(b.subarray(at + from - start, at + left - start), from);
    if (right > from) from = right;
    if (left < low) low = left;
    if (right > high) high = right;
  }
  // The uncovered gap before a range that begins behind the fragment ends where the fragment ends.
  if (from < end) state.payload.set(b.subarray(at + from - start, at + end - start), from);
  if (low >= 0) merged.push(low, high);
  state.ranges = merged;
}

/** Drops all fragments and timers. */
export function stopReassembly(core: Core): void {
  if (core.reassemblies === null) return;
  for (const state of core.reassemblies.values()) core.scheduler.cancel(state.event);
  core.reassemblies = null;
}

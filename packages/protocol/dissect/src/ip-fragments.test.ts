/** Fragments beyond what tshark judges (agreement.test.ts): bounds of memory and of time, and deep nesting. */

import { putU16be } from "@pushback/bytes";
import type { CapturedPacket } from "@pushback/capture";
import { putIpv4Header } from "@pushback/wire";
import { expect, it } from "vitest";
import { MAX_NESTED_PROTOCOLS } from "./dissection.ts";
import { FrameDissector, TreeSink } from "./index.ts";
import { IpFragments } from "./ip-fragments.ts";

const LINKTYPE_RAW = 101;

it("joins 65,535 bytes from pieces of eight that come in reverse, in less than a second", () => {
  const fragments = new IpFragments();
  const content = Uint8Array.from({ length: 16_000 }, (_, i) => i * 7);
  let joined = null;
  for (let from = content.length - 8; from >= 0; from -= 8)
    joined = fragments.add("a", from, from, from + 8 < content.length, content, from, 8);
  expect(joined?.content).toEqual(content);
  expect(joined?.fragments).toHaveLength(2000);
});

it("gives up the datagram that waits longest, and one of too many pieces; completes the others", () => {
  const fragments = new IpFragments();
  const bytes = new Uint8Array(40_000);
  fragments.add("first", 1, 0, true, bytes, 0, 8);
  for (let i = 0; i < 5000; i++) fragments.add(`flood ${i}`, 2, 8, true, bytes, 0, 8);
  expect(fragments.add("first", 3, 8, false, bytes, 0, 8)).toBeNull();
  expect(fragments.add("flood 4999", 3, 0, true, bytes, 0, 8)).toBeNull();
  expect(fragments.add("flood 4999", 3, 16, false, bytes, 0, 8)?.content).toHaveLength(24);
  // 16 MiB of fragments wait at most.
  for (let i = 0; i < 1000; i++) fragments.add(`long ${i}`, 4, 8, true, bytes, 0, bytes.length);
  expect(fragments.add("long 0", 5, 0, true, bytes, 0, 8)).toBeNull();
  expect(fragments.add("long 0", 5, 8, false, bytes, 0, 8)?.content).toHaveLength(16);
  for (let i = 0; i < 2100; i++) fragments.add("copies", 6, 8, true, bytes, 0, 8);
  fragments.add("copies", 7, 16, false, bytes, 0, 8);
  expect(fragments.add("copies", 7, 0, true, bytes, 0, 8)?.fragments.length).toBeLessThan(60);
});

it("dissects a fragmented datagram that carries 3,000 headers of IPv4 inside one another, as deep as protocols may nest", () => {
  const depth = 3000;
  const content = new Uint8Array(depth * 20);
  for (let i = 0; i < depth; i++) putIpv4Header(content, i * 20, content.length - i * 20, 1, 0, 64, 4, 1, 2);
  const sink = new TreeSink();
  const dissector = new FrameDissector(sink);
  const half = content.length / 2;
  for (const [number, from] of [
    [1, 0],
    [2, half],
  ]) {
    const bytes = new Uint8Array(20 + half);
    putIpv4Header(bytes, 0, bytes.length, 9, 0, 64, 4, 1, 2);
    putU16be(bytes, 6, (from === 0 ? 0x2000 : 0) | (from / 8));
    bytes.set(content.subarray(from, from + half), 20);
    const len = bytes.length;
    const packet: CapturedPacket = {
      bytes,
      at: 0,
      len,
      origLen: len,
      timeUs: 0,
      timeNs: 0,
      timed: true,
      interfaceIndex: 0,
      capturedOn: null,
      linkType: LINKTYPE_RAW,
      comment: null,
      number,
      offset: 0,
    };
    sink.roots.length = 0;
    sink.begin(bytes, 0);
    dissector.dissect(packet);
  }
  // The link counts as the outermost protocol.
  expect(sink.roots.filter(({ field }) => field.name === "ip")).toHaveLength(MAX_NESTED_PROTOCOLS - 1);
  expect(sink.roots.filter(({ field }) => field.name === "data")).toHaveLength(1);
});

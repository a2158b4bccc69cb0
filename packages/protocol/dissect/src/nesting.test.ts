/** Frames whose protocols nest as often as a frame has room for headers: the rest is data, and no stack overflows. */

import { putIpv4Header, putUdpHeader } from "@pushback/wire";
import { describe, expect, it } from "vitest";
import { VXLAN, VXLAN_PORT } from "../test/vxlan.ts";
import { MAX_NESTED_PROTOCOLS } from "./dissection.ts";
import {
  compileFilter,
  createProtocols,
  FrameDissector,
  PROTOCOLS,
  type Protocols,
  STANDARD_PROTOCOLS,
  SummarySink,
  summarizeFrame,
  type TreeNode,
  TreeSink,
} from "./index.ts";
import { packetOf } from "./testing/packet-of.ts";
import { inIpv6 } from "./testing/tunnel-frames.ts";

const A = 0x0a010965;
const B = 0x0a01090a;
const NOTHING = new Uint8Array(0);

const u16 = (value: number) => [value >>> 8, value & 255];
function join(...parts: readonly ArrayLike<number>[]): Uint8Array<ArrayBuffer> {
  const joined = new Uint8Array(parts.reduce((length, part) => length + part.length, 0));
  let at = 0;
  for (const part of parts) {
    joined.set(part, at);
    at += part.length;
  }
  return joined;
}
const ethernet = (etherType: number, payload: Uint8Array) => join([2, 0, 0, 0, 0, 1, 2, 0, 0, 0, 0, 2], u16(etherType), payload);

function inIpv4(protocol: number, payload: Uint8Array, id = 1, flags = 0): Uint8Array {
  const b = new Uint8Array(20 + payload.length);
  putIpv4Header(b, 0, b.length, id, flags, 64, protocol, A, B);
  b.set(payload, 20);
  return b;
}

function inUdp(port: number, payload: Uint8Array): Uint8Array {
  const b = new Uint8Array(28 + payload.length);
  putIpv4Header(b, 0, b.length, 1, 0, 64, 17, A, B);
  b.set(payload, 28);
  putUdpHeader(b, 20, 1024, port, payload.length, A, B);
  return b;
}

/** `wrap` applied to its own result more often than protocols may nest. */
function nested(wrap: (payload: Uint8Array) => Uint8Array): Uint8Array {
  let frame: Uint8Array = Uint8Array.of(1, 2, 3, 4);
  for (let i = 0; i < MAX_NESTED_PROTOCOLS + 10; i++) frame = wrap(frame);
  return frame;
}

function tags(etherType: number, count: number): Uint8Array {
  const tag = [0, 1, ...u16(etherType)];
  return ethernet(
    etherType,
    Uint8Array.from({ length: count * 4 }, (_, i) => tag[i % 4]),
  );
}

/** The names in `frame.protocols` of the last frame. Filters and rows of the same frames are made on the way. */
function namesIn(frames: readonly Uint8Array[], protocols: Protocols = STANDARD_PROTOCOLS): string[] {
  const packets = frames.map((frame, i) => packetOf(frame, i + 1));
  const sink = new TreeSink();
  const dissector = new FrameDissector(sink, { protocols });
  for (const p of packets) {
    sink.roots.length = 0;
    sink.begin(p.bytes, p.at);
    dissector.dissect(p);
  }
  const rows = new SummarySink(protocols);
  const rowDissector = new FrameDissector(rows, { protocols });
  for (const p of packets) {
    rows.begin();
    rowDissector.dissect(p);
  }
  expect(rows.summary()).toEqual(summarizeFrame(sink.roots, protocols));
  const present = new Set<string>();
  const collect = (nodes: readonly TreeNode[]): void => {
    for (const { field, children } of nodes) {
      present.add(field.name);
      collect(children);
    }
  };
  collect(sink.roots);
  for (const text of ["data", "ip", "udp", "icmp", "ieee8021ad"]) {
    const result = compileFilter(text, protocols);
    if (!result.ok) throw new Error(result.message);
    const selected = packets.map((p) => result.filter.matches(p));
    expect(selected.at(-1), text).toBe(present.has(text));
  }
  return (sink.roots.find(({ field }) => field.name === "frame.protocols")?.show ?? "").split(":").filter((name) => name !== "ethertype");
}

describe("protocols inside one another", () => {
  it.each([
    ["802.1ad tags", tags(0x88a8, 15_000)],
    ["802.1Q tags", tags(0x8100, 15_000)],
    [
      "IPv4 in IPv4",
      ethernet(
        0x0800,
        nested((payload) => inIpv4(4, payload)),
      ),
    ],
    [
      "IPv6 in IPv6",
      ethernet(
        0x86dd,
        nested((payload) => inIpv6(41, payload)),
      ),
    ],
    [
      "GRE",
      ethernet(
        0x0800,
        nested((payload) => inIpv4(47, join([0, 0, 8, 0], payload))),
      ),
    ],
    [
      "PPP in GRE",
      ethernet(
        0x0800,
        nested((payload) => inIpv4(47, join([0x30, 0x01, 0x88, 0x0b, ...u16(0), 0, 0, 0, 0, 0, 0, 0, 0x21], payload))),
      ),
    ],
    [
      "Ethernet in GRE",
      ethernet(
        0x0800,
        nested((payload) => inIpv4(47, join([0, 0, 0x65, 0x58], ethernet(0x0800, payload)))),
      ),
    ],
    [
      "ICMP errors that quote ICMP errors",
      ethernet(
        0x0800,
        nested((payload) => inIpv4(1, join([3, 3, 0, 0, 0, 0, 0, 0], payload))),
      ),
    ],
    [
      "ICMPv6 errors that quote ICMPv6 errors",
      ethernet(
        0x86dd,
        nested((payload) => inIpv6(58, join([1, 4, 0, 0, 0, 0, 0, 0], payload))),
      ),
    ],
  ])("%s: the rest is data below the limit", (_, frame) => {
    const names = namesIn([frame]);
    expect(names.length).toBeGreaterThanOrEqual(MAX_NESTED_PROTOCOLS);
    expect(names.length).toBeLessThanOrEqual(2 * MAX_NESTED_PROTOCOLS);
    expect(names.at(-1)).toBe("data");
  });

  it("counts a protocol once for each level", () => {
    const names = namesIn([tags(0x88a8, 15_000)]);
    expect(names.length).toBe(MAX_NESTED_PROTOCOLS + 1);
    const enough = ethernet(
      0x88a8,
      join(...Array.from({ length: MAX_NESTED_PROTOCOLS - 2 }, () => [0, 1, 0x88, 0xa8]), [0, 1, 8, 6], new Uint8Array(28)),
    );
    expect(namesIn([enough]).slice(-2)).toEqual(["ieee8021ad", "data"]);
  });

  it("headers that are found in a loop do not count", () => {
    const labels = ethernet(
      0x8847,
      join(...Array.from({ length: 14_999 }, () => [0, 1, 0, 64]), [0, 1, 1, 64], inUdp(1090, Uint8Array.of(1))),
    );
    expect(namesIn([labels]).slice(-4)).toEqual(["mpls", "ip", "udp", "data"]);
    const options = join(
      ...Array.from({ length: 7000 }, (_, i) => [i < 6999 ? 60 : 17, 0, 1, 4, 0, 0, 0, 0]),
      inUdp(1090, Uint8Array.of(1)).subarray(20),
    );
    expect(namesIn([ethernet(0x86dd, inIpv6(60, options))]).slice(-3)).toEqual(["ipv6.dstopts", "udp", "data"]);
  });

  it("fragments inside reassembled fragments count", () => {
    // Each datagram's first eight bytes come in a frame of their own; the last frame completes them all, each inside the one before.
    const frames: Uint8Array[] = [];
    let content = inUdp(1090, NOTHING);
    for (let id = MAX_NESTED_PROTOCOLS + 50; id > 0; id--) {
      frames.push(ethernet(0x0800, inIpv4(4, content.subarray(0, 8), id, 0x2000)));
      content = inIpv4(4, content.subarray(8), id, 1);
    }
    const names = namesIn([...frames, ethernet(0x0800, content)]);
    expect(names.length).toBe(MAX_NESTED_PROTOCOLS + 1);
    expect(names.at(-1)).toBe("data");
  });

  it("a custom tunnel inherits the limit", () => {
    const frame = nested((payload) => ethernet(0x0800, inUdp(VXLAN_PORT, join([8, 0, 0, 0, 0, 0, 7, 0], payload))));
    const names = namesIn([frame], createProtocols([...PROTOCOLS, VXLAN]));
    expect(names.slice(0, 5)).toEqual(["eth", "ip", "udp", "vxlan", "eth"]);
    expect(names.length).toBe(MAX_NESTED_PROTOCOLS + 1);
    expect(names.at(-1)).toBe("data");
  });

  it("the next frame starts at the top again", () => {
    const sink = new TreeSink();
    const dissector = new FrameDissector(sink);
    for (const frame of [tags(0x88a8, 15_000), ethernet(0x0800, inUdp(1090, Uint8Array.of(1)))]) {
      sink.roots.length = 0;
      sink.begin(frame, 0);
      dissector.dissect(packetOf(frame));
    }
    expect(sink.roots.map(({ field }) => field.name)).toEqual(["frame", "eth", "ip", "udp", "data", "frame.protocols"]);
  });
});

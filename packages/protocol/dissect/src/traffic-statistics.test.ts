/** What `show -z` and the studio count; show-options.test.ts compares it with tshark. */

import { describe, expect, it } from "vitest";
import { compileFilter, LayerTraffic, ProtocolHierarchy } from "./index.ts";
import type { TreeNode } from "./sink.ts";

/** A tree node of a field with children, as far as the statistics read it. */
function node(name: string, show = "", children: readonly TreeNode[] = []): TreeNode {
  return { field: { name }, show, children } as unknown as TreeNode;
}

function datagram(from: string, to: string, ports: readonly [number, number], stream: number): TreeNode[] {
  return [
    node("eth"),
    node("ip", "", [node("ip.src", from), node("ip.dst", to)]),
    node("udp", "", [node("udp.srcport", `${ports[0]}`), node("udp.dstport", `${ports[1]}`), node("udp.stream", `${stream}`)]),
  ];
}

describe("the traffic of a layer", () => {
  const udp = new LayerTraffic("udp");
  udp.packet(1_000_000, 60, datagram("10.0.0.1", "10.0.0.2", [1026, 1024], 0));
  udp.packet(2_000_000, 100, datagram("10.0.0.2", "10.0.0.1", [1024, 1026], 0));
  udp.packet(3_000_000, 60, datagram("10.0.0.1", "10.0.0.3", [1026, 1024], 1));
  udp.packet(4_000_000, 60, datagram("10.0.0.1", "10.0.0.3", [1026, 1024], 1));
  udp.packet(5_000_000, 60, datagram("10.0.0.1", "10.0.0.3", [1026, 1024], 1));
  // A datagram that an ICMP error quotes is not counted.
  udp.packet(6_000_000, 70, [node("eth"), node("ip"), node("icmp"), ...datagram("10.0.0.1", "10.0.0.2", [1026, 1024], 0)]);

  it("has conversations with both directions, and a filter that compiles", () => {
    expect(udp.firstUs).toBe(1_000_000);
    expect(udp.conversations()).toEqual([
      {
        ...{ a: "10.0.0.1:1026", b: "10.0.0.3:1024", frames: [3, 0], bytes: [180, 0] },
        ...{ firstUs: 3_000_000, lastUs: 5_000_000, filter: "udp.stream == 1" },
      },
      {
        ...{ a: "10.0.0.1:1026", b: "10.0.0.2:1024", frames: [1, 1], bytes: [60, 100] },
        ...{ firstUs: 1_000_000, lastUs: 2_000_000, filter: "udp.stream == 0" },
      },
    ]);
  });

  it("has endpoints with what they sent and received", () => {
    expect(udp.endpoints()).toEqual([
      { address: "10.0.0.1", port: "1026", frames: [4, 1], bytes: [240, 100], filter: "ip.addr == 10.0.0.1 && udp.port == 1026" },
      { address: "10.0.0.3", port: "1024", frames: [0, 3], bytes: [0, 180], filter: "ip.addr == 10.0.0.3 && udp.port == 1024" },
      { address: "10.0.0.2", port: "1024", frames: [1, 1], bytes: [100, 60], filter: "ip.addr == 10.0.0.2 && udp.port == 1024" },
    ]);
    for (const { filter } of [...udp.endpoints(), ...udp.conversations()]) expect(compileFilter(filter).ok, filter).toBe(true);
  });
});

it("counts each protocol below the one that carries it, and nothing that is quoted", () => {
  const hierarchy = new ProtocolHierarchy();
  hierarchy.packet(60, [node("frame"), node("eth"), node("arp")]);
  hierarchy.packet(80, [node("eth"), node("ip"), node("udp"), node("data")]);
  hierarchy.packet(70, [node("eth"), node("ip"), node("icmp"), node("ip"), node("udp")]);
  expect(hierarchy.rows().map(({ name, depth, frames, bytes }) => [name, depth, frames, bytes])).toEqual([
    ["eth", 0, 3, 210],
    ["arp", 1, 1, 60],
    ["ip", 1, 2, 150],
    ["udp", 2, 1, 80],
    ["data", 3, 1, 80],
    ["icmp", 2, 1, 70],
  ]);
});

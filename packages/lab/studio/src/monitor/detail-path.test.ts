import { describe, expect, it } from "vitest";
import type { DetailNode } from "../analyzer/analyzer-api.ts";
import { groupsAbove, nodeAt, openRows, pathOfByte } from "./detail-path.ts";

const node = (name: string, at: number, len: number, children: DetailNode[] = []): DetailNode => ({
  ...{ name, title: name, kind: "number", value: "", meaning: null, at, len, filter: name, children },
});
const tree = [
  node("frame", 0, 60, [node("frame.len", 0, 0)]),
  node("ip", 14, 20, [node("ip.src", 26, 4), node("ip.addr", 26, 4), node("ip.dst", 30, 4)]),
  node("icmp", 34, 26, [node("icmp.type", 34, 1), node("ip", 42, 18, [node("ip.src", 54, 4)])]),
];

describe("the tree", () => {
  it("shows what is open, with places for screen readers", () => {
    const rows = openRows(tree, (names) => names === "icmp");
    expect(rows.map((row) => [row.node.name, row.path, row.level, row.position, row.siblings])).toEqual([
      ["frame", "0", 1, 1, 3],
      ["ip", "1", 1, 2, 3],
      ["icmp", "2", 1, 3, 3],
      ["icmp.type", "2.0", 2, 1, 2],
      ["ip", "2.1", 2, 2, 2],
    ]);
  });

  it("finds the narrowest field of a byte, and its groups", () => {
    expect(pathOfByte(tree, 27)).toBe("1.0");
    expect(pathOfByte(tree, 34)).toBe("2.0");
    expect(pathOfByte(tree, 55)).toBe("2.1.0");
    expect(pathOfByte(tree, 45)).toBe("2.1");
    expect(pathOfByte(tree, 3)).toBeNull();
    expect(nodeAt(tree, "2.1.0")?.at).toBe(54);
    expect(nodeAt(tree, "9")).toBeNull();
    expect(groupsAbove(tree, "2.1.0")).toEqual(["icmp", "icmp/ip"]);
  });
});

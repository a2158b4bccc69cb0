import { readFileSync } from "node:fs";
import { beforeAll, describe, expect, it } from "vitest";
import { Analyzer } from "../analyzer/analyzer.ts";
import type { FrameDetails } from "../analyzer/analyzer-api.ts";
import { compareFrames, type FrameComparison } from "./compare-frames.ts";

const CAPTURE = new URL("../../../diagnose/captures/article-windows-nt/capture.pcapng", import.meta.url);
const analyzer = new Analyzer();
/** An ICMP error, and the push datagram that it quotes. */
let error: FrameDetails;
let push: FrameDetails;

function detailsOf(frame: number): FrameDetails {
  const details = analyzer.details(frame);
  if (!details) throw new Error(`no frame ${frame}`);
  return details;
}

beforeAll(async () => {
  expect((await analyzer.openCapture("article.pcapng", new Uint8Array(readFileSync(CAPTURE)))).ok).toBe(true);
  while (analyzer.state().indexed < analyzer.state().frames) await analyzer.advance();
  const found: number[] = [];
  await analyzer.applyFilter("icmp.type == 3", (part) => found.push(...part.frames));
  error = detailsOf(found[0]);
  const quoted = error.tree.flatMap(({ children }) => children).find(({ name }) => name === "ip");
  const id = quoted?.children.find(({ name }) => name === "ip.id")?.value;
  const pushes: number[] = [];
  await analyzer.applyFilter(`udp && !icmp && ip.id == ${id} && frame.number < ${found[0]}`, (part) => pushes.push(...part.frames));
  push = detailsOf(pushes[pushes.length - 1]);
});

const rowsOf = ({ rows }: FrameComparison, name: string) => rows.filter((row) => row.name === name);

describe("a push datagram and the error that quotes it", () => {
  it("are compared by the quote, not by the error's own header", () => {
    const comparison = compareFrames(push, error);
    const [own, quoted] = rowsOf(comparison, "ip");
    expect([own.difference, own.first]).toEqual(["only-second", null]);
    expect(quoted.first?.value).toBe(quoted.second?.value);
    expect(rowsOf(comparison, "icmp")[0].difference).toBe("only-second");
    for (const name of ["udp.srcport", "udp.dstport", "udp.checksum"]) {
      expect(rowsOf(comparison, name)[0], name).toMatchObject({ difference: "same" });
      expect(rowsOf(comparison, name)[0].first?.value).toBe(rowsOf(comparison, name)[0].second?.value);
    }
    // The error quotes eight bytes of the datagram, and none of its content.
    expect(rowsOf(comparison, "data.data")[0]).toMatchObject({ difference: "only-first", second: null });
  });

  it("have a mark on each byte without an equal", () => {
    const { firstBytes, secondBytes } = compareFrames(push, error);
    // 14 bytes of Ethernet, 20 of IP and 8 of UDP; the push's IP header begins at 14, its quote at 42.
    expect([...firstBytes.subarray(14, 42)].filter((mark) => mark === 1)).toEqual([]);
    expect([...secondBytes.subarray(42, 70)].filter((mark) => mark === 1)).toEqual([]);
    expect([...secondBytes.subarray(14, 42)].every((mark) => mark === 1)).toBe(true);
    expect([...firstBytes.subarray(42, 50)].every((mark) => mark === 1)).toBe(true);
  });

  it("are the same comparison from the other side", () => {
    const [one, other] = [compareFrames(push, error), compareFrames(error, push)];
    const { same, differs } = one.counts;
    expect(other.counts).toEqual({ same, differs, "only-first": one.counts["only-second"], "only-second": one.counts["only-first"] });
    expect([other.firstBytes, other.secondBytes]).toEqual([one.secondBytes, one.firstBytes]);
  });
});

it("an error's datagram is found, and nothing for other frames", async () => {
  expect(analyzer.quoted(error.row.frame)).toBe(push.row.frame);
  const errors: number[] = [];
  await analyzer.applyFilter("icmp.type == 3", (part) => errors.push(...part.frames));
  expect(errors.length).toBeGreaterThan(3);
  for (let frame = 0; frame <= analyzer.state().frames + 1; frame++) {
    const quoted = analyzer.quoted(frame);
    if (!errors.includes(frame)) expect(quoted, `frame ${frame}`).toBeNull();
    else {
      const { counts } = compareFrames(detailsOf(quoted ?? 0), detailsOf(frame));
      // At least addresses, ports and IP identification are equal in a datagram and in its quote.
      expect(counts.same, `frame ${frame}`).toBeGreaterThan(20);
      expect(quoted).toBeLessThan(frame);
    }
  }
});

describe("any two frames", () => {
  it("have no difference if they are the same frame", () => {
    for (const frame of [1, 8, error.row.frame]) {
      const { rows, counts, firstBytes } = compareFrames(detailsOf(frame), detailsOf(frame));
      expect(rows.every(({ difference }) => difference === "same")).toBe(true);
      expect(counts.differs + counts["only-first"] + counts["only-second"]).toBe(0);
      // Bytes that no field covers are never marked as equal.
      expect(firstBytes.slice(0, 14).every((mark) => mark === 0)).toBe(true);
    }
  });

  it("have each field of both once, whatever they are", () => {
    const sizeOf = (nodes: FrameDetails["tree"]): number => nodes.reduce((sum, node) => sum + 1 + sizeOf(node.children), 0);
    const { frames } = analyzer.state();
    for (let frame = 2; frame <= frames; frame++) {
      const [a, b] = [detailsOf(frame - 1), detailsOf(frame)];
      const { rows } = compareFrames(a, b);
      expect(rows.filter(({ first }) => first !== null)).toHaveLength(sizeOf(a.tree));
      expect(rows.filter(({ second }) => second !== null)).toHaveLength(sizeOf(b.tree));
    }
  });
});

/**
 * Messages of name services that ask for more work than their bytes are worth: the work and the output must grow as the message does. Work is counted as reads
 * of the frame's bytes.
 */

import { putIpv4Header, putUdpHeader } from "@pushback/wire";
import { describe, expect, it } from "vitest";
import { FrameDissector, FrameHistory, SummarySink, type TreeNode, TreeSink } from "./index.ts";
import { packetOf } from "./testing/packet-of.ts";

const PORT_DNS = 53;
const PORT_DHCP = 67;
const PORT_NBNS = 137;
/** What a message of twice the length may cost, as a multiple. */
const PROPORTIONATE = 2.3;

const u16 = (value: number) => [value >>> 8, value & 255];
const pointerTo = (offset: number) => u16(0xc000 | offset);
const times = (count: number, bytes: readonly number[]) => Array.from({ length: count }, () => bytes).flat();
const LABEL = [1, 0x61];
const QUERY = [0, 1, 0, 1];
const header = (...counts: readonly number[]) => [...u16(7), ...u16(0x8000), ...counts.flatMap(u16)];
const record = (owner: readonly number[], type: number, data: readonly number[]) => [
  ...owner,
  ...u16(type),
  ...u16(1),
  ...[0, 0, 0, 0],
  ...u16(data.length),
  ...data,
];

function inUdp(port: number, payload: readonly number[]): Uint8Array<ArrayBuffer> {
  const b = new Uint8Array(42 + payload.length);
  b.set([2, 0, 0, 0, 0, 1, 2, 0, 0, 0, 0, 2, 8, 0]);
  putIpv4Header(b, 14, b.length - 14, 1, 0, 64, 17, 0x0a010965, 0x0a01090a);
  b.set(payload, 42);
  putUdpHeader(b, 34, port, port, payload.length, 0x0a010965, 0x0a01090a);
  return b;
}

interface Cost {
  /** Reads of single bytes. */
  readonly reads: number;
  /** Characters shown. */
  readonly chars: number;
  readonly shown: readonly TreeNode[];
}

function costOf(frame: Uint8Array): Cost {
  let reads = 0;
  const counted = new Proxy(frame, {
    get(target, key) {
      if (typeof key === "string" && key.charCodeAt(0) <= 0x39) reads++;
      const value = Reflect.get(target, key, target);
      return typeof value === "function" ? value.bind(target) : value;
    },
  });
  const sink = new TreeSink();
  sink.begin(counted, 0);
  new FrameDissector(sink).dissect(packetOf(counted));
  const shown: TreeNode[] = [];
  const collect = (nodes: readonly TreeNode[]): void => {
    for (const node of nodes) {
      shown.push(node);
      collect(node.children);
    }
  };
  collect(sink.roots);
  return { reads, chars: shown.reduce((total, { show }) => total + show.length, 0), shown };
}

const valuesOf = ({ shown }: Cost, name: string) => shown.filter(({ field }) => field.name === name).map(({ show }) => show);

/** `count` questions, of which each but the first points to the first one's name. */
const questions = (count: number, first: readonly number[]) => [
  ...header(count, 0, 0, 0),
  ...first,
  ...QUERY,
  ...times(count - 1, [...pointerTo(12), ...QUERY]),
];

/** A chain of `length` pointers in the data of a record, and `count` records whose names are its end. */
function netbiosChain(length: number, count: number): number[] {
  const name = [32, ...new Array<number>(32).fill(0x43), 0];
  const dataAt = 12 + name.length + 10;
  const chain = Array.from({ length }, (_, i) => pointerTo(i === 0 ? 12 : dataAt + 2 * (i - 1))).flat();
  return [...header(0, count + 1, 0, 0), ...record(name, 10, chain), ...times(count, record(pointerTo(dataAt + 2 * (length - 1)), 10, []))];
}

const COOKIE_AT = 236;
function searchList(labels: number, names: number): number[] {
  const names119 = [...times(labels, LABEL), ...times(names, pointerTo(0))];
  const head = new Array<number>(COOKIE_AT).fill(0);
  head.splice(0, 3, 2, 1, 6);
  return [...head, 99, 130, 83, 99, 119, names119.length, ...names119, 255];
}

describe.each([
  ["DNS names that are long and loop", (n: number) => inUdp(PORT_DNS, questions(n, [...times(n, LABEL), ...pointerTo(12)]))],
  ["DNS names that are long", (n: number) => inUdp(PORT_DNS, questions(n, [...times(n, LABEL), 0]))],
  ["DNS names that are long and cut off", (n: number) => inUdp(PORT_DNS, questions(n, [...times(n, LABEL), 0x80]))],
  ["DNS names as long as they may be", (n: number) => inUdp(PORT_DNS, questions(n, [...times(127, LABEL), 0]))],
  [
    // Each record's data is the length of a label that ends where the next record's data begins.
    "records that are shorter than the long names in them",
    (n: number) => inUdp(PORT_DNS, [...header(0, n, 0, 0), ...times(n, record([0], 2, [11])), ...new Array<number>(12).fill(0)]),
  ],
  [
    "options of DNS records that go beyond their records",
    (n: number) =>
      inUdp(PORT_DNS, [...header(0, n, 0, 0), ...times(n, record([0], 41, [...u16(10), ...u16(4 * n)])), ...times(n, [0, 0, 0, 0])]),
  ],
  ["NetBIOS names with many pointers", (n: number) => inUdp(PORT_NBNS, netbiosChain(n, n))],
  ["NetBIOS names with as many pointers as they may have", (n: number) => inUdp(PORT_NBNS, netbiosChain(254, n))],
  ["names of a domain search list that loop", (n: number) => inUdp(PORT_DHCP, searchList(n >> 2, n >> 4))],
])("%s", (_, make) => {
  it("cost as much as the message is long", () => {
    const [once, twice] = [200, 400].map((n) => costOf(make(n)));
    expect(twice.reads / once.reads).toBeLessThan(PROPORTIONATE);
    expect(twice.chars / once.chars).toBeLessThan(PROPORTIONATE);
  });
});

it("a long chain of pointers does not overflow the stack", () => {
  const frame = inUdp(PORT_NBNS, netbiosChain(8000, 1));
  const cost = costOf(frame);
  expect(valuesOf(cost, "nbns.name")).toHaveLength(1);
  const rows = new SummarySink();
  rows.begin();
  new FrameDissector(rows).dissect(packetOf(frame));
  expect(rows.summary().protocol).toBe("NBNS");
  new FrameHistory().add(packetOf(frame));
});

it("names of DNS have 255 octets at most", () => {
  const longest = costOf(inUdp(PORT_DNS, questions(3, [...times(127, LABEL), 0])));
  expect(valuesOf(longest, "dns.qry.name")).toEqual(new Array(3).fill(new Array(127).fill("a").join(".")));
  expect(valuesOf(longest, "dns.count.labels")).toEqual(["127", "127", "127"]);
  const longer = costOf(inUdp(PORT_DNS, questions(3, [...times(128, LABEL), 0])));
  expect(valuesOf(longer, "dns.qry.name")).toEqual(new Array(3).fill("<Name too long>"));
});

it("a name that is too long and cut off makes the message malformed", () => {
  const cut = costOf(inUdp(PORT_DNS, [...header(1, 0, 0, 0), ...times(200, LABEL)]));
  expect(valuesOf(cut, "dns.qry.name")).toEqual([]);
  expect(valuesOf(cut, "_ws.malformed")).toHaveLength(1);
});

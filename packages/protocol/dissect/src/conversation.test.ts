/** What conversations remember: limits, and copies that share what did not change. */

import { afterEach, expect, it, vi } from "vitest";
import { BoundedMap, TcpConversation } from "./conversation.ts";
import { TcpAnalysis, TcpSideAnalysis } from "./tcp-analysis.ts";

afterEach(() => vi.restoreAllMocks());

/** The entries of keys from 0 to 9. */
function entriesOf(map: BoundedMap<number, string>): string {
  return Array.from({ length: 10 }, (_, key) => map.get(key) ?? "-").join("");
}

it("a bounded map drops the entry that was set before all others", () => {
  const map = new BoundedMap<number, string>(3);
  for (const key of [0, 1, 2]) map.set(key, "a");
  map.set(0, "b");
  map.set(3, "a");
  expect(entriesOf(map)).toBe("b-aa------");
  map.delete(2);
  map.set(4, "a");
  expect(entriesOf(map)).toBe("b--aa-----");
  map.set(5, "a");
  map.set(3, "c");
  map.set(6, "a");
  expect(entriesOf(map)).toBe("---c-aa---");
  expect(map.size).toBe(3);
});

it("a bounded map remembers as a plain map does of which the first key is deleted", () => {
  const plain = new Map<number, number>();
  const map = new BoundedMap<number, number>(50);
  for (let i = 0; i < 5000; i++) {
    const key = (i * i * 7919) % 211;
    plain.delete(key);
    if (i % 5 === 0) map.delete(key);
    else {
      map.set(key, i);
      plain.set(key, i);
    }
    if (plain.size > 50) plain.delete(plain.keys().next().value as number);
    if (i % 97 === 0) map.copy();
    for (let other = 0; other < 211; other++) if (map.get(other) !== plain.get(other)) expect.fail(`${other} after ${i}`);
  }
});

it("a bounded map looks for its oldest entry where it dropped the one before", () => {
  const keys = vi.spyOn(Map.prototype, "keys");
  const map = new BoundedMap<number, string>(100);
  for (let i = 0; i < 1000; i++) map.set(i, "");
  expect(keys).toHaveBeenCalledTimes(1);
});

it("copies of a bounded map share its entries until one of them changes", () => {
  const map = new BoundedMap<number, string>(8);
  for (const key of [0, 1, 2]) map.set(key, "a");
  const set = vi.spyOn(Map.prototype, "set");
  const copies = Array.from({ length: 100 }, () => map.copy());
  map.delete(7);
  expect(set).not.toHaveBeenCalled();
  map.set(1, "b");
  copies[0].set(2, "c");
  copies[1].delete(0);
  expect([map, ...copies.slice(0, 3)].map(entriesOf)).toEqual(["aba-------", "aac-------", "-aa-------", "aaa-------"]);
});

it("a conversation is copied without copying what it remembers", () => {
  const conversation = new TcpConversation(0, 0);
  for (let id = 0; id < 300; id++) {
    conversation.bindInterface(id, `uuid ${id}`);
    conversation.request(id, { opnum: id, frame: 1, timeUs: 0, columns: null });
    conversation.setColumns(id, [id]);
    conversation.setLogon(id & 0xff, true);
  }
  const set = vi.spyOn(Map.prototype, "set");
  const add = vi.spyOn(Set.prototype, "add");
  const copy = conversation.copy();
  conversation.bindInterface(299, "uuid 299");
  conversation.setLogon(7, true);
  expect([...set.mock.calls, ...add.mock.calls]).toEqual([]);
  conversation.bindInterface(299, "other");
  conversation.setLogon(7, false);
  copy.setColumns(299, []);
  copy.request(299, { opnum: 1, frame: 2, timeUs: 0, columns: null });
  expect([copy.interfaceOf(299), copy.isPublicLogon(7), copy.columnsOf(298), copy.callOf(298)?.opnum]).toEqual([
    "uuid 299",
    true,
    [298],
    298,
  ]);
  expect([conversation.interfaceOf(299), conversation.isPublicLogon(7)]).toEqual(["other", false]);
  expect([conversation.columnsOf(299), conversation.callOf(299)?.opnum]).toEqual([[299], 299]);
});

it("a conversation remembers the latest presentation contexts, at least those of one bind", () => {
  const conversation = new TcpConversation(0, 0);
  for (let id = 0; id < 0x10000; id++) conversation.bindInterface(id, "uuid");
  const known = Array.from({ length: 0x10000 }, (_, id) => id).filter((id) => conversation.interfaceOf(id) !== null);
  expect(known.length).toBeLessThan(1000);
  expect(known.slice(-255)).toEqual(Array.from({ length: 255 }, (_, i) => 0xff01 + i));
});

it("an acknowledgment of nothing new leaves the segments that wait as they are", () => {
  const analysis = new TcpAnalysis();
  analysis.followsAcks = true;
  const [sender, receiver] = [new TcpSideAnalysis(), new TcpSideAnalysis()];
  const timing = { synUs: -1, synNs: 0, initialRttNs: -1 };
  const segment = { flags: 0x10, window: 100, timeUs: 0, timeNs: 0 };
  for (let i = 0; i < 3; i++) analysis.analyze(sender, receiver, timing, { ...segment, seq: 10 + i, ack: 50, len: 1, frame: i + 1 });
  const copy = sender.copy();
  analysis.analyze(receiver, sender, timing, { ...segment, seq: 50, ack: 10, len: 0, frame: 4 });
  expect(sender.unacknowledged).toBe(copy.unacknowledged);
  analysis.analyze(receiver, sender, timing, { ...segment, seq: 50, ack: 12, len: 0, frame: 5 });
  expect(analysis.acksFrame).toBe(2);
  expect([sender, copy].map(({ unacknowledged }) => unacknowledged.map(({ frame }) => frame))).toEqual([[3], [1, 2, 3]]);
});

import { expect, it } from "vitest";
import { DroppedPaths } from "../preload/dropped-paths.ts";
import { DropTokens } from "./drop-tokens.ts";

it("opens a dropped file once, soon, and by its token alone", () => {
  let nowMs = 0;
  const tokens = new DropTokens(() => nowMs);
  const [a, b] = [tokens.offer("/a.pcap"), tokens.offer("/b.pcap")];
  expect(a).not.toBe(b);
  expect([tokens.take("/a.pcap"), tokens.take(a), tokens.take(a)]).toEqual([null, "/a.pcap", null]);
  nowMs = 10_001;
  expect(tokens.take(b)).toBe(null);
  const many = Array.from({ length: 9 }, (_, i) => tokens.offer(`/${i}.pcap`));
  expect([tokens.take(many[0]), tokens.take(many[8])]).toEqual([null, "/8.pcap"]);
});

it("knows the paths of the latest drop, each once", () => {
  const dropped = new DroppedPaths();
  expect(dropped.take("/a.pcap")).toBe(false);
  dropped.drop(["/a.pcap", ""]);
  expect([dropped.take(""), dropped.take("/a.pcap"), dropped.take("/a.pcap")]).toEqual([false, true, false]);
  dropped.drop(["/b.pcap"]);
  dropped.drop(["/c.pcap"]);
  expect([dropped.take("/b.pcap"), dropped.take("/c.pcap")]).toEqual([false, true]);
});

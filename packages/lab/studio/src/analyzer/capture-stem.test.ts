import { expect, it } from "vitest";
import { captureStem } from "./capture-stem.ts";

it.each([
  ["a.pcapng", "a"],
  ["morning.cap.gz", "morning"],
  ["a.pcap (2)", "a (2)"],
  ["net.trc", "net"],
  ["2026.11.29", "2026.11.29"],
  ["eth0", "eth0"],
])("the stem of %s is %s", (name, stem) => {
  expect(captureStem(name)).toBe(stem);
});

import { expect, it } from "vitest";
import { chooseDropped, MOST_FILE_BYTES } from "./studio-host.ts";

it.each([
  ["nothing", [], "What was dropped is not a file."],
  [
    "several files",
    [
      { name: "a.pcap", size: 1 },
      { name: "b.pcap", size: 1 },
    ],
    "2 files were dropped: drop one at a time.",
  ],
  ["a file of 3 GB", [{ name: "big.pcap", size: 3e9 }], "big.pcap is larger than 1 GB: read it with pushback diagnose or pushback show"],
])("refuses %s in one line", (_what, files, message) => {
  expect(chooseDropped(files)).toEqual({ ok: false, message });
});

it("opens one file up to the largest size", () => {
  const file = { name: "a.pcap", size: MOST_FILE_BYTES };
  expect(chooseDropped([file])).toEqual({ ok: true, file });
});

import { expect, it } from "vitest";
import { chooseFiles, MOST_FILE_BYTES, MOST_FILES_AT_ONCE } from "./studio-host.ts";

const small = (count: number) => Array.from({ length: count }, (_, i) => ({ name: `${i}.pcap`, size: 1 }));

it.each([
  ["nothing", [], "What was dropped is not a file."],
  ["more than a window has room for", small(21), "21 files at once are too many: at most 20 are opened."],
  ["a file of 3 GB", [{ name: "big.pcap", size: 3e9 }], "big.pcap is larger than 1 GB: read it with pushback diagnose or pushback show"],
])("refuses %s in one line", (_what, files, problem) => {
  expect(chooseFiles(files)).toEqual({ files: [], problems: [problem] });
});

it("opens files up to the largest size and number, and leaves out only what is too large", () => {
  const file = { name: "a.pcap", size: MOST_FILE_BYTES };
  expect(chooseFiles([file])).toEqual({ files: [file], problems: [] });
  expect(chooseFiles(small(MOST_FILES_AT_ONCE)).files.length).toBe(MOST_FILES_AT_ONCE);
  const { files, problems } = chooseFiles([{ name: "big.pcap", size: MOST_FILE_BYTES + 1 }, file]);
  expect(files).toEqual([file]);
  expect(problems.length).toBe(1);
});

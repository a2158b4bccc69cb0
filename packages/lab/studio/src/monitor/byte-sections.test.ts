import { expect, it } from "vitest";
import { byteSections, sectionOf } from "./byte-sections.ts";

it("an offset beyond the frame's end is in a section of reassembled bytes", () => {
  const sections = byteSections(new Uint8Array(60), [
    { from: 60, bytes: new Uint8Array(1500) },
    { from: 1560, bytes: new Uint8Array(8) },
  ]);
  expect(sections.map(({ title }) => title)).toEqual(["Frame, 60 bytes", "Put together, 1,500 bytes", "Put together, 8 bytes"]);
  expect([0, 59, 60, 1559, 1560].map((at) => sectionOf(sections, at))).toEqual([0, 0, 1, 1, 2]);
});

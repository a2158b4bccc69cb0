import { expect, it } from "vitest";
import type { FrameMark } from "../lab/lab-types.ts";
import { latestMarks } from "./wire-list.tsx";

const [SERVER, OWN, OTHER] = [1, 2, 3];
const mark = (frame: number, kind: FrameMark["kind"], destination: number): FrameMark => ({
  frame,
  kind,
  timeUs: frame,
  source: SERVER,
  destination,
  srcPort: 1,
  dstPort: 1025,
  answers: null,
});

it("the wire's list has the latest frames of the machine, without ARP, the oldest first", () => {
  const marks = [1, 2, 3, 4, 5, 6].map((frame) => mark(frame, "push", OWN));
  marks.splice(3, 0, mark(10, "arp", OWN), mark(11, "push", OTHER));
  expect(latestMarks(marks, OWN, marks.length).map(({ frame }) => frame)).toEqual([3, 4, 5, 6]);
  expect(latestMarks(marks, OWN, 2).map(({ frame }) => frame)).toEqual([1, 2]);
});

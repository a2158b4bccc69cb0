/** Bytes of a frame and of the contents behind it. */

import { expect, it } from "vitest";
import { FrameBytes } from "./frame-bytes.ts";

const FRAME = Uint8Array.of(99, 99, 1, 2, 3, 4);
const FRAME_LENGTH = 4;
const CONTENTS = 1000;

/** Content `i` has `i % 3 + 1` bytes of the value `i % 200`. */
function withContents(): { bytes: FrameBytes; ends: number[] } {
  const bytes = new FrameBytes();
  bytes.begin(FRAME, 2);
  const ends: number[] = [];
  let at = FRAME_LENGTH;
  for (let i = 0; i < CONTENTS; i++) {
    const content = new Uint8Array((i % 3) + 1).fill(i % 200);
    bytes.extend(content, at);
    at += content.length;
    ends.push(at);
  }
  return { bytes, ends };
}

it("lie in the frame, or in the content that an offset belongs to", () => {
  const { bytes, ends } = withContents();
  for (let at = 0; at < FRAME_LENGTH; at++) expect([...bytes.slice(at, 1)]).toEqual([at + 1]);
  for (const [i, end] of ends.entries()) {
    const length = (i % 3) + 1;
    expect([...bytes.slice(end - length, length)]).toEqual(Array(length).fill(i % 200));
    expect([...bytes.slice(end - 1, 1)]).toEqual([i % 200]);
  }
  bytes.begin(FRAME, 2);
  expect([...bytes.slice(2, 2)]).toEqual([3, 4]);
});

it("are found without looking at all contents", () => {
  const { bytes, ends } = withContents();
  let compared = 0;
  const counted = (value: number) =>
    ({
      valueOf: () => {
        compared++;
        return value;
      },
    }) as unknown as number;
  for (const at of [0, FRAME_LENGTH, ends[CONTENTS / 2], ends[CONTENTS - 1] - 1]) {
    compared = 0;
    bytes.slice(counted(at), 1);
    expect(compared).toBeLessThan(4 + Math.ceil(Math.log2(CONTENTS)));
  }
});

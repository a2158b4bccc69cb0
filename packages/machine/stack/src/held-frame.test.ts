import fc from "fast-check";
import { expect, it } from "vitest";
import { addFragment, freeFrames, type HeldFrame, holdFrame } from "./held-frame.ts";

const bytesOf = (first: HeldFrame): number[][] => {
  const all: number[][] = [];
  for (let frame: HeldFrame | null = first; frame !== null; frame = frame.next) all.push([...frame.bytes.subarray(0, frame.len)]);
  return all;
};

it("keeps what waits as it was, whatever was freed and is used again", () => {
  // Around the length up to which memory is used again.
  const frame = fc.uint8Array({ minLength: 14, maxLength: 200 });
  const step = fc.oneof(fc.array(frame, { minLength: 1, maxLength: 3 }), fc.nat(20));
  fc.assert(
    fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
      const held: { readonly first: HeldFrame; readonly expected: number[][] }[] = [];
      for (const what of steps) {
        if (typeof what === "number") {
          const [gone] = held.splice(what % (held.length + 1), 1);
          if (gone) freeFrames(gone.first);
        } else {
          const [first, ...others] = what.map((b) => holdFrame(b, 0, b.length));
          for (const other of others) addFragment(first, other);
          held.push({ first, expected: what.map((b) => [...b]) });
        }
        for (const { first, expected } of held) expect(bytesOf(first)).toEqual(expected);
      }
    }),
  );
});

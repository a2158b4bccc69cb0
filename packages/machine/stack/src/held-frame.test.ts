import fc from "fast-check";
import { expect, it } from "vitest";
import { addFragment, type HeldFrame, HeldFrames } from "./held-frame.ts";

const bytesOf = (first: HeldFrame): number[][] => {
  const all: number[][] = [];
  for (let frame: HeldFrame | null = first; frame !== null; frame = frame.next) all.push([...frame.bytes.subarray(0, frame.len)]);
  return all;
};

it("keeps the bytes of waiting frames while buffers of released frames are reused", () => {
  // Lengths on both sides of the limit up to which buffers are reused.
  const frame = fc.uint8Array({ minLength: 14, maxLength: 200 });
  const step = fc.oneof(fc.array(frame, { minLength: 1, maxLength: 3 }), fc.nat(20));
  fc.assert(
    fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
      const frames = new HeldFrames();
      const held: { readonly first: HeldFrame; readonly expected: number[][] }[] = [];
      for (const what of steps) {
        if (typeof what === "number") {
          const [gone] = held.splice(what % (held.length + 1), 1);
          if (gone) frames.release(gone.first);
        } else {
          const [first, ...others] = what.map((b) => frames.hold(b, 0, b.length));
          for (const other of others) addFragment(first, other);
          held.push({ first, expected: what.map((b) => [...b]) });
        }
        for (const { first, expected } of held) expect(bytesOf(first)).toEqual(expected);
      }
    }),
  );
});

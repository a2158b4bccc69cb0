import { expect, test } from "vitest";
import { fileKeyOf } from "./file-key.ts";

const keyOf = (content: Uint8Array<ArrayBuffer> | Blob) => fileKeyOf({ name: "a.pcap", content });

test("the key is size and FNV-1a hash, of bytes and of a browser's file alike", async () => {
  const bytes = new TextEncoder().encode("foobar");
  // Test vector of draft-eastlake-fnv, section 8.
  expect(await keyOf(bytes)).toBe("6-bf9cf968");
  expect(await keyOf(new Blob([bytes]))).toBe("6-bf9cf968");
  expect(await keyOf(new Uint8Array())).toBe("0-811c9dc5");
});

test("large files of the same size differ at their ends and in between", async () => {
  const large = (at: number) => {
    const bytes = new Uint8Array(5_000_001);
    bytes[at] = 1;
    return bytes;
  };
  const keys = await Promise.all([0, 2_650_000, 5_000_000].flatMap((at) => [keyOf(large(at)), keyOf(new Blob([large(at)]))]));
  expect(new Set(keys).size).toBe(3);
});

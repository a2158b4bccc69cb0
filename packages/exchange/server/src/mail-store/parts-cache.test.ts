import { describe, expect, it } from "vitest";
import { PartsCache } from "./parts-cache.ts";

const parts = (length: number) => ({ body: "x".repeat(length), content: null });

describe("the cache of message parts", () => {
  it("holds no more than its limit, and drops what was not used for longest", () => {
    const cache = new PartsCache(10_000);
    for (let n = 0; n < 100; n++) {
      cache.put(`${n}`, parts(1000));
      cache.get("0");
      expect(cache.bytes).toBeLessThanOrEqual(10_000);
    }
    expect([cache.get("0"), cache.get("1"), cache.get("99")]).toEqual([parts(1000), null, parts(1000)]);
  });

  it("holds one message that exceeds the limit, until the next comes", () => {
    const cache = new PartsCache(10_000);
    cache.put("large", parts(50_000));
    expect(cache.get("large")).toEqual(parts(50_000));
    cache.put("small", parts(10));
    expect([cache.get("large"), cache.get("small")]).toEqual([null, parts(10)]);
    cache.drop("small");
    expect(cache.bytes).toBe(0);
  });
});

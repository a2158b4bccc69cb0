import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { ScrollMap } from "./scroll-map.ts";

const ROW = 20;

describe("rows that fit", () => {
  it("have the element's own scroll positions", () => {
    const map = new ScrollMap(ROW, 100_000);
    map.resize(1000, 500);
    expect(map.height).toBe(20_000);
    expect(map.scrolled(777)).toBeNull();
    expect(map.top).toBe(777);
    expect(map.placeOf(10)).toBe(200);
    expect(map.reveal(39)).toBeNull();
    expect(map.reveal(100)).toBe(1520);
    expect(map.reveal(100)).toBeNull();
    expect(map.reveal(0)).toBe(0);
  });
});

describe("more rows than an element is high", () => {
  const create = () => {
    const map = new ScrollMap(ROW, 100_000);
    map.resize(5_000_000, 500);
    return map;
  };

  it("scroll by pixels when moved a little, and in proportion when moved far", () => {
    const map = create();
    expect(map.height).toBe(100_000);
    expect(map.scrolled(50_000)).toBeNull();
    const middle = map.top;
    expect(middle / (5_000_000 * ROW - 500)).toBeCloseTo(50_000 / 99_500, 6);
    expect(map.scrolled(50_040)).toBeNull();
    expect(map.top).toBeCloseTo(middle + 40, 3);
  });

  it("reach the first and the last row", () => {
    const map = create();
    map.scrolled(99_500);
    expect(map.top).toBe(5_000_000 * ROW - 500);
    map.scrolled(0);
    expect(map.top).toBe(0);
    const end = map.reveal(4_999_999);
    expect(end).toBe(99_500);
    expect(map.placeOf(4_999_999)).toBeCloseTo(100_000 - ROW, 3);
  });

  it("can be walked past an end of the element without a jump", () => {
    const map = create();
    map.center(100);
    let top = map.top;
    let scrollTop = 0;
    for (let i = 0; i < 400; i++) {
      const before = map.top;
      scrollTop = map.scrolled(scrollTop + 60) ?? scrollTop + 60;
      expect(map.top - before).toBeLessThan(130);
      top = Math.max(top, map.top);
    }
    expect(top).toBeGreaterThan(20_000);
  });

  it("show a revealed row whole, wherever it was", () => {
    const map = create();
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 4_999_999 }), fc.integer({ min: 0, max: 99_500 }), (row, scrollTop) => {
        // The element's own position afterwards: the map may correct where it was scrolled to.
        const shown = map.scrolled(scrollTop) ?? scrollTop;
        const revealed = map.reveal(row);
        const place = map.placeOf(row) - (revealed ?? shown);
        expect(place).toBeGreaterThanOrEqual(-0.01);
        expect(place).toBeLessThanOrEqual(500 - ROW + 0.01);
      }),
    );
  });
});

import { describe, expect, test } from "vitest";
import { spanText } from "../lab/clock-text.ts";
import { around, follow, MIN_SPAN_US, pan, ticks, tickText, timeToX, xToTime, zoom } from "./scale.ts";

const HOUR = 3_600_000_000;

describe("zoom", () => {
  test("keeps the time under the pointer where it is, from two hours to microseconds", () => {
    let span = { startUs: 0, endUs: 2 * HOUR };
    const anchor = 3_661_234_567;
    const x = timeToX(span, 1000, anchor);
    for (let i = 0; i < 60; i++) {
      span = zoom(span, 1.5, anchor, 2 * HOUR);
      expect(timeToX(span, 1000, anchor)).toBeCloseTo(x, 3);
    }
    expect(span.endUs - span.startUs).toBeCloseTo(MIN_SPAN_US, 3);
    for (let i = 0; i < 80; i++) span = zoom(span, 1 / 1.5, anchor, 2 * HOUR);
    expect(span).toEqual({ startUs: 0, endUs: 2 * HOUR });
  });
});

test("a length of time around the playhead has it in its middle, but for the ends", () => {
  expect(around(500, 100, 1000)).toEqual({ startUs: 450, endUs: 550 });
  expect(around(10, 100, 1000)).toEqual({ startUs: 0, endUs: 100 });
  expect(around(500, 5000, 1000)).toEqual({ startUs: 0, endUs: 1000 });
});

test("pan stops at both ends", () => {
  expect(pan({ startUs: 10, endUs: 20 }, -50, 100)).toEqual({ startUs: 0, endUs: 10 });
  expect(pan({ startUs: 10, endUs: 20 }, 500, 100)).toEqual({ startUs: 90, endUs: 100 });
});

test("the view stays while the playhead is inside it, and moves to show a playhead that has left it", () => {
  const span = { startUs: 100, endUs: 200 };
  expect(follow(span, 150, 1000)).toBe(span);
  const ahead = follow(span, 260, 1000);
  expect(ahead).toEqual({ startUs: 240, endUs: 340 });
  const back = follow(span, 20, 1000);
  expect(back.startUs).toBeLessThanOrEqual(20);
});

test("a place on the lanes and its time belong together", () => {
  const span = { startUs: 123, endUs: 98_765 };
  for (const x of [0, 17, 500, 999]) expect(timeToX(span, 1000, xToTime(span, 1000, x))).toBeCloseTo(x, 6);
});

describe("ticks", () => {
  test.each([2 * HOUR, 300_000_000, 1_000_000, 1000, 20])(
    "of %d microseconds are multiples of a round step, apart enough to read",
    (length) => {
      const span = { startUs: 1_234_567, endUs: 1_234_567 + length };
      const { stepUs, times } = ticks(span, 900, 90);
      expect(times.length).toBeGreaterThan(1);
      expect(times.length).toBeLessThanOrEqual(11);
      for (const us of times) expect(us % stepUs).toBe(0);
      expect(new Set(times.map((us) => tickText(us, stepUs))).size).toBe(times.length);
    },
  );
});

test("lengths of time in their unit", () => {
  expect([20, 1500, 2_000_000, 90_000_000, 2 * HOUR, 2 * HOUR + 600_000_000].map(spanText)).toEqual([
    "20 µs",
    "1.5 ms",
    "2 s",
    "1.5 min",
    "2 h",
    "2 h 10 min",
  ]);
});

test("names no times where there is no room", () => {
  for (const width of [-120, 0, Number.NaN]) expect(ticks({ startUs: 0, endUs: 7_200_000_000 }, width).times).toEqual([]);
  expect(ticks({ startUs: 0, endUs: 7_200_000_000 }, 1).times.length).toBeLessThan(3);
});

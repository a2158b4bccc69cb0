import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { formatClock, formatDuration, parseDuration } from "./duration.ts";

describe("durations", () => {
  it.each([
    ["0", 0],
    ["90s", 90_000_000],
    ["2h30m", 9_000_000_000],
    ["1.5s", 1_500_000],
    ["250us", 250],
    ["5ms", 5_000],
    ["1d2h3m4s5ms6us", 93_784_005_006],
  ])("%s is %i microseconds", (text, us) => {
    expect(parseDuration(text)).toBe(us);
  });

  it.each(["", "5", "-5s", "s", "5 minutes", "3m2h", "5x", "1e3s", "99999999999999d", "5m5m"])("%j is none", (text) => {
    expect(parseDuration(text)).toBeNull();
  });

  it("is read back as it was written", () => {
    fc.assert(
      fc.property(fc.nat(2 ** 31 - 1), fc.nat(999), (seconds, us) => {
        expect(parseDuration(formatDuration(seconds * 1_000_000 + us))).toBe(seconds * 1_000_000 + us);
      }),
    );
  });

  it("shows the run's clock in hours, minutes, seconds and milliseconds", () => {
    expect(formatClock(7_262_004_900)).toBe("2:01:02.004");
  });
});

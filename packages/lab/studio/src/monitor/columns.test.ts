import { describe, expect, it } from "vitest";
import { changeColumn, DEFAULT_COLUMNS, formatAbsolute, formatSeconds, formatTime, moveColumn, restoreColumns } from "./columns.ts";

describe("columns", () => {
  it("are restored from whatever was kept", () => {
    expect(restoreColumns(undefined)).toBe(DEFAULT_COLUMNS);
    expect(restoreColumns("x")).toBe(DEFAULT_COLUMNS);
    expect(restoreColumns([{ id: "info", width: 1e9 }, { id: "nonsense" }, { id: "info" }, null]).map((c) => c.id)).toEqual([
      "info",
      ...DEFAULT_COLUMNS.map((c) => c.id).filter((id) => id !== "info"),
    ]);
    expect(restoreColumns([{ id: "info", width: 1e9 }])[0].width).toBe(1200);
    expect(restoreColumns(DEFAULT_COLUMNS.map((c) => ({ ...c, shown: false })))).toBe(DEFAULT_COLUMNS);
  });

  it("move within their order", () => {
    expect(moveColumn(DEFAULT_COLUMNS, "number", -1)).toEqual(DEFAULT_COLUMNS);
    expect(
      moveColumn(DEFAULT_COLUMNS, "number", 2)
        .map((c) => c.id)
        .slice(0, 3),
    ).toEqual(["time", "delta", "number"]);
    expect(changeColumn(DEFAULT_COLUMNS, "delta", { shown: true }).filter((c) => c.shown)).toHaveLength(8);
  });
});

describe("times", () => {
  it("are told to the microsecond", () => {
    expect(formatSeconds(61_000_001)).toBe("61.000001");
    expect(formatSeconds(-1)).toBe("-0.000001");
    expect(formatAbsolute(Date.UTC(1996, 10, 4, 9) * 1000 + 123)).toBe("1996-11-04 09:00:00.000123");
    const row = { timeUs: 5_000_000, deltaUs: 20, frame: 3 } as Parameters<typeof formatTime>[0];
    expect(formatTime(row, "first", 1_000_000, null)).toBe("4.000000");
    expect(formatTime(row, "delta", 1_000_000, null)).toBe("0.000020");
    expect(formatTime(row, "reference", 1_000_000, 6_000_000)).toBe("-1.000000");
    expect(formatTime(row, "reference", 1_000_000, null)).toBe("4.000000");
  });
});

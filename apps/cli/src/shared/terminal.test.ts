import { describe, expect, it } from "vitest";
import { layOutTable, style, textWidth, wrapText } from "./terminal.ts";

const ROWS = [
  ["Name", "What happens"],
  ["one", "a few words that do not fit into one line of a narrow terminal"],
  ["two", "short"],
];

describe("a table", () => {
  it("takes the columns that it needs where the terminal has them", () => {
    expect(layOutTable(ROWS, 1, 100).split("\n")).toEqual([
      "Name  What happens",
      `${"─".repeat(4)}──${"─".repeat(62)}`,
      "one   a few words that do not fit into one line of a narrow terminal",
      "two   short",
      "",
    ]);
  });

  it.each([30, 40, 60])("fits into %i columns, its cells broken between words", (columns) => {
    const table = layOutTable(ROWS, 1, columns);
    expect(textWidth(table)).toBeLessThanOrEqual(columns);
    expect(table.replaceAll(/\s+/g, " ")).toContain("a few words that do not fit into one line of a narrow terminal two short");
  });

  it("narrows its widest columns first, and counts wide characters twice", () => {
    const wide = [["件名", "昼ごはん".repeat(3), "one two three four five six seven eight nine ten"]];
    expect(textWidth(layOutTable(wide, 0, 60))).toBeLessThanOrEqual(60);
    expect(
      layOutTable(
        [
          ["昼", "x"],
          ["abc", "y"],
        ],
        0,
      ),
    ).toBe("昼   x\nabc  y\n");
  });

  it("leaves a word that is longer than its column whole", () => {
    const table = layOutTable([["a".repeat(50), "b ".repeat(30).trim()]], 0, 60);
    expect(table).toContain("a".repeat(50));
  });
});

describe("control characters", () => {
  const hostile = "a\u001b[2J\u001b[31m\nb\u202ec\u009b";
  const escaped = "a\\u001b[2J\\u001b[31m\\nb\\u202ec\\u009b";

  it("are escaped in cells, in wrapped and in styled text", () => {
    expect(layOutTable([[hostile, "x"]], 0)).toBe(`${escaped}  x\n`);
    expect(style("bold", hostile)).toBe(escaped);
    expect(wrapText(hostile, 100)).toBe(escaped.replace("\\n", " "));
  });
});

it("wraps text between words, each line behind the indent", () => {
  expect(wrapText("one two three four five six seven", 20, "  ")).toBe("  one two three four\n  five six seven");
});

import { describe, expect, it } from "vitest";
import { generateFrames } from "../testing/generated-frames.ts";
import { Analyzer } from "./analyzer.ts";
import { FRAME_COLUMNS } from "./analyzer-api.ts";
import { orderOf, TextKeys } from "./frame-order.ts";

describe("an order of frames", () => {
  it("keeps equal frames in the order of the file, both ways", () => {
    const keys = Float64Array.of(2, 1, 2, 1, 3);
    expect([...orderOf(keys, false)]).toEqual([1, 3, 0, 2, 4]);
    expect([...orderOf(keys, true)]).toEqual([4, 0, 2, 1, 3]);
  });

  it("has addresses in the order of their numbers", () => {
    const texts = new TextKeys();
    const ids = ["10.1.9.10", "10.1.9.2", "", "10.1.9.2", "alpha"].map((text) => texts.idOf(text));
    const ranks = texts.ranks();
    expect(ids.map((id) => ranks[id])).toEqual([2, 1, 0, 1, 3]);
  });

  it("is that of what the list shows, for every column", async () => {
    const analyzer = new Analyzer();
    analyzer.useSource(generateFrames(600), "made");
    while ((await analyzer.advance()).state.indexed < 600);
    const rows = analyzer.rows(Array.from({ length: 600 }, (_, i) => i + 1));
    for (const column of FRAME_COLUMNS) {
      const order = await analyzer.order(column, false, () => {});
      const shown = [...(order ?? [])].map((i) => rows[i]);
      expect(shown).toHaveLength(600);
      const collator = new Intl.Collator("en", { numeric: true });
      const cellOf = (row: (typeof rows)[number]) => {
        if (column === "number") return row.frame;
        if (column === "time" || column === "delta") return row[`${column}Us`];
        if (column === "class") return row.frameClass;
        return row[column] ?? "";
      };
      for (let i = 1; i < shown.length; i++) {
        const [a, b] = [cellOf(shown[i - 1]), cellOf(shown[i])];
        const difference = typeof a === "number" ? a - (b as number) : collator.compare(a, b as string);
        expect(difference < 0 || (difference === 0 && shown[i - 1].frame < shown[i].frame), `${column} ${a} ${b}`).toBe(true);
      }
    }
  });
});

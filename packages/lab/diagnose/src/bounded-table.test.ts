import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { BoundedTable, type TableEntry } from "./bounded-table.ts";

interface Row extends TableEntry {
  readonly key: number;
  readonly pinned: boolean;
}

const MAX = 32;

function tableOf(gone: Set<number>) {
  return new BoundedTable<Row>({ max: MAX, few: 8, mayGo: (row) => !row.pinned, onGone: (row) => gone.add(row.key) });
}

function find(table: BoundedTable<Row>, key: number, hash: number): Row | null {
  for (let row = table.first(hash); row !== null; row = table.after(row)) if (row.key === key) return row;
  return null;
}

describe("BoundedTable", () => {
  it("finds every entry that was added and not given up, and never an entry that is gone", () => {
    // Few different hashes make long chains.
    const step = fc.record({ key: fc.nat(60), pinned: fc.boolean(), touch: fc.boolean() });
    fc.assert(
      fc.property(fc.array(step, { maxLength: 300 }), (steps) => {
        const gone = new Set<number>();
        const table = tableOf(gone);
        const kept = new Map<number, Row>();
        for (const { key, pinned, touch } of steps) {
          const hash = key % 7;
          const known = find(table, key, hash);
          expect(known).toBe(kept.get(key) ?? null);
          if (known) {
            if (touch) known.touched = true;
            continue;
          }
          const place = table.placeFor(hash);
          for (const lost of gone) {
            expect(kept.get(lost)?.pinned).toBe(false);
            kept.delete(lost);
          }
          gone.clear();
          if (place < 0) {
            expect(table.entries()).toHaveLength(MAX);
            continue;
          }
          const row = { key, pinned, place, touched: false };
          table.add(hash, row);
          kept.set(key, row);
          expect(kept.size).toBeLessThanOrEqual(MAX);
        }
        for (const row of kept.values()) expect(find(table, row.key, row.key % 7)).toBe(row);
      }),
    );
  });

  it("passes an entry that was touched once, and gives up one that was not", () => {
    const gone = new Set<number>();
    const table = tableOf(gone);
    for (let key = 0; key < 8; key++) table.add(key, { key, pinned: false, place: table.placeFor(key), touched: key === 0 });
    table.add(8, { key: 8, pinned: false, place: table.placeFor(8), touched: false });
    expect([...gone]).toEqual([1]);
    expect(find(table, 0, 0)).not.toBeNull();
  });

  it("refuses an entry whose chain is full", () => {
    const table = new BoundedTable<Row>({ max: 1000, few: 1000, mayGo: () => true });
    let added = 0;
    for (let key = 0; key < 200; key++) {
      const place = table.placeFor(5);
      if (place < 0) continue;
      table.add(5, { key, pinned: false, place, touched: false });
      added++;
    }
    expect(added).toBe(64);
  });

  it("does not find an entry that was retired", () => {
    const table = tableOf(new Set());
    const row = { key: 1, pinned: false, place: table.placeFor(1), touched: false };
    table.add(1, row);
    table.retire(row, { ...row, key: -1 });
    expect(find(table, 1, 1)).toBeNull();
    expect(table.first(1)).toBeNull();
  });
});

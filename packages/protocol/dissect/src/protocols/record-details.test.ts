/** Records as lines of text: what is cut off is not formatted first. */

import { expect, it } from "vitest";
import { detailsOf } from "./record-details.ts";

const LIMIT = 512;

function cut(line: string): string {
  return line.length > LIMIT ? `${line.slice(0, LIMIT)}…` : line;
}

function tagsOf(length: number): number[] {
  return Array.from({ length }, (_, i) => 0x3001001e + i * 0x10000);
}

it("joins lists, and cuts them off at the limit", () => {
  for (let length = 0; length < 300; length++) {
    const tags = tagsOf(length);
    const counts = tags.map((_, i) => i);
    const shown = tags.map((tag) => `0x${tag.toString(16)}`).join(", ");
    expect([...detailsOf({ tags, counts })]).toEqual([cut(`tags: ${shown}`), cut(`counts: ${counts.join(", ")}`)]);
  }
});

it("names the parts of a list that holds records, however long it is", () => {
  const cells = [...Array(LIMIT).fill(7), { errorCode: 2 }];
  expect([...detailsOf({ cells })].slice(0, 2)).toEqual(["cells.0: 7", "cells.1: 7"]);
});

it("reads as much of a table's columns as it shows: each response of a buffer has the same list", () => {
  let read = 0;
  const tags = new Proxy(tagsOf(10_000), {
    get: (list, name, receiver) => {
      if (typeof name === "string" && /^\d/.test(name)) read++;
      return Reflect.get(list, name, receiver);
    },
  });
  expect([...detailsOf({ tags })][0]).toHaveLength(LIMIT + 1);
  expect(read).toBeLessThan(LIMIT / 10);
});

import { readdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { expect, it } from "vitest";
import { counted } from "./counted.ts";

it("has the singular for one", () => {
  expect([0, 1, 2, 2000].map((n) => counted(n, "frame"))).toEqual(["0 frames", "1 frame", "2 frames", "2,000 frames"]);
});

it("is used wherever the monitor counts frames, bytes or remarks", () => {
  const folder = fileURLToPath(new URL(".", import.meta.url));
  const found = readdirSync(folder)
    .filter((name) => /\.tsx?$/.test(name) && !name.includes(".test."))
    .filter((name) => /toLocaleString\("en"\)\} (frames|bytes|remarks)\b/.test(readFileSync(`${folder}${name}`, "utf8")));
  expect(found).toEqual([]);
});

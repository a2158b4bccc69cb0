/** Imports between the studio's folders run one way: a folder imports only folders that stand below it in this table. */

import { readdirSync, readFileSync } from "node:fs";
import { dirname, join, normalize, sep } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, it } from "vitest";

const ROOT = fileURLToPath(new URL(".", import.meta.url));

/** Folders from the top down, each with the folders that it may import. An edge that nothing uses fails too. */
const MAY_IMPORT: Readonly<Record<string, readonly string[]>> = {
  app: ["bench", "timeline", "monitor", "comparison", "state", "controls", "worker", "lab", "host", "design"],
  bench: ["state", "controls", "worker", "lab", "design"],
  timeline: ["state", "lab", "design"],
  comparison: ["state", "worker", "lab", "host"],
  monitor: ["controls", "analyzer", "design"],
  state: ["controls", "worker", "lab", "analyzer", "host"],
  worker: ["lab", "analyzer"],
  lab: ["analyzer"],
  host: ["analyzer"],
  analyzer: [],
  controls: [],
  design: [],
};

/** `from to: file` for each import between folders; tests and their scaffolding may import anything. */
function edges(): { readonly from: string; readonly to: string; readonly file: string }[] {
  const files = readdirSync(ROOT, { recursive: true, encoding: "utf8" }).filter(
    (file) => /\.tsx?$/.test(file) && !/\.test\.tsx?$/.test(file) && !/^(testing|e2e)\b/.test(file) && file.includes(sep),
  );
  return files.flatMap((file) => {
    const source = readFileSync(join(ROOT, file), "utf8");
    const folder = file.split(sep)[0];
    return [...source.matchAll(/(?:from |import\(|import |new URL\()"(\.[^"]+)"/g)]
      .map(([, path]) => normalize(join(dirname(file), path)).split(sep)[0])
      .filter((to) => to !== folder && to in MAY_IMPORT)
      .map((to) => ({ from: folder, to, file }));
  });
}

it("no folder imports one that stands above it", () => {
  const order = Object.keys(MAY_IMPORT);
  for (const [from, targets] of Object.entries(MAY_IMPORT)) {
    for (const to of targets) expect(order.indexOf(to), `${from} may import ${to}`).toBeGreaterThan(order.indexOf(from));
  }
});

it("every import between folders is in the table, and every edge of the table is used", () => {
  const found = edges();
  expect(found.filter(({ from, to }) => !MAY_IMPORT[from]?.includes(to)).map(({ to, file }) => `${file} imports ${to}`)).toEqual([]);
  const used = new Set(found.map(({ from, to }) => `${from} ${to}`));
  const listed = Object.entries(MAY_IMPORT).flatMap(([from, targets]) => targets.map((to) => `${from} ${to}`));
  expect(listed.filter((edge) => !used.has(edge))).toEqual([]);
});

it("every folder is in the table", () => {
  const folders = readdirSync(ROOT, { withFileTypes: true }).filter((entry) => entry.isDirectory() && !/^(testing|e2e)$/.test(entry.name));
  expect(folders.map(({ name }) => name).sort()).toEqual(Object.keys(MAY_IMPORT).sort());
});

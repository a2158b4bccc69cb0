import { globSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { root } from "./workspace.mjs";

test("no changeset names a private package beside a public one, which changesets refuses", () => {
  const manifests = globSync("{packages/*/*,apps/*}/package.json", { cwd: root }).map((path) =>
    JSON.parse(readFileSync(join(root, path), "utf8")),
  );
  const isPrivate = new Map(manifests.map(({ name, private: own }) => [name, own === true]));
  const mixed = globSync(".changeset/*.md", { cwd: root }).flatMap((path) => {
    const [, head = ""] = readFileSync(join(root, path), "utf8").split(/^---$/m);
    const names = [...head.matchAll(/"(@pushback\/[\w-]+)"/g)].map(([, name]) => name);
    const unknown = names.filter((name) => !isPrivate.has(name)).map((name) => `${path}: ${name} is no package`);
    return new Set(names.map((name) => isPrivate.get(name))).size > 1 ? [...unknown, `${path}: ${names.join(", ")}`] : unknown;
  });
  expect(mixed).toEqual([]);
});

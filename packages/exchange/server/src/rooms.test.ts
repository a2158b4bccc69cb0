/**
 * The source folders of the server ("rooms") import one way: each imports only the rooms that the table lists. Files beside this one hold settings, limits
 * and events.
 */

import { readdirSync, readFileSync } from "node:fs";
import { dirname, join, normalize } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, it } from "vitest";

const ROOT = dirname(fileURLToPath(import.meta.url));
/** Rooms from the lowest to the highest. `null`: any room before it; otherwise the rooms that it may import. */
const ROOMS: Readonly<Record<string, readonly string[] | null>> = {
  "mail-store": [],
  session: ["mail-store"],
  push: ["session"],
  table: ["mail-store", "session"],
  rules: ["mail-store", "session", "table"],
  folder: ["mail-store", "session", "table", "rules"],
  message: ["mail-store", "session", "table"],
  property: ["mail-store", "session"],
  stream: ["mail-store", "session"],
  store: ["mail-store", "session"],
  notification: ["mail-store", "session", "table"],
  transport: ["mail-store", "session", "message"],
  dispatch: null,
  rpc: null,
};

const order = Object.keys(ROOMS);
const found = readdirSync(ROOT, { recursive: true, encoding: "utf8" })
  .map((path) => path.replaceAll("\\", "/"))
  .filter((path) => path.endsWith(".ts") && !path.endsWith(".test.ts") && !path.startsWith("testing/") && path.includes("/"));

it("lists every room", () => {
  expect([...new Set(found.map((path) => path.split("/")[0]))].sort()).toEqual([...order].sort());
});

it.each(order)("%s imports only rooms below it", (room) => {
  const allowed = ROOMS[room] ?? order.slice(0, order.indexOf(room));
  const imported = found
    .filter((path) => path.startsWith(`${room}/`))
    .flatMap((path) => [...readFileSync(join(ROOT, path), "utf8").matchAll(/from "(\.[^"]*)"/g)].map((m) => join(dirname(path), m[1])))
    .map((path) => normalize(path).replaceAll("\\", "/"))
    .filter((path) => path.includes("/"))
    .map((path) => path.split("/")[0]);
  expect([...new Set(imported)].filter((other) => other !== room && !allowed.includes(other))).toEqual([]);
});

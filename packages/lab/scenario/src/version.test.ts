import { readFileSync } from "node:fs";
import { expect, it } from "vitest";
import { ENGINE_VERSION } from "./version.ts";

it("is the workspace's version", () => {
  const root = JSON.parse(readFileSync(new URL("../../../../package.json", import.meta.url), "utf8"));
  expect(ENGINE_VERSION).toBe(root.version);
});

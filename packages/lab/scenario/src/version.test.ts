import { readFileSync } from "node:fs";
import { expect, it } from "vitest";
import { ENGINE_VERSION, PRODUCT_VERSION } from "./version.ts";

it("is the workspace's version, followed by +source when the sources run without a build", () => {
  const root = JSON.parse(readFileSync(new URL("../../../../package.json", import.meta.url), "utf8"));
  expect(PRODUCT_VERSION).toBe(root.version);
  expect(ENGINE_VERSION).toBe(`${root.version}+source`);
});

import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, it } from "vitest";
import { Settings } from "./settings.ts";
import { knowsUpdates, lookForUpdates } from "./updates.ts";

const failing = async () => ({ checkForUpdatesAndNotify: () => Promise.reject(new Error("no network")) });
const mayNotBeUsed = () => Promise.reject(new Error("asked"));

it("asks for nothing unless the package has an address and the user wants it", async () => {
  expect(await lookForUpdates({ updates: false }, true, mayNotBeUsed)).toBe(false);
  expect(await lookForUpdates({ updates: true }, false, mayNotBeUsed)).toBe(false);
  expect(await lookForUpdates({ updates: true }, true, failing)).toBe(true);
});

it("is off at first, and in an app that was packaged without an address", (test) => {
  const folder = mkdtempSync(join(tmpdir(), "pushback-updates-"));
  test.onTestFinished(() => rmSync(folder, { recursive: true }));
  const settings = new Settings(join(folder, "settings.json"));
  expect(settings.updates).toBe(false);
  settings.updates = true;
  expect(new Settings(join(folder, "settings.json")).updates).toBe(true);
  expect(knowsUpdates(undefined)).toBe(false);
  expect(knowsUpdates(folder)).toBe(false);
  writeFileSync(join(folder, "app-update.yml"), "provider: generic\n");
  expect(knowsUpdates(folder)).toBe(true);
});

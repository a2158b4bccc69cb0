/** The short form of `npm run crash`: deliveries by all three ways under `kill -9` and, where that can be, full disks. */

import { join } from "node:path";
import { afterAll, expect, it } from "vitest";
import { mountSmallDisk, runCrashes, unmountSmallDisk } from "../testing/crash-run.ts";
import { testFolder } from "../testing/serve.ts";

const folder = testFolder();
const data = join(folder.path, "data");
// A small file system needs root; elsewhere the kills alone are tested.
const mounted = mountSmallDisk(data);
afterAll(() => {
  if (mounted) unmountSmallDisk(data);
  folder.close();
});

it(`loses, doubles and splits nothing that was acknowledged${mounted ? ", on full disks too" : ""}`, { timeout: 300_000 }, async () => {
  const fullDisks = mounted ? 2 : 0;
  const outcome = await runCrashes({ deliveries: 240, kills: 6, fullDisks, folder: folder.path, say: () => {} });
  expect(outcome).toMatchObject({ lost: [], doubled: [], partial: [], kills: 6, fullDisks });
  expect(outcome.acknowledged).toEqual({ smtp: 80, maildir: 80, deliver: 80 });
  expect(outcome.refusals).toBeGreaterThanOrEqual(fullDisks);
});

/** For tests and benchmarks: the memory of a browser's pages, workers included. Linux only. */

import { readFileSync } from "node:fs";
import type { Page } from "playwright-core";

/** A function that collects garbage in the page, and returns the megabytes that all renderers of its browser hold. */
export async function renderersMegabytes(page: Page): Promise<() => Promise<number>> {
  const browser = page.context().browser();
  if (!browser) throw new Error("the page has no browser");
  const session = await browser.newBrowserCDPSession();
  const pageSession = await page.context().newCDPSession(page);
  return async () => {
    await pageSession.send("HeapProfiler.collectGarbage");
    const { processInfo } = await session.send("SystemInfo.getProcessInfo");
    return processInfo
      .filter(({ type }) => type === "renderer")
      .reduce((sum, { id }) => sum + Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${id}/status`, "utf8"))?.[1] ?? 0) / 1024, 0);
  };
}

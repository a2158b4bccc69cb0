/** For tests: runs axe-core on an open page, at several window sizes and in the light and the dark theme. The page must be opened with `withAxe`. */

import { createRequire } from "node:module";
import type { AxeResults } from "axe-core";
import type { Page } from "playwright-core";

const AXE = createRequire(import.meta.url).resolve("axe-core/axe.min.js");
const SIZES = [
  [1280, 800],
  [640, 400],
  [390, 844],
  [320, 640],
] as const;

/** Page options that let a test add axe to the page, whose content security policy forbids foreign scripts. */
export const withAxe = { bypassCSP: true } as const;

/** One line per element that violates an axe rule, in the light and the dark theme, and per window size at which the page is too wide. */
export async function violationsAtEverySize(page: Page, where: string): Promise<string[]> {
  const before = page.viewportSize();
  await page.addScriptTag({ path: AXE });
  const found: string[] = [];
  for (const [width, height] of SIZES) {
    await page.setViewportSize({ width, height });
    const tooWide = await page.evaluate(() => document.documentElement.scrollWidth);
    if (tooWide > width) found.push(`${where} at ${width}: ${tooWide} pixels wide`);
    for (const colorScheme of ["light", "dark"] as const) {
      await page.emulateMedia({ colorScheme });
      await page.waitForFunction((wanted) => document.documentElement.dataset["theme"] === wanted, colorScheme);
      const results = await page.evaluate(
        () =>
          (globalThis as unknown as { axe: { run(o: object): Promise<AxeResults> } }).axe.run({
            resultTypes: ["violations"],
            // WCAG 2.2, 2.5.8: axe has it switched off.
            rules: { "target-size": { enabled: true } },
          }) as Promise<AxeResults>,
      );
      for (const { id, nodes } of results.violations)
        for (const n of nodes)
          found.push(`${where} at ${width}, ${colorScheme}: ${id}: ${n.target.join(" ")}: ${n.any[0]?.message ?? n.failureSummary}`);
    }
  }
  if (before) await page.setViewportSize(before);
  return found;
}

/** The monitor's panels and dialogs in the studio: what they look like at every size, and a comparison of frames of two captures. */

import { readFileSync } from "node:fs";
import type { Page } from "playwright-core";
import { expect, it } from "vitest";
import { violationsAtEverySize, withAxe } from "../testing/axe.ts";
import { staleFleet } from "../testing/stale-fleet.ts";
import { button, eventually, studioPages } from "../testing/studio-page.ts";

const captureOf = (name: string) => readFileSync(new URL(`../../../diagnose/captures/${name}/capture.pcapng`, import.meta.url));
const openPage = studioPages(
  new Map([
    ["/half-open.pcapng", captureOf("half-open")],
    ["/article.pcapng", captureOf("article-windows-nt")],
    ["/fleet.pcapng", staleFleet(60)],
  ]),
);

/** Drops a capture on the page and waits until its diagnosis is shown. */
async function drop(page: Page, name: string): Promise<void> {
  await page.evaluate(async (wanted) => {
    const dataTransfer = new DataTransfer();
    dataTransfer.items.add(new File([await (await fetch(`/${wanted}`)).blob()], wanted));
    document.dispatchEvent(new DragEvent("drop", { dataTransfer, bubbles: true, cancelable: true }));
  }, name);
  await eventually(() => page.locator(".document-name").textContent()).toBe(name);
  await page.locator(".diagnosis-answer h2").waitFor();
}

async function select(page: Page, frame: number): Promise<void> {
  await page.keyboard.press("Control+g");
  await page.locator(".find-bar input").fill(`${frame}`);
  await page.keyboard.press("Enter");
  await page.locator(`#packet-${frame}[aria-selected=true]`).waitFor();
  await page.keyboard.press("Escape");
  await eventually(() => page.evaluate(() => document.activeElement?.className)).toBe("packet-scroller");
}

it("frames of two captures are compared, and the dialog says which is whose", async (context) => {
  const page = await openPage(context, withAxe);
  await drop(page, "half-open.pcapng");
  await select(page, 71);
  await page.keyboard.press("d");
  await eventually(() => page.locator(".legend-notice").textContent()).toContain("Frame 71 waits");
  await drop(page, "article.pcapng");
  // A frame with the same number in another capture is a different frame, so it can be compared.
  await select(page, 71);
  expect(await button(page, "Compare").getAttribute("aria-pressed")).toBe("true");
  await page.keyboard.press("d");
  const dialog = page.getByRole("dialog", { name: "Frame 71 of half-open.pcapng and frame 71 of article.pcapng" });
  await dialog.waitFor();
  expect(await dialog.locator("thead th").allTextContents()).toEqual([
    "Field",
    "Frame 71 of half-open.pcapng",
    "Frame 71 of article.pcapng",
    "Difference",
  ]);
  expect(await violationsAtEverySize(page, "comparison")).toEqual([]);
});

it("experts, rules and profiles break no rule of accessibility at any size", async (context) => {
  const page = await openPage(context, withAxe);
  await drop(page, "half-open.pcapng");
  const bad: string[] = [];
  await page.getByRole("tab", { name: "Experts", exact: true }).click();
  await eventually(() => page.locator(".expert-sum").textContent()).toMatch(/^\d+ remarks on 160 frames$/);
  await page.locator(".expert-list").focus();
  await page.keyboard.press("End");
  bad.push(...(await violationsAtEverySize(page, "experts")));
  await button(page, "Rules…").click();
  await page.getByLabel("Display filter of Malformed").fill("ip.sorc");
  await page.locator(".rule-fault").waitFor();
  bad.push(...(await violationsAtEverySize(page, "rules")));
  await page.keyboard.press("Escape");
  await button(page, /^Profile: /).click();
  bad.push(...(await violationsAtEverySize(page, "profiles in use")));
  await page.getByRole("menuitem", { name: "Manage profiles…" }).click();
  bad.push(...(await violationsAtEverySize(page, "profiles")));
  expect([...new Set(bad)]).toEqual([]);
});

it("findings by kind break no rule of accessibility at any size", async (context) => {
  const page = await openPage(context, withAxe);
  await drop(page, "fleet.pcapng");
  await button(page, /^All \d+ by kind$/).click();
  // If there is only one group, it is expanded from the start.
  const group = page.locator(".finding-group", { hasText: "rebooted without logging off" });
  if ((await group.getAttribute("aria-expanded")) === "false") await group.click();
  await page.locator(".finding-line[data-finding]").nth(1).click();
  await page.locator(".finding-actions").waitFor();
  expect([...new Set(await violationsAtEverySize(page, "findings"))]).toEqual([]);
});

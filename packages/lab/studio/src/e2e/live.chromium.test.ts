/** A capture of a real interface, in the studio over a host that has interfaces. */

import type { Page } from "playwright-core";
import { expect, it } from "vitest";
import { violationsAtEverySize, withAxe } from "../testing/axe.ts";
import { openBuiltPage } from "../testing/built-page.ts";
import type { Capturing } from "../testing/live-page.tsx";
import { misplacedAtEverySize } from "../testing/misplaced.ts";
import { button, eventually, openView, studioPages } from "../testing/studio-page.ts";

const openPage = studioPages(new Map(), (files) => openBuiltPage("live-page.html", files));

/** A UDP datagram to port 1900 of 10.0.0.2, without a checksum. */
const FRAME = [
  [2, 0, 0, 0, 0, 2, 2, 0, 0, 0, 0, 1, 8, 0],
  [0x45, 0, 0, 32, 0, 1, 0, 0, 64, 17, 0, 0, 10, 0, 0, 1, 10, 0, 0, 2],
  [4, 0, 0x07, 0x6c, 0, 12, 0, 0, 1, 2, 3, 4],
].flat();

const give = (page: Page, count: number): Promise<void> =>
  page.evaluate(([bytes, n]) => (window as unknown as { capturing: Capturing }).capturing.give(bytes, n), [FRAME, count] as const);
const calls = (page: Page) =>
  page.evaluate(() => {
    const { started, stopped } = (window as unknown as { capturing: Capturing }).capturing;
    return { started, stopped };
  });
const bar = (page: Page) => page.locator(".capture-bar");
const dialog = (page: Page) => page.getByRole("dialog", { name: "Capture on an interface" });

async function choose(page: Page): Promise<void> {
  await button(page, "File").click();
  await page.getByRole("menuitem", { name: "Capture on an interface…" }).click();
  await dialog(page).waitFor();
}

it("what an interface brings is listed as it comes, through the filter that was asked for", async (context) => {
  const page = await openPage(context, withAxe);
  await choose(page);
  expect(await violationsAtEverySize(page, "live dialog")).toEqual([]);
  expect(await misplacedAtEverySize(page)).toEqual([]);
  const filter = dialog(page).getByLabel("Capture filter");
  await filter.fill("udp port banana");
  await page.keyboard.press("Enter");
  await eventually(() => dialog(page).getByRole("status").textContent()).toBe("eth0 can't be captured: unknown port 'banana'");
  // The dialog stays, with what was typed.
  await filter.fill(" udp or icmp ");
  await button(dialog(page), "Start capturing").click();
  await eventually(() => bar(page).textContent()).toContain("Capturing on eth0, 0 frames");
  expect(await calls(page)).toEqual({ started: [["eth0", "udp or icmp"]], stopped: 0 });
  await give(page, 3);
  await eventually(() => bar(page).textContent()).toContain("3 frames");
  await openView(page, "Frame");
  await page.locator(".packet-row").nth(2).click();
  await eventually(() => page.getByRole("treeitem", { name: /1900/ }).count()).toBeGreaterThan(0);
  // 20,000 more frames, which do not fit into one message.
  for (let i = 0; i < 20; i++) await give(page, 1000);
  await eventually(() => bar(page).textContent()).toContain("20,003 frames");
  await button(page, "Stop capturing").click();
  await eventually(() => bar(page).textContent()).toContain("Captured on eth0, 20,003 frames");
  expect((await calls(page)).stopped).toBe(1);
});

it("a capture that ends by itself says why, and one that is closed ends", async (context) => {
  const page = await openPage(context);
  await choose(page);
  await button(dialog(page), "Start capturing").click();
  await give(page, 2);
  await eventually(() => bar(page).textContent()).toContain("2 frames");
  await page.evaluate(() => (window as unknown as { capturing: Capturing }).capturing.end("the interface is down"));
  await eventually(() => page.locator(".notice.error").textContent()).toContain("The capture of eth0 has ended: the interface is down");
  await eventually(() => bar(page).textContent()).toContain("Captured on eth0, 2 frames");

  await choose(page);
  await dialog(page).getByLabel("Interface").selectOption({ index: 1 });
  await button(dialog(page), "Start capturing").click();
  await eventually(() => bar(page).textContent()).toContain("Capturing on an-interface");
  const { stopped } = await calls(page);
  await page.keyboard.press("Alt+w");
  await eventually(async () => (await calls(page)).stopped).toBe(stopped + 1);
});

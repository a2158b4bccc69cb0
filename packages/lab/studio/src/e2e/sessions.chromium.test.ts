/** The server's list of sessions, with more of them than machines: all of it can be read, at every size of the window. */

import type { Page } from "playwright-core";
import { describe, expect, it } from "vitest";
import { button, dragTo, eventually, studioPages } from "../testing/studio-page.ts";

const openPage = studioPages();
const list = (page: Page) => page.getByRole("region", { name: "Sessions" });

/** Opens a scenario of the gallery and goes to a moment at which it has that many open sessions. */
async function showSessions(page: Page, scenario: string, atS: number, count: number): Promise<void> {
  await page.evaluate(
    (hash) => {
      location.hash = hash;
    },
    `#run=${scenario}&play=scenario&seed=1&view=bench&t=${atS * 1_000_000}`,
  );
  await eventually(() => list(page).locator("tbody tr").count()).toBe(count);
}

/** Hidden height and width of the list, and the texts of cells that do not fit into their column. */
function cut(page: Page): Promise<unknown[]> {
  return list(page).evaluate((section) => {
    const { scrollHeight, clientHeight, scrollWidth, clientWidth } = section;
    const cells = [...section.querySelectorAll<HTMLElement>("td, th")].filter((cell) => cell.scrollWidth > cell.clientWidth + 1);
    return [scrollHeight - clientHeight, scrollWidth - clientWidth, ...cells.map((cell) => cell.textContent)];
  });
}

describe.for([
  [1280, 800],
  [1920, 1080],
  [390, 844],
  [640, 400],
])("at %i × %i", ([width, height]) => {
  it("shows ten sessions and the line about the ended ones, without scrolling", async (context) => {
    const page = await openPage(context, { viewport: { width, height } });
    await showSessions(page, "one-mailbox-two-machines", 375, 10);
    expect(await cut(page), "names of laptops").toEqual([0, 0]);
    await showSessions(page, "relogon-early", 1013, 7);
    await list(page)
      .getByText(/ended; last:/)
      .waitFor();
    expect(await cut(page), "with ended sessions").toEqual([0, 0]);
  });
});

it("shows seven sessions beside a lesson", async (context) => {
  const page = await openPage(context);
  await button(page, "Lessons").click();
  await page.getByRole("menuitem", { name: /shorter KeepAliveTime/ }).click();
  await page.locator(".tour-caption").getByText("1 of 10: ").waitFor();
  await button(page, "Pause").click();
  await dragTo(page, 338_000_000);
  await eventually(() => list(page).locator("tbody tr").count()).toBe(7);
  expect(await cut(page)).toEqual([0, 0]);
});

it("scrolls by keyboard below its header where the window is too low for all sessions", async (context) => {
  const page = await openPage(context, { viewport: { width: 1280, height: 640 } });
  await showSessions(page, "port-reuse", 1013, 10);
  const isInside = (selector: string) =>
    list(page).evaluate((section, wanted) => {
      const [inner, outer] = [section.querySelector(wanted)?.getBoundingClientRect(), section.getBoundingClientRect()];
      return inner !== undefined && inner.top >= outer.top - 1 && inner.bottom <= outer.bottom + 1;
    }, selector);
  expect(await isInside("tbody tr:last-child")).toBe(false);
  await list(page).focus();
  await page.keyboard.press("End");
  await eventually(() => isInside("tbody tr:last-child")).toBe(true);
  expect(await isInside("thead th")).toBe(true);
});

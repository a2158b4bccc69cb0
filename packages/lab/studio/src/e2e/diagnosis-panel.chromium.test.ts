/** The monitor's diagnosis in Chromium: its progress, how it is stopped, and hundreds of findings, grouped and reached by keyboard. */

import { requireProgram } from "@pushback/judges";
import type { Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it, type TestContext } from "vitest";
import { Analyzer } from "../analyzer/analyzer.ts";
import type { DiagnosisView } from "../analyzer/analyzer-api.ts";
import { type BuiltPage, openBuiltPage } from "../testing/built-page.ts";
import { shutReadingGate } from "../testing/reading-gate.ts";
import { staleFleet } from "../testing/stale-fleet.ts";

const MACHINES = 150;
const FLEET = staleFleet(MACHINES);
const analyzer = new Analyzer();
let view: DiagnosisView;

let built: Promise<BuiltPage> | null = null;
beforeAll(async () => {
  expect((await analyzer.openCapture("fleet.pcapng", FLEET.slice())).ok).toBe(true);
  while ((await analyzer.advance()).state.indexed < analyzer.state().frames);
  const found = await analyzer.diagnose(() => {});
  if (found) view = found;
});
afterAll(async () => (await built)?.close());

/** The page with these options. An uncaught exception or an error on the page's console fails the test. */
async function openPage(context: TestContext, query: string, viewport = { width: 1280, height: 800 }): Promise<Page> {
  requireProgram(context, "chromium");
  built ??= openBuiltPage("monitor-page.html", new Map([["/fleet.pcapng", FLEET]]));
  const { browser, address } = await built;
  const page = await browser.newPage({ viewport });
  page.setDefaultTimeout(60_000);
  const complaints: string[] = [];
  page.on("pageerror", (error) => complaints.push(error.message));
  page.on("console", (message) => message.type() === "error" && complaints.push(message.text()));
  context.onTestFinished(async () => {
    await page.close();
    expect(complaints).toEqual([]);
  });
  await page.goto(`${address}?${query}`);
  await page.waitForSelector(".packet-row[data-class]");
  return page;
}

/** An expectation that is polled until it holds. */
const eventually = <T>(read: () => T | Promise<T>) => expect.poll(read, { timeout: 120_000, interval: 50 });
const activeText = (page: Page) => page.locator(".finding-line[aria-selected=true]").textContent();

describe("the diagnosis", () => {
  it("tells how far it is, and after a stop gives no verdict until it goes on", async (context) => {
    const page = await openPage(context, "frames=1");
    const openGate = await shutReadingGate(page, 0);
    await page.goto(`${page.url().split("?")[0]}?frames=300000&answer&gate=/gate`);
    const status = page.locator(".diagnosis [role=status]");
    await eventually(() => status.textContent()).toMatch(/^Reading the frames: [1-9]\d* %$/);
    await page.locator(".diagnosis").getByRole("button", { name: "Stop" }).press("Enter");
    openGate();
    await eventually(() => status.textContent()).toBe("Stopped: the frames are not explained.");
    // No answer arrives later, either.
    await page.waitForTimeout(1500);
    expect(await page.locator(".diagnosis").textContent()).toBe("Stopped: the frames are not explained.Go on");
    await page.getByRole("button", { name: "Go on" }).press("Enter");
    await page.locator(".diagnosis-answer h2").waitFor({ timeout: 120_000 });
  });

  it("shows the telling findings first, and all of them by kind", async (context) => {
    const page = await openPage(context, "capture=/fleet.pcapng&answer");
    await page.locator(".diagnosis-answer h2").waitFor();
    expect(await page.locator(".finding").count()).toBe(view.shown.length);
    const stale = view.groups.find(({ verdict }) => verdict === "stale-push");
    const numbers = [...(stale?.numbers ?? [])];
    expect(numbers.length).toBeGreaterThan(MACHINES / 2);

    await page.getByRole("button", { name: `All ${view.findings} by kind` }).press("Enter");
    const list = page.getByRole("treegrid", { name: "All findings" });
    const groups = page.locator(".finding-group");
    await eventually(() => groups.count()).toBe(view.groups.length);
    // By keyboard from here: the last finding of all, its card, its frame, and back.
    await list.focus();
    await page.keyboard.press("Home");
    for (const [i] of view.groups.entries()) {
      await eventually(() => groups.nth(i).getAttribute("aria-selected")).toBe("true");
      if (i < view.groups.length - 1) await page.keyboard.press("ArrowDown");
    }
    if ((await page.locator(".finding-group[aria-selected=true]").getAttribute("aria-expanded")) === "false")
      await page.keyboard.press("ArrowRight");
    await page.keyboard.press("End");
    const last = view.groups.at(-1)?.numbers.at(-1) ?? 0;
    const finding = analyzer.finding(view.serial, last);
    await eventually(() => activeText(page)).toContain(`${finding?.from} to ${finding?.to ?? "many"}`);
    expect(await list.getAttribute("aria-activedescendant")).toBe(
      await page.locator(".finding-line[aria-selected=true]").getAttribute("id"),
    );
    expect(await page.locator(".finding-line").count()).toBeLessThan(90);
    await page.keyboard.press("Enter");
    await eventually(() => page.locator(".finding p").first().textContent()).toBe(finding?.summary);
    await page.keyboard.press("Tab");
    const frame = finding?.evidence[0].frame;
    await eventually(() => page.evaluate(() => document.activeElement?.textContent)).toBe(`frame ${frame}`);
    await page.keyboard.press("Enter");
    await page.waitForSelector(`#packet-${frame}[aria-selected=true]`);
    await page.keyboard.press("Escape");
    expect(await list.evaluate((element) => element === document.activeElement)).toBe(true);
    await page.keyboard.press("ArrowLeft");
    await eventually(() => page.locator(".finding").count()).toBe(0);
    await page.keyboard.press("ArrowLeft");
    await eventually(() => page.locator(".finding-group[aria-selected=true]").getAttribute("aria-expanded")).toBe("true");
    await page.keyboard.press("ArrowLeft");
    await eventually(() => page.locator(".finding-line:not(.finding-group)").count()).toBe(0);

    // The list of the most important findings has a button that shows all findings.
    await page.getByRole("button", { name: /^The most telling/ }).press("Enter");
    await page.getByRole("button", { name: "Show them all" }).first().press("Enter");
    await page.locator(".finding-line[data-finding]").first().waitFor();
  });

  it.for([
    [1280, 800, "light"],
    [1280, 800, "dark"],
    [390, 844, "light"],
    [640, 400, "dark"],
  ] as const)("stays within its panel at %i by %i, %s", async ([width, height, theme], context) => {
    const page = await openPage(context, `capture=/fleet.pcapng&answer&theme=${theme}`, { width, height });
    await page.locator(".diagnosis-answer h2").waitFor();
    await page.getByRole("button", { name: `All ${view.findings} by kind` }).click();
    // If there is only one group, it is expanded from the start.
    const group = page.locator(".finding-group", { hasText: "rebooted without logging off" });
    if ((await group.getAttribute("aria-expanded")) === "false") await group.click();
    const row = page.locator(".finding-line[data-finding]").nth(1);
    await row.click();
    await page.locator(".finding-actions").waitFor();
    const wider = await page.locator(".tab-panel").evaluate((panel) => panel.scrollWidth - panel.clientWidth);
    expect(wider).toBeLessThanOrEqual(0);
    // The open finding pushes the lines below it down.
    const below = page.locator(`.finding-line[data-finding="${Number(await row.getAttribute("data-finding")) + 1}"]`);
    await eventually(async () => {
      const [card, next] = [await page.locator(".finding-open").boundingBox(), await below.boundingBox()];
      return card && next && Math.abs(card.y + card.height - next.y) < 1.5;
    }).toBe(true);
  });
});

/** For tests: the built studio in Chromium, a new page per test, and functions for what a person does. */

import { requireProgram } from "@pushback/judges";
import { PLATFORMS } from "@pushback/scenario";
import type { BrowserContextOptions, Locator, Page } from "playwright-core";
import { afterAll, expect, type TestContext } from "vitest";
import { elapsedText } from "../lab/clock-text.ts";
import { type BuiltPage, openBuiltStudio } from "./built-page.ts";

/** Builds once for all tests of a file; each call opens a page, and what the page complains about fails its test unless it is `expected`. */
export function studioPages(
  files: ReadonlyMap<string, Uint8Array> = new Map(),
  build: (files: ReadonlyMap<string, Uint8Array>) => Promise<BuiltPage> = openBuiltStudio,
) {
  let built: Promise<BuiltPage> | null = null;
  afterAll(async () => (await built)?.close());
  return async (test: TestContext, options: BrowserContextOptions = {}, query = "", expected: RegExp | null = null): Promise<Page> => {
    requireProgram(test, "chromium");
    built ??= build(files);
    const { browser, address } = await built;
    const context = await browser.newContext({ viewport: { width: 1280, height: 800 }, acceptDownloads: true, ...options });
    const page = await context.newPage();
    page.setDefaultTimeout(120_000);
    const complaints: string[] = [];
    page.on("pageerror", (error) => complaints.push(error.message));
    page.on("console", (message) => message.type() === "error" && complaints.push(message.text()));
    page.on("request", (request) => {
      if (!/^(http:\/\/127\.0\.0\.1:|blob:|data:)/.test(request.url())) complaints.push(`asked for ${request.url()}`);
    });
    test.onTestFinished(async () => {
      await context.close();
      expect(complaints.filter((text) => !expected?.test(text))).toEqual([]);
    });
    await page.goto(`${address}${query}`);
    await page.getByRole("button", { name: "Log on all" }).waitFor();
    return page;
  };
}

export const button = (page: Page | Locator, name: string | RegExp): Locator => page.getByRole("button", { name, exact: true });
export const openView = (page: Page, name: string): Promise<void> => page.getByRole("tab", { name, exact: true }).click();
export const machineCard = (page: Page, name: string): Locator => page.locator(`.machine[data-machine="${name}"]`);
export const cardOf = (page: Page, name: string): Locator => page.locator(`.card[data-machine="${name}"]`);
export const MACHINES: readonly string[] = PLATFORMS.map(({ id }) => id);

/** Time of the playhead in microseconds, read from the slider. */
export async function playhead(page: Page): Promise<number> {
  return Number(await page.getByRole("slider", { name: "Playhead" }).inputValue());
}

/** Waits until the clock has stopped: at the end of the run, or after a pause. */
export async function waitForPause(page: Page, timeout = 120_000): Promise<void> {
  await page.waitForFunction(() => document.querySelector(".transport .play")?.textContent === "Play", null, { timeout });
}

/** Waits until a run that was just opened and plays has reached its end. */
export async function waitForEnd(page: Page, timeout = 120_000): Promise<void> {
  await page.waitForFunction(
    () => {
      const playhead = document.querySelector<HTMLInputElement>(".scrubber input");
      return playhead !== null && playhead.value === playhead.max && document.querySelector(".transport .play")?.textContent === "Play";
    },
    null,
    { timeout },
  );
}

/** ICMP errors by machine, as the cards count them. */
export async function icmpCounts(page: Page): Promise<number[]> {
  return page.$$eval(".machine[data-machine]", (cards) =>
    cards.map((card) => Number.parseInt(card.querySelector(".icmp-count")?.textContent ?? "0", 10)),
  );
}

/** Waits until the run is shown at a time: the slider moves there at once, and the run may have to be simulated first. */
export async function waitForMove(page: Page, us: number): Promise<void> {
  const slider = page.getByRole("slider", { name: "Playhead" });
  await eventually(() => slider.getAttribute("aria-valuetext")).toMatch(new RegExp(`^${elapsedText(us)} of `));
}

/** Moves the playhead to a whole second with the slider, and waits until the run is shown there. */
export async function dragTo(page: Page, us: number): Promise<void> {
  await page.getByRole("slider", { name: "Playhead" }).fill(String(us));
  await waitForMove(page, us);
}

/** Runs something that saves a file; returns the download's name and path. */
export async function savedBy(page: Page, run: () => Promise<unknown>): Promise<{ readonly name: string; readonly path: string }> {
  const [download] = await Promise.all([page.waitForEvent("download"), run()]);
  return { name: download.suggestedFilename(), path: await download.path() };
}

/** An expectation that is polled until it holds. */
export const eventually = <T>(read: () => T | Promise<T>) => expect.poll(read, { timeout: 120_000, interval: 50 });

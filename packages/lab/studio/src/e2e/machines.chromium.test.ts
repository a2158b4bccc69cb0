/** The machines' own screens: drawn faces, pointers, what tells the systems apart, and letters that can be read at every size. */

import type { Page } from "playwright-core";
import { describe, expect, it } from "vitest";
import { parseFace } from "../bench/pixels/pixel-face.ts";
import { SANS_FACE } from "../bench/pixels/sans-face.ts";
import { faintTexts } from "../testing/faint-texts.ts";
import { button, dragTo, eventually, machineCard, studioPages, waitForEnd } from "../testing/studio-page.ts";

const openPage = studioPages();
const SECOND = 1_000_000;

const pixelsReady = (page: Page) => page.locator('html[data-fonts="pixel"]').waitFor({ state: "attached" });

async function choose(page: Page, titles: Readonly<Record<string, string>>): Promise<void> {
  await button(page, "Scenarios").click();
  await page.locator(".menu-item", { hasText: "Machines and settings" }).click();
  for (const [label, title] of Object.entries(titles)) await page.getByLabel(label, { exact: true }).selectOption({ label: title });
  await button(page, "Begin again").click();
  for (const title of Object.values(titles)) await page.locator(".machine-name").and(page.getByTitle(title)).first().waitFor();
}

async function playArticle(page: Page): Promise<void> {
  await button(page, "Play the article").click();
  await page.getByLabel("Speed").selectOption("Infinity");
  await waitForEnd(page);
  await button(page, "End the tour").click();
}

it("screens have the drawn faces, each pixel a whole number of the display's", async (context) => {
  const page = await openPage(context);
  await pixelsReady(page);
  expect(await page.evaluate(() => [...document.fonts].filter((f) => f.status === "loaded").map((f) => f.family))).toHaveLength(5);
  const label = machineCard(page, "windows-9x").locator(".desktop-icon span");
  const measured = await label.evaluate((span) => {
    const range = document.createRange();
    range.selectNodeContents(span);
    return { text: span.textContent, width: range.getBoundingClientRect().width, size: getComputedStyle(span).fontSize };
  });
  expect(measured.size).toBe("11px");
  const glyphs = new Map(parseFace(SANS_FACE).map((g) => [g.codePoint, g.advancePx]));
  expect(measured.text).toBe("Inbox");
  expect(measured.width).toBe([..."Inbox"].reduce((sum, c) => sum + (glyphs.get(c.charCodeAt(0)) as number), 0));
  // For an audience it is twice as large, and still whole.
  await button(machineCard(page, "windows-9x"), /^Full screen/).click();
  const big = page.locator(".presenter .desktop-icon span");
  expect(await big.evaluate((span) => getComputedStyle(span).fontSize)).toBe("22px");
});

it("each system has its own pointers, a waiting one while it is busy, and none outside its glass", async (context) => {
  const page = await openPage(context);
  await pixelsReady(page);
  const pointer = (selector: string, machine = "windows-9x") =>
    machineCard(page, machine)
      .locator(selector)
      .first()
      .evaluate((element) => getComputedStyle(element).cursor);
  const arrow = await pointer(".glass");
  expect(arrow).toMatch(/^url\("data:image\/svg\+xml,.*"\) 0 0, default$/);
  expect(await pointer(".glass", "macintosh")).toMatch(/^url\(/);
  expect(await pointer(".glass", "macintosh")).not.toBe(arrow);
  expect(await pointer(".glass", "ms-dos")).toMatch(/^url\(.* 4 8, default$/);
  expect(await pointer(".desktop-icon")).toMatch(/, pointer$/);
  expect(await page.locator(".desk").evaluate((element) => getComputedStyle(element).cursor)).toBe("auto");
  await button(machineCard(page, "windows-9x"), /^Reboot/).click();
  await button(machineCard(page, "macintosh"), /^Reboot/).click();
  await eventually(() => pointer(".glass")).toMatch(/, wait$/);
  await eventually(() => pointer(".glass", "macintosh")).toMatch(/, wait$/);
  await page.getByLabel("Run to next").selectOption("ready");
  for (let i = 0; i < 2; i++) await button(page, /^Go to the next: /).click();
  await eventually(() => pointer(".glass")).toBe(arrow);
});

describe("variants", () => {
  it("look as their systems looked", async (context) => {
    const page = await openPage(context);
    const looks = () => page.$$eval(".machine .screen", (screens) => screens.map((screen) => screen.getAttribute("data-look")));
    expect(await looks()).toEqual(["ms-dos", "wfw-3.11", "nt-4.0", "windows-95", "mac-os-8"]);
    /** What the eye sees of a desktop: its colour, its icons and groups, its menus. */
    const seen = (machine: string) =>
      machineCard(page, machine)
        .locator(".desktop")
        .evaluate((desktop) => `${getComputedStyle(desktop).background} ${desktop.textContent}`);
    const machines = ["windows-3x", "windows-nt", "windows-9x", "macintosh"] as const;
    const before = await Promise.all(machines.map(seen));
    await choose(page, {
      "Windows 3.x": "Windows 3.1, real-mode TCP/IP of Network Client 3.0",
      "Windows NT": "Windows NT 3.51",
      "Windows 95/98": "Windows 98",
      Macintosh: "Macintosh, Open Transport 2.x (Mac OS 9)",
    });
    expect(await looks()).toEqual(["ms-dos", "windows-3.1", "nt-3.51", "windows-98", "mac-os-9"]);
    const cards = ["windows-3.1", "nt-3.51", "windows-98", "open-transport-9"];
    const names = await page.$$eval(".machine[data-machine]", (all) => all.map((card) => card.getAttribute("data-machine")));
    expect(names).toEqual(["ms-dos", ...cards]);
    const after = await Promise.all(cards.map(seen));
    for (const [i, text] of after.entries()) expect(text, cards[i]).not.toBe(before[i]);
    expect(await machineCard(page, "windows-98").locator(".quick-launch").count()).toBe(1);
    expect(await machineCard(page, "open-transport-9").locator(".control-strip").count()).toBe(1);
    expect(await machineCard(page, "nt-3.51").locator(".program-manager").textContent()).toContain("Administrative Tools");
    await choose(page, { Macintosh: "Macintosh, MacTCP 2.0.6 (System 7)" });
    expect(await machineCard(page, "mactcp").locator(".mac-menu").textContent()).toContain("Label");
  });
});

it("machines sound when they are switched on to, by keyboard, for good, and not while the page is hidden", async (context) => {
  const page = await openPage(context);
  await page.addInitScript(() => {
    const counted = window as unknown as { notes: number };
    counted.notes = 0;
    const { start } = OscillatorNode.prototype;
    OscillatorNode.prototype.start = function (when) {
      counted.notes++;
      start.call(this, when);
    };
  });
  await page.reload();
  const notes = () => page.evaluate(() => (window as unknown as { notes: number }).notes);
  const mails = () => page.locator(".inbox-row").count();
  const deliver = async (count: number) => {
    await button(page, "Deliver mail").click();
    await eventually(mails).toBe(4 * count);
  };
  await page.getByLabel("Speed").selectOption("10");
  await button(page, "Log on all").click();
  await eventually(() => page.locator(".mail-window").count()).toBe(4);
  await deliver(1);
  expect(await notes()).toBe(0);
  const sounds = button(page, "Sounds of the machines");
  await sounds.focus();
  await page.keyboard.press("Enter");
  expect(await sounds.getAttribute("aria-pressed")).toBe("true");
  await deliver(2);
  await eventually(notes).toBeGreaterThan(0);
  await page.evaluate(() => Object.defineProperty(document, "visibilityState", { value: "hidden", configurable: true }));
  const before = await notes();
  await deliver(3);
  expect(await notes()).toBe(before);
  await page.reload();
  await sounds.waitFor();
  expect(await sounds.getAttribute("aria-pressed")).toBe("true");
});

/** Height of the letters' em on each screen, in pixels of the page; a text screen is drawn to scale. */
async function smallestLetters(page: Page): Promise<number[]> {
  return page.$$eval(".machine .glass", (glasses) =>
    glasses.map((glass) => {
      const sizes: number[] = [];
      const walker = document.createTreeWalker(glass, NodeFilter.SHOW_TEXT);
      for (let node = walker.nextNode(); node; node = walker.nextNode()) {
        const element = node.parentElement as Element;
        if (node.textContent?.trim() === "" || element.getClientRects().length === 0) continue;
        const svg = element.closest<SVGSVGElement>("svg.text-screen");
        const scale = svg ? svg.getBoundingClientRect().width / svg.viewBox.baseVal.width : 1;
        // Of a face of cells the width counts: eight dots to a letter.
        sizes.push(svg ? 8 * scale : Number.parseFloat(getComputedStyle(element).fontSize));
      }
      return Math.min(...sizes);
    }),
  );
}

const SIZES = [
  { name: "1280×800", viewport: { width: 1280, height: 800 } },
  { name: "640×400", viewport: { width: 640, height: 400 } },
  { name: "390×844", viewport: { width: 390, height: 844 } },
  { name: "1280×800 at 200 %", viewport: { width: 640, height: 400 }, deviceScaleFactor: 2 },
] as const;

it.for(SIZES)("letters on the screens can be read: $name", async ({ name: _, ...options }, context) => {
  const page = await openPage(context, options);
  await pixelsReady(page);
  await playArticle(page);
  const bad: string[] = [];
  // Self test, later in the boot, Inbox, message, boot after the reboot with its checks, desktop.
  for (const seconds of [4, 20, 61, 64, 313, 327, 420]) {
    const clock = `${String(Math.floor(seconds / 60)).padStart(2, "0")}:${String(seconds % 60).padStart(2, "0")}.`;
    await dragTo(page, seconds * SECOND);
    await eventually(() => page.locator(".clock-main").getAttribute("title")).toContain(clock);
    bad.push(...(await faintTexts(page, ".glass")).map((text) => `${seconds} s: ${text}`));
    const letters = await smallestLetters(page);
    expect(letters).toHaveLength(5);
    for (const size of letters) expect(size, `${seconds} s`).toBeGreaterThanOrEqual(6.5);
  }
  expect(bad).toEqual([]);
});

/** The machines' own screens: drawn faces, pointers, what tells the systems apart, and letters that can be read at every size. */

import type { Page } from "playwright-core";
import { describe, expect, it } from "vitest";
import { parseFace } from "../bench/pixels/pixel-face.ts";
import { SANS_FACE } from "../bench/pixels/sans-face.ts";
import { faintTexts } from "../testing/faint-texts.ts";
import { button, dragTo, eventually, machineCard, playhead, studioPages, waitForEnd, waitForPause } from "../testing/studio-page.ts";

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
  // In full screen the text is twice as large, which is still a whole number of screen pixels per pixel.
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
    /** What a user sees of a desktop: its colour, its icons and groups, its menus. */
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

it("sounds are switched on by keyboard, stay on after a reload, and are silent while the page is hidden", async (context) => {
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
  // The switch is on when the player has been loaded, so that it hears the next mail, however long that takes.
  const player = /\/player-[^/]*\.js/;
  const held = Promise.withResolvers<void>();
  let isAsked = false;
  await page.route(player, (route) => {
    isAsked = true;
    return held.promise.then(() => route.continue());
  });
  await sounds.press("Enter");
  // If the key went elsewhere, the failure shows where.
  await eventually(async () => isAsked || (await page.evaluate(() => document.activeElement?.outerHTML))).toBe(true);
  expect(await sounds.getAttribute("aria-pressed")).toBe("false");
  held.resolve();
  await eventually(() => sounds.getAttribute("aria-pressed")).toBe("true");
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

/** Dispatches a click to an element of the machine's screen. A click by position could miss it, because the page scrolls to it first. */
const press = (page: Page, machine: string, selector: string, text: string | RegExp) =>
  machineCard(page, machine).locator(selector, { hasText: text }).first().dispatchEvent("click");

const untilSafe = (page: Page, machine: string) =>
  eventually(() => machineCard(page, machine).locator(".glass").textContent()).toMatch(/safe(ly)?/);

it("each system is shut down and restarted from its own screen", async (context) => {
  const page = await openPage(context);
  await page.getByLabel("Speed").selectOption("10");
  await button(page, "Play").click();
  const summary = (machine: string) => machineCard(page, machine).locator(".screen > p").textContent();
  // Windows 95 asks, does nothing on No, and restarts if that is chosen.
  await press(page, "windows-9x", ".start", "Start");
  await press(page, "windows-9x", ".start-items > div", "Shut Down");
  await press(page, "windows-9x", ".shut-down-box b", "No");
  expect(await machineCard(page, "windows-9x").locator(".shut-down-box").count()).toBe(0);
  expect(await summary("windows-9x")).toMatch(/desktop/);
  await press(page, "windows-9x", ".start", "Start");
  await press(page, "windows-9x", ".start-items > div", "Shut Down");
  await press(page, "windows-9x", ".shut-down-choice", "Restart the computer?");
  await press(page, "windows-9x", ".shut-down-box b", "Yes");
  await eventually(() => summary("windows-9x")).toMatch(/^Booting/);
  // Windows NT and the Macintosh show that it is safe to switch off, with a button Restart that works.
  await press(page, "windows-nt", ".start", "Start");
  await press(page, "windows-nt", ".start-items > div", "Shut Down");
  await press(page, "windows-nt", ".shut-down-box b", "Yes");
  await press(page, "macintosh", ".glass-menu > span", "Special");
  await press(page, "macintosh", ".glass-items > div", "Shut Down");
  for (const machine of ["windows-nt", "macintosh"]) {
    await untilSafe(page, machine);
    await press(page, machine, ".glass b", "Restart");
    await eventually(() => summary(machine)).toMatch(/^Booting/);
  }
  // Windows for Workgroups ends from Program Manager, and the screen goes dark without a word.
  await press(page, "windows-3x", ".glass-menu > span", "File");
  await press(page, "windows-3x", ".glass-items > div", "Exit Windows");
  await press(page, "windows-3x", ".shut-down-box b", "OK");
  await eventually(() => machineCard(page, "windows-3x").locator(".dark-screen").count()).toBe(1);
  expect(await machineCard(page, "windows-3x").locator(".glass").textContent()).toBe("");
});

it("the client of MS-DOS does what its last row says, by key and by click", async (context) => {
  const page = await openPage(context);
  await page.getByLabel("Speed").selectOption("10");
  await button(page, "Log on all").click();
  const machine = machineCard(page, "ms-dos");
  const screen = machine.locator(".screen");
  const glass = () => machine.locator(".glass").textContent();
  await eventually(glass).toContain("File");
  for (const subject of ["Older", "Newer"]) {
    await page.getByLabel("Subject").fill(subject);
    await button(page, "Deliver mail").click();
    await eventually(glass).toContain(subject);
  }
  // A click on the menu row opens a menu, and reads no mail.
  await screen.locator("text", { hasText: "Tools" }).click();
  await eventually(glass).toContain("Address Book");
  await page.keyboard.press("Enter");
  await eventually(glass).toContain("windows-9x");
  await page.keyboard.press("Escape");
  await eventually(glass).toContain("Newer");
  expect(await glass()).toContain("2 Unread");
  await screen.focus();
  await page.keyboard.press("ArrowDown");
  await page.keyboard.press("Enter");
  await eventually(glass).toContain("Older: as we said.");
  await page.keyboard.press("Escape");
  for (const folder of ["Outbox", "Sent Items"]) {
    await page.keyboard.press("F8");
    await eventually(glass).toContain(`Exchange - ${folder}`);
  }
  await eventually(glass).toContain("no items");
  await page.keyboard.press("F2");
  const dialog = page.getByRole("dialog", { name: /New message/ });
  await dialog.waitFor();
  await page.keyboard.press("Escape");
  await screen.locator("text", { hasText: "F10=Menu" }).click();
  await screen.locator("text", { hasText: "Exit and Log Off" }).click();
  await eventually(glass).toContain("Logged off.");
});

it("what failed is told beside the machine, in the client's own words on its screen", async (context) => {
  const page = await openPage(context);
  const machine = machineCard(page, "windows-9x");
  await button(machine, /^Unplug/).click();
  await page.getByLabel("Speed").selectOption("600");
  await button(machine, /^Log on/).click();
  await page.getByLabel("Speed").selectOption("600");
  await machine.locator(".machine-problem").waitFor();
  const told = (await machine.locator(".machine-problem").textContent()) ?? "";
  await eventually(() => machine.locator(".glass").textContent()).toContain("Network problems are preventing");
  expect(await machine.locator(".glass").textContent()).not.toContain(told);
});

it("Windows NT starts with its loader's menu, a blue screen, three keys and a logon", async (context) => {
  const page = await openPage(context);
  const machine = machineCard(page, "windows-nt");
  const glass = () => machine.locator(".glass").textContent();
  let us = await playhead(page);
  await button(machine, /^Reboot/).click();
  await button(page, "Pause").click();
  await waitForPause(page);
  // From the reboot on, second by second with the clock stopped: the menu is on the screen for five seconds.
  const later = async () => {
    us += 1_000_000;
    await dragTo(page, us);
    return /automatically: (\d)/.exec((await glass()) ?? "")?.[1];
  };
  let count: string | undefined;
  for (let i = 0; i < 60 && count === undefined; i++) count = await later();
  expect(count).toBeDefined();
  expect(await machine.locator(".boot-chosen").textContent()).toMatch(/Windows NT Workstation Version 4\.00$/);
  expect(Number(await later())).toBe(Number(count) - 1);
  await page.getByLabel("Run to next").selectOption("boot");
  const next = async () => {
    const before = await glass();
    await button(page, /^Go to the next: /).click();
    await eventually(glass).not.toBe(before);
  };
  await next();
  expect(await glass()).toContain("1 System Processor [32 MB Memory]");
  expect(await machine.locator(".boot-blue").count()).toBe(1);
  await next();
  await next();
  expect(await glass()).toContain("Press Ctrl + Alt + Delete to log on");
  await page.getByLabel("Speed").selectOption("1");
  await button(page, "Play").click();
  await eventually(glass).toMatch(/Logon Information.*User name:.*Password:.*Domain:/);
});

it("the presenter shows the server's sessions and the wire, and its screen can be used", async (context) => {
  const page = await openPage(context);
  await button(page, "Play the article").click();
  await button(page, "Pause").click();
  await button(page, "Present").click();
  const present = page.locator("dialog.presenter");
  const caption = () => present.locator(".presenter-caption").textContent();
  const next = async (words: string) => {
    await page.keyboard.press("PageDown");
    await eventually(caption).toContain(words);
  };
  // The captions name lamps and an outline.
  expect(await present.locator(".is-looked-at > .screen").count()).toBe(1);
  await next("The users log on");
  await eventually(() => present.locator(".sessions").count()).toBe(1);
  expect(await present.locator(".is-looked-at").count()).toBe(0);
  for (const words of ["Mail arrives", "The orange lamps"]) await next(words);
  await button(present, "Run the clock").click();
  await eventually(() => present.locator(".lamp-stale > [aria-hidden]:not(i)").allInnerTexts()).toEqual(["Port", "Session"]);
  await button(present, "Pause the clock").click();
  await next("ICMP port unreachable");
  expect(await present.locator(".sessions").count()).toBe(0);
  await button(present, "Run the clock").click();
  await eventually(() => present.locator(".wire-list").textContent()).toMatch(/UDP datagram to port 1025.*ICMP error/);
  // Legible from the last row: two pixels for one of the screen, letters of a fiftieth of the height, and nothing cut off.
  expect(await present.locator(".desktop-icon span").evaluate((span) => getComputedStyle(span).fontSize)).toBe("22px");
  const side = await present.locator(".presenter-side").evaluate((e) => ({
    size: Number.parseFloat(getComputedStyle(e).fontSize),
    isCut: e.scrollWidth > e.clientWidth,
  }));
  expect(side.size).toBeGreaterThan(800 / 50);
  expect(side.isCut).toBe(false);
  await present.locator(".desktop-icon").click();
  await eventually(() => present.locator(".mail-window").count()).toBe(1);
  await present.locator(".glass-menu > span", { hasText: "Compose" }).click();
  await present.locator(".glass-items > div", { hasText: "New Message" }).click();
  const compose = page.getByRole("dialog", { name: /New message/ });
  await compose.getByLabel("Subject").fill("From the stage");
  await button(compose, "Close").click();
  await button(present, "Close").click();
  await present.waitFor({ state: "detached" });
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
        // For text screens, the width of a character cell counts: eight pixels.
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

it("Escape on the screen of MS-DOS goes back, then closes full screen", async (context) => {
  const page = await openPage(context);
  await page.getByLabel("Speed").selectOption("10");
  const machine = machineCard(page, "ms-dos");
  await button(machine, /^Log on/).click();
  await eventually(() => machine.locator(".glass").textContent()).toContain("0 Unread");
  await button(machine, /^Full screen/).click();
  const present = page.locator("dialog.presenter");
  const text = () => present.locator(".glass").textContent();
  await present.locator(".screen").focus();
  await page.keyboard.press("F8");
  await eventually(text).toContain("Exchange - Outbox");
  await page.keyboard.press("Escape");
  await eventually(text).toContain("Exchange - Inbox");
  await page.keyboard.press("Escape");
  await present.waitFor({ state: "detached" });
});

/** Every view, panel, menu and dialog in small windows: each control is within the window's width, and no other element covers it. */

import type { Page } from "playwright-core";
import { expect, it } from "vitest";
import { chooseTextSize, cutTexts, misplacedAtEverySize, SMALL_SIZES } from "../testing/misplaced.ts";
import { button, eventually, machineCard, openView, playhead, studioPages, waitForPause } from "../testing/studio-page.ts";

const openPage = studioPages();

async function closeAll(page: Page): Promise<void> {
  await page.keyboard.press("Escape");
  await eventually(() => page.locator("dialog[open]").count()).toBe(0);
}

it("nothing is cut off or covered in small windows", async (context) => {
  const page = await openPage(context, { viewport: { width: 320, height: 640 } });
  const bad: string[] = [];
  const look = async (where: string): Promise<void> => {
    bad.push(...(await misplacedAtEverySize(page)).map((fault) => `${where}, ${fault}`));
  };
  await page.getByLabel("Speed").selectOption("60");
  await button(page, "Log on all").click();
  await eventually(() => page.locator(".mail-window").count()).toBe(4);
  await button(page, "Deliver mail").click();
  await eventually(() => page.locator(".new-mail-sign").count()).toBe(4);
  await button(page, "Pause").click();
  await waitForPause(page);
  await look("bench");
  for (const menu of ["File", "Scenarios", "Lessons"]) {
    await button(page, menu).click();
    await page.getByRole("menuitem").first().waitFor();
    await look(`menu ${menu}`);
    await page.keyboard.press("Escape");
  }
  await button(page, "Scenarios").click();
  await page.getByRole("menuitem", { name: /^Machines and settings/ }).click();
  await page.locator("dialog[open]").waitFor();
  await look("machines and settings");
  await closeAll(page);
  await button(page, "Keys").click();
  await page.locator("dialog[open]").waitFor();
  await look("keys");
  await closeAll(page);
  await button(machineCard(page, "windows-nt"), /^Write mail/).click();
  await page.getByRole("menuitem", { name: /^New message/ }).click();
  await look("new message");
  await closeAll(page);

  await openView(page, "Timeline");
  await page.waitForSelector(".event-row");
  await eventually(async () => (await page.locator(".lanes-place").boundingBox())?.height ?? 0).toBeGreaterThanOrEqual(160);
  await look("timeline");

  await openView(page, "Comparison");
  await page.getByLabel("Beside").selectOption("seed");
  await page.waitForSelector(".differing");
  await eventually(() => page.locator(".what-if-table tbody tr").count()).toBe(8);
  await look("comparison");

  await openView(page, "Monitor");
  await page.locator(".filter-input").fill("tcp");
  await page.keyboard.press("Enter");
  // Until the filter has passed, the first row is the first frame of all: an announcement by ARP, which Follow can do nothing with.
  await eventually(() => page.locator(".filter-status").textContent()).toMatch(/^[\d,]+ of /);
  await page.locator(".packet-row").first().click();
  for (const [tab, wanted] of [
    ["Diagnosis", ".diagnosis-answer"],
    ["Graph", ".graph-box canvas"],
    ["Sequence", ".sequence-box"],
    ["Traffic", ".traffic-table"],
    ["Experts", ".expert-list, .panel-none"],
    ["Frame", '[role="treeitem"]'],
  ] as const) {
    await openView(page, tab);
    await page.waitForSelector(wanted, { state: "attached" });
    await look(tab);
  }
  for (const name of ["Follow", "Comment", "Columns", "Rules…"]) {
    await button(page, name).click();
    await page.waitForSelector("dialog[open]");
    await look(name);
    await closeAll(page);
  }
  await button(page, /^Profile:/).click();
  await page.getByRole("menuitem").first().waitFor();
  await look("menu of profiles");
  await page.getByRole("menuitem", { name: /^Manage/ }).click();
  await page.waitForSelector("dialog[open]");
  await look("Profiles");
  await closeAll(page);
  for (const frame of [0, 3]) {
    await page.locator(".packet-row").nth(frame).click();
    await button(page, "Compare").click();
  }
  await page.waitForSelector(".compare-table tbody tr");
  await look("Compare");
  await closeAll(page);
  expect(bad).toEqual([]);
});

it("the texts of the bench and its cards are whole at every size", async (context) => {
  const page = await openPage(context);
  const cut: string[] = [];
  const look = async (where: string): Promise<void> => {
    for (const size of [{ width: 1280, height: 800 }, ...SMALL_SIZES]) {
      await page.setViewportSize(size);
      await page.evaluate(() => new Promise<void>((done) => requestAnimationFrame(() => requestAnimationFrame(() => done()))));
      for (const fault of await cutTexts(page, ".bench-bar, .server, .machine-head, .controls"))
        cut.push(`${where}, ${size.width} × ${size.height}: ${fault}`);
    }
  };
  await look("before any logon");
  await page.getByLabel("Speed").selectOption("60");
  await button(page, "Log on all").click();
  await eventually(() => page.locator(".sessions tbody .mono").count()).toBe(5);
  await button(page, "Pause").click();
  await waitForPause(page);
  await look("logged on");
  // A list entry of the inbox has a subject that can be told from others, also on the smallest screen.
  await button(page, "Deliver mail").click();
  await eventually(() => page.locator(".inbox-row").count()).toBe(4);
  // A machine that is rebooted while it retrieves the mail ends its session as soon as it is up again.
  const deliveredUs = await playhead(page);
  await eventually(() => playhead(page)).toBeGreaterThan(deliveredUs + 1_000_000);
  await button(page, "Pause").click();
  await waitForPause(page);
  for (const width of await page.locator(".inbox-row > :nth-child(3)").evaluateAll((all) => all.map((each) => each.clientWidth)))
    expect(width).toBeGreaterThan(35);
  await button(page, "Reboot all").click();
  await button(page, "Deliver mail").click();
  await page.getByLabel("Speed").selectOption("600");
  await eventually(() => page.locator(".icmp-count").count()).toBe(5);
  await button(page, "Pause").click();
  await waitForPause(page);
  await look("rebooted");
  expect(cut).toEqual([]);
});

it("text of 125 to 200 % in a window of 1280 leaves everything whole and in reach", async (context) => {
  const bad: string[] = [];
  for (const percent of [125, 150, 175, 200]) {
    const page = await openPage(context);
    await chooseTextSize(page, (16 * percent) / 100);
    await page.getByLabel("Speed").selectOption("60");
    await button(page, "Log on all").click();
    await eventually(() => page.locator(".sessions tbody .mono").count()).toBe(5);
    await button(page, "Pause").click();
    await waitForPause(page);
    const look = async (where: string, texts: string): Promise<void> => {
      const faults = [...(await misplacedAtEverySize(page, [{ width: 1280, height: 800 }])), ...(await cutTexts(page, texts))];
      bad.push(...faults.map((fault) => `${percent} %, ${where}: ${fault}`));
    };
    // Up to 150 % there are three cards beside each other, as in a window of 853 px, and long texts on them end with an ellipsis.
    await look("bench", `.header, .transport, .bench-bar, .controls${percent > 150 ? ", .server, .machine-head" : ""}`);
    await openView(page, "Timeline");
    await page.waitForSelector(".event-row");
    await look("timeline", ".header, .transport, .zoom-bar");
    await openView(page, "Monitor");
    await page.waitForSelector(".packet-row");
    await look("monitor", ".header, .transport, .monitor-tools");
    await openView(page, "Comparison");
    await page.waitForSelector(".what-if-controls");
    await look("comparison", ".header, .transport, .what-if-controls");
  }
  expect(bad).toEqual([]);
});

it("the presenter's screen is at least as large as on the bench, and all below it is in reach", async (context) => {
  const page = await openPage(context, { viewport: { width: 640, height: 400 } });
  // The size of a full screen can't be changed: the presenter fills the window, as it does if the browser refuses full screen.
  await page.addInitScript(() => {
    Element.prototype.requestFullscreen = () => Promise.reject(new TypeError("refused"));
  });
  const bad: string[] = [];
  for (const px of [16, 32]) {
    await chooseTextSize(page, px);
    await button(page, "Play the article").click();
    await button(page, "Pause the tour").click();
    await waitForPause(page);
    // A window of 320 px with text of 200 % has less room than the 320 px at 100 % that WCAG 2.1 asks for.
    const sizes = SMALL_SIZES.filter(({ width }) => px === 16 || width > 320);
    const widths: number[] = [];
    const screen = (place: string) => page.locator(`${place} .screen`).boundingBox();
    for (const size of sizes) {
      await page.setViewportSize(size);
      widths.push((await screen('.machine[data-machine="windows-9x"]'))?.width ?? 0);
    }
    await button(page, /^Full screen: Windows 95/).click();
    const present = page.locator("dialog.presenter");
    const caption = present.locator(".presenter-caption");
    // With the server's sessions beside the screen.
    await page.keyboard.press("PageDown");
    await present.locator(".sessions").waitFor();
    for (const [i, size] of sizes.entries()) {
      await page.setViewportSize(size);
      const where = `${size.width} × ${size.height}, text of ${px} px`;
      await present.evaluate((e) => e.scrollTo(0, 0));
      const first = await caption.boundingBox();
      // In a low and wide window the caption is in sight before anything is scrolled.
      if (size.width >= 40 * px && size.height < 37.5 * px)
        expect((first?.y ?? 0) + (first?.height ?? 0), where).toBeLessThanOrEqual(size.height + 1);
      expect((await screen("dialog.presenter"))?.width, where).toBeGreaterThanOrEqual(widths[i]);
      expect(await present.evaluate((e) => e.scrollWidth), where).toBeLessThanOrEqual(size.width);
      bad.push(...(await cutTexts(page, ".presenter-bar, .presenter-side, .presenter-caption")).map((fault) => `${where}: ${fault}`));
      await caption.evaluate((e) => e.scrollIntoView({ block: "end" }));
      const box = await caption.boundingBox();
      expect((box?.y ?? 0) + (box?.height ?? 0), where).toBeLessThanOrEqual(size.height + 1);
    }
    bad.push(...(await misplacedAtEverySize(page, sizes)).map((fault) => `text of ${px} px, ${fault}`));
    await button(present, "Close").click();
  }
  expect(bad).toEqual([]);
});

it("every size has all of the header and the clock inside the window", async (context) => {
  const page = await openPage(context);
  for (const [width, height] of [
    [320, 568],
    [390, 844],
    [640, 400],
    [1010, 700],
    [1280, 800],
  ]) {
    await page.setViewportSize({ width, height });
    await page.locator(".transport").waitFor();
    expect(await page.evaluate(() => document.documentElement.scrollWidth), String(width)).toBeLessThanOrEqual(width);
    const controls = page.locator(".header button, .header select, .transport button:not(.bookmark), .transport select, .transport input");
    for (const control of await controls.all()) {
      await control.scrollIntoViewIfNeeded();
      const box = await control.boundingBox();
      const what = `${(await control.getAttribute("aria-label")) ?? (await control.textContent())} at ${width}`;
      expect(box?.x, what).toBeGreaterThanOrEqual(0);
      expect((box?.x ?? 0) + (box?.width ?? 0), what).toBeLessThan(width + 1);
      expect(box?.y, what).toBeGreaterThanOrEqual(0);
      expect((box?.y ?? 0) + (box?.height ?? 0), what).toBeLessThan(height + 1);
    }
  }
});

it("a narrow window keeps the timeline and the clock", async (context) => {
  const page = await openPage(context);
  await openView(page, "Timeline");
  for (const width of [640, 500, 390, 320]) {
    await page.setViewportSize({ width, height: 700 });
    await page.locator(".transport").waitFor();
    await page.locator(".view canvas").first().waitFor({ state: "attached" });
    expect(await page.locator(".failure").count(), String(width)).toBe(0);
    // The list of events stands below the lanes, not over them.
    expect((await page.locator(".view canvas").first().boundingBox())?.width, String(width)).toBeGreaterThan(width - 20);
  }
  await page.setViewportSize({ width: 1280, height: 800 });
  await page.locator(".view canvas").first().waitFor();
});

/** The page's address: Back and Forward, reload, links to a moment and a frame, and addresses that can't be followed. */

import { fileURLToPath } from "node:url";
import type { Page } from "playwright-core";
import { expect, it } from "vitest";
import { button, eventually, machineCard, openView, playhead, studioPages } from "../testing/studio-page.ts";

const CAPTURE = fileURLToPath(new URL("../../../../protocol/capture/test-captures/zeek-conn-size.pcap", import.meta.url));
const openPage = studioPages();

const view = (page: Page) => page.locator('.view-tab[aria-selected="true"]').textContent();
const selectedRow = (page: Page) => page.locator('.packet-row[aria-selected="true"]').textContent();
const addressed = (page: Page, part: string) => eventually(() => new URL(page.url()).hash).toContain(part);

/** Opens this address in a new page, as another user who follows the link does. */
async function openAt(page: Page, hash: string): Promise<Page> {
  const other = await page.context().newPage();
  await other.goto(page.url().split("#")[0] + hash);
  return other;
}

/** Logs a machine on, waits for its session and pauses. */
async function playALittle(page: Page): Promise<void> {
  await page.getByLabel("Speed").selectOption("10");
  await machineCard(page, "windows-9x")
    .locator(".control", { hasText: /^Log on$/ })
    .click();
  await eventually(() => machineCard(page, "windows-9x").locator(".mail-window").count()).toBe(1);
  await button(page, "Pause").click();
}

it("Back, Forward and reload bring back view, moment and frame", async (context) => {
  const page = await openPage(context);
  await playALittle(page);
  const timeUs = await playhead(page);
  await openView(page, "Timeline");
  await addressed(page, "view=timeline");
  await openView(page, "Monitor");
  await page.locator(".packet-row").nth(4).click();
  const row = await selectedRow(page);
  await addressed(page, "frame=");
  const movedUs = await playhead(page);
  // The address has the exact time, the slider the nearest step.
  await eventually(() => Math.abs(Number(/t=(\d+)/.exec(page.url())?.[1]) - movedUs)).toBeLessThan(1_000_000);
  await page.goBack();
  await eventually(() => view(page)).toBe("Timeline");
  await eventually(() => playhead(page)).toBe(timeUs);
  await page.goBack();
  await eventually(() => view(page)).toBe("Bench");
  await page.goForward();
  await page.goForward();
  await eventually(() => view(page)).toBe("Monitor");
  await eventually(() => selectedRow(page)).toBe(row);
  await eventually(() => playhead(page)).toBe(movedUs);
  // Going back and forward undoes no action of the run.
  expect(await button(page, "Undo the last action").isEnabled()).toBe(true);
  await page.reload();
  await eventually(() => view(page)).toBe("Monitor");
  await eventually(() => selectedRow(page)).toBe(row);
  await eventually(() => playhead(page)).toBe(movedUs);
  expect(await page.locator(".notice").textContent()).toContain("Your last run is back: Free play, 1 action");

  // Opening another run adds an entry to the browser's history; going back restores the previous run with its actions.
  await openView(page, "Bench");
  await button(page, "Scenarios").click();
  await page.getByRole("menuitem", { name: /orderly-logoff/ }).click();
  await addressed(page, "run=orderly-logoff");
  await page.goBack();
  await eventually(() => page.locator(".document-name").textContent()).toBe("Free play");
  await eventually(() => new URL(page.url()).hash).toContain("play=free");
  await page.reload();
  await eventually(() => page.locator(".notice").textContent()).toContain("Your last run is back: Free play, 1 action");
  expect(await page.title()).toBe("Free play – Pushback Studio");
});

it("a copied link opens the same run at the same moment, with the frame", async (context) => {
  const page = await openPage(context, { permissions: ["clipboard-read", "clipboard-write"] });
  await playALittle(page);
  await openView(page, "Monitor");
  await page.locator(".packet-row").nth(6).click();
  const [row, timeUs] = [await selectedRow(page), await playhead(page)];
  await button(page, "File").click();
  await page.getByRole("menuitem", { name: "Copy link to this moment" }).click();
  await eventually(() => page.locator(".notice").textContent()).toContain("The link is copied.");
  const link = new URL(await page.evaluate(() => navigator.clipboard.readText()));
  const other = await openAt(page, link.hash);
  await eventually(() => view(other)).toBe("Monitor");
  await eventually(() => selectedRow(other)).toBe(row);
  expect(await playhead(other)).toBe(timeUs);
  expect(await button(other, "Undo the last action").isEnabled()).toBe(true);
  for (const one of [page, other]) await openView(one, "Bench");
  const lamps = (one: Page) => machineCard(one, "windows-9x").locator(".lamps").innerHTML();
  await eventually(() => lamps(other)).toBe(await lamps(page));
  expect(await lamps(other)).toContain("lamp-on");

  // Written by hand: a scenario, a seed, a time.
  const third = await openAt(page, "#run=orderly-logoff&seed=3&t=90000000&view=timeline");
  await eventually(() => view(third)).toBe("Timeline");
  expect(await playhead(third)).toBe(90_000_000);
  expect(await third.locator(".document-name").textContent()).toMatch(/orderly/);
  // The fragment of an open page's URL is changed by hand.
  await third.evaluate(() => {
    location.hash = "#run=orderly-logoff&seed=3&t=60000000&view=bench";
  });
  await eventually(() => view(third)).toBe("Bench");
  await eventually(() => playhead(third)).toBe(60_000_000);
});

it("addresses that can't be followed get one clear line, and the studio goes on", async (context) => {
  const page = await openPage(context);
  const bad: readonly (readonly [string, string])[] = [
    ["#view=nowhere", "The address can’t be followed: it names an unknown view."],
    ["#t=yesterday", "“t” is not a number"],
    ["#run=no-such-thing&t=5", "no-such-thing"],
    ["#run=kb-q159302&variants=windows-2000", "its run can’t be read"],
    ['#run=kb-q159302&play=free&did=[{"atUs":5,"step":{"at":5,"logon":["nobody"]}}]', "The address can’t be followed"],
    ['#run=kb-q159302&play=free&did=[{"atUs":5,"step":{"at":5,"fly":{"__proto__":1}}}]', "The address can’t be followed"],
    ["#run=kb-q159302&play=free&frame=99999999&view=monitor", "The run has no frame 99,999,999"],
    ["#run=kb-q159302&play=scenario&interval=0", "The notification interval takes a length of time from 1s to 1d"],
    ["#run=orderly-logoff&t=999999999999999", "after the end of the run"],
    ["#run=kb-q159302&seed=%00<script>&t=1e3", "“t” is not a number"],
  ];
  const start = page.url().split("#")[0];
  for (const [hash, line] of bad) {
    await page.goto("about:blank");
    await page.goto(start + hash);
    await eventually(() => page.locator(".notice.error").textContent()).toContain(line);
    await openView(page, "Bench");
    await button(page, "Log on all").waitFor();
  }
});

it("a capture of the address is asked for, and its frame is shown when it is opened", async (context) => {
  const page = await openPage(context);
  const choose = async (click: () => Promise<void>): Promise<void> => {
    const chooser = page.waitForEvent("filechooser");
    await click();
    await (await chooser).setFiles(CAPTURE);
    await eventually(() => page.locator(".document-name").textContent()).toBe("zeek-conn-size.pcap");
  };
  await button(page, "File").click();
  await choose(() => page.getByRole("menuitem", { name: "Open capture, scenario or recording…" }).click());
  await page.locator(".packet-row").nth(3).click();
  const row = await selectedRow(page);
  await addressed(page, "capture=zeek-conn-size.pcap&frame=4");
  // After the capture is closed, going back opens it again, because the page keeps the files opened before.
  await button(page, "Close zeek-conn-size.pcap").click();
  await eventually(() => view(page)).toBe("Bench");
  await page.goBack();
  await eventually(() => page.locator(".document-name").textContent()).toBe("zeek-conn-size.pcap");
  await eventually(() => selectedRow(page)).toBe(row);
  // Forward still leads to the later history entries.
  await page.goForward();
  await eventually(() => view(page)).toBe("Bench");
  await page.goBack();
  await eventually(() => selectedRow(page)).toBe(row);
  // After a reload the browser gives no path to it.
  await page.reload();
  await eventually(() => page.locator(".notice").textContent()).toContain(
    "zeek-conn-size.pcap is not open here. Open the file to see its frame 4.",
  );
  // The entry of the bench needs no capture.
  await page.goForward();
  await eventually(() => page.locator(".notice").count()).toBe(0);
  await page.goBack();
  await eventually(() => page.locator(".notice").textContent()).toContain("is not open here");
  await choose(() => button(page, "Open…").click());
  await eventually(() => selectedRow(page)).toBe(row);
});

it("Back shows the file of its entry, and not another one of the same name", async (context) => {
  const page = await openPage(context);
  const open = async (folder: string, frames: number): Promise<void> => {
    const chooser = page.waitForEvent("filechooser");
    await button(page, "File").click();
    await page.getByRole("menuitem", { name: "Open capture, scenario or recording…" }).click();
    await (await chooser).setFiles(fileURLToPath(new URL(`../../../diagnose/captures/${folder}/capture.pcapng`, import.meta.url)));
    await eventually(frameCount).toContain(`${frames} frames`);
  };
  const frameCount = () => page.locator(".filter-status").textContent();
  const name = () => page.locator(".document-name").textContent();
  await open("article-whole", 395);
  await page.locator(".packet-row").nth(4).click();
  const row = await selectedRow(page);
  await addressed(page, "frame=5");
  await open("firewall", 97);
  await eventually(name).toBe("capture.pcapng (2)");
  await button(page, "Close capture.pcapng").click();
  await page.goBack();
  await eventually(frameCount).toContain("395 frames");
  await eventually(() => selectedRow(page)).toBe(row);
  await page.goForward();
  await eventually(frameCount).toContain("97 frames");
  // After a reload the browser gives no path to either file: opening the other one does not stand in for the one that is asked for.
  await page.goBack();
  await eventually(frameCount).toContain("395 frames");
  await page.reload();
  const notice = page.locator(".notice");
  await eventually(() => notice.textContent()).toContain("capture.pcapng is not open here. Open the file to see its frame 5.");
  await open("firewall", 97);
  expect(await page.locator('.packet-row[aria-selected="true"]').count()).toBe(0);
  await page.goBack();
  await eventually(() => notice.textContent()).toContain(
    "This capture.pcapng is not open here: what is open is another file of this name.",
  );
  await open("article-whole", 395);
  await eventually(() => selectedRow(page)).toBe(row);
  await eventually(() => notice.count()).toBe(0);
});

it("a link leaves the kept run aside, and a reload still offers it", async (context) => {
  const page = await openPage(context);
  await playALittle(page);
  const other = await openAt(page, "#run=orderly-logoff&seed=3&t=90000000");
  const notice = other.locator(".notice");
  await eventually(() => notice.textContent()).toContain("Your last run is put aside");
  await button(notice, "Dismiss").click();
  await other.reload();
  await eventually(() => notice.textContent()).toContain("Your last run is put aside: kb-q159302, 1 action.");
  await button(notice, "Bring it back").click();
  await eventually(() => other.locator(".document-name").textContent()).toBe("Free play");
  expect(await button(other, "Undo the last action").isEnabled()).toBe(true);
  await other.reload();
  await eventually(() => notice.textContent()).toContain("Your last run is back: Free play, 1 action.");
});

it("undo and redo survive a reload as they were", async (context) => {
  const page = await openPage(context);
  await playALittle(page);
  await button(page, "Undo the last action").click();
  await eventually(() => button(page, "Redo the action").isEnabled()).toBe(true);
  await page.keyboard.press("b");
  await page.locator(".scrubber .bookmark").waitFor();
  await page.reload();
  await eventually(() => page.locator(".notice").textContent()).toContain("Your last run is back");
  expect(await button(page, "Undo the last action").isEnabled()).toBe(false);
  await button(page, "Redo the action").click();
  await eventually(() => button(page, "Undo the last action").isEnabled()).toBe(true);
});

/** The run and what was done in it are kept: over a reload, in a file, and when a worker, a view or the page fails. */

import { readFileSync } from "node:fs";
import type { Page } from "playwright-core";
import { expect, it } from "vitest";
import { button, eventually, machineCard, openView, playhead, savedBy, studioPages } from "../testing/studio-page.ts";

const openPage = studioPages();

const sessionCount = (page: Page) => machineCard(page, "windows-9x").locator(".mail-window").count();

/** Logs one machine on, pauses and sets a bookmark. Returns its time, as the playhead shows it. */
async function playUntilBookmark(page: Page): Promise<number> {
  await page.getByLabel("Speed").selectOption("10");
  await machineCard(page, "windows-9x")
    .locator(".control", { hasText: /^Log on$/ })
    .click();
  await eventually(() => sessionCount(page)).toBe(1);
  await button(page, "Pause").click();
  await button(page, "Bookmark this time").click();
  return playhead(page);
}

it("a reload brings back the run with its actions and bookmarks, and one click begins anew", async (context) => {
  const page = await openPage(context);
  const session = () => sessionCount(page);
  const before = await playUntilBookmark(page);
  await page.reload();
  await eventually(() => page.locator(".notice").textContent()).toContain("Your last run is back: Free play, 1 action");
  expect(await session()).toBe(1);
  expect(await page.locator(".bookmark").count()).toBe(1);
  expect(await playhead(page)).toBe(before);
  await button(page, "Begin anew").click();
  await eventually(session).toBe(0);
  await button(page, "Bring it back").click();
  await eventually(() => page.locator(".bookmark").count()).toBe(1);
  // Actions from before the reload can be undone.
  await button(page, "Undo the last action").click();
  await eventually(() => button(page, "Redo the action").isEnabled()).toBe(true);
  expect(await button(page, "Undo the last action").isEnabled()).toBe(false);
});

it("two tabs lose no run of each other: a third one brings back the later, and has the earlier in its menu", async (context) => {
  const first = await openPage(context);
  const openTab = async () => {
    const page = await first.context().newPage();
    await page.goto(first.url().split("#")[0]);
    await button(page, "Log on all").waitFor();
    return page;
  };
  const kept = (page: typeof first, actions: number) =>
    eventually(() => page.evaluate(() => Object.values(localStorage).map((text) => JSON.parse(text).actions?.length))).toContain(actions);
  const second = await openTab();
  // The browser's context stays as long as it has a page.
  await first.context().newPage();
  await button(first, "Log on all").click();
  await kept(first, 1);
  await button(first, "Reboot all").click();
  await kept(first, 2);
  await button(second, "Power off: Windows 95").click();
  await kept(second, 1);
  await first.close();
  await second.close();
  const third = await openTab();
  const notice = third.locator(".notice");
  await eventually(() => notice.textContent()).toContain(
    "Your last run is back: Free play, 1 action. A run of another tab is in the menu “File”.",
  );
  await button(third, "File").click();
  await third.getByRole("menuitem", { name: "kb-q159302, 2 actions" }).click();
  await eventually(() => notice.textContent()).toContain("The run before had 1 action.");
  await button(third, "Undo the last action").click();
  await button(third, "Undo the last action").click();
  await eventually(() => button(third, "Undo the last action").isEnabled()).toBe(false);
  await button(third, "File").click();
  await third.getByRole("menuitem", { name: "kb-q159302, 1 action" }).click();
  await eventually(() => button(third, "Undo the last action").isEnabled()).toBe(true);
});

it.for([
  ["Save as a scenario file (YAML)", "free-play.yaml", "1 bookmark"],
  ["Export recording (JSON)", "free-play.json", "1 action, 1 bookmark"],
])("%s: opened again, the file brings back actions, bookmark, playhead and view", async ([item, name, work], context) => {
  const page = await openPage(context);
  const session = () => sessionCount(page);
  const before = await playUntilBookmark(page);
  await openView(page, "Timeline");
  const saved = await savedBy(page, async () => {
    await button(page, "File").click();
    await page.getByRole("menuitem", { name: item }).click();
  });
  expect(saved.name).toBe(name);
  await button(page, "Scenarios").click();
  await page.getByRole("menuitem", { name: /^Free play/ }).click();
  await eventually(() => page.locator(".bookmark").count()).toBe(0);
  const chooser = page.waitForEvent("filechooser");
  await button(page, "File").click();
  await page.getByRole("menuitem", { name: "Open capture, scenario or recording…" }).click();
  await (await chooser).setFiles({ name, mimeType: "text/plain", buffer: readFileSync(saved.path) });
  await eventually(() => page.locator(".bookmark").count()).toBe(1);
  expect(await page.locator('.view-tab[aria-selected="true"]').textContent()).toBe("Timeline");
  expect(await playhead(page)).toBe(before);
  await openView(page, "Bench");
  expect(await session()).toBe(1);
  await page.reload();
  await eventually(() => page.locator(".notice").textContent()).toContain(`Your last run is back: Free play, ${work}.`);
});

it("a scenario file's run comes back by its address alone", async (context) => {
  const page = await openPage(context);
  const chooser = page.waitForEvent("filechooser");
  await button(page, "File").click();
  await page.getByRole("menuitem", { name: "Open capture, scenario or recording…" }).click();
  const text = "title: My own\nduration: 10m\nclients:\n  - name: pc\n    platform: windows-95\nsteps:\n  - at: 1m\n    logon: pc\n";
  await (await chooser).setFiles({ name: "my-own.yaml", mimeType: "text/plain", buffer: Buffer.from(text) });
  await eventually(() => page.locator(".document-name").textContent()).toBe("My own");
  await button(page, "Pause").click();
  await button(page, "Bookmark this time").click();
  await eventually(() => new URL(page.url()).hash).toContain("my-own");
  await page.evaluate(() => history.replaceState(null, "", location.href));
  await page.reload();
  await eventually(() => page.locator(".notice").textContent()).toContain("Your last run is back: My own, 1 bookmark.");
});

it("asks before the page is left when the browser's storage takes nothing", async (context) => {
  const page = await openPage(context);
  await page.evaluate(() => {
    Storage.prototype.setItem = () => {
      throw new Error("full");
    };
  });
  const asked: string[] = [];
  page.on("dialog", (dialog) => {
    asked.push(dialog.type());
    void dialog.accept();
  });
  await machineCard(page, "windows-9x")
    .locator(".control", { hasText: /^Log on$/ })
    .click();
  await eventually(() => button(page, "Undo the last action").isEnabled()).toBe(true);
  await page.reload();
  expect(asked).toEqual(["beforeunload"]);
});

const ends: readonly (readonly [string, () => void, RegExp])[] = [
  [
    "fails",
    () =>
      void setTimeout(() => {
        throw new Error("out of order");
      }),
    /has failed: .*out of order/,
  ],
  ["ends without a word", () => self.close(), /has not answered for 10 seconds/],
];
for (const [how, end, message] of ends)
  it(`a worker that ${how} is replaced on request, and the run is back`, async (context) => {
    const page = await openPage(context, {}, "", /out of order/);
    const session = () => machineCard(page, "windows-9x").locator(".mail-window").count();
    await page.getByLabel("Speed").selectOption("10");
    await machineCard(page, "windows-9x")
      .locator(".control", { hasText: /^Log on$/ })
      .click();
    await eventually(() => machineCard(page, "windows-9x").locator(".lamp", { hasText: "Session" }).getAttribute("class")).toContain(
      "lamp-on",
    );
    await button(page, "Pause").click();
    const before = await playhead(page);
    // The evaluation never resolves, because it ends the worker.
    void page
      .workers()[0]
      .evaluate(end)
      .catch(() => {});
    await eventually(() => page.locator(".failure").textContent()).toMatch(message);
    await button(page, "Bring the run back").click();
    await eventually(() => page.locator(".failure").count()).toBe(0);
    // The actions of the restored run can be undone.
    await eventually(() => button(page, "Undo the last action").isEnabled()).toBe(true);
    await eventually(session).toBe(1);
    expect(await playhead(page)).toBe(before);
    // The new worker goes on.
    await machineCard(page, "windows-9x")
      .locator(".control", { hasText: /^Log off$/ })
      .click();
    await eventually(session).toBe(0);
    await openView(page, "Monitor");
    await page.locator('[role="row"]').nth(3).waitFor();
  });

it("a view that fails leaves the others and the run, and is shown again on request", async (context) => {
  const page = await openPage(context, {}, "", /no canvas today/);
  await page.evaluate(() => {
    const real = HTMLCanvasElement.prototype.getContext;
    Object.assign(window, { mend: () => Object.assign(HTMLCanvasElement.prototype, { getContext: real }) });
    Object.assign(HTMLCanvasElement.prototype, {
      getContext: () => {
        throw new Error("no canvas today");
      },
    });
  });
  await openView(page, "Timeline");
  await page.getByRole("alert").getByText("The timeline cannot be shown: no canvas today. The run is kept.").waitFor();
  // The monitor's packet list needs no canvas.
  await openView(page, "Monitor");
  await page.locator('.view [role="grid"]').waitFor();
  await openView(page, "Timeline");
  await page.evaluate(() => (window as unknown as { mend(): void }).mend());
  await button(page, "Show it again").click();
  await page.locator(".view canvas").first().waitFor();
  expect(await page.locator(".failure").count()).toBe(0);
});

it("a fault outside the views says that the run is kept, and one click brings it back", async (context) => {
  const page = await openPage(context, {}, "", /no dialog today/);
  await page.keyboard.press("b");
  await page.locator(".scrubber .bookmark").waitFor();
  await page.evaluate(() => {
    Object.assign(HTMLDialogElement.prototype, {
      showModal: () => {
        throw new Error("no dialog today");
      },
    });
  });
  await button(page, "Keys").click();
  await page.getByRole("alert").getByText("The studio can’t be shown: no dialog today. The run with its actions is kept").waitFor();
  await button(page, "Load the page again").click();
  await page.locator(".scrubber .bookmark").waitFor();
});

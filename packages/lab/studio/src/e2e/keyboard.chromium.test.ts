/** The way through the studio by keyboard alone: its controls, its keys and their change, and where the focus is. */

import type { Page } from "playwright-core";
import { describe, expect, it } from "vitest";
import { violationsAtEverySize, withAxe } from "../testing/axe.ts";
import { button, eventually, machineCard, openView, studioPages, waitForPause } from "../testing/studio-page.ts";

const openPage = studioPages();

/** Presses Tab until the element with this role and name has the focus. */
async function tabTo(page: Page, role: string, name: string | RegExp, shift = false): Promise<void> {
  const wanted = page.getByRole(role as never, { name, exact: true }).first();
  for (let i = 0; i < 150; i++) {
    if (await wanted.evaluate((element) => element === document.activeElement)) return;
    await page.keyboard.press(shift ? "Shift+Tab" : "Tab");
  }
  throw new Error(`${role} ${name} is not reached by Tab`);
}

async function choose(page: Page, name: string, key: string): Promise<void> {
  await tabTo(page, "combobox", name);
  await page.keyboard.press(key);
}

describe("by keyboard alone", () => {
  it("a machine is logged on, sent mail, rebooted; time goes on and back; views and menus open", async (context) => {
    const page = await openPage(context);
    const { keyboard } = page;
    const nt = machineCard(page, "windows-nt");
    const title = (await nt.getAttribute("aria-label")) as string;
    await tabTo(page, "combobox", "Speed");
    await keyboard.press("1");
    await eventually(() => page.getByLabel("Speed").inputValue()).toBe("10");

    await tabTo(page, "button", `Log on: ${title}`);
    await keyboard.press("Enter");
    await eventually(() => nt.locator(".mail-window").count()).toBe(1);
    await tabTo(page, "textbox", "Subject");
    await keyboard.type("By hand");
    await keyboard.press("Enter");
    await eventually(() => nt.locator(".new-mail-sign").count()).toBe(1);
    await tabTo(page, "button", `Read mail: ${title}`);
    await keyboard.press("Enter");
    await eventually(() => nt.locator(".message").count()).toBe(1);
    await tabTo(page, "button", `Reboot: ${title}`);
    await keyboard.press(" ");
    await eventually(() => nt.locator(".desktop").count()).toBe(0);

    // The focus isn't lost when buttons change: it is on a visible button.
    expect(await page.evaluate(() => document.activeElement?.tagName)).toBe("BUTTON");

    // Space stops the clock unless a button has the focus, and the arrow keys step.
    await page.evaluate(() => (document.activeElement as HTMLElement).blur());
    await keyboard.press(" ");
    await waitForPause(page);
    const at = () => page.locator(".clock-main").getAttribute("title");
    const start = await at();
    await keyboard.press("ArrowLeft");
    await eventually(at).not.toBe(start);
    const event = await at();
    await keyboard.press("Shift+ArrowRight");
    await eventually(at).not.toBe(event);
    await keyboard.press("Shift+ArrowLeft");
    await eventually(at).toBe(event);
    await keyboard.press("Alt+ArrowRight");
    await eventually(at).not.toBe(event);
    await keyboard.press("Alt+ArrowLeft");
    await eventually(at).toBe(event);
    await keyboard.press("b");
    await eventually(() => page.locator(".bookmark").count()).toBe(1);

    for (const [i, name] of ["Bench", "Timeline", "Monitor", "Comparison"].entries()) {
      await keyboard.press(`Alt+${i + 1}`);
      await eventually(() => page.locator('.view-tab[aria-selected="true"]').textContent()).toBe(name);
    }
    await tabTo(page, "tab", "Comparison");
    await keyboard.press("ArrowRight");
    await eventually(() => page.locator('.view-tab[aria-selected="true"]').textContent()).toBe("Bench");
    await tabTo(page, "button", "Scenarios");
    await keyboard.press("Enter");
    await eventually(() => page.locator("[role=menu]").count()).toBe(1);
    await keyboard.press("Escape");
    await eventually(() => page.evaluate(() => document.activeElement?.textContent)).toBe("Scenarios");
    await keyboard.press("ArrowDown");
    await keyboard.press("ArrowDown");
    await keyboard.press("Enter");
    await eventually(() => page.locator(".document-name").textContent()).toMatch(/article/);
    await choose(page, "Theme", "d");
    expect(await page.locator("html").getAttribute("data-theme")).toBe("dark");

    // The timeline's events, and from there the frame.
    await keyboard.press("Alt+2");
    await page.evaluate(() => (document.activeElement as HTMLElement).blur());
    await keyboard.press("Alt+2");
    await tabTo(page, "listbox", "Events in order of time");
    await keyboard.press("End");
    await eventually(() => page.locator('.event-row[aria-selected="true"]').count()).toBe(1);
    await keyboard.press("Home");
    await keyboard.press("ArrowDown");
    await eventually(() => page.locator('.event-row[aria-selected="true"]').getAttribute("aria-posinset")).toBe("2");
  });

  it("a key is changed, a taken one is named, and all come back", async (context) => {
    const page = await openPage(context, withAxe);
    const bookmarks = () => page.locator(".bookmark").count();
    await tabTo(page, "button", "Keys");
    await page.keyboard.press("Enter");
    const dialog = page.getByRole("dialog", { name: "Keys" });
    await tabTo(page, "button", "B: change the key of “bookmark, or no bookmark, at this time”");
    await page.keyboard.press("Enter");
    await page.keyboard.press("k");
    await eventually(() => dialog.getByRole("status").textContent()).toMatch(/^K is taken by “play, pause too”/);
    await page.keyboard.press("F5");
    await eventually(() => dialog.getByRole("status").textContent()).toMatch(/^That key types no character/);
    expect(await violationsAtEverySize(page, "keys")).toEqual([]);
    await page.keyboard.press("q");
    await eventually(() => dialog.getByRole("status").textContent()).toMatch(/^Q is the key of “bookmark/);
    // Escape ends only the choice.
    await button(page, "F: change the key of “on a frame: follow its conversation”").press("Enter");
    await page.keyboard.press("Escape");
    expect(await dialog.count()).toBe(1);
    await page.keyboard.press("Escape");
    await eventually(() => dialog.count()).toBe(0);
    await page.reload();
    await button(page, "Log on all").waitFor();
    await page.locator(".brand").click();
    await page.keyboard.press("b");
    await page.keyboard.press("q");
    await eventually(bookmarks).toBe(1);
    await button(page, "Keys").click();
    // A sign that this keyboard has with Shift.
    await button(page, "F: change the key of “on a frame: follow its conversation”").press("Enter");
    await page.keyboard.press("Shift+?");
    await eventually(() => dialog.getByRole("status").textContent()).toMatch(/^\? is the key of “on a frame: follow/);
    await button(page, "As at first").click();
    expect(await button(page, "As at first").evaluate((e) => e === document.activeElement)).toBe(true);
    await page.keyboard.press("Escape");
    await page.locator(".brand").click();
    await page.keyboard.press("q");
    await page.keyboard.press("b");
    await eventually(bookmarks).toBe(0);
  });

  it("the presenter obeys the chosen keys, and their switch", async (context) => {
    const page = await openPage(context);
    await button(page, "Keys").click();
    await button(page, /^Space: change the key/).press("Enter");
    await page.keyboard.press("q");
    await page.keyboard.press("Escape");
    await button(page, /^Full screen: MS-DOS/).click();
    const present = page.locator("dialog.presenter");
    await present.locator(".screen").focus();
    await page.keyboard.press("q");
    await button(present, "Pause the clock").waitFor();
    await page.keyboard.press("Space");
    expect(await button(present, "Pause the clock").count()).toBe(1);
    await page.keyboard.press("q");
    await button(present, "Run the clock").waitFor();
    await button(present, "Close").click();
    await button(page, "Keys").click();
    await page.getByRole("checkbox", { name: "Keys without Ctrl or Alt are shortcuts" }).press("Space");
    await page.keyboard.press("Escape");
    await button(page, /^Full screen: MS-DOS/).click();
    await present.locator(".screen").focus();
    await page.keyboard.press("q");
    await page.keyboard.press("Space");
    expect(await button(present, "Run the clock").count()).toBe(1);
  });

  it("a control that ends its own use leaves the focus on its group, where the same key activates nothing", async (context) => {
    const page = await openPage(context);
    const focused = () =>
      page.evaluate(() => {
        const element = document.activeElement;
        return element?.getAttribute("aria-label") ?? (element?.querySelector("legend") ?? element)?.textContent ?? "";
      });
    await button(page, "Log on all").press("Enter");
    await eventually(() => button(page, "Log on all").isDisabled()).toBe(true);
    await eventually(focused).toBe("All machines");
    await page.keyboard.press("Enter");
    await button(page, "Undo the last action").press("Enter");
    await eventually(() => button(page, "Undo the last action").isDisabled()).toBe(true);
    await eventually(focused).toBe("Time");
    // It was the only action, and it stays undone.
    await page.keyboard.press("Enter");
    expect(await button(page, "Undo the last action").isDisabled()).toBe(true);
    const nt = machineCard(page, "windows-nt");
    await button(nt, /^Log on:/).press("Enter");
    await eventually(() => button(nt, /^Log on:/).isDisabled()).toBe(true);
    await eventually(() => nt.locator(".controls:focus").count()).toBe(1);
    await button(page, "Lessons").click();
    await page.getByRole("menuitem", { name: /What is this ICMP/ }).click();
    await page.locator(".tour").waitFor();
    await eventually(() => page.locator(".lesson :focus").count()).toBe(1);
    await button(page, "End the lesson").press("Enter");
    await eventually(() => page.locator(".lesson").count()).toBe(0);
    await eventually(focused).toBe("Bench");
    await button(page, "End the tour").press("Enter");
    await eventually(() => page.locator(".tour").count()).toBe(0);
    await eventually(focused).toBe("Bench");
  });

  it("single keys are switched off for good, and Alt with an arrow stays on the page", async (context) => {
    const page = await openPage(context);
    await button(page, "Keys").click();
    await page.getByRole("checkbox", { name: "Keys without Ctrl or Alt are shortcuts" }).press("Space");
    await page.keyboard.press("Escape");
    await page.reload();
    await button(page, "Log on all").waitFor();
    await page.locator(".brand").click();
    await page.keyboard.press("b");
    await page.keyboard.press("k");
    expect(await page.locator(".bookmark").count()).toBe(0);
    expect(await page.locator(".transport .play").textContent()).toBe("Play");
    await openView(page, "Monitor");
    const prevented = await page.locator('.view [role="grid"]').evaluate((grid) => {
      const event = new KeyboardEvent("keydown", { key: "ArrowLeft", altKey: true, bubbles: true, cancelable: true });
      return !grid.dispatchEvent(event);
    });
    expect(prevented).toBe(true);
    await page.keyboard.press("/");
    expect(await page.evaluate(() => document.activeElement?.classList.contains("filter-input"))).toBe(false);
  });

  it("reaches everything that can be worked, and shows where the focus is", async (context) => {
    const page = await openPage(context);
    await button(page, "Play the article").click();
    await page.getByLabel("Speed").selectOption("600");
    await page.waitForFunction(() => /still pushing/.test(document.querySelector(".story")?.textContent ?? ""), null, { timeout: 120_000 });
    await button(page, "Pause").click();
    for (const [view, whole] of [
      ["Bench", ".machine .glass"],
      ["Timeline", ".event-row"],
      ["Monitor", ".packet-row[data-class]"],
      ["Comparison", ".what-if-table tbody tr:nth-child(8)"],
    ] as const) {
      await openView(page, view);
      await page.locator(whole).first().waitFor();
      const wanted = await page.evaluate(() => {
        const all = [...document.querySelectorAll<HTMLElement>("button, select, input, textarea, a[href], [tabindex='0']")];
        const live = all.filter((e) => !e.matches(":disabled") && e.tabIndex >= 0 && e.getClientRects().length > 0);
        for (const [i, e] of live.entries()) e.dataset["e2e"] = String(i);
        return live.map((e) => e.getAttribute("aria-label") ?? e.textContent ?? e.tagName);
      });
      await page.evaluate(() => (document.activeElement as HTMLElement).blur());
      const reached = new Set<number>();
      const unseen: string[] = [];
      for (let i = 0; i < wanted.length + 12; i++) {
        await page.keyboard.press("Tab");
        const found = await page.evaluate(() => {
          const e = document.activeElement as HTMLElement;
          const ringOn = (at: Element | null): boolean => {
            if (!at) return false;
            const { outlineStyle, outlineWidth, boxShadow } = getComputedStyle(at);
            return (outlineStyle !== "none" && Number.parseFloat(outlineWidth) >= 1) || boxShadow !== "none";
          };
          // A field with buttons in it has its ring around all of them.
          const ring = ringOn(e) || (e.matches("input") && ringOn(e.closest(".filter-box")));
          const box = e.getBoundingClientRect();
          const inSight = box.bottom > 0 && box.top < innerHeight && box.right > 0 && box.left < innerWidth;
          return {
            at: e.dataset["e2e"],
            name: e.getAttribute("aria-label") ?? (e.textContent || e.className || e.outerHTML.slice(0, 90)),
            ring,
            inSight,
          };
        });
        if (found.at === undefined) continue;
        reached.add(Number(found.at));
        if (!found.ring || !found.inSight) unseen.push(`${view}: ${found.name} (ring ${found.ring}, in sight ${found.inSight})`);
      }
      expect(unseen).toEqual([]);
      expect(wanted.filter((_, i) => !reached.has(i)).map((name) => `${view}: ${name}`)).toEqual([]);
    }
  });
});

/** A lesson in the built studio: beside other documents, and by keyboard alone. */

import { readFileSync } from "node:fs";
import type { Locator, Page } from "playwright-core";
import { describe, expect, it } from "vitest";
import { button, eventually, machineCard, playhead, studioPages, waitForMove } from "../testing/studio-page.ts";

const CAPTURE = new URL("../../../../protocol/capture/test-captures/zeek-conn-size.pcap", import.meta.url);
const SCENARIO = new URL("../../../../../scenarios/kb-q159302.yaml", import.meta.url);

const openPage = studioPages(
  new Map([
    ["/none.pcap", readFileSync(CAPTURE)],
    // Has the file name of the article's scenario but another title, so the article's lessons are not about its run.
    ["/kb-q159302.yaml", new TextEncoder().encode(readFileSync(SCENARIO, "utf8").replace(/^title: .*/m, "title: A day of our own"))],
  ]),
);

const lessonBar = (page: Page) => page.locator(".lesson");
const runName = (page: Page) => page.locator(".document-name").textContent();

async function startLesson(page: Page, title: RegExp): Promise<void> {
  await button(page, "Lessons").click();
  await page.getByRole("menuitem", { name: title }).click();
  await lessonBar(page).waitFor();
  await page.locator(".tour-caption").getByText("1 of 10: ").waitFor();
}

function drop(page: Page, name: string): Promise<void> {
  return page.evaluate(async (wanted) => {
    const dataTransfer = new DataTransfer();
    dataTransfer.items.add(new File([await (await fetch(`/${wanted}`)).blob()], wanted));
    document.dispatchEvent(new DragEvent("drop", { dataTransfer, bubbles: true, cancelable: true }));
  }, name);
}

describe("other documents during a lesson", () => {
  it("a capture covers the questions and the captions, and the lesson goes on where it was", async (context) => {
    const page = await openPage(context);
    const lesson = lessonBar(page);
    const field = lesson.getByRole("textbox");
    await startLesson(page, /Why do they come again/);
    await field.fill("59");
    await button(lesson, "Check").click();
    await lesson.getByText(/^Not so\./).waitFor();
    await drop(page, "none.pcap");
    await lesson.getByText("The questions are about the run in the lab, not about “none.pcap”.").waitFor();
    expect(await field.isVisible()).toBe(false);
    expect(await page.locator(".tour").count()).toBe(0);
    await button(lesson, "Back to the lesson").click();
    await eventually(() => page.locator('.view-tab[aria-selected="true"]').textContent()).toBe("Bench");
    expect(await field.inputValue()).toBe("59");
    expect(await field.evaluate((element) => element === document.activeElement)).toBe(true);
    expect(await lesson.locator(".lesson-verdict").textContent()).toMatch(/^Not so\./);
    await page.locator(".tour-caption").waitFor();

    // The capture is shown again, by a key from the answer's field, and closed.
    await page.keyboard.press("Alt+PageDown");
    await button(lesson, "Back to the lesson").waitFor();
    await page.keyboard.press("Alt+w");
    await field.waitFor();
    await field.fill("60");
    await page.keyboard.press("Enter");
    await lesson.getByText(/^Right\./).waitFor();
  });

  it("a key right behind the one that hid the answer’s field is not taken for text", async (context) => {
    const page = await openPage(context);
    const lesson = lessonBar(page);
    await startLesson(page, /Why do they come again/);
    await drop(page, "none.pcap");
    await button(lesson, "Back to the lesson").click();
    const field = lesson.getByRole("textbox");
    await field.focus();
    await field.evaluate((element) => {
      const press = (key: string) =>
        document.activeElement?.dispatchEvent(new KeyboardEvent("keydown", { key, altKey: true, bubbles: true, cancelable: true }));
      press("PageDown");
      // The field is hidden, and has the focus.
      queueMicrotask(() => {
        if (document.activeElement !== element || element.checkVisibility()) throw new Error("the field is not what the test needs");
        press("w");
      });
    });
    await eventually(() => page.locator(".document-tab").count()).toBe(0);
    await field.waitFor();
  });

  it("a scenario file replaces the run, and the lesson’s run comes back with its tour and what was done in it", async (context) => {
    const page = await openPage(context);
    const lesson = lessonBar(page);
    await startLesson(page, /Why do they come again/);
    await button(page, "Pause").click();
    await button(page, "Next moment").click();
    await page.locator(".tour-caption").getByText("2 of 10: ").waitFor();
    await button(page, "Reboot all").click();
    await lesson.getByText("You have changed this run: ").waitFor();
    await button(page, "Pause").click();
    const timeUs = await playhead(page);
    await drop(page, "kb-q159302.yaml");
    await eventually(() => runName(page)).toBe("A day of our own");
    await lesson.getByText("The questions are about another run, not about “A day of our own”.").waitFor();
    expect(await lesson.getByRole("textbox").isVisible()).toBe(false);
    await button(lesson, "Back to the lesson").click();
    await lesson.getByRole("textbox").waitFor();
    expect(await runName(page)).toBe("The article, Q159302");
    expect(await playhead(page)).toBe(timeUs);
    expect(await button(page, "Undo the last action").isEnabled()).toBe(true);
    await button(page, "Continue the tour").waitFor();

    // The lesson's run also comes back if the page is reloaded while the other run is open.
    await button(page, "Scenarios").click();
    await page.getByRole("menuitem", { name: /orderly-logoff/ }).click();
    await button(lesson, "Back to the lesson").waitFor();
    await eventually(() => new URL(page.url()).hash).toContain("run=orderly-logoff");
    await page.reload();
    await button(lesson, "Back to the lesson").click();
    await lesson.getByText("Question 1 of 3").waitFor();
    expect(await runName(page)).toBe("The article, Q159302");
    await button(page, "Continue the tour").waitFor();
  });
});

/** What a screen reader is told since the last key: texts that appear in live regions, and of each control that gets the focus its group and its name. */
async function listen(page: Page): Promise<() => Promise<string[]>> {
  await page.evaluate(() => {
    const heard: string[] = [];
    Object.assign(globalThis, { heard, pointers: 0 });
    addEventListener("keydown", () => heard.splice(0), true);
    addEventListener("pointerdown", () => Object.assign(globalThis, { pointers: 1 }), true);
    addEventListener("focusin", ({ target }) => {
      const element = target as HTMLElement;
      const name = element.ariaLabel ?? (element as HTMLInputElement).labels?.[0]?.textContent ?? element.textContent;
      heard.push([element.closest("fieldset")?.querySelector("legend")?.textContent, name?.trim()].filter(Boolean).join(" | "));
    });
    new MutationObserver((changes) => {
      for (const { target } of changes) {
        const region = (target instanceof Element ? target : target.parentElement)?.closest("[role=status]");
        if (region?.textContent && !heard.includes(region.textContent)) heard.push(region.textContent);
      }
    }).observe(document.body, { subtree: true, childList: true, characterData: true });
  });
  return () =>
    page.evaluate(() => {
      const { heard, pointers } = globalThis as unknown as { heard: string[]; pointers: number };
      if (pointers > 0) throw new Error("the pointer was used");
      return heard;
    });
}

/** Presses a key as often as it takes to get to a control. */
async function goTo(page: Page, control: Locator, key: "Tab" | "Shift+Tab"): Promise<void> {
  for (let presses = 0; presses < 60; presses++) {
    if (await control.evaluate((element) => element === document.activeElement)) return;
    await page.keyboard.press(key);
  }
  throw new Error(`no way to ${control} by ${key}`);
}

async function openByKeyboard(page: Page, lesson: number): Promise<void> {
  await goTo(page, button(page, "Lessons"), "Tab");
  await page.keyboard.press("Enter");
  await page.getByRole("menuitem").first().waitFor();
  for (let i = 1; i < lesson; i++) await page.keyboard.press("ArrowDown");
  await page.keyboard.press("Enter");
  await lessonBar(page).waitFor();
}

const press = async (page: Page, ...keys: readonly string[]): Promise<void> => {
  for (const key of keys) await page.keyboard.press(key);
};

describe("a whole lesson by keyboard alone, as a screen reader tells it", () => {
  it("lesson 1, over a reload", async (context) => {
    const page = await openPage(context);
    let heard = await listen(page);
    const told = (text: RegExp) => eventually(async () => (await heard()).join("\n")).toMatch(text);
    await openByKeyboard(page, 1);
    await told(/^What is this ICMP\? Question 1 of 3\. .*Which ICMP message does Windows 95 send back\? \| Echo reply$/m);
    // First a wrong answer, then the right one.
    await press(page, "Space", "Enter");
    await told(/^Not so\. Look at the caption of the tour’s moment “The first ICMP error”/m);
    await press(page, "ArrowDown", "ArrowDown");
    await told(/\| Destination unreachable, port unreachable$/m);
    await press(page, "Enter");
    await told(/^Right\. The machine is there, but no program listens/m);
    await told(/^Next question$/m);
    await press(page, "Enter");
    await told(/^What is this ICMP\? Question 2 of 3\. Which UDP port of Windows 95 is closed\? \| Your answer, a number$/m);

    // A reload leaves the lesson at its question, and offers to go on with the tour.
    await eventually(() => new URL(page.url()).hash).toContain("play=scenario");
    await page.reload();
    await lessonBar(page).getByText("Question 2 of 3").waitFor();
    heard = await listen(page);
    await goTo(page, button(page, "Next moment"), "Shift+Tab");
    const caption = page.locator(".tour-caption");
    for (let presses = 0; presses < 6 && !(await caption.textContent())?.includes("The first ICMP error"); presses++) {
      const before = await caption.textContent();
      await press(page, "Enter");
      await eventually(() => caption.textContent()).not.toBe(before);
    }
    await told(/The first ICMP error\. Mail again, .* no program listens at UDP port \d+/);
    const port = /listens at UDP port (\d+)/.exec((await heard()).join("\n"))?.[1] ?? "";
    await goTo(page, lessonBar(page).getByRole("textbox"), "Tab");
    await page.keyboard.type(`${port}0`);
    await press(page, "Enter");
    await told(/^Not so\. The server's list has it/m);
    await press(page, "End", "Backspace", "Enter");
    await told(/^Right\. It is the port that the mail client named/m);
    await press(page, "Enter");
    await told(/Question 3 of 3\. Where does the server have that port from\? \| From the mail client, at its logon$/m);
    await press(page, "Space", "Enter");
    await told(/^Right\. The server keeps it with the session/m);
    await told(/^Finish$/m);
    await press(page, "Enter");
    await told(/^What is this ICMP\? That was the last question\.$/m);
    await press(page, "Tab");
    await told(/^Next lesson: Why do they come again and again\?$/m);
    await press(page, "Tab");
    await told(/^End the lesson$/m);
    await press(page, "Enter");
    await eventually(() => lessonBar(page).count()).toBe(0);
  });

  it("lesson 2, with a look at the end of the run", async (context) => {
    const page = await openPage(context);
    const heard = await listen(page);
    const told = (text: RegExp) => eventually(async () => (await heard()).join("\n")).toMatch(text);
    const answer = async (text: string): Promise<void> => {
      await press(page, "Control+a");
      await page.keyboard.type(text);
      await press(page, "Enter");
    };
    await openByKeyboard(page, 2);
    await told(/Question 1 of 3\. How many seconds are there between two ICMP errors of Windows 95\? \| Your answer, a number$/m);
    await answer("1 minute");
    await told(/^Type a whole number in digits, without a unit\.$/m);
    await answer("61");
    await told(/^Not so\. Look at the caption/m);
    await answer("60");
    await told(/^Right\. The server repeats its datagram/m);
    await told(/^Next question$/m);
    await press(page, "Enter");
    await told(/Question 2 of 3\. How many ICMP errors does Windows 95 send in all\?/);

    const slider = page.getByRole("slider", { name: "Playhead" });
    await goTo(page, slider, "Tab");
    await press(page, "End");
    const count = machineCard(page, "windows-9x").locator(".icmp-count");
    await waitForMove(page, Number(await slider.getAttribute("max")));
    await count.waitFor();
    const errors = /\d+/.exec((await count.textContent()) ?? "")?.[0] ?? "";
    // The shortcut moves the focus from the slider to the lesson; Tab would go through the controls of all machines.
    await press(page, "Alt+l");
    await told(/Question 2 of 3\. .* \| Your answer, a number$/m);
    await answer(errors);
    await told(/^Right\. One for each datagram that found the port closed/m);
    await press(page, "Enter");
    await told(/Question 3 of 3\. How many of them does the mail server hear of\?/);
    await answer("1");
    await told(/^Not so\./m);
    // The user presses "Show the answer".
    await goTo(page, button(page, "Show the answer"), "Tab");
    await press(page, "Enter");
    await told(/^It is: 0\. The server's TCP\/IP gets them/m);
    await told(/^Finish$/m);
    await press(page, "Enter");
    await told(/^Why do they come again and again\? That was the last question\.$/m);
    await press(page, "Tab");
    await press(page, "Enter");
    await told(/When do they end\? Question 1 of 2\. /);
  });
});

it("in a narrow window the bars of a lesson stand below the header, not over it", async (context) => {
  const page = await openPage(context);
  await openByKeyboard(page, 1);
  await page.setViewportSize({ width: 320, height: 640 });
  // Both positions are read in one call, because the tour may scroll the page to its machine between two calls.
  const gap = await page.locator(".tour").evaluate((tour) => {
    const header = document.querySelector(".header");
    return header === null ? Number.NaN : tour.getBoundingClientRect().top - header.getBoundingClientRect().top - header.scrollHeight;
  });
  expect(gap).toBeGreaterThanOrEqual(-1);
});

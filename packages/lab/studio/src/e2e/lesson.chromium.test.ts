/** A lesson in the built studio: beside other documents, and by keyboard alone. */

import { readFileSync } from "node:fs";
import type { Page } from "playwright-core";
import { describe, expect, it } from "vitest";
import { button, eventually, playhead, studioPages } from "../testing/studio-page.ts";

const CAPTURE = new URL("../../../../protocol/capture/test-captures/zeek-conn-size.pcap", import.meta.url);
const SCENARIO = new URL("../../../../../scenarios/kb-q159302.yaml", import.meta.url);

const openPage = studioPages(
  new Map([
    ["/none.pcap", readFileSync(CAPTURE)],
    // The name of the scenario of the article, whose lessons are of another run.
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

    // The capture is shown again, and closed.
    await page.getByRole("tab", { name: "none.pcap", exact: true }).click();
    await button(lesson, "Back to the lesson").waitFor();
    await page.keyboard.press("Alt+w");
    await field.waitFor();
    await field.fill("60");
    await page.keyboard.press("Enter");
    await lesson.getByText(/^Right\./).waitFor();
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

    // After a reload in the other run, too.
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

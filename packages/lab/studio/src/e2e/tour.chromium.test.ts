/** The tour and the lessons for a newcomer: what a caption points at is in the picture, and a lesson can be finished. */

import type { Page } from "playwright-core";
import { expect, it } from "vitest";
import { button, eventually, playhead, studioPages } from "../testing/studio-page.ts";

const openStudio = studioPages();

/** What hides the card that the tour's caption is about: the edges of the window, the captions above and the transport below. Empty if all of it can be seen. */
function hiddenEdges(page: Page): Promise<string[]> {
  return page.evaluate(() => {
    const card = document.querySelector(".card.is-looked-at")?.getBoundingClientRect();
    const captions = document.querySelector(".above-view")?.getBoundingClientRect();
    const transport = document.querySelector(".transport")?.getBoundingClientRect();
    if (!card || !captions || !transport) return ["no card"];
    return [
      captions.top < 0 && "captions above the window",
      card.top < captions.bottom && "card below the captions",
      card.bottom > Math.min(innerHeight, transport.top) + 1 && "card below the window",
    ].filter((edge) => edge !== false);
  });
}

it.for([
  [1280, 800],
  [390, 844],
])("shows the card of each moment, at %i × %i", async ([width, height], context) => {
  const page = await openStudio(context, { viewport: { width, height } });
  await button(page, "Play the article").click();
  const caption = page.locator(".tour-caption");
  for (let moment = 1; moment <= 10; moment++) {
    await eventually(() => caption.textContent()).toMatch(new RegExp(`^${moment} of 10: `));
    await eventually(() => hiddenEdges(page)).toEqual([]);
    const outside = await page.$$eval(".machine .controls button", (controls) =>
      controls.flatMap((control) => {
        const card = control.closest(".card");
        return card && control.getBoundingClientRect().bottom > card.getBoundingClientRect().bottom ? [control.textContent] : [];
      }),
    );
    expect(outside, `moment ${moment}`).toEqual([]);
    const rows = await page.$eval(".sessions", (list) => list.scrollHeight - list.clientHeight);
    expect(rows, `hidden height of the server's list, moment ${moment}`).toBeLessThan(3);
    if (moment < 10) await button(page, "Next moment").click();
  }
});

it("can be paused from its bar in a narrow window, where the transport is far below", async (context) => {
  const page = await openStudio(context, { viewport: { width: 390, height: 844 } });
  await button(page, "Play the article").click();
  await button(page, "Pause the tour").click();
  await button(page, "Go on").click();
  await button(page, "Pause the tour").waitFor();
});

it("has other captions after the user has logged the followed machine off", async (context) => {
  const page = await openStudio(context);
  const caption = page.locator(".tour-caption");
  await button(page, "Play the article").click();
  await caption.getByText("1 of 10: ").waitFor();
  await button(page, "Pause").click();
  // Two seconds before the reboot, when the first mail has been read.
  for (let moment = 2; moment <= 4; moment++) {
    await button(page, "Next moment").click();
    await eventually(() => caption.textContent()).toContain(`${moment} of 10: `);
  }
  // Beside the captions, too, all entries of the card's menu are in sight.
  await page.getByRole("button", { name: /^Write mail: Windows 95/ }).click();
  const hiddenPx = await page.getByRole("menu").evaluate(({ scrollHeight, clientHeight }) => scrollHeight - clientHeight);
  expect(hiddenPx).toBe(0);
  await page.keyboard.press("Escape");
  await page.getByRole("button", { name: /^Log off: Windows 95/ }).click();
  await eventually(() => caption.textContent()).not.toContain("of 10: ");
  const captions = [await caption.textContent()];
  while (await button(page, "Next moment").isEnabled()) {
    const before = await caption.textContent();
    await button(page, "Next moment").click();
    await eventually(() => caption.textContent()).not.toBe(before);
    captions.push(await caption.textContent());
  }
  expect(captions.join("\n")).toMatch(/The user of Windows 95 logs off/);
  expect(captions.join("\n")).not.toMatch(/rebooted|port unreachable|keep-alive, reset/);
});

it("asks for a number where a unit was typed, and leads to the next lesson at the end", async (context) => {
  const page = await openStudio(context);
  await button(page, "Lessons").click();
  await page.getByRole("menuitem", { name: /Why do they come again/ }).click();
  const lesson = page.getByRole("region", { name: "Lesson: Why do they come again and again?" });
  const answer = async (text: string) => {
    await lesson.getByRole("textbox").fill(text);
    await button(lesson, "Check").click();
  };
  await answer("60 s");
  await eventually(() => lesson.getByRole("status").textContent()).toContain("without a unit");
  for (const right of ["60", "116"]) {
    await answer(right);
    await button(lesson, "Next question").click();
  }
  await answer("0");
  await button(lesson, "Finish").click();
  await lesson.getByRole("button", { name: /^Next lesson: / }).click();
  await page.getByRole("region", { name: "Lesson: When do they end?" }).waitFor();
});

const runName = (page: Page) => page.locator(".document-name").textContent();
const addressed = (page: Page, part: string) => eventually(() => new URL(page.url()).hash).toContain(part);

it("is there again at its place after Back and Forward, paused or not", async (context) => {
  const page = await openStudio(context);
  const caption = page.locator(".tour-caption");
  await addressed(page, "play=free");
  await button(page, "Play the article").click();
  await caption.getByText("1 of 10: ").waitFor();
  await addressed(page, "play=scenario");
  // First while the tour's clock runs.
  await page.goBack();
  await eventually(() => runName(page)).toBe("Free play");
  await eventually(() => caption.count()).toBe(0);
  await page.goForward();
  await caption.getByText("1 of 10: ").waitFor();
  expect(await page.locator(".transport .play").textContent()).toBe("Play");
  for (let moment = 2; moment <= 5; moment++) {
    await button(page, "Next moment").click();
    await eventually(() => caption.textContent()).toContain(`${moment} of 10: `);
  }
  const timeUs = await playhead(page);
  await eventually(() => Math.abs(Number(/t=(\d+)/.exec(page.url())?.[1]) - timeUs)).toBeLessThan(1_000_000);
  // Then while the clock stands; twice, because the captions may not have been found yet the first time.
  for (let i = 0; i < 2; i++) {
    await page.goBack();
    await eventually(() => runName(page)).toBe("Free play");
    await page.goForward();
    await eventually(() => runName(page)).not.toBe("Free play");
  }
  await caption.getByText("5 of 10: The first ICMP error").waitFor();
  expect(await playhead(page)).toBe(timeUs);
  await button(page, "Continue the tour").click();
  await eventually(() => page.getByLabel("Speed").inputValue()).toBe("tour");
});

it("a lesson is there again at its question after Back and Forward, and is not asked beside another run", async (context) => {
  const page = await openStudio(context);
  await addressed(page, "play=free");
  await button(page, "Lessons").click();
  await page.getByRole("menuitem", { name: /Why do they come again/ }).click();
  const lesson = page.locator(".lesson");
  await lesson.getByRole("textbox").fill("60");
  await button(lesson, "Check").click();
  await addressed(page, "play=scenario");
  // The entry has the question in the same task: Back may come before the next one.
  const asked = await button(lesson, "Next question").evaluate((element: HTMLElement) => {
    element.click();
    return history.state.guide?.lesson?.at;
  });
  expect(asked).toBe(1);
  await lesson.getByText("Question 2 of 3").waitFor();
  await page.goBack();
  await eventually(() => runName(page)).toBe("Free play");
  await eventually(() => lesson.count()).toBe(0);
  await page.goForward();
  await lesson.getByText("Question 2 of 3").waitFor();
  await button(page, "Continue the tour").waitFor();
});

it("is there again when the lab’s worker has failed and the run is brought back", async (context) => {
  const page = await openStudio(context, {}, "", /out of order/);
  const caption = page.locator(".tour-caption");
  await button(page, "Play the article").click();
  await caption.getByText("1 of 10: ").waitFor();
  await button(page, "Next moment").click();
  await caption.getByText("2 of 10: ").waitFor();
  await button(page, "Pause").click();
  await page.workers()[0]?.evaluate(() => {
    setTimeout(() => {
      throw new Error("out of order");
    });
  });
  await button(page, "Bring the run back").click();
  await button(page, "Continue the tour").waitFor();
  expect(await caption.textContent()).toContain("2 of 10: ");
});

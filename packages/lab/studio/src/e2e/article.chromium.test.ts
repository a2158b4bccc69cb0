/** The article's case in the built studio, operated as a user does: without planned steps, with five machines and a mouse; then again in files. */

import { readFileSync } from "node:fs";
import { PLATFORMS } from "@pushback/scenario";
import { describe, expect, it } from "vitest";
import { Analyzer } from "../analyzer/analyzer.ts";
import {
  button,
  dragTo,
  eventually,
  icmpCounts,
  MACHINES,
  machineCard,
  openView,
  playhead,
  savedBy,
  studioPages,
  waitForEnd,
} from "../testing/studio-page.ts";

const openPage = studioPages();
const MINUTE_US = 60_000_000;

async function framesIn(path: string, filter: string): Promise<number> {
  const analyzer = new Analyzer();
  expect((await analyzer.openCapture("kept.pcapng", readFileSync(path))).ok).toBe(true);
  while (analyzer.state().indexed < analyzer.state().frames) await analyzer.advance();
  if (filter === "") return analyzer.state().frames;
  let found = 0;
  await analyzer.applyFilter(filter, (part) => {
    found += part.frames.length;
  });
  return found;
}

describe("the article, by hand", () => {
  it("goes from the logon to the exported capture", async (context) => {
    const page = await openPage(context);
    const speed = (value: string) => page.getByLabel("Speed").selectOption(value);
    const sessions = page.getByRole("region", { name: "Sessions" });

    await speed("10");
    await button(page, "Log on all").click();
    await eventually(() => sessions.locator("tbody tr").count()).toBe(PLATFORMS.length);
    for (const name of MACHINES)
      expect(await machineCard(page, name).locator(".lamps").textContent(), name).toMatch(/Session: .*(open|logged)/i);

    // Every client is rebooted before the mail comes, so that none fetches it.
    await button(page, "Reboot all").click();
    await page.getByLabel("Subject").fill("Are you there?");
    await button(page, "Deliver mail").click();
    await eventually(() => sessions.locator("td.pending").count()).toBe(PLATFORMS.length);
    const crashedUs = await playhead(page);
    expect(await icmpCounts(page)).toEqual([0, 0, 0, 0, 0]);

    // Half an hour: every stack is up again, and answers each datagram.
    await dragTo(page, crashedUs + 30 * MINUTE_US);
    await eventually(() => icmpCounts(page)).not.toContain(0);
    const half = await icmpCounts(page);
    for (const count of half) expect(count).toBeGreaterThan(20);
    expect(await page.locator(".story").textContent()).toMatch(/5 sessions are still pushing/);

    // The counts grow while the clock runs…
    await speed("600");
    await button(page, "Play").click();
    await page.waitForFunction((before) => {
      const now = [...document.querySelectorAll(".icmp-count")].map((e) => Number.parseInt(e.textContent ?? "", 10));
      return now.length === 5 && now.every((n, i) => n > before[i]);
    }, half);
    await button(page, "Pause").click();

    // … and they stop two hours after the server has last heard from a client.
    await dragTo(page, crashedUs + 125 * MINUTE_US);
    await eventually(() => sessions.textContent()).toMatch(/No session is open\..*5 ended/s);
    const ended = await icmpCounts(page);
    for (const [i, count] of ended.entries()) expect(count).toBeGreaterThan(half[i]);
    await dragTo(page, crashedUs + 180 * MINUTE_US);
    await eventually(() => playhead(page)).toBeGreaterThan(crashedUs + 179 * MINUTE_US);
    expect(await icmpCounts(page)).toEqual(ended);
    expect(await page.locator(".story").textContent()).toBe(
      `The old sessions have ended, and so have the ICMP errors: ${ended.reduce((sum, n) => sum + n, 0)} in all.`,
    );

    // After the next logon, new mail is announced and can be read as before.
    await speed("10");
    await button(page, "Log on all").click();
    await eventually(() => sessions.locator("tbody tr").count()).toBe(PLATFORMS.length);
    await page.getByLabel("Subject").fill("Welcome back");
    await button(page, "Deliver mail").click();
    const nt = machineCard(page, "windows-nt");
    await eventually(() => nt.locator(".new-mail-sign").count()).toBe(1);
    await button(nt, /^Read mail/).click();
    await eventually(() => nt.locator(".message-head").textContent()).toBe("Welcome back");
    expect(await nt.locator(".screen > p").textContent()).toContain("Welcome back");
    expect(await icmpCounts(page)).toEqual(ended);
    await button(page, "Pause").click();

    // The number's frames: a click in the comparison opens the monitor with the first error selected.
    await openView(page, "Comparison");
    const cell = page.getByRole("button", { name: /^ICMP port unreachable, Windows NT.*show its frames$/ });
    await eventually(() => cell.textContent()).toBe(String(ended[2]));
    await cell.click();
    await page.waitForSelector('[role="row"][data-current]');
    await eventually(() => page.locator(".filter-status").textContent()).toMatch(new RegExp(`^${ended[2]} of `));
    await eventually(() => page.locator('[role="tree"]').textContent()).toMatch(/Internet Control Message Protocol/i);

    // Exports the frames that another filter selects, and opens the file.
    await page.locator(".filter-input").fill("icmp.type == 3 && icmp.code == 3");
    await page.keyboard.press("Enter");
    const all = ended.reduce((sum, n) => sum + n, 0);
    await eventually(() => page.locator(".filter-status").textContent()).toMatch(new RegExp(`^${all} of `));
    await button(page, "Export").click();
    const shown = await savedBy(page, () => page.getByRole("menuitem", { name: /^Shown frames/ }).click());
    expect(await framesIn(shown.path, "")).toBe(all);

    await button(page, "File").click();
    const whole = await savedBy(page, () => page.getByRole("menuitem", { name: "Export capture (pcapng)" }).click());
    expect(whole.name).toBe("free-play.pcapng");
    expect(await framesIn(whole.path, "icmp.type == 3 && icmp.code == 3")).toBe(all);

    await button(page, "File").click();
    const chooser = page.waitForEvent("filechooser");
    await page.getByRole("menuitem", { name: "Open capture, scenario or recording…" }).click();
    await (await chooser).setFiles({ name: "again.pcapng", mimeType: "application/octet-stream", buffer: readFileSync(whole.path) });
    await eventually(() => page.locator(".document-name").textContent()).toContain("again.pcapng");
    // Opening the capture shows its diagnosis: it is what the article describes.
    await eventually(() => page.locator(".diagnosis-answer h2").textContent()).toMatch(/^Harmless/);
    await button(page, "Close again.pcapng").click();
    await eventually(() => page.locator(".document-tabs").count()).toBe(0);
  });

  it("is a tour: a caption for each moment, an audience's view, and real time as soon as a machine is used", async (context) => {
    const page = await openPage(context);
    const caption = page.locator(".tour-caption");
    const speed = page.getByLabel("Speed");
    await button(page, "Play the article").click();
    await eventually(() => caption.textContent()).toMatch(/^1 of 10: The machines start/);
    expect(await speed.inputValue()).toBe("tour");
    await button(page, "Pause").click();
    const titles: string[] = [];
    for (let i = 2; i <= 10; i++) {
      await button(page, "Next moment").click();
      await eventually(() => caption.textContent()).toMatch(new RegExp(`^${i} of 10`));
      titles.push(/: ([^.]+)/.exec((await caption.textContent()) ?? "")?.[1] ?? "");
      expect(await page.locator(".is-looked-at").count(), titles.at(-1)).toBe(1);
    }
    expect(titles).toEqual([
      "Logon",
      "First mail",
      "The reboot",
      "The first ICMP error",
      "Again and again",
      "The keep-alive probe",
      "The session ends",
      "The next logon",
      "Mail as usual",
    ]);
    for (let i = 0; i < 5; i++) await button(page, "Previous moment").click();
    await eventually(() => caption.textContent()).toMatch(/^5 of 10: The first ICMP error/);

    // Presentation mode: a machine and the caption fill the window, and the keys of a remote control go to the next and the previous moment.
    await button(page, "Present").click();
    const present = page.locator("dialog.presenter");
    expect((await present.boundingBox())?.height).toBe(800);
    const big = present.locator(".presenter-caption");
    expect(await big.textContent()).toContain("ICMP port unreachable");
    expect(await big.evaluate((element) => Number.parseFloat(getComputedStyle(element).fontSize))).toBeGreaterThan(800 / 25);
    await page.keyboard.press("PageDown");
    await eventually(() => big.textContent()).toContain("The mail is still unread");
    await page.keyboard.press("PageUp");
    await eventually(() => big.textContent()).toContain("ICMP port unreachable");
    await button(present, "Close").click();
    await present.waitFor({ state: "detached" });

    // At 600 times real time, a tenth of a second between pressing and releasing a button would be a minute of the run. So the speed becomes 1.
    await speed.selectOption("600");
    await button(page, "Play").click();
    await button(page, "Deliver mail").click();
    await eventually(() => speed.inputValue()).toBe("1");
    await button(page, "Continue the tour").click();
    await eventually(() => speed.inputValue()).toBe("tour");
    await button(page, "End the tour").click();
    expect(await caption.count()).toBe(0);
  });

  it("plays by itself, to the end", async (context) => {
    const page = await openPage(context);
    await button(page, "Play the article").click();
    await page.getByLabel("Speed").selectOption("600");
    await page.waitForFunction(() => /still pushing/.test(document.querySelector(".story")?.textContent ?? ""), null, { timeout: 120_000 });
    await page.getByLabel("Speed").selectOption("Infinity");
    await waitForEnd(page);
    expect(await page.locator(".story").textContent()).toMatch(/^The old sessions have ended/);
    expect(await page.locator(".clock-main").textContent()).toMatch(/^2:15:00/);
  });
});

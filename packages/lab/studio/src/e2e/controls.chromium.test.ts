/** Each control of the studio once with the mouse. By keyboard alone: `keyboard.chromium.test.ts`. */

import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { PLATFORMS } from "@pushback/scenario";
import { describe, expect, it } from "vitest";
import { button, cardOf, eventually, machineCard, openView, playhead, savedBy, studioPages, waitForEnd } from "../testing/studio-page.ts";

const openPage = studioPages();
const CAPTURE = fileURLToPath(new URL("../../../../protocol/capture/test-captures/zeek-conn-size.pcap", import.meta.url));

describe("with the mouse", () => {
  it("every control of a machine does what it says", async (context) => {
    const page = await openPage(context);
    const machine = machineCard(page, "windows-9x");
    const control = (name: string) => machine.locator(".control", { hasText: new RegExp(`^${name}$`) });
    const summary = () => machine.locator(".screen > p").textContent();
    /** Goes to the end of the boot instead of waiting for it. */
    const untilReady = async () => {
      await page.getByLabel("Run to next").selectOption("ready");
      await button(page, /^Go to the next: Machine ready/).click();
      await eventually(() => machine.locator(".desktop").count()).toBe(1);
    };
    const lamp = (name: string) => machine.locator(".lamp", { hasText: name }).getAttribute("class");
    await page.getByLabel("Speed").selectOption("10");

    await control("Log on").click();
    await eventually(() => machine.locator(".mail-window").count()).toBe(1);
    expect(await lamp("Session")).toContain("lamp-on");
    await page.getByLabel("To", { exact: true }).selectOption("windows-9x");
    await page.getByLabel("Subject").fill("One for you");
    await button(page, "Deliver mail").click();
    await eventually(() => machine.locator(".inbox-row").count()).toBe(1);
    await eventually(() => machine.locator(".new-mail-sign").count()).toBe(1);
    await control("Read mail").click();
    await eventually(() => machine.locator(".message-head").textContent()).toBe("One for you");
    await control("Close mail").click();
    await eventually(() => machine.locator(".inbox-row.unread").count()).toBe(0);
    // Each message of the Inbox can be opened, by a click on the machine's screen and by name from a menu.
    await page.getByLabel("Subject").fill("Another");
    await button(page, "Deliver mail").click();
    await eventually(() => machine.locator(".inbox-row").count()).toBe(2);
    await machine.locator(".inbox-row").last().click();
    await eventually(() => machine.locator(".message-head").textContent()).toBe("One for you");
    await button(machine, /^Read one of 2 messages/).focus();
    await page.keyboard.press("Enter");
    await page.getByRole("menuitem", { name: /^Another/ }).waitFor();
    await page.keyboard.press("ArrowDown");
    await page.keyboard.press("ArrowUp");
    await page.keyboard.press("Enter");
    await eventually(() => machine.locator(".message-head").textContent()).toBe("Another");
    await control("Log off").click();
    await eventually(() => machine.locator(".mail-window").count()).toBe(0);
    expect(await lamp("Session")).toContain("lamp-off");

    // The start menu on the machine's screen does the same.
    await machine.locator(".start").click();
    await machine.locator(".start-items > div", { hasText: "Microsoft Exchange" }).click();
    await eventually(() => machine.locator(".mail-window").count()).toBe(1);
    await control("Log off").click();
    await eventually(() => machine.locator(".mail-window").count()).toBe(0);

    await machine.locator(".desktop-icon").click();
    await eventually(() => machine.locator(".mail-window").count()).toBe(1);
    await control("Unplug").click();
    await eventually(() => control("Plug in").count()).toBe(1);
    await control("Plug in").click();
    await eventually(() => control("Unplug").count()).toBe(1);
    await control("Restart").click();
    await eventually(summary).toMatch(/down|boot|Restart|start/i);
    await untilReady();
    await control("Reboot").click();
    await eventually(() => lamp("Stack")).toContain("lamp-off");
    await untilReady();
    await control("Power off").click();
    await eventually(() => machine.locator(".dark-screen").count()).toBe(1);
    for (const name of ["Log on", "Read mail", "Log off", "Restart", "Reboot"]) expect(await control(name).isDisabled(), name).toBe(true);
    await control("Power on").click();
    await untilReady();
    await machine.locator(".name-button").click();
    expect(await machine.locator(".name-button").getAttribute("aria-pressed")).toBe("true");
    // Selecting a machine selects its latest event and frame in all views.
    await machine.locator(".name-button").click();
    await openView(page, "Timeline");
    await eventually(() => page.locator('.event-row[aria-selected="true"]').textContent()).toContain("windows-9x");
    await openView(page, "Monitor");
    await eventually(() => page.locator('[role="row"][data-current]').textContent()).toContain("10.1.9.104");
  });

  it("mail is written, answered and read on the machines themselves", async (context) => {
    const page = await openPage(context);
    await page.getByLabel("Speed").selectOption("10");
    await button(page, "Log on all").click();
    const [windows, mac] = [machineCard(page, "windows-9x"), machineCard(page, "macintosh")];
    for (const machine of [windows, mac]) await eventually(() => machine.locator(".mail-window").count()).toBe(1);

    // By keyboard, in the dialog.
    await button(windows, /^Write mail/).focus();
    await page.keyboard.press("Enter");
    await page.getByRole("menuitem", { name: /^New message/ }).press("Enter");
    const dialog = page.getByRole("dialog", { name: /New message/ });
    expect(await dialog.getByRole("button", { name: "Send" }).isDisabled()).toBe(true);
    expect(await windows.locator(".draft-window").count()).toBe(1);
    await dialog.getByRole("checkbox", { name: /^Macintosh/ }).press("Space");
    await dialog.getByLabel("Subject").fill("Lunch");
    await dialog.getByLabel("Text").fill("Noon?");
    await dialog.getByRole("button", { name: "Send" }).press("Enter");
    await eventually(() => mac.locator(".inbox-row", { hasText: "Lunch" }).count()).toBe(1);
    await windows.locator(".folder", { hasText: "Sent Items" }).click();
    await eventually(() => windows.locator(".inbox-row", { hasText: "Lunch" }).count()).toBe(1);

    // On the machine's screen: the new-mail sign opens the message, and the reply button of its window opens the reply dialog.
    await mac.locator(".new-mail b", { hasText: "Open" }).click();
    await eventually(() => mac.locator(".message-body").textContent()).toBe("Noon?");
    await mac.locator(".message-window .mail-tools b").first().click();
    const reply = page.getByRole("dialog", { name: /Reply to sender/ });
    await reply.getByLabel("Text").fill("Gladly");
    await reply.getByRole("button", { name: "Send" }).click();
    await windows.locator(".folder", { hasText: "Inbox" }).click();
    await eventually(() => windows.locator(".inbox-row", { hasText: "RE: Lunch" }).count()).toBe(1);

    // The menus of a Windows and of a Macintosh screen.
    for (const machine of [windows, mac]) {
      await machine
        .locator(".message-window .close")
        .click({ timeout: 1000 })
        .catch(() => {});
      await machine.locator(".glass-menu > span", { hasText: "View" }).click();
      await machine.locator(".glass-items > div", { hasText: "Folders" }).click();
      await eventually(() => machine.locator(".folder-tree").count()).toBe(0);
      await machine.locator(".glass-menu > span", { hasText: "Tools" }).click();
      await machine.locator(".glass-items > div", { hasText: "Address Book" }).click();
      await eventually(() => machine.locator(".book-window .inbox-row").count()).toBe(5);
      await machine.locator(".book-window .close").click();
      await machine.locator(".glass-menu > span", { hasText: "File" }).click();
      await machine.locator(".glass-items > div", { hasText: "Exit" }).click();
      await eventually(() => machine.locator(".mail-window").count()).toBe(0);
    }
  });

  it("all machines at once, time, scenarios, files and themes", async (context) => {
    const page = await openPage(context);
    const sessions = cardOf(page, "server").locator(".sessions tbody tr");
    const speed = page.getByLabel("Speed");
    await speed.selectOption("10");
    await button(page, "Log on all").click();
    await eventually(() => sessions.count()).toBe(PLATFORMS.length);
    await button(page, "Deliver mail").click();
    await eventually(() => button(page, "Read all").isEnabled()).toBe(true);
    await button(page, "Read all").click();
    await eventually(() => page.locator(".message-head, .row-title").count()).toBeGreaterThanOrEqual(4);
    await button(page, "Reboot all").click();
    await eventually(() => page.locator(".machine .lamp-on").count()).toBe(0);
    // A change of KeepAliveTime in the registry of a running server takes effect on open sessions: the countdown to the next probe is shorter.
    const countdown = sessions.first().locator("td").last();
    expect(await countdown.textContent()).toMatch(/^(1 h 59|2 h 00) min$/);
    await page.getByLabel("KeepAliveTime", { exact: true }).selectOption({ label: "5 min" });
    await eventually(() => countdown.textContent()).toMatch(/^4 min \d\d s$/);
    await page.getByRole("button", { name: /^A datagram every 1 min/ }).click();
    await page.getByRole("dialog").getByLabel("Notification interval").waitFor();
    await page.keyboard.press("Escape");

    await button(page, "Pause").click();
    const before = await playhead(page);
    await button(page, "Play").waitFor();
    const paused = await page.locator(".clock-main").getAttribute("title");
    await button(page, "Next event").click();
    await eventually(() => page.locator(".clock-main").getAttribute("title")).not.toBe(paused);
    expect(await page.locator(".clock-main").textContent()).toMatch(/\.\d{3}$/);
    const after = await page.locator(".clock-main").getAttribute("title");
    await button(page, "Next event").click();
    await eventually(() => page.locator(".clock-main").getAttribute("title")).not.toBe(after);
    await button(page, "Previous event").click();
    await eventually(() => page.locator(".clock-main").getAttribute("title")).toBe(after);
    await button(page, "Bookmark this time").click();
    expect(await page.locator(".bookmark").count()).toBe(1);
    await button(page, "Back to the start").click();
    await eventually(() => playhead(page)).toBe(0);
    await page.locator(".bookmark").click();
    await eventually(() => playhead(page)).toBeGreaterThanOrEqual(before);
    await page.getByLabel("Run to next").selectOption("ready");
    await button(page, /^Go to the next: Machine ready/).click();
    await eventually(() => playhead(page)).toBeGreaterThan(before + 5_000_000);
    // A click on the scrubber at a time that the run has not reached: the run goes on to that time and the playhead stays there.
    const box = await page.getByRole("slider", { name: "Playhead" }).boundingBox();
    if (!box) throw new Error("no scrubber");
    await page.mouse.click(box.x + box.width / 2, box.y + box.height / 2);
    await eventually(() => page.locator(".clock-main").textContent()).toMatch(/^[23]:\d\d:\d\d/);
    expect(Math.abs((await playhead(page)) - 3 * 3_600_000_000)).toBeLessThan(60_000_000);

    // While the clock runs, the slider does not go back to the clock's time while the run is simulated.
    await button(page, "Play").click();
    const [asked, shown] = await page.getByRole("slider", { name: "Playhead" }).evaluate(async (slider: HTMLInputElement) => {
      for (let i = 0; i < 20; i++) await new Promise(requestAnimationFrame);
      const us = Number(slider.max) - 60_000_000;
      Object.getOwnPropertyDescriptor(HTMLInputElement.prototype, "value")?.set?.call(slider, String(us));
      slider.dispatchEvent(new InputEvent("input", { bubbles: true }));
      return [us, Number(slider.value)];
    });
    expect(shown).toBe(asked);

    await button(page, "Scenarios").click();
    await page.locator(".menu-item", { hasText: "orderly-logoff" }).click();
    await speed.selectOption("Infinity");
    await waitForEnd(page);
    const recorded = await savedBy(page, async () => {
      await button(page, "File").click();
      await page.getByRole("menuitem", { name: "Export recording (JSON)" }).click();
    });
    expect(recorded.name).toBe("orderly-logoff.json");
    expect((await savedBy(page, () => button(page, "Report").click())).name).toBe("orderly-logoff-report.html");
    await eventually(() => page.locator(".notice").textContent()).toMatch(/orderly-logoff-report.html saved/);
    await button(page, "Dismiss").click();
    expect(await page.locator(".notice").count()).toBe(0);
    for (const theme of ["dark", "light"]) {
      await page.getByLabel("Theme").selectOption(theme);
      expect(await page.locator("html").getAttribute("data-theme")).toBe(theme);
    }
    await button(page, "Scenarios").click();
    await page.getByRole("menuitem", { name: /^Free play/ }).click();
    await eventually(() => page.locator(".document-name").textContent()).toBe("Free play");

    // A capture opened while a run is still being opened is shown instead of the run.
    const chooser = page.waitForEvent("filechooser");
    await button(page, "File").click();
    await page.getByRole("menuitem", { name: "Open capture, scenario or recording…" }).click();
    const capture = await chooser;
    await button(page, "Scenarios").click();
    await page.getByRole("menuitem", { name: /^Play the article/ }).click();
    await capture.setFiles(CAPTURE);
    await eventually(() => page.locator('.document-tab[data-current] [role="tab"]').textContent()).toBe("zeek-conn-size.pcap");
    expect(await page.locator('.view-tab[aria-selected="true"]').textContent()).toBe("Monitor");

    // While a capture is shown, title, report and export are about it, and there is no transport bar.
    expect(await page.locator(".document-name").textContent()).toBe("zeek-conn-size.pcap");
    expect(await page.locator(".transport").count()).toBe(0);
    const report = await savedBy(page, () => button(page, "Report").click());
    expect(report.name).toBe("zeek-conn-size-diagnosis.html");
    expect(readFileSync(report.path, "utf8")).toContain("<code>zeek-conn-size.pcap</code>");
    await button(page, "File").click();
    const download = page.waitForEvent("download");
    await page.getByRole("menuitem", { name: "Export capture (pcapng)" }).click();
    expect((await download).suggestedFilename()).toBe("zeek-conn-size.pcapng");
    await openView(page, "Bench");
    await eventually(() => page.locator(".document-name").textContent()).toMatch(/article/);
  });

  it("timeline and comparison", async (context) => {
    const page = await openPage(context);
    await button(page, "Scenarios").click();
    await page.getByRole("menuitem", { name: /^Play the article/ }).click();
    await page.getByLabel("Speed").selectOption("Infinity");
    await waitForEnd(page);

    await openView(page, "Timeline");
    const zoom = page.locator(".zoom-text");
    for (const length of ["2 h", "5 min", "1 s", "1 ms", "20 µs"]) {
      await button(page, length).click();
      await eventually(() => zoom.textContent()).toBe(length);
    }
    await button(page, "Zoom out").click();
    await eventually(() => zoom.textContent()).toBe("40 µs");
    await button(page, "Zoom in").click();
    await eventually(() => zoom.textContent()).toBe("20 µs");
    const rows = page.locator(".events-count");
    const all = Number((await rows.textContent())?.replace(",", ""));
    await page.getByLabel("Kind of event").selectOption("icmp");
    const errors = Number((await rows.textContent())?.replace(",", ""));
    expect(errors).toBeLessThan(all);
    await page.getByLabel("Machine", { exact: true }).selectOption("macintosh");
    await eventually(async () => Number(await rows.textContent()) * 5).toBe(errors);
    await page.locator(".event-row").first().click();
    await eventually(() => page.locator('.event-row[aria-selected="true"]').count()).toBe(1);
    const clock = await page.locator(".clock-main").textContent();
    expect(await page.locator('.event-row[aria-selected="true"] .event-time').textContent()).toBe(clock);
    // A click on the time axis moves the playhead, too.
    await button(page, "2 h").click();
    const canvas = await page.locator(".lanes canvas").boundingBox();
    if (!canvas) throw new Error("no lanes");
    await page.mouse.click(canvas.x + canvas.width - 30, canvas.y + 10);
    await eventually(() => page.locator(".clock-main").textContent()).not.toBe(clock);

    // The selection applies to all views.
    await page.locator('.event-row[aria-selected="true"], .event-row').first().click();
    await openView(page, "Monitor");
    await eventually(() => page.locator('[role="row"][data-current]').count()).toBe(1);

    await openView(page, "Comparison");
    const differing = page.locator(".differing");
    for (const choice of ["seed", "variants", "last-variants", "keepalive-5m", "keepalive-30m", "interval-5m"]) {
      await page.getByLabel("Beside").selectOption(choice);
      await eventually(() => differing.textContent()).toMatch(/differ/);
    }
    expect(await page.locator(".row-table td.differs").count()).toBeGreaterThan(0);
    // Compared with another scenario of the gallery at the same time: the values beside come from a run of that scenario.
    await page.getByLabel("Beside").selectOption("scenario-relogon-early");
    await eventually(() => differing.textContent()).toMatch(/differ/);
    const again = page.locator(".row-table tbody tr", { has: page.getByRole("rowheader", { name: "Logged on again" }) });
    await eventually(() => again.locator("td").first().locator(".beside").textContent()).toMatch(/≠ 0:1\d:\d\d/);
    // Compared with itself, a kept run has no differences; compared with another run, it has some.
    await button(page, "Keep this run").click();
    await eventually(() => page.getByLabel("Beside").locator("option", { hasText: "kept at" }).count()).toBe(1);
    // A kept run survives a reload of the page.
    await page.reload();
    await eventually(() => page.getByLabel("Beside").locator("option", { hasText: "kept at" }).count()).toBe(1);
    await page.getByLabel("Beside").selectOption("kept-1");
    await eventually(() => differing.textContent()).toBe("no field differs");
    // A forgotten run can be kept again.
    await button(page, "Forget the kept run").click();
    await eventually(() => page.getByLabel("Beside").locator("option", { hasText: "kept at" }).count()).toBe(0);
    expect(await page.getByLabel("Beside").evaluate((field) => field === document.activeElement)).toBe(true);
    await button(page, "Keep it").click();
    await eventually(() => page.getByLabel("Beside").inputValue()).toBe("kept-1");
    await eventually(() => differing.textContent()).toBe("no field differs");
    // Compared with a scenario file; a file that is not a scenario gives an error message.
    const openBeside = async (name: string, text: string) => {
      const chooser = page.waitForEvent("filechooser");
      await page.getByLabel("Beside").selectOption("open-file");
      await (await chooser).setFiles({ name, mimeType: "text/yaml", buffer: Buffer.from(text) });
    };
    await openBeside("early.yaml", readFileSync(new URL("../../../../../scenarios/relogon-early.yaml", import.meta.url), "utf8"));
    await eventually(() => differing.textContent()).toMatch(/differ/);
    await openBeside("broken.yaml", "title: [");
    await eventually(() => page.locator(".no-other").textContent()).toMatch(/^broken:\d+:\d+: /);
    await page.getByLabel("Beside").selectOption("none");
    await eventually(() => differing.count()).toBe(0);
    const points = page.locator(".what-if-table tbody tr");
    for (const [axis, runs] of [
      ["Notification interval", 6],
      ["Log on again after", 7],
      ["KeepAliveTime", 8],
    ] as const) {
      await button(page, `Vary ${axis}`).click();
      await eventually(() => page.locator(".what-if-table caption").textContent()).toContain(axis);
      await eventually(() => points.count()).toBe(runs);
    }
    const fourHours = await points.last().locator("td").first().textContent();
    await page.getByLabel("Notification interval", { exact: true }).selectOption("300000000");
    await eventually(() => points.count()).toBe(8);
    await eventually(() => points.last().locator("td").first().textContent()).not.toBe(fourHours);
  });
});

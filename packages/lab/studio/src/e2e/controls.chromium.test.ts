/** Each control of the studio once with the mouse, and the same way through by keyboard alone. */

import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { PLATFORMS } from "@pushback/scenario";
import type { Page } from "playwright-core";
import { describe, expect, it } from "vitest";
import { violationsAtEverySize, withAxe } from "../testing/axe.ts";
import {
  button,
  cardOf,
  eventually,
  machineCard,
  openView,
  playhead,
  savedBy,
  studioPages,
  waitForEnd,
  waitForPause,
} from "../testing/studio-page.ts";

const openPage = studioPages();
const CAPTURE = fileURLToPath(new URL("../../../../protocol/capture/test-captures/zeek-conn-size.pcap", import.meta.url));

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

  it("a reload brings back the run with its actions and bookmarks, and one click begins anew", async (context) => {
    const page = await openPage(context);
    const session = () => machineCard(page, "windows-9x").locator(".mail-window").count();
    await page.getByLabel("Speed").selectOption("10");
    await machineCard(page, "windows-9x")
      .locator(".control", { hasText: /^Log on$/ })
      .click();
    await eventually(session).toBe(1);
    await button(page, "Pause").click();
    await button(page, "Bookmark this time").click();
    const before = await playhead(page);
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

  it.for([
    ["Save as a scenario file (YAML)", "free-play.yaml", "1 bookmark"],
    ["Export recording (JSON)", "free-play.json", "1 action, 1 bookmark"],
  ])("%s: opened again, the file brings back actions, bookmark, playhead and view", async ([item, name, work], context) => {
    const page = await openPage(context);
    await page.getByLabel("Speed").selectOption("10");
    const session = () => machineCard(page, "windows-9x").locator(".mail-window").count();
    await machineCard(page, "windows-9x")
      .locator(".control", { hasText: /^Log on$/ })
      .click();
    await eventually(session).toBe(1);
    await button(page, "Pause").click();
    await button(page, "Bookmark this time").click();
    const before = await playhead(page);
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
      const controls = page.locator(
        ".header button, .header select, .transport button:not(.bookmark), .transport select, .transport input",
      );
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

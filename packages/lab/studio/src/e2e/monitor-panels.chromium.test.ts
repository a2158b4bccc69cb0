/** The monitor's expert list, colour rules, profiles and comparison of two frames in Chromium, by keyboard alone; monitor-in-studio.chromium.test.ts looks at them at every size. */

import { readFileSync } from "node:fs";
import { requireProgram } from "@pushback/judges";
import type { Page } from "playwright-core";
import { afterAll, describe, expect, it, type TestContext } from "vitest";
import { Analyzer } from "../analyzer/analyzer.ts";
import { exportFrames } from "../analyzer/export-frames.ts";
import { SourcePackets } from "../analyzer/source-packet.ts";
import { type BuiltPage, openBuiltPage } from "../testing/built-page.ts";
import { generateFrames } from "../testing/generated-frames.ts";
import { shutReadingGate } from "../testing/reading-gate.ts";

const CAPTURE = readFileSync(new URL("../../../diagnose/captures/half-open/capture.pcapng", import.meta.url));

const COMMENTS = 3000;

/** A capture in which each frame has a different comment, so that the list of remarks has COMMENTS different rows. */
function commented(): Uint8Array {
  const packets = new SourcePackets(generateFrames(COMMENTS));
  for (let frame = 1; frame <= COMMENTS; frame++) packets.comments.set(frame, `about frame ${frame}`);
  return exportFrames(packets, COMMENTS, (i) => i + 1);
}

let built: Promise<BuiltPage> | null = null;
afterAll(async () => (await built)?.close());

/** The page after it has read the whole capture. An uncaught exception or an error on the page's console fails the test. */
async function openPage(context: TestContext, query = ""): Promise<Page> {
  requireProgram(context, "chromium");
  built ??= openBuiltPage(
    "monitor-page.html",
    new Map([
      ["/half-open.pcapng", CAPTURE],
      ["/commented.pcapng", commented()],
    ]),
  );
  const { browser, address } = await built;
  const browserContext = await browser.newContext({ viewport: { width: 1280, height: 800 }, acceptDownloads: true });
  const page = await browserContext.newPage();
  page.setDefaultTimeout(120_000);
  const complaints: string[] = [];
  page.on("pageerror", (error) => complaints.push(error.message));
  page.on("console", (message) => message.type() === "error" && complaints.push(message.text()));
  context.onTestFinished(async () => {
    await browserContext.close();
    expect(complaints).toEqual([]);
  });
  await page.goto(`${address}?capture=/half-open.pcapng${query}`);
  await page.waitForSelector(".packet-row[data-class]");
  return page;
}

const filterText = (page: Page): Promise<string> => page.locator(".filter-input").inputValue();
/** An expectation that is polled until it holds. */
const eventually = <T>(read: () => T | Promise<T>) => expect.poll(read, { timeout: 120_000, interval: 50 });

describe("the experts", () => {
  it("are listed by severity; a row goes to its first frame and filters, by keyboard", async (context) => {
    const page = await openPage(context);
    await page.getByRole("tab", { name: "Frame", exact: true }).focus();
    await page.keyboard.press("End");
    await page.getByRole("grid", { name: "Experts’ remarks" }).waitFor();
    // The same numbers as the analyzer's, which are tshark's (apps/cli, show-options.test.ts).
    const analyzer = new Analyzer();
    expect((await analyzer.openCapture("half-open.pcapng", new Uint8Array(CAPTURE))).ok).toBe(true);
    while (analyzer.state().indexed < analyzer.state().frames) await analyzer.advance();
    const view = await analyzer.experts("all", () => {});
    const totalOf = (...severities: string[]) =>
      (view?.rows ?? []).filter(({ severity }) => severities.includes(severity)).reduce((sum, { count }) => sum + count, 0);
    const all = totalOf("error", "warning", "note", "chat", "comment");
    expect(all).toBeGreaterThan(40);
    await eventually(() => page.locator(".expert-sum").textContent()).toBe(`${all} remarks on 160 frames`);
    expect(await page.locator(".expert-heading").first().textContent()).toBe(`Warnings (${totalOf("warning")})`);

    const grid = page.locator(".expert-list");
    await grid.focus();
    await page.keyboard.press("ArrowDown");
    await page.keyboard.press("ArrowDown");
    const row = page.locator(".expert-row[aria-selected=true]");
    expect(await grid.getAttribute("aria-activedescendant")).toBe(await row.getAttribute("id"));
    expect(await row.textContent()).toContain("Connection reset (RST)");
    const first = await row.locator("button").first().textContent();
    await page.keyboard.press("Enter");
    await page.waitForSelector(`#packet-${first}[aria-selected=true]`);
    await page.keyboard.press("Shift+Enter");
    await eventually(() => filterText(page)).toBe('_ws.expert.message == "Connection reset (RST)"');
    await eventually(() => page.locator(".filter-status").textContent()).toBe("1 of 160 shown");

    await page.getByLabel("Shown frames only").check();
    await eventually(() => page.locator(".expert-sum").textContent()).toMatch(/^[1-9] remarks? on 1 frame$/);
    await page.getByLabel("Shown frames only").uncheck();
    await page.getByLabel("At least").selectOption("Notes");
    await eventually(() => page.locator(".expert-sum").textContent()).toBe(`${totalOf("warning", "note")} remarks on 160 frames`);
    expect(await page.locator(".expert-heading").allTextContents()).toEqual([
      `Warnings (${totalOf("warning")})`,
      `Notes (${totalOf("note")})`,
    ]);
  });

  it("may be thousands: only those in sight are on the page", async (context) => {
    const page = await openPage(context);
    await page.goto(`${page.url().split("?")[0]}?capture=/commented.pcapng`);
    await page.waitForSelector(".packet-row[data-class]");
    await page.getByRole("tab", { name: "Experts" }).click();
    await eventually(() => page.locator(".expert-sum").textContent()).toMatch(/^[\d,]+ remarks on 3,000 frames$/);
    const list = page.getByRole("grid", { name: "Experts’ remarks" });
    expect(Number(await list.getAttribute("aria-rowcount"))).toBeGreaterThan(COMMENTS);
    expect(await page.locator(".expert-row").count()).toBeLessThan(60);
    await list.focus();
    await page.keyboard.press("End");
    const last = page.locator(".expert-row[aria-selected=true]");
    await eventually(() => last.textContent()).toContain(`about frame ${COMMENTS}`);
    await page.keyboard.press("Enter");
    await page.waitForSelector(`#packet-${COMMENTS}[aria-selected=true]`);
    expect(await page.locator(".expert-row").count()).toBeLessThan(60);
  });

  it("are read in slices that can be stopped", async (context) => {
    const page = await openPage(context);
    const openGate = await shutReadingGate(page, 1);
    await page.goto(`${page.url().split("?")[0]}?frames=400000&gate=/gate`);
    // The packet list is the first reader, and the gate lets one reader pass.
    await eventually(() => page.locator(".legend-state").textContent()).toBe("400000 made frames");
    await page.getByRole("tab", { name: "Experts" }).click();
    await page.locator(".expert-panel").getByRole("button", { name: "Stop" }).click();
    openGate();
    await eventually(() => page.locator(".expert-sum").textContent()).toBe("Stopped");
    await page.getByRole("button", { name: "Read again" }).click();
    await eventually(() => page.locator(".expert-sum").textContent()).toMatch(/^Reading \d+ %$|^\d/);
  });
});

describe("the colour rules", () => {
  const rowRule = (page: Page, frame: number) => page.locator(`#packet-${frame}`).getAttribute("title");
  const colourOf = (page: Page, frame: number) => page.locator(`#packet-${frame}`).evaluate((row) => getComputedStyle(row).backgroundColor);

  it("tint rows and name themselves in the title, the Frame panel and a column", async (context) => {
    const page = await openPage(context);
    await eventually(() => rowRule(page, 1)).toBe("Rule: ARP");
    expect(await rowRule(page, 7)).toBe("Rule: TCP");
    expect(await colourOf(page, 1)).not.toBe(await colourOf(page, 7));
    await page.locator(".packet-scroller").focus();
    await page.keyboard.press("Home");
    await eventually(() => page.locator(".frame-rule").textContent()).toBe("Colour rule: ARP");

    // With colours switched off, rows have no background colour, but still name their rule.
    await page.getByLabel("Colours", { exact: true }).uncheck();
    await eventually(() => colourOf(page, 7)).toBe("rgba(0, 0, 0, 0)");
    expect(await rowRule(page, 7)).toBe("Rule: TCP");
    await page.getByLabel("Colours", { exact: true }).check();

    await page.getByRole("button", { name: "Columns" }).click();
    await page.getByRole("checkbox", { name: "Rule" }).check();
    await page.keyboard.press("Escape");
    await eventually(() => page.locator("#packet-7 [data-column=rule]").textContent()).toBe("TCP");
  });

  it("are added, edited, moved, switched off and removed by keyboard, and kept", async (context) => {
    const page = await openPage(context);
    await page.getByRole("button", { name: "Rules…" }).focus();
    await page.keyboard.press("Enter");
    const dialog = page.getByRole("dialog", { name: "Colour rules" });
    await dialog.getByRole("button", { name: "Add a rule" }).focus();
    await page.keyboard.press("Enter");
    // The focus is in the new rule's name.
    const name = dialog.getByLabel("Name of rule 1", { exact: true });
    await eventually(() => name.evaluate((element) => element === document.activeElement)).toBe(true);
    await name.fill("Handshake");
    await dialog.getByLabel("Display filter of Handshake").fill("tcp.flags.sin == 1");
    await dialog.getByRole("checkbox", { name: "Handshake is on" }).check();
    await eventually(() => dialog.locator(".rule-fault").textContent()).toMatch(/^"tcp\.flags\.sin" is not a known field.* \(column 1\)$/);
    expect(await dialog.getByLabel("Display filter of Handshake").getAttribute("aria-invalid")).toBe("true");
    // A rule with a faulty filter selects no frames; the other rules stay in effect.
    expect(await rowRule(page, 7)).toBe("Rule: TCP");
    await dialog.getByLabel("Display filter of Handshake").fill("tcp.flags.syn == 1");
    await dialog.locator(".rule-fault").waitFor({ state: "detached" });
    await dialog.getByLabel("Colour of Handshake").selectOption("Violet");
    await eventually(() => rowRule(page, 7)).toBe("Rule: Handshake");

    // Moved to the end: TCP comes before it. The focus stays on the button.
    const down = dialog.getByRole("button", { name: "Move Handshake down" });
    await down.focus();
    for (let i = 2; i <= 11; i++) {
      await page.keyboard.press("Enter");
      await eventually(() => dialog.getByRole("status").textContent()).toBe(`Handshake is now rule ${i} of 11.`);
      expect(await down.evaluate((element) => element === document.activeElement)).toBe(true);
    }
    expect(await down.getAttribute("aria-disabled")).toBe("true");
    await eventually(() => rowRule(page, 7)).toBe("Rule: TCP");
    await dialog.getByRole("checkbox", { name: "TCP is on", exact: true }).uncheck();
    await eventually(() => rowRule(page, 7)).toBe("Rule: Handshake");
    await page.keyboard.press("Escape");

    await page.reload();
    await eventually(() => rowRule(page, 7)).toBe("Rule: Handshake");
    await page.getByRole("button", { name: "Handshake" }).click();
    await eventually(() => filterText(page)).toBe("tcp.flags.syn == 1");
    await page.getByRole("button", { name: "Rules…" }).click();
    await dialog.getByRole("button", { name: "Remove Handshake" }).click();
    await eventually(() => rowRule(page, 7)).toBeNull();
    await dialog.getByRole("button", { name: "As they were at first" }).click();
    await eventually(() => rowRule(page, 7)).toBe("Rule: TCP");
  });

  it("can be read where the system forces its colours", async (context) => {
    const page = await openPage(context);
    await eventually(() => rowRule(page, 7)).toBe("Rule: TCP");
    await page.emulateMedia({ forcedColors: "active" });
    const { ground, ink } = await page.locator("#packet-7").evaluate((row) => {
      const { backgroundColor: ground, color: ink } = getComputedStyle(row);
      return { ground, ink };
    });
    // With forced colours, the row has the system's background and text colours in place of the rule's.
    expect([ground, ink]).toEqual(["rgb(255, 255, 255)", "rgb(0, 0, 0)"]);
  });
});

describe("profiles", () => {
  const heads = (page: Page) => page.locator(".packet-header [role=columnheader]").allTextContents();
  const profile = (page: Page) => page.getByRole("button", { name: /^Profile: / });
  const openDialog = async (page: Page) => {
    await profile(page).focus();
    await page.keyboard.press("Enter");
    // The last item of the menu.
    await page.keyboard.press("End");
    await page.keyboard.press("Enter");
    const dialog = page.getByRole("dialog", { name: "Profiles" });
    await dialog.waitFor();
    return dialog;
  };

  it("keep the columns, rules, times and layout that are set while they are in use, by keyboard", async (context) => {
    const page = await openPage(context);
    const first = await heads(page);
    const dialog = await openDialog(page);
    await dialog.getByLabel("Name of the new profile").fill("Wide");
    await page.keyboard.press("Enter");
    await eventually(() => dialog.getByRole("radio", { name: "Use Wide" }).isChecked()).toBe(true);
    await page.keyboard.press("Escape");
    await eventually(() => profile(page).textContent()).toBe("Profile: Wide");

    // What is changed now belongs to this profile.
    await page.getByRole("button", { name: "Columns" }).click();
    await page.getByRole("checkbox", { name: "Kind" }).check();
    await page.keyboard.press("Escape");
    await page.locator(".monitor-time select").selectOption("Date and time (UTC)");
    await page.getByLabel("Colours", { exact: true }).uncheck();
    expect(await heads(page)).toContain("Kind");

    await profile(page).focus();
    await page.keyboard.press("Enter");
    expect(await page.getByRole("menuitem", { name: /Wide/ }).textContent()).toContain("in use");
    await page.keyboard.press("s");
    await page.keyboard.press("Enter");
    await eventually(() => heads(page)).toEqual(first);
    await eventually(() => page.locator(".legend-notice").textContent()).toBe("Profile Standard is in use");
    expect(await page.getByLabel("Colours", { exact: true }).isChecked()).toBe(true);

    await page.reload();
    await page.waitForSelector(".packet-row[data-class]");
    await profile(page).click();
    await page.getByRole("menuitem", { name: /Wide/ }).click();
    await eventually(() => heads(page)).toContain("Kind");
    expect(await page.locator(".monitor-time select").inputValue()).toBe("absolute");
    expect(await page.getByLabel("Colours", { exact: true }).isChecked()).toBe(false);
  });

  it("are renamed, exported, imported and removed; a file that has none says so in one line", async (context) => {
    const page = await openPage(context);
    const dialog = await openDialog(page);
    const notice = () => dialog.getByRole("status").textContent();
    // Escape drops what was typed, and the dialog stays for another one.
    await dialog.getByLabel("Name of Standard").fill("Class ro");
    await page.keyboard.press("Escape");
    expect(await dialog.getByLabel("Name of Standard").inputValue()).toBe("Standard");
    await dialog.getByLabel("Name of Standard").fill("Class room");
    await page.keyboard.press("Enter");
    await eventually(() => profile(page).textContent()).toBe("Profile: Class room");
    const [download] = await Promise.all([page.waitForEvent("download"), dialog.getByRole("button", { name: "Export" }).click()]);
    expect(download.suggestedFilename()).toBe("monitor-profiles.json");
    const text = readFileSync(await download.path(), "utf8");
    expect(JSON.parse(text).profiles.map(({ name }: { name: string }) => name)).toEqual(["Class room"]);

    const give = (name: string, content: string) =>
      dialog.locator("input[type=file]").setInputFiles({ name, mimeType: "application/json", buffer: Buffer.from(content) });
    await give("notes.json", '{"a": 1}');
    await eventually(notice).toBe('notes.json has no profiles: its "format" is not "pushback-monitor-profiles".');
    await give("monitor-profiles.json", text);
    await eventually(notice).toBe("Added Class room 2.");
    expect(await dialog.getByRole("radio").count()).toBe(2);

    await dialog.getByRole("button", { name: "Remove Class room", exact: true }).focus();
    await page.keyboard.press("Enter");
    await eventually(notice).toBe("Class room is removed. Class room 2 is in use.");
    await eventually(() => dialog.getByRole("radio").evaluate((radio) => radio === document.activeElement)).toBe(true);
    expect(await dialog.getByRole("button", { name: "Remove Class room 2" }).isDisabled()).toBe(true);
  });
});

describe("two frames", () => {
  const goTo = async (page: Page, frame: number) => {
    await page.keyboard.press("Control+g");
    await page.locator(".find-bar input").fill(`${frame}`);
    await page.keyboard.press("Enter");
    await page.waitForSelector(`#packet-${frame}[aria-selected=true]`);
    await page.keyboard.press("Escape");
    await eventually(() => page.evaluate(() => document.activeElement?.className)).toBe("packet-scroller");
  };
  const notice = (page: Page) => page.locator(".legend-notice");
  const rowOf = (page: Page, title: string) =>
    page.locator(".compare-table tbody tr").filter({ has: page.locator(`th[title="${title}"]`) });

  it("a push and the error that quotes it, are compared by keyboard, with the differences in words", async (context) => {
    const page = await openPage(context);
    // The datagram to a stale port and the ICMP error that answers it.
    await goTo(page, 71);
    await page.keyboard.press("d");
    await eventually(() => notice(page).textContent()).toBe("Frame 71 waits to be compared: choose Compare on another frame");
    expect(await notice(page).isVisible()).toBe(true);
    expect(await page.getByRole("button", { name: "Compare", exact: true }).getAttribute("aria-pressed")).toBe("true");
    await goTo(page, 74);
    await page.keyboard.press("d");
    const dialog = page.getByRole("dialog", { name: "Frame 71 and frame 74" });
    await dialog.waitFor();
    await eventually(() => dialog.getByRole("status").textContent()).toMatch(
      /^\d+ different fields?, \d+ equal ones?, \d+ only on the left/,
    );
    const cells = async (name: string) => (await rowOf(page, name).last().locator("td").allTextContents()).map((text) => text.trim());
    expect(await cells("frame.number")).toEqual(["71", "74", "differs"]);
    const [left, right, word] = await cells("ip.id");
    expect([left, word]).toEqual([right, "same"]);
    expect((await cells("icmp.type"))[2]).toBe("right only");
    expect((await cells("data.data")).slice(1)).toEqual(["—", "left only"]);
    const rows = await dialog.locator("tbody tr").count();
    // The dialog opens with the focus on the switch that hides equal rows.
    await page.keyboard.press("Space");
    await eventually(() => dialog.locator("tbody tr").count()).toBeLessThan(rows);
    expect(await rowOf(page, "udp.srcport").count()).toBe(0);
    expect(await dialog.locator(".compare-hex").first().locator("mark").count()).toBeGreaterThan(8);
    await page.keyboard.press("Escape");
    await dialog.waitFor({ state: "detached" });
    expect(await page.getByRole("button", { name: "Compare", exact: true }).getAttribute("aria-pressed")).toBe("false");
  });

  it("an error and its datagram, are compared in one step from the error's menu", async (context) => {
    const page = await openPage(context);
    await goTo(page, 74);
    await page.keyboard.press("Shift+F10");
    await page.getByRole("menuitem", { name: "Compare with the datagram it quotes" }).focus();
    await page.keyboard.press("Enter");
    await page.getByRole("dialog", { name: "Frame 71 and frame 74" }).waitFor();
    // The menu of a frame that quotes no datagram lacks that item.
    await page.keyboard.press("Escape");
    await page.locator("#packet-71").click({ button: "right" });
    await page.getByRole("menuitem", { name: "Compare with another frame" }).waitFor();
    expect(await page.getByRole("menuitem", { name: "Compare with the datagram it quotes" }).count()).toBe(0);
  });

  it("are chosen in the frame's menu, and a frame that waits can be let go", async (context) => {
    const page = await openPage(context);
    const choose = async (frame: number, item: string) => {
      await page.locator(`#packet-${frame}`).click({ button: "right" });
      await page.getByRole("menuitem", { name: item }).click();
    };
    await choose(3, "Compare with another frame");
    await eventually(() => notice(page).textContent()).toContain("Frame 3 waits");
    await choose(3, "Do not compare");
    await eventually(() => notice(page).textContent()).toBe("Frame 3 waits for no comparison any more");
    await choose(1, "Compare with another frame");
    await eventually(() => notice(page).textContent()).toContain("Frame 1 waits");
    await choose(2, "Compare with frame 1");
    await page.getByRole("dialog", { name: "Frame 1 and frame 2" }).waitFor();
  });
});

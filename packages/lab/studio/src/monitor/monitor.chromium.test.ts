/** The monitor in Chromium, by keyboard alone: filter, walk, bytes, filters out of fields, comment, export and open again; a million rows. */

import { readFileSync } from "node:fs";
import { requireProgram } from "@pushback/judges";
import { encodeCapture, PLATFORMS, parseScenario, runScenario } from "@pushback/scenario";
import type { Page } from "playwright-core";
import { afterAll, describe, expect, it, type TestContext } from "vitest";
import { Analyzer } from "../analyzer/analyzer.ts";
import { type BuiltPage, openBuiltPage } from "../testing/built-page.ts";

function recording(): Uint8Array {
  const name = "kb-q159302";
  const parsed = parseScenario(name, readFileSync(new URL(`../../../../../scenarios/${name}.yaml`, import.meta.url), "utf8"));
  if (!parsed.ok) throw new Error(name);
  return encodeCapture(runScenario(parsed.scenario, { variants: PLATFORMS.map((p) => p.variants[0].id), seed: "1" }));
}

const file = recording();
let built: Promise<BuiltPage> | null = null;
afterAll(async () => (await built)?.close());

/** The page with these options. An uncaught exception or an error on the page's console fails the test. */
async function openPage(context: TestContext, query: string): Promise<Page> {
  requireProgram(context, "chromium");
  built ??= openBuiltPage("monitor-page.html", new Map([["/kb.pcapng", file]]));
  const { browser, address } = await built;
  const page = await browser.newPage({ viewport: { width: 1280, height: 800 }, acceptDownloads: true });
  const complaints: string[] = [];
  page.on("pageerror", (error) => complaints.push(error.message));
  page.on("console", (message) => message.type() === "error" && complaints.push(message.text()));
  context.onTestFinished(async () => {
    await page.close();
    expect(complaints).toEqual([]);
  });
  await page.goto(`${address}?${query}`);
  await page.waitForSelector(".packet-row[data-class]");
  return page;
}

async function analyzed(bytes: Uint8Array, filter: string): Promise<{ analyzer: Analyzer; frames: number[] }> {
  const analyzer = new Analyzer();
  expect((await analyzer.openCapture("kb.pcapng", bytes)).ok).toBe(true);
  while (analyzer.state().indexed < analyzer.state().frames) await analyzer.advance();
  const frames: number[] = [];
  await analyzer.applyFilter(filter, (part) => frames.push(...part.frames));
  return { analyzer, frames };
}

const shownText = (shown: number, all: number) => `${shown.toLocaleString("en")} of ${all.toLocaleString("en")} shown`;
const waitForStatus = (page: Page, text: string) =>
  page.waitForFunction((wanted) => document.querySelector(".filter-status")?.textContent === wanted, text, { timeout: 120_000 });

describe("the monitor", () => {
  it("counts traffic as `show -z` does, sorts it, and filters by a row", async (context) => {
    const page = await openPage(context, "capture=/kb.pcapng");
    await page.getByRole("tab", { name: "Traffic" }).click();
    const { analyzer } = await analyzed(file, "");
    const traffic = await analyzer.traffic("all", () => {});
    const udp = traffic?.conversations.udp.rows ?? [];
    expect(udp.length).toBeGreaterThan(4);

    const rows = page.locator(".traffic-table tbody tr");
    await page.waitForFunction(() => document.querySelector(".traffic-table tbody tr")?.textContent?.startsWith("eth"));
    expect(await rows.count()).toBe(traffic?.protocols.length);
    await page.getByRole("combobox", { name: "Table" }).selectOption("conversations-udp");
    await page.waitForFunction((count) => document.querySelectorAll(".traffic-table tbody tr").length === count, udp.length);
    expect(await rows.first().locator("th").textContent()).toBe(udp[0].a);

    // With the keyboard, the heading sorts in descending order first, then in ascending order.
    const heading = page.getByRole("columnheader", { name: "Frames", exact: true }).getByRole("button");
    await heading.focus();
    const frames = async () => (await rows.locator("td:nth-of-type(2)").allTextContents()).map((text) => Number(text.replaceAll(",", "")));
    await page.keyboard.press("Enter");
    expect(await frames()).toEqual([...(await frames())].sort((a, b) => b - a));
    await page.keyboard.press("Enter");
    expect(await frames()).toEqual([...(await frames())].sort((a, b) => a - b));
    expect(await page.getByRole("columnheader", { name: "Frames", exact: true }).getAttribute("aria-sort")).toBe("ascending");

    const first = udp.find(({ a }) => a.length > 0);
    await page
      .locator(".traffic-filter", { hasText: first?.a ?? "" })
      .first()
      .click();
    await page.waitForFunction(() => /^udp\.stream == \d+$/.test((document.querySelector(".filter-input") as HTMLInputElement)?.value));
  });

  it("sorts the packet list by a column, up, down and back", async (context) => {
    const page = await openPage(context, "capture=/kb.pcapng");
    const heading = page.getByRole("columnheader", { name: /^Length/ });
    /** The rows in sight, once all of them have come from the worker in this order. */
    const shown = async (sort: "ascending" | "descending" | null) => {
      await page.waitForFunction(
        (wanted) =>
          (document.querySelector("[role=columnheader][aria-sort]")?.getAttribute("aria-sort") ?? null) === wanted &&
          [...document.querySelectorAll(".packet-row")].every((row) => row.hasAttribute("data-class")),
        sort,
      );
      const texts = async (column: string) => page.locator(`.packet-row .packet-cell[data-column=${column}]`).allTextContents();
      return { lengths: (await texts("length")).map(Number), numbers: (await texts("number")).map(Number) };
    };
    const isSorted = (values: readonly number[]) => values.every((value, i) => i === 0 || values[i - 1] <= value);
    const { numbers } = await shown(null);
    await heading.getByRole("button").focus();
    await page.keyboard.press("Enter");
    await expect.poll(async () => isSorted((await shown("ascending")).lengths), { timeout: 120_000 }).toBe(true);
    const least = Math.max(...(await shown("ascending")).lengths);
    await page.keyboard.press("Enter");
    await expect.poll(async () => Math.min(...(await shown("descending")).lengths), { timeout: 120_000 }).toBeGreaterThan(least);
    await page.keyboard.press("Enter");
    await expect.poll(async () => (await shown(null)).numbers, { timeout: 120_000 }).toEqual(numbers);
  });

  it("draws the sequence numbers of a TCP connection, and goes from a mark to its frame", async (context) => {
    const page = await openPage(context, "capture=/kb.pcapng");
    await page.getByRole("tab", { name: "Graph" }).click();
    await page.getByRole("combobox", { name: "Graph" }).selectOption("tcp");
    await page.getByText("Select a frame of a TCP connection.").waitFor();
    const { analyzer, frames } = await analyzed(file, "tcp.flags.syn == 1");
    await page.locator(".filter-input").fill(`frame.number == ${frames[0]}`);
    await page.keyboard.press("Enter");
    await page.locator(`.packet-row[data-frame="${frames[0]}"]`).click();
    const graph = analyzer.tcpGraph(frames[0], false);
    const box = page.getByRole("application", {
      name: `Sequence numbers of the TCP connection from ${graph?.sender} to ${graph?.receiver}`,
    });
    await box.focus();
    for (let i = 0; i < 4; i++) await page.keyboard.press("ArrowRight");
    const fourth = graph?.frames[3] ?? 0;
    await page.waitForFunction(
      (text) => document.querySelector(".graph-here")?.textContent?.includes(text),
      `frame ${fourth.toLocaleString("en")}:`,
    );
    await page.locator(".filter-input").fill("");
    await page.locator(".filter-input").press("Enter");
    await box.focus();
    await page.keyboard.press("Enter");
    await page.waitForSelector(`.packet-row[data-frame="${fourth}"][data-current]`);
    await page.getByRole("button", { name: "The other direction" }).click();
    await page.getByRole("application", { name: `from ${graph?.receiver} to ${graph?.sender}` }).waitFor();
  });

  it("draws throughput, round trips and window of a TCP connection, each with its unit, and walks their values", async (context) => {
    const page = await openPage(context, "capture=/kb.pcapng");
    const { analyzer, frames } = await analyzed(file, "tcp.flags.syn == 1");
    await page.getByRole("tab", { name: "Graph" }).click();
    await page.locator(".packet-scroller").focus();
    await page.keyboard.press("Control+g");
    await page.locator(".find-bar input").fill(`${frames[0]}`);
    await page.keyboard.press("Enter");
    await page.keyboard.press("Escape");
    const graph = analyzer.tcpGraph(frames[0], false);
    for (const [id, axis, first] of [
      ["throughput", /^Rate, k?bit\/s$/, graph?.payload.findIndex((bytes) => !Number.isNaN(bytes))],
      ["rtt", /^Round trip, ms$/, graph?.rttsUs.findIndex((us) => !Number.isNaN(us))],
      ["window", /^Window, bytes$/, graph?.windows.findIndex((bytes) => !Number.isNaN(bytes))],
    ] as const) {
      await page.getByRole("combobox", { name: "Graph" }).selectOption(id);
      const title = (await page.locator(`option[value=${id}]`).textContent()) ?? "";
      await page.getByRole("application", { name: `${title} from ${graph?.sender} to ${graph?.receiver}` }).press("Home");
      const frame = graph?.frames[first ?? -1] ?? 0;
      await page.waitForFunction(
        (text) => document.querySelector(".graph-here")?.textContent?.includes(text),
        `frame ${frame.toLocaleString("en")}: `,
      );
      await expect.poll(() => page.locator(".graph-box").getAttribute("data-axis")).toMatch(axis);
      expect(await page.locator(".graph-box canvas").evaluate((canvas) => (canvas as HTMLCanvasElement).width)).toBeGreaterThan(300);
      const boxes = page.locator(".graph-key input");
      for (let i = 0; i < (await boxes.count()); i++) await boxes.nth(i).uncheck();
      await page.getByText("No curve is switched on.").waitFor();
      await boxes.first().check();
    }
  });

  it("marks frames, walks them, and exports them", async (context) => {
    const page = await openPage(context, "capture=/kb.pcapng");
    await page.locator(".packet-scroller").focus();
    const { keyboard } = page;
    for (const key of ["Home", "m", "ArrowDown", "ArrowDown", "m", "ArrowDown", "m", "m"]) await keyboard.press(key);
    await page.waitForFunction(() => document.querySelectorAll(".packet-row[data-marked]").length === 2);
    await keyboard.press("End");
    const current = async () => page.locator(".packet-row[data-current]").getAttribute("data-frame");
    await keyboard.press("n");
    await expect.poll(current).toBe("1");
    await keyboard.press("n");
    await expect.poll(current).toBe("3");
    await keyboard.press("Shift+N");
    await expect.poll(current).toBe("1");
    await page.getByRole("button", { name: "Export" }).click();
    const [saved] = await Promise.all([page.waitForEvent("download"), page.getByRole("menuitem", { name: "Marked frames (2)" }).click()]);
    expect(saved.suggestedFilename()).toBe("kb-marked.pcapng");
    const { analyzer } = await analyzed(readFileSync(await saved.path()), "");
    expect(analyzer.state().frames).toBe(2);
  });

  it("goes to the frame of a number", async (context) => {
    const page = await openPage(context, "capture=/kb.pcapng");
    await page.keyboard.press("Control+g");
    await page.keyboard.type("120");
    await page.keyboard.press("Enter");
    await page.waitForFunction(() => /^Frame 120/.test(document.querySelector(".find-status")?.textContent ?? ""));
    await page.waitForSelector('.packet-row[aria-selected="true"]');
    await page.locator(".find-input").fill("999999");
    await page.keyboard.press("Enter");
    await page.waitForFunction(() => /^The frames are 1 to [\d,]+$/.test(document.querySelector(".find-status")?.textContent ?? ""));
  });

  it("is worked by keyboard from the filter to the exported file", async (context) => {
    const page = await openPage(context, "capture=/kb.pcapng");
    const { analyzer, frames } = await analyzed(file, "icmp.type == 3");
    const all = analyzer.state().frames;
    const { keyboard } = page;

    // "/" focuses the filter, Tab inserts a completion, and a fault is reported with its column.
    await keyboard.press("/");
    expect(await page.evaluate(() => document.activeElement?.className)).toContain("filter-input");
    await keyboard.type("icmp.typ");
    await keyboard.press("Tab");
    await keyboard.type("== x");
    await page.waitForFunction(() => /Column 14/.test(document.querySelector(".filter-fault")?.textContent ?? ""));
    await keyboard.press("Backspace");
    await keyboard.type("3");
    await keyboard.press("Escape");
    await keyboard.press("Enter");
    await waitForStatus(page, shownText(frames.length, all));

    // Arrow keys go down the list, into the field tree and to a field, whose bytes are then highlighted.
    await page.focus('[role="grid"][aria-label="Packets"]');
    await keyboard.press("Home");
    await keyboard.press("ArrowDown");
    const grid = page.locator('[role="grid"][aria-label="Packets"]');
    expect(await grid.getAttribute("aria-activedescendant")).toBe(`packet-${frames[1]}`);
    expect(await grid.getAttribute("aria-rowcount")).toBe(String(frames.length + 1));
    expect(await page.locator(`#packet-${frames[1]}`).getAttribute("aria-rowindex")).toBe("3");
    await page.waitForSelector('[role="tree"]');
    await keyboard.press("Enter");
    await page.waitForFunction(() => document.activeElement?.getAttribute("role") === "tree");
    const field = () => page.locator('[role="treeitem"][aria-selected="true"]').textContent();
    for (let i = 0; i < 60 && !(i > 0 && (await field())?.includes("icmp.code")); i++) await keyboard.press("ArrowDown");
    expect(await field()).toContain("icmp.code");
    expect(await page.locator(".hex-digits [data-lit]").allTextContents()).toEqual(["03"]);

    // Adds a condition on the selected field to the present filter.
    await keyboard.press("Shift+F10");
    await page.waitForSelector('[role="menu"]');
    await keyboard.press("ArrowDown");
    await keyboard.press("ArrowDown");
    expect(await page.evaluate(() => document.activeElement?.textContent)).toBe("… and selected");
    await keyboard.press("Enter");
    await page.waitForFunction(
      () => (document.querySelector(".filter-input") as HTMLInputElement).value === "icmp.type == 3 && icmp.code == 3",
    );
    await waitForStatus(page, shownText((await analyzed(file, "icmp.type == 3 && icmp.code == 3")).frames.length, all));

    // A comment, and the shown frames as a file.
    await page.focus('[role="grid"][aria-label="Packets"]');
    await keyboard.press("c");
    await page.waitForSelector("dialog[open] textarea");
    await keyboard.press("Control+a");
    await keyboard.type("seen by hand");
    await keyboard.press("Control+Enter");
    await page.waitForSelector(".packet-comment:has-text('seen by hand')");
    await page.getByRole("button", { name: "Export" }).focus();
    await keyboard.press("Enter");
    await page.waitForSelector('[role="menu"][aria-label="Export"]');
    const saved = page.waitForEvent("download");
    await keyboard.press("Enter");
    const download = await saved;
    expect(download.suggestedFilename()).toBe("kb-filtered.pcapng");
    const again = await analyzed(readFileSync(await download.path()), "");
    expect(again.analyzer.state().frames).toBe(frames.length);
    expect(again.analyzer.rows([2])[0]).toMatchObject({ comment: "seen by hand", protocol: "ICMP" });
  });

  it("puts a completion where it was asked for, however late it comes", async (context) => {
    const page = await openPage(context, "capture=/kb.pcapng&late=400");
    const { analyzer, frames } = await analyzed(file, "icmp.type == 3");
    const all = analyzer.state().frames;
    const { keyboard } = page;
    const text = () => page.locator(".filter-input").inputValue();
    await keyboard.press("/");
    await keyboard.type("icmp.typ");
    await keyboard.press("Tab");
    await keyboard.type("== x");
    await page.waitForFunction(() => /Column 14/.test(document.querySelector(".filter-fault")?.textContent ?? ""));
    expect(await text()).toBe("icmp.type == x");
    await keyboard.press("Backspace");
    await keyboard.type("3");
    await keyboard.press("Enter");
    await waitForStatus(page, shownText(frames.length, all));
    // Enter applies the filter only after the item that Tab took has been inserted.
    await keyboard.press("Control+a");
    await keyboard.type("icmp.typ");
    await keyboard.press("Tab");
    await keyboard.press("Enter");
    await page.waitForFunction(() => document.querySelector(".filter-box")?.getAttribute("data-state") === "applied");
    expect(await text()).toBe("icmp.type ");
    // Escape cancels an insertion that is still pending. Without a matching item, Tab moves the focus.
    await keyboard.press("Control+a");
    await keyboard.type("icmp.typ");
    await keyboard.press("Tab");
    await keyboard.press("Escape");
    await page.waitForFunction(() => document.documentElement.dataset["completionsWaiting"] === "0");
    expect(await text()).toBe("icmp.typ");
    await keyboard.press("Control+a");
    await keyboard.type("nothinglikeit");
    await keyboard.press("Tab");
    await page.waitForFunction(() => document.activeElement?.textContent === "Clear");
    expect(await text()).toBe("nothinglikeit");
  });

  it("finds, follows, and goes from the graph, the diagnosis and the sequence to frames", async (context) => {
    const page = await openPage(context, "capture=/kb.pcapng");
    const { keyboard } = page;
    const selected = () => page.locator('[role="row"][data-current]').getAttribute("data-frame");
    await page.keyboard.press("Control+f");
    await keyboard.type("port unreachable");
    await keyboard.press("Enter");
    await page.waitForSelector(".find-status:has-text('Frame')");
    const { frames } = await analyzed(file, "icmp.type == 3");
    expect(await selected()).toBe(String(frames[0]));
    await keyboard.press("F3");
    await page.waitForFunction(
      (frame) => document.querySelector("[data-current]")?.getAttribute("data-frame") === frame,
      String(frames[1]),
    );
    await keyboard.press("Escape");
    await keyboard.press("f");
    await page.waitForSelector("dialog[open] .follow-part");
    expect(await page.locator("dialog h2").textContent()).toMatch(/^UDP conversation \d+$/);
    await keyboard.press("Escape");
    await page.getByRole("tab", { name: "Frame" }).focus();
    await keyboard.press("ArrowRight");
    await page.waitForSelector(".diagnosis-answer");
    expect(await page.locator(".diagnosis-answer h2").textContent()).toMatch(/^Harmless\. There are \d+ explanations:$/);
    const link = page.locator(".evidence .frame-link").first();
    const number = ((await link.textContent()) ?? "").replace(/\D/g, "");
    await link.focus();
    await keyboard.press("Enter");
    await page.waitForFunction((frame) => document.querySelector("[data-current]")?.getAttribute("data-frame") === frame, number);
    await page.getByRole("tab", { name: "Diagnosis" }).focus();
    await keyboard.press("ArrowRight");
    await page.waitForSelector(".graph-box canvas");
    await page.focus(".graph-box");
    await keyboard.press("Home");
    await keyboard.press("Enter");
    await page.waitForFunction(() => document.querySelector("[data-current]")?.getAttribute("data-frame") === "1");
    await page.getByRole("tab", { name: "Graph" }).focus();
    await keyboard.press("ArrowRight");
    await page.waitForSelector('.sequence-box [role="option"][aria-selected="true"]');
    await page.focus(".sequence-box");
    await keyboard.press("ArrowDown");
    await page.waitForFunction(() => document.querySelector("[data-current]")?.getAttribute("data-frame") === "2");
  });

  it("lists a million rows from end to end", async (context) => {
    const page = await openPage(context, "frames=1000000");
    await waitForStatus(page, "1,000,000 frames");
    await page.focus('[role="grid"][aria-label="Packets"]');
    await page.keyboard.press("End");
    await page.waitForSelector('#packet-1000000[data-class][aria-rowindex="1000001"]');
    const box = await page.locator("#packet-1000000").boundingBox();
    const list = await page.locator(".packet-list").boundingBox();
    expect(box && list && box.y + box.height <= list.y + list.height + 1 && box.y >= list.y).toBe(true);
    expect(await page.locator(".packet-row").count()).toBeLessThan(80);
    await page.keyboard.press("Home");
    await page.waitForSelector("#packet-1[data-class]");
    await page.evaluate(() => {
      const scroller = document.querySelector(".packet-scroller");
      if (scroller) scroller.scrollTop = scroller.scrollHeight / 2;
    });
    await page.waitForFunction(() => {
      const frame = Number(document.querySelector(".packet-row[data-class]")?.getAttribute("data-frame"));
      return frame > 499_000 && frame < 501_000;
    });
  });
});

/** Several open documents: their tabs, the commands that follow the shown document, diagnoses that run at the same time, and memory that closing frees. */

import { readFileSync } from "node:fs";
import type { Page } from "playwright-core";
import { expect, it } from "vitest";
import { exportFrames } from "../analyzer/export-frames.ts";
import { SourcePackets } from "../analyzer/source-packet.ts";
import { violationsAtEverySize, withAxe } from "../testing/axe.ts";
import { generateFrames } from "../testing/generated-frames.ts";
import { renderersMegabytes } from "../testing/renderers.ts";
import { button, eventually, openView, savedBy, studioPages } from "../testing/studio-page.ts";

const CAPTURES = new URL("../../../../protocol/capture/test-captures/", import.meta.url);
const generated = (frames: number) => exportFrames(new SourcePackets(generateFrames(frames)), frames, (i) => i + 1);

const openPage = studioPages(
  new Map([
    ["/none.pcap", readFileSync(new URL("zeek-conn-size.pcap", CAPTURES))],
    ["/other.pcap", readFileSync(new URL("zeek-icmp-destunreach-udp.pcap", CAPTURES))],
    ["/large.pcapng", generated(4_000)],
    ["/huge.pcapng", generated(700_000)],
  ]),
);

/** Drops files at once; `names` beginning with "damaged" are no captures. */
function drop(page: Page, ...names: string[]): Promise<void> {
  return page.evaluate(async (wanted) => {
    const dataTransfer = new DataTransfer();
    const given: Readonly<Record<string, string | Uint8Array<ArrayBuffer>>> = {
      "empty.pcap": "",
      // The header of a pcap file.
      "header.pcap": new Uint8Array([0xd4, 0xc3, 0xb2, 0xa1, 2, 0, 4, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 0, 1, 0, 0, 0]),
    };
    for (const name of wanted) {
      const content = given[name] ?? (name.startsWith("damaged") ? "no capture at all" : await (await fetch(`/${name}`)).blob());
      dataTransfer.items.add(new File([content], name));
    }
    document.dispatchEvent(new DragEvent("drop", { dataTransfer, bubbles: true, cancelable: true }));
  }, names);
}

const tabs = (page: Page) => page.locator('.document-tab [role="tab"]').allTextContents();
const shown = (page: Page) => page.locator(".document-name").textContent();
const tab = (page: Page, name: string) => page.getByRole("tab", { name, exact: true });
const answer = (page: Page) => page.locator(".diagnosis-answer h2");

it("the lab's clock stops when a capture comes to the front", async (context) => {
  const page = await openPage(context);
  await drop(page, "none.pcap");
  await eventually(() => shown(page)).toBe("none.pcap");
  await tab(page, "Lab").click();
  await button(page, "Play").click();
  await eventually(() => button(page, "Pause").count()).toBe(1);
  await tab(page, "none.pcap").click();
  await tab(page, "Lab").click();
  expect(await button(page, "Play").count()).toBe(1);
});

it("files dropped at once are tabs, and title, keys, report and export are those of the tab that is shown", async (context) => {
  const page = await openPage(context, withAxe);
  expect(await page.getByRole("tablist", { name: "Documents" }).count()).toBe(0);
  const workers = page.workers().length;
  await drop(page, "none.pcap", "damaged.pcap", "other.pcap");
  await eventually(() => page.locator(".notice.error").textContent()).toMatch(/^damaged\.pcap: no capture file of a known format/);
  await button(page, "Dismiss").click();
  await eventually(() => tabs(page)).toEqual(["Lab", "none.pcap", "other.pcap"]);
  await eventually(() => shown(page)).toBe("other.pcap");
  expect(page.workers().length).toBe(workers + 2);
  await answer(page).waitFor();
  expect(await page.locator(".transport").count()).toBe(0);
  expect((await savedBy(page, () => button(page, "Report").click())).name).toBe("other-diagnosis.html");

  // The keys of the tabs.
  await tab(page, "other.pcap").focus();
  await page.keyboard.press("ArrowRight");
  expect(await tab(page, "Lab").evaluate((e) => e === document.activeElement && e.getAttribute("aria-selected"))).toBe("true");
  expect(await page.locator('.view-tab[aria-selected="true"]').textContent()).toBe("Bench");
  expect(await page.locator(".transport").count()).toBe(1);
  await page.keyboard.press("ArrowRight");
  await eventually(() => shown(page)).toBe("none.pcap");
  await page.keyboard.press("End");
  await eventually(() => shown(page)).toBe("other.pcap");
  await page.keyboard.press("Home");
  await eventually(() => shown(page)).toBe("Free play");

  // Alt+PageDown changes the document from anywhere, also from the packet list.
  await page.keyboard.press("Alt+PageDown");
  await eventually(() => shown(page)).toBe("none.pcap");
  expect((await savedBy(page, () => button(page, "Report").click())).name).toBe("none-diagnosis.html");
  await page.locator('[role="grid"]').focus();
  await page.keyboard.press("Alt+PageDown");
  await eventually(() => shown(page)).toBe("other.pcap");
  await page.locator(".packet-row").first().click();
  await page.keyboard.press("Alt+PageUp");
  await eventually(() => shown(page)).toBe("none.pcap");
  await page.keyboard.press("Alt+PageDown");
  await eventually(() => page.locator('.packet-row[aria-selected="true"]').getAttribute("aria-rowindex")).not.toBeNull();

  expect(await violationsAtEverySize(page, "tabs")).toEqual([]);

  // A view of the lab leads back to the lab; its monitor has the lab's frames.
  await page.keyboard.press("Alt+2");
  await eventually(() => shown(page)).toBe("Free play");
  await openView(page, "Monitor");
  expect(await shown(page)).toBe("Free play");

  await page.keyboard.press("Alt+PageDown");
  await page.keyboard.press("Alt+w");
  await eventually(() => tabs(page)).toEqual(["Lab", "other.pcap"]);
  await eventually(() => shown(page)).toBe("other.pcap");
  await tab(page, "other.pcap").focus();
  await page.keyboard.press("Delete");
  await eventually(() => page.locator(".document-tab").count()).toBe(0);
  expect(await shown(page)).toBe("Free play");
  await eventually(() => page.workers().length).toBe(workers);
  // Alt+W does not close the lab, and says so.
  await page.keyboard.press("Alt+w");
  await eventually(() => page.locator(".notice").textContent()).toContain("The lab stays open");
});

it("each of several damaged files has a line of its own, and captures of equal names get numbers", async (context) => {
  const page = await openPage(context, withAxe);
  await drop(page, "damaged.pcap", "none.pcap", "damaged.yaml", "damaged-2.yaml", "damaged.json", "none.pcap", "empty.pcap", "header.pcap");
  const lines = () => page.locator(".notice-lines li").allTextContents();
  await eventually(async () => (await lines()).length).toBe(6);
  expect((await lines()).sort()).toEqual([
    expect.stringMatching(/^damaged-2\.yaml:1:1: ./),
    "damaged.json: is not JSON, or is cut off",
    expect.stringMatching(/^damaged\.pcap: no capture file of a known format: pcapng, pcap, /),
    expect.stringMatching(/^damaged\.yaml:1:1: ./),
    "empty.pcap: the file is empty",
    "header.pcap: holds no packet that can be read",
  ]);
  await eventually(() => tabs(page)).toEqual(["Lab", "none.pcap", "none.pcap (2)"]);
  expect(await violationsAtEverySize(page, "lines")).toEqual([]);
  await button(page, "Dismiss").click();
  await eventually(lines).toEqual([]);
  await tab(page, "none.pcap (2)").click();
  await eventually(() => shown(page)).toBe("none.pcap (2)");
  // The address has the name of the file, which another person's page can find.
  await eventually(() => new URL(page.url()).hash).toMatch(/capture=none\.pcap(&|$)/);
  expect((await savedBy(page, () => button(page, "Report").click())).name).toBe("none (2)-diagnosis.html");
});

it("too many files at once are refused in a line", async (context) => {
  const page = await openPage(context);
  await drop(page, ...Array.from({ length: 21 }, (_, i) => `damaged${i}.pcap`));
  await eventually(() => page.locator(".notice.error").textContent()).toContain("21 files at once are too many: at most 20 are opened.");
  expect(await page.locator(".document-tab").count()).toBe(0);
});

it("comments are not lost with a closed tab", async (context) => {
  const page = await openPage(context, withAxe);
  await drop(page, "none.pcap");
  await page.locator(".packet-row").first().click();
  await button(page, "Comment").click();
  await page.getByRole("dialog").getByRole("textbox").fill("the first one");
  await button(page.getByRole("dialog"), "Save").click();
  await eventually(() => page.getByRole("dialog").count()).toBe(0);
  await button(page, "Close none.pcap").click();
  const question = page.getByRole("dialog", { name: "Close none.pcap?" });
  await question.waitFor();
  expect(await violationsAtEverySize(page, "question")).toEqual([]);
  await button(question, "Keep it open").click();
  expect(await tabs(page)).toEqual(["Lab", "none.pcap"]);
  // Leaving the page is asked about too, so that the comment is not lost.
  const asked: string[] = [];
  page.on("dialog", (dialog) => {
    asked.push(dialog.type());
    void dialog.dismiss();
  });
  await page.evaluate(() => {
    location.href = "/elsewhere";
  });
  await eventually(() => asked).toEqual(["beforeunload"]);
  expect(await tabs(page)).toEqual(["Lab", "none.pcap"]);
  await button(page, "Close none.pcap").click();
  const saved = await savedBy(page, () => button(question, "Export, then close").click());
  expect(saved.name).toBe("none.pcapng");
  expect(readFileSync(saved.path).includes("the first one")).toBe(true);
  await eventually(() => page.locator(".document-tab").count()).toBe(0);
});

it("a capture whose worker fails says so in its tab, and the lab and the others go on", async (context) => {
  const page = await openPage(context, withAxe, "", /out of order/);
  await drop(page, "none.pcap");
  await answer(page).waitFor();
  const worker = page.workers().at(-1);
  await drop(page, "other.pcap");
  await eventually(() => shown(page)).toBe("other.pcap");
  await worker?.evaluate(() => {
    setTimeout(() => {
      throw new Error("out of order");
    });
  });
  await tab(page, "none.pcap").click();
  await eventually(() => page.locator(".monitor-view .failure").textContent()).toMatch(/worker of none\.pcap has failed: .*out of order/);
  expect(await violationsAtEverySize(page, "failure")).toEqual([]);
  await page.locator(".monitor-view .failure").getByRole("button", { name: "Close none.pcap" }).click();
  await eventually(() => shown(page)).toBe("other.pcap");
  await answer(page).waitFor();
  await openView(page, "Bench");
  await button(page, "Log on all").click();
  await eventually(() => page.locator(".transport .play").textContent()).toBe("Pause");
});

it("marks, the reference and the open panel of a capture are there again when another tab was shown", async (context) => {
  const page = await openPage(context);
  await drop(page, "none.pcap", "other.pcap");
  await eventually(() => shown(page)).toBe("other.pcap");
  await answer(page).waitFor();
  await openView(page, "Traffic");
  await page.locator(".packet-row").first().click();
  await page.keyboard.press("m");
  await page.keyboard.press("t");
  const marked = page.locator(".packet-row[data-marked]");
  await eventually(() => marked.count()).toBe(1);
  await tab(page, "none.pcap").click();
  await answer(page).waitFor();
  expect(await marked.count()).toBe(0);
  await tab(page, "other.pcap").click();
  await page.locator(".traffic-table").waitFor();
  await eventually(() => marked.count()).toBe(1);
  await page.locator(".packet-row").first().click({ button: "right" });
  await page.getByRole("menuitem", { name: /^No time reference/ }).waitFor();
});

it("a diagnosis of one capture is never shown for another, in 50 races", async (context) => {
  const page = await openPage(context);
  await drop(page, "none.pcap");
  const small = await answer(page).textContent();
  await page.keyboard.press("Alt+w");
  await drop(page, "large.pcapng");
  const large = await answer(page).textContent();
  await page.keyboard.press("Alt+w");
  expect(small).not.toBe(large);
  for (let race = 0; race < 50; race++) {
    await drop(page, "large.pcapng");
    // The second capture is dropped 0 to 11 animation frames after the first.
    await page.evaluate(async (turns) => {
      for (let i = 0; i < turns; i++) await new Promise((resolve) => requestAnimationFrame(resolve));
    }, race % 12);
    await drop(page, "none.pcap");
    await eventually(() => tabs(page)).toEqual(["Lab", "large.pcapng", "none.pcap"]);
    await eventually(() => shown(page)).toBe("none.pcap");
    expect(await answer(page).textContent()).toBe(small);
    await tab(page, "large.pcapng").click();
    expect(await answer(page).textContent()).toBe(large);
    await button(page, "Close large.pcapng").click();
    await eventually(() => shown(page)).toBe("none.pcap");
    expect(await answer(page).textContent()).toBe(small);
    await button(page, "Close none.pcap").click();
    await eventually(() => page.locator(".document-tab").count()).toBe(0);
  }
});

it("closing gives the worker and its memory back", async (context) => {
  const page = await openPage(context);
  const memory = await renderersMegabytes(page);
  // The first capture loads code that stays.
  await drop(page, "none.pcap");
  await answer(page).waitFor();
  await page.keyboard.press("Alt+w");
  await eventually(() => page.workers().length).toBe(1);
  const before = await memory();
  await drop(page, "huge.pcapng");
  await eventually(() => shown(page)).toBe("huge.pcapng");
  await answer(page).waitFor({ timeout: 120_000 });
  const open = await memory();
  expect(open - before).toBeGreaterThan(60);
  await page.keyboard.press("Alt+w");
  await eventually(() => page.workers().length).toBe(1);
  await eventually(async () => (await memory()) - before).toBeLessThan(50);
});

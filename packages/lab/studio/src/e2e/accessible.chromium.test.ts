/** axe-core on every view, menu, dialog and skin, light and dark; what it can't measure is measured here; and nothing moves where motion is not wanted. */

import { createRequire } from "node:module";
import { PLATFORMS } from "@pushback/scenario";
import type { AxeResults } from "axe-core";
import type { Page } from "playwright-core";
import { describe, expect, it } from "vitest";
import { violationsAtEverySize, withAxe } from "../testing/axe.ts";
import { faintTexts } from "../testing/faint-texts.ts";
import { button, eventually, icmpCounts, machineCard, openView, studioPages, waitForEnd, waitForPause } from "../testing/studio-page.ts";

const openPage = studioPages();
const AXE = createRequire(import.meta.url).resolve("axe-core/axe.min.js");

type Scheme = "light" | "dark";

/** Checks a page with axe: all rules with the light theme, the rules about colours with the dark theme. Returns one line per violating element. */
async function violations(page: Page, where: string): Promise<string[]> {
  const found: string[] = [];
  for (const scheme of ["light", "dark"] as const) {
    await wear(page, scheme);
    const results = await page.evaluate(
      (rules) =>
        (globalThis as unknown as { axe: { run(o: object): Promise<AxeResults> } }).axe.run({
          resultTypes: ["violations"],
          // WCAG 2.2, 2.5.8: axe has it switched off.
          rules: { "target-size": { enabled: true } },
          ...(rules && { runOnly: { type: "rule", values: rules } }),
        }) as Promise<AxeResults>,
      scheme === "dark" ? COLOUR_RULES : null,
    );
    for (const { id, nodes } of results.violations)
      for (const n of nodes) found.push(`${scheme}, ${where}: ${id}: ${n.target.join(" ")}: ${n.any[0]?.message ?? n.failureSummary}`);
  }
  return found;
}

const COLOUR_RULES = ["color-contrast", "link-in-text-block"];

/** The page follows the system's choice. */
async function wear(page: Page, colorScheme: Scheme): Promise<void> {
  await page.emulateMedia({ colorScheme });
  await page.waitForFunction((wanted) => document.documentElement.dataset["theme"] === wanted, colorScheme);
}

async function ready(page: Page): Promise<Page> {
  await page.addScriptTag({ path: AXE });
  return page;
}

async function playArticle(page: Page): Promise<void> {
  await button(page, "Play the article").click();
  await page.getByLabel("Speed").selectOption("600");
  await page.waitForFunction(() => /still pushing/.test(document.querySelector(".story")?.textContent ?? ""), null, { timeout: 120_000 });
  // The pause must not come before the first errors: how much virtual time goes by until then depends on how busy the machine is.
  await eventually(async () => Math.max(...(await icmpCounts(page)))).toBeGreaterThan(0);
  await button(page, "Pause").click();
}

/** Faults of the texts on the machines' screens, with the light and the dark theme. */
async function glassFaults(page: Page, where: string): Promise<string[]> {
  const found: string[] = [];
  for (const scheme of ["light", "dark"] as const) {
    await wear(page, scheme);
    found.push(...(await faintTexts(page, ".glass")).map((text) => `${scheme}, ${where}: ${text}`));
  }
  return found;
}

describe("in the light and in the dark", () => {
  it("bench: skins through boot, desktop, mail and message", async (context) => {
    const page = await ready(await openPage(context, withAxe));
    const bad: string[] = [];
    const look = async (where: string) => {
      bad.push(...(await violations(page, where)), ...(await glassFaults(page, where)));
    };
    await look("desktop");
    await page.getByLabel("Speed").selectOption("10");
    await button(page, "Log on all").click();
    await eventually(() => page.locator(".mail-window").count()).toBe(4);
    // Back to a time when a client was still connecting, and forward again.
    await button(page, "Pause").click();
    for (let i = 0; i < 80 && (await page.locator(".dialog-box").count()) === 0; i++) {
      const before = await page.locator(".clock-main").getAttribute("title");
      await button(page, "Previous event").click();
      await eventually(() => page.locator(".clock-main").getAttribute("title")).not.toBe(before);
    }
    expect(await page.locator(".dialog-box").count()).toBeGreaterThan(0);
    await look("connecting");
    await button(page, "Play").click();
    await eventually(() => page.locator(".mail-window").count()).toBe(4);
    await look("empty inbox");
    await button(page, "Deliver mail").click();
    await eventually(() => page.locator(".new-mail-sign").count()).toBe(4);
    await look("new mail");
    await button(page, "Read all").click();
    await eventually(() => page.locator(".message").count()).toBe(4);
    await look("message");
    // The dialog for writing mail, with the look of each system.
    for (const { id } of PLATFORMS) {
      await button(machineCard(page, id), /^Write mail/).click();
      await page.getByRole("menuitem", { name: /^New message/ }).click();
      bad.push(...(await violations(page, `${id}: new message`)));
      for (const text of await faintTexts(page, ".compose")) bad.push(`${id}: ${text}`);
      await button(page.getByRole("dialog"), "Close").click();
    }
    await button(page, "Deliver mail").click();
    const others = page.getByRole("button", { name: /^Read one of 2 messages/ });
    await eventually(() => others.count()).toBe(PLATFORMS.length);
    await others.first().click();
    await page.getByRole("menuitem").first().waitFor();
    await look("the messages of an Inbox");
    await page.keyboard.press("Escape");
    await button(machineCard(page, "windows-nt"), /^Unplug/).click();
    await button(page, "Reboot all").click();
    // Steps from one boot event to the next, so that every screen which the machines show while they boot is checked.
    await button(page, "Pause").click();
    await page.getByLabel("Run to next").selectOption("boot");
    const seen = new Set<string>();
    const lastOnes = /Begin Logon[\s\S]*Enter Network Password|Enter Network Password[\s\S]*Begin Logon/;
    for (let i = 0; i < 30; i++) {
      const next = await page.locator(".screen > p").allTextContents();
      const isNew = next.some((text) => !seen.has(text));
      for (const text of next) seen.add(text);
      if (isNew) bad.push(...(await glassFaults(page, `boot ${i}`)));
      if (i % 7 === 0) bad.push(...(await violations(page, `boot ${i}`)));
      if (lastOnes.test([...seen].join("\n"))) break;
      await button(page, /^Go to the next: /).click();
      await eventually(() => page.locator(".screen > p").allTextContents()).not.toEqual(next);
    }
    expect([...seen].join("\n")).toMatch(lastOnes);
    await button(machineCard(page, "ms-dos"), /^Power off/).click();
    await eventually(() => page.locator(".dark-screen").count()).toBe(1);
    await button(page, "Pause").click();
    await look("off");
    await button(page, "Scenarios").click();
    await look("scenarios");
    await page.keyboard.press("Escape");
    await button(page, "File").click();
    await look("file menu");
    expect([...new Set(bad)]).toEqual([]);
  });

  it("the skins of other variants, chosen in the dialog", async (context) => {
    const page = await ready(await openPage(context, withAxe));
    const bad: string[] = [];
    for (const which of [1, 2]) {
      await button(page, "Scenarios").click();
      await page.locator(".menu-item", { hasText: "Machines and settings" }).click();
      bad.push(...(await violations(page, "machines and settings")));
      const selects = page.locator(".machines-form select");
      const titles: string[] = [];
      for (const label of ["Windows 3.x", "Windows NT", "Windows 95/98", "Macintosh"]) {
        const select = page.getByLabel(label, { exact: true });
        const options = await select.locator("option").allTextContents();
        const title = options[Math.min(which, options.length - 2)];
        await select.selectOption({ label: title });
        titles.push(title);
      }
      expect(await selects.count()).toBe(7);
      await page.getByLabel("Notification interval").selectOption({ label: "30 s" });
      await button(page, "Begin again").click();
      for (const title of titles) await page.locator(".machine-name").and(page.getByTitle(title)).first().waitFor();
      bad.push(...(await violations(page, `variants ${which}`)), ...(await glassFaults(page, `variants ${which}`)));
    }
    expect([...new Set(bad)]).toEqual([]);
  });

  it("other skins: those of a fleet", async (context) => {
    const page = await ready(await openPage(context, withAxe));
    await button(page, "Scenarios").click();
    await page.locator(".menu-item", { hasText: "morning-after-a-power-cut" }).click();
    const bad: string[] = [];
    for (const state of ["icmp", "end"]) {
      await page.getByLabel("Run to next").selectOption(state);
      await button(page, /^Go to the next: /).click();
      await waitForPause(page);
      bad.push(...(await violations(page, "fleet")), ...(await glassFaults(page, "fleet")));
    }
    expect([...new Set(bad)]).toEqual([]);
  });

  it("timeline and comparison", async (context) => {
    const page = await ready(await openPage(context, withAxe));
    await playArticle(page);
    const bad = await violations(page, "bench");
    await openView(page, "Timeline");
    await page.waitForSelector(".event-row");
    bad.push(...(await violations(page, "timeline")));
    await page.locator(".event-row").first().click();
    bad.push(...(await violations(page, "timeline, an event chosen")));
    await openView(page, "Comparison");
    await page.getByLabel("Beside").selectOption("variants");
    await page.waitForSelector(".differing");
    await eventually(() => page.locator(".what-if-table tbody tr").count()).toBe(8);
    bad.push(...(await violations(page, "comparison")));
    expect(bad).toEqual([]);
  });

  it("monitor: panels, menus and dialogs", async (context) => {
    const page = await ready(await openPage(context, withAxe));
    await playArticle(page);
    await openView(page, "Monitor");
    const bad: string[] = [];
    bad.push(...(await violations(page, "all frames")));
    await page.locator(".filter-input").fill("udp || icmp");
    await page.keyboard.press("Enter");
    const row = page.locator('.packet-row[data-class="icmp-error"]').first();
    await row.click();
    await page.waitForSelector('[role="treeitem"]');
    bad.push(...(await violations(page, "frame")));
    for (const [tab, wanted] of [
      ["Diagnosis", ".diagnosis-answer"],
      ["Graph", ".graph-box canvas"],
      ["Sequence", ".sequence-box"],
      ["Frame", '[role="treeitem"]'],
    ] as const) {
      await openView(page, tab);
      await page.waitForSelector(wanted);
      bad.push(...(await violations(page, tab)));
    }
    await row.click({ button: "right" });
    await page.waitForSelector('[role="menu"]');
    bad.push(...(await violations(page, "frame's menu")));
    await page.keyboard.press("Escape");
    for (const name of ["Follow", "Comment", "Columns"]) {
      await button(page, name).click();
      await page.waitForSelector("dialog[open]");
      bad.push(...(await violations(page, name)));
      await page.keyboard.press("Escape");
      await eventually(() => page.locator("dialog[open]").count()).toBe(0);
    }
    await button(page, "Find").click();
    await page.locator(".filter-input").fill("icmp.ty");
    await page.waitForSelector('[role="option"]');
    bad.push(...(await violations(page, "filter and find")));
    await page.locator(".filter-input").fill("icmp.type == x");
    await page.keyboard.press("Escape");
    await page.waitForSelector(".filter-fault");
    bad.push(...(await violations(page, "a fault in the filter")));
    expect(bad).toEqual([]);
  });

  it.for(["light", "dark"] as const)(
    "pictures: what is drawn on canvas is readable, %s",
    { timeout: 120_000 },
    async (colorScheme, context) => {
      const page = await openPage(context, { colorScheme });
      await playArticle(page);
      await openView(page, "Timeline");
      // The labels and the axis: the darkest and the lightest of their pixels.
      const readRatios = () =>
        page.locator(".lanes canvas").evaluate((element) => {
          const canvas = element as HTMLCanvasElement;
          const surface = canvas.getContext("2d") as CanvasRenderingContext2D;
          const luminance = (d: Uint8ClampedArray, i: number): number => {
            const [r, g, b] = [0, 1, 2].map((k) =>
              d[i + k] / 255 <= 0.04045 ? d[i + k] / 255 / 12.92 : ((d[i + k] / 255 + 0.055) / 1.055) ** 2.4,
            );
            return 0.2126 * r + 0.7152 * g + 0.0722 * b;
          };
          const ratio = devicePixelRatio;
          const background =
            getComputedStyle(canvas.closest(".lanes") as Element)
              .backgroundColor.match(/\d+/g)
              ?.map(Number) ?? [];
          const ground = new Uint8ClampedArray([...background.slice(0, 3), 255]);
          const range = (x: number, y: number, w: number, h: number): number => {
            const { data } = surface.getImageData(x * ratio, y * ratio, w * ratio, h * ratio);
            let low = luminance(ground, 0);
            let high = low;
            for (let i = 0; i < data.length; i += 4) {
              if (data[i + 3] < 250) continue;
              const l = luminance(data, i);
              low = Math.min(low, l);
              high = Math.max(high, l);
            }
            return (high + 0.05) / (low + 0.05);
          };
          return { axis: range(190, 2, 300, 16), labels: range(4, 30, 170, 400) };
        });
      await eventually(async () => (await readRatios()).axis).toBeGreaterThanOrEqual(4.5);
      expect((await readRatios()).labels).toBeGreaterThanOrEqual(4.5);
    },
  );
});

it("the presenter and the lesson bar break no rule at any size", async (context) => {
  const page = await openPage(context, withAxe);
  const bad: string[] = [];
  await button(page, "Lessons").click();
  await page.getByRole("menuitem", { name: /What is this ICMP/ }).click();
  const lesson = page.getByRole("region", { name: "Lesson: What is this ICMP?" });
  await lesson.waitFor();
  await button(page, "Pause").click();
  bad.push(...(await violationsAtEverySize(page, "lesson")));
  await lesson.getByRole("radio").first().check();
  await button(lesson, "Check").click();
  await eventually(() => lesson.getByRole("status").textContent()).not.toBe("");
  bad.push(...(await violationsAtEverySize(page, "lesson, an answer")));
  // The size of a full screen can't be changed here, so the presenter fills the window, as it does if the browser refuses full screen.
  await page.evaluate(() => {
    document.documentElement.requestFullscreen = () => Promise.reject(new TypeError("refused"));
  });
  await button(page, "Present").click();
  const present = page.locator("dialog.presenter");
  await present.waitFor();
  for (const words of ["The users log on", "repeats its datagram"]) {
    for (let i = 0; i < 6 && !(await present.locator(".presenter-caption").textContent())?.includes(words); i++) {
      const before = await present.locator(".presenter-caption").textContent();
      await page.keyboard.press("PageDown");
      await eventually(() => present.locator(".presenter-caption").textContent()).not.toBe(before);
    }
    await present.locator(".sessions").waitFor();
    bad.push(...(await violationsAtEverySize(page, `presenter: ${words}`)));
  }
  expect([...new Set(bad)]).toEqual([]);
});

it("no rule is broken in narrow and low windows, and at 200 % zoom", async (context) => {
  // 640 × 400 with two pixels each is a window of 1280 × 800 at 200 %.
  const page = await ready(await openPage(context, { ...withAxe, viewport: { width: 640, height: 400 }, deviceScaleFactor: 2 }));
  await playArticle(page);
  await button(page, "Bookmark this time").click();
  const bad: string[] = [];
  for (const [view, wanted] of [
    ["Bench", ".machine .lamps"],
    ["Timeline", ".event-row"],
    ["Monitor", ".packet-row"],
    ["Comparison", ".what-if-table"],
  ]) {
    await openView(page, view);
    await page.locator(wanted).first().waitFor();
    if (view === "Monitor") {
      await page.getByRole("tab", { name: "Traffic" }).click();
      await page.locator(".traffic-table tbody tr").first().waitFor();
    }
    for (const [width, height] of [
      [320, 640],
      [390, 844],
      [640, 400],
    ]) {
      await page.setViewportSize({ width, height });
      const found = await page.evaluate(() =>
        (globalThis as unknown as { axe: { run(o: object): Promise<AxeResults> } }).axe.run({
          resultTypes: ["violations"],
          // Colours are the same at every size.
          rules: { "target-size": { enabled: true }, "color-contrast": { enabled: false } },
        }),
      );
      for (const { id, nodes } of found.violations) bad.push(...nodes.map((n) => `${width}, ${view}: ${id}: ${n.target.join(" ")}`));
      expect(await page.evaluate(() => document.documentElement.scrollWidth), `${view} at ${width}`).toBeLessThanOrEqual(width);
    }
  }
  expect(bad).toEqual([]);
});

it("forced colours leave the selection, the lamps and the glass visible", async (context) => {
  const page = await openPage(context, { forcedColors: "active" });
  const paint = (selector: string) =>
    page
      .locator(selector)
      .first()
      .evaluate((element) => getComputedStyle(element).backgroundColor);
  expect(await paint('.view-tab[aria-selected="true"]')).not.toBe(await paint('.view-tab[aria-selected="false"]'));
  const lamp = page.locator(".lamp-on i").first();
  expect(await lamp.evaluate((element) => getComputedStyle(element).backgroundColor)).not.toBe(await paint("body"));
  expect(
    await page
      .locator(".glass")
      .first()
      .evaluate((element) => getComputedStyle(element).forcedColorAdjust),
  ).toBe("none");
  await openView(page, "Monitor");
  const row = page.locator(".packet-row").first();
  await row.click();
  await page.locator('.packet-row[aria-selected="true"]').waitFor();
  expect(await paint('.packet-row[aria-selected="true"]')).not.toBe(await paint('.packet-row[aria-selected="false"]'));
  await openView(page, "Timeline");
  await page.locator(".event-row").first().click();
  const chosen = page.locator('.event-row[aria-selected="true"]');
  await chosen.waitFor();
  expect(await paint('.event-row[aria-selected="true"]')).not.toBe(await paint('.event-row[aria-selected="false"]'));
  // All text of the selected row has one colour, the system's text colour for selections.
  const inks = await chosen.evaluate((row) => [...row.querySelectorAll("*"), row].map((element) => getComputedStyle(element).color));
  expect(new Set(inks).size).toBe(1);
});

it("reboots, mail, first errors and ends of sessions are announced, and not more than a few times", async (context) => {
  const page = await openPage(context);
  await page.evaluate(() => {
    const said: string[] = [];
    Object.assign(window, { said });
    const place = document.querySelector('[aria-label="What happens in the lab"]') as HTMLElement;
    new MutationObserver(() => said.push(place.textContent ?? "")).observe(place, { childList: true, characterData: true, subtree: true });
  });
  await button(page, "Play the article").click();
  await page.getByLabel("Speed").selectOption("Infinity");
  await waitForEnd(page);
  const said = () => page.evaluate(() => (window as unknown as { said: string[] }).said);
  for (const text of [/Going down without logging off: .*MS-DOS/, /New mail: /, /First ICMP error: /, /Session ended: /])
    await eventually(async () => (await said()).join(" ")).toMatch(text);
  expect((await said()).length).toBeLessThan(12);
});

it("an announcement that is the same as the one before is told again", async (context) => {
  const page = await openPage(context);
  await button(page, "Log on all").click();
  await eventually(() => page.locator(".mail-window").count()).toBe(4);
  await page.getByLabel("To", { exact: true }).selectOption({ label: "To windows-9x" });
  await page.evaluate(() => {
    const said: string[] = [];
    Object.assign(window, { said });
    const place = document.querySelector('[aria-label="What happens in the lab"]') as HTMLElement;
    new MutationObserver(() => said.push(place.textContent ?? "")).observe(place, { childList: true, characterData: true, subtree: true });
  });
  const said = () => page.evaluate(() => (window as unknown as { said: string[] }).said);
  for (const count of [1, 2]) {
    await button(page, "Deliver mail").click();
    await eventually(async () => (await said()).length).toBe(count);
  }
  expect(await said()).toEqual(["New mail: Windows 95.", "New mail: Windows 95."]);
});

it("nothing moves by itself where motion is not wanted", async (context) => {
  const page = await openPage(context, { reducedMotion: "reduce" });
  await button(page, "Play the article").click();
  await page.getByLabel("Speed").selectOption("600");
  await page.waitForFunction(() => /still pushing/.test(document.querySelector(".story")?.textContent ?? ""), null, { timeout: 120_000 });
  for (const view of ["Bench", "Timeline", "Monitor", "Comparison"]) {
    await openView(page, view);
    await page.locator(".view > *").first().waitFor();
    const moving = await page.evaluate(() =>
      document
        .getAnimations()
        .filter((a) => a.playState === "running" && Number(a.effect?.getComputedTiming().duration) > 20)
        .map((a) => ((a.effect as KeyframeEffect).target as Element).className),
    );
    expect(moving, view).toEqual([]);
  }
  // With reduced motion the wire is drawn once, and datagrams are not animated along it.
  await openView(page, "Bench");
  await page.locator(".wire canvas").waitFor();
  const wire = () =>
    page
      .locator("canvas.wire, .desk canvas")
      .first()
      .evaluate((c) => (c as HTMLCanvasElement).toDataURL());
  // The canvas is there before its first drawing, which follows the layout.
  const isBlank = () =>
    page
      .locator("canvas.wire, .desk canvas")
      .first()
      .evaluate((c) => {
        const { width, height } = c as HTMLCanvasElement;
        return (c as HTMLCanvasElement).toDataURL() === Object.assign(document.createElement("canvas"), { width, height }).toDataURL();
      });
  await eventually(isBlank).toBe(false);
  // The picture must stay the same while datagrams arrive and the playhead moves.
  const seen = new Set<string>([await wire()]);
  const counts = () => icmpCounts(page).then((all) => all.join());
  for (let i = 0; i < 4; i++) {
    const before = await counts();
    await eventually(counts).not.toBe(before);
    seen.add(await wire());
  }
  expect(seen.size).toBe(1);
  await page.getByLabel("Speed").selectOption("Infinity");
  await waitForEnd(page);
});

/**
 * `node apps/site/scripts/pictures.mjs`: makes the pictures of the studio and of the report in docs/images anew. With `--all` it also writes every view,
 * panel and machine's screen at four sizes, light and dark, to out/pictures, to be looked at. Needs the built command line and studio, and Chromium.
 */
import { execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { chromium } from "playwright-core";
import { CHROMIUM_BROWSER } from "../../../packages/protocol/judges/src/chromium.ts";

const ROOT = join(import.meta.dirname, "../../..");
const CLI = join(ROOT, "apps/cli/dist/pushback.js");
const IMAGES = join(ROOT, "docs/images");
const ALL = join(ROOT, "out/pictures");
const SECOND = 1_000_000;

const SIZES = [
  { name: "1280x800", viewport: { width: 1280, height: 800 } },
  { name: "1920x1080", viewport: { width: 1920, height: 1080 } },
  { name: "390x844", viewport: { width: 390, height: 844 } },
  { name: "1280x800-at-200-percent", viewport: { width: 640, height: 400 }, deviceScaleFactor: 2 },
];
/** Moments of the article at which a machine's screen is worth a look. */
const MOMENTS = {
  boot: 4,
  loader: 14,
  "later-in-the-boot": 20,
  logon: 37,
  client: 55,
  mail: 64,
  "unclean-boot": 313,
  "unclean-check": 327,
  "unclean-desktop": 345,
  desktop: 420,
};

/** Moments of the view for an audience: a machine alone, then with the server's sessions. */
const PRESENTED = { error: 362, server: 7262 };

/** The screens in docs/images/studio-machines.png, row by row: which system's, and at which moment. */
const GALLERY = [
  ["ms-dos", 61],
  ["wfw-3.11", 28],
  ["windows-3.1", 420],
  ["nt-3.51", 61],
  ["nt-4.0", 327],
  ["windows-95", 313],
  ["windows-98", 61],
  ["windows-95", 22],
  ["system-7", 61],
  ["mac-os-8", 326],
  ["mac-os-9", 345],
  ["nt-4.0", 64],
];

/** One run for each list. A list has the ends of the titles of variants that replace the default ones in the run. */
const VARIANTS = [[], ["Network Client 3.0", "NT 3.51", "Windows 98", "(System 7)"], ["(Mac OS 9)"]];

const browser = await chromium.launch({ executablePath: CHROMIUM_BROWSER, args: ["--no-sandbox"] });
const studio = spawn(process.execPath, [CLI, "studio", "--port", "0", "--no-open"], { stdio: ["ignore", "pipe", "ignore"] });
const [line] = await once(studio.stdout, "data");
const address = /http:\S+/.exec(String(line))[0];

/** The studio with the article played to its end, with or without the tour's captions. */
async function openArticle(options, keepsTour = false) {
  const page = await browser.newPage({ reducedMotion: "reduce", colorScheme: "light", ...options });
  await page.goto(address);
  await page.getByRole("button", { name: "Play the article" }).click();
  await page.getByLabel("Speed").selectOption("Infinity");
  await page.waitForFunction(() => {
    const playhead = document.querySelector(".scrubber input");
    return playhead?.value === playhead?.max && document.querySelector(".transport .play")?.textContent === "Play";
  });
  if (!keepsTour) await page.getByRole("button", { name: "End the tour" }).click();
  return page;
}

const goTo = (page, seconds) => page.getByRole("slider", { name: "Playhead" }).fill(String(seconds * SECOND));
const openView = (page, name) => page.getByRole("tab", { name, exact: true }).click();

/** Puts something worth a look on each view, one after the other; `take` gets the view's name. */
async function eachView(page, take) {
  await goTo(page, 3531);
  await openView(page, "Bench");
  await take("bench");
  await openView(page, "Timeline");
  await page.locator(".event-row").first().waitFor();
  await take("timeline");
  await openView(page, "Monitor");
  await page.locator(".filter-input").fill("icmp");
  await page.keyboard.press("Enter");
  await page.getByRole("tab", { name: "Diagnosis" }).click();
  await page.locator(".finding").first().waitFor();
  await page.locator(".packet-row[data-class=icmp-error]").first().click();
  await take("monitor");
  await openView(page, "Comparison");
  await page.locator(".row-table").first().waitFor();
  // The state names the runs that are missing in the plot.
  await page.waitForFunction(
    () => document.querySelector(".what-if-state")?.textContent === "" && document.querySelector(".what-if-table tbody"),
  );
  await take("comparison");
}

/** Runs the article again with `variants`, each given by the end of its title, in place of the platforms' present ones. */
async function chooseVariants(page, variants) {
  await page.getByRole("button", { name: "Scenarios" }).click();
  await page.locator(".menu-item", { hasText: "Machines and settings" }).click();
  for (const select of await page.locator(".machines-form select").all()) {
    const titles = await select.locator("option").allTextContents();
    const title = titles.find((text) => variants.some((end) => text.endsWith(end)));
    if (title !== undefined) await select.selectOption({ label: title });
  }
  await page.getByRole("button", { name: "Begin again", exact: true }).click();
  await page.waitForFunction(() => {
    const playhead = document.querySelector(".scrubber input");
    return playhead?.value === playhead?.max && document.querySelector(".transport .play")?.textContent === "Play";
  });
}

/** Panels of the monitor, the view for an audience, and a lesson: `take` gets the name. The lesson opens another run. */
async function eachPanel(page, take) {
  await openView(page, "Monitor");
  for (const [tab, wanted] of [
    ["Traffic", ".traffic-table tbody tr"],
    ["Experts", ".expert-list, .panel-none"],
  ]) {
    await page.getByRole("tab", { name: tab, exact: true }).click();
    await page.locator(wanted).first().waitFor();
    await take(tab.toLowerCase());
  }
  await openView(page, "Bench");
  for (const [name, seconds] of Object.entries(PRESENTED)) {
    await goTo(page, seconds);
    await page.getByRole("button", { name: "Present", exact: true }).click();
    await take(`presenter-${name}`);
    await page.locator("dialog.presenter").getByRole("button", { name: "Close" }).click();
  }
  await page.getByRole("button", { name: "Lessons" }).click();
  await page.getByRole("menuitem", { name: /What is this ICMP/ }).click();
  await page.locator(".lesson").waitFor();
  await page.getByRole("button", { name: "Pause", exact: true }).click();
  // In a narrow window the page scrolls.
  await page.locator(".lesson").evaluate((lesson) => lesson.scrollIntoView());
  await take("lesson");
}

/** Every machine's screen at each moment, then on its way down by an orderly shutdown, and writing mail. `suffix`: size and colours. */
async function shotMachines(page, suffix) {
  const take = async (moment) => {
    await settle(page);
    for (const machine of await page.locator(".machine[data-machine]").all()) {
      const screen = machine.locator(".screen");
      if ((await screen.count()) === 0) continue;
      const path = join(ALL, `${await screen.getAttribute("data-look")}-${moment}-${suffix}.png`);
      await screen.screenshot({ path });
      console.log(path);
    }
  };
  for (const [moment, seconds] of Object.entries(MOMENTS)) {
    await goTo(page, seconds);
    await take(moment);
  }
  await goTo(page, MOMENTS.mail);
  for (const machine of await page.locator(".machine[data-machine]").all()) {
    await machine.getByRole("button", { name: /^Write mail/ }).click();
    await page.getByRole("menuitem", { name: /^New message/ }).click();
    await settle(page);
    const path = join(ALL, `${await machine.locator(".screen").getAttribute("data-look")}-compose-${suffix}.png`);
    await page.locator("dialog[open]").screenshot({ path });
    console.log(path);
    await page.keyboard.press("Escape");
  }
  await goTo(page, MOMENTS.desktop);
  for (const down of await page.getByRole("button", { name: /^Shut down: / }).all()) await down.click();
  await take("going-down");
  await goTo(page, MOMENTS.desktop + 60);
  await take("shut-down");
}

/** One picture of the screens in `GALLERY`. */
async function shotGallery(path) {
  const pictures = new Map();
  for (const variants of VARIANTS) {
    const page = await openArticle(SIZES[1]);
    if (variants.length > 0) await chooseVariants(page, variants);
    await openView(page, "Bench");
    await page.locator(".machine[data-machine] .screen").nth(4).waitFor();
    for (const [i, [look, seconds]] of GALLERY.entries()) {
      const screen = page.locator(`.screen[data-look="${look}"]`).first();
      if (pictures.has(i) || (await screen.count()) === 0) continue;
      await goTo(page, seconds);
      await settle(page);
      pictures.set(i, await screen.screenshot());
    }
    await page.close();
  }
  const page = await browser.newPage({ viewport: { width: 1500, height: 800 } });
  const images = GALLERY.map((_, i) => `<img src="data:image/png;base64,${pictures.get(i).toString("base64")}">`);
  await page.setContent(
    `<style>body{margin:12px;display:grid;grid-template-columns:repeat(3,auto);gap:12px;width:max-content;background:#26303d}img{display:block}</style>${images.join("")}`,
  );
  await page.locator("body").screenshot({ path });
  await page.close();
  console.log(path);
}

const settle = (page) => page.waitForTimeout(400);
const shot = async (page, path) => {
  await settle(page);
  await page.screenshot({ path });
  console.log(path);
};

try {
  const page = await openArticle(SIZES[0]);
  await eachView(page, (view) => shot(page, join(IMAGES, `studio-${view}.png`)));
  await page.close();
  await shotGallery(join(IMAGES, "studio-machines.png"));
  const folder = mkdtempSync(join(tmpdir(), "pushback-pictures-"));
  try {
    execFileSync(process.execPath, [CLI, "compare", "kb-q159302", "--out", folder]);
    const report = await browser.newPage(SIZES[0]);
    await report.goto(`file://${join(folder, "report.html")}`);
    await shot(report, join(IMAGES, "report.png"));
    await report.close();
  } finally {
    rmSync(folder, { recursive: true });
  }

  if (process.argv.includes("--all")) {
    mkdirSync(ALL, { recursive: true });
    for (const { name, ...options } of SIZES) {
      for (const colorScheme of ["light", "dark"]) {
        const sized = await openArticle({ ...options, colorScheme }, true);
        const take = (view) => shot(sized, join(ALL, `${view}-${name}-${colorScheme}.png`));
        await eachView(sized, take);
        await eachPanel(sized, take);
        await sized.close();
        for (const variants of VARIANTS) {
          const page = await openArticle({ ...options, colorScheme });
          if (variants.length > 0) await chooseVariants(page, variants);
          await openView(page, "Bench");
          await page.locator(".machine[data-machine] .screen").nth(4).waitFor();
          await shotMachines(page, `${name}-${colorScheme}`);
          await page.close();
        }
      }
    }
  }
} finally {
  studio.kill();
  await browser.close();
}

/** Pictures of every view, light and dark, in two sizes: `node scripts/screenshots.mjs ADDRESS FOLDER [VIEW…]`. The studio must be served already. */
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { chromium } from "playwright-core";

const [address, folder, ...only] = process.argv.slice(2);
mkdirSync(folder, { recursive: true });
const SIZES = [
  [1280, 800],
  [1920, 1080],
];

/** What a person does before the picture is taken. */
const VIEWS = {
  start: async () => {},
  boot: async (page) => {
    await page.getByRole("button", { name: "Reboot all" }).click();
    await page.waitForTimeout(9000);
  },
  bench: async (page) => runHalf(page),
  timeline: async (page) => {
    await runHalf(page);
    await page.getByRole("tab", { name: "Timeline" }).click();
  },
  monitor: async (page) => {
    await runHalf(page);
    await page.getByRole("tab", { name: "Monitor" }).click();
    await page.waitForTimeout(800);
  },
  comparison: async (page) => {
    await runHalf(page);
    await page.getByRole("tab", { name: "Comparison" }).click();
    await page.waitForTimeout(2500);
  },
};

async function runHalf(page) {
  await page.getByRole("button", { name: "Play the article" }).click();
  await page.waitForTimeout(6000);
  await page.getByRole("button", { name: "Pause", exact: true }).click();
}

const browser = await chromium.launch({ executablePath: "/usr/bin/chromium", args: ["--no-sandbox"] });
for (const colorScheme of ["light", "dark"]) {
  for (const [width, height] of SIZES) {
    for (const [name, prepare] of Object.entries(VIEWS)) {
      if (only.length > 0 && !only.includes(name)) continue;
      const context = await browser.newContext({ viewport: { width, height }, colorScheme });
      const page = await context.newPage();
      page.on("console", (message) => {
        if (message.type() === "error" || message.type() === "warning") console.error(`${name}: ${message.text()}`);
      });
      page.on("pageerror", (error) => console.error(`${name}: ${error.stack}`));
      await page.goto(address);
      await page.getByRole("button", { name: "Log on all" }).waitFor();
      await page.waitForTimeout(300);
      await prepare(page);
      await page.waitForTimeout(300);
      await page.screenshot({ path: join(folder, `${name}-${colorScheme}-${width}.png`) });
      await context.close();
    }
  }
}
await browser.close();

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

const tab = (page, name) => page.getByRole("tab", { name, exact: true }).click();

async function runHalf(page) {
  await page.getByRole("button", { name: "Play the article" }).click();
  await page.waitForTimeout(6000);
  await page.getByRole("button", { name: "Pause", exact: true }).click();
}

async function monitor(page) {
  await runHalf(page);
  await tab(page, "Monitor");
  await page.locator(".filter-input").fill("udp || icmp");
  await page.keyboard.press("Enter");
  await page.locator(".packet-row[data-class=icmp-error]").first().click();
  await page.waitForSelector('[role="treeitem"]');
}

async function panel(page, name, wanted) {
  await monitor(page);
  await tab(page, name);
  await page.waitForSelector(wanted, { timeout: 10_000 }).catch(() => {});
  await page.waitForTimeout(700);
}

async function playThrough(page, id) {
  await page.getByRole("button", { name: "Scenarios" }).click();
  await page.getByRole("menuitem", { name: id }).click();
  await page.getByLabel("Speed").selectOption("Infinity");
  const isOver = () => {
    const playhead = document.querySelector(".scrubber input");
    return playhead.value === playhead.max;
  };
  await page.waitForFunction(isOver, null, { timeout: 60_000 });
}

/** What a person does before the picture is taken. */
const VIEWS = {
  start: async () => {},
  boot: async (page) => {
    await page.getByRole("button", { name: "Reboot all" }).click();
    await page.waitForTimeout(9000);
  },
  "boot-late": async (page) => {
    await page.getByRole("button", { name: "Reboot all" }).click();
    await page.waitForTimeout(18_000);
  },
  bench: runHalf,
  message: async (page) => {
    await page.getByRole("button", { name: "Log on all" }).click();
    await page.waitForTimeout(9000);
    await page.getByLabel("Speed").selectOption("10");
    await page.getByRole("button", { name: "Deliver mail" }).click();
    await page.waitForTimeout(1500);
    await page.getByRole("button", { name: "Read all" }).click();
    await page.waitForTimeout(1500);
  },
  "scenario-menu": async (page) => page.getByRole("button", { name: "Scenarios" }).click(),
  fleet: async (page) => playThrough(page, /morning-after/),
  router: async (page) => playThrough(page, /behind-a-router/),
  timeline: async (page) => {
    await runHalf(page);
    await tab(page, "Timeline");
  },
  "timeline-second": async (page) => {
    await runHalf(page);
    await page.getByLabel("Run to next").selectOption("icmp");
    await page.getByRole("button", { name: /^Go to the next/ }).click();
    await tab(page, "Timeline");
    await page.getByRole("button", { name: "1 ms", exact: true }).click();
  },
  monitor,
  diagnosis: (page) => panel(page, "Diagnosis", ".diagnosis-answer"),
  graph: (page) => panel(page, "Graph", ".graph-box canvas"),
  sequence: (page) => panel(page, "Sequence", ".sequence-box"),
  "monitor-filter": async (page) => {
    await monitor(page);
    await page.keyboard.press("/");
    await page.keyboard.type("icmp.ty");
    await page.waitForSelector('[role="option"]');
  },
  "monitor-menu": async (page) => {
    await monitor(page);
    await page.locator(".packet-row[data-class=icmp-error]").nth(1).click({ button: "right" });
  },
  follow: async (page) => {
    await monitor(page);
    await page.getByRole("button", { name: "Follow" }).click();
    await page.waitForSelector("dialog[open]");
  },
  columns: async (page) => {
    await monitor(page);
    await page.getByRole("button", { name: "Columns" }).click();
    await page.waitForSelector("dialog[open]");
  },
  comparison: async (page) => {
    await runHalf(page);
    await tab(page, "Comparison");
    await page.waitForTimeout(3500);
  },
  "comparison-fleet": async (page) => {
    await playThrough(page, /morning-after/);
    await tab(page, "Comparison");
    await page.waitForSelector(".fleet-table");
    await page.waitForTimeout(3500);
  },
  "comparison-beside": async (page) => {
    await playThrough(page, /Q159302/);
    await tab(page, "Comparison");
    await page.getByLabel("Beside").selectOption("variants");
    await page.waitForSelector(".differing");
    await page.waitForTimeout(3500);
  },
};

const browser = await chromium.launch({ executablePath: "/usr/bin/chromium", args: ["--no-sandbox"] });
for (const [width, height] of SIZES) {
  for (const [name, prepare] of Object.entries(VIEWS)) {
    if (only.length > 0 && !only.includes(name)) continue;
    const context = await browser.newContext({ viewport: { width, height } });
    const page = await context.newPage();
    page.on("console", (message) => {
      if (message.type() === "error" || message.type() === "warning") console.error(`${name}: ${message.text()}`);
    });
    page.on("pageerror", (error) => console.error(`${name}: ${error.stack}`));
    await page.goto(address);
    await page.getByRole("button", { name: "Log on all" }).waitFor();
    try {
      await prepare(page);
      // The same moment in both: the page follows the system's choice.
      for (const colorScheme of ["light", "dark"]) {
        await page.emulateMedia({ colorScheme });
        await page.waitForTimeout(400);
        await page.screenshot({ path: join(folder, `${name}-${colorScheme}-${width}.png`) });
      }
    } catch (error) {
      console.error(`${name}: ${error.message}`);
      process.exitCode = 1;
    }
    await context.close();
  }
}
await browser.close();

/** Pictures of every view, light and dark, in two sizes: `node scripts/screenshots.mjs ADDRESS FOLDER [VIEW…]`. The studio must be served already. */
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { chromium } from "playwright-core";
import { CHROMIUM_BROWSER } from "../../../../packages/protocol/judges/src/chromium.ts";

const [address, folder, ...only] = process.argv.slice(2);
mkdirSync(folder, { recursive: true });
const SIZES = [
  [1280, 800],
  [1920, 1080],
];

const tab = (page, name) => page.getByRole("tab", { name, exact: true }).click();

async function runHalf(page) {
  await page.getByRole("button", { name: "Play the article" }).click();
  await page.getByLabel("Speed").selectOption("600");
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

async function beside(page, choice) {
  await playThrough(page, /Q159302/);
  await tab(page, "Comparison");
  await page.locator(`.run-picker option[value="${choice}"]`).waitFor({ state: "attached" });
  await page.getByLabel("Beside").selectOption(choice);
  await page.waitForTimeout(3500);
}

/** Reboots all machines, then moves the playhead on by `ms` milliseconds. */
async function bootFor(page, ms) {
  await page.getByRole("button", { name: "Reboot all" }).click();
  await page.getByRole("button", { name: "Pause", exact: true }).click();
  for (let i = 0; i < ms / 1000; i++) await page.keyboard.press("Shift+ArrowRight");
  await page.waitForTimeout(500);
}

/** A menu or dialog that a button opens. */
async function opened(page, button, wanted) {
  await page.getByRole("button", { name: button, exact: true }).click();
  await page.waitForSelector(wanted);
}

/** Views to take pictures of, with the actions before each picture. */
const VIEWS = {
  start: async () => {},
  "start-menu": async (page) => page.locator('[data-machine="windows-nt"] .start').click(),
  boot: (page) => bootFor(page, 9000),
  "boot-late": (page) => bootFor(page, 20_000),
  "boot-logon": (page) => bootFor(page, 33_500),
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
  machines: async (page) => {
    await page.getByRole("button", { name: "Scenarios" }).click();
    await page.getByRole("menuitem", { name: /Machines and settings/ }).click();
    await page.waitForSelector("dialog[open] option", { state: "attached" });
  },
  "file-menu": (page) => opened(page, "File", "[role=menu]"),
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
  find: async (page) => {
    await monitor(page);
    await page.getByRole("button", { name: "Find" }).click();
    await page.keyboard.type("port unreachable");
    await page.keyboard.press("Enter");
    await page.waitForSelector(".find-status:has-text('Frame')");
  },
  comment: async (page) => {
    await monitor(page);
    await opened(page, "Comment", "dialog[open]");
  },
  "monitor-fault": async (page) => {
    await monitor(page);
    await page.locator(".filter-input").fill("icmp.type == x");
    await page.keyboard.press("Escape");
    await page.waitForSelector(".filter-fault");
  },
  "put-together": async (page) => {
    await page.getByLabel("Speed").selectOption("10");
    await page.getByRole("button", { name: "Log on all" }).click();
    await page.waitForFunction(() => document.querySelectorAll(".mail-window").length === 4);
    // Twenty messages make a table of contents that is longer than one segment.
    for (let i = 1; i <= 20; i++) {
      await page.getByLabel("Subject").fill(`Number ${i} of those that fill the table of contents`);
      await page.getByRole("button", { name: "Deliver mail" }).click();
      await page.waitForTimeout(100);
    }
    await page.waitForTimeout(2000);
    await page.getByRole("button", { name: "Pause", exact: true }).click();
    await tab(page, "Monitor");
    await page.locator(".filter-input").fill("dcerpc && tcp.len > 600");
    await page.keyboard.press("Enter");
    await page.locator(".packet-row[data-class]").first().click();
    for (let i = 0; i < 80 && (await page.getByRole("tab", { name: /^Put together/ }).count()) === 0; i++) {
      await page.keyboard.press("ArrowDown");
      await page.waitForTimeout(100);
    }
    await page
      .getByRole("tab", { name: /^Put together/ })
      .first()
      .click();
  },
  "own-capture": async (page) => {
    const chooser = page.waitForEvent("filechooser");
    await page.getByRole("button", { name: "File" }).click();
    await page.getByRole("menuitem", { name: /^Open capture/ }).click();
    await (await chooser).setFiles(fileURLToPath(new URL("../../../protocol/capture/test-captures/zeek-conn-size.pcap", import.meta.url)));
    await page.waitForSelector(".diagnosis-answer");
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
  "comparison-beside": async (page) => beside(page, "variants"),
  "comparison-scenario": async (page) => beside(page, "scenario-relogon-early"),
  "what-if-icmp": async (page) => {
    await beside(page, "none");
    await page.getByLabel("Server and ICMP errors").selectOption("honoured");
    await page.waitForTimeout(4000);
  },
};

const browser = await chromium.launch({ executablePath: CHROMIUM_BROWSER, args: ["--no-sandbox"] });
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
      // Both pictures show the same moment: the page changes its theme with the system's.
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

/**
 * `node apps/site/scripts/recording.mjs`: makes docs/images/recording.gif, the first picture of README: the article on the command line, then in the
 * studio. Needs the built command line and studio, and Chromium.
 */
import { execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { encode } from "modern-gif";
import { chromium } from "playwright-core";
import { CHROMIUM_BROWSER } from "../../../packages/protocol/judges/src/chromium.ts";

const ROOT = join(import.meta.dirname, "../../..");
const CLI = join(ROOT, "apps/cli/dist/pushback.js");
const OUT = join(ROOT, "docs/images/recording.gif");
const [WIDTH, HEIGHT] = [880, 550];
const MAX_BYTES = 2_000_000;
/** Milliseconds of a frame. */
const STEP = 400;
const HOLD = 2500;

const env = { ...process.env, NO_COLOR: "1", COLUMNS: "104" };
const table = execFileSync(process.execPath, [CLI, "compare", "kb-q159302"], { env, encoding: "utf8" }).split("\n");

const browser = await chromium.launch({ executablePath: CHROMIUM_BROWSER, args: ["--no-sandbox"] });
const decoder = await browser.newPage();
const frames = [];

/** The page's pixels as one frame. */
async function take(page, delay) {
  const png = (await page.screenshot()).toString("base64");
  const pixels = await decoder.evaluate(
    async ([text, width, height]) => {
      const image = new Image();
      image.src = `data:image/png;base64,${text}`;
      await image.decode();
      const canvas = new OffscreenCanvas(width, height);
      const context = canvas.getContext("2d");
      context.drawImage(image, 0, 0, width, height);
      const { data } = context.getImageData(0, 0, width, height);
      let binary = "";
      for (let at = 0; at < data.length; at += 32_768) binary += String.fromCharCode(...data.subarray(at, at + 32_768));
      return btoa(binary);
    },
    [png, WIDTH, HEIGHT],
  );
  frames.push({ data: new Uint8ClampedArray(Buffer.from(pixels, "base64")), delay });
}

const terminal = await browser.newPage({ viewport: { width: WIDTH, height: HEIGHT } });
await terminal.setContent(
  `<style>body{margin:0;background:#1c1c22;color:#e8e8ee}pre{margin:16px;font:11.5px/15px "DejaVu Sans Mono",monospace;white-space:pre}</style><pre></pre>`,
);
const print = (text) => terminal.evaluate((t) => (document.querySelector("pre").textContent = t), text);
const command = "$ npm start";
for (const length of [3, 6, command.length]) {
  await print(`${command.slice(0, length)}▌`);
  await take(terminal, STEP / 2);
}
for (const rows of [10, 26, 34]) {
  await print([command, "", ...table.slice(0, rows)].join("\n"));
  await take(terminal, rows === 34 ? HOLD : STEP);
}

const studio = spawn(process.execPath, [CLI, "studio", "--port", "0", "--no-open"], { stdio: ["ignore", "pipe", "ignore"] });
const [line] = await once(studio.stdout, "data");
const address = /http:\S+/.exec(String(line))[0];
const page = await browser.newPage({ viewport: { width: 1280, height: 800 }, colorScheme: "light", reducedMotion: "reduce" });
await page.goto(address);
await page.getByRole("button", { name: "Play the article" }).click();
await page.getByLabel("Speed").selectOption("600");
for (let i = 0; i < 16; i++) {
  await take(page, STEP);
  await page.waitForTimeout(700);
}
// The article may be over by now.
const pause = page.getByRole("button", { name: "Pause", exact: true });
if (await pause.isVisible()) await pause.click();
await page.getByRole("tab", { name: "Monitor", exact: true }).click();
await page.locator(".filter-input").fill("icmp");
await page.keyboard.press("Enter");
await page.locator(".packet-row[data-class=icmp-error]").first().click();
await page.waitForSelector('[role="treeitem"]');
await take(page, HOLD);
studio.kill();
await browser.close();

const gif = new Uint8Array(await encode({ width: WIDTH, height: HEIGHT, frames, maxColors: 64, format: "arrayBuffer" }));
if (gif.length > MAX_BYTES) throw new Error(`the recording has ${gif.length} bytes, more than ${MAX_BYTES}`);
writeFileSync(OUT, gif);
console.log(`${OUT}: ${frames.length} frames, ${gif.length} bytes`);

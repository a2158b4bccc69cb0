/** The gate `site`: builds the site and looks for broken links, requests to other servers, and violations of accessibility rules. */

import { createReadStream, existsSync, readdirSync, readFileSync, statSync } from "node:fs";
import { createServer } from "node:http";
import { createRequire } from "node:module";
import type { AddressInfo } from "node:net";
import { extname, join, posix } from "node:path";
import { CHROMIUM } from "@pushback/judges";
import type { AxeResults } from "axe-core";
import { chromium, type Page } from "playwright-core";
import "../build.ts";
import { SITE } from "../places.ts";

/** One page of each kind, and the largest ones. These are also checked with the dark theme and in a narrow window. */
const LOOKED_AT = [
  "index.html",
  "tutorials/administrator.html",
  "how-to/server.html",
  "explanation/article.html",
  "reference/command-line.html",
  "reference/gallery.html",
  "reference/platforms.html",
  "reference/verdicts.html",
];

const TYPES: Readonly<Record<string, string>> = {
  ".html": "text/html; charset=utf-8",
  ".js": "text/javascript",
  ".css": "text/css",
  ".json": "application/json",
  ".svg": "image/svg+xml",
  ".png": "image/png",
};

const AXE = createRequire(import.meta.url).resolve("axe-core/axe.min.js");

/** Every page but the studio. */
function pagePaths(): string[] {
  const files = readdirSync(SITE, { recursive: true, encoding: "utf8" }).map((file) => file.replaceAll("\\", "/"));
  return files.filter((file) => file.endsWith(".html") && !file.startsWith("studio/") && file !== "404.html").sort();
}

/** Addresses in a page that lead nowhere: to a file that is not there, or to a heading that the page lacks. */
function brokenLinks(): string[] {
  const pages = new Map(pagePaths().map((file) => [file, readFileSync(join(SITE, file), "utf8")] as const));
  const broken: string[] = [];
  for (const [page, text] of pages) {
    for (const [, address] of text.matchAll(/\s(?:href|src)="([^"]*)"/g)) {
      if (/^(https?:|mailto:|data:)/.test(address) || address === "") continue;
      const [path, fragment] = address
        .replaceAll("&amp;", "&")
        .replace(/\?[^#]*/, "")
        .split("#");
      const meant = path === "" ? page : posix.join(path.startsWith("/") ? "" : posix.dirname(page), path).replace(/^\//, "");
      const file = meant === "" || meant.endsWith("/") ? `${meant}index.html` : extname(meant) === "" ? `${meant}.html` : meant;
      if (!existsSync(join(SITE, file))) broken.push(`${page}: ${address}: no such page`);
      else if (fragment && pages.has(file) && !pages.get(file)?.includes(`id="${decodeURIComponent(fragment)}"`))
        broken.push(`${page}: ${address}: no such heading`);
    }
  }
  return [...new Set(broken)];
}

async function serve(): Promise<{ readonly address: string; close(): void }> {
  const server = createServer((request, response) => {
    const { pathname } = new URL(request.url ?? "/", "http://127.0.0.1");
    const path = join(SITE, pathname.endsWith("/") ? `${pathname}index.html` : pathname);
    if (!existsSync(path) || !statSync(path).isFile()) {
      response.writeHead(404).end();
      return;
    }
    response.setHeader("content-type", TYPES[extname(path)] ?? "application/octet-stream");
    createReadStream(path).pipe(response);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return { address: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, close: () => server.close() };
}

/** A line for each rule that is broken, with the first element that breaks it. */
async function violations(page: Page, where: string, schemes: readonly ("light" | "dark")[]): Promise<string[]> {
  const found: string[] = [];
  for (const colorScheme of schemes) {
    await page.emulateMedia({ colorScheme, reducedMotion: "reduce" });
    await page.waitForFunction((dark) => document.documentElement.classList.contains("dark") === dark, colorScheme === "dark");
    const results = await page.evaluate(
      () =>
        (globalThis as unknown as { axe: { run(o: object): Promise<AxeResults> } }).axe.run({
          resultTypes: ["violations"],
        }) as Promise<AxeResults>,
    );
    for (const { id, nodes } of results.violations) {
      const [{ target, any, failureSummary }] = nodes;
      found.push(`${where}, ${colorScheme}: ${id}, ${nodes.length} times: ${target.join(" ")}: ${any[0]?.message ?? failureSummary}`);
    }
  }
  return found;
}

async function lookAt(address: string): Promise<string[]> {
  const browser = await chromium.launch({ executablePath: CHROMIUM, args: ["--no-sandbox"] });
  const found: string[] = [];
  try {
    const page = await browser.newPage({ viewport: { width: 1280, height: 800 } });
    page.on("request", (request) => {
      if (!request.url().startsWith(address) && !request.url().startsWith("data:")) found.push(`request to ${request.url()}`);
    });
    page.on("pageerror", (error) => found.push(`${page.url()}: ${error.message}`));
    for (const place of pagePaths()) {
      await page.goto(`${address}/${place}`, { waitUntil: "load" });
      await page.addScriptTag({ path: AXE });
      found.push(...(await violations(page, place, LOOKED_AT.includes(place) ? ["light", "dark"] : ["light"])));
    }
    await page.setViewportSize({ width: 320, height: 640 });
    for (const place of LOOKED_AT) {
      await page.goto(`${address}/${place}`, { waitUntil: "networkidle" });
      const wide = await page.evaluate(() => document.documentElement.scrollWidth);
      if (wide > 320) found.push(`${place}: ${wide} pixels wide in a window of 320`);
    }
    await page.setViewportSize({ width: 1280, height: 800 });
    await page.goto(`${address}/studio/index.html?open=relogon-early.yaml`);
    await page.getByText("Back after ten minutes").first().waitFor({ timeout: 30_000 });
  } finally {
    await browser.close();
  }
  return found;
}

const server = await serve();
const problems = brokenLinks();
problems.push(...(await lookAt(server.address)));
server.close();
for (const problem of problems.slice(0, 60)) process.stderr.write(`${problem}\n`);
if (problems.length > 0) process.stderr.write(`${problems.length} problems\n`);
process.exitCode = problems.length > 0 ? 1 : 0;

/**
 * Every command of the pages runs and prints what the page shows. To write the pages anew:
 * PUSHBACK_WRITE_DOCS=1 npx vitest run apps/site/src/commands.test.ts
 */

import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { PUSHBACK } from "@pushback/judges";
import { describe, expect, it } from "vitest";
import { consoleBlocks, installPushback, runCommand, shown } from "./console-blocks.ts";
import { PAGES } from "./places.ts";

const WRITES = process.env["PUSHBACK_WRITE_DOCS"] === "1";

const pages = readdirSync(PAGES, { recursive: true, encoding: "utf8" })
  .filter((page) => page.endsWith(".md"))
  .map((page) => ({ page, path: join(PAGES, page), blocks: consoleBlocks(readFileSync(join(PAGES, page), "utf8")) }))
  .filter(({ blocks }) => blocks.length > 0);

describe.each(pages)("$page", ({ path, blocks }) => {
  it("prints what it shows", { timeout: 300_000 }, (context) => {
    const folder = mkdtempSync(join(tmpdir(), "pushback-site-"));
    context.onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
    const bin = join(folder, ".bin");
    mkdirSync(bin);
    installPushback(bin, PUSHBACK);
    let text = readFileSync(path, "utf8");
    const wanted = text;
    // The blocks are replaced from the last one back, so that earlier offsets stay right; the commands run in their order.
    const bodies = blocks.map(({ runs, head, code }) => {
      const outcomes = runs.map(({ command }) => ({ command, ...runCommand(command, folder, bin) }));
      expect(outcomes.at(-1)?.code, outcomes.at(-1)?.printed).toBe(code);
      return outcomes.map(({ command, printed }) => `$ ${command}\n${shown(printed, head)}`).join("");
    });
    for (const [i, { from, to }] of [...blocks.entries()].reverse()) text = text.slice(0, from) + bodies[i] + text.slice(to);
    if (WRITES) writeFileSync(path, text);
    else expect(text).toBe(wanted);
  });
});

it("finds the commands of the pages", () => {
  expect(pages.flatMap(({ blocks }) => blocks.flatMap(({ runs }) => runs)).length).toBeGreaterThan(25);
});

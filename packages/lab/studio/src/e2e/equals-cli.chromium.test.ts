/** What the studio shows, and what it saves, equals what the command line prints and writes: for every scenario of the gallery, with the same seed. */

import { execFile } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { PUSHBACK } from "@pushback/judges";
import { CATALOGUE, type FleetSummary, fleetColumns, METRICS, metricRows, NO_VALUE, SESSION_END_CAUSES } from "@pushback/scenario";
import type { Page } from "playwright-core";
import { afterAll, expect, it } from "vitest";
import { elapsedText } from "../lab/clock-text.ts";
import { button, eventually, openView, savedBy, studioPages, waitForEnd } from "../testing/studio-page.ts";

const ROOT = fileURLToPath(new URL("../../../../..", import.meta.url));
const folder = mkdtempSync(join(tmpdir(), "pushback-equals-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const openPage = studioPages();

const names = readdirSync(join(ROOT, "scenarios")).map((file) => file.replace(/\.yaml$/, ""));

/** Scenarios whose printed table is compared too: one with single machines, one with a fleet. Two are enough, because a table's headings do not depend on the run. */
const PRINTED = ["kb-q159302", "morning-after-a-power-cut"];

/** Runs the command line and resolves to its standard output; the browser is not blocked meanwhile. */
function pushback(...args: string[]): Promise<string> {
  return new Promise((resolve, reject) => {
    execFile(process.execPath, [...PUSHBACK, ...args], { maxBuffer: 1 << 28 }, (error, stdout, stderr) => {
      // Exit code 1: an expectation of the scenario failed, which this test does not judge.
      if (error && error.code !== 1) reject(new Error(stderr));
      else resolve(stdout);
    });
  });
}

type Value = string | number | boolean | null;

/** Field of `compare --json` for the title of each row, in the order of the tables. */
const FIELDS = Object.fromEntries(metricRows(METRICS).flatMap(({ metrics }) => metrics.map(({ title, key }) => [title, key])));

const CAUSES = Object.fromEntries(Object.entries(SESSION_END_CAUSES).map(([cause, words]) => [words, cause]));

/** The headings of groups and rows in the tables of the command line, the report and the studio. */
const HEADINGS = metricRows(METRICS).flatMap((group) => [group.title, ...group.metrics.map(({ title }) => title)]);

/** The headings of the comparison in the command line's output: the lines between the table's rule and the first empty line. */
function headingsPrinted(text: string): string[] {
  const lines = text.split("\n");
  const from = lines.findIndex((line) => line.startsWith("──"));
  const table = lines.slice(from + 1, lines.indexOf("", from));
  return table.map((line) => line.trim().split(/ {2,}/)[0]);
}

/** The headings of the first table of a report. */
function headingsReported(html: string): string[] {
  const table = html.slice(html.indexOf("<tbody>"), html.indexOf("</table>"));
  return [...table.matchAll(/<th scope="row(?:group)?"[^>]*>([^<]*)<\/th>/g)].map(([, heading]) => heading);
}

/** Parses the text of a cell into the value that the JSON has; times in milliseconds. */
function readCell(field: string, text: string): Value {
  if (text === NO_VALUE) return null;
  if (field.endsWith("AtUs")) {
    const [, h, m, s, ms] = /^(\d+):(\d\d):(\d\d)\.(\d{3})$/.exec(text) ?? [];
    return ((Number(h) * 60 + Number(m)) * 60 + Number(s)) * 1000 + Number(ms);
  }
  if (text === "yes" || text === "no") return text === "yes";
  return field === "sessionEndCause" ? CAUSES[text] : Number(text.replaceAll(",", ""));
}

async function readTable(page: Page): Promise<{ readonly titles: string[]; readonly rows: Record<string, string[]> }> {
  return page.locator(".row-table table").evaluate((table) => ({
    titles: [...table.querySelectorAll("thead th")].map((th) => th.textContent ?? ""),
    rows: Object.fromEntries(
      [...table.querySelectorAll("tbody tr:not(.group)")].map((row) => [
        row.querySelector("th")?.textContent ?? "",
        [...row.querySelectorAll("td")].map((cell) => cell.querySelector(".value")?.textContent ?? ""),
      ]),
    ),
  }));
}

/** A report without the build id, which differs: the studio is built, and the command line may run from source. */
function withoutBuild(report: Uint8Array): string {
  return new TextDecoder().decode(report).replace(/Pushback ([\d.]+)\+\w+/, "Pushback $1");
}

async function playThrough(page: Page, scenario: string): Promise<void> {
  await button(page, "Scenarios").click();
  const entry =
    scenario === "kb-q159302"
      ? page.getByRole("menuitem", { name: /^Play the article/ })
      : page.locator(".menu-item", { hasText: scenario });
  await entry.click();
  // The run before stands at its end; the new one begins at a speed that takes seconds.
  await page.waitForFunction(() => {
    const playhead = document.querySelector<HTMLInputElement>(".scrubber input");
    return playhead !== null && playhead.value !== playhead.max;
  });
  await page.getByLabel("Speed").selectOption("Infinity");
  await waitForEnd(page);
}

async function exported(page: Page, entry: string): Promise<Uint8Array> {
  await button(page, "File").click();
  return readFileSync((await savedBy(page, () => page.getByRole("menuitem", { name: entry }).click())).path);
}

/** Plays a scenario in the studio, and compares all that is shown and saved with what the command line prints and writes. */
async function compareWithCli(page: Page, scenario: string): Promise<void> {
  const out = join(folder, scenario);
  const [printed] = await Promise.all([pushback("compare", scenario, "--json", "--seed", "1", "--out", out), playThrough(page, scenario)]);
  const comparison = JSON.parse(printed) as {
    readonly platforms: readonly Readonly<Record<string, Value>>[];
    readonly together: { readonly agrees: boolean | null };
    readonly fleet: FleetSummary | null;
  };

  // All that was on the wire and all that happened, byte for byte as `compare --out` writes the run of all together.
  const capture = await exported(page, "Export capture (pcapng)");
  expect(Buffer.compare(capture, readFileSync(join(out, "together.pcapng"))), "capture").toBe(0);
  const recording = await exported(page, "Export recording (JSON)");
  expect(Buffer.compare(recording, readFileSync(join(out, "together.json"))), "recording").toBe(0);
  const report = readFileSync((await savedBy(page, () => button(page, "Report").click())).path);
  expect(withoutBuild(report) === withoutBuild(readFileSync(join(out, "report.html"))), "report").toBe(true);

  await openView(page, "Comparison");
  const { platforms } = comparison;
  const { fleet } = comparison;
  if (fleet) {
    const table = page.locator(".fleet-table tbody tr");
    await eventually(() => table.count()).toBe(fleet.variants.length + 1);
    const columns = fleetColumns(CATALOGUE);
    const headings = (await page.locator(".fleet-table thead th").allTextContents()).filter((title) => title !== "");
    expect(headings).toEqual(columns.map(({ title }) => title));
    if (PRINTED.includes(scenario)) {
      const text = await pushback("compare", scenario, "--seed", "1");
      const printedHeadings = text.split("\n").find((line) => line.trim().startsWith(headings[0])) ?? "";
      expect(printedHeadings.trim().split(/ {2,}/)).toEqual(headings);
    }
    for (const heading of headings) expect(report.toString()).toContain(`>${heading}</th>`);
    const shown = await table.evaluateAll((rows) => rows.map((row) => [...row.children].map((cell) => cell.textContent ?? "")));
    const format = { time: (us: number) => elapsedText(us), count: (n: number) => n.toLocaleString("en") };
    const written = [...fleet.variants, fleet.all].map((part) => [
      part.variant ?? "all",
      ...columns.map((column) => column.text(part, format)),
    ]);
    expect(shown).toEqual(written);
    return;
  }
  await eventually(async () => (await readTable(page)).titles.length).toBe(platforms.length);
  const { rows } = await readTable(page);
  expect(Object.keys(rows)).toEqual(Object.keys(FIELDS));
  const headings = await page.locator(".row-table tbody th").allTextContents();
  expect(headings).toEqual(HEADINGS);
  if (PRINTED.includes(scenario)) expect(headingsPrinted(await pushback("compare", scenario, "--seed", "1"))).toEqual(headings);
  expect(headingsReported(report.toString())).toEqual(headings);
  // On a wire that loses frames, each single run of the command line loses other frames, so its values are not compared.
  if (comparison.together.agrees === null) return;
  for (const [title, field] of Object.entries(FIELDS)) {
    for (const [i, platform] of platforms.entries()) {
      const shown = readCell(field, rows[title][i]);
      const printed = platform[field];
      const place = `${title}, ${platform["variant"]}`;
      // With all machines on one segment, jitter shifts the times of single events; counts must be equal.
      if (field.endsWith("AtUs") && shown !== null && printed !== null)
        expect(Math.abs((shown as number) - (printed as number) / 1000), place).toBeLessThan(JITTER_MS);
      else expect(shown, place).toBe(printed);
    }
  }
}

/** Tolerance in milliseconds: where an address has passed to another machine, ARP may have to ask again, which takes a second. */
const JITTER_MS = 2000;

// One page plays them all, one after another, as a teacher does: a run must not depend on the run before it.
it("each scenario is the same in the studio and on the command line", { timeout: 1_500_000 }, async (context) => {
  const page = await openPage(context);
  for (const scenario of names) {
    try {
      await compareWithCli(page, scenario);
    } catch (error) {
      if (error instanceof Error) error.message = `${scenario}: ${error.message}`;
      throw error;
    }
  }
});

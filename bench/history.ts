/** Keeps the numbers: a line of JSON per recorded run, and a table in docs/BENCHMARKS.md of the latest of each benchmark. */
import { execFileSync } from "node:child_process";
import { appendFileSync, existsSync, readFileSync, writeFileSync } from "node:fs";
import { cpus, totalmem } from "node:os";
import { join } from "node:path";
import type { Measured, Report } from "./bench.ts";

const HISTORY = join(import.meta.dirname, "history.ndjson");
const PAGE = join(import.meta.dirname, "..", "docs", "BENCHMARKS.md");
const BEGIN = "<!-- numbers: pnpm bench --record -->";
const END = "<!-- end of numbers -->";

interface Entry {
  readonly date: string;
  readonly commit: string;
  readonly machine: string;
  readonly report: Report;
}

function describeMachine(): string {
  const all = cpus();
  return `${all.length} × ${all[0]?.model.trim() ?? "unknown"}, ${Math.round(totalmem() / 2 ** 30)} GB, Node ${process.versions.node}, ${process.platform}`;
}

function rateOf({ perSecond }: Measured, unit: string): string {
  if (perSecond < 1000) return `${(1000 / perSecond).toFixed(0)} ms each`;
  return perSecond < 100_000 ? `${Math.round(perSecond)} ${unit}/s` : `${(perSecond / 1e6).toFixed(2)} M ${unit}/s`;
}

function tableOf(name: string, { report, date, commit, machine }: Entry): string {
  const { unit, missing, results } = report[name];
  const rows = results.map((result) => `| ${result.contestant} | ${rateOf(result, unit)} | ${result.ratio.toFixed(2)} |`);
  const left = missing.length > 0 ? ` Left out, not installed: ${missing.join(", ")}.` : "";
  return `### ${name}\n\n| | median | ours to it |\n|---|---|---|\n${rows.join("\n")}\n\n${date.slice(0, 10)}, ${commit}, ${machine}.${left}\n`;
}

export function record(report: Report): void {
  const commit = execFileSync("git", ["rev-parse", "--short", "HEAD"], { encoding: "utf8" }).trim();
  const entry: Entry = { date: new Date().toISOString(), commit, machine: describeMachine(), report };
  appendFileSync(HISTORY, `${JSON.stringify(entry)}\n`);
  if (!existsSync(PAGE)) return;
  const entries = readFileSync(HISTORY, "utf8")
    .trimEnd()
    .split("\n")
    .map((line) => JSON.parse(line) as Entry);
  const latest = new Map<string, Entry>();
  for (const each of entries) for (const name of Object.keys(each.report)) latest.set(name, each);
  const tables = [...latest].sort(([a], [b]) => (a < b ? -1 : 1)).map(([name, each]) => tableOf(name, each));
  const page = readFileSync(PAGE, "utf8");
  const head = page.slice(0, page.indexOf(BEGIN) + BEGIN.length);
  writeFileSync(PAGE, `${head}\n\n${tables.join("\n")}\n${END}${page.split(END)[1] ?? "\n"}`);
}

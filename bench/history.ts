/** Keeps the numbers: one line of JSON per run, and the tables in docs/BENCHMARKS.md for recorded runs. */
import { execFileSync } from "node:child_process";
import { appendFileSync, copyFileSync, existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { cpus, totalmem } from "node:os";
import { join } from "node:path";
import { describeRate, type Measured, type Report } from "./bench.ts";

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

function entryOf(report: Report): Entry {
  let commit = "unknown";
  try {
    commit = execFileSync("git", ["rev-parse", "--short", "HEAD"], { encoding: "utf8", stdio: ["ignore", "pipe", "ignore"] }).trim();
  } catch {
    // Git fails outside a checkout.
  }
  return { date: new Date().toISOString(), commit, machine: describeMachine(), report };
}

/**
 * Writes these numbers to `out/bench.json`, and appends a line to `out/bench-history.ndjson`, which starts with the recorded history if it does not
 * exist.
 */
export function keep(report: Report): void {
  mkdirSync("out", { recursive: true });
  writeFileSync(join("out", "bench.json"), `${JSON.stringify(report, null, 2)}\n`);
  const history = join("out", "bench-history.ndjson");
  if (!existsSync(history) && existsSync(HISTORY)) copyFileSync(HISTORY, history);
  appendFileSync(history, `${JSON.stringify(entryOf(report))}\n`);
}

function figure(value: number | undefined): string {
  if (value === undefined || Number.isNaN(value)) return "";
  return value < 10 ? value.toFixed(2) : Math.round(value).toLocaleString("en-GB");
}

function row(cells: readonly string[]): string {
  return `| ${cells.join(" | ")} |`;
}

function tableOf(name: string, { report, date, commit, machine }: Entry): string {
  const { unit, compares, missing, results } = report[name];
  const figures = [...new Set(results.flatMap((result) => Object.keys(result.figures ?? {})))];
  const rateOf = ({ perSecond }: Measured) => (compares === undefined ? [describeRate(perSecond, unit)] : []);
  const head = ["run", ...(compares === undefined ? ["median"] : []), "ours to it", ...figures];
  const rows = results.map((result) => [
    result.contestant,
    ...rateOf(result),
    Number.isNaN(result.ratio) || result.ratio === null ? "" : result.ratio.toFixed(2),
    ...figures.map((name) => figure(result.figures?.[name])),
  ]);
  const left = missing.length > 0 ? ` Left out, not installed: ${missing.join(", ")}.` : "";
  const lines = [row(head), row(head.map(() => "---")), ...rows.map(row)];
  return `## ${name}\n\n${lines.join("\n")}\n\n${date.slice(0, 10)}, ${commit}, ${machine}.${left}\n`;
}

/** Every goal with the figure reached. */
function goalsTable(latest: ReadonlyMap<string, Entry>): string {
  const goals = [...latest].flatMap(([name, { report }]) => (report[name].goals ?? []).map((goal) => ({ name, ...goal })));
  const rows = goals.map(({ name, what, reach, measured, met }) =>
    row([what, reach, `${met ? "" : "**"}${measured}${met ? "" : "**"}`, `\`${name.split(" ")[0]}\``]),
  );
  return [row(["what", "to reach", "measured (bold: not reached)", "by"]), row(["---", "---", "---", "---"]), ...rows].join("\n");
}

/** Adds the numbers to the history, and the latest numbers of every benchmark to the page. */
export function record(report: Report): void {
  appendFileSync(HISTORY, `${JSON.stringify(entryOf(report))}\n`);
  const entries = readFileSync(HISTORY, "utf8")
    .trimEnd()
    .split("\n")
    .map((line) => JSON.parse(line) as Entry);
  // The first word identifies a benchmark; the words behind it may change.
  const byWord = new Map<string, readonly [name: string, entry: Entry]>();
  for (const each of entries) for (const name of Object.keys(each.report)) byWord.set(name.split(" ")[0], [name, each]);
  const latest = new Map([...byWord.values()].sort(([a], [b]) => (a < b ? -1 : 1)));
  const tables = [...latest].map(([name, each]) => tableOf(name, each));
  const page = readFileSync(PAGE, "utf8");
  const head = page.slice(0, page.indexOf(BEGIN) + BEGIN.length);
  writeFileSync(PAGE, `${head}\n\n${goalsTable(latest)}\n\n${tables.join("\n")}\n${END}${page.split(END)[1] ?? "\n"}`);
}

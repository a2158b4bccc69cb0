/** Reference pages that are made from the code: the command line, the gallery, verdicts, JSON, platforms, and what is assumed. */

import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { gunzipSync } from "node:zlib";
import { readCapture } from "@pushback/capture";
import { Diagnostician, type Finding, VERDICT_INFO, VERDICTS } from "@pushback/diagnose";
import { FACT_GROUP_NAMES, FACT_GROUPS, factsOfGroup } from "@pushback/host";
import { DEFAULT_SCENARIO, PLATFORMS, parseScenario } from "@pushback/scenario";
import { CONTENT, ROOT } from "./places.ts";

/** Folders of the built-in captures and of the field captures. */
const CAPTURES = ["packages/lab/diagnose/captures", "packages/lab/diagnose/field-captures"];
const GALLERY = join(ROOT, "scenarios");
/** Path of the built command line if it exists, because it starts faster than the source. */
const BUILT = join(ROOT, "apps/cli/dist/pushback.js");
const PROGRAM = existsSync(BUILT) ? [BUILT] : ["--conditions=pushback-source", join(ROOT, "apps/cli/src/main.ts")];

function page(place: string, text: string): void {
  const path = join(CONTENT, place);
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, `${text.trimEnd()}\n`);
}

/** A cell of a table: no line breaks, no column marks, and no tags. */
const cell = (text: string): string => text.replaceAll("|", "\\|").replaceAll(/\s+/g, " ").replaceAll("<", "&lt;");

/** The help text of a command. */
function help(...words: readonly string[]): string {
  const options = { encoding: "utf8", env: { ...process.env, NO_COLOR: "1", COLUMNS: "100" } } as const;
  return execFileSync(process.execPath, [...PROGRAM, ...words, "--help"], options).trim();
}

/** Names of the commands that a help text lists. */
function commandsOf(text: string): string[] {
  const [, listed = ""] = text.split(/^Commands:$/m);
  return [...listed.matchAll(/^ {2}([a-z][a-z-]*)/gm)].map(([, name]) => name).filter((name) => name !== "help");
}

function commandLine(): string {
  const top = help();
  const parts = ["# Command line", "\nEach command as `pushback COMMAND --help` prints it.\n", "```text", top, "```"];
  const add = (words: readonly string[]): void => {
    const text = help(...words);
    parts.push(`\n## pushback ${words.join(" ")}\n`, "```text", text, "```");
    for (const name of commandsOf(text)) add([...words, name]);
  };
  for (const name of commandsOf(top)) add([name]);
  parts.push("\n## Exit codes\n", exitCodes());
  return parts.join("\n");
}

/** The table of exit codes in README.md, which a test compares with the program. */
function exitCodes(): string {
  const readme = readFileSync(join(ROOT, "README.md"), "utf8");
  const table = /\| Exit code \|[\s\S]*?\n\n/.exec(readme);
  if (!table) throw new Error("README.md has no table of exit codes");
  return table[0].trim();
}

function gallery(): string {
  const parts = ["# Gallery", "\nScenarios that come with the program: `pushback compare NAME`. The studio plays each one on this site.\n"];
  const files = readdirSync(GALLERY).sort(
    (a, b) => Number(b.startsWith(DEFAULT_SCENARIO)) - Number(a.startsWith(DEFAULT_SCENARIO)) || (a < b ? -1 : 1),
  );
  for (const file of files) {
    const id = basename(file, ".yaml");
    const text = readFileSync(join(GALLERY, file), "utf8");
    const parsed = parseScenario(id, text);
    if (!parsed.ok) throw new Error(`${file}: ${parsed.faults[0].message}`);
    parts.push(
      `## ${parsed.scenario.title} {#${id}}\n`,
      `[Open in the studio](../studio/index.html?open=${file}){target="_self"} · \`pushback compare ${id}\`\n`,
      "```yaml",
      text.trim(),
      "```\n",
    );
  }
  return parts.join("\n");
}

/** The finding of each verdict in the built-in captures, with the capture's name. */
function examples(): Map<string, { readonly name: string; readonly finding: Finding }> {
  const found = new Map<string, { name: string; finding: Finding }>();
  for (const folder of CAPTURES.flatMap((place) => readdirSync(join(ROOT, place)).map((name) => `${place}/${name}`))) {
    const file = readdirSync(join(ROOT, folder)).find((entry) => entry.startsWith("capture.")) ?? "";
    const bytes = readFileSync(join(ROOT, folder, file));
    const diagnostician = new Diagnostician();
    readCapture(file.endsWith(".gz") ? gunzipSync(bytes) : bytes, { packet: (p) => diagnostician.packet(p) });
    const name = basename(folder);
    for (const finding of diagnostician.finish().findings) if (!found.has(finding.verdict)) found.set(finding.verdict, { name, finding });
  }
  return found;
}

function verdicts(): string {
  const known = examples();
  const parts = [
    "# Verdicts",
    "\nWhat `pushback diagnose` says of ICMP errors and of datagrams that nothing answers, the serious first. Each example is from a capture of the repository",
    "(`packages/lab/diagnose`). `benign` in JSON says whether a finding is shown to be harmless.\n",
  ];
  for (const verdict of VERDICTS) {
    parts.push(`## ${verdict}\n`, `${VERDICT_INFO[verdict].title}.\n`);
    const example = known.get(verdict);
    if (!example) {
      parts.push("No capture of the repository has it.\n");
      continue;
    }
    const { name, finding } = example;
    parts.push(
      `**${finding.benign ? "Harmless" : "Not shown to be harmless"}**, ${finding.confidence}, in \`${name}\`:\n`,
      `> ${finding.summary}\n`,
      finding.ends === "" ? "" : `${finding.ends}\n`,
      ...finding.advice.map((line) => `- ${line}`),
      "",
    );
  }
  return parts.join("\n");
}

/** The page of all schemas, each with the description of its output. */
function json(): string {
  const folder = join(ROOT, "docs/schemas");
  const rows = readdirSync(folder).map((file) => {
    const schema = JSON.parse(readFileSync(join(folder, file), "utf8")) as {
      $ref: string;
      definitions: Record<string, { description?: string }>;
    };
    const about = schema.definitions[schema.$ref.replace("#/definitions/", "")].description ?? "";
    return `| ${cell(about)} | [${file}](/schemas/${file}){target="_self"} |`;
  });
  return `# JSON

Every command with \`--json\` prints UTF-8 JSON. Times are integer microseconds, addresses are text. Each schema is made from the program's types, and tests check
what the commands print against it.

| Output | Schema |
|---|---|
| \`pushback compare --json\` | [comparison.schema.json](/comparison.schema.json){target="_self"}, also \`pushback compare --schema\` |
| A scenario file | [scenario.schema.json](/scenario.schema.json){target="_self"}, also \`pushback scenarios --schema\` |
${rows.join("\n")}
`;
}

function valueText(value: unknown): string {
  return typeof value === "string" ? value : JSON.stringify(value).replaceAll(/"(\w+)":/g, "$1: ");
}

function platforms(): string {
  const parts = [
    "# Platforms",
    "\nEvery fact of every variant with its source, as `pushback platforms NAME` prints them. A scenario's `set:` replaces any of them.\n",
  ];
  for (const platform of PLATFORMS) {
    parts.push(`## ${platform.title}\n`, `${platform.summary}\n`);
    for (const variant of platform.variants) {
      parts.push(`### ${variant.title} {#${variant.id}}\n`);
      for (const group of FACT_GROUP_NAMES) {
        parts.push(`**${FACT_GROUPS[group]}**\n`, "| Fact | Value | How sure | Source |", "|---|---|---|---|");
        for (const [name, fact] of factsOfGroup(variant, group))
          parts.push(`| ${name} | ${cell(valueText(fact.value))} | ${fact.confidence} | ${cell(fact.source)} |`);
        parts.push("");
      }
    }
  }
  return parts.join("\n");
}

function assumptions(): string {
  const parts = [
    "# What is assumed",
    "\nValues without a document that gives them, with the reason for each. `pushback platforms NAME --check` prints the list of one variant.\n",
  ];
  for (const platform of PLATFORMS)
    for (const variant of platform.variants) {
      parts.push(`## ${variant.title}\n`, "| Fact | Value | Why |", "|---|---|---|");
      for (const group of FACT_GROUP_NAMES)
        for (const [name, fact] of factsOfGroup(variant, group))
          if (fact.confidence === "assumption") parts.push(`| ${group}.${name} | ${cell(valueText(fact.value))} | ${cell(fact.source)} |`);
      parts.push("");
    }
  return parts.join("\n");
}

/** Writes all reference pages. */
export function writeReference(): void {
  page("reference/command-line.md", commandLine());
  page("reference/gallery.md", gallery());
  page("reference/verdicts.md", verdicts());
  page("reference/json.md", json());
  page("reference/platforms.md", platforms());
  page("explanation/assumptions.md", assumptions());
}

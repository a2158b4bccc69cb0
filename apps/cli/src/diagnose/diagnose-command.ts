/** `pushback diagnose`. */

import type { CaptureListener } from "@pushback/capture";
import {
  answerOf,
  type Diagnosis,
  Diagnostician,
  describeFlow,
  describeUnreadable,
  type Finding,
  selectFindings,
} from "@pushback/diagnose";
import { formatClock } from "@pushback/host";
import { UsageError } from "@pushback/usage-error";
import { type ReadProblem, readCaptureFile } from "../capture/capture-input.ts";
import { forEachCapture, worstOf } from "../capture/several-captures.ts";
import { outputTo, requireDistinctOutputs } from "../shared/distinct-outputs.ts";
import type { DiagnoseOutput } from "../shared/json-outputs.ts";
import { isStandardOutput, OutputFile, STANDARD_STREAM } from "../shared/output-file.ts";
import { printable } from "../shared/printable.ts";
import { layOutTable, showProgress, style, wrapText } from "../shared/terminal.ts";

export interface DiagnoseOptions {
  readonly i?: string;
  readonly until?: string;
  readonly json?: boolean;
  readonly report?: string;
  readonly annotate?: string;
}

/**
 * Returns the exit code. 0: all findings are benign. 1: a finding is not benign. 3: all findings are benign, but a part of the capture was not looked at.
 * Throws a UsageError, for exit code 2, when no packet of the capture could be read.
 */
export async function runDiagnose(captures: readonly string[], options: DiagnoseOptions): Promise<number> {
  if (captures.length > 1) return await diagnoseAll(captures, options);
  const path = sourceOf(captures[0], options);
  requireDistinctOutputs(captures, [
    ...outputTo("--json", options.json ? STANDARD_STREAM : undefined),
    ...outputTo("--report", options.report),
    ...outputTo("--annotate", options.annotate),
  ]);
  const report = options.report === undefined ? null : new OutputFile(options.report, `--report ${options.report}`);
  try {
    return await diagnose(path, options, report);
  } catch (error) {
    report?.discard();
    throw error;
  }
}

/** The answer for each capture, and the worst of their exit codes. */
async function diagnoseAll(captures: readonly string[], options: DiagnoseOptions): Promise<number> {
  for (const name of ["i", "report", "annotate"] as const)
    if (options[name] !== undefined)
      throw new UsageError(`${name === "i" ? "-i" : `--${name}`}: takes one capture, and ${captures.length} are named`);
  let separator = options.json ? "[\n" : "";
  const codes = await forEachCapture(captures, async (path) => {
    const { diagnosis, problem } = await readDiagnosis(path, {});
    const text = options.json ? JSON.stringify(toJson(path, diagnosis, problem), null, 2) : describeDiagnosis(path, diagnosis);
    process.stdout.write(`${separator}${text}`);
    separator = options.json ? ",\n" : "\n";
    return EXIT_CODES[diagnosis.answer];
  });
  if (options.json) process.stdout.write(separator.startsWith("[") ? "[]\n" : "\n]\n");
  else {
    const words = new Map<number, string>([
      ...Object.entries(EXIT_CODES).map(([answer, code]) => [code, answer.replaceAll("-", " ")] as const),
      [2, "not read"],
    ]);
    process.stdout.write(`\n${layOutTable([["Capture", "Answer"], ...captures.map((path, i) => [path, words.get(codes[i]) ?? ""])], 1)}`);
  }
  return worstOf(codes, [2, 1, 3]);
}

/** The capture's path, or the interface's name. Throws a UsageError for options that contradict one another. */
function sourceOf(capture: string | undefined, { i, until, annotate }: DiagnoseOptions): string {
  if (until !== undefined && i === undefined) throw new UsageError("--until: goes with -i INTERFACE");
  if (i === undefined) {
    if (capture === undefined) throw new UsageError("name a capture, or an interface with -i");
    return capture;
  }
  if (capture !== undefined) throw new UsageError(`-i ${i}: the capture ${capture} is named already; leave out one`);
  if (annotate !== undefined) throw new UsageError("--annotate: the capture is read twice, so it can't come from an interface");
  return i;
}

/** Reads a capture, or with `-i` an interface, to its end. Throws a UsageError when no packet of it could be looked at. */
async function readDiagnosis(
  path: string,
  options: DiagnoseOptions,
): Promise<{ readonly diagnosis: Diagnosis; readonly problem: ReadProblem }> {
  const diagnostician = new Diagnostician();
  let problem: ReadProblem;
  if (options.i === undefined)
    problem = await readCaptureFile(path, listenerOf(diagnostician), (part) => showProgress(`reading ${Math.floor(part * 100)} %`));
  else {
    const { watchInterface } = await import("./live-diagnosis.ts");
    problem = await watchInterface(options.i, options.until, diagnostician, listenerOf(diagnostician), options.json === true);
  }
  showProgress("");
  if (problem) diagnostician.notRead("damaged", problem);
  const diagnosis = diagnostician.finish();
  const why = describeUnreadable(diagnosis);
  if (why !== null) throw new UsageError(`${path}: ${why}`);
  return { diagnosis, problem };
}

async function diagnose(path: string, options: DiagnoseOptions, report: OutputFile | null): Promise<number> {
  const { diagnosis, problem } = await readDiagnosis(path, options);
  if (report !== null) {
    const { diagnosisReport } = await import("@pushback/diagnosis-report");
    const html = diagnosisReport(path, diagnosis);
    report.append(new TextEncoder().encode(html));
    report.commit();
  }
  if (options.json) process.stdout.write(`${JSON.stringify(toJson(path, diagnosis, problem), null, 2)}\n`);
  else outputBeside(options).write(describeDiagnosis(path, diagnosis));
  if (options.annotate !== undefined) {
    const { annotate } = await import("./annotate.ts");
    await annotate(path, options.annotate, diagnosis);
  }
  return EXIT_CODES[diagnosis.answer];
}

/** Where the text goes: standard error if standard output gets a report or a capture. */
function outputBeside({ report, annotate }: DiagnoseOptions): NodeJS.WriteStream {
  const isTaken = [report, annotate].some((path) => path !== undefined && isStandardOutput(path));
  return isTaken ? process.stderr : process.stdout;
}

const EXIT_CODES = { harmless: 0, "not-harmless": 1, "not-looked-at": 3 } as const satisfies Readonly<Record<Diagnosis["answer"], number>>;

/** Feeds a diagnosis with packets, and with the records that the reader leaves out. */
function listenerOf(diagnostician: Diagnostician): CaptureListener {
  return {
    packet: (p) => diagnostician.packet(p),
    leftOut: (what) => diagnostician.notRead("record", what),
  };
}

function toJson(path: string, diagnosis: Diagnosis, problem: string | null): DiagnoseOutput {
  return { capture: path, ...diagnosis, problem };
}

function describeDiagnosis(path: string, diagnosis: Diagnosis): string {
  const { findings, limits } = diagnosis;
  const parts = [`${style("bold", path)}: ${headline(diagnosis)}\n\n`, `${answer(diagnosis)}\n`];
  const { shown, left } = selectFindings(findings);
  for (const { finding, number } of shown) parts.push("\n", describeFinding(diagnosis, finding, number));
  for (const { verdict, count } of left)
    parts.push(`\n  … and ${count} more of the kind ${style("bold", verdict)}; --json has all of them.\n`);
  if (limits.length > 0) parts.push("\n", ...limits.map((text) => `${style("yellow", "!")} ${printable(text)}\n`));
  return parts.join("");
}

function headline({ packets, firstUs, lastUs, portUnreachables, mailSessions }: Diagnosis): string {
  const sessions = mailSessions === 1 ? "1 mail session" : `${mailSessions} mail sessions`;
  return `${packets} packets over ${formatClock(lastUs - firstUs)}, ${portUnreachables} ICMP port unreachables, ${sessions}`;
}

const MARKS: Readonly<Record<Diagnosis["answer"], () => string>> = {
  harmless: () => style("green", "✓"),
  "not-harmless": () => style("red", "✗"),
  "not-looked-at": () => style("yellow", "?"),
};

/** The short answer, before any detail. */
function answer(diagnosis: Diagnosis): string {
  const { short, more } = answerOf(diagnosis);
  const mark = MARKS[diagnosis.answer]();
  if (diagnosis.answer !== "not-harmless") return `${mark} ${style("bold", short)} ${more}`;
  return `${mark} ${style("bold", short)}${more === "" ? ":" : `, ${more}`}`;
}

/** Width of the label column of a finding's facts. */
const FACT_INDENT = 17;
/** Most frames of evidence that are shown for a finding by default. */
const MAX_EVIDENCE = 8;

function describeFinding(diagnosis: Diagnosis, finding: Finding, number: number): string {
  const mark = finding.benign ? style("green", "✓") : style("red", "✗");
  const lines = [
    `${mark} ${style("bold", `${number}. ${finding.verdict}`)} (${finding.confidence})`,
    wrapText(finding.summary, 100, "     "),
  ];
  const facts: [string, string][] = [[finding.datagrams > 0 ? "UDP" : "Errors", describeFlow(finding)]];
  const end = finding.endsAtUs === null ? "" : `${formatClock(finding.endsAtUs - diagnosis.firstUs)} after the capture's start. `;
  facts.push([finding.endSeen ? "Ended" : "Ends", `${end}${finding.ends}`]);
  for (const platform of finding.platforms) facts.push(["Looks like", `${platform.name} (${platform.why})`]);
  for (const text of finding.advice) facts.push(["To do", text]);
  for (const text of finding.confirm) facts.push(["To confirm", text]);
  for (const [label, text] of facts) {
    const wrapped = wrapText(text, 88, " ".repeat(FACT_INDENT)).trimStart();
    lines.push(`     ${style("dim", label)}${" ".repeat(FACT_INDENT - 5 - label.length)}${wrapped}`);
  }
  const shown = finding.evidence.slice(0, MAX_EVIDENCE);
  const rows = shown.map((e) => [
    "     ",
    style("cyan", `frame ${e.frame}`),
    style("dim", formatClock(e.timeUs - diagnosis.firstUs)),
    e.text,
  ]);
  return `${lines.join("\n")}\n${layOutTable(rows, 0)}`;
}
